"""Writes files for any contract in which every place that can hold personal data holds a mark."""

import base64
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion import Contract, Entity
from orchestration.sql_text import identifier, literal
from tests.builders import Workshop

# What `_Marks` plants, and the digits that a phone could be reduced to.
PLANTED = ("zqxmail", "6171 98765", "203.0.113.", "2001:db8:feed")
MARKS = (*PLANTED, "zqxname", "617198765")
# Some rejected rows, but fewer than max_rejected_pct.
_ROWS = 80
# What contracts look for in the names of files.
_NAME_PARTS = "_content_followers_visitors_competitors"


class _Marks:
    """Addresses and a name that are one row's own."""

    def __init__(self, number: int) -> None:
        self.email = f"Zqxmail.{number}@marked.example"
        self.phone = f"+49 6171 98765{number:04}"
        self.name = f"Zqxname Number{number}"
        self.ip = f"203.0.113.{number % 250}"
        self.text = (
            f"text {number}: {self.email}, {self.email.replace('@', '%40')}, {self.phone},"
            f" {self.ip} and 2001:db8:feed::{number % 250}"
        )


def land_marks(workshop: Workshop, contract: Contract, name: str) -> None:
    """Land marked files of an entity, one in each format that its contract allows.

    Marks stand in personal columns, texts, ids, answers, headers, columns that the contract does
    not know, rejected rows, malformed rows, a file name and a file that cannot be read.
    """
    entity = contract.entities[name]
    folder = f"{contract.source}/{name}"
    for offset, pattern in enumerate(entity.files):
        ending = pattern.removeprefix("*.")
        kind = entity.format.type or ending
        if "*" in ending or ending == "gz":
            continue
        rows = [_row(entity, offset * _ROWS + n) for n in range(1, _ROWS + 1)]
        rows[-1] |= _rejected(entity, offset * _ROWS)
        file = f"marked{_NAME_PARTS}-{offset}-2026-01-01.{ending}"
        workshop.land(folder, file, b"")
        _WRITERS[kind](workshop.landing / folder / file, entity, rows)
        workshop.land(folder, f"Zqxmail@marked.example.{ending}", "x")
        # Every line of NDJSON or without a header can be rejected, and then stops the run.
        if kind != "ndjson" and entity.format.header_rows:
            workshop.land(folder, f"broken.{ending}", f"{_Marks(0).name},{_Marks(0).text}\n")


def _row(entity: Entity, number: int) -> dict[str, Any]:
    """A value for each column, by the names that the tool gives them."""
    marks = _Marks(number)
    row: dict[str, Any] = {}
    for name, column in entity.columns.items():
        if column.file_name or (column.fill or "").startswith("position_in"):
            continue
        match column.type:
            case "email" | "phone" | "name" | "ip":
                value = getattr(marks, column.type)
            case "string":
                value = f"{number}-{marks.email}" if entity.is_id(name) else marks.text
            case "timestamp" | "date":
                value = _moment(column.format, number)
            case "boolean":
                value = "false" if "true" in entity.left_out.get(name, ()) else "true"
            case "answers":
                value = [{"field": {"id": f"q{n}", "title": marks.text}, "text": text}
                         for n, text in enumerate((marks.text, marks.email))]  # fmt: skip
            case _:
                value = "1"
        row[entity.sources_of(name)[0]] = value
    if "question_kind" in entity.columns:
        row["question_kind"] = "text"
    return {**row, f"Column of {marks.email[:7]}@marked.example": marks.text}


@cache
def _moment(formats: tuple[str, ...], number: int) -> str:
    for format in formats:
        if format.startswith("epoch_"):
            units = {"epoch_s": 1, "epoch_ms": 1_000, "epoch_us": 1_000_000}[format]
            return str(1_767_225_600 * units + number)
        if format != "iso":
            day = f"timestamp '2026-01-01' + interval {number} day"
            query = f"select strftime({day}, {literal(format.replace('%z', '+0000'))})"
            return str((duckdb.execute(query).fetchone() or ("",))[0])
    return "2026-01-01T10:00:00Z" if not formats or formats == ("iso",) else ""


def _rejected(entity: Entity, number: int) -> dict[str, Any]:
    """An address where a number or a moment is required."""
    wrong = next(
        entity.sources_of(n)[0]
        for n, c in entity.columns.items()
        if c.type in ("timestamp", "date", "decimal", "integer")
    )
    return {wrong: _Marks(number).email}


