"""Answers and invitations of surveys in the project's canonical columns."""

from collections.abc import Mapping

from orchestration.demo.exports import Rows, spelled, utc
from orchestration.demo.model import Invitation

Questions = Mapping[str, tuple[str, str, int | None]]  # kind, text and highest score by question

INVITATION_COLUMNS = (
    "survey_id", "invitation_id", "invited_at", "channel", "touchpoint", "status", "email",
    "customer_id",
)  # fmt: skip
ANSWER_COLUMNS = (
    "survey_id", "submission_id", "question_id", "question_kind", "question_text", "score",
    "scale_max", "answer_text", "answered_at", "touchpoint", "email", "customer_id",
)  # fmt: skip


def invitation_row(
    invitation: Invitation, invitation_id: str, channel: str
) -> tuple[str, dict[str, object]]:
    """Return the key and the cells of one invitation."""
    return (
        f"{invitation.survey_id}/{invitation_id}",
        {
            "survey_id": invitation.survey_id,
            "invitation_id": invitation_id,
            "invited_at": utc(invitation.invited_at),
            "channel": channel,
            "touchpoint": invitation.touchpoint,
            "status": invitation.status,
            "email": invitation.person.email,
            "customer_id": invitation.person.customer_id,
        },
    )


def answer_rows(submission: Invitation, questions: Questions) -> Rows:
    """Yield the key and the cells of each answer of a submission."""
    for question, value in submission.answers.items():
        kind, text, scale_max = questions[question]
        is_score = isinstance(value, int)
        yield (
            f"{submission.survey_id}/{submission.submission_id}/{question}",
            {
                "survey_id": submission.survey_id,
                "submission_id": submission.submission_id,
                "question_id": question,
                "question_kind": kind,
                "question_text": text,
                "score": value if is_score else None,
                "scale_max": scale_max,
                "answer_text": None if is_score else value,
                "answered_at": utc(submission.answered_at or submission.invited_at),
                "touchpoint": submission.touchpoint,
                "email": spelled(submission.person.email, submission.person.number),
                "customer_id": submission.person.customer_id,
            },
        )
