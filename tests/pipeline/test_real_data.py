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


def test_online_retail_commerce_equals_pandas(real: Workshop, shared_data: Any) -> None:
    """Revenue, order value, repeat rates and cancellations by month, to the cent."""
    import pandas as pd

    raw: Any = pd.read_parquet(shared_data / "online_retail" / "onlineretail.parquet")
    raw["mills"] = (raw.Quantity * raw.UnitPrice * 1000).round().astype("int64")
    orders: Any = raw.groupby("InvoiceNo", as_index=False).agg(
        at=("InvoiceDate", "min"), person=("CustomerID", "min"), mills=("mills", "sum")
    )
    orders["month"] = orders["at"].dt.strftime("%Y-%m")
    is_credit = orders.InvoiceNo.str.startswith("C")
    sold = orders[~is_credit & (orders.mills > 0)]
    known = sold[sold.person.notna()].sort_values(["at", "InvoiceNo"])
    number = known.groupby("person").cumcount() + 1
    repeaters = set(known[number == 2].person)
    expected = {}
    for month in sorted(set(orders.month)):
        here = sold[sold.month == month]
        credited = -orders[is_credit & (orders.month == month)].mills.sum()
        other = orders[~is_credit & (orders.mills <= 0) & (orders.month == month)].mills.sum()
        buyers = known[known.month == month]
        new = set(known[(known.month == month) & (number == 1)].person)
        returning = buyers[number[buyers.index] > 1].person.nunique()
        gross = here.mills.sum() / 1000
        expected[month] = {
            "orders": len(here),
            "gross": gross,
            "aov": gross / len(here),
            "net": gross + (other - credited) / 1000,
            "credit notes": int((is_credit & (orders.month == month)).sum()),
            "credited": credited / 1000,
            "customers": buyers.person.nunique(),
            "by cohort": 100 * len(new & repeaters) / len(new),
            "by period": 100 * returning / buyers.person.nunique(),
        }
    with real.published() as connection:
        found = connection.execute("""
            select strftime(month, '%Y-%m'), order_count, gross_amount::double, aov_gross_amount,
                   net_amount::double, credit_note_count, credited_amount::double, customer_count,
                   repeat_purchase_rate_cohort_pct, repeat_purchase_rate_period_pct
            from customer_engagement.commerce_monthly
        """).fetchall()
    assert len(found) == 13
    for month, *figures in found:
        assert dict(zip(expected[month], figures, strict=True)) == pytest.approx(
            expected[month], abs=0.0051
        ), month
    assert sum(row["credit notes"] for row in expected.values()) == 3_836
    assert sum(row["orders"] for row in expected.values()) == one(
        real, "select sum(order_count) from customer_engagement.commerce_monthly"
    )[0]  # fmt: skip


def test_web_shop_abandonment_equals_pandas(real: Workshop, shared_data: Any) -> None:
    import pandas as pd

    raw: Any = pd.read_csv(shared_data / "web_sessions" / "ecom.csv")
    steps = {"cart": 1, "add_to_cart": 1, "view_cart": 1, "checkout": 2, "begin_checkout": 2,
             "shipping_details": 2, "payment_details": 2, "purchase": 3}  # fmt: skip
    reached = raw.event.map(steps).fillna(0).groupby([raw.user_id, raw.session_id]).max()
    found = one(real, """
        select sum(session_count)::int, sum(cart_session_count)::int,
               sum(checkout_session_count)::int, sum(purchase_session_count)::int
        from customer_engagement.checkout_monthly
    """)  # fmt: skip
    assert found == (len(reached), *(int((reached >= step).sum()) for step in (1, 2, 3)))
    assert found[1] > found[2] > found[3] > 0
