"""What a table holds, as a figure that any change of its rows changes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.sql_text import identifier

_NESTED = ("STRUCT", "MAP", "UNION")


@dataclass(frozen=True)
class Fingerprint:
    """Rows of a table and what they hold.

    `content_hash` leaves out the columns that depend on when a run was; `row_hashes` has them all.
    """

    row_count: int
    content_hash: str
    row_hashes: int


def fingerprint(
    connection: duckdb.DuckDBPyConnection, relation: str, run_dependent: Iterable[str]
) -> Fingerprint:
    """Read a table once.

    Row hashes are added up, so that the order of the rows does not count and a row that is there
    twice does. They are DuckDB's own, which another release of it may compute differently.

    Args:
        connection: where the table can be read.
        relation: quoted name of the table.
        run_dependent: columns that the content hash leaves out.
    """
    columns = column_types(connection, relation)
    content = {name: kind for name, kind in columns.items() if name not in set(run_dependent)}
    query = f"""
        select count(*), coalesce(sum({row_hash(columns)}::hugeint), 0),
               coalesce(sum({row_hash(content)}::hugeint), 0)
        from {relation}
    """
    count, everything, stable = connection.execute(query).fetchone() or (0, 0, 0)
    said = f"{list(content.items())} {count} {stable}"
    digest = hashlib.sha256(said.encode()).hexdigest()[:32]
    return Fingerprint(count, digest, everything)


def column_types(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Types of a table's columns by name, in the table's order."""
    return {name: kind for name, kind, *_ in connection.execute(f"describe {relation}").fetchall()}


def row_hash(columns: dict[str, str]) -> str:
    """SQL of a number that stands for the values of a row in their order.

    Hashed once more: DuckDB joins the last column by exclusive or, so that in a sum of rows a swap
    of its cells might go unseen.
    """
    return f"hash(hash({', '.join(_hashable(name, kind) for name, kind in columns.items())}))"


def _hashable(name: str, kind: str) -> str:
    """To DuckDB's hash a missing list, an empty one and a list of nothing are all the same."""
    nested = kind.endswith("]") or kind.startswith(_NESTED)
    return f"{identifier(name)}::varchar" if nested else identifier(name)
