"""The loyalty programme, invitations and participations, in the project's canonical columns."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from orchestration.demo.catalog import CURRENCY
from orchestration.demo.club import REWARD_CENTS, Club, LedgerEntry, Participation, Referral
from orchestration.demo.exports import (
    ExportFile,
    by_month,
    csv_file,
    money,
    ndjson_file,
    present,
    spelled,
    utc,
)

_LEDGER_COLUMNS = (
    "entry_id", "occurred_at", "entry_type", "points", "tier", "reward_type", "order_id", "email",
    "customer_id",
)  # fmt: skip
_REFERRAL_COLUMNS = (
    "referral_id", "invited_at", "signed_up_at", "first_purchase_at", "rewarded_at",
    "reward_amount", "currency", "referrer_email", "referrer_customer_id", "invitee_email",
    "invitee_customer_id",
)  # fmt: skip


def export_club(club: Club) -> list[ExportFile]:
    """Return the files of the three tools."""
    return [*_ledger_files(club), *_referral_files(club), *_participation_files(club)]


def _ledger_files(club: Club) -> Iterator[ExportFile]:
    numbered = {id(entry): number for number, entry in enumerate(club.ledger, start=1)}
    for month, entries in by_month(club.ledger, lambda entry: entry.at).items():
        rows = (_ledger_row(numbered[id(entry)], entry) for entry in entries)
        yield csv_file("generic", "loyalty_ledger", f"ledger_{month}.csv", _LEDGER_COLUMNS, rows)


def _ledger_row(number: int, entry: LedgerEntry) -> tuple[str, dict[str, object]]:
    entry_id = f"L{number:06d}"
    return entry_id, {
        "entry_id": entry_id,
        "occurred_at": utc(entry.at),
        "entry_type": entry.entry_type,
        "points": entry.points,
        "tier": entry.tier,
        "reward_type": entry.reward_type,
        "order_id": entry.order.name if entry.order else None,
        "email": spelled(entry.person.email, number),
        "customer_id": entry.person.customer_id,
    }


def _referral_files(club: Club) -> Iterator[ExportFile]:
    """Each month's export shows what is known then; the last one shows all of them once more."""
    months = by_month(club.referrals, lambda referral: referral.invited_at)
    for month, referrals in months.items():
        rows = (_referral_row(_as_of(month, referral)) for referral in referrals)
        yield csv_file("generic", "referrals", f"referrals_{month}.csv", _REFERRAL_COLUMNS, rows)
    if len(months) > 1:
        rows = (_referral_row(referral) for referral in club.referrals)
        yield csv_file("generic", "referrals", "referrals_all.csv", _REFERRAL_COLUMNS, rows)


def _as_of(month: str, referral: Referral) -> Referral:
    """Forget what happened after a month."""

    def known(moment: datetime | None) -> datetime | None:
        return moment if moment and f"{moment:%Y-%m}" <= month else None

    return replace(
        referral,
        signed_up_at=known(referral.signed_up_at),
        first_purchase_at=known(referral.first_purchase_at),
        rewarded_at=known(referral.rewarded_at),
    )


def _referral_row(referral: Referral) -> tuple[str, dict[str, object]]:
    referral_id = f"R{referral.number:05d}"
    is_rewarded = referral.rewarded_at is not None
    return referral_id, {
        "referral_id": referral_id,
        "invited_at": utc(referral.invited_at),
        "signed_up_at": _moment(referral.signed_up_at),
        "first_purchase_at": _moment(referral.first_purchase_at),
        "rewarded_at": _moment(referral.rewarded_at),
        "reward_amount": money(REWARD_CENTS) if is_rewarded else None,
        "currency": CURRENCY if is_rewarded else None,
        "referrer_email": referral.referrer.email,
        "referrer_customer_id": referral.referrer.customer_id,
        "invitee_email": spelled(referral.invitee.email, referral.number),
        "invitee_customer_id": referral.invitee.customer_id if is_rewarded else None,
    }


def _moment(moment: datetime | None) -> str | None:
    return utc(moment) if moment else None


def _participation_files(club: Club) -> Iterator[ExportFile]:
    numbered = {id(p): number for number, p in enumerate(club.participations, start=1)}
    for month, taken in by_month(club.participations, lambda p: p.at).items():
        rows = [_participation_row(numbered[id(p)], p) for p in taken]
        yield ndjson_file("generic", "participation", f"participation_{month}.ndjson", rows)


def _participation_row(number: int, taken: Participation) -> tuple[str, dict[str, object]]:
    participation_id = f"P{number:05d}"
    return participation_id, present(
        participation_id=participation_id,
        occurred_at=utc(taken.at),
        kind=taken.kind,
        title=taken.title,
        action=taken.action,
        channel=taken.channel,
        email=spelled(taken.person.email, number),
        customer_id=taken.person.customer_id,
    )
