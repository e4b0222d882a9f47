"""Takes records out of a landed file and leaves every other byte of a text file as it was."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ingestion.batch import converted, delivered_value
from orchestration.ingestion.columns import Raw
from orchestration.ingestion.contract import Entity
from orchestration.ingestion.documents import parted
from orchestration.ingestion.readers import (
    Delivered,
    UnreadableFileError,
    csv_rows,
    delimiter_of,
    format_of,
    header_of,
    is_of_the_machine,
    json_fields,
    match_header,
)
from orchestration.ingestion.unpacking import is_packed, pack_again, plain_name, unpacked
from orchestration.ingestion.workbooks import workbook_to_csv, write_workbook_without
from orchestration.sql_text import identifier

_CHUNK_RECORDS = 50_000


@dataclass(frozen=True)
class Wanted:
    """Which records are meant.

    `condition` is SQL over `columns` of the contract, as the lake holds them (null where the file
    has no such column or the record is malformed), over `_text`, the record as delivered, and
    over `_is_malformed`, whether its columns cannot be told.
    """

    columns: tuple[str, ...]
    condition: str


@dataclass(frozen=True)
class _Piece:
    """A record of a text file with its cells (CSV), or a line that is none."""

    text: str
    cells: tuple[str, ...] = ()
    is_record: bool = True


Matching = Callable[[list[_Piece]], set[int]]


def write_without(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    """Write a copy of a landed file without the records that are meant.

    Args:
        connection: DuckDB connection on which the pseudonym key is installed.
        path: the landed file.
        entity: its contract.
        wanted: which records to leave out.
        target: the copy; its folder exists.

    Returns:
        How many records the copy lacks.

    Raises:
        UnreadableFileError: the file cannot be taken apart in records.
    """
    write = {"csv": _csv, "ndjson": _ndjson, "json": _document, "parquet": _parquet,
             "xlsx": _workbook}  # fmt: skip
    try:
        with _plain(path, target) as (plain, shortened):
            kind = format_of(plain, entity)
            if kind is None:
                raise UnreadableFileError(f"has an ending of no known format: {plain.suffix!r}")
            return write[kind](connection, plain, entity, wanted, shortened)
    except UnreadableFileError:
        raise
    except (UnicodeError, csv.Error, ValueError, pa.ArrowException, OSError) as error:
        if is_of_the_machine(error):
            raise
        said = str(error).splitlines()[0]
        raise UnreadableFileError(f"cannot be taken apart in records: {said}") from error


@contextmanager
def _plain(path: Path, target: Path) -> Iterator[tuple[Path, Path]]:
    """Give a landed file unpacked, and where its shorter copy belongs, which is packed again."""
    if not is_packed(path):
        yield path, target
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = unpacked(path, Path(folder))
        name = plain_name(path)
        plain = copy.rename(copy.with_name(name if Path(name).suffix else name + copy.suffix))
        shortened = Path(folder) / "shortened"
        yield plain, shortened
        pack_again(shortened, path, target)


# CSV -----------------------------------------------------------------------------------------


def _csv(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    encoding, errors = _encoding(path, entity)
    pieces, matching = _csv_records(connection, path, entity, wanted)
    with target.open("w", encoding=encoding, errors=errors, newline="") as copy:
        return _copy(pieces, matching, copy)


def _csv_records(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted
) -> tuple[Iterator[_Piece], Matching]:
    """The pieces of a CSV file, and what finds among them those that are meant."""
    header = _header(path, entity)
    names = [f"c{position}" for position in range(len(header))]
    raw = _matched(entity, [(h, Raw(n)) for h, n in zip(header, names, strict=True)])
    delivered = Delivered("chunk", raw, row_hash="null", records=0, invalid="c0 is null")

    def matching(pieces: list[_Piece]) -> set[int]:
        whole = [p.cells if len(p.cells) == len(header) else (None,) * len(header) for p in pieces]
        cells = dict(zip(names, map(list, zip(*whole, strict=True)), strict=True))
        chunk = _chunk([piece.text for piece in pieces], cells)
        return _positions(connection, chunk, path, entity, wanted, delivered)

    format = entity.format
    before = format.skip_rows + format.header_rows if raw else 0
    return _csv_pieces(path, entity, before), matching


def _encoding(path: Path, entity: Entity) -> tuple[str, str]:
    """Codec that keeps every byte, also a byte order mark and what is not text."""
    if entity.format.encoding != "utf-16":
        return entity.format.encoding, "surrogateescape"
    with path.open("rb") as file:
        return ("utf-16-be" if file.read(2) == b"\xfe\xff" else "utf-16-le"), "strict"


def _header(path: Path, entity: Entity) -> list[str]:
    format = entity.format
    encoding, errors = _encoding(path, entity)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        rows = csv_rows(file, delimiter_of(path, entity), format.quote)
        if format.is_plain:
            names = next(rows, [""])
        else:
            filled = (row for row in rows if any(cell.strip() for cell in row))
            first = list(islice(filled, format.skip_rows + format.header_rows))
            names = header_of(first[format.skip_rows :], format) or [""]
    return [names[0].removeprefix("\ufeff"), *names[1:]]


def _matched(entity: Entity, header: list[tuple[str, Raw]]) -> dict[str, Raw]:
    """A file that its contract cannot read has no columns that could be told."""
    try:
        return match_header(entity, header)
    except UnreadableFileError:
        return {}


def _csv_pieces(path: Path, entity: Entity, before: int) -> Iterator[_Piece]:
    """Each record with the very text it was read from; `before` rows precede the first one.

    A quote that is never closed swallows what follows: such a record is given line by line.
    """
    quote = entity.format.quote
    lines: list[str] = []
    encoding, errors = _encoding(path, entity)
    with path.open(encoding=encoding, errors=errors, newline="") as source:

        def followed() -> Iterator[str]:
            for line in source:
                lines.append(line)
                yield line

        for cells in csv_rows(followed(), delimiter_of(path, entity), quote):
            text = "".join(lines)
            if quote and len(lines) > 1 and text.count(quote) % 2:
                yield from (_Piece(line) for line in lines)
            else:
                yield _Piece(text, tuple(cells), is_record=bool(cells) and not before)
            before -= bool(before and any(cell.strip() for cell in cells))
            lines.clear()


# Workbooks -----------------------------------------------------------------------------------


def _workbook(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    """What is kept is written anew: the sheet that is read, without formulas and formats."""
    changed = {"delimiter": ",", "quote": '"', "encoding": "utf-8"}
    sheet = entity.model_copy(update={"format": entity.format.model_copy(update=changed)})
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        rows = Path(folder) / f"{path.stem}.csv"
        workbook_to_csv(path, entity.format, rows)
        pieces, matching = _csv_records(connection, rows, sheet, wanted)
        out = _meant(list(pieces), matching)
    write_workbook_without(path, entity.format, out, target)
    return len(out)


# JSON ----------------------------------------------------------------------------------------


def _ndjson(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    encoding, errors = _encoding(path, entity)
    matching = _json_matching(connection, path, entity, wanted)
    with (
        path.open(encoding=encoding, errors=errors, newline="\n") as source,
        target.open("w", encoding=encoding, errors=errors, newline="") as copy,
    ):
        pieces = (_Piece(line, is_record=bool(line.strip())) for line in source)
        return _copy(pieces, matching, copy)


def _document(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    """The records of a document stand between commas, which go with them."""
    encoding, errors = _encoding(path, entity)
    text = path.read_bytes().decode(encoding, errors)
    before, records, after = parted(text, entity.format.records)
    out = _json_matching(connection, path, entity, wanted)([_Piece(r) for r in records])
    kept = [record for position, record in enumerate(records) if position not in out]
    content = before + ",".join(kept) + after
    target.write_bytes(content.encode(encoding, errors))
    return len(out)


def _json_matching(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted
) -> Matching:
    scan, raw = json_fields(entity, "chunk")
    delivered = Delivered(scan, raw, row_hash="null", records=0, invalid="not is_valid")

    def matching(pieces: list[_Piece]) -> set[int]:
        lines = [piece.text.removeprefix("\ufeff") for piece in pieces]
        chunk = _chunk([_unescaped(line) for line in lines], {"line": lines})
        return _positions(connection, chunk, path, entity, wanted, delivered)

    return matching


def _unescaped(record: str) -> str:
    r"""An address may stand there as ada\u0040example.com."""
    if "\\" not in record:
        return record
    try:
        return json.dumps(json.loads(record), ensure_ascii=False)
    except ValueError:
        return record


# Parquet -------------------------------------------------------------------------------------


def _parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, wanted: Wanted, target: Path
) -> int:
    removed = 0
    with (
        pq.ParquetFile(path) as source,
        pq.ParquetWriter(target, source.schema_arrow, compression="zstd") as copy,
    ):
        for rows in source.iter_batches(_CHUNK_RECORDS):
            out = _parquet_positions(connection, rows, path, entity, wanted)
            removed += len(out)
            kept = pa.array([position not in out for position in range(len(rows))])
            copy.write_batch(rows.filter(kept))
    return removed


def _parquet_positions(
    connection: duckdb.DuckDBPyConnection,
    rows: pa.RecordBatch,
    path: Path,
    entity: Entity,
    wanted: Wanted,
) -> set[int]:
    connection.register("rows", pa.Table.from_batches([rows]))
    described = connection.execute("describe rows").fetchall()
    connection.unregister("rows")
    header = [(name, Raw(identifier(name), kind)) for name, kind, *_ in described]
    as_text = ", ".join(f"cast({raw.sql} as varchar)" for _, raw in header)
    scan = f"(select *, concat_ws(' ', {as_text}) as _text from chunk)"
    delivered = Delivered(scan, _matched(entity, header), row_hash="null", records=0)
    chunk = pa.Table.from_batches([rows]).append_column("_position", [list(range(len(rows)))])
    return _positions(connection, chunk, path, entity, wanted, delivered)


# All formats ---------------------------------------------------------------------------------


def _copy(pieces: Iterator[_Piece], matching: Matching, copy: TextIO) -> int:
    removed = 0
    while chunk := list(islice(pieces, _CHUNK_RECORDS)):
        out = _meant(chunk, matching)
        removed += len(out)
        copy.writelines(piece.text for n, piece in enumerate(chunk) if n not in out)
    return removed


def _meant(pieces: list[_Piece], matching: Matching) -> set[int]:
    """Positions of the records that are meant."""
    candidates = [position for position, piece in enumerate(pieces) if piece.is_record]
    found = matching([pieces[position] for position in candidates]) if candidates else set()
    return {candidates[position] for position in found}


def _chunk(texts: list[str], columns: dict[str, Any]) -> pa.Table:
    numbers = list(range(len(texts)))
    values = {name: _as_text(column) for name, column in columns.items()}
    return pa.table({"_position": numbers, "_text": _as_text(texts), **values})


def _as_text(values: Sequence[str | None]) -> pa.Array:
    """What is not text in the file is a question mark to DuckDB."""
    clean = (
        None if v is None else v.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        for v in values
    )  # fmt: skip
    return pa.array(clean, pa.string())


def _positions(
    connection: duckdb.DuckDBPyConnection,
    chunk: pa.Table,
    path: Path,
    entity: Entity,
    wanted: Wanted,
    delivered: Delivered,
) -> set[int]:
    """Read the columns as the door would and return the positions of the records meant."""
    values = ", ".join(
        f"{delivered_value(n, entity, delivered, path)} as {identifier('raw ' + n)}"
        for n in wanted.columns
    )
    typed = ", ".join(
        f"{converted(n, entity, delivered)} as {identifier(n)}" for n in wanted.columns
    )
    query = f"""
        with delivered as (
            select _position, _text, {delivered.invalid} as _is_malformed, {values or "null"}
            from {delivered.scan}
        ),
        read as (select *, {typed or "null"} from delivered)
        select _position from read where {wanted.condition}
    """
    connection.register("chunk", chunk)
    found = connection.execute(query).fetchall()
    connection.unregister("chunk")
    return {position for (position,) in found}
