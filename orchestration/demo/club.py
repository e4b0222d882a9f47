"""What customers do beyond buying: the loyalty programme, invitations of friends, taking part.

Told after the story, with dice of its own: the story is the same with it and without it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orchestration.demo.dice import Dice
from orchestration.demo.model import Order, Person, Story, mood

JOINS, INVITES, REWARD_CENTS = 0.55, 0.25, 1500
REDEEMS, EXPERIENCE = 0.45, 0.3
TIERS = ((250, "gold"), (100, "silver"))  # by points earned so far
INVITE_ONLY_TIER = "circle"
_REDEEMED_AT_ONCE, _POINTS_LAST = 100, timedelta(days=40)
_KINDS = {"contest": 45, "community": 35, "event": 20}
_TITLES = {
    "contest": ("Show us your table", "Name the new blue"),
    "event": ("Evening at the loom", "Harbour pop-up"),
    "community": ("Care tips", "My linen"),
}
_ACTIONS = {"contest": "entered", "event": "attended", "community": "posted"}
_CHANNELS = {"contest": "web", "event": "store", "community": "community"}


@dataclass(frozen=True)
class LedgerEntry:
    """One entry in a member's points account."""

    person: Person
    at: datetime
    entry_type: str
    points: int = 0
    tier: str | None = None
    reward_type: str | None = None
    order: Order | None = None


@dataclass(frozen=True)
class Referral:
    """A customer's invitation of somebody, with how far it came."""

    number: int
    referrer: Person
    invitee: Person
    invited_at: datetime
    signed_up_at: datetime | None = None
    first_purchase_at: datetime | None = None
    rewarded_at: datetime | None = None


@dataclass(frozen=True)
class Participation:
    """Somebody takes part in something."""

    person: Person
    at: datetime
    kind: str
    title: str

    @property
    def action(self) -> str:
        """What the person did."""
        return _ACTIONS[self.kind]

    @property
    def channel(self) -> str:
        """Where it happened."""
        return _CHANNELS[self.kind]


@dataclass
class Club:
    """Everything of it."""

    ledger: list[LedgerEntry] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    participations: list[Participation] = field(default_factory=list)


def tell_club(dice: Dice, story: Story) -> Club:
    """Tell who joins, earns and redeems, who invites whom, and who takes part."""
    bought = _orders_by_person(story)
    club = Club()
    for person, orders in bought.items():
        if dice.happens(JOINS):
            club.ledger += _account(dice, story, person, orders)
    club.referrals = _referrals(dice, story, bought)
    club.participations = [*_participations(dice, story, bought)]
    return club


def _orders_by_person(story: Story) -> dict[Person, list[Order]]:
    """Orders that were not cancelled, in order of time, of whoever has one."""
    bought: dict[Person, list[Order]] = {}
    for order in story.orders:
        if order.status != "cancelled":
            bought.setdefault(order.person, []).append(order)
    return bought


def _end(story: Story) -> datetime:
    return story.calendar.midnight(story.calendar.last)


# The points account -----------------------------------------------------------------------------


def _account(
    dice: Dice, story: Story, person: Person, orders: list[Order]
) -> Iterator[LedgerEntry]:
    """Yield a member's entries: a point for each euro, in part redeemed, the rest expires."""
    at = orders[0].placed_at + timedelta(minutes=2)
    yield LedgerEntry(person, at, "join", tier="member")
    earned = balance = 0
    tier, redeemed_at = "member", None
    for order in orders:
        points = (order.merchandise_cents - order.discount_cents) // 100
        at = order.placed_at + timedelta(minutes=5)
        earned, balance = earned + points, balance + points
        yield LedgerEntry(person, at, "earn", points, order=order)
        reached = next((name for least, name in TIERS if earned >= least), "member")
        if reached != tier:
            tier = reached
            yield LedgerEntry(person, at + timedelta(minutes=1), "tier", tier=tier)
        redeemed_at = at + dice.seconds(600, 3000)
        if balance >= _REDEEMED_AT_ONCE and dice.happens(REDEEMS):
            reward = "experience" if dice.happens(EXPERIENCE) else "discount"
            balance -= _REDEEMED_AT_ONCE
            yield LedgerEntry(person, redeemed_at, "redeem", _REDEEMED_AT_ONCE, reward_type=reward)
    last = orders[-1].placed_at
    if len(orders) >= 2 and mood(person.satisfaction) == "promoter":
        yield LedgerEntry(person, last + timedelta(hours=2), "tier", tier=INVITE_ONLY_TIER)
    if balance and last + _POINTS_LAST < _end(story):
        yield LedgerEntry(person, last + _POINTS_LAST, "expire", balance)


