"""Every tool's export, as the tool writes it, lands in one run: what comes out of each."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.builders import Workshop, records

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
SNOWPLOW = "snowplow_events/event"
AFTER_PURCHASE = "After+purchase_March+4,+2026_10.14.csv"
BY_CONTRACT = "is left out by the contract"
# Test and preview records.
LEFT_OUT = [
    ("qualtrics", AFTER_PURCHASE, "status", BY_CONTRACT, 2),
    ("shopify", "orders-page-1.json", "is_test", BY_CONTRACT, 1),
    ("stripe", "charges.json", "is_live", BY_CONTRACT, 1),
]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The tables built of all fixtures."""
    workshop = Workshop(tmp_path_factory.mktemp("sources") / "data")
    shutil.copytree(FIXTURES, workshop.landing)
    workshop.take_in_all()
    workshop.build()
    return workshop


def rows(workshop: Workshop, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(workshop.settings.warehouse_file), read_only=True) as connection:
        return records(connection.sql(query))


def listed(workshop: Workshop, kind: str, source: str, columns: str, order: str) -> list[Any]:
    """Rows of one of the common lists that came from one tool."""
    found = rows(workshop, f"""
        select {columns} from intermediate.int_all_{kind}
        where source = '{source}' and not is_removed order by {order}
    """)  # fmt: skip
    return [tuple(row.values()) for row in found]


def test_every_file_is_read_and_every_row_is_loaded_or_a_duplicate(tools: Workshop) -> None:
    found = rows(tools, "from intermediate.int_deliveries")
    landed = [path for path in FIXTURES.rglob("*") if path.is_file()]
    assert len(found) == len(landed)
    assert {row["message"] for row in found} == {None}
    for row in found:
        kept = row["rows_loaded"] + row["rows_duplicate"]
        assert row["rows_read"] == kept + row["rows_rejected"] > row["rows_rejected"], row
    rejected = rows(tools, """
        select source, file, column_name, reason, rows_rejected from quality.rejected_rows
        order by source, file
    """)  # fmt: skip
    assert [tuple(row.values()) for row in rejected] == LEFT_OUT
    doubled = {(row["source"], row["file"]): row["rows_duplicate"] for row in found}
    assert {file: n for file, n in doubled.items() if n} == {
        ("segment", "2026-03-02.ndjson"): 1,  # a call that was sent again
        ("sendgrid", "webhook-2.json"): 1,  # a webhook that was repeated
        ("youtube", "videos.csv"): 1,  # older counts of a video
    }


# Web and app -------------------------------------------------------------------------------------


def test_segment_and_rudderstack(tools: Workshop) -> None:
    columns = "event_id, event_name, visitor_id, customer_id, order_id, device_category"
    assert listed(tools, "web_events", "segment", columns, "event_id") == [
        ("ajs-1", "page", "seg-anon-1", None, None, None),
        ("ajs-2", "product_added", "seg-anon-1", None, None, None),
        ("ajs-3", "identify", "seg-anon-1", "seg-user-1", None, None),
        ("ajs-4", "order_completed", "seg-anon-1", "seg-user-1", "S-77", None),
        ("rs-1", "screen", "rudder-2", None, None, "app"),
    ]
    messages = listed(
        tools, "messages", "segment", "event_type, message_id, campaign_id, customer_id",
        "message_event_id",
    )  # fmt: skip
    assert messages == [
        ("open", "em-9", "c-9", "seg-user-1"),
        ("click", "em-9", "c-9", "seg-user-1"),
    ]
    [session] = rows(tools, """
        select traffic_source, campaign, page_view_count, has_cart, has_purchase
        from intermediate.int_sessions where visitor_id = 'segment-seg-anon-1'
    """)  # fmt: skip
    assert tuple(session.values()) == ("newsletter", "spring", 1, True, True)


def test_snowplow_sessions_are_the_trackers_and_pings_are_time(tools: Workshop) -> None:
    sessions = rows(tools, """
        select event_count, page_view_count, engagement_seconds, traffic_source, traffic_medium
        from intermediate.int_sessions where source = 'snowplow' order by started_at
    """)  # fmt: skip
    assert [tuple(row.values()) for row in sessions] == [
        (4, 1, 60.0, "Google", "organic"),
        (1, 1, None, "newsletter", "email"),
        (4, 1, 30.0, "google", "cpc"),
    ]


