"""Brand engagement: the audience, whether customers or not."""

from orchestration.dashboard import figures
from orchestration.dashboard.chart import Chart, KeyNumber, Row, Rows, Section, last_full_week
from orchestration.dashboard.vocabulary import NO_FULL_WEEK, named
from orchestration.dashboard.words import Number, Text, say

_ENGAGEMENT = """
select date_trunc('week', published_date)::date as week, platform, count(*) as posts,
       100.0 * sum(interactions) / nullif(sum(followers), 0) as engagement_rate_pct,
       week + 6 > (select max(published_date) from brand_engagement.social_posts) as is_open
from brand_engagement.social_posts
where followers > 0 and interactions is not null
group by week, platform
order by platform, week"""

_POSTS = """
select platform, published_date, post_type, interactions, followers,
       round(engagement_rate_by_followers_pct, 2) as engagement_rate_pct, engagement_level as level
from brand_engagement.social_posts
where engagement_rate_by_followers_pct is not null
qualify row_number() over (order by engagement_rate_by_followers_pct {order}, post_id) <= 5
order by engagement_rate_by_followers_pct {order}"""

_AUDIENCE = """
with days as (
    select date_trunc('week', date)::date as week, sum(new_visitor_count) as new_visitors,
           sum(returning_visitor_count) as returning_visitors,
           week + 6 > (select max(date) from brand_engagement.audience_daily) as is_open
    from brand_engagement.audience_daily
    group by week
)
unpivot days on new_visitors, returning_visitors into name kind value visits
order by kind, week"""

_VOICE = """
select month, brand, is_own_brand, round(share_of_voice_pct, 1) as share_pct, mention_count
from brand_engagement.share_of_voice_monthly
where measure = 'mentions'
order by is_own_brand desc, brand, month"""

_AWARENESS = """
select month, measure, awareness_pct, ci_low_pct, ci_high_pct, n
from brand_engagement.brand_awareness_monthly
where is_own_brand
order by measure, month, survey_id desc"""

_CAMPAIGNS = """
select coalesce(campaign_name, campaign_id) as campaign, channel, stage_goal,
       delivered_count as delivered, click_count as clicks,
       visit_count as visits, lead_count as leads, new_customer_count as new_customers,
       round(revenue_amount, 2) as revenue, round(spend_amount, 2) as spend,
       round(conversion_of_visits_pct, 1) as customers_of_visits_pct
from brand_engagement.campaigns
order by revenue_amount desc nulls last, campaign
limit 15"""

_POSTS_NEEDED = Text("social posts with followers", "Social-Posts mit Followern")


def _best_platform(rows: Rows) -> Text:
    newest = last_full_week(rows)
    if newest is None:
        return NO_FULL_WEEK
    best = max((r for r in rows if r["week"] == newest), key=lambda r: r["engagement_rate_pct"])
    return say(
        "{platform} had the highest engagement of the last full week: {rate} per follower",
        "{platform} hatte in der letzten vollen Woche das höchste Engagement: {rate} je Follower",
        platform=named(best["platform"]),
        rate=Number(best["engagement_rate_pct"], " %", 2),
    )


def _best_post(rows: Rows) -> Text:
    return say(
        "The best post: {rate} interactions per follower",
        "Der beste Beitrag: {rate} Interaktionen je Follower",
        rate=Number(rows[0]["engagement_rate_pct"], " %", 2),
    )


def _worst_post(rows: Rows) -> Text:
    return say(
        "The weakest post: {rate} interactions per follower",
        "Der schwächste Beitrag: {rate} Interaktionen je Follower",
        rate=Number(rows[0]["engagement_rate_pct"], " %", 2),
    )


def _new_share(rows: Rows) -> Text:
    new = sum(row["visits"] for row in rows if row["kind"] == "new_visitors")
    everybody = sum(row["visits"] for row in rows)
    return say(
        "{share} of daily visitors came for the first time",
        "{share} der täglichen Besucher kamen zum ersten Mal",
        share=Number(100 * new / everybody if everybody else None, " %"),
    )


def _voice(rows: Rows) -> Text:
    own = [row for row in rows if row["is_own_brand"]]
    if not own:
        return Text("Nobody mentioned the own brand", "Niemand hat die eigene Marke erwähnt")
    return say(
        "{share} of the mentions of the newest month are of the own brand",
        "{share} der Erwähnungen des neuesten Monats gelten der eigenen Marke",
        share=Number(own[-1]["share_pct"], " %", 1),
    )


def _newest_mentions(rows: Rows) -> int:
    newest = max(row["month"] for row in rows)
    return sum(row["mention_count"] for row in rows if row["month"] == newest)


def _newest_aided(rows: Rows) -> Row | None:
    return next((row for row in reversed(rows) if row["measure"] == "aided"), None)


def _aided(rows: Rows) -> Text:
    newest = _newest_aided(rows)
    if newest is None:
        return Text("Nobody was asked with a list of brands", "Niemand bekam eine Markenliste")
    return say(
        "{share} know the brand from a list ({low} to {high})",
        "{share} kennen die Marke aus einer Liste ({low} bis {high})",
        share=Number(newest["awareness_pct"], " %"),
        low=Number(newest["ci_low_pct"]),
        high=Number(newest["ci_high_pct"], " %"),
    )


