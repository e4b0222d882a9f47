"""The same tables the way a pandas script would make them: everything in memory, whole columns."""

# pandas has no types that could be followed through a script.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportCallIssue=false
# pyright: reportReturnType=false, reportOperatorIssue=false, reportIndexIssue=false

import argparse
import hashlib
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from bench import PROJECT

_GAP = pd.Timedelta(minutes=30)


def build(lake: Path) -> dict[str, pd.DataFrame]:
    """Return the core tables of a lake by name."""
    events = _read(lake, "web_events", ["event_id"])
    types = _seed("web_event_types")
    events["event_name"] = events["event_name"].str.lower()
    events = events.merge(types, on="event_name", how="left")
    events["activity_type"] = events["activity_type"].fillna("visit")
    for flag in ("is_page_view", "is_key_event", "is_lead"):
        events[flag] = events[flag].fillna(False).astype(bool)
    events["visitor_id"] = "generic-" + events["visitor_id"]
    messages = _read(lake, "messages", ["message_event_id"])
    lines = _read(lake, "orders", ["order_id", "line_number"])
    answers = _read(lake, "survey_answers", ["survey_id", "submission_id", "question_id"])

    people = _People(events, messages, lines, answers)
    orders = _orders(lines, people)
    buyers = _buyers(orders)
    events["person_id"] = events["visitor_id"].map(_visitors(events, orders, people))
    messages["person_id"] = people.of(messages).fillna("phone-" + messages["phone"])
    answers["person_id"] = people.of(answers)

    activities = _activities(events, messages, orders, answers)
    sessions = _sessions(events, buyers)
    return {
        "activities": activities,
        "sessions": sessions,
        "web_engagement_daily": _daily(sessions),
        "customer_engagement_weekly": _weekly(activities, buyers),
        "funnel_monthly": _funnel(activities, sessions, answers, buyers),
    }


def _seed(name: str) -> pd.DataFrame:
    return pd.read_csv(PROJECT / "dbt_project" / "seeds" / f"{name}.csv")


def _read(lake: Path, entity: str, key: list[str]) -> pd.DataFrame:
    """Of several deliveries of a record the newest."""
    files = sorted((lake / "raw" / "generic" / entity).glob("[!_]*.parquet"))
    rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    version = ["answered_at"] if entity == "survey_answers" else []
    rows = rows.sort_values([*version, "_batch_last_event_at", "_batch_id", "_row_number"])
    return rows.drop_duplicates(key, keep="last")


class _People:
    """Who is who: an e-mail, else a customer id."""

    def __init__(self, *records: pd.DataFrame) -> None:
        together = pd.concat([r[["customer_id", "email"]].dropna() for r in records])
        self._of_customer = together.groupby("customer_id")["email"].min()
        first = together["customer_id"].map(self._of_customer)
        self._of_email = first.groupby(together["email"]).min()

    def of(self, records: pd.DataFrame) -> pd.Series:
        return (
            ("email-" + records["customer_id"].map(self._of_customer))
            .fillna("email-" + records["email"].map(self._of_email))
            .fillna("email-" + records["email"])
            .fillna("customer-" + records["customer_id"])
        )


def _orders(lines: pd.DataFrame, people: _People) -> pd.DataFrame:
    status = lines["order_status"].str.lower().isin(["cancelled", "canceled", "voided"])
    lines = lines.assign(
        person_id=people.of(lines),
        amount=lines["quantity"] * lines["unit_price"],
        is_cancelled=status | lines["order_id"].str.fullmatch(r"C\d+"),
    )
    orders = lines.groupby("order_id", as_index=False).agg(
        ordered_at=("ordered_at", "min"),
        person_id=("person_id", "min"),
        amount=("amount", "sum"),
        is_cancelled=("is_cancelled", "max"),
    )
    counts = orders["person_id"].notna() & ~orders["is_cancelled"] & (orders["amount"] > 0)
    bought = orders[counts].sort_values(["ordered_at", "order_id"])
    orders["purchase_number"] = bought.groupby("person_id").cumcount() + 1
    return orders


