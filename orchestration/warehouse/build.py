"""One build: the lake's batches become records, dbt brings every table up to date with them.

The warehouse remembers the last build that brought *every* table up to date. What has changed
since is rebuilt, and only that; a build that failed or was killed is made good by the next one,
for nothing is forgotten before a build is complete. Where other code or other contracts made the
tables, or more is new than old, the build starts from an empty warehouse.
"""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.ingestion import Batch, Contract, Entity, Lake, Ledger
from orchestration.sql_text import identifier, literal
from orchestration.warehouse.dbt_runner import NodeResult, run_dbt
from orchestration.warehouse.records import Change, apply_change, create_table, touch_dates

_DELIVERIES = pa.schema(
    [(name, pa.string()) for name in ("source", "entity", "file", "batch_id", "status", "gate",
                                      "message", "loaded_at")]
    + [("is_first_delivery", pa.bool_())]
    + [(name, pa.int64()) for name in ("rows_read", "rows_loaded", "rows_rejected",
                                       "rows_duplicate")]
    + [("first_event_at", pa.string()), ("last_event_at", pa.string())]
)  # fmt: skip


class DamagedLakeError(RuntimeError):
    """Files of the lake are missing or are not what the ledger says; the message lists them."""


@dataclass(frozen=True)
class Inputs:
    """What a build is made of."""

    warehouse: Path
    lake: Path
    ledger: Ledger
    contracts: dict[str, Contract]
    project: Path
    time_zone: str
    duckdb_settings: dict[str, str]

    @property
    def code(self) -> str:
        """Changes with anything that would make other tables of the same lake."""
        digest = hashlib.sha256(self.time_zone.encode())
        for folder in ("models", "macros", "seeds"):
            for path in sorted((self.project / folder).rglob("*.*")):
                digest.update(f"\0{path.relative_to(self.project)}\0".encode())
                digest.update(path.read_bytes())
        for source, name, entity in self.entities():
            digest.update(f"\0{source}/{name} {entity.fingerprint}".encode())
        return digest.hexdigest()

    def entities(self) -> Iterable[tuple[str, str, Entity]]:
        """All entities with their source and name."""
        for contract in self.contracts.values():
            for name, entity in contract.entities.items():
                yield contract.source, name, entity

    def counting(self, source: str, entity: str) -> dict[str, Batch]:
        """Batches whose rows belong to the tables, by id."""
        batches = self.ledger.batches(source, entity)
        return {i: batches[i] for i in self.ledger.counting_batches(source, entity)}


def build_tables(
    inputs: Inputs,
    on_node: Callable[[NodeResult], None],
    select: list[str] | None = None,
    full: bool = False,
    dates: tuple[str, str] | None = None,
) -> dict[str, str]:
    """Bring the tables up to date with the lake.

    Args:
        inputs: warehouse, lake, contracts and dbt project.
        on_node: called for each model, seed and test that dbt has finished.
        select: names of models and seeds; without them all.
        full: start from an empty warehouse.
        dates: rebuild also what depends on the records of these dates (UTC, both included).

    Returns:
        The compiled query of each test that failed or warned, by unique id.

    Raises:
        DamagedLakeError: a batch that has to be read is not what was written.
        DbtError: dbt could not start or could not read the project.
    """
    register_records(inputs, full, dates)
    results: list[NodeResult] = []

    def note(node: NodeResult) -> None:
        results.append(node)
        on_node(node)

    chosen = ["--select", *select] if select else []
    arguments = ["build", "--exclude-resource-type", "unit_test", *chosen]
    queries = run_dbt(inputs.project, inputs.warehouse, arguments, note, inputs.duckdb_settings)
    if not select and all(node.status in ("success", "pass", "warn") for node in results):
        _complete(inputs)
    return queries


def register_records(
    inputs: Inputs, full: bool = False, dates: tuple[str, str] | None = None
) -> None:
    """Bring the record tables and the ledger's copy up to date: all of it, or nothing."""
    code = inputs.code
    changes = {} if full else _changes(inputs, code)
    if not changes:
        inputs.warehouse.unlink(missing_ok=True)
        inputs.warehouse.with_name(inputs.warehouse.name + ".wal").unlink(missing_ok=True)
    with _open(inputs) as connection:
        if not changes:
            _create(inputs, connection)
            changes = _changes_since(inputs, set())
        connection.begin()
        build = _next_build(connection, code)
        for source, name, entity in inputs.entities():
            table = _table(source, name)
            if change := changes[source, name]:
                apply_change(connection, table, entity, change, build)
            if dates and entity.event_time:
                touch_dates(connection, table, entity.event_time, dates, build)
        _note_ledger(inputs, connection, changes)
        connection.commit()


# ---------------------------------------------------------------------------------------------

Changes = dict[tuple[str, str], Change]
"""What is new of each source and entity."""


