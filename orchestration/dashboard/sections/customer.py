"""Customer engagement: what customers do."""

from orchestration.dashboard import figures
from orchestration.dashboard.chart import Chart, KeyNumber, Rows, Section, last_full_week
from orchestration.dashboard.vocabulary import NO_FULL_WEEK
from orchestration.dashboard.words import Number, Text, say

_LEVELS = """
select week, engagement_level as level, count(*) as customers,
       week + 6 > (select max(last_event_at)::date from quality.row_ledger) as is_open
from customer_engagement.customer_engagement_weekly
group by week, level
order by case level when 'low' then 1 when 'medium' then 2 else 3 end, week"""

_LIFECYCLE = """
with weeks as (
    select week, new_count as "new", returning_count as "returning",
           resurrecting_count as "resurrecting", -dormant_count as "dormant"
    from customer_engagement.lifecycle_weekly
    where is_week_complete
)
unpivot weeks on "new", "returning", "resurrecting", "dormant" into name state value customers
order by state, week"""

_RETENTION = """
select cohort_month, months_since, ordered_pct, customer_count
from customer_engagement.retention_cohorts
where is_month_complete
order by cohort_month, months_since"""

_MESSAGES = """
select campaign, channel, delivered_count as delivered,
       round(open_rate_human_pct, 1) as opened_by_people_pct,
       round(open_rate_all_pct, 1) as opened_all_pct,
       round(click_rate_pct, 1) as clicked_pct, round(ctor_pct, 1) as clicked_of_opened_pct,
       round(unsubscribe_rate_pct, 2) as unsubscribed_pct
from customer_engagement.message_campaigns
order by last_event_at desc, campaign
limit 15"""

_COMMERCE = """
select month, sum(net_reporting_amount)::double as revenue, sum(order_count) as orders,
       any_value(reporting_currency) as currency,
       last_day(month) > (select max(order_date) from customer_engagement.orders) as is_open
from customer_engagement.commerce_monthly
group by month
order by month"""

_CHECKOUT = """
with months as (
    select month, cart_abandonment_pct as cart, checkout_abandonment_pct as checkout
    from customer_engagement.checkout_monthly
)
unpivot months on cart, checkout into name step value abandoned_pct
order by step, month"""

_LOYALTY = """
select month, tier, member_count as members, balance_points
from customer_engagement.loyalty_monthly
order by tier_rank, month"""

_FRAGILE = """
select month, fragile_of_repeat_pct, fragile_customer_count as fragile, repeat_customer_count
from customer_engagement.engaged_revenue_monthly
where level_as_of = 'before' and repeat_customer_count > 0
order by month"""

_ORDERS = Text("orders", "Bestellungen")


def _levels(rows: Rows) -> Text:
    newest = last_full_week(rows)
    if newest is None:
        return NO_FULL_WEEK
    now = {row["level"]: row["customers"] for row in rows if row["week"] == newest}
    return say(
        "{share} of customers were highly engaged in the last full week",
        "{share} der Kunden waren in der letzten vollen Woche stark engagiert",
        share=Number(100 * now.get("high", 0) / sum(now.values()), " %"),
    )


def _customers(rows: Rows) -> int:
    newest = last_full_week(rows)
    return sum(row["customers"] for row in rows if row["week"] == newest)


def _lifecycle(rows: Rows) -> Text:
    newest = max(row["week"] for row in rows)
    now = {row["state"]: row["customers"] for row in rows if row["week"] == newest}
    gained = now.get("new", 0) + now.get("resurrecting", 0)
    return say(
        "The newest full week won {gained} active customers and lost {lost}",
        "Die neueste volle Woche gewann {gained} aktive Kunden und verlor {lost}",
        gained=Number(gained),
        lost=Number(-now.get("dormant", 0)),
    )


def _retention(rows: Rows) -> Text:
    first = [row for row in rows if row["months_since"] == 1]
    if not first:
        return Text(
            "The first cohort is not a month old yet", "Noch keine Kohorte ist einen Monat alt"
        )
    people = sum(row["customer_count"] for row in first)
    bought = sum(row["ordered_pct"] * row["customer_count"] for row in first)
    return say(
        "{share} of new customers buy again in the month after",
        "{share} der neuen Kunden kaufen im Monat danach wieder",
        share=Number(bought / people if people else None, " %"),
    )


def _messages(rows: Rows) -> Text:
    return say(
        "{share} of the newest campaign's messages were opened by people",
        "{share} der Nachrichten der neuesten Kampagne wurden von Menschen geöffnet",
        share=Number(rows[0]["opened_by_people_pct"], " %", 1),
    )


def _revenue(rows: Rows) -> Text:
    complete = next((row for row in reversed(rows) if not row["is_open"]), rows[-1])
    if complete["revenue"] is None:
        return Text(
            "The last full month has orders in a currency without a rate (seed exchange_rates)",
            "Im letzten vollen Monat fehlt ein Wechselkurs (Seed exchange_rates)",
        )
    return say(
        "The last full month brought {revenue} {currency}",
        "Der letzte volle Monat brachte {revenue} {currency}",
        revenue=Number(complete["revenue"]),
        currency=complete["currency"] or "",
    )


def _checkout(rows: Rows) -> Text:
    carts = [row for row in rows if row["step"] == "cart"]
    return say(
        "{share} of visits with a cart leave without buying",
        "{share} der Besuche mit Warenkorb enden ohne Kauf",
        share=Number(carts[-1]["abandoned_pct"], " %"),
    )