def _campaign(rows: Rows) -> Text:
    return say(
        "“{name}” brought the most revenue: {revenue}",
        "„{name}“ brachte den meisten Umsatz: {revenue}",
        name=rows[0]["campaign"],
        revenue=Number(rows[0]["revenue"]),
    )


BRAND = Section(
    id="brand",
    title=Text("Brand engagement", "Markenengagement"),
    question=Text(
        "Does the audience notice the brand and respond to it?",
        "Nimmt das Publikum die Marke wahr und reagiert es?",
    ),
    numbers=(
        KeyNumber(
            Text("Engagement rate by followers", "Engagement-Rate nach Followern"),
            """
            with months as (
                select date_trunc('month', published_date)::date as month,
                       100.0 * sum(interactions) / nullif(sum(followers), 0) as value,
                       count(*) as n
                from brand_engagement.social_posts
                where followers > 0 and interactions is not null
                group by month
            )
            select value, lag(value) over (order by month) as before, n, month
            from months order by month desc limit 1
            """,
            _POSTS_NEEDED,
            " %",
            2,
        ),
        KeyNumber(
            Text("Visitors a day", "Besucher pro Tag"),
            """
            with days as (
                select date, sum(new_visitor_count + returning_visitor_count) as visitors
                from brand_engagement.audience_daily group by date
            ), months as (
                select date_trunc('month', date)::date as month, avg(visitors) as value
                from days group by month
            )
            select value, lag(value) over (order by month) as before, month
            from months order by month desc limit 1
            """,
            Text("web events", "Web-Ereignisse"),
        ),
        KeyNumber(
            Text("Aided awareness", "Gestützte Bekanntheit"),
            """
            select awareness_pct as value, ci_low_pct as low, ci_high_pct as high, n,
                   lag(awareness_pct) over waves as before, lag(month) over waves as before_month,
                   month
            from brand_engagement.brand_awareness_monthly
            where is_own_brand and measure = 'aided'
            window waves as (order by month, survey_id)
            order by month desc, survey_id limit 1
            """,
            Text("a brand awareness survey", "eine Umfrage zur Markenbekanntheit"),
            " %",
            1,
        ),
    ),
    charts=(
        Chart(
            "engagement-rate",
            _ENGAGEMENT,
            _best_platform,
            Text(
                "Likes, comments and shares of a week's posts per follower on the day of each"
                " post. Green: 3 to 6 % is strong.",
                "Likes, Kommentare und Shares der Beiträge einer Woche je Follower am Tag des"
                " Beitrags. Grün: 3 bis 6 % sind stark.",
            ),
            lambda rows: figures.trend(
                rows, "week", "engagement_rate_pct", "platform", " %", "platform", band=(3, 6),
                is_open="is_open",
            ),
            is_wide=True,
            needs=_POSTS_NEEDED,
        ),
        Chart(
            "audience",
            _AUDIENCE,
            _new_share,
            Text(
                "Daily visitors by week; new is the first visit ever seen.",
                "Tägliche Besucher je Woche; neu ist der erste Besuch überhaupt.",
            ),
            lambda rows: figures.bars(
                rows, "week", "visits", "kind", stacked=True, is_open="is_open"
            ),
            needs=Text("web events", "Web-Ereignisse"),
        ),
        Chart(
            "share-of-voice",
            _VOICE,
            _voice,
            Text(
                "Mentions of a brand by mentions of all brands watched.",
                "Erwähnungen einer Marke an den Erwähnungen aller beobachteten Marken.",
            ),
            lambda rows: figures.bars(rows, "month", "share_pct", "brand", " %", stacked=True),
            sample=_newest_mentions,
            needs=Text("brand mentions", "Erwähnungen der Marke"),
        ),
        Chart(
            "awareness",
            _AWARENESS,
            _aided,
            Text(
                "Share of those asked who know the brand, with 95 % interval (Wilson).",
                "Anteil der Befragten, die die Marke kennen, mit 95-%-Intervall (Wilson).",
            ),
            lambda rows: figures.trend(
                rows, "month", "awareness_pct", "measure", " %", low="ci_low_pct",
                high="ci_high_pct", n="n",
            ),
            sample=lambda rows: row["n"] if (row := _newest_aided(rows)) else None,
            needs=Text("a brand awareness survey", "eine Umfrage zur Markenbekanntheit"),
        ),
        Chart(
            "campaigns",
            _CAMPAIGNS,
            _campaign,
            Text(
                "From delivery to revenue; the last visit with a campaign counts.",
                "Von der Zustellung bis zum Umsatz; der letzte Besuch mit Kampagne zählt.",
            ),
            is_wide=True,
            needs=Text("messages or visits of campaigns", "Nachrichten oder Besuche aus Kampagnen"),
        ),
        Chart(
            "best-posts",
            _POSTS.format(order="desc"),
            _best_post,
            Text("The five best by engagement rate.", "Die fünf besten nach Engagement-Rate."),
            needs=_POSTS_NEEDED,
        ),
        Chart(
            "weakest-posts",
            _POSTS.format(order="asc"),
            _worst_post,
            Text("The five weakest by it.", "Die fünf schwächsten danach."),
            needs=_POSTS_NEEDED,
        ),
    ),
)  # fmt: skip
