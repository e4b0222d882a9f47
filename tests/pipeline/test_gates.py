"""What a bad delivery does: it stops, says why, leaves the published tables; and the way out."""

import pytest

from tests.builders import Workshop

pytestmark = pytest.mark.slow

ORDERS = "order_id,ordered_at,quantity,unit_price,customer_id\n"
GOOD = "1,2026-01-01T10:00:00Z,1,9.5,C1\n"
ABSURD = "2,2026-01-02T10:00:00Z,2000000,9.5,C1\n"


def count_orders(workshop: Workshop) -> int:
    with workshop.published() as connection:
        row = connection.execute("select count(*) from customer_engagement.orders").fetchone()
    return row[0] if row else -1


def test_a_bad_batch_stops_before_dbt_until_it_is_withdrawn(workshop: Workshop) -> None:
    workshop.land("generic/orders", "good.csv", ORDERS + GOOD)
    workshop.refresh()
    assert count_orders(workshop) == 1
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
    header = "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    answer = "s,a,q,nps,11,2026-01-01T10:00:00Z\n"
    workshop.land("generic/survey_answers", "a.csv", header + answer)
    result = workshop.refresh(succeeds=False)
    failed = [c for c in result.get_asset_check_evaluations() if not c.passed]
    assert [(c.asset_key.path, c.check_name) for c in failed] == [
        (["customer_experience", "survey_answers"], "mart_expectations")
    ]
    assert "scale_max at least score: 1 row breaks it" in failed[0].metadata["observed"].value
    assert not workshop.settings.published_file.exists()


def test_a_test_in_the_build_stops_publication(workshop: Workshop) -> None:
    header = "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    answer = "s,a,q,nps,9,2026-01-01T10:00:00Z\n"
    workshop.land("generic/survey_answers", "a.csv", header + answer)
    workshop.refresh()
    version = workshop.settings.published_file.resolve()

    unknown = answer.replace("s,a,q,nps", "s,b,q,horoscope")
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


def test_an_order_voided_later_is_cancelled_whatever_the_files_hash(workshop: Workshop) -> None:
    """The later export counts: it reaches further in time, or says that it was cancelled."""
    header = (
        "Name,Email,Financial Status,Total,Created at,Cancelled at,"
        "Lineitem quantity,Lineitem price\n"
    )
    paid = "#1,a@b.c,paid,9,2026-01-01 10:00:00 +0000,,1,9\n"
    voided = "#1,a@b.c,voided,9,2026-01-01 10:00:00 +0000,2026-01-02 10:00:00 +0000,1,9\n"
    for blank_lines in range(3):
        name = f"{blank_lines}.csv"
        workshop.land("shopify/orders", f"monday {name}", header + paid + "\n" * blank_lines)
        workshop.land("shopify/orders", f"tuesday {name}", header + voided)
    workshop.refresh()
    with workshop.published() as connection:
        orders = connection.execute(
            "select is_cancelled from customer_engagement.orders"
        ).fetchall()
    assert orders == [(True,)]


def test_a_customer_with_two_addresses_is_one_person(workshop: Workshop) -> None:
    header = "order_id,ordered_at,quantity,unit_price,customer_id,email\n"
    rows = ("1,2026-01-01,1,9,C1,home@x.org\n2,2026-01-02,1,9,C1,work@x.org\n"
            "3,2026-01-03,1,9,,work@x.org\n4,,1,9,,\n")  # fmt: skip
    workshop.edit_contract("generic", {"entities": {"orders": {"max_rejected_pct": 50}}})
    workshop.land("generic/orders", "a.csv", header + rows)
    workshop.refresh()
    with workshop.published() as connection:
        orders = connection.execute(
            "select count(distinct person_id), max(purchase_number) from customer_engagement.orders"
        ).fetchone()
    assert orders == (1, 3)


def test_an_empty_time_zone_is_the_default(workshop: Workshop) -> None:
    workshop.environment["FUNNEL_TIMEZONE"] = ""
    workshop.land("generic/orders", "a.csv", ORDERS + GOOD.replace("9.5", "99999999999.5"))
    workshop.refresh()
    with workshop.published() as connection:
        row = connection.execute(
            "select order_amount::varchar from customer_engagement.orders"
        ).fetchone()
    assert row == ("99999999999.5000",)


def test_an_unreadable_file_is_reported_and_stops_nothing(workshop: Workshop) -> None:
    workshop.land("generic/orders", "good.csv", ORDERS + GOOD)
    workshop.land("generic/orders", "bad.csv", "Nummer,Datum\n1,2\n")
    result = workshop.refresh()
    failed = {
        f"{c.asset_key.to_user_string()} {c.check_name}": c
        for c in result.get_asset_check_evaluations()
        if not c.passed
    }
    # The order says no currency, which is told too.
    assert failed.keys() == {
        "generic/orders deliveries",
        "customer_engagement/commerce_monthly mart_expectations",
    }
    warned = failed["generic/orders deliveries"]
    assert (warned.check_name, warned.severity.value) == ("deliveries", "WARN")
    assert "bad.csv was not read: has no column 'order_id'" in warned.metadata["observed"].value
    assert count_orders(workshop) == 1
    with workshop.published() as connection:
        [row] = connection.execute(
            "select file, message from quality.row_ledger where status = 'unreadable'"
        ).fetchall()
    assert row[0] == "bad.csv"


def test_nothing_landed_gives_empty_typed_tables(workshop: Workshop) -> None:
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


def test_a_repeated_refresh_changes_nothing(workshop: Workshop) -> None:
    workshop.land("generic/orders", "good.csv", ORDERS + GOOD)
    contents = []
    for _ in range(2):
        workshop.refresh()
        with workshop.published() as connection:
            contents.append(connection.execute("from customer_engagement.order_lines").fetchall())
    assert contents[0] == contents[1]


def test_dates_belong_to_the_business_time_zone(workshop: Workshop) -> None:
    workshop.environment["FUNNEL_TIMEZONE"] = "Europe/Berlin"
    late = "1,2026-06-30T22:30:00Z,1,9.5,C1\n"
    workshop.land("generic/orders", "good.csv", ORDERS + late)
    workshop.refresh()
    with workshop.published() as connection:
        row = connection.execute(
            "select order_date::varchar, ordered_at::varchar from customer_engagement.orders"
        ).fetchone()
    assert row == ("2026-07-01", "2026-06-30 22:30:00")