def test_snowplows_own_rows_have_no_header_and_131_columns(tools: Workshop) -> None:
    columns = "event_id, event_name, customer_id, order_id, device_category, page_url"
    url = 'https://shop.example.com/?q="red" shoes'
    found = listed(tools, "web_events", "snowplow", columns, "event_id")
    assert found[:4] == [
        ("e-1", "page_view", None, None, "mobile", url),
        ("e-2", "page_ping", None, None, "mobile", url),
        ("e-3", "add_to_cart", "9007199254740995", None, "mobile", url),
        ("e-4", "transaction", None, "SP-1", "mobile", url),
    ]
    assert found[-1][2] == "9007199254740993", "an id above 2^53 keeps its last digit"


def test_posthog_counts_a_submission_once_and_a_zero_as_a_score(tools: Workshop) -> None:
    assert listed(
        tools, "survey_answers", "posthog",
        "survey_id, submission_id, question_id, question_kind, score, answer_text", "question_id",
    ) == [
        ("Relationship", "sub1", "q1", "nps", 0.0, None),
        ("Relationship", "sub1", "q2", "text", None, "Too slow"),
    ]  # fmt: skip
    columns = "event_name, device_category, page_load_seconds"
    events = listed(tools, "web_events", "posthog", columns, "event_id")
    assert events[0] == ("page_view", "desktop", None)
    assert ("web_vitals", "desktop", 3.1) in events


def test_matomo_actions_are_events_of_its_own_visits(tools: Workshop) -> None:
    columns = """
        event_id, event_name, occurred_at::varchar, engagement_seconds, page_load_seconds, order_id
    """
    assert listed(tools, "web_events", "matomo", columns, "event_id") == [
        ("501-1", "page_view", "2026-03-02 10:00:00", 35.0, 1.25, None),
        ("501-2", "add_to_cart", "2026-03-02 10:00:35", None, None, None),
        ("501-3", "purchase", "2026-03-02 10:01:35", None, None, "M-9"),
        ("502-1", "page_view", "2026-03-02 10:10:00", 0.0, None, None),
    ]
    sessions = rows(tools, """
        select event_count, traffic_source, traffic_medium, device_category
        from intermediate.int_sessions where source = 'matomo' order by started_at
    """)  # fmt: skip
    assert [tuple(row.values()) for row in sessions] == [
        (3, "Google", "organic", "mobile"), (1, None, None, "desktop"),
    ]  # fmt: skip


# Messages ----------------------------------------------------------------------------------------


def test_machine_opens_are_kept_apart(tools: Workshop) -> None:
    columns = "event_type, is_machine_open, bounce_type"
    assert listed(tools, "messages", "sendgrid", columns, "message_event_id") == [
        ("delivered", False, None), ("open", True, None), ("open", False, None),
        ("bounce", False, "soft"), ("complaint", False, None),
    ]  # fmt: skip
    assert listed(tools, "messages", "klaviyo", columns, "message_event_id") == [
        ("open", True, None), ("open", False, None), ("click", False, None),
    ]  # fmt: skip
    assert listed(tools, "messages", "mailchimp", columns, "event_type") == [
        ("bounce", False, "soft"), ("click", False, None), ("open", False, None),
    ]  # fmt: skip
    [opened] = rows(tools, """
        select count(distinct email) as people, count(*) filter (is_machine_open) as machines
        from intermediate.int_all_messages where event_type = 'open'
    """)  # fmt: skip
    assert opened == {"people": 1, "machines": 2}, "one address is one pseudonym in every tool"


# Commerce ----------------------------------------------------------------------------------------


def test_woocommerce_lines(tools: Workshop) -> None:
    found = listed(
        tools, "order_lines", "woocommerce",
        "order_id, line_number, product_id, quantity::int, unit_price::double,"
        " discount_amount::double, refunded_amount::double, is_cancelled, customer_id",
        "order_id, line_number",
    )  # fmt: skip
    assert found == [
        ("727", 1, "W-1", 2, 3.0, 0.6, 0.0, False, "26"),
        ("727", 2, "93", 1, 12.0, 0.0, 0.0, False, "26"),
        ("728", 1, "W-1", 1, 10.0, 0.0, 5.5, False, None),
        ("729", 1, "W-1", 1, 10.0, 0.0, 0.0, True, "26"),
        ("730", 1, "W-1", 3, 10.0, 0.0, 30.0, False, "26"),
    ]


