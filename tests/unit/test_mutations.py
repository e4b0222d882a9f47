"""Broken files of every format go through the door: it neither fails, loses a row, nor invents.

Each fixture is mutated 200 times with a fixed seed. FUNNEL_MUTATIONS asks for another number.
"""

import contextlib
import gzip
import io
import json
import os
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from orchestration.ingestion import Door, Entity, Lake
from orchestration.ingestion.ledger import LandedFile
from orchestration.ingestion.workbench import Workbench
from tests.builders import KEY, Workshop

MUTATIONS = int(os.environ.get("FUNNEL_MUTATIONS", "200"))
HEADER = ["id", "word", "likes", "amount", "day"]
WORDS = [
    "mug",
    "Käse",
    "two words",
    "12,5 %",
    "-",
    "0",
    "line\nbreak",
    "a;b",
    'say "hi"',
    "",
    "é" * 9,
]
Rows = list[list[str]]


def rows(dice: random.Random) -> Rows:
    return [HEADER] + [
        [str(1226928883355791360 + number), dice.choice(WORDS), str(dice.randrange(3000)),
         f"{dice.randrange(9999)}.{dice.randrange(10, 99)}", f"2026-0{dice.randrange(1, 9)}-17"]
        for number in range(12)
    ]  # fmt: skip


# Writing -------------------------------------------------------------------------------------


def as_csv(table: Rows, delimiter: str = ",") -> str:
    def cell(text: str) -> str:
        quoted = re.search(rf'["\n{re.escape(delimiter)}]', text)
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return "".join(delimiter.join(map(cell, row)) + "\n" for row in table)


def as_objects(table: Rows) -> list[str]:
    return [json.dumps(dict(zip(table[0], row, strict=False)), ensure_ascii=False)
            for row in table[1:]]  # fmt: skip


def as_parquet(table: Rows) -> bytes:
    buffer = io.BytesIO()
    columns = {
        name: [row[position] if position < len(row) else None for row in table[1:]]
        for position, name in enumerate(table[0])
    }
    pq.write_table(
        pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), buffer
    )
    return buffer.getvalue()


def as_workbook(table: Rows) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in table:
        book.worksheets[0].append(row)
    book.save(buffer)
    return buffer.getvalue()


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", content)
    return buffer.getvalue()


