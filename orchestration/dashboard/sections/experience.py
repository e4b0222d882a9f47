"""Customer experience: what people say they felt."""

from collections.abc import Callable, Iterable

from orchestration.dashboard import figures
from orchestration.dashboard.chart import Chart, KeyNumber, Row, Rows, Section
from orchestration.dashboard.vocabulary import named
from orchestration.dashboard.words import Number, Text, say

_SCORES = """
select month, score, ci_low, ci_high, n
from customer_experience.cx_scores_monthly
where metric = '{metric}' and breakdown = 'all' and source = 'all'
order by month"""

_TOUCHPOINTS = """
select metric || ' · ' || breakdown_value as asked,
       sum(favourable_count - unfavourable_count) * 100.0 / sum(n) as score, sum(n) as n
from customer_experience.cx_scores_monthly
where breakdown = 'touchpoint'
group by asked
order by asked"""

_SEGMENTS = """
select month, breakdown_value as segment, score, ci_low, ci_high, n
from customer_experience.cx_scores_monthly
where metric = 'csat' and breakdown = 'segment'
order by segment, month"""

_LEVEL = """
select metric, month, round(score, 1) as score, round(ci_low, 1) as low,
       round(ci_high, 1) as high, n, level,
       case when is_level_uncertain then 'uncertain' else '' end as certainty
from customer_experience.cx_scores_monthly
where breakdown = 'all' and source = 'all'
order by month desc, metric
limit 12"""

_RESPONSE = """
select month, survey_id, response_rate_pct, invited_count
from customer_experience.survey_health_monthly
where exists (from customer_experience.survey_health_monthly where invited_count > 0)
order by survey_id, month"""

_TOPICS = """
select topic, sentiment, count(*) as texts
from customer_experience.feedback_topics
where sentiment is not null
group by topic, sentiment
order by topic, sentiment"""

_DRIVERS = """
select factor_kind || ' · ' || factor as factor, difference, ci_low, ci_high,
       least(with_count, without_count) as n
from customer_experience.cx_drivers
where has_enough_answers
qualify row_number() over (order by abs(difference) desc, factor) <= 12
order by difference desc"""


def _newest_score(rows: Rows, name: str, unit: str) -> Text:
    newest = rows[-1]
    if newest["n"] < figures.SMALL_SAMPLE:
        return say(
            "{name} of the newest month: {score}, from few answers",
            "{name} des neuesten Monats: {score}, aus wenigen Antworten",
            name=name,
            score=Number(newest["score"], unit, 1),
        )
    return say(
        "{name} is {score}, between {low} and {high}",
        "{name} liegt bei {score}, zwischen {low} und {high}",
        name=name,
        score=Number(newest["score"], unit, 1),
        low=Number(newest["ci_low"], "", 1),
        high=Number(newest["ci_high"], unit, 1),
    )


def _least(rows: Iterable[Row]) -> Row | None:
    """The lowest score of a sample that is not small, where there are others to compare it with."""
    sound = [r for r in rows if r["n"] >= figures.SMALL_SAMPLE and r["score"] is not None]
    return min(sound, key=lambda row: row["score"]) if len(sound) > 1 else None


def _worst_touchpoint(rows: Rows) -> Row | None:
    return _least(
        row for row in rows if row["asked"].startswith("csat") and "unknown" not in row["asked"]
    )


def _worst_segment(rows: Rows) -> Row | None:
    newest = max(row["month"] for row in rows)
    return _least(row for row in rows if row["month"] == newest)


def _n_of(choose: Callable[[Rows], Row | None]) -> Callable[[Rows], int | None]:
    return lambda rows: row["n"] if (row := choose(rows)) else None


def _capital(text: Text) -> Text:
    return Text(text.en.capitalize(), text.de.capitalize())


def _touchpoint(rows: Rows) -> Text:
    worst = _worst_touchpoint(rows)
    if worst is None:
        return Text(
            "Scores by touchpoint; not enough answers to compare satisfaction",
            "Werte nach Berührungspunkt; nicht genug Antworten, um Zufriedenheit zu vergleichen",
        )
    return say(
        "{place} satisfies least: {score}",
        "{place} stellt am wenigsten zufrieden: {score}",
        place=_capital(named(worst["asked"].split(" · ")[1])),
        score=Number(worst["score"], " %"),
    )


