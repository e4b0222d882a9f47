"""Customer engagement gives back what the demo planted, and agrees with itself."""

import json
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from tests.builders import Workshop, records

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def demo(each_demo: Workshop) -> Workshop:
    """Every test here holds for three demos."""
    return each_demo


@pytest.fixture
def truth(demo: Workshop) -> dict[str, Any]:
    return json.loads((demo.data / "truth.json").read_text())["club"]


@pytest.fixture
def story(demo: Workshop) -> dict[str, Any]:
    return json.loads((demo.data / "truth.json").read_text())


def rows(published: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    return records(published.sql(query))


def one(published: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return published.execute(query).fetchall()[0]


def test_campaigns(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = rows(published, "from customer_engagement.message_campaigns")
    assert {row["campaign_id"] for row in found} == truth["campaigns"].keys()
    columns = {
        "sent": "sent_count", "delivered": "delivered_count", "hard_bounce": "hard_bounced_count",
        "soft_bounce": "soft_bounced_count", "open": "opened_all_count",
        "human_open": "opened_human_count", "click": "clicked_count",
        "unsubscribe": "unsubscribed_count", "complaint": "complained_count",
    }  # fmt: skip
    for row in found:
        planted = truth["campaigns"][row["campaign_id"]]
        by_mail = row["channel"] == "email"
        for kind, column in columns.items():
            told = by_mail or "open" not in kind
            assert row[column] == (planted.get(kind, 0) if told else None), (row, kind)
        if by_mail:
            assert row["ctor_pct"] == pytest.approx(
                100 * planted.get("click", 0) / planted["human_open"]
            )
        assert row["sent_count"] == row["delivered_count"] + row["bounced_count"]


def test_commerce(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = {
        f"{row['month']:%Y-%m}": row
        for row in rows(published, "from customer_engagement.commerce_monthly")
    }
    assert found.keys() == truth["commerce"].keys()
    for month, planted in truth["commerce"].items():
        row = found[month]
        for column, name in (
            ("order_count", "orders"),
            ("cancelled_order_count", "cancelled"),
            ("refunded_order_count", "refunded"),
            ("customer_count", "customers"),
            ("new_customer_count", "new_customers"),
            ("new_customer_with_repeat_count", "repeated_since"),
            ("returning_customer_count", "returning"),
        ):
            assert row[column] == planted[name], (month, column)
        for column, name in (
            ("gross_amount", "gross"),
            ("discount_amount", "discount"),
            ("refunded_merchandise_amount", "refunded_merchandise"),
            ("net_amount", "net"),
            ("net_reporting_amount", "net"),
        ):
            assert float(row[column]) == pytest.approx(planted[name], abs=0.001), (month, column)
        assert row["aov_net_amount"] == pytest.approx(planted["net"] / planted["orders"])
        assert row["refunded_amount"] >= row["refunded_merchandise_amount"]


def test_lifecycle(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = rows(published, "from customer_engagement.lifecycle_weekly order by week")
    new = {str(row["week"]): row["new_count"] for row in found if row["new_count"]}
    assert new == truth["lifecycle"]
    before = 0
    for row in found:
        joined = row["new_count"] + row["returning_count"] + row["resurrecting_count"]
        assert joined == row["active_count"]
        assert row["returning_count"] + row["dormant_count"] == before
        before = row["active_count"]
    assert min(found[3][f"{state}_count"] for state in ("new", "returning", "dormant")) > 0


def test_loyalty(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    planted = truth["loyalty"]
    sums = one(published, """
        select sum(earned_points)::int, sum(redeemed_points)::int, sum(expired_points)::int,
               sum(joined_count)::int
        from customer_engagement.loyalty_monthly
    """)  # fmt: skip
    points = planted["points"]
    assert sums == (points["earn"], points["redeem"], points["expire"], planted["members"])
    last = rows(published, """
        from customer_engagement.loyalty_monthly
        where month = (select max(month) from customer_engagement.loyalty_monthly)
    """)  # fmt: skip
    assert {row["tier"]: row["member_count"] for row in last} == planted["tiers"]
    assert sum(row["balance_points"] for row in last) == planted["balance"]
    assert [row["tier"] for row in last if row["is_invite_only"]] == ["circle"]


def test_nobody_owes_points_and_every_reward_has_its_order(demo: Workshop) -> None:
    with duckdb.connect(str(demo.settings.warehouse_file), read_only=True) as connection:
        assert one(connection, """
            select min(balance_points) >= 0, count(*) > 100 from intermediate.int_loyalty_entries
        """) == (True, True)  # fmt: skip
        assert one(connection, """
            select count(*) filter (invitee_first_order_at is null
                                    or invitee_first_order_at > rewarded_at), count(*) > 3
            from intermediate.int_referrals where rewarded_at is not null
        """) == (0, True)  # fmt: skip


def test_referrals_and_participation(
    published: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    planted = truth["referrals"]
    found = one(published, """
        select sum(invited_count)::int, sum(signed_up_count)::int, sum(purchased_count)::int,
               sum(new_customer_count)::int, sum(rewarded_count)::int,
               sum(reward_reporting_amount)::double
        from customer_engagement.referrals_monthly
    """)  # fmt: skip
    assert found == (
        planted["invited"], planted["signed_up"], planted["purchased"], planted["purchased"],
        planted["rewarded"], planted["reward_amount"],
    )  # fmt: skip
    kinds = published.execute("""
        select kind, sum(participation_count)::int from customer_engagement.participation_monthly
        group by kind
    """).fetchall()
    assert dict(kinds) == truth["participation"]


def test_current_customers(published: duckdb.DuckDBPyConnection, story: dict[str, Any]) -> None:
    found = one(published, """
        select count(*), count(*) filter (is_repeat), sum(order_count)::int,
               count(loyalty_tier), sum(points_balance)::int,
               count(*) filter (is_fragile and not is_repeat)
        from customer_engagement.customers_current
    """)  # fmt: skip
    orders, loyalty = story["orders"]["all"], story["club"]["loyalty"]
    assert found == (
        orders["customers"], orders["repeat_customers"], orders["orders"] - orders["cancelled"],
        loyalty["members"], loyalty["balance"], 0,
    )  # fmt: skip


def test_the_score_of_a_week_is_the_decayed_points_of_the_weeks_before(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """Computed anew from the points alone: half of them is left after four weeks."""
    points: dict[str, dict[date, float]] = {}
    weekly = rows(published, "from customer_engagement.customer_engagement_weekly")
    for row in weekly:
        points.setdefault(row["person_id"], {})[row["week"]] = row["points"]

    def score(person: str, week: date) -> float:
        return sum(
            earned * 0.5 ** ((week - then).days / 28)
            for then, earned in points[person].items()
            if then <= week
        )

    with_trend = 0
    for row in weekly:
        person, week = row["person_id"], row["week"]
        assert row["score"] == pytest.approx(score(person, week), abs=1e-4)
        if row["trend_4_weeks"] is not None:
            with_trend += 1
            before = [score(person, week - timedelta(weeks=n)) for n in range(1, 5)]
            expected = score(person, week) - sum(before) / 4
            assert row["trend_4_weeks"] == pytest.approx(expected, abs=1e-4)
    assert with_trend > 20


def test_stickiness_against_a_plain_count(demo: Workshop) -> None:
    with duckdb.connect(str(demo.settings.warehouse_file), read_only=True) as connection:
        different = one(connection, """
            with days as (
                select date, (
                    select count(distinct person_id) from intermediate.int_customer_days
                    where activity_date between date - 29 and date
                ) as mau, (
                    select count(distinct person_id) from intermediate.int_customer_days
                    where activity_date between date - 6 and date
                ) as wau, (
                    select count(distinct person_id) from intermediate.int_customer_days
                    where activity_date = date
                ) as dau, dau_count, wau_count, mau_count
                from customer_engagement.stickiness_daily
            )
            select count(*) filter ((dau, wau, mau) <> (dau_count, wau_count, mau_count)),
                   count(*) > 40
            from days
        """)  # fmt: skip
    assert different == (0, True)


def test_parts_add_up(published: duckdb.DuckDBPyConnection) -> None:
    """Shares are of one whole, cohorts hold every customer, tables of a month agree."""
    for table, share in (
        ("active_days_monthly", "share_of_customers_pct"),
        ("omnichannel_monthly", "share_of_customers_pct"),
        ("loyalty_monthly", "share_of_members_pct"),
    ):
        sums = published.execute(
            f"select sum({share}) from customer_engagement.{table} group by month"
        ).fetchall()
        assert sums
        assert all(total == pytest.approx(100) for (total,) in sums), table
    cohorts = one(published, """
        select sum(customer_count)::int, sum(ordered_count)::int
        from customer_engagement.retention_cohorts where months_since = 0
    """)  # fmt: skip
    customers = one(published, "select count(*) from customer_engagement.customers_current")
    assert cohorts == customers * 2
    months = published.execute("""
        select c.net_amount, e.net_reporting_amount, o.net_reporting_amount
        from customer_engagement.commerce_monthly as c
        join customer_engagement.engaged_revenue_monthly as e
            on c.month = e.month and e.level_as_of = 'during'
        join (
            select month, sum(net_reporting_amount) as net_reporting_amount
            from customer_engagement.omnichannel_monthly group by month
        ) as o on c.month = o.month
    """).fetchall()
    assert months
    assert all(len(set(amounts)) == 1 for amounts in months)


def test_no_prospect_stands_in_a_table_of_customers(
    published: duckdb.DuckDBPyConnection,
) -> None:
    for table in ("customers_current", "customer_engagement_weekly"):
        strangers = one(published, f"""
            select count(*) from customer_engagement.{table}
            where person_id not in (
                select person_id from customer_engagement.orders where purchase_number is not null
            )
        """)  # fmt: skip
        assert strangers == (0,)
