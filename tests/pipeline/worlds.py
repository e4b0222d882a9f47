"""Thirty little companies whose files arrive in thirty orders, one after the other or together.

Each world has the same kinds of trouble: sessions over midnight and over the edge between two
files, records delivered twice, corrected later, replaced in place, withdrawn; visitors who say
late who they are; customers with two addresses; orders cancelled afterwards; tools that count
sessions of their own or repeat what was answered so far. The ids of a world are its own, so thirty
orders of arrival fit into one sequence of nights.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orchestration.ingestion import read_contracts
from orchestration.settings import SHIPPED_CONTRACTS_DIR
from tests.builders import Workshop

CONTRACTS = read_contracts(SHIPPED_CONTRACTS_DIR)
START = datetime(2026, 2, 26, 22, 0)
TEXTS = ["Really good quality", "Leider sehr schlecht", "Trop cher pour nous", "很好，很喜欢", None]
EVENTS = ["page_view", "product_view", "add_to_cart", "generate_lead", "login", "scroll"]
Rows = list[dict[str, Any]]


@dataclass
class World:
    """The rows of one company and the files they come in."""

    name: str
    dice: random.Random
    files: dict[tuple[str, str], Rows] = field(default_factory=dict)

    def moment(self, first: int = 0, last: int = 40 * 24 * 60) -> str:
        return (START + timedelta(minutes=self.dice.uniform(first, last))).isoformat()

    def customer(self) -> str | None:
        return self.dice.choice([None, *(f"{self.name}-C{i}" for i in range(4))])

    def email(self) -> str | None:
        return self.dice.choice([None, *(f"{self.name}.m{i}@example.com" for i in range(5))])

    def spread(
        self,
        entity: str,
        rows: Rows,
        parts: int,
        correct: Callable[[Any], Any],
        ending: str = "ndjson",
    ) -> None:
        """Share rows out among files; some come twice, some of those corrected."""
        for part in range(parts):
            mine = [row for row in rows if self.dice.random() < 1 / parts]
            again = [correct(dict(row)) for row in rows if self.dice.random() < 0.1]
            keyed = {str(sorted(self.key(entity, r).items())): r for r in mine + again}
            if keyed:
                self.files[entity, f"{self.name}-{part}.{ending}"] = list(keyed.values())

    def key(self, entity: str, row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in KEYS[entity]}


KEYS = {
    "generic/web_events": ["event_id"],
    "generic/messages": ["message_event_id"],
    "generic/orders": ["order_id", "line_number"],
    "generic/survey_answers": ["survey_id", "submission_id", "question_id"],
    "generic/reviews": ["site", "review_id"],
    "generic/loyalty_ledger": ["entry_id"],
    "generic/referrals": ["referral_id"],
    "generic/participation": ["participation_id"],
    "generic/survey_invitations": ["survey_id", "invitation_id"],
    "generic/tickets": ["ticket_id"],
    "generic/social_posts": ["platform", "post_id"],
    "generic/social_accounts": ["platform", "account_id", "snapshot_date"],
    "generic/campaigns": ["campaign_id"],
    "generic/ad_spend": ["platform", "campaign_id", "spend_date"],
    "generic/brand_mentions": ["platform", "mention_id", "brand"],
    "generic/brand_awareness_answers": ["survey_id", "respondent_id", "brand"],
    "generic/experiment_exposures": ["experiment_id", "exposure_id"],
    "posthog/events": ["uuid"],
    "snowplow/events": ["event_id"],
    "snowplow/enriched": ["event_id"],
}


def make_world(name: str, seed: int) -> World:
    """Invent the rows of one world and share them out among files."""
    world = World(name, random.Random(seed))
    dice = world.dice
    world.spread("generic/web_events", _web_events(world), 3, lambda r: r | {"page_url": "/late"})
    world.spread("generic/messages", _messages(world), 2, lambda r: r)
    world.spread("generic/orders", _orders(world), 2, lambda r: r | {"quantity": 9})
    world.spread(
        "generic/survey_answers", _answers(world), 2,
        lambda r: r | {"score": dice.randint(0, 5), "answered_at": world.moment()},
    )  # fmt: skip
    reviews = [
        {"site": "s", "review_id": f"{name}-{i}", "reviewed_at": world.moment(), "rating": 4,
         "review_text": dice.choice(TEXTS), "email": world.email(),
         "customer_id": world.customer()}
        for i in range(4)
    ]  # fmt: skip
    world.spread(
        "generic/reviews", reviews, 2, lambda r: r | {"rating": 1, "review_text": "No good"}
    )
    world.spread("generic/loyalty_ledger", _ledger(world), 2, lambda r: r | {"points": 7})
    world.spread(
        "generic/referrals", _referrals(world), 2, lambda r: r | {"signed_up_at": world.moment()}
    )
    world.spread("generic/participation", _participation(world), 2, lambda r: r | {"kind": "event"})
    posts = [
        {"platform": "x", "post_id": f"{name}-{i}", "account_id": name, "likes": 3, "comments": i,
         "published_at": world.moment()}
        for i in range(5)
    ]  # fmt: skip
    world.spread("generic/social_posts", posts, 2, lambda r: r | {"likes": 30})
    followers = [
        {"platform": "x", "account_id": name, "snapshot_date": world.moment()[:10], "followers": i}
        for i in range(5)
    ]
    world.spread("generic/social_accounts", followers, 2, lambda r: r | {"followers": 77})
    _spread_brand(world)
    world.spread(
        "generic/survey_invitations", _invitations(world), 2, lambda r: r | {"status": "answered"}
    )
    world.spread(
        "generic/tickets", _tickets(world), 2,
        lambda r: r | {"resolved_at": world.moment(), "satisfaction": "good"},
    )  # fmt: skip
    world.spread(
        "posthog/events", _survey_events(world), 3,
        lambda r: r | {"properties": r["properties"] | _questions(dice)},
    )  # fmt: skip
    tracked = _tracked_events(world)
    world.spread("snowplow/events", tracked[6:], 3, lambda r: r | {"page_url": "/late"}, "csv")
    world.spread("snowplow/enriched", tracked[:18], 2, lambda r: r | {"page_url": "/raw"}, "tsv")
    return world


def _spread_brand(world: World) -> None:
    """Campaigns that sessions name, mentions, an awareness survey and an experiment."""
    name, dice = world.name, world.dice
    plan = [
        {"campaign_id": f"{name}-plan", "utm_campaign": f"{name}-spring", "stage_goal": "inform"},
        {"campaign_id": f"{name}-mail", "stage_goal": "show care"},
    ]
    world.spread("generic/campaigns", plan, 2, lambda r: r | {"utm_campaign": f"{name}-mail"})
    spend = [
        {"platform": "x", "campaign_id": f"{name}-plan", "spend_date": world.moment()[:10],
         "spend_amount": "1.10", "currency": dice.choice(["EUR", "EUR", "USD"])}
        for _ in range(4)
    ]  # fmt: skip
    world.spread("generic/ad_spend", spend, 2, lambda r: r | {"spend_amount": "2.35"})
    mentions = [
        {"platform": "x", "mention_id": f"{name}-{i}", "brand": brand, "is_own_brand": brand == "a",
         "mentioned_at": world.moment(), "reach": dice.choice([None, 10, 33])}
        for i in range(5)
        for brand in ("a", "b")
    ]  # fmt: skip
    world.spread("generic/brand_mentions", mentions, 2, lambda r: r | {"reach": 900})
    answers = [
        {"survey_id": name, "respondent_id": f"{respondent}", "brand": brand,
         "unaided_rank": dice.choice([None, 1, 2]), "is_aided": dice.choice([None, True, False]),
         "exposure_group": ["exposed", "control"][respondent % 2], "answered_at": world.moment()}
        for respondent in range(6)
        for brand in ("a", "b")
    ]  # fmt: skip
    world.spread(
        "generic/brand_awareness_answers", answers, 2, lambda r: r | {"answered_at": world.moment()}
    )
    exposures = [
        {"experiment_id": f"e{i % 2}", "exposure_id": f"{name}-{i}",
         "variation": dice.choice(["control", "new"]), "exposed_at": world.moment(),
         "visitor_id": f"{name}-V{dice.randint(0, 5)}", "customer_id": world.customer(),
         "email": world.email() if dice.random() < 0.2 else None}
        for i in range(8)
    ]  # fmt: skip
    world.spread("generic/experiment_exposures", exposures, 2, lambda r: r | {"variation": "new"})


def _web_events(world: World) -> Rows:
    rows, dice = [], world.dice
    for visitor in range(6):
        for _ in range(dice.randint(1, 4)):
            at = START + timedelta(minutes=dice.uniform(0, 40 * 24 * 60))
            for _ in range(dice.randint(1, 6)):
                at += timedelta(seconds=dice.choice([0, 5, 600, 1799, 1800, 1801, 2500]))
                rows.append(
                    {
                        "event_id": f"{world.name}-{len(rows)}",
                        "occurred_at": at.isoformat(),
                        "event_name": dice.choice(EVENTS),
                        "visitor_id": f"{world.name}-V{visitor}",
                        "customer_id": world.customer() if dice.random() < 0.1 else None,
                        "email": world.email() if dice.random() < 0.1 else None,
                        "order_id": f"{world.name}-O{dice.randint(0, 5)}"
                        if dice.random() < 0.1
                        else None,
                        "page_url": f"/{len(rows)}",
                        "page_load_seconds": dice.choice([None, None, 0.8, 2.5, 4.2]),
                        "traffic_source": dice.choice([None, None, "google", "newsletter"]),
                        "traffic_medium": dice.choice([None, None, None, "email"]),
                        "campaign": f"{world.name}-{len(rows) % 3}".replace("-1", "-spring")
                        if len(rows) % 4 == 0
                        else None,
                        "engagement_seconds": dice.choice([None, 0.1, 3.7]),
                    }
                )
    return rows


def _messages(world: World) -> Rows:
    kinds = ["delivered", "open", "click", "bounce"]
    campaigns = [None, f"{world.name}-a", f"{world.name}-mail"]
    return [
        {
            "message_event_id": f"{world.name}-{i}",
            "occurred_at": world.moment(),
            "message_id": f"m{i // 3}",
            "campaign_id": world.dice.choice(campaigns),
            "channel": "email",
            "event_type": world.dice.choice(kinds),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(12)
    ]


def _orders(world: World) -> Rows:
    heads = [
        {"order_id": f"{world.name}-O{order}", "ordered_at": world.moment(), "currency": "EUR",
         "customer_id": world.customer(), "email": world.email()}
        for order in range(6)
    ]  # fmt: skip
    return [
        head | {"line_number": line, "product_id": "p", "quantity": line + 1, "unit_price": "9.95",
                "order_status": world.dice.choice([None, None, "cancelled"])}
        for head in heads
        for line in range(world.dice.randint(1, 3))
    ]  # fmt: skip


def _answers(world: World) -> Rows:
    return [
        {
            "survey_id": "s",
            "submission_id": f"{world.name}-{i}",
            "question_id": question,
            "question_kind": question,
            "score": world.dice.randint(1, 5),
            "answered_at": world.moment(),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(5)
        for question in ("nps", "csat")
    ]


def _ledger(world: World) -> Rows:
    return [
        {
            "entry_id": f"{world.name}-{i}",
            "occurred_at": world.moment(),
            "entry_type": world.dice.choice(["join", "earn", "earn", "redeem", "expire", "tier"]),
            "points": world.dice.randint(1, 50),
            "tier": world.dice.choice([None, None, "silver", "gold"]),
            "reward_type": world.dice.choice([None, "experience"]),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(10)
    ]


def _invitations(world: World) -> Rows:
    return [
        {
            "survey_id": "s",
            "invitation_id": f"{world.name}-{i}",
            "invited_at": world.moment(),
            "channel": world.dice.choice(["email", "sms", None]),
            "touchpoint": world.dice.choice(["checkout", "support", None]),
            "status": world.dice.choice(["sent", "opened", "started", "bounced", None]),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(10)
    ]


def _referrals(world: World) -> Rows:
    return [
        {
            "referral_id": f"{world.name}-{i}",
            "invited_at": world.moment(),
            "rewarded_at": world.dice.choice([None, world.moment()]),
            "reward_amount": 15,
            "currency": "EUR",
            "email": world.email(),
            "customer_id": world.customer(),
            "invitee_email": world.email(),
            "invitee_customer_id": world.customer() if world.dice.random() < 0.3 else None,
        }
        for i in range(4)
    ]


def _participation(world: World) -> Rows:
    return [
        {
            "participation_id": f"{world.name}-{i}",
            "occurred_at": world.moment(),
            "kind": world.dice.choice(["contest", "community"]),
            "title": "t",
            "channel": world.dice.choice([None, "web", "store"]),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(4)
    ]


def _tickets(world: World) -> Rows:
    return [
        {
            "ticket_id": f"{world.name}-{i}",
            "created_at": world.moment(),
            "first_response_at": world.dice.choice([None, world.moment()]),
            "channel": world.dice.choice(["email", "chat", None]),
            "topic": "delivery",
            "satisfaction": world.dice.choice(["offered", "bad", None]),
            "email": world.email(),
            "customer_id": world.customer(),
        }
        for i in range(6)
    ]


def _survey_events(world: World) -> Rows:
    """Two or three events a submission, each with all answers so far or other ones."""
    dice = world.dice
    return [
        {
            "uuid": f"{world.name}-{submission}-{number}",
            "event": "survey sent",
            "timestamp": world.moment(),
            "distinct_id": f"{world.name}-V{submission}",
            "properties": {
                "$survey_id": "pulse",
                "$survey_submission_id": f"{world.name}-{submission}",
                **_questions(dice),
            },
        }
        for submission in range(4)
        for number in range(dice.randint(2, 3))
    ]


def _questions(dice: random.Random) -> dict[str, Any]:
    answers = {
        "How likely are you to recommend us?": dice.choice([None, "3", "9"]),
        "Why?": dice.choice([*TEXTS, f"No. {dice.randint(1, 999)}"]),
    }
    return {
        "$survey_questions": [
            {"id": question[:3], "question": question, "response": answer}
            for question, answer in answers.items()
        ]
    }


def _tracked_events(world: World) -> Rows:
    """Visits in two tabs: the tracker's sessions alternate within half an hour."""
    rows, dice = [], world.dice
    for visitor in range(3):
        at = START + timedelta(minutes=dice.uniform(0, 40 * 24 * 60))
        for _ in range(12):
            at += timedelta(seconds=dice.choice([0, 300, 900, 1200, 1900]))
            rows.append(
                {
                    "event_id": f"{world.name}-{len(rows)}",
                    "event_name": "page_view",
                    "derived_tstamp": at.isoformat(),
                    "domain_userid": f"{world.name}-V{visitor}",
                    "domain_sessionid": f"{world.name}-{dice.choice('aab')}",
                    "page_url": f"/{len(rows)}",
                }
            )
    return rows


