"""Figures, sentences and numbers of the page."""

from typing import Any

import duckdb
import plotly.graph_objects as go
import pytest

from orchestration.dashboard import figures, site
from orchestration.dashboard.chart import Chart, KeyNumber
from orchestration.dashboard.sections import SECTIONS
from orchestration.dashboard.vocabulary import WORDS
from orchestration.dashboard.words import Number, Text, say


def drawn(figure: go.Figure) -> tuple[Any, ...]:
    """The traces of a figure."""
    return tuple(figure["data"])


NEEDS = Text("orders", "Bestellungen")
MONTHS = [
    {"month": "2026-08-01", "score": 30.0, "low": 20.0, "high": 40.0, "n": 12, "open": False},
    {"month": "2026-09-01", "score": 35.0, "low": 30.0, "high": 41.0, "n": 90, "open": True},
]
POSTS = [
    {"week": "2026-09-07", "platform": "instagram", "rate": 2.0},
    {"week": "2026-09-07", "platform": "linkedin", "rate": 4.0},
    {"week": "2026-09-14", "platform": "instagram", "rate": None},
]


def test_a_small_sample_is_grey_and_an_open_month_is_hollow() -> None:
    (trace,) = drawn(figures.trend(MONTHS, "month", "score", n="n", is_open="open"))
    assert trace.marker.color == (figures.SMALL_COLOUR, figures.COLOURS[0])
    assert trace.marker.symbol == ("circle", "circle-open")


def test_intervals_are_drawn_from_the_value() -> None:
    (trace,) = drawn(figures.trend(MONTHS, "month", "score", low="low", high="high"))
    assert trace.error_y.array == (10, 6)
    assert trace.error_y.arrayminus == (10, 5)


def test_a_trace_says_what_it_can_be_filtered_by() -> None:
    first, second = drawn(figures.trend(POSTS, "week", "rate", "platform", filter_by="platform"))
    assert (first.meta, second.meta) == ({"platform": "instagram"}, {"platform": "linkedin"})
    assert first.y == (2.0, None), "a missing value is a gap, not a zero"


def test_weeks_are_marked_on_their_mondays() -> None:
    weeks = [{"week": f"2026-{day}", "n": 1} for day in ("08-31", "09-07", "09-14", "09-21")]
    axis: Any = figures.bars(weeks, "week", "n")["layout"]["xaxis"]
    assert (axis.tick0, axis.dtick) == ("2026-08-31", 7 * 24 * 60 * 60 * 1000)


def chart(name: str) -> Chart:
    """A chart of the page."""
    return next(c for section in SECTIONS for c in section.charts if c.id == name)


def test_n_is_that_of_the_sentence_it_stands_with() -> None:
    rows = [
        {"month": "2026-08-01", "score": 40.0, "ci_low": 30.0, "ci_high": 50.0, "n": 83},
        {"month": "2026-09-01", "score": 20.1, "ci_low": 7.8, "ci_high": 31.6, "n": 139},
    ]
    said = site._drawn(chart("nps-months"), rows)
    assert (said["finding"].en, said["n"].en) == ("NPS is 20.1, between 7.8 and 31.6", "n = 139.")


def test_a_small_sample_is_no_finding() -> None:
    newest = {"month": "2026-09-01", "ci_low": None, "ci_high": None}
    few = newest | {"segment": "prospect", "score": 0.0, "n": 1}
    many = newest | {"segment": "new customer", "score": 70.0, "n": 40}
    most = newest | {"segment": "repeat customer", "score": 80.0, "n": 90}
    said = site._drawn(chart("segments"), [few, many, most])
    assert (said["finding"].en, said["n"].en) == (
        "The least satisfied segment: new customer, 70 %", "n = 40.",
    )  # fmt: skip
    assert "not enough answers" in site._drawn(chart("segments"), [few, most])["finding"].en
    lone = [newest | {"score": 100.0, "n": 1}]
    assert "from few answers" in site._drawn(chart("nps-months"), lone)["finding"].en
    factors = [
        {
            "factor": "support · slow",
            "difference": -60.0,
            "ci_low": -90.0,
            "ci_high": -30.0,
            "n": 9,
        },
        {"factor": "channel · sms", "difference": 20.0, "ci_low": 5.0, "ci_high": 35.0, "n": 49},
    ]
    said = site._drawn(chart("drivers"), factors)
    assert (said["finding"].en, said["n"].en) == (
        "“sms” goes with a score +20 points different", "n = 49.",
    )  # fmt: skip
    cells = [{"engagement_level": "high", "cx_level": "excellent", "customers": 4}]
    assert "4, too few" in site._drawn(chart("matrix"), cells)["finding"].en


def test_a_chart_without_rows_says_what_it_needs() -> None:
    assert site._drawn(chart("loyalty"), [])["finding"].en == "No data yet: needs a loyalty ledger"
    assert site._drawn(chart("rejected"), [])["finding"].en == "No row was rejected"


@pytest.mark.parametrize(
    ("verdicts", "state", "text"),
    [
        ({"holds": 306, "warns": 1}, "warn", "1 check warns"),
        ({"holds": 305, "warns": 1, "broken": 2}, "bad", "2 checks broken"),
        ({"holds": 1307}, "good", "1,307 checks hold"),
    ],
)
def test_a_warning_is_not_called_broken(verdicts: dict[str, int], state: str, text: str) -> None:
    badge = site._checks([{"verdict": v, "checks": n} for v, n in verdicts.items()])
    assert (badge["state"], badge["text"].en) == (state, text)


