"""Customer experience gives back what the demo planted; texts are scored once and forgotten."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import texts
from orchestration.demo import write_demo
from tests.builders import Workshop, records
from tests.conftest import SEEDS

pytestmark = pytest.mark.slow

SCORES = "customer_experience.cx_scores_monthly"


@pytest.fixture
def truth(demo: Workshop) -> dict[str, Any]:
    return json.loads((demo.data / "truth.json").read_text())


@pytest.fixture
def worlds(demos: Callable[[int], Workshop]) -> list[tuple[dict[str, Any], Workshop]]:
    """Three demos, each with what was planted in it."""
    workshops = [demos(seed) for seed in SEEDS]
    truths = (json.loads((w.data / "truth.json").read_text()) for w in workshops)
    return [(truth["experience"], w) for truth, w in zip(truths, workshops, strict=True)]


def rows(workshop: Workshop, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(workshop.settings.warehouse_file), read_only=True) as connection:
        return records(connection.sql(query))


# What was planted -------------------------------------------------------------------------------


def test_support_is_what_was_planted(
    published: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    found = records(
        published.sql("from customer_experience.support_monthly where breakdown = 'all'")
    )
    planted = truth["experience"]["support"]
    assert {f"{row['month']:%Y-%m}" for row in found} == planted.keys()
    for row in found:
        said = planted[f"{row['month']:%Y-%m}"]
        counts = {
            "ticket_count": "tickets", "responded_count": "responded", "resolved_count": "resolved",
            "n": "rated", "satisfied_count": "rated_good", "unanswered_rating_count":
            "rating_offered",
        }  # fmt: skip
        assert {name: row[name] for name in counts} == {n: said[t] for n, t in counts.items()}
        for name in ("median_first_response_hours", "median_resolution_hours"):
            assert row[name] == pytest.approx(said[name], abs=1e-6)
        if row["n"]:
            assert row["ci_low"] <= 100 * said["rated_good"] / said["rated"] <= row["ci_high"]


def test_the_panel_is_what_was_planted(
    published: duckdb.DuckDBPyConnection, truth: dict[str, Any]
) -> None:
    planted = truth["experience"]["panel"]
    [health] = records(published.sql("""
        select sum(invited_count)::int as invited, sum(answered_count)::int as answered,
               sum(straightlined_count)::int as straight_lines,
               sum(long_submission_count)::int as long_submissions
        from customer_experience.survey_health_monthly where survey_id = 'brand_panel'
    """))  # fmt: skip
    assert health == {
        **{name: planted[name] for name in ("invited", "answered", "straight_lines")},
        "long_submissions": planted["answered"],
    }
    [said] = records(published.sql("""
        select count(*) as comments, count(*) filter (language = 'fr') as comments_in_french,
               count(*) filter (sentiment is not null and language = 'fr') as scored
        from customer_experience.feedback where place = 'brand_panel'
    """))  # fmt: skip
    assert said == {
        "comments": planted["comments"],
        "comments_in_french": planted["comments_in_french"],
        "scored": 0,
    }


def test_each_breakdown_holds_all_answers(published: duckdb.DuckDBPyConnection) -> None:
    sums = published.execute(f"""
        select metric, month, count(distinct n), count(*) from (
            select metric, month, breakdown, sum(n) as n from {SCORES} group by all
        ) group by all
    """).fetchall()
    assert sums
    assert all(different == 1 and breakdowns == 6 for _, _, different, breakdowns in sums)


def test_one_score_across_tools(published: duckdb.DuckDBPyConnection) -> None:
    """Satisfaction is asked for by a form and by the shop's own surveys."""
    tools = published.execute(
        f"select count(distinct source) from {SCORES}"
        " where metric = 'csat' and breakdown = 'survey'"
    ).fetchall()
    assert tools == [(2,)]
    different = published.execute(f"""
        select count(*) from {SCORES} as one
        inner join (
            select metric, month, sum(favourable_count) as good, sum(n) as n from {SCORES}
            where breakdown = 'survey' group by all
        ) as parts using (metric, month)
        where breakdown = 'all' and (one.n <> parts.n or one.favourable_count <> parts.good)
    """).fetchall()
    assert different == [(0,)]