def _buyers(orders: pd.DataFrame) -> pd.DataFrame:
    bought = orders[orders["purchase_number"].notna()]
    second = bought[bought["purchase_number"] == 2].set_index("person_id")["ordered_at"]
    first = bought.groupby("person_id")["ordered_at"].min()
    return pd.DataFrame({"first_order_at": first, "second_order_at": second})


def _visitors(events: pd.DataFrame, orders: pd.DataFrame, people: _People) -> pd.Series:
    """A visitor is the person that its first event with a name names."""
    named = events[events[["customer_id", "email", "order_id"]].notna().any(axis=1)]
    buyer = named["order_id"].map(orders.set_index("order_id")["person_id"])
    named = named.assign(person_id=people.of(named).fillna(buyer)).dropna(subset=["person_id"])
    says = np.select([named["customer_id"].notna(), named["email"].notna()], [1, 2], 3)
    named = named.assign(says=says).sort_values(["occurred_at", "says", "person_id"])
    named = named.drop_duplicates("visitor_id")
    visitors = pd.Index(events["visitor_id"].unique())
    person = named.set_index("visitor_id")["person_id"].reindex(visitors)
    return person.fillna(pd.Series("visitor-" + visitors, index=visitors))


def _activities(
    events: pd.DataFrame, messages: pd.DataFrame, orders: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    reached = messages[
        messages["event_type"].isin(["delivered", "open", "click"])
        & ~messages["is_machine_open"].fillna(False).astype(bool)
        & messages["person_id"].notna()
    ]
    bought = orders[orders["purchase_number"].notna()]
    answered = answers.dropna(subset=["person_id"]).groupby(
        ["survey_id", "submission_id"], as_index=False
    ).agg(occurred_at=("answered_at", "min"), person_id=("person_id", "min"))  # fmt: skip
    activities = pd.concat(
        [
            pd.DataFrame({
                "activity_id": "generic-web-" + events["event_id"],
                "occurred_at": events["occurred_at"],
                "person_id": events["person_id"],
                "channel": "web",
                "activity_type": events["activity_type"],
            }),
            pd.DataFrame({
                "activity_id": "generic-message-" + reached["message_event_id"],
                "occurred_at": reached["occurred_at"],
                "person_id": reached["person_id"],
                "channel": reached["channel"].str.lower(),
                "activity_type": "message_" + reached["event_type"],
            }),
            pd.DataFrame({
                "activity_id": "generic-order-" + bought["order_id"],
                "occurred_at": bought["ordered_at"],
                "person_id": bought["person_id"],
                "channel": "shop",
                "activity_type": "order",
            }),
            pd.DataFrame({
                "activity_id": "generic-survey-" + answered["survey_id"]
                + "-" + answered["submission_id"],
                "occurred_at": answered["occurred_at"],
                "person_id": answered["person_id"],
                "channel": "survey",
                "activity_type": "survey_response",
            }),
        ]
    )  # fmt: skip
    return activities.assign(
        activity_date=activities["occurred_at"].dt.normalize(), source="generic"
    )


def _sessions(events: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    events = events.sort_values(["visitor_id", "occurred_at", "event_id"])
    visitor = events["visitor_id"]
    starts = (visitor != visitor.shift()) | (events["occurred_at"].diff() > _GAP)
    events["session_number"] = starts.groupby(visitor).cumsum()
    visit = ["visitor_id", "session_number"]
    visits = events.groupby(visit, sort=False)
    sessions = visits.agg(
        person_id=("person_id", "first"),
        started_at=("occurred_at", "min"),
        ended_at=("occurred_at", "max"),
        event_count=("event_id", "size"),
        page_view_count=("is_page_view", "sum"),
        key_event_count=("is_key_event", "sum"),
        has_lead_event=("is_lead", "max"),
    )
    sessions["foreground_seconds"] = visits["engagement_seconds"].sum(min_count=1)
    landing = events.drop_duplicates(visit).set_index(visit)
    sessions["landing_page_url"] = landing["page_url"]
    sessions["device_category"] = landing["device_category"]
    origin = ["traffic_source", "traffic_medium", "campaign"]
    said = events[events[origin].notna().any(axis=1)].drop_duplicates(visit).set_index(visit)
    sessions[origin] = said[origin]
    return _described(sessions.reset_index(), buyers)


def _described(sessions: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    duration = (sessions["ended_at"] - sessions["started_at"]).dt.total_seconds()
    engaged = (
        (duration > 10) | (sessions["page_view_count"] >= 2) | (sessions["key_event_count"] >= 1)
    )
    first_order = sessions["person_id"].map(buyers["first_order_at"])
    return sessions.assign(
        session_id=_session_ids(sessions),
        source="generic",
        session_date=sessions["started_at"].dt.normalize(),
        duration_seconds=duration,
        is_customer=first_order <= sessions["started_at"],
        is_engaged=engaged,
        is_bounce_not_engaged=~engaged,
        is_bounce_single_page=sessions["page_view_count"] == 1,
        channel=_channel(sessions["traffic_source"], sessions["traffic_medium"]),
    )


def _session_ids(sessions: pd.DataFrame) -> list[str]:
    named = sessions["visitor_id"] + "-" + sessions["started_at"].astype(str)
    return [hashlib.md5(name.encode()).hexdigest() for name in named]


def _channel(source: pd.Series, medium: pd.Series) -> np.ndarray:
    source, medium = source.str.lower(), medium.str.lower()
    platforms = [
        "social", "instagram", "facebook", "linkedin", "x", "twitter", "tiktok", "youtube",
    ]  # fmt: skip
    paid = ["cpc", "ppc", "paid", "display", "paid_social", "paid_search"]
    rules = {
        "email": medium.isin(["email", "e-mail", "newsletter"]) | (source == "email"),
        "paid": medium.isin(paid) | source.isin(["paid_search", "ads", "paid"]),
        "social": medium.isin(["social", "social-network"]) | source.isin(platforms),
        "sms": medium == "sms",
        "organic search": (medium == "organic") | source.isin(["organic", "seo", "organic_search"]),
        "referral": (medium == "referral") | (source == "referral"),
        "direct": (source.isna() & medium.isna()) | source.isin(["(direct)", "direct"]),
    }
    conditions = [rule.fillna(False).to_numpy(bool) for rule in rules.values()]
    return np.select(conditions, list(rules), "other")


def _daily(sessions: pd.DataFrame) -> pd.DataFrame:
    daily = (
        sessions.groupby("session_date")
        .agg(
            session_count=("session_id", "size"),
            visitor_count=("visitor_id", "nunique"),
            engaged_session_count=("is_engaged", "sum"),
            not_engaged_bounce_count=("is_bounce_not_engaged", "sum"),
            single_page_bounce_count=("is_bounce_single_page", "sum"),
            page_view_count=("page_view_count", "sum"),
            customer_session_count=("is_customer", "sum"),
            median_duration_seconds=("duration_seconds", "median"),
        )
        .rename_axis("date")
        .reset_index()
    )
    for share, count in (
        ("engaged_session_pct", "engaged_session_count"),
        ("bounce_not_engaged_pct", "not_engaged_bounce_count"),
        ("bounce_single_page_pct", "single_page_bounce_count"),
    ):
        daily[share] = 100.0 * daily[count] / daily["session_count"]
    return daily


_COMPONENTS = ("web", "messages", "commerce", "feedback", "loyalty", "community")
_MILLION = 10**6


def _weekly(activities: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """Points are halved every four weeks; a row for each week in which some are left."""
    points = _points(activities, buyers)
    decay = _decay()
    newest = activities["activity_date"].max()
    newest -= pd.Timedelta(days=newest.day_of_week)
    aged = points.merge(decay, how="cross")
    aged["week"] += pd.to_timedelta(7 * aged["age"], unit="D")
    aged = aged[aged["week"] <= newest].copy()
    is_own = aged["age"] == 0
    for part in _COMPONENTS:
        aged[f"{part}_score"] = _decayed(aged[part], aged["share"])
    for weeks in (4, 12):
        aged[f"of_{weeks}"] = _decayed(aged["points"], aged[f"share_of_{weeks}"])
    aged["activity_count"] = aged["activity_count"].where(is_own, 0)
    aged["points"] = aged["points"].where(is_own, 0)
    scores = [f"{part}_score" for part in _COMPONENTS]
    totals = [*scores, "of_4", "of_12", "activity_count", "points"]
    by_week = aged.groupby(["person_id", "week"])
    weekly = by_week[totals].sum()
    weekly["first_order_week"] = by_week["first_order_week"].min()
    weekly["weeks_since_activity"] = by_week["age"].min()
    weekly = weekly[weekly["weeks_since_activity"] < decay.attrs["memory"]].reset_index()
    return _judged(weekly, scores)


def _points(activities: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """Only what a person did as a customer counts: from the first order on."""
    bought = activities["person_id"].map(buyers["first_order_at"])
    counted = activities[activities["occurred_at"] >= bought].merge(
        _seed("activity_weights"), on="activity_type"
    )
    counted["week"] = _monday(counted["activity_date"])
    grain = ["person_id", "week"]
    points = counted.groupby(grain).agg(activity_count=("weight", "size"), points=("weight", "sum"))
    parts = counted.pivot_table(
        index=grain, columns="component", values="weight", aggfunc="sum", fill_value=0
    )
    for part in _COMPONENTS:
        points[part] = parts.get(part, 0)
    points = points.reset_index()
    first = points["person_id"].map(buyers["first_order_at"]).dt.normalize()
    return points.assign(first_order_week=_monday(first))


def _monday(date: pd.Series) -> pd.Series:
    return date - pd.to_timedelta(date.dt.day_of_week, unit="D")


def _decay() -> pd.DataFrame:
    """What is left of a point by its age in weeks, in units of 10**-12: exact to add up."""
    parameters = _seed("engagement_parameters").set_index("parameter")["value"]
    memory = int(parameters["score_memory_weeks"])
    age = np.arange(memory + 12)
    share = np.rint(0.5 ** (age / parameters["score_half_life_weeks"]) * 10**12).astype(int)
    share[memory:] = 0
    decay = pd.DataFrame({"age": age, "share": share})
    for weeks in (4, 12):
        before = decay["share"].shift(fill_value=0).rolling(weeks, min_periods=1).sum()
        decay[f"share_of_{weeks}"] = before.astype(int)
    decay.attrs["memory"] = memory
    return decay


def _decayed(points: pd.Series, share: pd.Series) -> pd.Series:
    """Points after decay in millionths, halves rounded up."""
    return (points.astype(int) * share + _MILLION // 2) // _MILLION


def _judged(weekly: pd.DataFrame, scores: list[str]) -> pd.DataFrame:
    total = weekly[scores].sum(axis=1)
    weeks_as_customer = (weekly["week"] - weekly["first_order_week"]).dt.days // 7
    for weeks in (4, 12):
        trend = (weeks * total - weekly[f"of_{weeks}"]) / _MILLION / weeks
        weekly[f"trend_{weeks}_weeks"] = trend.where(weeks_as_customer >= weeks)
    weekly[scores] = weekly[scores] / _MILLION
    weekly["score"] = total / _MILLION
    levels = _seed("engagement_levels")
    levels = levels[levels["metric"] == "customer_engagement_score"].sort_values("lower_bound")
    bounds = [*levels["lower_bound"], np.inf]
    weekly["engagement_level"] = pd.cut(
        weekly["score"], bounds, labels=list(levels["level"]), right=False
    ).astype(str)
    return weekly


def _funnel(
    activities: pd.DataFrame,
    sessions: pd.DataFrame,
    answers: pd.DataFrame,
    buyers: pd.DataFrame,
) -> pd.DataFrame:
    """Everybody with a contact in the month stands at the furthest stage reached by its end."""
    month = activities["occurred_at"].dt.to_period("M").dt.to_timestamp()
    people = activities[["person_id"]].assign(month=month).drop_duplicates()
    month_end = people["month"] + pd.offsets.MonthBegin(1)
    person = people["person_id"]
    engaged, lead = sessions[sessions["is_engaged"]], sessions[sessions["has_lead_event"]]
    firsts = [
        sessions.groupby("person_id")["started_at"].min(),
        engaged.groupby("person_id")["started_at"].min(),
        lead.groupby("person_id")["started_at"].min(),
        buyers["first_order_at"],
        buyers["second_order_at"],
    ]
    people["stage_rank"] = 1
    for rank, first in enumerate(firsts, start=2):
        people.loc[person.map(first) < month_end, "stage_rank"] = rank
    promoters = _newest_scores(people, answers) >= 9
    people.loc[promoters & (people["stage_rank"] == 6), "stage_rank"] = 7
    return _counted(people)


def _newest_scores(people: pd.DataFrame, answers: pd.DataFrame) -> pd.Series:
    """The newest answer on recommending that each person had given by the month's end."""
    asked = (answers["question_kind"].str.lower() == "nps") & answers["score"].notna()
    scores = answers[asked].dropna(subset=["person_id"])
    given = people[["person_id", "month"]].merge(
        scores[["person_id", "answered_at", "survey_id", "submission_id", "question_id", "score"]],
        on="person_id",
    )
    given = given[given["answered_at"] < given["month"] + pd.offsets.MonthBegin(1)].sort_values(
        ["answered_at", "survey_id", "submission_id", "question_id"],
        ascending=[False, True, True, True],
    )
    newest = given.drop_duplicates(["person_id", "month"]).set_index(["person_id", "month"])
    grain = pd.MultiIndex.from_frame(people[["person_id", "month"]])
    return pd.Series(newest["score"].astype(float).reindex(grain).to_numpy(), people.index)


def _counted(people: pd.DataFrame) -> pd.DataFrame:
    months = people[["month"]].drop_duplicates()
    funnel = months.merge(_seed("funnel_stages")[["stage_rank", "stage"]], how="cross")
    counts = people.groupby(["month", "stage_rank"]).size()
    funnel = funnel.sort_values(["month", "stage_rank"], ascending=[True, False])
    at_stage = counts.reindex(pd.MultiIndex.from_frame(funnel[["month", "stage_rank"]]))
    funnel["people"] = at_stage.fillna(0).astype(int).to_numpy()
    funnel["people"] = funnel.groupby("month")["people"].cumsum()
    funnel = funnel.sort_values(["month", "stage_rank"])
    by_month = funnel.groupby("month")["people"]
    previous, first = by_month.shift(), by_month.transform("max")
    return funnel.assign(
        share_of_previous_pct=100.0 * funnel["people"] / previous.where(previous > 0),
        share_of_first_pct=100.0 * funnel["people"] / first.where(first > 0),
    )


def main() -> None:
    """Read a lake and write the core tables into a new file."""
    parser = argparse.ArgumentParser(prog="python -m bench.by_pandas", description=__doc__)
    parser.add_argument("--lake", type=Path, required=True, help="Root of the lake.")
    parser.add_argument("--into", type=Path, required=True, help="DuckDB file to write.")
    asked = parser.parse_args()
    with duckdb.connect(str(asked.into)) as connection:
        for name, rows in build(asked.lake).items():
            connection.register("rows_now", rows)
            connection.execute(f"create table {name} as from rows_now")


if __name__ == "__main__":
    main()