def test_columns_of_an_open_month_are_hatched() -> None:
    (trace,) = drawn(figures.bars(MONTHS, "month", "score", is_open="open"))
    assert trace.marker.pattern.shape == ("", "/")


def test_a_heatmap_leaves_missing_pairs_empty() -> None:
    rows = [
        {"cohort": "2026-07-01", "after": 0, "pct": 100.0},
        {"cohort": "2026-07-01", "after": 1, "pct": 0.0},
        {"cohort": "2026-08-01", "after": 0, "pct": 100.0},
    ]
    (trace,) = drawn(figures.heatmap(rows, "after", "cohort", "pct"))
    assert trace.z == ([100.0, 0.0], [100.0, None])
    assert trace.y == ("2026-07", "2026-08")


def test_streams_lead_from_names_to_names() -> None:
    rows = [
        {"channel": "email", "outcome": "customer", "people": 3},
        {"channel": "social", "outcome": "customer", "people": 5},
    ]
    (trace,) = drawn(figures.sankey(rows, "channel", "outcome", "people"))
    assert trace.node.label == ("email", "social", "customer")
    assert (trace.link.source, trace.link.target) == ((0, 1), (2, 2))


def test_a_ranking_reads_from_top_to_bottom() -> None:
    rows = [{"what": "best", "value": 2, "n": 40}, {"what": "worst", "value": 1, "n": 4}]
    (trace,) = drawn(figures.ranking(rows, "what", "value", n="n"))
    assert trace.y == ("worst", "best")
    assert trace.marker.color == (figures.SMALL_COLOUR, figures.COLOURS[0])


@pytest.mark.parametrize(
    ("number", "english", "german"),
    [
        (Number(1234.5, " %", 1), "1,234.5 %", "1.234,5 %"),
        (Number(-0.25, "", 2), "−0.25", "−0,25"),
        (Number(3, signed=True), "+3", "+3"),
        (Number(0), "0", "0"),
        (Number(None, " %"), "–", "–"),
    ],
)
def test_numbers_are_written_as_each_language_does(
    number: Number, english: str, german: str
) -> None:
    assert (number.said("en"), number.said("de")) == (english, german)


def test_a_sentence_is_filled_in_both_languages() -> None:
    assert say("{n} rows", "{n} Zeilen", n=Number(1000)) == Text("1,000 rows", "1.000 Zeilen")


def test_every_chart_has_its_own_name_and_both_languages() -> None:
    charts = [chart for section in SECTIONS for chart in section.charts]
    assert len({chart.id for chart in charts}) == len(charts)
    texts = [chart.definition for chart in charts]
    texts += [text for section in SECTIONS for text in (section.title, section.question)]
    numbers = [number for section in SECTIONS for number in section.numbers]
    texts += [text for number in numbers for text in (number.label, number.needs)]
    texts += [text for chart in charts for text in (chart.needs, chart.empty) if text]
    for text in [*texts, *WORDS.values()]:
        assert text.en
        assert text.de


@pytest.mark.parametrize(
    ("query", "en", "de"),
    [
        (
            "select 20.0 as value, 10.0 as low, 30.0 as high, 9 as n, 22.5 as before,"
            " date '2026-02-01' as month",
            "10.0 % to 30.0 % · n = 9, few · −2.5 points on the period before · February 2026",
            "10,0 % bis 30,0 % · n = 9, wenige · −2,5 Punkte zur Vorperiode · Februar 2026",
        ),
        (
            "select 20.0 as value, 22.5 as before, date '2025-11-01' as before_month,"
            " date '2026-02-01' as month",
            "−2.5 points since November 2025 · February 2026",
            "−2,5 Punkte seit November 2025 · Februar 2026",
        ),
        (
            "select 20.0 as value, 22.5 as before, date '2026-03-01' as month",
            "March 2026 so far",
            "März 2026 bisher",
        ),
        (
            "select 20.0 as value, date '2026-03-16' as week",
            "week of 2026-03-16",
            "Woche ab 2026-03-16",
        ),
        (
            "select 20.0 as value, date '2026-03-23' as week",
            "week of 2026-03-23 so far",
            "Woche ab 2026-03-23 bisher",
        ),
    ],
    ids=["a full month", "a wave of a survey", "a month so far", "a full week", "a week so far"],
)
def test_a_number_says_its_period_and_of_an_open_one_no_change(
    query: str, en: str, de: str
) -> None:
    said = number(query)
    assert (said["more"].en, said["more"].de) == (en, de)


def number(query: str) -> dict[str, Any]:
    """What the page says of a query's number, with data until the afternoon of a Sunday."""
    with duckdb.connect() as connection:
        connection.execute("create schema quality")
        connection.execute(
            "create table quality.row_ledger as"
            " select timestamp '2026-03-22 18:00' as last_event_at"
        )
        return site._number(connection, KeyNumber(Text("a", "b"), query, NEEDS, " %", 1))


@pytest.mark.parametrize(
    ("query", "is_small"),
    [("select 9.5 as value, 29 as n", True), ("select 9.5 as value, 30 as n", False),
     ("select 9.5 as value", False)],
)  # fmt: skip
def test_a_number_of_few_is_not_shown_like_a_sound_one(query: str, is_small: bool) -> None:
    assert number(query)["is_small"] is is_small


@pytest.mark.parametrize("query", ["select 1 as value where false", "select null as value"])
def test_a_number_that_is_missing_says_what_it_needs(query: str) -> None:
    said = number(query)
    assert (said["value"].en, said["more"].en, said["more"].de) == (
        "–", "needs orders", "braucht Bestellungen",
    )  # fmt: skip