def test_effort_of_both_versions_stays_apart(published: duckdb.DuckDBPyConnection) -> None:
    surveys = published.execute(f"""
        select metric, list(distinct breakdown_value order by breakdown_value) from {SCORES}
        where breakdown = 'survey' and metric like 'ces%' group by metric order by metric
    """).fetchall()
    assert surveys == [
        ("ces", ["brand_panel", "checkout_feedback", "support_feedback"]),
        ("ces_v1", ["brand_panel"]),
    ]


def test_sentiment_follows_the_stars_in_every_language(
    published: duckdb.DuckDBPyConnection,
) -> None:
    [(reviews,)] = published.execute(
        "select count(*) from customer_experience.feedback where feedback_kind = 'review'"
    ).fetchall()
    [(counted,)] = published.execute(
        "select sum(n)::int from customer_experience.reviews_monthly"
    ).fetchall()
    assert reviews == counted > 0
    by_language = published.execute("""
        select language, avg(sentiment_score) filter (stars = 5),
               avg(sentiment_score) filter (stars <= 2)
        from customer_experience.feedback where feedback_kind = 'review' group by language
    """).fetchall()
    for _, good, bad in by_language:
        assert good is None or good > 0.2
        assert bad is None or bad < -0.2


# Recovered within the interval, for three seeds ---------------------------------------------------


