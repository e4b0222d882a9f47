"""What happens in the demo world, before any vendor's tool has written it down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone

from orchestration.demo.catalog import LANGUAGES, Page, Product
from orchestration.demo.dice import Dice

SHOP_ZONE = timezone(timedelta(hours=2))  # the shop's clock: a fixed offset needs no zone data
KEY_EVENTS = ("generate_lead", "sign_up", "purchase")


@dataclass(frozen=True)
class Calendar:
    """The days of the story, numbered from 0."""

    first_day: date
    days: int

    @property
    def last(self) -> int:
        """Number of the last day."""
        return self.days - 1

    def date(self, day: int) -> date:
        """Return the date of a numbered day."""
        return self.first_day + timedelta(days=day)

    def midnight(self, day: int) -> datetime:
        """Return the first moment of a numbered day, in UTC."""
        return datetime.combine(self.date(day), time(), UTC)

    def moment(self, day: int, dice: Dice) -> datetime:
        """Draw a time of day: between 05:00 and 19:00 UTC it is one date in UTC and the shop."""
        return self.midnight(day) + dice.seconds(5 * 3600, 19 * 3600)

    def day_of(self, moment: datetime) -> int:
        """Return the number of the day in which a moment lies."""
        return (moment.date() - self.first_day).days


@dataclass(frozen=True)
class Traffic:
    """Where a visit came from."""

    source: str
    medium: str
    campaign: str | None = None


@dataclass(eq=False)
class Device:
    """A browser, counting its sessions; without consent to cookies it has no visitor id."""

    visitor_id: str | None
    category: str
    browser: str
    first_traffic: Traffic | None = None
    sessions: int = 0


@dataclass(eq=False)
class Person:
    """Somebody, and the traits that all they do follows from."""

    number: int
    first_name: str
    last_name: str
    country: str
    discovered_by: str
    satisfaction: int  # 0 to 10
    mailbox: str  # fine, full or dead
    has_mail_proxy: bool  # a mail program that opens every message by itself
    devices: list[Device]
    known_from: int | None = None  # the day the shop gave them a customer id
    is_logged_in: bool = False
    order_days: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def customer_id(self) -> str:
        """The shop's id, which tools show only once the person is known."""
        return f"C{self.number:06d}"

    @property
    def email(self) -> str:
        """The e-mail address, in lower case."""
        return f"{self.first_name}.{self.last_name}.{self.number:04d}@example.com".lower()

    @property
    def phone(self) -> str:
        """A number of the range that is kept free for fiction (555-01xx)."""
        return f"+1{200 + self.number // 100}55501{self.number % 100:02d}"

    @property
    def language(self) -> str:
        """ISO 639-1 code of the language the person writes in."""
        return LANGUAGES.get(self.country, "en")

    def was_known_before(self, day: int) -> bool:
        """Whether the shop had given a customer id before `day`."""
        return self.known_from is not None and self.known_from < day


@dataclass(frozen=True)
class OrderLine:
    """Some units of one product."""

    product: Product
    quantity: int

    @property
    def cents(self) -> int:
        """Price of the line before discount."""
        return self.product.cents * self.quantity


@dataclass(eq=False)
class Order:
    """An order on the web or by phone; numbered when the story is over."""

    person: Person
    placed_at: datetime
    channel: str  # web or phone
    lines: list[OrderLine]
    status: str  # placed, cancelled or refunded
    discount_code: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """The number as the shop shows it."""
        return f"#{1000 + self.number}" if self.channel == "web" else f"T-{self.number:05d}"

    @property
    def merchandise_cents(self) -> int:
        """Units times prices, before discount and shipping."""
        return sum(line.cents for line in self.lines)

    @property
    def discount_cents(self) -> int:
        """A tenth with a code, otherwise nothing."""
        return self.merchandise_cents // 10 if self.discount_code else 0


@dataclass(frozen=True)
class WebEvent:
    """One event on the site; the customer id is there once the person has given their name."""

    at: datetime
    name: str
    page: Page
    customer_id: str | None
    order: Order | None = None


@dataclass(eq=False)
class Visit:
    """What one device does on the site without a long pause."""

    person: Person
    device: Device
    traffic: Traffic
    number: int
    events: list[WebEvent] = field(default_factory=list)

    def log(self, at: datetime, name: str, page: Page, order: Order | None = None) -> None:
        """Append an event."""
        known_as = self.person.customer_id if self.person.is_logged_in else None
        self.events.append(WebEvent(at, name, page, known_as, order))


def is_engaged(events: Sequence[WebEvent]) -> bool:
    """Whether events of one session, in order of time, make it engaged as GA4 defines it."""
    names = [event.name for event in events]
    return (
        events[-1].at - events[0].at > timedelta(seconds=10)
        or names.count("page_view") >= 2
        or any(name in KEY_EVENTS for name in names)
    )


@dataclass(frozen=True)
class Campaign:
    """A message to everybody on the list."""

    campaign_id: str
    name: str
    channel: str  # email or sms
    day: int
    sent_at: datetime


@dataclass(frozen=True)
class MessageEvent:
    """Something that happened to the message of a campaign to one person."""

    campaign: Campaign
    person: Person
    event_type: str
    at: datetime
    bounce_type: str | None = None
    by_machine: bool | None = None


@dataclass(eq=False)
class Invitation:
    """A request to answer a survey and, where it was followed, the answers by question."""

    survey_id: str
    touchpoint: str
    person: Person
    invited_at: datetime
    status: str  # sent, bounced, opened, started or answered
    submission_id: str = ""
    answered_at: datetime | None = None
    answers: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ticket:
    """A question to support, in the state of the last day."""

    number: int
    person: Person
    created_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    channel: str
    topic: str
    satisfaction: str  # good, bad, offered or unoffered

    @property
    def ticket_id(self) -> str:
        """The number as the help desk shows it."""
        return f"HD-{self.number:05d}"


@dataclass(frozen=True)
class Review:
    """A review on a public site."""

    site: str
    person: Person
    written_at: datetime
    rating: int
    mood: str


@dataclass(frozen=True)
class Post:
    """A post and its counts in the month it was published; None where a count is missing."""

    platform: str
    number: int
    post_id: str
    published_at: datetime
    kind: str
    text: str
    likes: int
    comments: int
    shares: int | None
    saves: int | None
    reach: int
    views: int

    @property
    def slug(self) -> str:
        """Campaign name in the links of the post."""
        return f"{self.platform}_{self.number:04d}"

    @property
    def interactions(self) -> int:
        """Likes, comments and shares."""
        return self.likes + self.comments + (self.shares or 0)

    def a_month_later(self) -> "Post":
        """Return the post with the counts that the next month's export shows."""
        return replace(
            self,
            likes=self.likes + self.likes // 5,
            comments=self.comments + self.comments // 5,
            shares=self.shares and self.shares + self.shares // 5,
            reach=self.reach + self.reach // 5,
            views=self.views + self.views // 4 + 1,
        )


@dataclass(frozen=True)
class FollowerCount:
    """Followers of an account on one day."""

    platform: str
    day: date
    followers: int


@dataclass
class Story:
    """Everything that happened."""

    calendar: Calendar
    people: list[Person] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    messages: list[MessageEvent] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    follower_counts: list[FollowerCount] = field(default_factory=list)
    golden_post: str = ""
    tickets: list[Ticket] = field(default_factory=list)
    panel: list[Invitation] = field(default_factory=list)


def mood(satisfaction: int) -> str:
    """Name the NPS group of a score from 0 to 10."""
    return "promoter" if satisfaction >= 9 else "passive" if satisfaction >= 7 else "detractor"
