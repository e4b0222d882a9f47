"""What is true of the demo, counted from what was planted and not from the files."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from orchestration.demo import experience
from orchestration.demo.exports import ExportFile, Fate
from orchestration.demo.model import Invitation, Order, Person, Story, WebEvent, is_engaged, mood
from orchestration.demo.writers.meta_business_suite import newest_counts

CHANNELS = ("email", "sms")
SESSION_GAP = timedelta(minutes=30)
_POSITIVE = {"csat": (4, 5), "ces": (5, 6, 7), "ces_v1": (1, 2)}


def count(story: Story, files: list[ExportFile]) -> dict[str, Any]:
    """Count deliveries, sessions, orders, surveys, people, messages and posts."""
    return {
        "window": {
            "first_day": str(story.calendar.first_day),
            "last_day": str(story.calendar.date(story.calendar.last)),
        },
        "sources": {table: _deliveries(files, table) for table in sorted({f.table for f in files})},
        "sessions": _sessions(story),
        "orders": _orders(story),
        "surveys": _surveys([*story.invitations, *story.panel]),
        "people": _people(story),
        "funnel": _funnel(story),
        "messages": _messages(story),
        "social": _social(story),
        "experience": experience.count(story),
        "reviews": dict(Counter(str(review.rating) for review in story.reviews)),
    }


# Deliveries -----------------------------------------------------------------------------------


def _deliveries(files: list[ExportFile], table: str) -> dict[str, int]:
    """Count so that delivered = repeated + broken + duplicate + superseded + distinct rows."""
    delivered = [file for file in files if file.table == table]
    records = [record for file in delivered if not file.is_repeat for record in file.records]
    repeated = sum(len(file.records) for file in delivered if file.is_repeat)
    fates = Counter(record.fate for record in records)
    distinct = len({record.key for record in records if record.fate is not Fate.BROKEN})
    sound = len(records) - fates[Fate.BROKEN] - fates[Fate.DUPLICATE]
    return {
        "files": len(delivered),
        "files_repeated": sum(file.is_repeat for file in delivered),
        "rows_delivered": len(records) + repeated,
        "rows_in_repeated_files": repeated,
        "rows_broken": fates[Fate.BROKEN],
        "rows_duplicate": fates[Fate.DUPLICATE],
        "rows_superseded": sound - distinct,
        "rows_late": fates[Fate.LATE],
        "distinct_records": distinct,
    }


# Sessions -------------------------------------------------------------------------------------


def _sessions(story: Story) -> dict[str, Any]:
    """Cut each visitor's events wherever they pause for more than half an hour."""
    by_visitor: dict[str, list[WebEvent]] = {}
    for visit in story.visits:
        if visit.device.visitor_id:
            by_visitor.setdefault(visit.device.visitor_id, []).extend(visit.events)
    sessions = [session for events in by_visitor.values() for session in _split(events)]
    seconds = sum((session[-1].at - session[0].at).total_seconds() for session in sessions)
    return {
        "visitors": len(by_visitor),
        "sessions": len(sessions),
        "engaged": sum(is_engaged(session) for session in sessions),
        "single_page": sum(_page_views(session) == 1 for session in sessions),
        "page_views": sum(_page_views(session) for session in sessions),
        "total_duration_seconds": round(seconds, 3),
        "events_without_visitor": sum(
            len(visit.events) for visit in story.visits if not visit.device.visitor_id
        ),
    }


def _split(events: list[WebEvent]) -> list[list[WebEvent]]:
    sessions: list[list[WebEvent]] = []
    for event in sorted(events, key=lambda event: event.at):
        if not sessions or event.at - sessions[-1][-1].at > SESSION_GAP:
            sessions.append([])
        sessions[-1].append(event)
    return sessions


def _page_views(session: list[WebEvent]) -> int:
    return sum(event.name == "page_view" for event in session)


# Orders ---------------------------------------------------------------------------------------


def _orders(story: Story) -> dict[str, Any]:
    web = [order for order in story.orders if order.channel == "web"]
    phone = [order for order in story.orders if order.channel == "phone"]
    return {
        "shopify": _order_counts(web),
        "generic": _order_counts(phone),
        "all": _order_counts(story.orders),
    }


def _order_counts(orders: list[Order]) -> dict[str, Any]:
    valid = [order for order in orders if order.status != "cancelled"]
    by_person = Counter(order.person.email for order in valid)
    return {
        "orders": len(orders),
        "cancelled": len(orders) - len(valid),
        "refunded": sum(order.status == "refunded" for order in orders),
        "lines": sum(len(order.lines) for order in orders),
        "gross_merchandise_revenue": sum(order.merchandise_cents for order in valid) / 100,
        "customers": len(by_person),
        "repeat_customers": sum(orders >= 2 for orders in by_person.values()),
    }


# Surveys --------------------------------------------------------------------------------------


