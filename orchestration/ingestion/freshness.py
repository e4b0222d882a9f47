"""How long ago an entity was last delivered, and whether that is late for its rhythm.

Measured on the newest file that could be read and has not failed its gate: when it was written,
or when it was read where that was earlier. So neither touching a file, nor copying it again, nor
reading it anew under a changed contract passes for a delivery. The times inside the rows say
something else: a shop without orders is quiet, not stale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from orchestration.ingestion.contract import Contract, Freshness
from orchestration.ingestion.ledger import Batch, LandedFile, Ledger


@dataclass(frozen=True)
class DeliveryAge:
    """An entity's newest delivery, seen at a moment. Nothing delivered ever is not late."""

    source: str
    entity: str
    rhythm: Freshness
    delivered_at: datetime | None
    seen_at: datetime

    @property
    def hours(self) -> float:
        """Hours since the newest delivery."""
        if self.delivered_at is None:
            return 0
        return (self.seen_at - self.delivered_at).total_seconds() / 3600

    @property
    def level(self) -> Literal["fresh", "late", "stale"]:
        """What the age means: beyond `fail_after_hours` stale, beyond `warn_after_hours` late."""
        if self.hours > self.rhythm.fail_after_hours:
            return "stale"
        return "late" if self.hours > self.rhythm.warn_after_hours else "fresh"

    @property
    def expected(self) -> str:
        """The rhythm in words."""
        rhythm = self.rhythm
        return (
            f"a delivery every {_duration(rhythm.warn_after_hours)},"
            f" at the latest after {_duration(rhythm.fail_after_hours)}"
        )

    @property
    def observed(self) -> str:
        """The age in words, with the way out where it is late."""
        if self.delivered_at is None:
            return "nothing has been delivered yet"
        age = f"the newest delivery ({self.delivered_at:%Y-%m-%d %H:%M} UTC) is"
        if self.level == "fresh":
            return f"{age} {_duration(self.hours)} old"
        return (
            f"{age} {_duration(self.hours)} old, expected is {self.expected}; see whether"
            f" {self.source} still exports, and drop its files into"
            f" landing/{self.source}/{self.entity}/"
        )


def delivery_age(
    ledger: Ledger, source: str, entity: str, rhythm: Freshness, now: datetime | None = None
) -> DeliveryAge:
    """Return the age of an entity's newest delivery, now or at another moment."""
    batches = ledger.batches(source, entity)
    moments = [
        moment
        for landed in ledger.files(source, entity).values()
        if (moment := _delivered_at(landed, batches))
    ]
    return DeliveryAge(source, entity, rhythm, max(moments, default=None), now or datetime.now(UTC))


def delivery_ages(
    ledger: Ledger, contracts: dict[str, Contract], now: datetime | None = None
) -> Iterator[DeliveryAge]:
    """Return the ages of all entities whose contract states a rhythm."""
    for contract in contracts.values():
        for name, entity in contract.entities.items():
            if entity.freshness:
                yield delivery_age(ledger, contract.source, name, entity.freshness, now)


def _delivered_at(landed: LandedFile, batches: dict[str, Batch]) -> datetime | None:
    """When a file's content arrived; of a content that is no use, the earlier one's counts."""
    for batch_id in (landed.batch_id, landed.kept_batch_id):
        batch = batches.get(batch_id or "")
        if batch and batch.status == "loaded" and batch.gate != "failed" and batch.loaded_at:
            written = datetime.fromtimestamp(landed.modified_ns / 1e9, UTC)
            return min(written, datetime.fromisoformat(batch.loaded_at))
    return None


def _duration(hours: float) -> str:
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.1f} days".replace(".0 ", " ")
