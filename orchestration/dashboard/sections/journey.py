"""The journey: how people get from one stage to the next."""

from itertools import pairwise

from orchestration.dashboard import figures
from orchestration.dashboard.chart import Chart, KeyNumber, Rows, Section
from orchestration.dashboard.vocabulary import named
from orchestration.dashboard.words import Number, Text, say

FUNNEL = Chart(
    "funnel",
    """
select stage, people, month
from journey.funnel_monthly
where month = (select max(month) from journey.funnel_monthly)
order by stage_rank""",
    lambda rows: _widest_loss(rows),
    Text(
        "People with a contact in the newest month at the stage they have reached or passed; share"
        " of the first stage and of the one before.",
        "Menschen mit Kontakt im neuesten Monat an der Stufe, die sie mindestens erreicht haben;"
        " Anteil an der ersten und an der vorigen Stufe.",
    ),
    lambda rows: figures.funnel(rows, "stage", "people"),
    is_wide=True,
)

_PATHS = """
select first_channel, outcome, sum(people) as people
from journey.paths
group by first_channel, outcome, stage_rank
order by stage_rank, sum(people) desc, first_channel"""

_DAYS = """
select stage, cohort_month, median_days_from_previous as median_days,
       p90_days_from_previous as p90_days, people
from journey.funnel_cohorts
where stage_rank in (5, 6) and people > 0
  and exists (from customer_engagement.sessions)
order by stage_rank, cohort_month"""

_COHORTS = """
select cohort_month, stage, share_of_first_pct, people
from journey.funnel_cohorts
where stage_rank > 1
  and exists (from customer_engagement.sessions)
order by cohort_month, stage_rank"""

_MATRIX = """
select engagement_level, cx_level, customer_count as customers, share_of_customers_pct
from journey.engagement_by_experience
where exists (from journey.engagement_by_experience where customer_count > 0)
order by case engagement_level when 'high' then 1 when 'medium' then 2 else 3 end,
         case cx_level when 'poor' then 1 when 'fair' then 2 when 'good' then 3 else 4 end"""

_CLAIM = """
select excellent_customer_count + other_customer_count as n, high_of_excellent_pct,
       high_of_others_pct, difference_points, ci_low_points, ci_high_points
from journey.engagement_needs_experience
where excellent_customer_count > 0"""


_VISITS = Text("web events", "Web-Ereignisse")
_VISITS_AND_ORDERS = Text("web events and orders", "Web-Ereignisse und Bestellungen")


def _widest_loss(rows: Rows) -> Text:
    """The step that the smallest share takes; promoters are those who were asked as well."""
    pairs = [
        (later["people"] / earlier["people"], earlier["stage"], later["stage"])
        for earlier, later in pairwise(row for row in rows if row["stage"] != "promoter")
        if earlier["people"]
    ]
    share, earlier, later = min(pairs, default=(1, "", ""))
    if share == 1:
        return Text("The funnel of the newest month", "Der Trichter des neuesten Monats")
    return say(
        "Up to the second order, fewest go on from {earlier} to {later}: {share}",
        "Bis zur zweiten Bestellung gehen von {earlier} zu {later} die wenigsten weiter: {share}",
        earlier=named(earlier),
        later=named(later),
        share=Number(100 * share, " %"),
    )


def _paths(rows: Rows) -> Text:
    buyers: dict[str, int] = {}
    for row in rows:
        if "customer" in row["outcome"]:
            buyers[row["first_channel"]] = buyers.get(row["first_channel"], 0) + row["people"]
    if not buyers:
        return Text("Nobody who visited has bought yet", "Noch hat kein Besucher gekauft")
    best = max(buyers, key=lambda channel: (buyers[channel], channel))
    return say(
        "Most buyers came first by {channel}: {people}",
        "Die meisten Käufer kamen zuerst über {channel}: {people}",
        channel=named(best),
        people=Number(buyers[best]),
    )


def _days(rows: Rows) -> Text:
    first = [row for row in rows if row["stage"] == "customer"]
    return say(
        "From first contact to first order it takes {days} days (median, first cohort)",
        "Vom ersten Kontakt zur ersten Bestellung dauert es {days} Tage (Median, erste Kohorte)",
        days=Number(first[0]["median_days"] if first else None, decimals=1),
    )


def _cohorts(rows: Rows) -> Text:
    bought = [row for row in rows if row["stage"] == "customer"]
    if len({row["share_of_first_pct"] for row in bought}) == 1:
        return Text("Conversion of each month's newcomers", "Konversion der Neuen jedes Monats")
    best = max(bought, key=lambda row: row["share_of_first_pct"])
    return say(
        "The cohort of {month} converts best: {share} became customers",
        "Die Kohorte {month} konvertiert am besten: {share} wurden Kunden",
        month=best["cohort_month"][:7],
        share=Number(best["share_of_first_pct"], " %", 1),
    )


def _highly_engaged(rows: Rows) -> int:
    return sum(row["customers"] for row in rows if row["engagement_level"] == "high")