@dataclass(frozen=True)
class Step:
    """Something that happens to a file before a night's refresh."""

    night: int
    do: Callable[[Workshop], Any]


def land_file(workshop: Workshop, entity: str, name: str, rows: Rows) -> None:
    """Write rows the way in which the tool writes them, as the file's name says."""
    if name.endswith(".ndjson"):
        workshop.land_rows(entity, name, rows)
    else:
        workshop.land(entity, name, _delimited(entity, rows))


def withdraw(entity: str, name: str) -> Callable[[Workshop], Any]:
    """What takes a file away, and its rows back."""

    def away(workshop: Workshop) -> None:
        (workshop.landing / entity / name).unlink(missing_ok=True)
        source, kind = entity.split("/")
        workshop.ledger.forget_file(source, kind, name)

    return away


def arrivals(world: World, nights: int) -> list[Step]:
    """One random order of arrival of a world's files, some first in another version.

    Some files leave the landing folder after they have been read, some are withdrawn and come
    again; a file that does not belong to the world comes and is withdrawn for good.
    """
    dice, steps = world.dice, []

    def land(entity: str, name: str, rows: Rows) -> Callable[[Workshop], Any]:
        return lambda workshop: land_file(workshop, entity, name, rows)

    for (entity, name), rows in world.files.items():
        night = dice.randrange(nights)
        steps.append(Step(night, land(entity, name, rows)))
        if night and dice.random() < 0.4:
            draft = [row for row in rows if dice.random() < 0.6] or rows
            steps.append(Step(dice.randrange(night), land(entity, name, draft)))
        elif night > 1 and dice.random() < 0.3:
            first = dice.randrange(night - 1)
            steps.append(Step(first, land(entity, name, rows)))
            steps.append(Step(first + 1, withdraw(entity, name)))
    for (entity, name), rows in list(world.files.items())[::5]:
        stranger = [row for row in rows if dice.random() < 0.5] or rows
        night = dice.randrange(nights - 1)
        steps.append(Step(night, land(entity, f"wrong-{name}", stranger)))
        steps.append(Step(night + 1, withdraw(entity, f"wrong-{name}")))
    return sorted(steps, key=lambda step: step.night)


def _delimited(entity: str, rows: Rows) -> str:
    """Rows as CSV with a header; without one where the contract names the columns."""
    source, kind = entity.split("/")
    layout = CONTRACTS[source].entities[kind].format
    written = io.StringIO()
    names = layout.column_names or tuple(rows[0])
    writer = csv.DictWriter(written, names, delimiter=layout.delimiter, lineterminator="\n")
    if not layout.column_names:
        writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()
