"""The published tables give back what the demo planted."""

import json
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
    return json.loads((demo.data / "truth.json").read_text())


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchone() or ()


def test_every_delivered_row_is_accounted_for(
    published: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    ledger = records(
        published.sql("""
        select source || '/' || entity as table_name, count(*) as files,
               sum(rows_read)::int as read, sum(rows_loaded)::int as loaded,
               sum(rows_rejected)::int as rejected, sum(rows_duplicate)::int as duplicate
        from quality.row_ledger group by source, entity
    """)
    )
    assert {row["table_name"] for row in ledger} == truth["sources"].keys()
    for row in ledger:
        planted = truth["sources"][row["table_name"]]
        repeated = sum(
            planted[name]
            for name in ("rows_duplicate", "rows_superseded", "rows_in_repeated_files")
        )
        assert row["files"] == planted["files"]
        assert row["read"] == planted["rows_delivered"]
        assert row["loaded"] == planted["distinct_records"], row
        assert row["rejected"] == planted["rows_broken"]
        assert row["duplicate"] == repeated


def test_sessions(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    planted = truth["sessions"]
    found = one(published, """
        select count(*), count(distinct visitor_id), count(*) filter (is_engaged),
               count(*) filter (is_bounce_single_page), sum(page_view_count)::int,
               round(sum(duration_seconds), 3)
        from customer_engagement.sessions
    """)  # fmt: skip
    names = ("sessions", "visitors", "engaged", "single_page", "page_views")
    assert found[:-1] == tuple(planted[name] for name in names)
    assert found[-1] == pytest.approx(planted["total_duration_seconds"], abs=0.01)
    daily = one(published, """
        select sum(session_count)::int, sum(engaged_session_count)::int,
               sum(session_count * engaged_session_pct / 100)
        from customer_engagement.web_engagement_daily
    """)  # fmt: skip
    assert daily[:2] == found[:1] + found[2:3]
    assert daily[2] == pytest.approx(found[2])


def test_orders(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    for source, planted in truth["orders"].items():
        where = "true" if source == "all" else f"source = '{source}'"
        found = one(published, f"""
            select count(*), count(*) filter (is_cancelled), sum(line_count)::int,
                   sum(order_amount) filter (not is_cancelled)::double,
                   count(distinct person_id) filter (purchase_number is not null)
            from customer_engagement.orders where {where}
        """)  # fmt: skip
        assert found[:3] == (planted["orders"], planted["cancelled"], planted["lines"])
        assert found[3] == pytest.approx(planted["gross_merchandise_revenue"], abs=0.005)
        assert found[4] == planted["customers"]
    repeat = one(
        published, "select count(*) from customer_engagement.orders where purchase_number = 2"
    )
    assert repeat == (truth["orders"]["all"]["repeat_customers"],)


def test_survey_scores(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    scores = records(
        published.sql("from customer_experience.cx_scores_monthly where breakdown = 'survey'")
    )
    found = {(s["breakdown_value"], s["metric"], f"{s['month']:%Y-%m}"): s for s in scores}
    planted = {
        (survey, metric, month): score
        for survey, said in truth["surveys"].items()
        for metric, by in said["metrics"].items()
        for month, score in by["by_month"].items()
    }
    assert found.keys() == planted.keys()
    for key, score in planted.items():
        assert found[key]["n"] == score["n"]
        if key[1] == "nps":
            assert round(found[key]["score"], 2) == score["nps"]
            counts = (found[key]["favourable_count"], found[key]["unfavourable_count"])
            assert counts == (score["promoters"], score["detractors"])
        else:
            assert found[key]["favourable_count"] == score["positives"]
        assert (
            found[key]["ci_low"] <= found[key]["score"] <= found[key]["ci_high"] or score["n"] < 10
        )


def test_social_posts(published: duckdb.DuckDBPyConnection, truth: dict[str, Any]) -> None:
    found = records(
        published.sql("""
        select platform, count(*) as posts, sum(interactions)::int as interactions
        from brand_engagement.social_posts group by platform
    """)
    )
    planted = truth["social"]
    assert {f["platform"]: f["posts"] for f in found} == planted["posts"]
    assert {f["platform"]: f["interactions"] for f in found} == planted["interactions"]
    golden = one(published, f"""
        select engagement_rate_by_followers_pct, interactions, followers, is_interactions_complete,
               engagement_level
        from brand_engagement.social_posts where post_id = '{planted["golden_post"]["post_id"]}'
    """)  # fmt: skip
    assert golden == (3.14, 157, 5000, False, "high")


def test_nobody_is_a_customer_before_the_first_order(
    published: duckdb.DuckDBPyConnection,
) -> None:
    strangers = one(published, """
        select count(*) from customer_engagement.customer_engagement_weekly as w
        left join (
            select person_id, min(order_date) as first_order from customer_engagement.orders
            where purchase_number is not null group by person_id
        ) as c using (person_id)
        where c.person_id is null or w.week + interval 6 days < c.first_order
    """)  # fmt: skip
    assert strangers == (0,)


def test_checks_and_their_findings_are_published(published: duckdb.DuckDBPyConnection) -> None:
    names = {
        row[0] for row in published.execute('select "check" from quality.check_results').fetchall()
    }
    assert names == {
        "deliveries", "freshness", "batch_expectations", "dbt_tests", "mart_expectations",
    }  # fmt: skip
    failed = published.execute(
        "select asset, observed from quality.check_results where not passed and severity = 'error'"
    ).fetchall()
    assert failed == []


def test_the_funnel_of_one_month_gives_back_the_stages(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from orchestration.demo import write_demo

    workshop = Workshop(tmp_path_factory.mktemp("month") / "data")
    truth = write_demo(workshop.landing, workshop.data / "truth.json", days=30, people=800, seed=5)
    workshop.refresh()
    with workshop.published() as connection:
        found = dict(
            connection.execute("select stage, people from journey.funnel_monthly").fetchall()
        )
    assert {stage: found[stage] for stage in truth["funnel"]} == truth["funnel"]
    ordered = list(found.values())
    assert ordered == sorted(ordered, reverse=True)
    # Somebody whose second device never named them counts as one more visitor.
    spare = truth["people"]["with_two_devices"]
    assert (
        truth["sessions"]["visitors"] - spare
        <= found["visitor"]
        <= truth["sessions"]["visitors"] + 50
    )
