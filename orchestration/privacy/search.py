"""Proof by search: every byte and every cell that could still name a person."""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import duckdb

from orchestration.engine import connect
from orchestration.ingestion import UnreadableFileError, contents_of
from orchestration.privacy.person import Person, bounded
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
    for position, path in enumerate(files, start=1):
        if position % 100 == 0:
            say(f"searched {position:,} of {len(files):,} files")
        try:
            if _in_bytes(path, person):
                found.append(str(path))
            for name, count in _counts(path, person):
                tables += 1
                if count:
                    found.append(f"{path}{name}: {count:,} rows")
        except (duckdb.Error, sqlite3.DatabaseError, UnreadableFileError):
            damaged.append(str(path))
    return Search(len(files), tables, tuple(found), tuple(damaged))


def mentions(person: Person) -> re.Pattern[str]:
    """Return the pattern of everything that can mean nobody but the person."""
    parts = [*sorted(person.pseudonyms), *person.telling]
    if person.clear.kind == "email":
        address = re.escape(person.clear.value.strip())
        parts.append(bounded(address.replace("@", "(?:@|%(?:25)*40)")))
    return re.compile("|".join(parts) or r"[^\s\S]", re.IGNORECASE)


def needles(person: Person) -> tuple[bytes, ...] | None:
    """Small letters of which some stand in whatever `mentions` finds, as UTF-8 and UTF-16.

    Looking for them first is hundreds of times faster. None where there are none: a telephone
    number may have anything between its digits.
    """
    parts = [*person.pseudonyms, *person.distinctive_ids]
    match person.clear.kind:
        case "email":
            address = person.clear.value.strip()
            parts += [address, "40" + address.partition("@")[2]]  # %40 stands for the @
        case "name":
            parts.append(person.clear.value.split()[0])
        case "phone":
            return None
        case _:
            pass
    small = [part.lower() for part in parts]
    if not all(part and part.isascii() for part in small):
        return None
    return tuple(part.encode(form) for part in small for form in ("utf-8", "utf-16-le"))


def _in_bytes(path: Path, person: Person) -> bool:
    """Whether the person stands in a file, or in what is packed in it, as UTF-8 or UTF-16."""
    pattern, wanted = mentions(person), needles(person)
    return any(_in_content(content, pattern, wanted) for content in contents_of(path))


def _in_content(
    content: IO[bytes], pattern: re.Pattern[str], wanted: tuple[bytes, ...] | None
) -> bool:
    tail = b""
    while chunk := content.read(_CHUNK_BYTES):
        block = tail + chunk
        tail = block[-_OVERLAP:]
        small = block.lower()
        if wanted is not None and not any(needle in small for needle in wanted):
            continue
        wide = (block.decode("utf-16-le", "ignore"), block[1:].decode("utf-16-le", "ignore"))
        if any(map(pattern.search, (block.decode("utf-8", "ignore"), *wide))):
            return True
    return False


def _counts(path: Path, person: Person) -> Iterator[tuple[str, int]]:
    """Rows with the person in each table of a Parquet, DuckDB or SQLite file."""
    if path.suffix == ".parquet":
        with _told(person) as connection:
            yield "", _rows(connection, f"read_parquet({literal(str(path))})")
    elif path.suffix == ".duckdb":
        with _told(person) as connection:
            connection.execute(f"attach {literal(str(path))} as searched (read_only)")
            for schema, table in connection.execute(_TABLES).fetchall():
                relation = f"searched.{identifier(schema)}.{identifier(table)}"
                yield f" {schema}.{table}", _rows(connection, relation)
    elif path.suffix in (".db", ".sqlite"):
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            for table in sqlite_tables(connection):
                yield f" {table}", len(sqlite_rows(connection, table, mentions(person)))


_TABLES = """
    select schema_name, table_name from duckdb_tables() where database_name = 'searched'
    order by schema_name, table_name
"""


def _told(person: Person) -> duckdb.DuckDBPyConnection:
    connection = connect()
    connection.execute(
        "set variable names_in_tables = ?::varchar[]", [sorted(person.names_in_tables)]
    )
    connection.execute("set variable mentions = ?", [f"(?i){mentions(person).pattern}"])
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
    connection: sqlite3.Connection, table: str, pattern: re.Pattern[str]
) -> list[tuple[int, dict[str, object]]]:
    """Rows of a SQLite table in which a pattern is found: their rowid and cells."""
    cursor = connection.execute(f"select rowid, * from {identifier(table)}")
    names = [column[0] for column in cursor.description][1:]
    return [
        (rowid, dict(zip(names, cells, strict=True)))
        for rowid, *cells in cursor
        if pattern.search(_as_text(cells))
    ]


def _as_text(cells: Iterable[object]) -> str:
    return "\n".join(
        cell.decode("utf-8", "ignore") if isinstance(cell, bytes) else str(cell) for cell in cells
    )