def _open(inputs: Inputs) -> closing[duckdb.DuckDBPyConnection]:
    inputs.warehouse.parent.mkdir(parents=True, exist_ok=True)
    return closing(duckdb.connect(str(inputs.warehouse), config=dict(inputs.duckdb_settings)))


def _table(source: str, entity: str) -> str:
    return f"{identifier(f'raw_{source}')}.{identifier(entity)}"


def _create(inputs: Inputs, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema raw_ledger")
    connection.execute("create schema changes")
    connection.execute("create table raw_ledger.build (build bigint, completed bigint, code text)")
    connection.execute("insert into raw_ledger.build values (0, null, null)")
    connection.execute("""
        create table raw_ledger.applied_batches
        (source text, entity text, batch_id text, lake_sha256 text, rows_loaded bigint)
    """)
    for source, name, entity in inputs.entities():
        create_table(
            connection, _table(source, name), Lake(inputs.lake, source, name).empty(entity)
        )


def _changes(inputs: Inputs, code: str) -> Changes:
    """What is new since the tables were last changed; nothing at all where they must be new."""
    if not inputs.warehouse.exists():
        return {}
    with _open(inputs) as connection:
        try:
            state = connection.execute("select completed, code from raw_ledger.build").fetchone()
        except duckdb.CatalogException:
            return {}
        if state is None or state[0] is None or state[1] != code:
            return {}
        applied = connection.execute("from raw_ledger.applied_batches").fetchall()
    changes = _changes_since(inputs, {tuple(row[:4]) for row in applied})
    old = sum(row[4] for row in applied)
    new = sum(
        batch.rows_loaded
        for (source, name), change in changes.items()
        for batch in inputs.counting(source, name).values()
        if Lake(inputs.lake, source, name).batch(batch.batch_id) in change.arriving
    )
    return {} if new > old else changes


def _changes_since(inputs: Inputs, applied: set[tuple[str, ...]]) -> Changes:
    changes = {}
    for source, name, _ in inputs.entities():
        lake = Lake(inputs.lake, source, name)
        before = {batch: sha for s, e, batch, sha in applied if (s, e) == (source, name)}
        now = {i: batch.lake_sha256 for i, batch in inputs.counting(source, name).items()}
        changes[source, name] = Change(
            arriving=[lake.batch(i) for i, sha in now.items() if before.get(i) != sha],
            leaving=[i for i, sha in before.items() if now.get(i) != sha],
            staying=[lake.batch(i) for i, sha in now.items() if before.get(i) == sha],
        )
    return changes


def _next_build(connection: duckdb.DuckDBPyConnection, code: str) -> int:
    connection.execute("update raw_ledger.build set build = build + 1, code = ?", [code])
    row = connection.execute("select build from raw_ledger.build").fetchone()
    return row[0] if row else 1


def _note_ledger(
    inputs: Inputs, connection: duckdb.DuckDBPyConnection, changes: Changes
) -> None:
    """Copy what the ledger says of files and batches, with the rows that stand of each batch."""
    deliveries = pa.Table.from_pylist(
        [
            {**row, "is_first_delivery": bool(row["is_first_delivery"])}
            for row in inputs.ledger.deliveries()
        ],
        schema=_DELIVERIES,
    )
    connection.register("deliveries_now", deliveries)
    connection.execute(
        "create or replace table raw_ledger.deliveries as select * from deliveries_now"
    )
    connection.execute("""
        create table if not exists raw_ledger.batch_rows
        (source text, entity text, batch_id text, rows_staged bigint)
    """)
    for (source, name), change in changes.items():
        if not change:
            continue
        labels = f"{literal(source)} as source, {literal(name)} as entity"
        here = f"where source = {literal(source)} and entity = {literal(name)}"
        connection.execute(f"delete from raw_ledger.applied_batches {here}")
        connection.executemany(
            "insert into raw_ledger.applied_batches values (?, ?, ?, ?, ?)",
            [
                (source, name, b.batch_id, b.lake_sha256, b.rows_loaded)
                for b in inputs.counting(source, name).values()
            ],
        ) if change.arriving or change.staying else None
        connection.execute(f"delete from raw_ledger.batch_rows {here}")
        connection.execute(f"""
            insert into raw_ledger.batch_rows
            select {labels}, _batch_id, count(*) filter (not _is_repeat)
            from {_table(source, name)} where not _is_removed group by _batch_id
        """)


def _complete(inputs: Inputs) -> None:
    """Every table has heard of every change: forget the changes."""
    with _open(inputs) as connection:
        connection.begin()
        connection.execute("update raw_ledger.build set completed = build")
        for source, name, _ in inputs.entities():
            connection.execute(f"delete from {_table(source, name)} where _is_removed")
        logs = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'changes'"
        ).fetchall()
        for (name,) in logs:
            connection.execute(f"drop table changes.{identifier(name)}")
        connection.commit()
