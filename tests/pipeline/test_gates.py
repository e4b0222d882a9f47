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
