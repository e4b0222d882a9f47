"""One build: the lake's batches become records, dbt brings every table up to date with them.

The warehouse remembers the last build that brought *every* table up to date. What has changed
since is rebuilt, and only that; a build that failed or was killed is made good by the next one,
for nothing is forgotten before a build is complete. Where other code or other contracts made the
tables, or more is new than old, the build starts from an empty warehouse.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import pyarrow as pa

from orchestration import texts
from orchestration.engine import connect
from orchestration.ingestion import (
    Batch,
    Contract,
    DamagedLakeError,
    Entity,
    Lake,
    Ledger,
    sha256_of,
)
from orchestration.sql_text import identifier, literal
from orchestration.warehouse.dbt_runner import NodeResult, run_dbt
from orchestration.warehouse.records import Change, apply_change, create_table, touch_dates
from orchestration.warehouse.verdicts import note_tests

_DELIVERIES = pa.schema(
    [(name, pa.string()) for name in ("source", "entity", "file", "batch_id", "status", "gate",
                                      "message", "loaded_at")]
    + [("is_first_delivery", pa.bool_())]
    + [(name, pa.int64()) for name in ("rows_read", "rows_loaded", "rows_rejected",
                                       "rows_duplicate")]
    + [("first_event_at", pa.string()), ("last_event_at", pa.string())]
)  # fmt: skip


# `id` names a build among those of all warehouses; `pending` is what it has to bring in.
_STATE = """
    create table raw_ledger.build (build bigint, completed bigint, id text, code text);
    create table raw_ledger.pending (source text, entity text, primary key (source, entity));
    create table raw_ledger.applied_batches
        (source text, entity text, batch_id text, lake_sha256 text, rows_loaded bigint);
    create table raw_ledger.batch_rows
        (source text, entity text, batch_id text, rows_staged bigint);
    create table raw_ledger.rejected_rows
        (source text, entity text, batch_id text, column_name text, reason text,
         rows_rejected bigint);
    create table raw_ledger.passed_marts
        (schema_name text, mart text, found text, primary key (schema_name, mart));
    create table raw_ledger.tests
        (unique_id text primary key, status text, message text, failures bigint, query text);
