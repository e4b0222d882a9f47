"""Support and a brand panel: told after the story, with dice of their own.

Who is less satisfied asks support more often and waits longer; who buys more often is happier and
answers the panel more readily, so that the plain score of the panel is too good.
"""

import statistics
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from orchestration.demo.dice import Dice
from orchestration.demo.model import Calendar, Invitation, Order, Person, Story, Ticket, mood

PANEL = "brand_panel"
ASKS_SUPPORT = {"promoter": 0.30, "passive": 0.40, "detractor": 0.60}  # per order
WAITS_LONG = {"promoter": 0.10, "passive": 0.25, "detractor": 0.60}
IS_RATED_GOOD = {"promoter": 0.95, "passive": 0.80, "detractor": 0.35}
RATINGS = {"rated": 40, "offered": 35, "unoffered": 25}
CHANNELS = {"email": 65, "chat": 25, "phone": 10}
TOPICS = {"delivery": 40, "return": 25, "product": 20, "payment": 15}
ANSWERS_PANEL = {"prospect": 0.20, "new customer": 0.45, "repeat customer": 0.75}
FEELS_MORE = {"prospect": -2, "new customer": 0, "repeat customer": 1}
TOUCHPOINTS = {
    "prospect": {"website": 80, "newsletter": 20},
    "new customer": {"website": 30, "delivery": 40, "product": 30},
    "repeat customer": {"website": 20, "delivery": 30, "product": 50},
}
STRAIGHT_LINES = 0.08
COMMENTS = {
    "en": {
        "promoter": ("Great quality and quick delivery, I recommend it to every friend.",),
        "passive": ("It is fine, but the price could be better.",),
        "detractor": ("The support never answered and the package arrived broken. Terrible.",),
    },
    "de": {
        "promoter": ("Sehr schöne Qualität und schnell geliefert, ich bin begeistert.",),
        "passive": ("Ganz gut, aber der Preis ist mir etwas zu hoch.",),
        "detractor": ("Leider kaputt angekommen, und der Kundendienst ist unfreundlich.",),
    },
    "zh": {
        "promoter": ("質量非常好，物流很快，推薦給朋友。",),
        "passive": ("还可以，价格有点贵。",),
        "detractor": ("包装破了，客服态度很差，非常失望。",),
    },
    "fr": {
        "promoter": ("Très bonne qualité, je suis ravie de la livraison.",),
        "passive": ("Pas mal, mais un peu cher pour une serviette.",),
        "detractor": ("Le colis est arrivé en retard et la qualité est mauvaise.",),
    },
}


def tell(dice: Dice, story: Story) -> None:
    """Add tickets and the panel's invitations and answers to a story that has been told."""
    for order in story.orders:
        if dice.happens(ASKS_SUPPORT[mood(order.person.satisfaction)]):
            story.tickets += _ticket(dice, story, order)
    purchases = _purchases(story)
    for person in story.people:
        if person.known_from is not None and person.known_from < story.calendar.last - 2:
            story.panel.append(_asked(dice, story.calendar, person, purchases.get(person, [])))


# Support --------------------------------------------------------------------------------------


def _ticket(dice: Dice, story: Story, order: Order) -> list[Ticket]:
    """Draw a ticket after an order; none where it would lie behind the end of the story."""
    person, end = order.person, story.calendar.midnight(story.calendar.days)
    feeling, channel = mood(person.satisfaction), dice.weighted(CHANNELS)
    created_at = _whole(order.placed_at + dice.seconds(3600, 12 * 86_400))
    is_slow = channel == "email" and dice.happens(WAITS_LONG[feeling])
    wait = dice.seconds(25 * 3600, 80 * 3600) if is_slow else _quick(dice, channel)
    first_response_at = _whole(created_at + wait)
    resolved_at = _whole(first_response_at + dice.seconds(600, 4 * 86_400))
    is_resolved = dice.happens(0.93)
    rating = dice.weighted(RATINGS)
    is_good = dice.happens(IS_RATED_GOOD[feeling])
    topic = dice.weighted(TOPICS)
    if created_at >= end:
        return []
    is_over = is_resolved and resolved_at < end
    return [
        Ticket(
            number=len(story.tickets) + 1,
            person=person,
            created_at=created_at,
            first_response_at=first_response_at if first_response_at < end else None,
            resolved_at=resolved_at if is_over else None,
            channel=channel,
            topic=topic,
            satisfaction=_rating(rating, is_good) if is_over else "unoffered",
        )
    ]


