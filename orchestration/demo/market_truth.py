"""What is true of the market that surrounds the story, counted from what was planted."""

from collections import Counter
from typing import Any

from orchestration.demo.market import (
    OWN_BRAND,
    SHARES_OF_TALK,
    UNAIDED,
    Market,
    Respondent,
    is_converted,
    orders_of,
    visits_of_one_device,
)
from orchestration.demo.model import Person, Story, Visit


def count(story: Story, market: Market) -> dict[str, Any]:
    """Count campaigns, spend, talk, awareness and experiments."""
    return {
        "campaigns": _campaigns(story, market),
        "ad_spend": {
            "amount": sum(spend.cents for spend in market.spend) / 100,
            "impressions": sum(spend.impressions for spend in market.spend),
            "clicks": sum(spend.clicks for spend in market.spend),
        },
        "mentions": _mentions(market),
        "awareness": _awareness(market.respondents),
        "experiments": _experiments(story, market),
    }


def _campaigns(story: Story, market: Market) -> dict[str, dict[str, int]]:
    """Count per campaign of the plan who was reached and clicked, and the visits it brought."""
    events = Counter((e.campaign.campaign_id, e.event_type) for e in story.messages)
    visits = Counter(v.traffic.campaign for v in story.visits if v.device.visitor_id)
    return {
        campaign.campaign_id: {
            "sent": events[campaign.campaign_id, "sent"],
            "delivered": events[campaign.campaign_id, "delivered"],
            "clicked": events[campaign.campaign_id, "click"],
            "visits": visits[campaign.utm_campaign or campaign.campaign_id],
        }
        for campaign in market.campaigns
    }


def _mentions(market: Market) -> dict[str, dict[str, dict[str, int]]]:
    """Count mentions and reach per month and brand."""
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for mention in market.mentions:
        brands = counted.setdefault(f"{mention.at:%Y-%m}", {})
        amounts = brands.setdefault(mention.brand, {"mentions": 0, "reach": 0})
        amounts["mentions"] += 1
        amounts["reach"] += mention.reach or 0
    return counted


def _awareness(respondents: list[Respondent]) -> dict[str, Any]:
    """Count per wave, brand, measure and group; and the lift that was planted, in points."""
    surveys: dict[str, list[Respondent]] = {}
    for respondent in respondents:
        surveys.setdefault(respondent.survey_id, []).append(respondent)
    lift = 100 * (UNAIDED[OWN_BRAND]["exposed"] - UNAIDED[OWN_BRAND]["control"])
    return {
        "planted_unaided": UNAIDED,
        "planted_unaided_lift_points": round(lift, 6),
        "counted": {
            survey: {brand: _aware(asked, brand) for brand in SHARES_OF_TALK}
            for survey, asked in surveys.items()
        },
    }


def _aware(asked: list[Respondent], brand: str) -> dict[str, dict[str, list[int]]]:
    aware = {
        "unaided": {r.number for r in asked if brand in r.named},
        "top_of_mind": {r.number for r in asked if r.named[:1] == [brand]},
        "aided": {r.number for r in asked if brand in r.known},
    }
    groups = {
        group: {r.number for r in asked if r.group == group} for group in ("exposed", "control")
    }
    return {
        measure: {group: [len(people & numbers), len(numbers)] for group, numbers in groups.items()}
        for measure, people in aware.items()
    }


def _experiments(story: Story, market: Market) -> dict[str, Any]:
    """Count users and buyers per variation; who was shown two variations is in none."""
    visits, orders = visits_of_one_device(story), orders_of(story)
    shown: dict[str, dict[Person, set[str]]] = {}
    for exposure in market.exposures:
        people = shown.setdefault(exposure.experiment, {})
        people.setdefault(exposure.visit.person, set()).add(exposure.variation)
    counted: dict[str, Any] = {}
    for experiment, people in shown.items():
        variations: dict[str, list[int]] = {}
        for person, seen in people.items():
            if len(seen) == 1:
                amounts = variations.setdefault(min(seen), [0, 0])
                amounts[0] += 1
                amounts[1] += _buys(visits[person], person, orders)
        crossed = sum(len(seen) > 1 for seen in people.values())
        counted[experiment] = {"variations": variations, "crossed": crossed}
    return counted


def _buys(visits: list[Visit], person: Person, orders: dict[Person, Any]) -> bool:
    return is_converted(visits, orders.get(person, []))