def _sheet(entity: Entity, rows: list[dict[str, Any]]) -> list[list[str]]:
    """Rows of a table as the format has it: what stands above, the header, the records."""
    layout = entity.format
    wide = [{k: str(v) for k, v in row.items() if not isinstance(v, list)} for row in rows]
    names = list(layout.column_names) or list(wide[0])
    known = {source for name in entity.columns for source in entity.sources_of(name)}
    joined = ["" if name in known else "Open-Ended Response" for name in names]
    wording = [f"wording {_Marks(0).text}" for _ in names]
    further = joined if layout.header == "joined" else wording
    header = [names, *([further] * (layout.header_rows - 1))]
    return [
        *([f"about {_Marks(0).name}"] for _ in range(layout.skip_rows)),
        *header[: layout.header_rows],
        *([row.get(name, "") for name in names] for row in wide),
    ]


def _write_csv(path: Path, entity: Entity, rows: list[dict[str, Any]]) -> None:
    layout = entity.format
    quote = layout.quote

    def written(cell: str) -> str:
        return quote + cell.replace(quote, quote * 2) + quote if quote else cell

    lines = [*_sheet(entity, rows), [_Marks(0).email, "short"]]
    text = "\n".join(layout.delimiter.join(map(written, line)) for line in lines)
    path.write_text(text, encoding=layout.encoding)


def _write_xlsx(path: Path, entity: Entity, rows: list[dict[str, Any]]) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet
    sheet.title = (entity.format.sheet or ("Sheet1",))[0]
    for line in _sheet(entity, rows):
        sheet.append(line)
    workbook.save(path)


def _write_ndjson(path: Path, entity: Entity, rows: list[dict[str, Any]]) -> None:
    lines = [json.dumps(_nested(entity, row)) for row in rows]
    path.write_text("\n".join([*lines, f'{{"broken": "{_Marks(0).text}"']))


def _write_json(path: Path, entity: Entity, rows: list[dict[str, Any]]) -> None:
    records = [_nested(entity, row) for row in rows]
    key = entity.format.records
    path.write_text(json.dumps({key: records} if key else records))


def _write_parquet(path: Path, entity: Entity, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


_WRITERS = {
    "csv": _write_csv, "ndjson": _write_ndjson, "json": _write_json, "parquet": _write_parquet,
    "xlsx": _write_xlsx,
}  # fmt: skip


def _nested(entity: Entity, row: dict[str, Any]) -> dict[str, Any]:
    """`a.b` is a field of a field, `list[key]` a pair in a list of keys and values."""
    record: dict[str, Any] = {}
    for name, value in row.items():
        if "[" in name:
            list_name, key = name.rstrip("]").split("[")
            field = entity.key_values[list_name][0]
            record.setdefault(list_name, []).append({"key": key, "value": {field: value}})
        elif "." in name and name in {n for c in entity.columns for n in entity.sources_of(c)}:
            *outer, inner = name.split(".")
            place = record
            for part in outer:
                place = place.setdefault(part, {})
            place[inner] = value
        else:
            record[name] = value
    return record


# Search --------------------------------------------------------------------------------------


def found_in(folder: Path, *marks: str) -> list[str]:
    """Files below a folder, and tables in them, in which a mark stands in any spelling."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    with duckdb.connect() as connection:
        return [place for path in files for place in _places(connection, path, marks)]


def _places(
    connection: duckdb.DuckDBPyConnection, path: Path, marks: tuple[str, ...]
) -> Iterator[str]:
    """Cells of Parquet and DuckDB files are compressed: besides the bytes, they are asked."""
    content = path.read_bytes()
    if _spelt(content, marks):
        yield str(path)
    if content[:4] == b"PAR1":
        yield from _with_marks(connection, [f"read_parquet({literal(str(path))})"], marks)
    elif path.suffix == ".duckdb":
        connection.execute(f"attach {literal(str(path))} as searched (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'searched'"
        ).fetchall()
        relations = [f"searched.{identifier(s)}.{identifier(t)}" for s, t in tables]
        yield from _with_marks(connection, relations, marks)
        connection.execute("detach searched")


def _spelt(content: bytes, marks: tuple[str, ...]) -> bool:
    small = content.lower()
    for mark in marks:
        if mark.encode() in small or mark.encode("utf-16-le") in small:
            return True
        for case in (mark, mark.upper(), mark.capitalize()):
            if case.encode().hex().encode() in small:
                return True
            if any(part in content for part in _base64(case.encode())):
                return True
    return False


def _base64(mark: bytes) -> Iterator[bytes]:
    """What stands in base64 at each of three offsets, without the edges that neighbours share."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + mark)
        first = -(-shift * 8 // 6)
        last = (shift + len(mark)) * 8 // 6
        yield encoded[first:last]


def _with_marks(
    connection: duckdb.DuckDBPyConnection, relations: list[str], marks: tuple[str, ...]
) -> Iterator[str]:
    conditions = " or ".join(f"contains(row, {literal(mark)})" for mark in marks)
    for relation in relations:
        query = f"select lower(cast(t as varchar)) as row from {relation} as t"
        if connection.execute(f"from ({query}) where {conditions} limit 1").fetchone():
            yield relation
