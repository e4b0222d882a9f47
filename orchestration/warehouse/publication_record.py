"""The record of a publication, kept in the published file itself: what it is and came from."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from orchestration.engine import connect
from orchestration.sql_text import identifier, literal


class InputBatch(NamedTuple):
    """One file content whose rows the published tables were made of."""

    source: str
    entity: str
    batch_id: str


@dataclass(frozen=True)
class TableRecord:
    """What one published table holds. `run_dependent` columns are not in the content hash."""

    schema_name: str
    table_name: str
    row_count: int
    content_hash: str
    grain: list[str]
    run_dependent: list[str]
    is_volume_accepted: bool

    @property
    def name(self) -> str:
        """The table as `schema.table`."""
        return f"{self.schema_name}.{self.table_name}"

    @property
    def relation(self) -> str:
        """Quoted `schema.table`."""
        return f"{identifier(self.schema_name)}.{identifier(self.table_name)}"


@dataclass(frozen=True)
class Publication:
    """One version: its run, its inputs and its tables by `schema.table`. Times are UTC."""

    version: str
    run_id: str
    build_id: str
    published_at: datetime
    previous_version: str | None
    input_batches: list[InputBatch]
    tables: dict[str, TableRecord]

    @property
    def input_hash(self) -> str:
        """32 hexadecimal digits that stand for the input batches."""
        lines = "".join("/".join(batch) + "\n" for batch in self.input_batches)
        return hashlib.sha256(lines.encode()).hexdigest()[:32]


# Tables of the record: comment, then type and comment of each column.
_PUBLICATION = (
    "One row: this version, its run and the file contents it was made of.",
    {
        "version": ("varchar", "Name of the version; the time of its publication (UTC)."),
        "run_id": ("varchar", "Dagster run that published it."),
        "build_id": ("varchar", "Build of the warehouse that it is a copy of."),
        "published_at": ("timestamp", "When it was published (UTC)."),
        "previous_version": ("varchar", "Version that it replaced; empty for the first one."),
        "input_batches": (
            "struct(source varchar, entity varchar, batch_id varchar)[]",
            "File contents whose rows are in the tables, in order; a batch id is the first 32"
            " hexadecimal digits of the content's SHA-256, as quality.row_ledger.content_hash.",
        ),
        "input_hash": ("varchar", "Same where the input batches are the same (32 hexadecimal)."),
    },
)
_TABLES = (
    "One row per published table: its rows, its content as a hash, and its grain.",
    {
        "schema_name": ("varchar", "Schema of the table."),
        "table_name": ("varchar", "Name of the table."),
        "row_count": ("bigint", "Rows of the table (count)."),
        "content_hash": (
            "varchar",
            "Same where columns and rows are the same, in whatever order (32 hexadecimal);"
            " comparable between versions that the same release of DuckDB wrote.",
        ),
        "grain": ("varchar[]", "Columns that name a row."),
        "run_dependent": (
            "varchar[]",
            "Columns that depend on when a run was; content hash and comparisons pass them over.",
        ),
        "is_volume_accepted": (
            "boolean",
            "Whether a person accepted an unusual row count; later versions are measured from"
            " here on.",
        ),
    },
)


def write_record(file: Path, publication: Publication) -> None:
    """Create `quality.publication` and `quality.publication_tables` in a file to be published."""
    said = publication
    row = (said.version, said.run_id, said.build_id, said.published_at, said.previous_version,
           [batch._asdict() for batch in said.input_batches], said.input_hash)  # fmt: skip
    tables = [astuple(table) for table in said.tables.values()]
    with connect(file) as connection:
        connection.execute("create schema if not exists quality")
        _write(connection, "quality.publication", *_PUBLICATION, [row])
        _write(connection, "quality.publication_tables", *_TABLES, tables)


def read_record(file: Path) -> Publication:
    """Return the record of a published file.

    Raises:
        duckdb.Error: the file cannot be read or has no record.
    """
    with connect(file, read_only=True) as connection:
        of_tables = ", ".join(field.name for field in fields(TableRecord))
        tables = connection.execute(f"select {of_tables} from quality.publication_tables")
        records = [TableRecord(*row) for row in tables.fetchall()]
        query = """
            select version, run_id, build_id, published_at, previous_version, input_batches
            from quality.publication
        """
        [(version, run_id, build_id, moment, previous, batches)] = connection.execute(
            query
        ).fetchall()
    inputs = [InputBatch(**batch) for batch in batches]
    by_name = {record.name: record for record in records}
    return Publication(version, run_id, build_id, moment, previous, inputs, by_name)


def _write(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    comment: str,
    columns: dict[str, tuple[str, str]],
    rows: Sequence[tuple[object, ...]],
) -> None:
    types = ", ".join(f"{identifier(name)} {kind}" for name, (kind, _) in columns.items())
    connection.execute(f"create table {relation} ({types})")
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"insert into {relation} values ({marks})", rows)
    connection.execute(f"comment on table {relation} is {literal(comment)}")
    for name, (_, text) in columns.items():
        connection.execute(f"comment on column {relation}.{identifier(name)} is {literal(text)}")