def _quick(dice: Dice, channel: str) -> timedelta:
    return dice.seconds(1800, 20 * 3600) if channel == "email" else dice.seconds(20, 1200)


def _rating(rating: str, is_good: bool) -> str:
    return ("good" if is_good else "bad") if rating == "rated" else rating


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


# Panel ----------------------------------------------------------------------------------------


def _purchases(story: Story) -> dict[Person, list[datetime]]:
    placed: dict[Person, list[datetime]] = {}
    for order in story.orders:
        if order.status != "cancelled":
            placed.setdefault(order.person, []).append(order.placed_at)
    return placed


def segment(purchases: list[datetime], moment: datetime) -> str:
    """Say what somebody with these purchases was at a moment."""
    before = sum(placed <= moment for placed in purchases)
    return ("prospect", "new customer", "repeat customer")[min(before, 2)]


def _asked(dice: Dice, calendar: Calendar, person: Person, purchases: list[datetime]) -> Invitation:
    """Ask somebody known; what they would answer is drawn whether or not they do."""
    day = dice.randint((person.known_from or 0) + 1, calendar.last - 2)
    invited_at = _whole(calendar.moment(day, dice))
    kind = segment(purchases, invited_at)
    answers_on = _whole(invited_at + dice.seconds(1800, 30 * 3600))
    responds = dice.happens(ANSWERS_PANEL[kind])
    otherwise = dice.weighted({"opened": 40, "sent": 50, "started": 10})
    is_dead = person.mailbox == "dead"
    answers = _would_answer(dice, person, kind)
    return Invitation(
        survey_id=PANEL,
        touchpoint=dice.weighted(TOUCHPOINTS[kind]),
        person=person,
        invited_at=invited_at,
        status="bounced" if is_dead else "answered" if responds else otherwise,
        submission_id=f"{dice.getrandbits(64):016x}",
        answered_at=answers_on if responds and not is_dead else None,
        answers=answers,
    )


def _would_answer(dice: Dice, person: Person, kind: str) -> dict[str, int | str]:
    felt = person.satisfaction + FEELS_MORE[kind] + dice.randint(-1, 1)
    felt = min(max(felt, 0), 10)
    scores: dict[str, int | str] = {
        "csat": _on_scale(felt, 5),
        "ces": _on_scale(felt, 7),
        "ces_v1": 6 - _on_scale(felt, 5),
    }
    if dice.happens(STRAIGHT_LINES):
        scores = dict.fromkeys(scores, 4)
    language = "fr" if person.country == "FR" else person.language
    comment = dice.choice(COMMENTS[language][mood(felt)])
    return {**scores, **({"comment": comment} if dice.happens(0.5) else {})}


def _on_scale(felt: int, top: int) -> int:
    return 1 + (felt * (top - 1) + 5) // 10


# Truth ----------------------------------------------------------------------------------------


