"""What changed between two published versions, table by table, row by row of the grain."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.engine import connect
from orchestration.sql_text import identifier, literal
from orchestration.warehouse.content import column_types, row_hash
from orchestration.warehouse.publication_record import TableRecord
from orchestration.warehouse.versions import Versions


@dataclass(frozen=True)
class TableDifference:
    """How a table differs. Counts are rows; `None` where a version does not have the table.

    A column whose type changed is among both the added and the removed ones.
    """

    table: str
    rows_before: int | None
    rows_after: int | None
    added: int
    removed: int
    changed: int
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class RowChange:
    """A row that one version does not have (`None`), or that has other values there."""

    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class Comparison:
    """Two kept versions beside each other."""

    def __init__(self, versions: Versions, before: str, after: str) -> None:
        """Read the records of both.

        Raises:
            VersionError: a version is not kept or cannot be read.
        """
        self.before = versions.read(before)
        self.after = versions.read(after)
        self._files = {"before": versions.file(before), "after": versions.file(after)}

    @property
    def tables(self) -> list[str]:
        """Tables of either version as `schema.table`."""
        return sorted(self.before.tables.keys() | self.after.tables.keys())

    def difference(self, table: str) -> TableDifference:
        """Count the rows that were added, removed and changed, and name the columns.

        Rows are told apart by the grain. Where a version lacks a column of the grain, its rows
        are other rows.
        """
        before, after = self.before.tables.get(table), self.after.tables.get(table)
        if before is None or after is None:
            rows_before, rows_after = _rows(before), _rows(after)
            return TableDifference(
                table, rows_before, rows_after, rows_after or 0, rows_before or 0, 0
            )
        with self._connection() as connection:
            shared, added, removed = _columns(connection, before)
            counts = (0, 0, 0)
            if before.content_hash != after.content_hash:
                counts = _counts(connection, before, after, shared)
        return TableDifference(
            table, before.row_count, after.row_count, *counts, tuple(added), tuple(removed)
        )

    def changes(self, table: str, limit: int) -> list[RowChange]:
        """Return some rows that were added, removed or changed: `limit` of each kind."""
        before, after = self.before.tables.get(table), self.after.tables.get(table)
        if before is None or after is None:
            return []
        with self._connection() as connection:
            shared, _, _ = _columns(connection, before)
            if not _is_comparable(before, after, shared):
                return []
            grain = ", ".join(map(identifier, after.grain))
            rows = connection.execute(f"""
                {_matched_rows(after, shared)}
                select before._cells, after._cells
                from before full join after using ({grain})
                where before._content is distinct from after._content
                qualify row_number() over (
                    partition by before._content is null, after._content is null order by {grain}
                ) <= {limit}
                order by after._content is null, before._content is null, {grain}
            """).fetchall()
        return [_row_change(after.grain, *row) for row in rows]

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with connect() as connection:
            for name, file in self._files.items():
                connection.execute(f"attach {literal(str(file))} as {name} (read_only)")
            yield connection


def _rows(record: TableRecord | None) -> int | None:
    return record.row_count if record else None


def _columns(
    connection: duckdb.DuckDBPyConnection, table: TableRecord
) -> tuple[dict[str, str], list[str], list[str]]:
    """Columns that are the same in both versions, with types; those added; those removed."""
    old = column_types(connection, f"before.{table.relation}")
    new = column_types(connection, f"after.{table.relation}")
    shared = dict(old.items() & new.items())
    added = [f"{name} {kind}" for name, kind in new.items() if name not in shared]
    removed = [f"{name} {kind}" for name, kind in old.items() if name not in shared]
    return {name: kind for name, kind in new.items() if name in shared}, added, removed


def _is_comparable(before: TableRecord, after: TableRecord, shared: dict[str, str]) -> bool:
    return before.grain == after.grain and shared.keys() >= set(after.grain)


def _counts(
    connection: duckdb.DuckDBPyConnection,
    before: TableRecord,
    after: TableRecord,
    shared: dict[str, str],
) -> tuple[int, int, int]:
    """Rows added, removed, changed."""
    if not _is_comparable(before, after, shared):
        return after.row_count, before.row_count, 0
    query = f"""
        {_matched_rows(after, shared)}
        select count(*) filter (before._content is null),
               count(*) filter (after._content is null),
               count(*) filter (before._content <> after._content)
        from before full join after using ({", ".join(map(identifier, after.grain))})
    """
    return connection.execute(query).fetchone() or (0, 0, 0)


def _matched_rows(table: TableRecord, shared: dict[str, str]) -> str:
    """SQL of both sides: the grain, a hash of the comparable columns and their values."""
    columns = {n: kind for n, kind in shared.items() if n not in table.run_dependent}
    cells = ", ".join(f"{identifier(name)} := {identifier(name)}" for name in columns)
    chosen = f"{', '.join(map(identifier, table.grain))}, {row_hash(columns)} as _content"
    sides = [
        f"{side} as (select {chosen}, struct_pack({cells}) as _cells from {side}.{table.relation})"
        for side in ("before", "after")
    ]
    return f"with {', '.join(sides)}"


def _row_change(
    grain: list[str], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> RowChange:
    row = after or before or {}
    return RowChange({name: row[name] for name in grain}, before, after)