def test_shopifys_api_and_its_csv_are_one_shop(tools: Workshop) -> None:
    """An order in both counts once; amounts are the shop's, a failed refund is none."""
    found = listed(
        tools, "order_lines", "shopify",
        "order_id, line_number, product_id, quantity::int, unit_price::double,"
        " discount_amount::double, order_discount_amount::double, refunded_amount::double,"
        " currency, country, is_cancelled, customer_id",
        "order_id, line_number",
    )  # fmt: skip
    assert found == [
        ("#1000", 1, "S-1", 1, 30.0, 0.0, 0.0, 5.0, "EUR", "DE", False, None),
        ("#1000", 2, "L-1", 1, 5.0, 0.0, 0.0, 0.0, "EUR", "DE", False, None),
        ("#1001", 1, "S-1", 1, 100.0, 10.0, 5.0, 5.0, "EUR", "DE", False, "207119551"),
        ("#1001", 2, "9007199254740995", 2, 5.0, 0.0, 0.0, 0.0, "EUR", "DE", False, "207119551"),
        ("#1002", 1, "B-1", 1, 124.36, 0.0, 0.0, 0.0, "USD", "AT", False, None),
        ("#1003", 1, "B-1", 1, 20.0, 0.0, 0.0, 0.0, "EUR", "DE", True, "207119551"),
    ]


def test_shopifys_abandoned_checkouts(tools: Workshop) -> None:
    found = rows(tools, """
        select month::varchar, currency, abandoned_count, recovered_count, recovered_pct,
               abandoned_amount::double, recovered_amount::double
        from customer_engagement.abandoned_checkouts_monthly order by currency
    """)  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        ("2026-03-01", "EUR", 2, 1, 50.0, 639.0, 40.06),
        ("2026-03-01", "JPY", 1, 0, 0.0, 900.0, 0.0),
    ]


def test_stripe_in_whole_units_without_test_charges(tools: Workshop) -> None:
    found = listed(
        tools, "order_lines", "stripe",
        "order_id, unit_price::double, currency, refunded_amount::double, is_cancelled", "order_id",
    )  # fmt: skip
    assert found == [
        ("ch_eur", 49.99, "EUR", 9.99, False),
        ("ch_failed", 1.0, "EUR", 0.0, True),
        ("ch_jpy", 500.0, "JPY", 0.0, False),
        ("ch_kwd", 5.124, "KWD", 0.0, False),
    ]


def test_a_deal_that_was_won_is_an_order_of_its_first_contact(tools: Workshop) -> None:
    columns = (
        "order_id, ordered_at::varchar, unit_price::double, currency, customer_id, email is null"
    )
    assert listed(tools, "order_lines", "hubspot", columns, "order_id") == [
        ("604", "2026-03-02 12:00:00", 80.0, None, None, True),
        ("9007199254740993", "2026-03-01 12:00:00", 1200.5, "EUR", "26", False),
    ]


def test_a_hubspot_contact_ties_a_customer_id_to_an_address(tools: Workshop) -> None:
    [tied] = rows(tools, """
        select count(distinct lines.person_id) as people
        from intermediate.int_order_lines as lines
        where lines.customer_id = '26' or lines.order_id like 'ch_%'
    """)  # fmt: skip
    assert tied == {"people": 1}


# Surveys, reviews, support -----------------------------------------------------------------------


def test_scores_and_comments(tools: Workshop) -> None:
    columns = "submission_id, question_kind, score, answer_text"
    order = "submission_id, question_id desc"
    assert listed(tools, "survey_answers", "delighted", columns, order) == [
        ("5435", "nps", 0.0, None),
        ("5436", "nps", 10.0, None),
        ("5436", "text", None, "Great, call me at 555-0100"),
    ]
    assert listed(tools, "survey_answers", "hubspot", columns, order) == [
        ("901", "nps", 0.0, None), ("901", "text", None, "Not again"), ("902", "ces", 6.0, None),
    ]  # fmt: skip
    assert listed(tools, "survey_answers", "formbricks", columns, "submission_id, question_id") == [
        ("s1", "text", None, "false"), ("s1", "nps", 0.0, None),
        ("s1", "text", None, "Slow; write to [email]"), ("s2", "nps", 10.0, None),
    ]  # fmt: skip


def test_surveymonkey_has_two_header_rows_and_a_label_at_the_ends_of_a_scale(
    tools: Workshop,
) -> None:
    columns = "submission_id, question_kind, score, answer_text, question_text"
    order = "submission_id, question_kind, question_text"
    asked = "How likely is it that you would recommend us, the shop,\nto a friend?"
    bought = "Which of these did you buy? (tick all) - "
    assert listed(tools, "survey_answers", "surveymonkey", columns, order) == [
        ("11845678901", "nps", 0.0, None, asked),
        ("11845678901", "text", None, "Too slow,\nand write to [email]",
         "What is the reason for your score? - Open-Ended Response"),
        ("11845678901", "text", None, "Bags", bought + "Bags"),
        ("11845678901", "text", None, "Shoes", bought + "Shoes"),
        ("9007199254740993", "nps", 9.0, None, asked),
        ("9007199254740993", "text", None, "Socks", bought + "Other (please specify)"),
    ]  # fmt: skip
    [times] = listed(
        tools, "survey_answers", "surveymonkey",
        "min(answered_at)::varchar, max(answered_at)::varchar, count(distinct email),"
        " min(survey_id)", "1",
    )  # fmt: skip
    assert times == ("2026-03-02 10:04:10", "2026-03-02 23:01:00", 1, "Relationship")


