"""One CSV per published table, a workbook of the small ones and a dictionary, swapped in whole.

A cell that begins like a formula would be carried out by the spreadsheet that opens it (OWASP: CSV
injection); texts come from strangers. Such a text gets an apostrophe in front; numbers stay.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.engine import connect
from orchestration.exports.dictionary import DICTIONARY, write_dictionary
from orchestration.exports.workbook import WORKBOOK, Sheet, write_workbook
from orchestration.files import replace_durably, sync
from orchestration.sql_text import identifier, literal

SMALL_ROWS = 20_000

_LEAVES = ("BOOLEAN", "DATE", "TIME", "TIMESTAMP", "DECIMAL", "DOUBLE", "FLOAT", "UUID")


@dataclass(frozen=True)
class Exports:
    """What was written. `left_out` are tables too long for a workbook: they are CSV only."""

    folder: Path
    tables: int
    rows: int
    byte_count: int
    left_out: tuple[str, ...]


def write_exports(published: Path, folder: Path, small_rows: int = SMALL_ROWS) -> Exports:
    """Write the files of a published version; nothing, where they are there already.

    Args:
        published: DuckDB file of the version.
        folder: where they go; it appears when all files are written.
        small_rows: tables with fewer rows are in the workbook too.

    Returns:
        What the folder holds.
    """
    with connect(published, read_only=True) as connection:
        tables = list(_tables(connection))
        if not folder.exists():
            draft = folder.with_name(f".{folder.name}.new")
            shutil.rmtree(draft, ignore_errors=True)  # a killed run may have left it
            draft.mkdir()
            for table in tables:
                _write_csv(connection, table, draft / f"{table.name}.csv")
            small = [table for table in tables if table.row_count < small_rows]
            write_workbook(connection, small, draft / WORKBOOK)
            write_dictionary(connection, tables, draft / DICTIONARY)
            for file in draft.iterdir():
                sync(file)
            replace_durably(draft, folder)
    return Exports(
        folder,
        len(tables),
        sum(table.row_count for table in tables),
        sum(file.stat().st_size for file in folder.iterdir()),
        tuple(table.name for table in tables if table.row_count >= small_rows),
    )


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Sheet]:
    query = """
        select schema_name, table_name, coalesce(comment, '')
        from duckdb_tables() where not internal order by schema_name, table_name
    """
    for schema, table, description in connection.execute(query).fetchall():
        relation = f"{identifier(schema)}.{identifier(table)}"
        columns = connection.execute(
            "select column_name, data_type, coalesce(comment, '') from duckdb_columns()"
            " where schema_name = ? and table_name = ? order by column_index",
            [schema, table],
        ).fetchall()
        count = connection.execute(f"select count(*) from {relation}").fetchall()[0][0]
        cells = ", ".join(f"{_safe(name, kind)} as {identifier(name)}" for name, kind, _ in columns)
        described = tuple((name, kind.lower(), text) for name, kind, text in columns)
        query = f"select {cells} from {relation}"
        yield Sheet(f"{schema}.{table}", description, query, count, described)


def _safe(column: str, kind: str) -> str:
    """SQL of a cell that no spreadsheet takes for a formula; lists and structs become JSON."""
    name = identifier(column)
    if "[" not in kind and (kind.startswith(_LEAVES) or kind.endswith("INT") or kind == "INTEGER"):
        return name
    is_nested = kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
    text = f"cast({f'to_json({name})' if is_nested else name} as varchar)"
    is_formula = f"left({text}, 1) in ('=', '+', '-', '@', chr(9), chr(13))"
    return f"case when {is_formula} then '''' || {text} else {text} end"


def write_answer(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    """Write the answer of a query as CSV in its order; no cell of it is a formula."""
    relation = connection.sql(query)
    if relation is None:
        raise duckdb.InvalidInputException("this statement has no answer that could be written")
    columns = relation.description
    names = ", ".join(f"c{number}" for number in range(len(columns)))
    connection.execute(f"create or replace temp view answer({names}) as\n{query}")
    described = connection.execute("describe answer").fetchall()
    cells = ", ".join(
        f"{_safe(cell, kind)} as {identifier(_unlike_a_formula(column[0]))}"
        for column, (cell, kind, *_) in zip(columns, described, strict=True)
    )
    connection.execute(
        f"copy (select {cells} from answer) to {literal(str(file))} (format csv, header)"
    )


def _unlike_a_formula(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name


def _write_csv(connection: duckdb.DuckDBPyConnection, table: Sheet, file: Path) -> None:
    """Short tables are sorted, for people to read; sorting long ones takes as long as writing."""
    order = "order by all" if table.row_count < SMALL_ROWS else ""
    connection.execute(f"copy ({table.query} {order}) to {literal(str(file))} (format csv, header)")
