"""The newest version of every record: the tables `raw_<source>.<entity>` that dbt reads.

A table holds one row per primary key over all batches that count, and says of each row in which
build it changed (`_changed_in`). A row that no longer counts stays, marked `_is_removed`, until
every table has heard of it. So a build finds what is new without looking at what is old.

A batch that arrives is compared with the rows under the same keys only. A batch that is taken
back lets the next version of its records, from the batches that remain, stand again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.ingestion import Entity, lake_columns
from orchestration.sql_text import identifier, literal


@dataclass(frozen=True)
class Change:
    """Which batches of an entity join its table now, which leave it, and which stay."""

    arriving: Sequence[Path]
    leaving: Sequence[str]
    staying: Sequence[Path]

    def __bool__(self) -> bool:
        return bool(self.arriving or self.leaving)


def create_table(connection: duckdb.DuckDBPyConnection, table: str, entity: Entity) -> None:
    """Create an entity's table, without rows, where it is missing.

    Args:
        connection: the warehouse.
        table: quoted `schema.table`.
        entity: gives the columns and their types.
    """
    types = lake_columns(entity) | {"_changed_in": "bigint", "_is_removed": "boolean"}
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in types.items())
    connection.execute(f"create schema if not exists {table.partition('.')[0]}")
    connection.execute(f"create table if not exists {table} ({columns})")


def apply_change(
    connection: duckdb.DuckDBPyConnection, table: str, entity: Entity, change: Change, build: int
) -> None:
    """Bring a table up to date with the batches that count; part of the caller's transaction.

    Args:
        connection: the warehouse.
        table: quoted `schema.table`.
        entity: gives the primary key and what makes a version newer.
        change: the batches.
        build: number of this build.
    """
    if not connection.execute(f"select 1 from {table} limit 1").fetchall():
        if not change.arriving:
            return
        connection.execute(f"create temp view arriving as {_rows(change.arriving)}")
        newest = _newest(connection, "arriving", entity)
        connection.execute(f"insert into {table} by name {_stamped(newest, build)}")
        connection.execute("drop view arriving")
        return
    key = _key(entity)
    _find_candidates(connection, table, key, change)
    newest = _newest(connection, "candidates", entity)
    connection.execute(f"""
        create temp table winners as
        select * exclude (standing_id) from ({newest}) where standing_id is null
    """)
    connection.execute(f"""
        update {table} set _is_removed = true, _changed_in = {build}
        where rowid in (
            select row_id from leaving
            union all
            select standing_id from candidates
            where standing_id is not null and ({key}) in (select ({key}) from winners)
        )
    """)
    connection.execute(f"insert into {table} by name {_stamped('from winners', build)}")
    for name in ("leaving", "candidates", "winners"):
        connection.execute(f"drop table {name}")


def touch_dates(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    event_time: str,
    dates: tuple[str, str],
    build: int,
) -> None:
    """Mark the records of a range of dates (UTC, both included) as changed in this build."""
    first, last = map(literal, dates)
    connection.execute(f"""
        update {table} set _changed_in = {build}
        where not _is_removed
          and cast({identifier(event_time)} as date) between date {first} and date {last}
    """)


def _find_candidates(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, change: Change
) -> None:
    """Gather every row that may stand under the keys of this change.

    These are the arriving rows, the other versions of records whose row leaves, and the rows
    that stand now (`standing_id` is their row id in the table).
    """
    batches = ", ".join(map(literal, change.leaving)) or "null"
    connection.execute(f"""
        create temp table leaving as
        select rowid as row_id, {key} from {table}
        where _batch_id in ({batches}) and not _is_removed
    """)
    arriving = [_rows(change.arriving)] if change.arriving else []
    others = f"{_rows(change.staying)} where ({key}) in (select ({key}) from leaving)"
    versions = arriving + ([others] if change.leaving and change.staying else [])
    versions = versions or [f"select * exclude (_changed_in, _is_removed) from {table} limit 0"]
    connection.execute(f"""
        create temp table candidates as
        select *, cast(null as bigint) as standing_id from ({" union all by name ".join(versions)})
    """)
    connection.execute(f"""
        insert into candidates by name
        select * exclude (_changed_in, _is_removed), rowid as standing_id from {table}
        where ({key}) in (select ({key}) from candidates)
          and not _is_removed and rowid not in (select row_id from leaving)
    """)


def _newest(connection: duckdb.DuckDBPyConnection, relation: str, entity: Entity) -> str:
    """Return a query for one row per primary key: the newest by its version columns.

    Of equals the row of the batch that reaches furthest in time, then the choice follows the
    content; it never follows the order of arrival. Repeated keys are found first, by their
    hashes; only their rows are sorted.
    """
    key = _key(entity)
    versions = [f"{identifier(name)} desc nulls last" for name in entity.version]
    order = ", ".join(
        [*versions, "_batch_last_event_at desc nulls last", "_batch_id desc", "_row_number desc"]
    )
    connection.execute(f"""
        create or replace temp table repeated as
        select hash({key}) as key_hash from {relation} group by key_hash having count(*) > 1
    """)
    if not connection.execute("select 1 from repeated limit 1").fetchall():
        return f"from {relation}"
    return f"""
        select * from {relation} where hash({key}) not in (select key_hash from repeated)
        union all by name
        select * from {relation} where hash({key}) in (select key_hash from repeated)
        qualify row_number() over (partition by {key} order by {order}) = 1
    """


def _key(entity: Entity) -> str:
    return ", ".join(identifier(name) for name in entity.primary_key)


def _rows(files: Sequence[Path]) -> str:
    paths = ", ".join(literal(str(path)) for path in files)
    return f"select * from read_parquet([{paths}], union_by_name = true)"


def _stamped(rows: str, build: int) -> str:
    return f"select *, {build} as _changed_in, false as _is_removed from ({rows})"
