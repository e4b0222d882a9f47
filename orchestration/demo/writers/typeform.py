"""Typeform's responses: one JSON document a month; questions without an answer are absent."""

from datetime import timedelta

from orchestration.demo.exports import ExportFile, Record, as_json, by_month, spelled, utc
from orchestration.demo.model import Invitation, Story
from orchestration.demo.opinions import NPS_SURVEY

_TYPES = {"heard_from": "multiple_choice", "nps_reason": "long_text"}


def export(story: Story) -> list[ExportFile]:
    """Return the responses to the survey after a purchase."""
    responses = [i for i in story.invitations if i.survey_id == NPS_SURVEY and i.answered_at]
    return [
        ExportFile(
            source="typeform",
            entity="responses",
            name=f"{NPS_SURVEY}-{month}.json",
            records=[Record(r.submission_id, as_json(_item(r))) for r in received],
            head='{"items":[\n',
            between=",\n",
            foot=f'\n],"total_items":{len(received)},"page_count":1}}\n',
        )
        for month, received in by_month(responses, lambda r: r.answered_at or r.invited_at).items()
    ]


def _item(response: Invitation) -> dict[str, object]:
    person, submitted_at = response.person, response.answered_at or response.invited_at
    return {
        "landing_id": response.submission_id,
        "token": response.submission_id,
        "response_id": response.submission_id,
        "response_type": "completed" if response.status == "answered" else "partial",
        "landed_at": utc(submitted_at - timedelta(seconds=40 + person.number % 200)),
        "submitted_at": utc(submitted_at),
        "metadata": {"platform": "other", "browser": "default"},
        "hidden": {
            "email": spelled(person.email, person.number),
            "customer_id": person.customer_id,
            "touchpoint": response.touchpoint,
        },
        "calculated": {"score": 0},
        "answers": [_answer(ref, value) for ref, value in response.answers.items()],
    }


def _answer(ref: str, value: int | str) -> dict[str, object]:
    field = {"id": f"f{ref.title().replace('_', '')}", "ref": ref}
    match _TYPES.get(ref):
        case "multiple_choice" as kind:
            return {"field": {**field, "type": kind}, "type": "choice", "choice": {"label": value}}
        case "long_text" as kind:
            return {"field": {**field, "type": kind}, "type": "text", "text": value}
        case _:
            return {"field": {**field, "type": "number"}, "type": "number", "number": value}
