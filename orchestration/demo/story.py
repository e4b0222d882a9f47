"""What people do: they hear of the brand, visit, leave a name, buy, come back or stay away.

Each person is lived through once, from the plans they have (visits, phone calls) and the
campaigns that reach them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.demo import brand, catalog
from orchestration.demo.dice import Dice
from orchestration.demo.model import (
    Calendar,
    Campaign,
    Device,
    MessageEvent,
    Order,
    OrderLine,
    Person,
    Story,
    Traffic,
    Visit,
    mood,
)
from orchestration.demo.opinions import ask_and_listen

VISITS, LEAVES_NAME, BUYS, BUYS_BY_PHONE_UNSEEN = 0.58, 0.28, 0.45, 0.009
COMES_BACK = {"promoter": 0.55, "passive": 0.30, "detractor": 0.10}
DISCOVERED_BY = {"instagram": 35, "facebook": 20, "linkedin": 10, "google": 20, "email": 15}
SATISFACTION = dict(enumerate((2, 1, 1, 2, 3, 5, 7, 14, 22, 25, 18)))
MAILBOXES = {"fine": 95, "full": 3, "dead": 2}
REACTIONS = {"none": 790, "click": 190, "unsubscribe": 16, "complaint": 4}  # to an open message
BETWEEN_VISITS = timedelta(minutes=45)  # longer than the pause that ends a session


@dataclass(frozen=True)
class Plan:
    """What somebody comes for (bounce, read, browse, lead, purchase or phone), and when."""

    start: datetime
    intent: str
    traffic: Traffic


def tell(dice: Dice, calendar: Calendar, people: int) -> Story:
    """Tell the story of `people` people over the days of the calendar."""
    narrator = _Narrator(dice, calendar)
    for number in range(1, people + 1):
        narrator.live(narrator.person(number))
    _number_orders(narrator.story.orders)
    return narrator.story


def _number_orders(orders: list[Order]) -> None:
    orders.sort(key=lambda order: order.placed_at)
    for channel in ("web", "phone"):
        for number, order in enumerate((o for o in orders if o.channel == channel), start=1):
            order.number = number


class _Narrator:
    """Draws lives and adds them to the story."""

    def __init__(self, dice: Dice, calendar: Calendar) -> None:
        self._dice = dice
        self._calendar = calendar
        self._campaigns = brand.campaigns(calendar)
        posts = brand.publish_posts(dice, calendar)
        golden = brand.golden_post(posts)
        self.story = Story(
            calendar=calendar,
            posts=posts,
            follower_counts=brand.count_followers(dice, calendar, golden),
            golden_post=golden.post_id,
        )

    def person(self, number: int) -> Person:
        """Draw a person with one device or two."""
        consents, devices = self._dice.happens(0.94), self._dice.weighted({1: 85, 2: 15})
        person = Person(
            number=number,
            first_name=self._dice.choice(catalog.FIRST_NAMES),
            last_name=self._dice.choice(catalog.LAST_NAMES),
            country=self._dice.weighted(catalog.COUNTRIES),
            discovered_by=self._dice.weighted(DISCOVERED_BY),
            satisfaction=self._dice.weighted(SATISFACTION),
            mailbox=self._dice.weighted(MAILBOXES),
            has_mail_proxy=self._dice.happens(0.35),
            devices=[self._device(consents=consents) for _ in range(devices)],
        )
        self.story.people.append(person)
        return person

    def _device(self, *, consents: bool) -> Device:
        visitor_id = f"{self._dice.randrange(10**9, 2 * 10**9)}.{self._dice.randrange(10**9)}"
        category = self._dice.weighted({"mobile": 60, "desktop": 35, "tablet": 5})
        browser = self._dice.weighted({"Chrome": 55, "Safari": 35, "Firefox": 10})
        return Device(visitor_id if consents else None, category, browser)

    def live(self, person: Person) -> None:
        """Live through what the person plans, in order of time, leaving pauses in between."""
        plans = [*self._plans(person), *self._read_campaigns(person)]
        free_from = self._calendar.midnight(0)
        for plan in sorted(plans, key=lambda plan: plan.start):
            start = max(plan.start, free_from)
            if plan.intent == "phone":
                self._order(person, start, "phone")
            else:
                visit = self._visit(person, plan, start)
                free_from = visit.events[-1].at + BETWEEN_VISITS

    # Plans ------------------------------------------------------------------------------------

    def _plans(self, person: Person) -> Iterator[Plan]:
        """Yield the steps of the person's journey that fall into the story, with their times."""
        steps = [(day, aim) for day, aim in self._journey(person) if day <= self._calendar.last]
        known_days = [day for day, aim in steps if aim in ("lead", "purchase", "phone")]
        person.known_from = known_days[0] if known_days else None
        person.order_days = [day for day, aim in steps if aim in ("purchase", "phone")]
        for day, aim in steps:
            traffic = self._traffic(person, day, is_first=day == steps[0][0])
            yield Plan(self._calendar.moment(day, self._dice), aim, traffic)

    def _journey(self, person: Person) -> Iterator[tuple[int, str]]:
        """Yield what the person comes for, each on a later day than the step before."""
        day = self._dice.randrange(self._calendar.days)
        if not self._dice.happens(VISITS):
            if self._dice.happens(BUYS_BY_PHONE_UNSEEN):
                yield from self._purchases(person, day, by_phone=1.0)
            return
        for _ in range(self._dice.randint(1, 3)):
            yield day, self._dice.weighted({"bounce": 60, "read": 15, "browse": 25})
            day = self._later(day)
        if person.devices[0].visitor_id is None or not self._dice.happens(LEAVES_NAME):
            return
        yield day, "lead"
        for _ in range(self._dice.randint(0, 3)):
            day = self._later(day)
            yield day, "browse"
        if self._dice.happens(BUYS):
            yield from self._purchases(person, self._later(day), by_phone=0.08)

    def _purchases(self, person: Person, day: int, by_phone: float) -> Iterator[tuple[int, str]]:
        comes_back = self._dice.happens(COMES_BACK[mood(person.satisfaction)])
        for _ in range(1 + (self._dice.randint(1, 3) if comes_back else 0)):
            yield day, "phone" if self._dice.happens(by_phone) else "purchase"
            day = self._later(day)

    def _later(self, day: int) -> int:
        """Draw a later day, more likely a near one; it may lie behind the end of the story."""
        stretch = self._dice.random() * self._dice.random() / 3
        return day + 1 + int(max(self._calendar.last - day, 0) * stretch)

    def _traffic(self, person: Person, day: int, *, is_first: bool) -> Traffic:
        source = person.discovered_by if is_first or self._dice.happens(0.3) else "(direct)"
        if source == "google":
            return Traffic("google", "organic")
        if source in brand.ACCOUNTS:
            return Traffic(source, "social", self._newest_post(source, day))
        return Traffic("(direct)", "(none)")

    def _newest_post(self, platform: str, day: int) -> str | None:
        """Return the campaign of the platform's newest post on the evening before `day`."""
        today = self._calendar.date(day)
        posts = (post for post in reversed(self.story.posts) if post.platform == platform)
        return next((post.slug for post in posts if post.published_at.date() < today), None)

    # Campaigns --------------------------------------------------------------------------------

    def _read_campaigns(self, person: Person) -> Iterator[Plan]:
        """Yield the visits that follow from the clicks on campaigns, until the person has left."""
        for campaign in self._campaigns:
            is_customer = any(day < campaign.day for day in person.order_days)
            is_reader = person.discovered_by == "email" or person.was_known_before(campaign.day)
            if not (is_reader if campaign.channel == "email" else is_customer):
                continue
            events = list(self._receive(person, campaign))
            self.story.messages += events
            last = events[-1]
            if last.event_type == "click":
                intent = self._dice.weighted({"bounce": 30, "read": 20, "browse": 50})
                source = "newsletter" if campaign.channel == "email" else "text_message"
                traffic = Traffic(source, campaign.channel, campaign.campaign_id)
                yield Plan(last.at + self._dice.seconds(1, 4), intent, traffic)
            if last.event_type in ("unsubscribe", "complaint") or last.bounce_type == "hard":
                return

    def _receive(self, person: Person, campaign: Campaign) -> Iterator[MessageEvent]:
        """Yield what happens to one message, from being sent to the last thing done with it."""
        by_mail = campaign.channel == "email"
        at = campaign.sent_at + self._dice.seconds(1, 600)
        yield MessageEvent(campaign, person, "sent", at)
        at += self._dice.seconds(1, 30)
        if by_mail and person.mailbox != "fine":
            bounce = "hard" if person.mailbox == "dead" else "soft"
            yield MessageEvent(campaign, person, "bounce", at, bounce_type=bounce)
            return
        yield MessageEvent(campaign, person, "delivered", at)
        if by_mail and person.has_mail_proxy:
            opened_at = at + self._dice.seconds(5, 300)
            yield MessageEvent(campaign, person, "open", opened_at, by_machine=True)
        if not self._dice.happens(0.33):
            return
        at += self._dice.seconds(900, 8 * 3600)
        if by_mail:
            yield MessageEvent(campaign, person, "open", at, by_machine=False)
        reaction = self._dice.weighted(REACTIONS)
        if reaction != "none":
            yield MessageEvent(campaign, person, reaction, at + self._dice.seconds(5, 90))

    # Visits -----------------------------------------------------------------------------------

    def _visit(self, person: Person, plan: Plan, at: datetime) -> Visit:
        device = self._dice.choices(person.devices, (65, 35)[: len(person.devices)])[0]
        device.first_traffic = device.first_traffic or plan.traffic
        device.sessions += 1
        visit = Visit(person, device, plan.traffic, device.sessions)
        landing = self._dice.choice(catalog.PAGES)
        for name in ("first_visit", "session_start", "page_view")[device.sessions > 1 :]:
            visit.log(at, name, landing)
        if plan.intent == "bounce":
            if self._dice.happens(0.5):
                visit.log(at + self._dice.seconds(1, 8), "scroll", landing)
        elif plan.intent == "read":
            visit.log(at + self._dice.seconds(20, 240), "scroll", landing)
        else:
            self._browse(visit, plan.intent)
        self.story.visits.append(visit)
        return visit

    def _browse(self, visit: Visit, intent: str) -> None:
        """See more pages and then, having come for that, leave a name or buy."""
        at = visit.events[-1].at
        for _ in range(self._dice.randint(1, 4)):
            takes_a_call = self._dice.happens(0.03)  # and comes back within the same session
            at += self._dice.seconds(600, 1_500) if takes_a_call else self._dice.seconds(15, 200)
            visit.log(at, "page_view", self._dice.choice(catalog.PAGES))
        if intent == "lead":
            visit.person.is_logged_in = True
            visit.log(at + self._dice.seconds(15, 90), "generate_lead", catalog.SIGN_UP)
        elif intent == "purchase":
            for name, page in (("add_to_cart", catalog.CART), ("begin_checkout", catalog.CHECKOUT)):
                at += self._dice.seconds(10, 90)
                visit.log(at, name, page)
            at += self._dice.seconds(40, 200)
            visit.log(at, "purchase", catalog.THANK_YOU, self._order(visit.person, at, "web"))

    # Orders and what follows ------------------------------------------------------------------

    def _order(self, person: Person, at: datetime, channel: str) -> Order:
        products = self._dice.sample(catalog.PRODUCTS, self._dice.weighted({1: 60, 2: 28, 3: 12}))
        order = Order(
            person=person,
            placed_at=at.replace(microsecond=0),
            channel=channel,
            lines=[OrderLine(p, self._dice.weighted({1: 75, 2: 18, 4: 7})) for p in products],
            status=self._dice.weighted({"placed": 90, "cancelled": 5, "refunded": 5}),
            discount_code="WELCOME10" if self._dice.happens(0.2) else "",
        )
        self.story.orders.append(order)
        if order.status != "cancelled":
            ask_and_listen(self._dice, self.story, order)
        return order
