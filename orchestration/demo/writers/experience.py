"""The help desk's tickets and the brand panel, in the project's canonical columns."""

from collections.abc import Iterator

from orchestration.demo.exports import ExportFile, by_month, csv_file, spelled, utc
from orchestration.demo.model import Invitation, Story, Ticket
from orchestration.demo.writers.surveys import (
    ANSWER_COLUMNS,
    INVITATION_COLUMNS,
    answer_rows,
    invitation_row,
)

_TICKET_COLUMNS = (
    "ticket_id", "created_at", "first_response_at", "resolved_at", "status", "channel", "topic",
    "satisfaction", "email", "customer_id",
)  # fmt: skip
_QUESTIONS = {
    "csat": ("csat", "How satisfied are you with Tide & Linen?", 5),
    "ces": ("ces", "Tide & Linen made it easy for me.", 7),
    "ces_v1": ("ces_v1", "How much effort did it take you?", 5),
    "comment": ("text", "What should we know?", None),
}


def export(story: Story) -> list[ExportFile]:
    """Return the files of tickets, panel invitations and panel answers."""
    return [*_ticket_files(story), *_panel_files(story)]


def _ticket_files(story: Story) -> Iterator[ExportFile]:
    for month, tickets in by_month(story.tickets, lambda ticket: ticket.created_at).items():
        rows = ((ticket.ticket_id, _ticket_cells(ticket)) for ticket in tickets)
        yield csv_file("generic", "tickets", f"tickets_{month}.csv", _TICKET_COLUMNS, rows)


def _ticket_cells(ticket: Ticket) -> dict[str, object]:
    answered, resolved = ticket.first_response_at, ticket.resolved_at
    return {
        "ticket_id": ticket.ticket_id,
        "created_at": utc(ticket.created_at),
        "first_response_at": answered and utc(answered),
        "resolved_at": resolved and utc(resolved),
        "status": "solved" if resolved else "pending" if answered else "new",
        "channel": ticket.channel,
        "topic": ticket.topic,
        "satisfaction": ticket.satisfaction,
        "email": spelled(ticket.person.email, ticket.number),
        "customer_id": ticket.person.customer_id,
    }


def _panel_files(story: Story) -> Iterator[ExportFile]:
    for month, sent in by_month(story.panel, lambda i: i.invited_at).items():
        rows = (invitation_row(i, f"P-{i.person.number:06d}", _channel(i)) for i in sent)
        name = f"panel_invitations_{month}.csv"
        yield csv_file("generic", "survey_invitations", name, INVITATION_COLUMNS, rows)
    answered = [i for i in story.panel if i.answered_at]
    for month, received in by_month(answered, lambda i: i.answered_at or i.invited_at).items():
        rows = (row for invitation in received for row in answer_rows(invitation, _QUESTIONS))
        yield csv_file("generic", "survey_answers", f"panel_{month}.csv", ANSWER_COLUMNS, rows)


def _channel(invitation: Invitation) -> str:
    return "email" if invitation.person.number % 3 else "app"