def test_qualtrics_has_three_header_rows_and_its_previews_are_left_out(tools: Workshop) -> None:
    columns = "submission_id, question_id, question_kind, score, answer_text, customer_id"
    assert listed(tools, "survey_answers", "qualtrics", columns, "submission_id, question_id") == [
        ("R_1a", "q1", "nps", 0.0, None, "26"),
        ("R_1a", "q2", "csat", 5.0, None, "26"),
        ("R_1a", "q3", "text", None, "Other", "26"),
        ("R_1a", "q3_4_text", "text", None, "A friend, at work", "26"),
        ("R_4d", "q2", "csat", 2.0, None, None),
    ]
    columns = "question_text, survey_id, answered_at::varchar"
    [first, *_] = listed(
        tools, "survey_answers", "qualtrics", columns, "submission_id, question_id"
    )
    wording = "How likely are you to recommend us to a friend?\n0 is not at all"
    assert first == (wording, "After+purchase", "2026-03-04 09:01:01")


def test_a_zendesk_offer_is_an_invitation_and_no_answer(tools: Workshop) -> None:
    invitations = listed(
        tools, "survey_invitations", "zendesk", "invitation_id, status, email is not null",
        "invitation_id",
    )  # fmt: skip
    assert invitations == [("1", "answered", True), ("2", "sent", True), ("4", "answered", False)]
    answers = listed(
        tools, "survey_answers", "zendesk", "submission_id, score, scale_max, answer_text",
        "submission_id, question_id desc",
    )  # fmt: skip
    assert answers == [("1", 2.0, 2, None), ("1", None, None, "Fast"), ("4", 1.0, 2, None)]
    tickets = rows(tools, """
        select ticket_id, first_response_hours, resolution_hours, is_satisfied,
               is_satisfaction_offered
        from intermediate.int_tickets where source = 'zendesk' order by ticket_id
    """)  # fmt: skip
    assert [tuple(row.values()) for row in tickets] == [
        ("35436", 1.5, 2.0, True, False),
        ("35437", None, None, None, True),
        ("35438", None, None, None, False),
    ]


def test_medallia_requests_are_invitations_and_answered_ones_answers(tools: Workshop) -> None:
    columns = "invitation_id, status, email is not null"
    assert listed(tools, "survey_invitations", "medallia", columns, "invitation_id") == [
        ("r1", "answered", True), ("r2", "sent", True), ("r3", "bounced", True),
        ("r4", "answered", False),
    ]  # fmt: skip
    columns = "submission_id, score, answer_text"
    order = "submission_id, question_id desc"
    assert listed(tools, "survey_answers", "medallia", columns, order) == [
        ("r1", 5.0, None), ("r1", None, "Kind, and fast"), ("r4", 1.0, None),
    ]  # fmt: skip


def test_stars_of_every_site(tools: Workshop) -> None:
    found = rows(tools, """
        select site, review_id, stars from intermediate.int_reviews order by site, review_id
    """)  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        ("google", "AbC", 5.0), ("google", "AbD", 2.0),
        ("trustpilot", "5039b", 4.0), ("trustpilot", "5039c", 1.0),
    ]  # fmt: skip


# Social ------------------------------------------------------------------------------------------


def test_posts_tell_missing_from_zero(tools: Workshop) -> None:
    found = rows(tools, """
        select post_id, likes, comments, shares, saves, reach, impressions, followers
        from intermediate.int_social_posts order by platform, published_at
    """)  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        ("10_1", 20, 0, 4, None, 600, 800, 700),
        ("10_2", 1, None, None, None, None, None, 700),
        ("120210000000000001", 31, 0, None, None, 12400, None, 700),
        ("17895695668004550", 0, 2, 3, 4, 900, 1100, 5000),
        ("17895695668004551", None, 1, None, None, None, None, 5000),
        ("7302345678901234567", 13, 0, 3, None, None, 1290, None),
        ("7302345678901234568", 0, 0, 0, None, None, 90, 1200),
        ("snap-9007199254740993", 120, 0, 14, None, 9000, 10400, None),
        ("snap-2", None, None, None, None, 80, 90, 840),
        ("7234567890123456789", 1200, 15, 0, 33, None, 40100, 12010),
        ("7234567890123456790", 5, None, 1, None, None, 90, 12009),
        ("1226928883355791000", 9, 0, 4, None, None, 1203, None),
        ("1226928883355791001", None, None, None, None, None, None, None),
        ("1226928883355791360", 5, 0, 4, 2, None, 1203, None),
        ("1226928883355791361", 0, 0, 0, None, None, None, 2100),
        ("dQw4w9WgXcQ", 310, 0, None, None, None, 12400, None),
        ("9bZkp7q19f0", None, None, None, None, None, 50, 1230),
    ]