def _matrix(rows: Rows) -> Text:
    high = [row for row in rows if row["engagement_level"] == "high"]
    everybody = _highly_engaged(rows)
    excellent = sum(row["customers"] for row in high if row["cx_level"] == "excellent")
    if everybody < figures.SMALL_SAMPLE:
        return say(
            "Highly engaged customers who answered: {n}, too few for a share",
            "Stark engagierte Kunden, die antworteten: {n}, zu wenige für einen Anteil",
            n=Number(everybody),
        )
    return say(
        "{share} of highly engaged customers who answered had an excellent experience",
        "{share} der stark engagierten Kunden, die antworteten, hatten ein exzellentes Erlebnis",
        share=Number(100 * excellent / everybody, " %"),
    )


def _claim(rows: Rows) -> Text:
    row = rows[0]
    if row["ci_low_points"] is None:
        return Text("Too few answers to tell", "Zu wenige Antworten für ein Urteil")
    if row["ci_low_points"] > 0:
        return Text(
            "Excellent experience goes with high engagement",
            "Exzellentes Erlebnis geht mit starkem Engagement einher",
        )
    if row["ci_high_points"] < 0:
        return Text(
            "Excellent experience goes with less engagement",
            "Exzellentes Erlebnis geht mit weniger Engagement einher",
        )
    return Text(
        "These answers do not show that engagement needs an excellent experience",
        "Diese Antworten zeigen nicht, dass Engagement ein exzellentes Erlebnis braucht",
    )


JOURNEY = Section(
    id="journey",
    title=Text("Journey", "Customer Journey"),
    question=Text(
        "Where do people come from, and where do they stay behind?",
        "Woher kommen die Menschen und wo bleiben sie zurück?",
    ),
    numbers=(
        KeyNumber(
            Text("Audience of the month", "Publikum des Monats"),
            """
            select people as value, lag(people) over (order by month) as before, month
            from journey.funnel_monthly where stage_rank = 1 order by month desc limit 1
            """,
            Text("web events or orders", "Web-Ereignisse oder Bestellungen"),
        ),
        KeyNumber(
            Text("Customers of the audience", "Anteil der Kunden am Publikum"),
            """
            select customers.share_of_first_pct as value, audience.people as n,
                   lag(customers.share_of_first_pct) over (order by month) as before, month
            from journey.funnel_monthly as customers
            inner join journey.funnel_monthly as audience using (month)
            where customers.stage_rank = 5 and audience.stage_rank = 1
            order by month desc limit 1
            """,
            _VISITS_AND_ORDERS,
            " %",
            1,
        ),
        KeyNumber(
            Text("Days to the first order (median)", "Tage bis zur ersten Bestellung (Median)"),
            """
            select median_days_from_previous as value, people as n, cohort_month as month
            from journey.funnel_cohorts where stage_rank = 5 and people > 0
              and exists (from customer_engagement.sessions)
            order by cohort_month limit 1
            """,
            _VISITS_AND_ORDERS,
            "",
            1,
        ),
    ),
    charts=(
        FUNNEL,
        Chart(
            "paths",
            _PATHS,
            _paths,
            Text(
                "Channel of the first visit, and the furthest stage reached.",
                "Kanal des ersten Besuchs und die weiteste erreichte Stufe.",
            ),
            lambda rows: figures.sankey(rows, "first_channel", "outcome", "people"),
            is_wide=True,
            needs=_VISITS,
        ),
        Chart(
            "days-between",
            _DAYS,
            _days,
            Text(
                "Median days since the required stage before; young cohorts have had less time.",
                "Median der Tage seit der vorigen Pflichtstufe; junge Kohorten hatten wenig Zeit.",
            ),
            lambda rows: figures.bars(rows, "cohort_month", "median_days", "stage"),
            needs=_VISITS_AND_ORDERS,
        ),
        Chart(
            "cohorts",
            _COHORTS,
            _cohorts,
            Text(
                "Share of a month's first contacts who took the step in time and in order.",
                "Anteil der Erstkontakte eines Monats mit diesem Schritt in Zeit und Reihenfolge.",
            ),
            lambda rows: figures.heatmap(
                rows, "stage", "cohort_month", "share_of_first_pct", " %", "people"
            ),
            needs=_VISITS,
        ),
        Chart(
            "matrix",
            _MATRIX,
            _matrix,
            Text(
                "Customers who answered, by engagement level and level of their newest answer.",
                "Kunden, die antworteten, nach Engagementstufe und Stufe der neuesten Antwort.",
            ),
            lambda rows: figures.heatmap(rows, "cx_level", "engagement_level", "customers"),
            sample=_highly_engaged,
            needs=Text("customers who answered", "Kunden, die antworteten"),
        ),
        Chart(
            "claim",
            _CLAIM,
            _claim,
            Text(
                "Share of highly engaged customers among those with an excellent experience less"
                " that among the others, with 95 % interval.",
                "Anteil stark Engagierter unter denen mit exzellentem Erlebnis minus dem der"
                " übrigen, mit 95-%-Intervall.",
            ),
            sample=lambda rows: rows[0]["n"],
            needs=Text("customers with an excellent experience", "Kunden mit exzellentem Erlebnis"),
        ),
    ),
)
