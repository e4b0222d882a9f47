"""The audience's tables give back what the demo planted, for three seeds."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import duckdb
import pytest

from tests.builders import Workshop, records

pytestmark = pytest.mark.slow

OWN = "Tide & Linen"


class Shop(NamedTuple):
    tables: duckdb.DuckDBPyConnection
    truth: dict[str, Any]


@pytest.fixture
def shop(each_demo: Workshop) -> Iterator[Shop]:
    """The published tables of a demo and what was planted in it."""
    truth = json.loads((each_demo.data / "truth.json").read_text())
    with each_demo.published() as connection:
        yield Shop(connection, truth)


def one(shop: Shop, query: str) -> tuple[Any, ...]:
    return shop.tables.execute(query).fetchone() or ()


def test_campaigns_reach_click_and_visit(shop: Shop) -> None:
    rows = records(shop.tables.sql("from brand_engagement.campaigns where is_listed"))
    found = {row["campaign_id"]: row for row in rows}
    planted = shop.truth["market"]["campaigns"]
    assert found.keys() == planted.keys()
    for name, counts in planted.items():
        row = found[name]
        for count in ("sent", "delivered"):
            assert (row[f"{count}_count"] or 0) == counts[count], name
        assert (row["message_click_count"] or 0) == counts["clicked"], name
        assert row["visit_count"] == counts["visits"], name
        assert row["stage_goal"] in ("educate", "inform", "convince", "show_care")
        if counts["delivered"]:
            rate = 100 * counts["clicked"] / counts["delivered"]
            assert row["message_click_rate_pct"] == pytest.approx(rate)


def test_ad_spend_is_all_there(shop: Shop) -> None:
    planted = shop.truth["market"]["ad_spend"]
    amount, impressions, clicks = one(
        shop,
        "select sum(spend_amount)::double, sum(impressions)::int, sum(ad_click_count)::int"
        " from brand_engagement.campaigns",
    )
    assert amount == pytest.approx(planted["amount"], abs=0.005)
    assert (impressions, clicks) == (planted["impressions"], planted["clicks"])


def test_the_last_campaign_visit_is_credited(shop: Shop) -> None:
    """Counted again in plain Python from the published sessions and orders."""
    links = {f"boost-{link}": link for (link,) in shop.tables.execute(
        "select distinct campaign from customer_engagement.sessions where campaign is not null"
    ).fetchall()}  # fmt: skip
    visits = defaultdict(list)
    for person, started_at, campaign in shop.tables.execute(
        "select person_id, started_at, campaign from customer_engagement.sessions"
        " where campaign is not null"
    ).fetchall():
        visits[person].append((started_at, campaign))
    orders: dict[str, int] = defaultdict(int)
    revenue: dict[str, float] = defaultdict(float)
    for person, ordered_at, amount in shop.tables.execute(
        "select person_id, ordered_at, order_amount::double from customer_engagement.orders"
        " where purchase_number is not null"
    ).fetchall():
        before = [v for v in visits[person] if v[0] <= ordered_at <= v[0] + timedelta(days=30)]
        if before:
            campaign = max(before)[1]
            orders[campaign] += 1
            revenue[campaign] += amount
    found = shop.tables.execute(
        "select campaign_id, order_count, revenue_amount::double from brand_engagement.campaigns"
        " where order_count > 0"
    ).fetchall()
    assert {links.get(name, name): count for name, count, _ in found} == dict(orders)
    for name, _, amount in found:
        assert amount == pytest.approx(revenue[links.get(name, name)], abs=0.005)


def test_share_of_voice(shop: Shop) -> None:
    found = {
        (f"{row['month']:%Y-%m}", row["brand"], row["measure"]): row["volume"]
        for row in records(shop.tables.sql("from brand_engagement.share_of_voice_monthly"))
    }
    planted = {
        (month, brand, measure): amount
        for month, brands in shop.truth["market"]["mentions"].items()
        for brand, amounts in brands.items()
        for measure, amount in amounts.items()
    }
    assert found == planted


def test_awareness_and_its_lift(shop: Shop) -> None:
    planted = shop.truth["market"]["awareness"]
    counted = defaultdict(lambda: [0, 0, 0, 0])
    rows = records(shop.tables.sql("from brand_engagement.brand_awareness_monthly"))
    for row in rows:
        sums = counted[row["survey_id"], row["brand"], row["measure"]]
        for i, name in enumerate(("exposed_aware_count", "exposed_n", "control_aware_count",
                                  "control_n")):  # fmt: skip
            sums[i] += row[name]
    assert dict(counted) == {
        (survey, brand, measure): [*groups["exposed"], *groups["control"]]
        for survey, brands in planted["counted"].items()
        for brand, measures in brands.items()
        for measure, groups in measures.items()
    }
    # A wave that lies in one month is a whole one: there the planted shares are in the intervals.
    whole = [
        row for row in rows if row["measure"] == "unaided"
        and row["n"] == sum(counted[row["survey_id"], row["brand"], "unaided"][1::2])
    ]  # fmt: skip
    assert whole
    for row in whole:
        shares = planted["planted_unaided"][row["brand"]]
        middle = 100 * (shares["exposed"] + shares["control"]) / 2
        assert row["ci_low_pct"] <= middle <= row["ci_high_pct"]
        lift = planted["planted_unaided_lift_points"] if row["brand"] == OWN else 0
        assert row["absolute_lift_low_points"] <= lift <= row["absolute_lift_high_points"]
        assert row["is_enough_responses"] == (row["exposed_n"] + row["control_n"] >= 2800)


def test_experiments_and_the_broken_split(shop: Shop) -> None:
    planted = shop.truth["market"]["experiments"]
    rows = records(shop.tables.sql("from brand_engagement.experiment_results"))
    found: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for row in rows:
        found[row["experiment_id"]][row["variation"]] = [row["user_count"], row["conversion_count"]]
        assert row["crossed_user_count"] == planted[row["experiment_id"]]["crossed"]
        if not row["is_control"]:
            users, buyers = planted[row["experiment_id"]]["variations"][row["variation"]]
            control = planted[row["experiment_id"]]["variations"]["control"]
            difference = 100 * (buyers / users - control[1] / control[0])
            assert row["difference_points"] == pytest.approx(difference)
            low, high = row["difference_low_points"], row["difference_high_points"]
            assert low <= difference <= high
            assert (row["p_value"] < 0.05) == (abs(row["z_value"]) > 1.959964)
    assert found == {name: said["variations"] for name, said in planted.items()}
    flagged = {row["experiment_id"] for row in rows if row["is_sample_ratio_mismatch"]}
    assert flagged == {"welcome_banner"}


def test_the_audience_adds_up_to_the_sessions(shop: Shop) -> None:
    assert one(
        shop,
        "select sum(session_count)::int, sum(engaged_session_count)::int,"
        " sum(single_page_bounce_count)::int, sum(new_visitor_count)::int"
        " from brand_engagement.audience_daily",
    ) == tuple(
        shop.truth["sessions"][name] for name in ("sessions", "engaged", "single_page", "visitors")
    )
    assert one(
        shop,
        "select count(*) from brand_engagement.audience_daily"
        " where audience_scope = 'internal' and lead_count + engaged_lead_count > 0"
        " or visitor_count <> new_visitor_count + returning_visitor_count",
    ) == (0,)
    leads = one(shop, "select sum(lead_count)::int from brand_engagement.audience_daily")[0]
    # A lead visit gives the name before any order; who bought by telephone first is no lead.
    assert shop.truth["people"]["lead"] - 3 <= leads <= shop.truth["people"]["lead"]


def test_followers_change_adds_up(shop: Shop) -> None:
    rows = shop.tables.execute("""
        select sum(followers_change), max_by(followers, date) - min_by(followers, date),
               sum(post_count)::int
        from brand_engagement.social_accounts_daily group by platform, account_id
    """).fetchall()
    assert rows
    assert all(change == total for change, total, _ in rows)
    assert sum(posts for _, _, posts in rows) == sum(shop.truth["social"]["posts"].values())


def test_a_platforms_own_engagement_is_no_interaction(workshop: Workshop) -> None:
    """X calls 39 things an engagement, of which 11 are interactions; the others are not read."""
    workshop.land(
        "generic/social_posts", "x.csv",
        "platform,post_id,published_at,likes,comments,retweets,impressions,engagements,"
        "engagement rate,user profile clicks,url clicks,detail expands\n"
        "x,1,2026-03-01T10:00:00Z,7,0,4,1203,39,0.0324189526,2,22,4\n",
    )  # fmt: skip
    workshop.take_in("generic/social_posts")
    [row] = workshop.lake_rows("generic/social_posts")
    assert (row["likes"], row["comments"], row["shares"]) == (7, 0, 4)
    assert row["impressions"] == 1203
    assert row["clicks"] is None
    assert 39 not in row.values()
