"""Figures derived by others from data that nobody here wrote."""

from typing import Any

import duckdb
import pytest

from tests.builders import Workshop

pytestmark = pytest.mark.slow


def one(workshop: Workshop, query: str) -> tuple[Any, ...]:
    with workshop.published() as connection:
        return connection.execute(query).fetchone() or ()


def test_online_retail_is_all_there(real: Workshop) -> None:
    lines = one(real, """
        select count(*), count(distinct order_id), count(distinct customer_id),
               count(distinct country), min(ordered_at)::varchar, max(ordered_at)::varchar,
               count(*) filter (customer_id is null), count(*) filter (quantity <= 0),
               count(*) filter (unit_price <= 0), count(*) filter (product_name is null)
        from customer_engagement.order_lines
    """)  # fmt: skip
    assert lines == (
        541_909, 25_900, 4_372, 38, "2010-12-01 08:26:00", "2011-12-09 12:50:00",
        135_080, 10_624, 2_517, 1_454,
    )  # fmt: skip
    value = one(real, "select sum(line_amount)::double from customer_engagement.order_lines")
    assert value[0] == pytest.approx(9_747_747.934, abs=0.0005)


def test_online_retail_cancellations_stay_what_they_are(real: Workshop) -> None:
    cancelled = one(real, """
        select count(*), count(*) filter (order_id like 'C%'), max(quantity)::int
        from customer_engagement.order_lines where is_cancelled
    """)  # fmt: skip
    assert cancelled[:2] == (9_288, 9_288)
    assert cancelled[2] < 0


def test_online_retail_clean_subset(real: Workshop) -> None:
    clean = one(real, """
        select count(*), count(distinct customer_id), count(distinct order_id),
               sum(line_amount)::double
        from customer_engagement.order_lines
        where customer_id is not null and quantity > 0 and unit_price > 0
    """)  # fmt: skip
    assert clean[:3] == (397_884, 4_338, 18_532)
    assert clean[3] == pytest.approx(8_911_407.904, abs=0.0005)


def test_online_retail_duplicates_are_counted_and_marked(real: Workshop) -> None:
    ledger = one(real, """
        select rows_read, rows_loaded, rows_rejected, rows_duplicate
        from quality.row_ledger where entity = 'orders'
    """)  # fmt: skip
    assert ledger == (541_909, 541_909 - 5_268, 0, 5_268)
    marked = one(real, "select count(*) from customer_engagement.order_lines where is_duplicate")
    assert marked == (5_268,)


def test_online_retail_revenue_by_month_equals_pandas(real: Workshop, shared_data: Any) -> None:
    import pandas as pd

    raw = pd.read_parquet(shared_data / "online_retail" / "onlineretail.parquet")
    sold = raw[~raw.InvoiceNo.str.startswith("C")]
    amount = (sold.Quantity * sold.UnitPrice).groupby(sold.InvoiceDate.dt.to_period("M")).sum()
    expected = {str(month): round(value, 2) for month, value in amount.items()}
    with real.published() as connection:
        found = connection.execute("""
            select strftime(order_date, '%Y-%m'), round(sum(order_amount), 2)::double
            from customer_engagement.orders where not is_cancelled group by 1
        """).fetchall()
    assert dict(found) == pytest.approx(expected, abs=0.01)


def test_web_sessions_equal_the_files_own(real: Workshop, shared_data: Any) -> None:
    """Not only as many: each of our sessions holds the events of one session of the file."""
    assert one(real, "select count(*) from customer_engagement.sessions") == (3_605,)
    theirs = f"""
        select user_id, min("timestamp") as started_at, max("timestamp") as ended_at
        from '{shared_data}/web_sessions/ecom.csv' group by user_id, session_id
    """
    with real.published() as connection:
        ours = connection.execute(
            "select replace(visitor_id, 'generic-', ''), started_at, ended_at"
            " from customer_engagement.sessions order by all"
        ).fetchall()
    assert ours == duckdb.execute(f"from ({theirs}) order by all").fetchall()


def test_the_forms_net_promoter_score(real: Workshop) -> None:
    score = one(real, """
        select round(score, 1), n, favourable_count, unfavourable_count, breakdown_value
        from customer_experience.cx_scores_monthly
        where source = 'google_forms' and breakdown = 'survey'
    """)  # fmt: skip
    assert score == (-35.9, 39, 8, 22, "sudzilla")
    texts = one(real, """
        select count(*) from customer_experience.survey_answers
        where source = 'google_forms' and question_kind = 'text' and answer_text is not null
    """)  # fmt: skip
    assert texts[0] > 100
