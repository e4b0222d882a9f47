"""Reads a sheet of an Excel workbook as rows of text, and writes a workbook without some rows.

A cell keeps what the file holds: a whole number all its digits, a date its ISO form, a formula the
value that Excel computed last. Rows without any value are no rows.
"""

import csv
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.ingestion.contract import Format
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.unpacking import check_size

# What openpyxl raises of a damaged workbook, besides its own errors.
_DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, LookupError, ValueError,
            TypeError, AttributeError, EOFError, NotImplementedError, AssertionError,
            ArithmeticError, RuntimeError)  # fmt: skip


def workbook_to_csv(path: Path, format: Format, target: Path) -> None:
    """Write the sheet that a contract names as UTF-8 CSV, every row as wide as the header.

    Raises:
        UnreadableFileError: it is no workbook, or has no such sheet.
    """
    with _sheet(path, format) as sheet, target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        last_header = format.skip_rows + max(format.header_rows, 1)
        width = len(format.column_names)
        for number, row in enumerate(_rows(sheet), start=1):
            cells = [_text(cell) for cell in row]
            if not format.column_names and format.skip_rows < number <= last_header:
                width = max(width, len(cells))
            out.writerow([*cells, *[""] * (width - len(cells))])


def write_workbook_without(path: Path, format: Format, out: set[int], target: Path) -> None:
    """Write a workbook anew with the one sheet that is read, values only, without some rows.

    Args:
        path: the workbook.
        format: says which sheet.
        out: positions of the rows to leave out, counted from 0 over rows with a value.
        target: the new workbook.
    """
    from openpyxl import Workbook

    copy = Workbook(write_only=True)
    with _sheet(path, format) as sheet:
        kept = copy.create_sheet(sheet.title)
        for position, row in enumerate(_rows(sheet)):
            if position not in out:
                kept.append([_written(cell) for cell in row])
    copy.save(target)


@contextmanager
def _sheet(path: Path, format: Format) -> Iterator[Any]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            check_size(unpacked, path.stat().st_size)
        with path.open("rb") as content, warnings.catch_warnings(action="ignore"):
            book = load_workbook(content, read_only=True, data_only=True, keep_links=False)
            yield _chosen(book, format)
    except UnreadableFileError:
        raise
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"cannot be read as an Excel workbook: {str(error) or type(error).__name__}"
        ) from error


def _chosen(book: Any, format: Format) -> Any:
    named = {sheet.title.strip().casefold(): sheet for sheet in reversed(book.worksheets)}
    if not named:
        raise UnreadableFileError("has no sheet with cells")
    if not format.sheet:
        return book.worksheets[0]
    for name in format.sheet:
        if found := named.get(name.strip().casefold()):
            return found
    there = ", ".join(repr(sheet.title) for sheet in book.worksheets)
    raise UnreadableFileError(
        f"has no sheet {' or '.join(map(repr, format.sheet))}; its sheets are: {there}"
    )


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """Rows with a value, without the empty cells at their end."""
    sheet.reset_dimensions()  # some tools write a wrong one
    for row in sheet.iter_rows(values_only=True):
        cells = list(row)
        while cells and (cells[-1] is None or cells[-1] == ""):
            cells.pop()
        if cells:
            yield cells


def _written(cell: Any) -> Any:
    """A number that openpyxl would round when it writes it becomes text."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return str(cell) if is_number and float(f"{cell:.16g}") != cell else cell


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime() | date():
            return cell.isoformat()
        case _:
            return str(cell)
