"""What surrounds the story: the campaign plan, ad spend, talk of brands, awareness, experiments.

It is drawn after the story has been told, from dice of its own, so the story stays as it is.
Awareness and experiments are planted by quota: what was planted is exactly what was counted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from orchestration.demo import brand
from orchestration.demo.dice import Dice
from orchestration.demo.model import Calendar, Order, Person, Post, Story, Visit

OWN_BRAND = "Tide & Linen"
SHARES_OF_TALK = {OWN_BRAND: 30, "Loom & Co": 34, "Nordleinen": 22, "Casa Lino": 14}
MENTIONS_A_DAY = 14
SENTIMENTS = {"positive": 45, "neutral": 35, "negative": 10, None: 10}
EXPOSED, CONTROL = "exposed", "control"
# Share of respondents who name a brand unaided, and who know it at all, by group.
UNAIDED = {
    OWN_BRAND: {EXPOSED: 0.26, CONTROL: 0.18},
    "Loom & Co": {EXPOSED: 0.36, CONTROL: 0.36},
    "Nordleinen": {EXPOSED: 0.22, CONTROL: 0.22},
    "Casa Lino": {EXPOSED: 0.10, CONTROL: 0.10},
}
AIDED = {
    OWN_BRAND: {EXPOSED: 0.58, CONTROL: 0.46},
    "Loom & Co": {EXPOSED: 0.71, CONTROL: 0.71},
    "Nordleinen": {EXPOSED: 0.52, CONTROL: 0.52},
    "Casa Lino": {EXPOSED: 0.31, CONTROL: 0.31},
}
GOALS = ("educate", "inform", "show_care", "convince")
BOOSTED_POSTS, BOOST_DAYS = 4, 3
EXPERIMENT, BROKEN_EXPERIMENT = "checkout_one_page", "welcome_banner"
EXPERIMENT_WINDOW = timedelta(days=14)
WINNERS_SHARE = 0.6  # of those who buy, with as many people in both variations
BROKEN_SPLIT = 0.6  # where a half was planned
CROSSED = 6


@dataclass(frozen=True)
class PlannedCampaign:
    """A line of the campaign plan."""

    campaign_id: str
    name: str
    channel: str
    stage_goal: str
    utm_campaign: str | None
    starts_on: date
    ends_on: date
    reach: int | None


@dataclass(frozen=True)
class Spend:
    """What a campaign cost on one day, in cents, and what it brought."""

    platform: str
    campaign_id: str
    day: date
    cents: int
    impressions: int
    clicks: int


@dataclass(frozen=True)
class Mention:
    """Something said about a brand in public."""

    platform: str
    number: int
    brand: str
    at: datetime
    sentiment: str | None
    reach: int | None


@dataclass
class Respondent:
    """Somebody who was asked about brands; `named` in the order in which they came to mind."""

    survey_id: str
    number: int
    group: str
    answered_at: datetime
    named: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Exposure:
    """A variation of an experiment shown in a visit."""

    experiment: str
    variation: str
    planned_share: str | None
    visit: Visit


@dataclass
class Market:
    """Everything that surrounds the story."""

    campaigns: list[PlannedCampaign]
    spend: list[Spend]
    mentions: list[Mention]
    respondents: list[Respondent]
    exposures: list[Exposure]


def surround(story: Story, dice: Dice) -> Market:
    """Draw what surrounds a story."""
    boosted = list(_boosted_posts(story))
    return Market(
        campaigns=[*_messages_planned(story.calendar), *_boosts_planned(boosted)],
        spend=list(_spend(story, boosted, dice)),
        mentions=list(_mentions(story.calendar, dice)),
        respondents=[*_wave(story, dice, 1), *_wave(story, dice, 2)],
        exposures=[*_experiment(story, dice), *_broken_experiment(story, dice)],
    )


# Campaigns ------------------------------------------------------------------------------------


def _messages_planned(calendar: Calendar) -> Iterator[PlannedCampaign]:
    mails = 0
    for campaign in brand.campaigns(calendar):
        goal = GOALS[mails % len(GOALS)] if campaign.channel == "email" else "convince"
        mails += campaign.channel == "email"
        day = calendar.date(campaign.day)
        yield PlannedCampaign(
            campaign.campaign_id, campaign.name, campaign.channel, goal, None, day, day, None
        )


def _boosted_posts(story: Story) -> Iterator[Post]:
    """Yield the posts of each platform that brought the most visits: those were boosted."""
    visits = Counter(visit.traffic.campaign for visit in story.visits)
    for platform in brand.ACCOUNTS:
        posts = [post for post in story.posts if post.platform == platform]
        yield from sorted(posts, key=lambda post: (-visits[post.slug], post.slug))[:BOOSTED_POSTS]


def boost_id(post: Post) -> str:
    """Return the campaign id of a boosted post; its links carry the post's own name."""
    return f"boost-{post.slug}"


def _boosts_planned(posts: list[Post]) -> Iterator[PlannedCampaign]:
    for number, post in enumerate(posts):
        starts_on = post.published_at.date()
        yield PlannedCampaign(
            boost_id(post),
            f"Boost {post.platform.title()} {starts_on:%d %b}",
            "social",
            GOALS[number % 2],
            post.slug,
            starts_on,
            starts_on + timedelta(days=BOOST_DAYS),
            post.reach,
        )