"""


FEW_ROWS = 100_000
"""So many new rows are brought in fast whatever there was: what nothing concerns is not built."""


class WarehouseInUseError(RuntimeError):
    """Somebody else has the warehouse open; the message names the process."""


@dataclass(frozen=True)
class Inputs:
    """What a build is made of."""

    warehouse: Path
    lake: Path
    ledger: Ledger
    contracts: dict[str, Contract]
    project: Path
    time_zone: str
    say: Callable[[str], None]

    @property
    def code(self) -> str:
        """Changes with anything that would make other tables of the same lake."""
        digest = hashlib.sha256(self.time_zone.encode())
        digest.update(texts.fingerprint().encode())
        folders = ("models", "macros", "seeds")
        files = (p for folder in folders for p in sorted((self.project / folder).rglob("*.*")))
        for path in (self.project / "dbt_project.yml", *files):
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
    news: list[tuple[str, str]],
    on_node: Callable[[NodeResult], None],
    select: list[str] | None = None,
) -> dict[str, str]:
    """Bring the tables up to date with the records.

    Args:
        inputs: warehouse, lake, contracts and dbt project.
        news: source and entity of what has changed, as `register_records` returned it.
        on_node: called for each model, seed and test that dbt has finished.
        select: names of models and seeds; without them all that depends on what is new.

    Returns:
        The compiled query of each test that failed or warned, by unique id.

    Raises:
        DbtError: dbt could not start or could not read the project.
    """
    if not (select or news):
        return {}
    results: list[NodeResult] = []

    def note(node: NodeResult) -> None:
        results.append(node)
        on_node(node)

    everything = not select and set(news) == set(_all_sources(inputs))
    chosen = [] if everything else ["--select", *(select or (f"source:{s}.{e}+" for s, e in news))]
    arguments = ["build", "--exclude-resource-type", "unit_test", *chosen]
    queries = run_dbt(inputs.project, inputs.warehouse, arguments, note)
    note_tests(inputs.warehouse, [r for r in results if r.unique_id.startswith("test.")], queries)
    if not select and all(node.status in ("success", "pass", "warn") for node in results):
        _complete(inputs)
    return queries


def register_records(
    inputs: Inputs, full: bool = False, dates: tuple[str, str] | None = None
) -> list[tuple[str, str]]:
    """Bring the record tables and the ledger's copy up to date: all of it, or nothing.

    Args:
        inputs: warehouse, lake, contracts and dbt project.
        full: start from an empty warehouse.
        dates: rebuild also what depends on the records of these dates (UTC, both included).

    Returns:
        Source and entity of whatever has changed since the tables were last up to date.

    Raises:
        DamagedLakeError: a batch that has to be read is not what was written.
        WarehouseInUseError: another process has the warehouse open.
    """
    code = inputs.code
    changes, reason = _changes(inputs, code)
    if is_new := full or not changes:
        inputs.say(f"all tables are built anew: {'asked for' if full else reason}")
        remove_warehouse(inputs.warehouse)
        changes = _changes_since(inputs, set())
    _verify(inputs, changes)
    with _open(inputs) as connection:
        if is_new:
            _create(inputs, connection, code)
        connection.begin()
        news = [key for key, change in changes.items() if change]
        if dates:
            news = [(source, name) for source, name, entity in inputs.entities()
                    if entity.event_time or (source, name) in news]  # fmt: skip
        news += [("ledger", "batch_rows")] if news else []
        news += _note_deliveries(inputs, connection)
        build = _note_build(connection, news)
        for source, name, entity in inputs.entities():
            if change := changes[source, name]:
                apply_change(connection, _table(source, name), entity, change, build)
                _note_batches(inputs, connection, source, name)
            if dates and entity.event_time:
                touch_dates(connection, _table(source, name), entity.event_time, dates, build)
        pending = connection.execute("from raw_ledger.pending order by all").fetchall()
        connection.commit()
    return pending


def remove_warehouse(warehouse: Path) -> None:
    """Delete it with what DuckDB keeps beside it; nothing of it but the lake is the truth.

    A DuckDB file keeps deleted rows in its free blocks: only this removes them.
    """
    for leftover in warehouse.parent.glob(f"{warehouse.name}*"):
        leftover.unlink()


# ---------------------------------------------------------------------------------------------

Changes = dict[tuple[str, str], Change]
"""What is new of each source and entity."""


def _open(inputs: Inputs) -> closing[duckdb.DuckDBPyConnection]:
    inputs.warehouse.parent.mkdir(parents=True, exist_ok=True)
    try:
        return closing(connect(inputs.warehouse))
    except duckdb.IOException as error:
        if holder := re.search(r"lock is held in (.+ \(PID \d+\))", str(error)):
            raise WarehouseInUseError(
                f"{inputs.warehouse} is open in another program: {holder[1]}. It is private to the"
                " run; close it there (people query the published file), then run again"
            ) from error
        raise


def _verify(inputs: Inputs, changes: Changes) -> None:
    """Compare the batches to be read with what was written: Parquet does not notice by itself.

    A damaged file is moved aside; then the door reads its landing file again.
    """
    damaged = []
    for (source, name), change in changes.items():
        batches = inputs.counting(source, name)
        for path in [*change.arriving, *(change.staying if change.leaving else ())]:
            if path.exists():
                if sha256_of(path) == batches[path.stem].lake_sha256:
                    continue
                path.rename(path.with_suffix(".damaged"))
            known = inputs.ledger.files(source, name).values()
            files = [f.file for f in known if path.stem in (f.batch_id, f.kept_batch_id)]
            damaged.append(f"{path} (of {source}/{name}/{', '.join(sorted(files))})")
    if damaged:
        raise DamagedLakeError(
            f"damaged or missing in the lake: {'; '.join(damaged)}. Run again: what is still in"
            " the landing folder is read anew. Put back a file that has left it, or take its rows"
            " back with `funnel withdraw <source>/<entity>/<file>`"
        )


def _all_sources(inputs: Inputs) -> list[tuple[str, str]]:
    """Everything that dbt reads from."""
    entities = [(source, name) for source, name, _ in inputs.entities()]
    ledger = ("batch_rows", "deliveries", "rejected_rows")
    return [*entities, *(("ledger", table) for table in ledger)]


def _table(source: str, entity: str) -> str:
    return f"{identifier(f'raw_{source}')}.{identifier(entity)}"


def _create(inputs: Inputs, connection: duckdb.DuckDBPyConnection, code: str) -> None:
    connection.execute("create schema raw_ledger")
    connection.execute("create schema changes")
    connection.execute(_STATE)
    first = "insert into raw_ledger.build values (0, null, ?, ?)"
    connection.execute(first, [str(uuid4()), code])
    connection.executemany("insert into raw_ledger.pending values (?, ?)", _all_sources(inputs))
    empty = _DELIVERIES.empty_table()
    connection.register("empty", empty)
    connection.execute("create table raw_ledger.deliveries as from empty")
    for source, name, entity in inputs.entities():
        create_table(connection, _table(source, name), entity)


def _changes(inputs: Inputs, code: str) -> tuple[Changes, str]:
    """What is new since the tables were last changed; none, and why, where they must be new."""
    if not inputs.warehouse.exists():
        return {}, "there are none yet"
    try:
        with _open(inputs) as connection:
            state = connection.execute("select completed, code from raw_ledger.build").fetchall()
            applied = connection.execute("from raw_ledger.applied_batches").fetchall()
    except duckdb.Error as error:
        return {}, f"the warehouse cannot be read ({str(error).splitlines()[0]})"
    if not state or state[0][0] is None:
        return {}, "their first build was not finished"
    if state[0][1] != code:
        return {}, "models, contracts or the time zone have changed"
    changes = _changes_since(inputs, {tuple(row[:4]) for row in applied})
    old = sum(row[4] for row in applied)
    new = sum(
        batch.rows_loaded
        for (source, name), change in changes.items()
        for batch in inputs.counting(source, name).values()
        if batch.batch_id in {path.stem for path in change.arriving}
    )
    if new > max(old, FEW_ROWS):
        return {}, "more is new than old"
    return changes, ""


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


def _note_build(connection: duckdb.DuckDBPyConnection, news: list[tuple[str, str]]) -> int:
    """Begin a build, where there is something to build, and say what it has to bring in."""
    if news:
        connection.execute("update raw_ledger.build set build = build + 1, id = ?", [str(uuid4())])
        connection.executemany("insert or ignore into raw_ledger.pending values (?, ?)", news)
        connection.execute("delete from raw_ledger.passed_marts")
    return connection.execute("select build from raw_ledger.build").fetchall()[0][0]


def _note_deliveries(
    inputs: Inputs, connection: duckdb.DuckDBPyConnection
) -> list[tuple[str, str]]:
    """Copy what the ledger says of files; a file may come or go without any batch doing so."""
    deliveries = pa.Table.from_pylist(
        [
            {**row, "is_first_delivery": bool(row["is_first_delivery"])}
            for row in inputs.ledger.deliveries()
        ],
        schema=_DELIVERIES,
    )
    connection.register("now", deliveries)
    different = connection.execute("""
        select count(*) from (
            (from now except all from raw_ledger.deliveries)
            union all (from raw_ledger.deliveries except all from now)
        )
    """).fetchall()[0][0]
    if not different:
        return []
    connection.execute("delete from raw_ledger.deliveries")
    connection.execute("insert into raw_ledger.deliveries from now")
    _note_rejects(inputs, connection)
    return [("ledger", "deliveries"), ("ledger", "rejected_rows")]


def _note_rejects(inputs: Inputs, connection: duckdb.DuckDBPyConnection) -> None:
    """Count the rejected rows of the batches that are new by column and reason, without values."""
    connection.execute("""
        delete from raw_ledger.rejected_rows
        where (source, entity, batch_id) not in
            (select (source, entity, batch_id) from raw_ledger.deliveries)
    """)
    new = connection.execute("""
        select distinct source, entity, batch_id from raw_ledger.deliveries
        where rows_rejected > 0
          and (source, entity, batch_id) not in
            (select (source, entity, batch_id) from raw_ledger.rejected_rows)
        order by all
    """).fetchall()
    for source, entity, batch_id in new:
        rejects = Lake(inputs.lake, source, entity).reject(batch_id)
        if rejects.exists():
            connection.execute(f"""
                insert into raw_ledger.rejected_rows
                select source, entity, batch_id, coalesce(column_name, '(whole row)'),
                       split_part(reason, '. ', 1), count(*)
                from read_parquet({literal(str(rejects))}) group by all
            """)


def _note_batches(
    inputs: Inputs, connection: duckdb.DuckDBPyConnection, source: str, name: str
) -> None:
    """Remember which batches an entity's table is made of, and the rows that stand of each."""
    here = f"where source = {literal(source)} and entity = {literal(name)}"
    connection.execute(f"delete from raw_ledger.applied_batches {here}")
    applied = [
        (source, name, batch.batch_id, batch.lake_sha256, batch.rows_loaded)
        for batch in inputs.counting(source, name).values()
    ]
    if applied:
        connection.executemany(
            "insert into raw_ledger.applied_batches values (?, ?, ?, ?, ?)", applied
        )
    connection.execute(f"delete from raw_ledger.batch_rows {here}")
    connection.execute(f"""
        insert into raw_ledger.batch_rows
        select {literal(source)}, {literal(name)}, _batch_id, count(*) filter (not _is_repeat)
        from {_table(source, name)} where not _is_removed group by _batch_id
    """)


def _complete(inputs: Inputs) -> None:
    """Every table has heard of every change: forget the changes."""
    with _open(inputs) as connection:
        connection.begin()
        connection.execute("update raw_ledger.build set completed = build")
        connection.execute("delete from raw_ledger.pending")
        for source, name, _ in inputs.entities():
            connection.execute(f"delete from {_table(source, name)} where _is_removed")
        logs = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'changes'"
        ).fetchall()
        for (name,) in logs:
            connection.execute(f"drop table changes.{identifier(name)}")
        connection.commit()
