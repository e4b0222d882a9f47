"""Forgets a person: finds all records, removes them, proves that nothing is left."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.files import write_privately
from orchestration.ingestion import (
    Contract,
    Door,
    Forgotten,
    Removal,
    Workbench,
    find_records,
    remove_records,
)
from orchestration.privacy.person import Identifier, Person, resolve, wanted
from orchestration.privacy.search import Search, search
from orchestration.settings import Settings

Say = Callable[[str], None]


class PrivacyError(RuntimeError):
    """Somebody could not be forgotten, or a key not rotated; the message says what to do."""


@dataclass(frozen=True)
class Plan:
    """Who is to be forgotten and what is to be removed. Counts can be shown, the rest not."""

    person: Person
    removals: tuple[Removal, ...]

    @property
    def landed_records(self) -> int:
        """Records in the landing folder."""
        return sum(removal.landed_records for removal in self.removals)

    @property
    def lake_rows(self) -> int:
        """Rows in the lake."""
        return sum(sum(removal.lake_rows.values()) for removal in self.removals)

    @property
    def rejected_rows(self) -> int:
        """Rejected rows that repeat something of the person."""
        return sum(sum(removal.rejected_rows.values()) for removal in self.removals)

    @property
    def is_empty(self) -> bool:
        """Whether nobody by this identifier is in the landing folder or the lake."""
        return not self.landed_records + self.lake_rows + self.rejected_rows

    def lines(self) -> list[str]:
        """Say in counts what belongs to the person and what will be removed."""
        unread = [f"Not searched: {text}" for r in self.removals for text in r.unreadable]
        if self.is_empty:
            return ["Nobody is known by this: no record in the landing folder or lake.", *unread]
        person = self.person
        counts = {
            "e-mail addresses": len(person.emails),
            "phones": len(person.phones),
            "names": len(person.names),
            "customer ids": len({i for i in person.customer_ids if not i.startswith("id-")}),
            "devices": len({i for i in person.visitor_ids if "-id-" not in i}),
            "order numbers": len(person.order_ids),
        }
        said = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
        lines = [f"The tables hold for one person: {said}."]
        if person.shared_phones:
            lines.append(
                f"{person.shared_phones:,} phones stand beside other people too and stay with them."
            )
        if person.shared_device_rows:
            lines.append(
                f"{person.shared_device_rows:,} rows of these devices name another customer;"
                " they go too."
            )
        if person.others_order_rows:
            lines.append(
                f"{person.others_order_rows:,} rows with the number of one of these orders name"
                " somebody else; they stay."
            )
        lines.append(f"{'To be removed':<32}{'landed':>12}{'in the lake':>14}{'rejected':>12}")
        for removal in self.removals:
            rows, rejected = map(dict.values, (removal.lake_rows, removal.rejected_rows))
            if removal.landed_records or rows or rejected:
                counted = f"{removal.landed_records:>12,}{sum(rows):>14,}{sum(rejected):>12,}"
                lines.append(f"  {removal.name:<30}{counted}")
        return [*lines, *unread]


def plan(
    settings: Settings, door: Door, contracts: dict[str, Contract], clear: Identifier, say: Say
) -> Plan:
    """Find out who is meant and which records that concerns; nothing is changed yet.

    Args:
        settings: the places.
        door: landing folder, lake, ledger and key.
        contracts: by source name.
        clear: what the person is known by.
        say: receives one line of progress per source.

    Raises:
        PrivacyError: the tables of the last run are incomplete, or somebody else's removal is.
    """
    try:
        person = _resolved(settings, door, contracts, clear)
    except duckdb.CatalogException as error:
        raise PrivacyError(
            f"{settings.warehouse_file} is incomplete or of an earlier version, so nobody can tell"
            " which other ids belong to the person. Nothing was changed. Let `funnel run` complete,"
            " then give the same command again"
        ) from error
    drafts = _drafts(settings)
    shutil.rmtree(drafts, ignore_errors=True)
    drafts.mkdir(parents=True, mode=0o700)
    removals = []
    with Workbench(door.scratch) as bench:
        for contract in contracts.values():
            say(f"looking through {contract.source}")
            for name, entity in contract.entities.items():
                meant = wanted(contract.source, entity)
                removals.append(
                    find_records(door, contract, name, meant, person.tell, drafts, bench)
                )
    return Plan(person, tuple(removals))


def _resolved(
    settings: Settings, door: Door, contracts: dict[str, Contract], clear: Identifier
) -> Person:
    """Who is meant; where a removal was stopped, with what it knew: ties may be gone by now."""
    where = (door.key, door.lake, settings.warehouse_file, contracts)
    person = resolve(clear, *where)
    if not _unfinished(settings).exists():
        return person
    known = Person.read(clear, _unfinished(settings).read_text())
    if not person.shares_with(known):
        raise PrivacyError(
            "An earlier `funnel forget` was stopped before it was done, and that was somebody else."
            " Nothing was changed. Give that command again first"
        )
    return resolve(clear, *where, known)


def carry_out(settings: Settings, door: Door, plan: Plan) -> None:
    """Remove the records from the lake and the landing folder.

    Who is meant is kept until `finish`: the records that tie ids together may go first.
    """
    write_privately(plan.person.written().encode(), _unfinished(settings))
    with Workbench(door.scratch) as bench:
        for removal in plan.removals:
            remove_records(door, removal, plan.person.tell, bench)
    discard(settings)


def discard(settings: Settings) -> None:
    """Delete the drafts of a plan, carried out or not."""
    shutil.rmtree(_drafts(settings), ignore_errors=True)


def finish(settings: Settings) -> None:
    """Drop what would let a stopped removal go on: the tables are rebuilt."""
    _unfinished(settings).unlink(missing_ok=True)


def prove(settings: Settings, plan: Plan, say: Say) -> Search:
    """Search the data folder for what must not be there any more."""
    return search(plan.person, settings.data_dir, say)


def record(door: Door, plan: Plan, versions: int, runs: int) -> None:
    """Note in the ledger that somebody was forgotten, and how much; not who."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    door.ledger.record_forgotten(
        Forgotten(now, plan.landed_records, plan.lake_rows, plan.rejected_rows, versions, runs)
    )


def _drafts(settings: Settings) -> Path:
    return settings.data_dir / "private" / "forgetting"


def _unfinished(settings: Settings) -> Path:
    return settings.data_dir / "private" / "unfinished_forgetting.json"