def count(story: Story) -> dict[str, Any]:
    """Count what was planted."""
    answered = [i for i in story.panel if i.answered_at]
    eligible = [i for i in story.panel if i.status != "bounced"]
    return {
        "support": {
            month: _support([t for t in story.tickets if f"{t.created_at:%Y-%m}" == month])
            for month in sorted({f"{t.created_at:%Y-%m}" for t in story.tickets})
        },
        "panel": {
            "invited": len(eligible),
            "answered": len(answered),
            "csat_of_all_invited_pct": {
                month: _satisfied_pct([i for i in eligible if f"{i.invited_at:%Y-%m}" == month])
                for month in sorted({f"{i.invited_at:%Y-%m}" for i in eligible})
            },
            "straight_lines": sum(_is_straight(i) for i in answered),
            "comments": sum("comment" in i.answers for i in answered),
            "comments_in_french": sum(
                "comment" in i.answers and i.person.country == "FR" for i in answered
            ),
        },
        "nps_of_all_invited": _nps_of_all_invited(story),
        "drivers": _drivers(story),
    }


def _support(tickets: list[Ticket]) -> dict[str, Any]:
    rated = [t for t in tickets if t.satisfaction in ("good", "bad")]
    return {
        "tickets": len(tickets),
        "responded": sum(t.first_response_at is not None for t in tickets),
        "resolved": sum(t.resolved_at is not None for t in tickets),
        "median_first_response_hours": _median_hours(
            (t.created_at, t.first_response_at) for t in tickets
        ),
        "median_resolution_hours": _median_hours((t.created_at, t.resolved_at) for t in tickets),
        "rated": len(rated),
        "rated_good": sum(t.satisfaction == "good" for t in rated),
        "rating_offered": sum(t.satisfaction == "offered" for t in tickets),
    }


def _median_hours(spans: Iterable[tuple[datetime, datetime | None]]) -> float | None:
    hours = [(end - start).total_seconds() / 3600 for start, end in spans if end]
    return round(statistics.median(hours), 6) if hours else None


def _satisfied_pct(invitations: list[Invitation]) -> float:
    satisfied = sum(int(i.answers["csat"]) >= 4 for i in invitations)
    return round(100 * satisfied / max(len(invitations), 1), 4)


def _is_straight(invitation: Invitation) -> bool:
    scores = [value for value in invitation.answers.values() if isinstance(value, int)]
    return len(set(scores)) == 1


def _drivers(story: Story) -> dict[str, dict[str, int]]:
    """Count the answers on recommending of people who asked support in the 90 days before."""
    by_person: dict[Person, list[Ticket]] = {}
    for ticket in story.tickets:
        by_person.setdefault(ticket.person, []).append(ticket)
    feelings: dict[str, list[str]] = {"ticket": [], "slow first response": []}
    for invitation in story.invitations:
        if "nps_score" not in invitation.answers or not invitation.answered_at:
            continue
        answered_at = _whole(invitation.answered_at)
        before = [
            ticket
            for ticket in by_person.get(invitation.person, [])
            if timedelta() < answered_at - ticket.created_at <= timedelta(days=90)
        ]
        feeling = mood(int(invitation.answers["nps_score"]))
        if before:
            feelings["ticket"].append(feeling)
        if any(_waited_long(ticket, answered_at) for ticket in before):
            feelings["slow first response"].append(feeling)
    return {
        factor: {
            "answers": len(felt),
            "promoters": felt.count("promoter"),
            "detractors": felt.count("detractor"),
        }
        for factor, felt in feelings.items()
    }


def _waited_long(ticket: Ticket, answered_at: datetime) -> bool:
    until = min(ticket.first_response_at or answered_at, answered_at)
    return until - ticket.created_at > timedelta(hours=24)


def _nps_of_all_invited(story: Story) -> float:
    """The score that the survey after a purchase would have, had everybody answered.

    An answer lies at the satisfaction, one below or one above it, each as likely.
    """
    felt = [
        min(max(i.person.satisfaction + step, 0), 10)
        for i in story.invitations
        if i.survey_id == "post_purchase_nps" and i.status != "bounced"
        for step in (-1, 0, 1)
    ]
    moods = [mood(score) for score in felt]
    difference = moods.count("promoter") - moods.count("detractor")
    return round(100 * difference / max(len(moods), 1), 4)