def adjusted_wald(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    reach = 1.959964 * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
    return 100 * (p - d - reach), 100 * (p - d + reach)


def test_the_net_promoter_score_of_all_invited_lies_in_the_interval(
    worlds: list[tuple[dict[str, Any], Workshop]],
) -> None:
    for truth, workshop in worlds:
        [said] = rows(workshop, f"""
            select sum(favourable_count)::int as promoters, sum(unfavourable_count)::int as
                   detractors, sum(n)::int as n
            from {SCORES} where metric = 'nps' and breakdown = 'all'
        """)  # fmt: skip
        low, high = adjusted_wald(**said)
        assert low <= truth["nps_of_all_invited"] <= high


def test_weights_bring_back_who_did_not_answer(
    worlds: list[tuple[dict[str, Any], Workshop]],
) -> None:
    """Happier people answer more readily: the plain score is too good, the weighted one is not."""
    errors: list[tuple[float, float]] = []
    for truth, workshop in worlds:
        for row in rows(workshop, f"""
            from {SCORES} where breakdown = 'survey' and breakdown_value = 'brand_panel'
            and metric = 'csat' and n >= 30
        """):  # fmt: skip
            true = truth["panel"]["csat_of_all_invited_pct"][f"{row['month']:%Y-%m}"]
            assert row["weighted_ci_low"] <= true <= row["weighted_ci_high"]
            assert row["design_effect"] >= 1
            assert row["effective_n"] <= row["weighted_answer_count"] <= row["n"]
            errors.append((row["score"] - true, row["weighted_score"] - true))
    assert len(errors) >= len(SEEDS)
    plain, weighted = (sum(column) / len(errors) for column in zip(*errors, strict=True))
    assert plain > 3
    assert abs(weighted) < plain / 2


def test_drivers_are_what_was_planted(worlds: list[tuple[dict[str, Any], Workshop]]) -> None:
    """Who waits long is more often a detractor than who is answered soon."""
    differences: dict[str, list[float]] = {"slow first response": [], "prompt first response": []}
    for truth, workshop in worlds:
        found = {
            row["factor"]: row
            for row in rows(
                workshop,
                "from customer_experience.cx_drivers where factor_kind = 'support'",
            )
        }
        for factor, planted in truth["drivers"].items():
            counted = tuple(
                found[factor][name]
                for name in ("with_count", "promoter_with_count", "detractor_with_count")
            )
            assert counted == (planted["answers"], planted["promoters"], planted["detractors"])
        for factor, values in differences.items():
            values.append(found[factor]["difference"])
        for row in found.values():
            assert row["has_enough_answers"] == (row["ci_low"] is not None)
    slow, prompt = (sum(values) for values in differences.values())
    assert slow < prompt


# Texts --------------------------------------------------------------------------------------------


def review(number: int, text: str, **columns: str) -> dict[str, Any]:
    return {
        "site": "s", "review_id": str(number), "reviewed_at": "2026-03-01T10:00:00Z", "rating": 4,
        "review_text": text, **columns,
    }  # fmt: skip


def night(workshop: Workshop, *reviews: dict[str, Any]) -> None:
    workshop.land_rows("generic/reviews", "reviews.ndjson", list(reviews))
    workshop.take_in_all()
    workshop.build()


def test_a_text_is_scored_once_and_gone_when_nobody_says_it_any_more(
    begun: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[str] = []

    def count(text: str, language: str | None) -> texts.TextScore:
        scored.append(text)
        return original(text, language)

    original = texts.score_text
    monkeypatch.setattr(texts, "score_text", count)
    others = [review(n, f"Number {n} is good") for n in range(10, 30)]
    begun.land_rows("generic/reviews", "others.ndjson", others)
    night(begun, review(1, "Really very good"), review(2, "Really very good"))
    assert scored.count("Really very good") == 1
    scored.clear()

    night(begun, review(1, "Really very good"), review(2, "Really very good"),
          review(3, "Really very good"), review(4, "Really very bad"))  # fmt: skip
    assert scored == ["Really very bad"]
    scored.clear()

    night(begun, review(1, "Really very good"), review(4, "It is a shame"))
    assert scored == ["It is a shame"]
    standing = rows(begun, "select words from intermediate.int_text_scores order by words")
    assert {row["words"] for row in standing} == {
        " really very good ", " it is a shame ", *(f" number {n} is good " for n in range(10, 30)),
    }  # fmt: skip


def test_a_delivered_language_is_scored_apart(begun: Workshop) -> None:
    night(begun, review(1, "The gift was good", language="de"), review(2, "The gift was good"))
    found = rows(begun, """
        select language, is_language_detected, sentiment, model_version
        from customer_experience.feedback order by feedback_id
    """)  # fmt: skip
    assert [(r["language"], r["is_language_detected"]) for r in found] == [
        ("de", False), ("en", True),
    ]  # fmt: skip
    assert found[1]["sentiment"] == "positive"


def test_other_models_score_everything_anew(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = workshop.inputs.code
    monkeypatch.setattr(texts, "fingerprint", lambda: "another version of a model")
    assert workshop.inputs.code != before


def test_a_score_of_zero_is_a_score_and_an_empty_one_is_none(begun: Workshop) -> None:
    header = "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    answers = "".join(
        f"s,{number},q,nps,{score},2026-01-0{number}T10:00:00Z\n"
        for number, score in enumerate(("0", "6", "9", "", "10"), start=1)
    )
    begun.land("generic/survey_answers", "a.csv", header + answers)
    begun.take_in_all()
    begun.build()
    [row] = rows(begun, f"from {SCORES} where breakdown = 'all'")
    assert (row["n"], row["favourable_count"], row["unfavourable_count"]) == (4, 2, 2)
    assert row["score"] == 0
    assert row["response_rate_pct"] is None


def test_the_demo_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        landing = tmp_path / name / "landing"
        write_demo(landing, tmp_path / name / "truth.json", days=30, people=200, seed=7)
        paths = sorted((landing / "generic").rglob("*.csv"))
        written.append([(path.name, path.read_bytes()) for path in paths])
    assert written[0] == written[1]
    assert any(name.startswith("tickets") for name, _ in written[0])