def _segment(rows: Rows) -> Text:
    worst = _worst_segment(rows)
    if worst is None:
        return Text(
            "Satisfaction by segment; not enough answers for a comparison",
            "Zufriedenheit nach Segment; nicht genug Antworten für einen Vergleich",
        )
    return say(
        "The least satisfied segment: {segment}, {score}",
        "Am wenigsten zufriedenes Segment: {segment}, {score}",
        segment=named(worst["segment"]),
        score=Number(worst["score"], " %"),
    )


def _level(rows: Rows) -> Text:
    uncertain = sum(1 for row in rows if row["certainty"])
    return say(
        "{uncertain} of {all} levels are uncertain: the interval reaches into another one",
        "{uncertain} von {all} Stufen sind unsicher: Das Intervall reicht in eine andere",
        uncertain=Number(uncertain),
        all=Number(len(rows)),
    )


def _response(rows: Rows) -> Text:
    newest = max(row["month"] for row in rows)
    now = [
        row
        for row in rows
        if row["month"] == newest and (row["invited_count"] or 0) >= figures.SMALL_SAMPLE
    ]
    if not now:
        return Text(
            "Few were invited in the newest month", "Im neuesten Monat wurden wenige eingeladen"
        )
    best = max(now, key=lambda row: row["response_rate_pct"])
    return say(
        "{survey} is answered most: by {rate} of those invited",
        "{survey} wird am häufigsten beantwortet: von {rate} der Eingeladenen",
        survey=best["survey_id"],
        rate=Number(best["response_rate_pct"], " %"),
    )


def _topics(rows: Rows) -> Text:
    totals: dict[str, int] = {}
    negative: dict[str, int] = {}
    for row in rows:
        totals[row["topic"]] = totals.get(row["topic"], 0) + row["texts"]
        if row["sentiment"] == "negative":
            negative[row["topic"]] = negative.get(row["topic"], 0) + row["texts"]
    loudest = max(totals, key=lambda topic: (negative.get(topic, 0), topic))
    return say(
        "Most complaints are about {topic}: {bad} of {all} texts",
        "Die meisten Klagen gelten {topic}: {bad} von {all} Texten",
        topic=named(loudest),
        bad=Number(negative.get(loudest, 0)),
        all=Number(totals[loudest]),
    )


def _strongest(rows: Rows) -> Row | None:
    """The widest difference whose interval leaves out none, of a sample that is not small."""
    sound = [row for row in rows if row["n"] >= figures.SMALL_SAMPLE]
    clear = [row for row in sound if row["ci_low"] > 0 or row["ci_high"] < 0]
    return max(clear, key=lambda row: abs(row["difference"]), default=None)


def _drivers(rows: Rows) -> Text:
    strongest = _strongest(rows)
    if strongest is None:
        return Text(
            "No factor goes clearly with promoters or detractors",
            "Kein Faktor geht deutlich mit Fürsprechern oder Kritikern einher",
        )
    return say(
        "“{factor}” goes with a score {difference} points different",
        "„{factor}“ geht mit einem um {difference} Punkte anderen Wert einher",
        factor=strongest["factor"].split(" · ")[1],
        difference=Number(strongest["difference"], signed=True),
    )


def _answers(metric: str) -> Text:
    return say("{m} answers", "{m}-Antworten", m=metric.upper())


def _number(metric: str, label: Text, unit: str) -> KeyNumber:
    return KeyNumber(
        label,
        f"""
        select score as value, ci_low as low, ci_high as high, n,
               lag(score) over (order by month) as before,
               lag(month) over (order by month) as before_month, month
        from customer_experience.cx_scores_monthly
        where metric = '{metric}' and breakdown = 'all' and source = 'all'
        order by month desc limit 1
        """,
        _answers(metric),
        unit,
        1,
    )


def _score_chart(metric: str, name: str, unit: str, definition: Text) -> Chart:
    return Chart(
        f"{metric}-months",
        _SCORES.format(metric=metric),
        lambda rows: _newest_score(rows, name, unit),
        definition,
        lambda rows: figures.trend(
            rows, "month", "score", unit=unit, low="ci_low", high="ci_high", n="n"
        ),
        sample=lambda rows: rows[-1]["n"],
        needs=_answers(metric),
    )