def zstd(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(content)
    return sink.getvalue().to_pybytes()


def document(table: Rows) -> str:
    return '{"page": {"count": 12, "items": [' + ",\n ".join(as_objects(table)) + ']}, "x": [1]}'


@dataclass(frozen=True)
class Format:
    name: str
    text: Callable[[Rows], str] | None
    pack: Callable[[Any], bytes] = lambda text: text.encode("utf-8", "surrogatepass")
    options: dict[str, Any] = field(default_factory=dict)


def three_headers(table: Rows) -> str:
    second = [f"What is {name}?" for name in table[0]]
    third = ['{"ImportId":"' + name + '"}' for name in table[0]]
    return "Report\n\n" + as_csv([table[0], second, third, *table[1:], ["Total", "12"]], ";")


FORMATS = [
    Format("a.csv", as_csv),
    Format("a.tsv", lambda table: as_csv(table[1:], "\t"),
           options={"header_rows": 0, "column_names": HEADER, "quote": ""}),
    Format("headers.csv", three_headers, lambda text: text.encode("utf-16", "surrogatepass"),
           {"delimiter": ";", "encoding": "utf-16", "skip_rows": 1, "header_rows": 3,
            "footer_rows": 1}),
    Format("windows.csv", as_csv, lambda text: text.encode("windows-1252", "replace"),
           {"encoding": "windows-1252"}),
    Format("a.ndjson", lambda table: "".join(line + "\n" for line in as_objects(table))),
    Format("a.json", document, options={"records": "page.items"}),
    Format("a.parquet", None, as_parquet),
    Format("a.xlsx", None, as_workbook),
    Format("a.csv.gz", as_csv, lambda text: gzip.compress(text.encode(), mtime=0)),
    Format("a.csv.zst", as_csv, lambda text: zstd(text.encode("utf-8", "replace"))),
    Format("a.zip", as_csv, lambda text: zipped(text.encode())),
]  # fmt: skip

# Breaking ------------------------------------------------------------------------------------


def broken_rows(table: Rows, dice: random.Random) -> Rows:
    table = [list(row) for row in table]
    row, column = dice.randrange(len(table)), dice.randrange(len(HEADER))
    match dice.randrange(7):
        case 0:
            del table[row]
        case 1:
            table.insert(dice.randrange(len(table)), list(table[row]))
        case 2:
            for cells in table:
                del cells[column]
        case 3:
            for cells in table:
                cells.append(cells[column])
        case 4:
            table[row] = table[row][:column]
        case 5:
            table[row].append("more")
        case _:
            dice.shuffle(table[row])
    return table


def broken_text(text: str, dice: random.Random) -> str:
    place = dice.randrange(len(text) + 1)
    match dice.randrange(7):
        case 0:
            return text[:place]
        case 1:
            old, new = dice.sample(",;\t|:\n", 2)
            return text.replace(old, new)
        case 2:
            return (
                text[:place]
                + dice.choice(['"', "'", "\0", "\r", "\ufeff", "}", "]", ",", '""'])
                + text[place:]
            )
        case 3:
            return text.replace("{", dice.choice(["{{", "[{", '{"a": {']))
        case 4:
            return text.replace("}", dice.choice(["}}", "}]", ""]), dice.randrange(1, 4))
        case 5:
            return text[:place] + "[" * dice.choice([1, 3000]) + text[place:]
        case _:
            end = dice.randrange(place, len(text) + 1)
            return text[:end] + text[place:]


def broken_bytes(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    place = dice.randrange(len(changed) or 1)
    match dice.randrange(6):
        case 0:
            return content[:place]
        case 1:
            return content[place:]
        case 2:
            return content[:place] + content[place // 2 : place] + content[place:]
        case 3:
            text = content.decode("utf-8", "replace")
            return text.encode(dice.choice(["utf-16", "utf-16-be", "latin-1", "utf-7"]), "replace")
        case 4:
            changed[place : place + 4] = b"\0" * min(4, len(changed) - place)
        case _:
            for _ in range(dice.randrange(1, 5) if changed else 0):
                changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def mutated(format: Format, number: int) -> bytes:
    dice = random.Random(f"{format.name} {number}")
    table = rows(dice)
    kinds = ["rows", "bytes"] if format.text is None else ["rows", "text", "text", "bytes"]
    kind = dice.choice(kinds)
    if kind == "rows":
        table = broken_rows(table, dice)
    said: Any = table if format.text is None else format.text(table)
    if kind == "text":
        said = broken_text(said, dice)
    content = format.pack(said)
    return broken_bytes(content, dice) if kind == "bytes" else content


# Looking -------------------------------------------------------------------------------------


def texts_in(name: str, content: bytes, options: dict[str, Any]) -> str:
    """Everything that stands in a file, by other means than the door's."""
    match Path(name).suffix:
        case ".parquet":
            table = pq.read_table(io.BytesIO(content))
            return "\n".join(str(v) for column in table.columns for v in column.to_pylist())
        case ".xlsx" | ".zip":
            parts = []
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for member in archive.namelist():
                    with contextlib.suppress(zipfile.BadZipFile, zlib.error, ValueError):
                        parts.append(archive.read(member).decode("utf-8", "replace"))
            text = "\n".join(parts)
        case ".gz":
            text = gzip.decompress(content).decode("utf-8", "replace")
        case ".zst":
            with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
                text = stream.read().decode("utf-8", "replace")
        case _:
            text = content.decode(options.get("encoding", "utf-8"), "replace")
    return text


def stands_in(value: str, text: str) -> bool:
    quoted = json.dumps(value), json.dumps(value, ensure_ascii=False)
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    said = (value, escaped, value.replace('"', '""'), *(word[1:-1] for word in quoted))
    return any(word in text for word in said)


def number_in(value: Any, text: str) -> bool:
    numbers = {float(found) for found in re.findall(r"\d+\.?\d*|\.\d+", text)}
    return abs(float(value)) in numbers


@pytest.fixture
def bench(workshop: Workshop) -> Iterator[Workbench]:
    """A place that all mutations of a fixture share, as the files of a folder do."""
    with Workbench(workshop.settings.scratch_dir) as bench:
        yield bench


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
def test_no_broken_file_breaks_the_door(
    workshop: Workshop, format: Format, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    column = {"description": "?"}
    entity = Entity.model_validate({
        "description": "One row per id.", "files": ["*"], "primary_key": ["id"],
        "format": format.options,
        "columns": {
            "id": {**column, "required": True}, "word": column,
            "likes": {**column, "type": "integer"}, "amount": {**column, "type": "decimal"},
            "day": {**column, "type": "date"},
        },
    })  # fmt: skip
    door = Door(
        workshop.landing, workshop.lake, workshop.ledger, KEY, workshop.settings.scratch_dir
    )
    lake = Lake(workshop.lake, "broken", "rows")
    outcome = {"loaded": 0, "rejected": 0, "duplicate": 0, "unreadable": 0}
    for number in range(MUTATIONS):
        content = mutated(format, number)
        path = workshop.land("broken/rows", format.name, content)
        landed = LandedFile("broken", "rows", format.name, f"{number:032x}", 0, 0)
        batch, _ = door.read(path, landed, entity, lake, bench)
        if batch.status == "unreadable":
            assert batch.message, number
            outcome["unreadable"] += 1
            continue
        kept = pq.read_table(lake.batch(landed.batch_id)).to_pylist()
        rejects = lake.reject(landed.batch_id)
        refused = pq.read_table(rejects).to_pylist() if rejects.exists() else []
        assert len(kept) == batch.rows_loaded, number
        assert len(refused) == batch.rows_rejected, number
        sum_of = batch.rows_loaded + batch.rows_rejected + batch.rows_duplicate
        assert batch.rows_read == sum_of, number
        text = texts_in(format.name, content, format.options)
        for row in kept:
            for name in ("id", "word"):
                assert row[name] is None or stands_in(row[name], text), (number, name, row)
            for name in ("likes", "amount"):
                assert row[name] is None or number_in(row[name], text), (number, name, row)
            assert row["day"] is None or row["day"].isoformat() in text, (number, row)
        for what in ("loaded", "rejected", "duplicate"):
            outcome[what] += getattr(batch, f"rows_{what}")
    print(format.name, outcome)
    if MUTATIONS >= 50:
        assert outcome["unreadable"]
        assert outcome["loaded"]
