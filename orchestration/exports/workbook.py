"""The workbook: one sheet per table, and a first one that says what they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

WORKBOOK = "engagement.xlsx"

_LONGEST_NAME = 31  # Excel's limits
_LONGEST_TEXT = 32_767
_CHUNK_ROWS = 10_000


@dataclass(frozen=True)
class Sheet:
    """A table: its name as `schema.table`, the query of its safe cells, and its columns."""

    name: str
    description: str
    query: str
    row_count: int
    columns: tuple[tuple[str, str, str], ...]  # name, type, description


def write_workbook(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Sheet], file: Path
) -> None:
    """Write tables into a workbook, row by row: memory does not grow with them.

    No cell is made a formula or a link, whatever it says.
    """
    import xlsxwriter

    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "tmpdir": str(file.parent),
    }  # fmt: skip
    tables = list(tables)
    names = _sheet_names([table.name for table in tables])
    with xlsxwriter.Workbook(str(file), options) as workbook:
        header = ["sheet", "table", "rows", "column", "type", "meaning"]
        _fill(
            workbook, "what is what", header, [_contents(tables, names)], [22, 44, 10, 34, 16, 100]
        )
        for table in tables:
            answer = connection.execute(f"{table.query} order by all")
            chunks = iter(lambda answer=answer: answer.fetchmany(_CHUNK_ROWS), [])
            _fill(workbook, names[table.name], [name for name, *_ in table.columns], chunks)


def _contents(tables: list[Sheet], names: dict[str, str]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for table in tables:
        rows.append((names[table.name], table.name, table.row_count, None, None, table.description))
        rows += [(names[table.name], table.name, None, *column) for column in table.columns]
    return rows


def _sheet_names(tables: list[str]) -> dict[str, str]:
    """A sheet's name is short, and unique whatever its case."""
    names: dict[str, str] = {}
    taken: set[str] = {"what is what"}
    for table in tables:
        plain = table.partition(".")[2]
        candidates = _shortened(plain)
        names[table] = next(name for name in candidates if name.lower() not in taken)
        taken.add(names[table].lower())
    return names


def _shortened(name: str) -> Iterator[str]:
    yield name[:_LONGEST_NAME]
    for number in range(2, 10_000):
        yield f"{name[: _LONGEST_NAME - len(str(number)) - 1]}~{number}"


def _fill(
    workbook: "Workbook",
    name: str,
    header: list[str],
    chunks: Iterable[list[tuple[Any, ...]]],
    widths: list[int] | None = None,
) -> None:
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(header):
        width = widths[column] if widths else max(len(title) + 2, 12)
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, header, workbook.add_format({"bold": True}))
    formats = {
        datetime: workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: workbook.add_format({"num_format": "yyyy-mm-dd"}),
    }
    number = 0
    for chunk in chunks:
        for row in chunk:
            number += 1
            for column, cell in enumerate(row):
                if cell is not None:
                    _write(sheet, number, column, cell, formats)
    sheet.autofilter(0, 0, max(number, 1), len(header) - 1)


def _write(sheet: "Worksheet", row: int, column: int, cell: Any, formats: dict[type, Any]) -> None:
    match cell:
        case str():
            sheet.write_string(row, column, cell[:_LONGEST_TEXT])
        case bool():
            sheet.write_boolean(row, column, cell)
        case int() | float() | Decimal():
            _write_number(sheet, row, column, cell)
        case datetime():
            sheet.write_datetime(row, column, cell.replace(tzinfo=None), formats[datetime])
        case date():
            midnight = datetime.combine(cell, time())
            sheet.write_datetime(row, column, midnight, formats[date])
        case _:
            sheet.write_string(row, column, str(cell)[:_LONGEST_TEXT])


def _write_number(sheet: "Worksheet", row: int, column: int, number: int | float | Decimal) -> None:
    """Excel knows fifteen digits and neither infinity nor NaN: those are written as text."""
    value = float(number)
    if value != value or value in (float("inf"), float("-inf")) or abs(value) >= 1e15:
        sheet.write_string(row, column, str(number))
    else:
        sheet.write_number(row, column, value)