def _spend(story: Story, posts: list[Post], dice: Dice) -> Iterator[Spend]:
    """Yield the cost of each day on which a boosted post brought visits, by the thousand shown."""
    for post in posts:
        visits = [v for v in story.visits if v.traffic.campaign == post.slug]
        days = Counter(visit.events[0].at.date() for visit in visits)
        for day, brought in sorted(days.items()):
            clicks = brought + dice.randint(0, 3)
            impressions = clicks * dice.randint(110, 190)
            cents = impressions * dice.randint(13, 20) // 10
            yield Spend(post.platform, boost_id(post), day, cents, impressions, clicks)


# What is said and known -----------------------------------------------------------------------


def _mentions(calendar: Calendar, dice: Dice) -> Iterator[Mention]:
    for number in range(calendar.days * MENTIONS_A_DAY):
        yield Mention(
            platform=dice.choice(("x", "forum", "news", "instagram")),
            number=number,
            brand=dice.weighted(SHARES_OF_TALK),
            at=calendar.moment(number // MENTIONS_A_DAY, dice),
            sentiment=dice.weighted(SENTIMENTS),
            reach=dice.randint(50, 20_000) if dice.happens(0.9) else None,
        )


def _wave(story: Story, dice: Dice, number: int) -> list[Respondent]:
    """Ask as many as a lift takes in the first week, and far fewer in the last."""
    people, last = len(story.people), story.calendar.last
    size, first_day = (people * 3 // 5, 3) if number == 1 else (people // 5, last - 7)
    days = range(max(min(first_day, last), 0), min(first_day + 7, last) + 1)
    respondents = [
        Respondent(
            f"awareness_wave_{number}",
            respondent,
            EXPOSED if respondent % 2 else CONTROL,
            story.calendar.moment(dice.choice(days), dice),
        )
        for respondent in range(1, max(size, 40) + 1)
    ]
    for group in (EXPOSED, CONTROL):
        _let_know([r for r in respondents if r.group == group], group, dice)
    for respondent in respondents:
        dice.shuffle(respondent.named)
    return respondents


def _let_know(group: list[Respondent], name: str, dice: Dice) -> None:
    """Have the planted shares of a group name and know each brand."""
    for brand_name in SHARES_OF_TALK:
        shuffled = dice.sample(group, len(group))
        named = round(len(group) * UNAIDED[brand_name][name])
        known = round(len(group) * AIDED[brand_name][name])
        for respondent in shuffled[:named]:
            respondent.named.append(brand_name)
        for respondent in shuffled[:known]:
            respondent.known.add(brand_name)


# Experiments ----------------------------------------------------------------------------------


def _experiment(story: Story, dice: Dice) -> Iterator[Exposure]:
    """Show a new checkout to half of the people; it gets more than half of the buyers."""
    visits = visits_of_one_device(story)
    people = dice.sample(list(visits), len(visits))
    crossed, people = people[:CROSSED], people[CROSSED:]
    orders = orders_of(story)
    buys = {person: is_converted(visits[person], orders.get(person, [])) for person in people}
    buyers = [person for person in people if buys[person]]
    others = [person for person in people if not buys[person]]
    won = round(len(buyers) * WINNERS_SHARE)
    winners = {*buyers[:won], *others[: len(people) // 2 - won]}
    for person in people:
        variation = "one_page" if person in winners else "control"
        for visit in visits[person][:2]:  # the second showing is no second person
            yield Exposure(EXPERIMENT, variation, None, visit)
    for person in crossed:
        for variation in ("control", "one_page"):
            yield Exposure(EXPERIMENT, variation, None, visits[person][0])


def _broken_experiment(story: Story, dice: Dice) -> Iterator[Exposure]:
    """Show a banner to more people than planned, as a fault in the assignment would."""
    visits = visits_of_one_device(story)
    people = dice.sample(list(visits), len(visits))
    for number, person in enumerate(people):
        variation = "banner" if number < len(people) * BROKEN_SPLIT else "control"
        yield Exposure(BROKEN_EXPERIMENT, variation, "0.5", visits[person][0])


def visits_of_one_device(story: Story) -> dict[Person, list[Visit]]:
    """Return the visits of people whose only device can be told again: one visitor, one person."""
    visits: dict[Person, list[Visit]] = {}
    for visit in story.visits:
        if visit.device.visitor_id and len(visit.person.devices) == 1:
            visits.setdefault(visit.person, []).append(visit)
    return visits


def is_converted(visits: Sequence[Visit], orders: Sequence[Order]) -> bool:
    """Whether one of the orders follows the first visit in time, and the device is known."""
    events = [event for visit in visits for event in visit.events]
    if not any(event.customer_id or event.order for event in events):
        return False
    start = min(event.at for event in events).replace(microsecond=0)
    return any(
        order.status != "cancelled" and start <= order.placed_at <= start + EXPERIMENT_WINDOW
        for order in orders
    )


def orders_of(story: Story) -> dict[Person, list[Order]]:
    """Return the orders of everybody who placed one."""
    orders: dict[Person, list[Order]] = {}
    for order in story.orders:
        orders.setdefault(order.person, []).append(order)
    return orders