def _loyalty(rows: Rows) -> Text:
    newest = max(row["month"] for row in rows)
    members = sum(row["members"] for row in rows if row["month"] == newest)
    return say(
        "The loyalty programme has {members} members",
        "Das Treueprogramm hat {members} Mitglieder",
        members=Number(members),
    )


def _fragile(rows: Rows) -> Text:
    return say(
        "{share} of repeat customers are fragile: they buy, but do nothing else",
        "{share} der Stammkunden sind gefährdet: Sie kaufen, tun aber sonst nichts",
        share=Number(rows[-1]["fragile_of_repeat_pct"], " %"),
    )


CUSTOMER = Section(
    id="customer",
    title=Text("Customer engagement", "Kundenengagement"),
    question=Text(
        "Do customers come back and take part?", "Kommen Kunden wieder und machen sie mit?"
    ),
    numbers=(
        KeyNumber(
            Text("Customers active in the week", "In der Woche aktive Kunden"),
            """
            select active_count as value, lag(active_count) over (order by week) as before,
                   week
            from customer_engagement.lifecycle_weekly
            where is_week_complete order by week desc limit 1
            """,
            Text("orders and a full week", "Bestellungen und eine volle Woche"),
        ),
        KeyNumber(
            Text(
                "Revenue share of fully engaged customers", "Umsatzanteil voll engagierter Kunden"
            ),
            """
            select engaged_share_of_revenue_pct as value, engaged_customer_count as n,
                   lag(engaged_share_of_revenue_pct) over (order by month) as before,
                   month
            from customer_engagement.engaged_revenue_monthly
            where level_as_of = 'during' order by month desc limit 1
            """,
            Text("orders whose currency has a rate", "Bestellungen in Währungen mit Kurs"),
            " %",
            1,
        ),
        KeyNumber(
            Text("Returning customers of a month's buyers", "Wiederkäufer unter den Käufern"),
            """
            select repeat_purchase_rate_period_pct as value, customer_count as n,
                   lag(repeat_purchase_rate_period_pct) over (order by month) as before,
                   month
            from customer_engagement.commerce_monthly order by month desc limit 1
            """,
            _ORDERS,
            " %",
            1,
        ),
    ),
    charts=(
        Chart(
            "engagement-levels",
            _LEVELS,
            _levels,
            Text(
                "Customers by the level of their score: weighted activities, older ones for less.",
                "Kunden nach Stufe ihres Werts: gewichtete Aktivitäten, ältere zählen weniger.",
            ),
            lambda rows: figures.bars(
                rows, "week", "customers", "level", stacked=True, is_open="is_open"
            ),
            sample=_customers,
            is_wide=True,
            needs=_ORDERS,
        ),
        Chart(
            "lifecycle",
            _LIFECYCLE,
            _lifecycle,
            Text(
                "Active customers by what they were the week before; dormant ones below zero.",
                "Aktive Kunden nach der Vorwoche; inaktiv gewordene unter null.",
            ),
            lambda rows: figures.bars(rows, "week", "customers", "state", stacked=True),
            needs=Text("orders and a full week", "Bestellungen und eine volle Woche"),
        ),
        Chart(
            "retention",
            _RETENTION,
            _retention,
            Text(
                "Customers of a first-order month who ordered that many months later.",
                "Kunden eines Erstkaufmonats, die so viele Monate später bestellt haben.",
            ),
            lambda rows: figures.heatmap(
                rows, "months_since", "cohort_month", "ordered_pct", " %", "customer_count"
            ),
            sample=lambda rows: sum(r["customer_count"] for r in rows if r["months_since"] == 1),
            needs=Text("orders and a full month", "Bestellungen und ein voller Monat"),
        ),
        Chart(
            "messages",
            _MESSAGES,
            _messages,
            Text(
                "Per campaign; opens by people leave out privacy proxies.",
                "Je Kampagne; Öffnungen durch Menschen ohne Datenschutz-Proxys.",
            ),
            is_wide=True,
            needs=Text("message events", "Nachrichten-Ereignisse"),
        ),
        Chart(
            "revenue",
            _COMMERCE,
            _revenue,
            Text(
                "Orders less discounts, cancellations and refunds, in the reporting currency.",
                "Bestellungen ohne Rabatte, Stornos und Erstattungen, in der Berichtswährung.",
            ),
            lambda rows: figures.bars(rows, "month", "revenue", is_open="is_open"),
            needs=_ORDERS,
        ),
        Chart(
            "abandonment",
            _CHECKOUT,
            _checkout,
            Text(
                "Visits with a cart, or a started checkout, that end without a purchase.",
                "Besuche mit Warenkorb oder begonnener Kasse, die ohne Kauf enden.",
            ),
            lambda rows: figures.trend(rows, "month", "abandoned_pct", "step", " %"),
            needs=Text("web events of carts", "Web-Ereignisse von Warenkörben"),
        ),
        Chart(
            "loyalty",
            _LOYALTY,
            _loyalty,
            Text("Members by tier.", "Mitglieder nach Stufe."),
            lambda rows: figures.bars(rows, "month", "members", "tier", stacked=True),
            needs=Text("a loyalty ledger", "ein Treuekonto-Journal"),
        ),
        Chart(
            "fragile",
            _FRAGILE,
            _fragile,
            Text(
                "Repeat customers whose engagement level was low before the month.",
                "Stammkunden mit niedriger Engagementstufe vor dem Monat.",
            ),
            lambda rows: figures.trend(
                rows, "month", "fragile_of_repeat_pct", unit=" %", n="repeat_customer_count"
            ),
            sample=lambda rows: rows[-1]["repeat_customer_count"],
            needs=Text("customers with two orders", "Kunden mit zwei Bestellungen"),
        ),
    ),
)
