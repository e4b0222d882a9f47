"""What a bad delivery does: it stops, says why, leaves the published tables; and the way out."""

from pathlib import Path

import pytest

from tests.builders import Workshop
from tests.conftest import GOOD, ORDERS

pytestmark = pytest.mark.slow

ABSURD = "2,2026-01-02T10:00:00Z,2000000,9.5,C1,EUR\n"


def count_orders(workshop: Workshop) -> int:
    with workshop.published() as connection:
        row = connection.execute("select count(*) from customer_engagement.orders").fetchone()
    return row[0] if row else -1


@pytest.fixture
def workshop(tonight: Workshop) -> Workshop:
    """A data folder that was published with one good order."""
    assert count_orders(tonight) == 1
    return tonight


def test_a_bad_batch_stops_before_dbt_until_it_is_withdrawn(workshop: Workshop) -> None:
    version = workshop.settings.published_file.resolve()

    bad = workshop.land("generic/orders", "bad.csv", ORDERS + ABSURD)
    result = workshop.refresh(succeeds=False)
    failed = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert [(c.asset_key.path, c.check_name) for c in failed] == [
        (["generic", "orders"], "batch_expectations")
    ]
    [row] = failed[0].metadata["rows that break a rule"].records
    assert row.data["file"] == "bad.csv"
    assert row.data["row"] == "1"
    assert row.data["quantity"] == "2000000.0000"
    built = {"/".join(e.asset_key.path) for e in result.get_asset_materialization_events()}
    assert "shopify/orders" in built, "the other sources go on"
    assert not any(name.startswith("staging/") for name in built)
    assert workshop.settings.published_file.resolve() == version

    workshop.refresh(succeeds=False)
    assert workshop.settings.published_file.resolve() == version

    bad.unlink()
    workshop.land("generic/orders", "mended.csv", ORDERS + ABSURD.replace("2000000", "2"))
    workshop.refresh()
    assert count_orders(workshop) == 2


def test_an_implausible_mart_stops_before_publication(workshop: Workshop) -> None:
    """A score above its scale passes the door's wide range; the mart's suite stops it."""
    version = workshop.settings.published_file.resolve()
    header = "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    answer = "s,a,q,nps,11,2026-01-01T10:00:00Z\n"
    workshop.land("generic/survey_answers", "a.csv", header + answer)
    result = workshop.refresh(succeeds=False)
    failed = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert [(c.asset_key.path, c.check_name) for c in failed] == [
        (["customer_experience", "survey_answers"], "mart_expectations")
    ]
    assert "scale_max at least score: 1 row breaks it" in failed[0].metadata["observed"].value
    assert workshop.settings.published_file.resolve() == version


def test_a_test_in_the_build_stops_publication(workshop: Workshop) -> None:
    version = workshop.settings.published_file.resolve()
    header = "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    unknown = "s,b,q,horoscope,9,2026-01-01T10:00:00Z\n"
    workshop.land("generic/survey_answers", "b.csv", header + unknown)
    result = workshop.refresh(succeeds=False)
    [failed] = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert failed.check_name == "dbt_tests"
    [row] = failed.metadata["rows that break a rule"].records
    assert "horoscope" in str(row.data)
    built = {"/".join(e.asset_key.path) for e in result.get_asset_materialization_events()}
    assert "brand_engagement/brand_engagement_daily" in built, "what does not depend on it goes on"
    assert "published/engagement" not in built
    assert workshop.settings.published_file.resolve() == version


def test_an_unreadable_file_is_reported_and_stops_nothing(workshop: Workshop) -> None:
    workshop.land("generic/orders", "good too.csv", ORDERS + GOOD.replace("1,2026", "2,2026"))
    workshop.land("generic/orders", "bad.csv", "Nummer,Datum\n1,2\n")
    result = workshop.refresh()
    failed = {
        f"{c.asset_key.to_user_string()} {c.check_name}": c
        for c in result.get_asset_check_evaluations()
        if not c.passed
    }
    assert failed.keys() == {"generic/orders deliveries"}
    warned = failed["generic/orders deliveries"]
    assert (warned.check_name, warned.severity.value) == ("deliveries", "WARN")
    assert "bad.csv was not read: has no column 'order_id'" in warned.metadata["observed"].value
    assert count_orders(workshop) == 2
    with workshop.published() as connection:
        [row] = connection.execute(
            "select file, message from quality.row_ledger where status = 'unreadable'"
        ).fetchall()
    assert row[0] == "bad.csv"


def test_nothing_landed_gives_empty_typed_tables(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "data")
    workshop.landing.mkdir(parents=True)
    workshop.refresh()
    with workshop.published() as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name, estimated_size, column_count"
            " from duckdb_tables()"
            " where table_name not in ('check_results', 'publication', 'publication_tables')"
            # the catalogue and the full grids have their rows without any data
            " and schema_name <> 'metrics' and table_name not like 'engagement_%_experience'"
        ).fetchall()
    assert len(tables) >= 11
    assert [name for name, rows, columns in tables if rows or columns < 3] == []


def test_a_repeated_refresh_changes_nothing(yesterday: Workshop, workshop: Workshop) -> None:
    workshop.refresh()
    contents = []
    for each in (yesterday, workshop):
        with each.published() as connection:
            contents.append(connection.execute("from customer_engagement.order_lines").fetchall())
    assert contents[0] == contents[1]