EXPERIENCE = Section(
    id="experience",
    title=Text("Customer experience", "Kundenerlebnis"),
    question=Text("What do people say they felt?", "Was sagen die Menschen, wie es war?"),
    numbers=(
        _number("nps", Text("Net promoter score", "Net Promoter Score"), ""),
        _number("csat", Text("Satisfied customers", "Zufriedene Kunden"), " %"),
        _number("ces", Text("Found it easy", "Fanden es einfach"), " %"),
    ),
    charts=(
        _score_chart(
            "nps",
            "NPS",
            "",
            Text(
                "Share of 9 and 10 less share of 0 to 6; adjusted Wald interval; grey: n < 30.",
                "Anteil 9 und 10 minus Anteil 0 bis 6; angepasstes Wald-Intervall; grau: n < 30.",
            ),
        ),
        _score_chart(
            "csat",
            "CSAT",
            " %",
            Text(
                "Share of satisfied answers; Wilson interval.",
                "Anteil zufriedener Antworten; Wilson-Intervall.",
            ),
        ),
        _score_chart(
            "ces",
            "CES",
            " %",
            Text(
                "Share of 5 to 7 on the effort scale of 7.", "Anteil 5 bis 7 auf der Skala bis 7."
            ),
        ),
        Chart(
            "touchpoints",
            _TOUCHPOINTS,
            _touchpoint,
            Text(
                "All months; NPS in points, CSAT and CES in percent.",
                "Alle Monate; NPS in Punkten, CSAT und CES in Prozent.",
            ),
            lambda rows: figures.ranking(rows, "asked", "score", n="n"),
            sample=_n_of(_worst_touchpoint),
            needs=Text("answers with a touchpoint", "Antworten mit Berührungspunkt"),
        ),
        Chart(
            "segments",
            _SEGMENTS,
            _segment,
            Text(
                "CSAT by what the person was when asked: prospect, new or repeat customer; Wilson"
                " interval; grey: n < 30.",
                "CSAT danach, was die Person bei der Frage war: Interessent, Neu- oder Stammkunde;"
                " Wilson-Intervall; grau: n < 30.",
            ),
            lambda rows: figures.trend(
                rows, "month", "score", "segment", " %", "segment", "ci_low", "ci_high", "n"
            ),
            sample=_n_of(_worst_segment),
            needs=_answers("csat"),
        ),
        Chart(
            "levels",
            _LEVEL,
            _level,
            Text(
                "Levels are a convention of this project; see the seed cx_levels.",
                "Die Stufen sind eine Vereinbarung dieses Projekts; siehe Seed cx_levels.",
            ),
            needs=Text("answers with a score", "Antworten mit Wert"),
        ),
        Chart(
            "response-rate",
            _RESPONSE,
            _response,
            Text(
                "Complete answers by eligible invitations (AAPOR RR1).",
                "Vollständige Antworten je zulässiger Einladung (AAPOR RR1).",
            ),
            lambda rows: figures.trend(
                rows, "month", "response_rate_pct", "survey_id", " %", n="invited_count"
            ),
            needs=Text("survey invitations", "Umfrage-Einladungen"),
        ),
        Chart(
            "topics",
            _TOPICS,
            _topics,
            Text(
                "Texts and reviews by topic and tone.", "Texte und Bewertungen nach Thema und Ton."
            ),
            lambda rows: figures.bars(
                rows, "topic", "texts", "sentiment", stacked=True, is_time=False
            ),
            needs=Text("free texts or reviews", "Freitexte oder Bewertungen"),
        ),
        Chart(
            "drivers",
            _DRIVERS,
            _drivers,
            Text(
                "NPS of those it happened to less NPS of the others, with 95 % interval. An"
                " association, not a cause.",
                "NPS der Betroffenen minus NPS der übrigen, mit 95-%-Intervall. Ein Zusammenhang,"
                " keine Ursache.",
            ),
            lambda rows: figures.ranking(
                rows, "factor", "difference", low="ci_low", high="ci_high", n="n"
            ),
            sample=_n_of(_strongest),
            needs=Text("more answers on recommending", "mehr Antworten zur Weiterempfehlung"),
        ),
    ),
)