def _surveys(invitations: list[Invitation]) -> dict[str, Any]:
    return {
        survey_id: _survey([i for i in invitations if i.survey_id == survey_id])
        for survey_id in sorted({i.survey_id for i in invitations})
    }


def _survey(invitations: list[Invitation]) -> dict[str, Any]:
    """Count invitations by status, and per metric the scores in all and by UTC month."""
    metrics: dict[str, dict[str, list[int]]] = {}
    for invitation in invitations:
        for question, value in invitation.answers.items():
            if isinstance(value, int) and invitation.answered_at:
                metric = question if question in _POSITIVE else question.split("_")[0]
                by_month = metrics.setdefault(metric, {})
                by_month.setdefault(f"{invitation.answered_at:%Y-%m}", []).append(value)
    return {
        "invitations": dict(Counter(invitation.status for invitation in invitations)),
        "metrics": {
            metric: {
                "overall": _scores(metric, [s for scores in months.values() for s in scores]),
                "by_month": {month: _scores(metric, scores) for month, scores in months.items()},
            }
            for metric, months in metrics.items()
        },
    }


def _scores(metric: str, scores: list[int]) -> dict[str, Any]:
    if metric != "nps":
        return {"n": len(scores), "positives": sum(s in _POSITIVE[metric] for s in scores)}
    groups = Counter(mood(score) for score in scores)
    return {
        "n": len(scores),
        "promoters": groups["promoter"],
        "passives": groups["passive"],
        "detractors": groups["detractor"],
        "nps": round(100 * (groups["promoter"] - groups["detractor"]) / len(scores), 2),
    }


# People ---------------------------------------------------------------------------------------


def _people(story: Story) -> dict[str, int]:
    """Count people by what they have come to; nobody has to pass the stages one by one."""
    orders = Counter(order.person for order in story.orders if order.status != "cancelled")
    named = [person for person in story.people if person.known_from is not None]
    return {
        "population": len(story.people),
        "known": _distinct([*named, *_with_message(story, "sent")]),
        "visited": _distinct(visit.person for visit in story.visits),
        "engaged": _distinct(visit.person for visit in story.visits if is_engaged(visit.events)),
        "lead": sum(person.is_logged_in for person in story.people),
        "customer": len(orders),
        "repeat": sum(placed >= 2 for placed in orders.values()),
        "promoter": len(_promoters(story)),
        "with_two_devices": sum(len(used) == 2 for used in _devices_used(story).values()),
    }


def _funnel(story: Story) -> dict[str, int]:
    """Count the people who came to a stage or to a later one, as a funnel does."""
    orders = Counter(order.person for order in story.orders if order.status != "cancelled")
    repeat = {person for person, placed in orders.items() if placed >= 2}
    leads = {person for person in story.people if person.is_logged_in} | orders.keys()
    return {
        "lead": len(leads),
        "customer": len(orders),
        "repeat customer": len(repeat),
        "promoter": len(repeat & _promoters(story)),
    }


def _promoters(story: Story) -> set[Person]:
    """People whose newest answer on recommending is 9 or 10."""
    newest = {
        i.person: int(i.answers["nps_score"])
        for i in sorted(story.invitations, key=lambda i: i.answered_at or i.invited_at)
        if "nps_score" in i.answers
    }
    return {person for person, score in newest.items() if score >= 9}


def _devices_used(story: Story) -> dict[Person, set[str]]:
    used: dict[Person, set[str]] = {}
    for visit in story.visits:
        if visit.device.visitor_id:
            used.setdefault(visit.person, set()).add(visit.device.visitor_id)
    return used


def _distinct(people: Iterable[Person]) -> int:
    return len(set(people))


# Messages and posts ---------------------------------------------------------------------------


def _with_message(story: Story, event_type: str, *channels: str) -> list[Person]:
    return [
        event.person
        for event in story.messages
        if event.event_type == event_type and event.campaign.channel in (channels or CHANNELS)
    ]


def _messages(story: Story) -> dict[str, Any]:
    counts = Counter((e.campaign.channel, e.event_type) for e in story.messages)
    return {
        "events": {
            channel: {kind: n for (c, kind), n in counts.items() if c == channel}
            for channel in CHANNELS
        },
        "human_opens": sum(event.by_machine is False for event in story.messages),
        "bounces": dict(Counter(e.bounce_type for e in story.messages if e.bounce_type)),
        "people_reached": {
            "email": _distinct(_with_message(story, "delivered", "email")),
            "sms": _distinct(_with_message(story, "delivered", "sms")),
            "all": _distinct(_with_message(story, "delivered")),
        },
    }


def _social(story: Story) -> dict[str, Any]:
    platforms = Counter(post.platform for post in story.posts)
    newest = newest_counts(story)
    return {
        "posts": dict(platforms),
        "interactions": {
            platform: sum(post.interactions for post in newest if post.platform == platform)
            for platform in platforms
        },
        "golden_post": {"platform": "facebook", "post_id": story.golden_post},
    }
