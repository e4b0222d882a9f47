"""Proof by search: every byte and every cell that could still name a person."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from orchestration.engine import connect
from orchestration.ingestion import UnreadableFileError, contents_of
from orchestration.privacy.mentions import Mentions
from orchestration.privacy.person import Person
from orchestration.sql_text import identifier, literal

_CHUNK_BYTES = 1 << 23
_OVERLAP = 1 << 10
_ID_COLUMNS = ("customer_id", "visitor_id", "person_id")


@dataclass(frozen=True)
class Search:
    """What was searched and where something was found; no word of what.

    `damaged` are files that should be tables but cannot be read as such: only bytes were searched.
    """

    files: int
    tables: int
    found: tuple[str, ...]
    damaged: tuple[str, ...]


def search(person: Person, data: Path, say: Callable[[str], None] = lambda _: None) -> Search:
    """Search a data folder for a person: the bytes of all files, the rows of all tables.

    Packed files and workbooks are unpacked; Parquet and DuckDB files are compressed, so their rows
    are read too. The folder `private/`,
    where a request may lie, is left out.

    Args:
        person: who must not be there.
        data: the data folder.
        say: receives a line of progress now and then.
    """
    files = sorted(path for path in data.rglob("*") if path.is_file() and not path.is_symlink())
    files = [path for path in files if data / "private" not in path.parents]
    found, damaged, tables = [], [], 0
    mentions = Mentions.of(person)
    with _told(person, mentions) as told:
        for position, path in enumerate(files, start=1):
            if position % 100 == 0:
                say(f"searched {position:,} of {len(files):,} files")
            try:
                if any(_in_content(content, mentions) for content in contents_of(path)):
                    found.append(str(path))
                for name, count in _counts(path, mentions, told):
                    tables += 1
                    if count:
                        found.append(f"{path}{name}: {count:,} rows")
            except (duckdb.Error, sqlite3.DatabaseError, UnreadableFileError):
                damaged.append(str(path))
    return Search(len(files), tables, tuple(found), tuple(damaged))


def _in_content(content: IO[bytes], mentions: Mentions) -> bool:
    tail = b""
    while chunk := content.read(_CHUNK_BYTES):
        block = tail + chunk
        tail = block[-_OVERLAP:]
        if mentions.in_bytes(block):
            return True
    return False


def _counts(
    path: Path, mentions: Mentions, told: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, int]]:
    """Rows with the person in each table of a Parquet, DuckDB or SQLite file."""
    if path.suffix == ".parquet":
        yield "", _rows(told, f"read_parquet({literal(str(path))})")
    elif path.suffix == ".duckdb":
        told.execute(f"attach {literal(str(path))} as searched (read_only)")
        try:
            for schema, table in told.execute(_TABLES).fetchall():
                relation = f"searched.{identifier(schema)}.{identifier(table)}"
                yield f" {schema}.{table}", _rows(told, relation)
        finally:
            told.execute("detach searched")
    elif path.suffix in (".db", ".sqlite"):
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            for table in sqlite_tables(connection):
                yield f" {table}", len(sqlite_rows(connection, table, mentions))


_TABLES = """
    select schema_name, table_name from duckdb_tables() where database_name = 'searched'
    order by schema_name, table_name
"""


def _told(person: Person, mentions: Mentions) -> duckdb.DuckDBPyConnection:
    """A connection that knows whom to look for."""
    connection = connect()
    connection.execute(
        "set variable names_in_tables = ?::varchar[]", [sorted(person.names_in_tables)]
    )
    connection.execute("set variable mentions = ?", [f"(?i){mentions.pattern.pattern}"])
    return connection


def _rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Rows in which the person is mentioned, or an id column holds one of the person's ids."""
    columns = [name for name, *_ in connection.execute(f"describe from {relation}").fetchall()]
    own = "getvariable('names_in_tables')"
    equal = [f"list_contains({own}, {identifier(c)})" for c in columns if c in _ID_COLUMNS]
    mentioned = "regexp_matches(cast(t as varchar), getvariable('mentions'))"
    query = f"select count(*) from {relation} as t where {' or '.join([mentioned, *equal])}"
    return (connection.execute(query).fetchone() or (0,))[0]


def sqlite_tables(connection: sqlite3.Connection) -> list[str]:
    """Names of the tables of a SQLite database."""
    query = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
    return [name for (name,) in connection.execute(query)]


def sqlite_rows(
    connection: sqlite3.Connection, table: str, mentions: Mentions
) -> list[tuple[int, dict[str, object]]]:
    """Rows of a SQLite table in which somebody is mentioned: their rowid and cells."""
    cursor = connection.execute(f"select rowid, * from {identifier(table)}")
    names = [column[0] for column in cursor.description][1:]
    return [
        (rowid, dict(zip(names, cells, strict=True)))
        for rowid, *cells in cursor
        if mentions.in_text(_as_text(cells))
    ]


def _as_text(cells: Iterable[object]) -> str:
    return "\n".join(
        cell.decode("utf-8", "ignore") if isinstance(cell, bytes) else str(cell) for cell in cells
    )