def test_linkedin_tells_of_a_day_in_three_files(tools: Workshop) -> None:
    """What happened on a day is not what the posts of the day have had since."""
    days = rows(tools, """
        select date::varchar, impressions_on_day, interactions_on_day, followers_won,
               sponsored_followers_won, page_views, page_visitors, followers
        from brand_engagement.social_accounts_daily
        where platform = 'linkedin' and account_id = 'acme-shoes' and date >= date '2026-03-01'
        order by date
    """)  # fmt: skip
    assert [tuple(row.values()) for row in days] == [
        ("2026-03-01", 1200, 15, 5, 1, 6, 4, None),
        ("2026-03-02", 90, 1, 0, 0, None, None, 1200),
    ]


def test_xs_old_csv_says_a_dash_where_there_is_no_number(tools: Workshop) -> None:
    columns = "post_id, account_id, published_at::varchar, clicks"
    assert listed(tools, "social_posts", "x", columns, "post_id")[:2] == [
        ("1226928883355791000", "shop", "2020-02-10 18:00:00", 7),
        ("1226928883355791001", "shop", "2020-02-11 18:00:00", None),
    ]


def test_follower_counts_by_day(tools: Workshop) -> None:
    """LinkedIn's competitors are none of ours; a count that is hidden or undefined is missing."""
    found = rows(tools, """
        select platform, account_id, snapshot_date::varchar, followers
        from intermediate.int_social_accounts order by platform, account_id, snapshot_date
    """)  # fmt: skip
    assert [tuple(row.values()) for row in found] == [
        ("facebook", "10", "2026-03-01", 700),
        ("facebook", "10", "2026-03-02", 700),
        ("instagram", "17841405309211844", "2026-03-01", 5000),
        ("linkedin", "acme-shoes", "2026-03-02", 1200),
        ("snapchat", "shop-snap", "2026-03-02", 840),
        ("tiktok", "shop", "2026-03-01", 12010),
        ("tiktok", "shop", "2026-03-02", 12009),
        ("x", "44", "2026-03-02", 2100),
        ("youtube", "UC1", "2026-03-02", 1230),
    ]


# Real data ---------------------------------------------------------------------------------------


def test_snowplow_in_two_batches_gives_the_expected_page_views_and_sessions(
    shared_data: Path, tmp_path: Path
) -> None:
    workshop = Workshop(tmp_path / "data")
    for name in ("sp_event.csv", "sp_event_update.csv"):
        content = (shared_data / SNOWPLOW / name).read_bytes()
        workshop.land("snowplow/events", name, content)
        workshop.take_in_all()
        workshop.build()
    views = duckdb.read_csv(f"{shared_data}/snowplow_events/expected/*page_views*.csv")
    [found] = rows(workshop, """
        select count(*) filter (is_page_view) as page_views, sum(engagement_seconds) as engaged
        from intermediate.int_web_events where not is_removed
    """)  # fmt: skip
    expected = views.aggregate("count(*) as page_views, sum(time_engaged_in_s) as engaged")
    assert [found] == records(expected)
    assert found["page_views"] == 7
    sessions = rows(workshop, """
        select replace(visitor_id, 'snowplow-', '') as visitor, ended_at - started_at as lasted,
               coalesce(engagement_seconds, 0)::int as engaged, page_view_count
        from intermediate.int_sessions order by visitor, started_at
    """)  # fmt: skip
    theirs = records(duckdb.sql(f"""
        select sessions.user_snowplow_domain_id as visitor,
               session_end - session_start as lasted, time_engaged_in_s::int as engaged,
               (select count(*) from views where session_id = sessions.session_id) as
               page_view_count
        from '{shared_data}/snowplow_events/expected/snowplow_sessions_expected.csv' as sessions
        order by visitor, session_start
    """))  # fmt: skip
    assert sessions == theirs
    assert len(sessions) == 5