# Invitations ------------------------------------------------------------------------------------


def _referrals(dice: Dice, story: Story, bought: dict[Person, list[Order]]) -> list[Referral]:
    """Promoters invite: somebody who buys later, or somebody of whom nothing is heard."""
    strangers = [person for person in story.people if person.known_from is None]
    newcomers = [person for person in bought if dice.happens(0.2)]
    invited: set[Person] = set()
    referrals: list[Referral] = []
    for referrer, orders in bought.items():
        if mood(referrer.satisfaction) == "detractor" or not dice.happens(INVITES):
            continue
        for _ in range(dice.randint(1, 3)):
            at = orders[0].placed_at + dice.seconds(3600, 10 * 86400)
            invitee = _invitee(dice, at, [newcomers, strangers], bought, invited | {referrer})
            if invitee and at < _end(story):
                invited.add(invitee)
                number = len(referrals) + 1
                referrals.append(_invitation(dice, story, number, referrer, invitee, at, bought))
    return referrals


def _invitee(
    dice: Dice,
    at: datetime,
    choices: list[list[Person]],
    bought: dict[Person, list[Order]],
    taken: set[Person],
) -> Person | None:
    """Choose somebody who has not bought yet: one who will, else a stranger."""
    newcomers = [p for p in choices[0] if p not in taken and bought[p][0].placed_at > at]
    if newcomers and dice.happens(0.4):
        return dice.choice(newcomers)
    stranger = dice.choice(choices[1]) if choices[1] else None
    return None if stranger in taken else stranger


def _invitation(
    dice: Dice,
    story: Story,
    number: int,
    referrer: Person,
    invitee: Person,
    at: datetime,
    bought: dict[Person, list[Order]],
) -> Referral:
    """Reward only once the invited person has bought."""
    if invitee not in bought:
        signed_up = at + dice.seconds(600, 86400) if dice.happens(0.15) else None
        return Referral(number, referrer, invitee, at, signed_up)
    purchase = bought[invitee][0].placed_at
    reward = purchase + timedelta(days=2)
    return Referral(
        number=number,
        referrer=referrer,
        invitee=invitee,
        invited_at=at,
        signed_up_at=at + (purchase - at) / 2,
        first_purchase_at=purchase,
        rewarded_at=reward if reward < _end(story) else None,
    )


# Taking part ------------------------------------------------------------------------------------


def _participations(
    dice: Dice, story: Story, bought: dict[Person, list[Order]]
) -> Iterator[Participation]:
    """Yield what known people take part in; whoever is content does so more often."""
    for person in story.people:
        if person.known_from is None:
            continue
        content = mood(person.satisfaction) == "promoter"
        for _ in range(3):
            if not dice.happens(0.12 if content else 0.03):
                continue
            kind = dice.weighted(_KINDS)
            day = dice.randint(person.known_from, story.calendar.last)
            at = story.calendar.moment(day, dice)
            yield Participation(person, at, kind, dice.choice(_TITLES[kind]))


# What is true of it -----------------------------------------------------------------------------


