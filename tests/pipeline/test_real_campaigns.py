"""Posts, campaigns and coupons that nobody here wrote, brought in as a user would."""

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.builders import Workshop, records

pytestmark = pytest.mark.slow

POSTS = "facebook_posts/dataset_Facebook.csv"
# What the page of Facebook posts calls what the contract knows; it says neither year nor day.
THEIR_NAMES = {
    "likes": "like", "comments": "comment", "shares": "share", "post_type": "Type",
    "reach": "T_Reach", "impressions": "T_Impression",
}  # fmt: skip


def posts_of(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / POSTS).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def with_keys(posts: list[dict[str, str]]) -> str:
    """The file as it is, with the three columns that it lacks put before its own."""
    text = io.StringIO()
    out = csv.writer(text, delimiter=";", lineterminator="\n")
    out.writerow(["platform", "post_id", "published_at", *posts[0]])
    for number, post in enumerate(posts, start=1):
        moment = f"2014-{int(post['Month']):02}-01T{int(post['Hour']):02}:00:00Z"
        out.writerow(["facebook", number, moment, *post.values()])
    return text.getvalue()


@pytest.fixture(scope="module")
def brought(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A published refresh of a brand's posts and of a retailer's campaigns and coupons."""
    workshop = Workshop(tmp_path_factory.mktemp("campaigns") / "data")
    mapped = {ours: {"from": [theirs]} for ours, theirs in THEIR_NAMES.items()}
    posts = {"format": {"delimiter": ";"}, "columns": mapped}
    workshop.edit_contract("generic", {"entities": {"social_posts": posts}})
    workshop.land("generic/social_posts", "posts.csv", with_keys(posts_of(shared_data)))
    journey = shared_data / "complete_journey"
    described = "campaign_descriptions.parquet"
    workshop.land("generic/campaigns", described, (journey / described).read_bytes())
    renamed = {
        "generic/messages": f"""
            select household_id || '-' || campaign_id as event_id, start_date as occurred_at,
                   campaign_id, 'mail' as channel, 'sent' as event_type,
                   household_id as customer_id
            from '{journey}/campaigns.parquet' join '{journey}/{described}' using (campaign_id)
        """,
        "generic/participation": f"""
            select concat_ws('-', household_id, coupon_upc, campaign_id, redemption_date)
                   as participation_id, redemption_date as occurred_at, 'campaign' as kind,
                   campaign_id as title, 'redeemed' as action, 'store' as channel,
                   household_id as customer_id
            from '{journey}/coupon_redemptions.parquet'
        """,
    }
    for entity, query in renamed.items():
        path = workshop.land(entity, "renamed.parquet", b"")
        duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
    workshop.refresh()
    return workshop


def published(workshop: Workshop, query: str) -> list[dict[str, Any]]:
    with workshop.published() as connection:
        return records(connection.sql(query))


def test_posts_that_break_the_obvious_expectation_are_warned_of_and_not_stopped(
    brought: Workshop,
) -> None:
    """In four rows more people were reached than posts were shown."""
    [check] = published(brought, """
        select severity, passed, observed from quality.check_results
        where asset = 'generic/social_posts' and "check" = 'batch_expectations'
    """)  # fmt: skip
    assert (check["severity"], check["passed"]) == ("warn", False)
    assert "impressions at least reach: 4 rows break it" in check["observed"]


def test_interactions_are_complete_where_all_parts_are_there(
    brought: Workshop, shared_data: Path
) -> None:
    [found] = published(brought, """
        select count(*) as posts, count(*) filter (is_interactions_complete) as complete,
               sum(interactions) filter (is_interactions_complete)::int as interactions,
               count(*) filter (reach > impressions) as impossible,
               sum(impressions)::int as impressions
        from brand_engagement.social_posts
    """)  # fmt: skip
    raw = posts_of(shared_data)
    whole = [post for post in raw if post["comment"] and post["like"] and post["share"]]
    assert found == {
        "posts": 500,
        "complete": 496,
        "interactions": sum(int(post["T_Interactions"]) for post in whole),
        "impossible": 4,
        "impressions": sum(int(post["T_Impression"]) for post in raw),
    }
    assert len(whole) == 496


def test_every_campaign_was_sent_to_as_many_households_as_the_file_says(
    brought: Workshop, shared_data: Path
) -> None:
    found = published(brought, """
        select campaign_id, sum(sent_count)::int as sent from customer_engagement.message_campaigns
        group by campaign_id order by campaign_id
    """)  # fmt: skip
    journey = shared_data / "complete_journey"
    theirs = duckdb.sql(f"""
        select campaign_id, count(*)::int as sent from '{journey}/campaigns.parquet'
        group by campaign_id order by campaign_id
    """)
    assert found == records(theirs)
    assert sum(row["sent"] for row in found) == 6_589
    [listed] = published(brought, """
        select count(*) as campaigns, min(starts_on)::varchar as first,
               max(ends_on)::varchar as last
        from brand_engagement.campaigns where is_listed
    """)  # fmt: skip
    assert listed == {"campaigns": 27, "first": "2016-11-14", "last": "2018-02-28"}


def test_coupons_were_redeemed_by_households_that_had_the_campaign(
    brought: Workshop, shared_data: Path
) -> None:
    found = published(brought, """
        select month::varchar as month, participation_count, title_count, participant_count
        from customer_engagement.participation_monthly where kind = 'campaign' order by month
    """)  # fmt: skip
    redeemed = shared_data / "complete_journey" / "coupon_redemptions.parquet"
    theirs = duckdb.sql(f"""
        select date_trunc('month', redemption_date)::date::varchar as month,
               count(*) as participation_count, count(distinct campaign_id) as title_count,
               count(distinct household_id) as participant_count
        from '{redeemed}' group by month order by month
    """)
    assert found == records(theirs)
    assert sum(row["participation_count"] for row in found) == 2_102
    with duckdb.connect(str(brought.settings.warehouse_file), read_only=True) as connection:
        exceptions = connection.execute("""
            select count(*) from staging.stg_generic__participation as redeemed
            anti join staging.stg_generic__messages as sent
            on sent.customer_id = redeemed.customer_id and sent.campaign_id = redeemed.title
        """).fetchone()
    assert exceptions == (0,)
