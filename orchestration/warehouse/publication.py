"""Write, audit, publish: the marts become a new file that replaces the published one at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.engine import connect
from orchestration.sql_text import identifier, literal
from orchestration.warehouse.content import Fingerprint, fingerprint
from orchestration.warehouse.publication_record import (
    InputBatch,
    Publication,
    TableRecord,
    write_record,
)
from orchestration.warehouse.verdicts import passed_marts
from orchestration.warehouse.versions import Versions, version_name
from orchestration.warehouse.volume import VolumeFinding, judge_volume

# DuckDB 2.0 writes files that older tools cannot read, unless told otherwise.
STORAGE_VERSION = "v1.2.0"


class PublicationError(RuntimeError):
    """The new version is not what the warehouse holds; the published one was left alone."""


class UnfinishedBuildError(PublicationError):
    """A table does not know what is new, or has not passed its gate; nothing was published."""


class ImplausibleVolumeError(PublicationError):
    """A table has far fewer rows than it used to; the published version was left alone."""

    def __init__(self, findings: Sequence[VolumeFinding]) -> None:
        super().__init__("; ".join(finding.observed for finding in findings))
        self.findings = findings


@dataclass(frozen=True)
class PublishedTable:
    """A table to publish, with the descriptions that go with it.

    `run_dependent` columns depend on when a run was. They are not in the content hash, and how many
    rows such a table has depends on the runs: its volume is not judged. One that has a gate must
    have passed it.
    """

    schema: str
    name: str
    description: str
    columns: dict[str, str]
    grain: tuple[str, ...]
    run_dependent: tuple[str, ...] = ()
    has_gate: bool = True

    @property
    def relation(self) -> str:
        """Quoted `schema.table`."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"

    @property
    def full_name(self) -> str:
        """The table as `schema.table`."""
        return f"{self.schema}.{self.name}"

    @property
    def is_data(self) -> bool:
        """Whether it holds what was delivered, rather than what runs did."""
        return not self.run_dependent


def publish(
    warehouse: Path,
    link: Path,
    tables: Sequence[PublishedTable],
    keep: int,
    run_id: str,
    accept_volume: bool = False,
) -> tuple[Publication, list[VolumeFinding]]:
    """Copy tables to a new version, audit it and make it the published one.

    Where nothing was built since the present version, that one stays.

    Args:
        warehouse: DuckDB file of the run.
        link: symbolic link that people open.
        tables: what to publish; everything else stays private.
        keep: how many versions stay, the new one included.
        run_id: the Dagster run, recorded in the version.
        accept_volume: publish although tables have far fewer rows than they used to; the versions
            after this one are measured by it.

    Returns:
        The record of the version, and what is unusual about its row counts.

    Raises:
        UnfinishedBuildError: a table was not built, tested or judged with the others.
        PublicationError: the copy does not hold what the warehouse holds.
        ImplausibleVolumeError: tables have far fewer rows than they used to.
    """
    versions = Versions(link)
    build_id = _build_id(warehouse)
    if (present := versions.history()[:1]) and present[0].build_id == build_id:
        return present[0], []
    _refuse_unfinished(warehouse, tables)
    versions.clear_draft()
    versions.draft.parent.mkdir(parents=True)
    try:
        contents = _copy(warehouse, versions.draft, tables)
        judged = {t.full_name: contents[t.full_name].row_count for t in tables if t.is_data}
        findings = judge_volume(judged, versions.history())
        if any(finding.stops for finding in findings) and not accept_volume:
            raise ImplausibleVolumeError(findings)
        accepted = {finding.table for finding in findings if accept_volume}
        records = [_record(table, contents[table.full_name], accepted) for table in tables]
        batches = _input_batches(warehouse)
        publication = _publication(run_id, build_id, versions.current, batches, records)
        write_record(versions.draft, publication)
        _audit(versions.draft, tables, contents)
        versions.keep_draft(publication.version)
    finally:
        versions.clear_draft()
    versions.point_to(publication.version)
    versions.remove_old(keep)
    return publication, findings


def _refuse_unfinished(warehouse: Path, tables: Sequence[PublishedTable]) -> None:
    """Whoever starts a publication by itself has no checks of the same run before it."""
    with connect(warehouse, read_only=True) as connection:
        state = connection.execute("select build, completed from raw_ledger.build").fetchall()
    if any(build != completed for build, completed in state):
        raise UnfinishedBuildError(
            "the last build was not completed: a table or test of it failed, or only some tables"
            " were asked for. Mend that if need be, then `funnel run`"
        )
    passed = passed_marts(warehouse)
    gated = [t for t in tables if t.has_gate]
    if waiting := [t.full_name for t in gated if (t.schema, t.name) not in passed]:
        raise UnfinishedBuildError(
            f"the gate before publication has not passed {', '.join(waiting)}. Mend what it says,"
            " then `funnel run`"
        )


def _copy(warehouse: Path, draft: Path, tables: Sequence[PublishedTable]) -> dict[str, Fingerprint]:
    """Copy the tables; what the warehouse holds is taken from it, not from the copy."""
    contents = {}
    with connect() as connection:
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        version = literal(STORAGE_VERSION)
        connection.execute(f"attach {literal(str(draft))} as published (storage_version {version})")
        for table in tables:
            origin, target = f"warehouse.{table.relation}", f"published.{table.relation}"
            connection.execute(f"create schema if not exists published.{identifier(table.schema)}")
            connection.execute(f"create table {target} as from {origin}")
            connection.execute(f"comment on table {target} is {literal(table.description)}")
            for column, text in table.columns.items():
                connection.execute(
                    f"comment on column {target}.{identifier(column)} is {literal(text)}"
                )
            contents[table.full_name] = fingerprint(connection, origin, table.run_dependent)
        connection.execute("checkpoint published")
    return contents


def _record(table: PublishedTable, content: Fingerprint, accepted: set[str]) -> TableRecord:
    return TableRecord(
        table.schema,
        table.name,
        content.row_count,
        content.content_hash,
        list(table.grain),
        list(table.run_dependent),
        is_volume_accepted=table.full_name in accepted,
    )


def _publication(
    run_id: str,
    build_id: str,
    previous_version: str | None,
    batches: list[InputBatch],
    records: Sequence[TableRecord],
) -> Publication:
    now = datetime.now(UTC).replace(tzinfo=None)
    tables = {record.name: record for record in records}
    return Publication(version_name(now), run_id, build_id, now, previous_version, batches, tables)


def _build_id(warehouse: Path) -> str:
    with connect(warehouse, read_only=True) as connection:
        return connection.execute("select id from raw_ledger.build").fetchall()[0][0]


def _input_batches(warehouse: Path) -> list[InputBatch]:
    """Batches that the sources of this warehouse hold: the ledger may know newer ones by now."""
    query = """
        select source, entity, batch_id
        from raw_ledger.deliveries
        where gate = 'passed' and status <> 'unreadable'
        group by source, entity, batch_id
        order by source, entity, batch_id
    """
    with connect(warehouse, read_only=True) as connection:
        return [InputBatch(*row) for row in connection.execute(query).fetchall()]


def _audit(draft: Path, tables: Sequence[PublishedTable], expected: dict[str, Fingerprint]) -> None:
    """Compare rows and contents of the copy with the warehouse's, from a fresh connection."""
    with connect(draft, read_only=True) as connection:
        for table in tables:
            found = fingerprint(connection, table.relation, table.run_dependent)
            if found != expected[table.full_name]:
                raise PublicationError(
                    f"{table.full_name} differs from the warehouse: {found} not"
                    f" {expected[table.full_name]}. Run again; if it stays, look at the disk"
                )
