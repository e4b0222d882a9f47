"""What customers say after an order: in surveys and in public reviews."""

from orchestration.demo.catalog import REASONS
from orchestration.demo.dice import Dice
from orchestration.demo.model import Invitation, Order, Person, Review, Story, mood

NPS_SURVEY = "post_purchase_nps"
CHANNEL_NAMES = {
    "instagram": "Instagram",
    "facebook": "Facebook",
    "linkedin": "LinkedIn",
    "google": "Search",
    "email": "Newsletter",
}
_TOUCHPOINTS = {
    NPS_SURVEY: "purchase",
    "checkout_feedback": "checkout",
    "support_feedback": "support",
}
_OUTCOMES = {"answered": 50, "started": 4, "opened": 20, "sent": 26}


def ask_and_listen(dice: Dice, story: Story, order: Order) -> None:
    """Ask the buyer to answer surveys, and hear what they say in public."""
    day = story.calendar.day_of(order.placed_at)
    if order.channel == "web" and dice.happens(0.5):
        _invite(dice, story, order.person, "checkout_feedback", day + 1)
    if dice.happens(0.35):
        asked_on = day + dice.randint(2, 9)
        _invite(dice, story, order.person, "support_feedback", asked_on)
    _invite(dice, story, order.person, NPS_SURVEY, day + dice.randint(4, 8))
    written_on = day + dice.randint(6, 20)
    if dice.happens(0.25) and written_on <= story.calendar.last:
        story.reviews.append(_review(dice, story, order.person, written_on))


def _invite(dice: Dice, story: Story, person: Person, survey_id: str, day: int) -> None:
    last = story.calendar.last
    answered_on = day + dice.randint(1, 3)
    if day > last:
        return
    outcome = dice.weighted(_OUTCOMES) if answered_on <= last else "sent"
    invitation = Invitation(
        survey_id=survey_id,
        touchpoint=_TOUCHPOINTS[survey_id],
        person=person,
        invited_at=story.calendar.moment(day, dice),
        status="bounced" if person.mailbox == "dead" else outcome,
    )
    if invitation.status in ("answered", "started"):
        invitation.submission_id = f"{dice.getrandbits(64):016x}"
        invitation.answered_at = story.calendar.moment(answered_on, dice)
        invitation.answers = _answers(dice, invitation)
    story.invitations.append(invitation)


def _answers(dice: Dice, invitation: Invitation) -> dict[str, int | str]:
    """Answer by question; who stops half-way has not come to a score yet."""
    person, is_nps = invitation.person, invitation.survey_id == NPS_SURVEY
    opening = {"heard_from": CHANNEL_NAMES[person.discovered_by]} if is_nps else {}
    if invitation.status == "started":
        return {**opening}
    felt = min(max(person.satisfaction + dice.randint(-1, 1), 0), 10)
    csat, ces = _on_scale(felt, 5), _on_scale(felt, 7)
    scores = {"nps_score": felt} if is_nps else {"csat": csat, "ces": ces}
    if is_nps and dice.happens(0.5):
        scores["csat_overall"] = csat
    comment = {"nps_reason" if is_nps else "comment": dice.choice(REASONS[mood(felt)])}
    return {**opening, **scores, **(comment if dice.happens(0.6) else {})}


def _on_scale(felt: int, top: int) -> int:
    """Turn 0 to 10 into 1 to `top`."""
    return 1 + (felt * (top - 1) + 5) // 10


def _review(dice: Dice, story: Story, person: Person, day: int) -> Review:
    return Review(
        site=dice.choice(("trustpilot", "google")),
        person=person,
        written_at=story.calendar.moment(day, dice),
        rating=_on_scale(person.satisfaction, 5),
        mood=mood(person.satisfaction),
    )