def count_club(club: Club, story: Story) -> dict[str, Any]:
    """Count members, points, invitations and participations, and what customers' weeks hold."""
    points = Counter[str]()
    for entry in club.ledger:
        points[entry.entry_type] += entry.points
    members = {entry.person for entry in club.ledger}
    tiers = {e.person: e.tier for e in sorted(club.ledger, key=lambda e: e.at) if e.tier}
    invitations = club.referrals
    return {
        "loyalty": {
            "members": len(members),
            "points": {kind: points[kind] for kind in ("earn", "redeem", "expire")},
            "balance": points["earn"] - points["redeem"] - points["expire"],
            "tiers": dict(Counter(str(tier) for tier in tiers.values())),
        },
        "referrals": {
            "invited": len(invitations),
            "signed_up": sum(r.signed_up_at is not None for r in invitations),
            "purchased": sum(r.first_purchase_at is not None for r in invitations),
            "rewarded": sum(r.rewarded_at is not None for r in invitations),
            "reward_amount": sum(r.rewarded_at is not None for r in invitations)
            * REWARD_CENTS
            / 100,
        },
        "participation": dict(Counter(p.kind for p in club.participations)),
        "commerce": _commerce(story),
        "campaigns": _campaigns(story),
        "lifecycle": _ordering_weeks(story),
    }


def _commerce(story: Story) -> dict[str, dict[str, Any]]:
    """Count orders and money by month of the order."""
    months: dict[str, list[Order]] = {}
    for order in story.orders:
        months.setdefault(f"{order.placed_at:%Y-%m}", []).append(order)
    buyers = _orders_by_person(story)
    return {
        month: {
            **_money([o for o in orders if o.status != "cancelled"]),
            "cancelled": sum(o.status == "cancelled" for o in orders),
            "new_customers": sum(f"{own[0].placed_at:%Y-%m}" == month for own in buyers.values()),
            "repeated_since": sum(
                f"{own[0].placed_at:%Y-%m}" == month and len(own) > 1 for own in buyers.values()
            ),
            "customers": len({o.person for o in orders if o.status != "cancelled"}),
            "returning": sum(
                any(f"{o.placed_at:%Y-%m}" == month for o in own[1:]) for own in buyers.values()
            ),
        }
        for month, orders in sorted(months.items())
    }


def _money(orders: list[Order]) -> dict[str, Any]:
    """Add up in cents; by phone the discount is a tenth of each line, rounded down."""
    gross = sum(order.merchandise_cents for order in orders)
    discount = {id(order): _discount_cents(order) for order in orders}
    refunded = sum(
        order.merchandise_cents - discount[id(order)]
        for order in orders
        if order.status == "refunded"
    )
    return {
        "orders": len(orders),
        "gross": gross / 100,
        "discount": sum(discount.values()) / 100,
        "refunded_merchandise": refunded / 100,
        "net": (gross - sum(discount.values()) - refunded) / 100,
        "refunded": sum(order.status == "refunded" for order in orders),
    }


def _discount_cents(order: Order) -> int:
    if order.channel == "web" or not order.discount_code:
        return order.discount_cents
    return sum(line.cents // 10 for line in order.lines)


def _campaigns(story: Story) -> dict[str, dict[str, int]]:
    """Count the people of each campaign by what happened to their message."""
    found: dict[str, dict[str, set[int]]] = {}
    for event in story.messages:
        kinds = [event.event_type if event.by_machine is None else "open"]
        if event.event_type == "bounce":
            kinds = [f"{event.bounce_type}_bounce"]
        if event.by_machine is False or event.event_type == "click":
            kinds += ["human_open", "open"]
        of_campaign = found.setdefault(event.campaign.campaign_id, {})
        for kind in kinds:
            of_campaign.setdefault(kind, set()).add(event.person.number)
    return {
        campaign: {kind: len(people) for kind, people in sorted(kinds.items())}
        for campaign, kinds in sorted(found.items())
    }


def _ordering_weeks(story: Story) -> dict[str, int]:
    """Count by week (Monday) the people whose first order it was: the new ones."""
    weeks = Counter[str]()
    for orders in _orders_by_person(story).values():
        day = orders[0].placed_at.date()
        weeks[str(day - timedelta(days=day.weekday()))] += 1
    return dict(sorted(weeks.items()))
