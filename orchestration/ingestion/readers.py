"""Opens a landed file as rows of delivered values, without believing the reader.

DuckDB reads; the number of records is counted a second time by other means, so that a
truncated file or a reader that gives up early is noticed instead of loaded in part.
"""

import codecs
import csv
import difflib
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import BinaryIO

import duckdb
import numpy as np

from orchestration.ingestion.columns import Raw
from orchestration.ingestion.contract import Column, Entity, Format, Question
from orchestration.ingestion.documents import parted
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.masking import mask, masked_text
from orchestration.ingestion.pseudonym import row_id
from orchestration.ingestion.unpacking import endings, unpacked
from orchestration.ingestion.workbooks import workbook_to_csv
from orchestration.machine_faults import way_out
from orchestration.sql_text import identifier, literal

_CHUNK_BYTES = 1 << 23
_MAX_RECORD_BYTES = 1 << 26
_MIN_BUFFER_BYTES = 1 << 16
_ENDINGS = {".csv": "csv", ".tsv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson",
            ".json": "json", ".parquet": "parquet", ".xlsx": "xlsx"}  # fmt: skip
_ANSWER = (
    "{{'question_id': {id}, 'question_text': {text}, 'question_kind': {kind},"
    " 'scale_max': {scale}, 'value': {value}}}"
)


@dataclass(frozen=True)
class Delivered:
    """A file opened for reading.

    `scan` is SQL for a table expression; `raw` maps each contract column to the SQL that
    reads it there; `invalid` is a condition under which a record is malformed as a whole, and
    `present` one under which it is a record and not a blank line;
    `row_hash` is SQL for a keyed hash of the whole record; `records` is the independent count,
    and `recount` a slower one that understands stray quotes; `unknown` are columns of the file
    that the contract does not name.
    """

    scan: str
    raw: dict[str, Raw]
    row_hash: str
    records: int
    invalid: str = "false"
    present: str = "true"
    has_reject_table: bool = False
    recount: Callable[[], int] | None = None
    unknown: tuple[str, ...] = field(default=())


def format_of(path: Path, entity: Entity) -> str | None:
    """Return csv, ndjson, json, parquet or xlsx, by the contract or the ending, else None.

    Args:
        path: the file, unpacked.
        entity: what the contract says of it.
    """
    return entity.format.type or _ENDINGS.get(path.suffix.lower())


def is_of_the_machine(error: Exception) -> bool:
    """Whether the machine failed, and not the file, which must not be noted as unreadable then."""
    is_system = isinstance(error, OSError | duckdb.OperationalError)
    return is_system and way_out(str(error)) is not None


def open_file(
    connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity, scratch: Path
) -> Delivered:
    """Open a landed file in the format that its contract or its ending says.

    Args:
        connection: DuckDB connection that will run the scan.
        path: the landed file.
        entity: what the contract says of its records.
        scratch: folder for a rewritten copy, where one is needed.

    Raises:
        UnreadableFileError: the file cannot be read as a whole.
    """
    # DuckDB would take a name such as `orders [1].csv` for a pattern.
    link = scratch / f"landed{endings(path)}"
    link.symlink_to(path.resolve())
    try:
        path = unpacked(link, scratch)
        match format_of(path, entity):
            case "csv":
                text = _as_utf8(path, entity.format.encoding, scratch)
                return _open_csv(text, entity, delimiter_of(path, entity), scratch)
            case "xlsx":
                text = scratch / "sheet.csv"
                workbook_to_csv(path, entity.format, text)
                return _open_csv(text, _as_sheet(entity), ",", scratch)
            case "ndjson":
                return _open_ndjson(_as_utf8(path, entity.format.encoding, scratch), entity)
            case "json":
                text = _as_utf8(path, entity.format.encoding, scratch)
                return _open_ndjson(_document_to_lines(text, entity, scratch), entity)
            case "parquet":
                return _open_parquet(connection, path, entity)
            case _:
                raise UnreadableFileError(f"has an ending of no known format: {path.suffix!r}")
    except UnreadableFileError:
        raise
    except (ValueError, csv.Error, duckdb.Error, OSError) as error:  # pyarrow's are ValueErrors
        if is_of_the_machine(error):
            raise
        raise UnreadableFileError(f"cannot be opened: {str(error).splitlines()[0]}") from error


# CSV -----------------------------------------------------------------------------------------


def _open_csv(text: Path, entity: Entity, delimiter: str, scratch: Path) -> Delivered:
    quote, whole = entity.format.quote, text
    header, wordings, text = _header_and_records(text, entity.format, delimiter, scratch)
    if not any(cell.strip() for cell in header):
        raise UnreadableFileError("is empty: there is no header row")
    names = [f"c{i}" for i in range(len(header))]
    cells = [(h, Raw(n)) for h, n in zip(header, names, strict=True)]
    try:
        raw = match_header(entity, cells, wordings)
    except UnreadableFileError:
        _refuse_header_above(whole, entity, delimiter, header)
        raise
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    scan = (
        f"read_csv({literal(str(text))}, auto_detect = false, header = true,"
        f" columns = {{{columns}}}, delim = {literal(delimiter)},"
        f" quote = {literal(quote)}, escape = {literal(quote)},"
        f" {_buffer(text)}, strict_mode = true, store_rejects = true, rejects_limit = 0)"
    )
    return Delivered(
        scan=scan,
        raw=raw,
        row_hash=_hash_of(names),
        records=count_csv_records(text, delimiter, quote) - 1,
        recount=lambda: _count_with_csv(text, delimiter, quote) - 1,
        has_reject_table=True,
        unknown=_unknown(entity, header),
    )


def _refuse_header_above(text: Path, entity: Entity, delimiter: str, header: Sequence[str]) -> None:
    """Say so where a row that the contract skips has more of its names than the header."""
    skipped = entity.format.skip_rows
    rows = _first_rows(text, skipped, delimiter, entity.format.quote)[0] if skipped else []
    known = {_plain(n) for c in entity.columns for n in entity.sources_of(c)}
    for number, row in enumerate(rows, 1):
        if len(known & set(map(_plain, row))) > len(known & set(map(_plain, header))):
            raise UnreadableFileError(
                f"has its header in row {number}, which the contract skips (format.skip_rows:"
                f" {skipped}): export it again with what stands above the header, or set skip_rows"
                " in a contract of your own"
            )


def delimiter_of(path: Path, entity: Entity) -> str:
    """Return what separates the cells of a CSV file."""
    return "\t" if path.suffix.lower() == ".tsv" else entity.format.delimiter


def csv_rows(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    """Read rows of cells; without a quote character no cell is ever quoted."""
    csv.field_size_limit(_MAX_RECORD_BYTES)
    if not quote:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote)


def header_of(rows: list[list[str]], format: Format) -> list[str]:
    """Return the names of the columns.

    Args:
        rows: the header rows.
        format: what the contract says of them.
    """
    if format.column_names:
        return list(format.column_names)
    if format.header != "joined":
        chosen = rows[format.header == "second" :]
        return chosen[0] if chosen else []
    if not rows:
        return []
    width = max(map(len, rows))
    full = [[*row, *[""] * (width - len(row))] for row in rows]
    for position in range(1, width):
        full[0][position] = full[0][position] or full[0][position - 1]
    joined = (dict.fromkeys(cell.strip() for cell in cells) for cells in zip(*full, strict=True))
    return [" - ".join(cell for cell in cells if cell) for cells in joined]


def wordings_of(rows: list[list[str]], format: Format) -> list[str]:
    """Return what the second header row says of each column, where the first one names them.

    Args:
        rows: the header rows.
        format: what the contract says of them.
    """
    return rows[1] if format.header == "first" and len(rows) > 1 else []


def _as_sheet(entity: Entity) -> Entity:
    """What was a workbook is CSV now, quoted as CSV is."""
    return entity.model_copy(update={"format": entity.format.model_copy(update={"quote": '"'})})


def _as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    if encoding == "utf-8":
        return path
    if encoding != "utf-16":
        _refuse_utf8(path, encoding)
    copy = scratch / f"utf8{path.suffix}"
    with (
        path.open(encoding=encoding, newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(source, target, _CHUNK_BYTES)
    return copy


def _refuse_utf8(path: Path, encoding: str) -> None:
    """In an encoding of one byte a letter, UTF-8 is read without an error and as other letters."""
    decoder, is_ascii = codecs.getincrementaldecoder("utf-8")(), True
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
            is_ascii = is_ascii and chunk.isascii()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return
    if not is_ascii:
        raise UnreadableFileError(
            f"is UTF-8 text, but its contract says {encoding}: save it in that encoding, or set"
            " format.encoding in its contract"
        )


def _header_and_records(
    text: Path, format: Format, delimiter: str, scratch: Path
) -> tuple[list[str], list[str], Path]:
    """Return the names of the columns, their wordings, and a file of one header row and records."""
    if format.is_plain:
        with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return next(csv_rows(file, delimiter, format.quote), []), [], text
    before = format.skip_rows + format.header_rows
    first, starts = _first_rows(text, max(before, 1), delimiter, format.quote)
    begin = starts[before] if before < len(starts) else text.stat().st_size
    line_break = _line_break(text, [*starts[1:], begin][0])
    end = None
    if format.footer_rows:
        starts = _row_starts(text, delimiter, format.quote)
        records = starts[before:]
        last = max(len(records) - format.footer_rows, 0)
        end = records[last] if records else begin
    header = header_of(first[format.skip_rows : before], format)
    wordings = wordings_of(first[format.skip_rows : before], format)
    copy = scratch / "records.csv"
    with text.open("rb") as source, copy.open("wb") as target:
        mark = format.quote
        target.write(delimiter.join(f"{mark}c{i}{mark}" for i in range(len(header))).encode())
        target.write(line_break)
        source.seek(begin)
        _copy_bytes(source, target, None if end is None else end - begin)
    return header, wordings, copy


def _line_break(text: Path, position: int) -> bytes:
    """How the line ends that stands before a position: DuckDB takes one way for a whole file."""
    with text.open("rb") as file:
        file.seek(max(position - 2, 0))
        return b"\r\n" if file.read(2) == b"\r\n" else b"\n"


def _first_rows(
    text: Path, count: int, delimiter: str, quote: str
) -> tuple[list[list[str]], list[int]]:
    """The first rows of a file, and where these and the one after them begin (bytes)."""
    rows, starts = [], []
    for start, row in _placed_rows(text, delimiter, quote):
        starts.append(start)
        if len(starts) > count:
            break
        rows.append(row)
    return rows, starts


def _row_starts(text: Path, delimiter: str, quote: str) -> list[int]:
    return [start for start, _ in _placed_rows(text, delimiter, quote)]


def _placed_rows(text: Path, delimiter: str, quote: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank with the byte at which it begins."""
    position = start = 0

    def followed() -> Iterator[str]:
        nonlocal position
        for line in file:
            position += len(line.encode("utf-8", "surrogateescape"))
            yield line.removeprefix("\ufeff") if start == 0 else line

    with text.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        for row in csv_rows(followed(), delimiter, quote):
            if any(cell.strip() for cell in row):
                yield start, row
            start = position


def _copy_bytes(source: BinaryIO, target: BinaryIO, count: int | None) -> None:
    left = count
    while chunk := source.read(_CHUNK_BYTES if left is None else min(left, _CHUNK_BYTES)):
        target.write(chunk)
        left = None if left is None else left - len(chunk)


def count_csv_records(path: Path, delimiter: str = ",", quote: str = '"') -> int:
    """Count the records of a UTF-8 CSV file, header included, blank lines not.

    A line break counts where an even number of quotes stands before it. Files in which a
    quote stands inside an unquoted cell break that rule: they are counted by Python's csv.
    """
    records, quotes, blank = 0, 0, True
    for chunk in _chunks(path):
        data = np.frombuffer(chunk, dtype=np.uint8)
        breaks = np.flatnonzero(data == 10)
        marks = np.flatnonzero(data == ord(quote)) if quote else data[:0]
        if len(marks) and not _quotes_only_enclose(chunk, delimiter, quote):
            return _count_with_csv(path, delimiter, quote)
        breaks = breaks[(np.searchsorted(marks, breaks) + quotes) % 2 == 0]
        starts = np.concatenate(([0], breaks + 1))
        content = np.cumsum((data != 10) & (data != 13), dtype=np.int64)
        filled = np.diff(np.concatenate(([0], content[breaks], content[-1:]))) > 0
        filled[0] |= not blank
        records += int(filled[:-1].sum())
        blank = not bool(filled[-1]) if len(starts) else blank
        quotes += len(marks)
    return records + (not blank)


def _quotes_only_enclose(chunk: bytes, delimiter: str, quote: str) -> bool:
    """Whether no quote stands in the middle of an unquoted cell of the chunk."""
    d, q = re.escape(delimiter.encode()), re.escape(quote.encode())
    stray = rb"[^" + d + q + rb"\r\n]" + q + rb"(?![" + d + q + rb"\r\n]|\Z)"
    return re.search(stray, chunk) is None


def _count_with_csv(path: Path, delimiter: str, quote: str) -> int:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return sum(1 for row in csv_rows(file, delimiter, quote) if row)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _buffer(path: Path) -> str:
    """Room for the longest record that is read, and no more than the file: it is filled at once."""
    size = min(_MAX_RECORD_BYTES, max(path.stat().st_size, _MIN_BUFFER_BYTES))
    return f"max_line_size = {size}, buffer_size = {size}"


# JSON ----------------------------------------------------------------------------------------


def _open_ndjson(path: Path, entity: Entity) -> Delivered:
    lines = (
        f"read_csv({literal(str(path))}, auto_detect = false, header = false,"
        " columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',"
        f" {_buffer(path)})"
    )
    scan, raw = json_fields(entity, lines)
    return Delivered(
        scan=scan,
        raw=raw,
        row_hash=row_id("line"),
        records=_count_lines(path),
        invalid="not is_valid",
        present="trim(line) <> ''",
    )


def json_fields(entity: Entity, lines: str) -> tuple[str, dict[str, Raw]]:
    """Return SQL that parses a table with a column `line` once, all fields together.

    Besides the scan, the SQL that reads each contract column there.
    """
    names = [n for c in entity.columns for n in entity.sources_of(c)]
    paths = [n for n in dict.fromkeys(names) if "[" not in n]
    fields = ", ".join(literal(_json_path(name)) for name in paths)
    maps = "".join(
        f", {_key_values(k, v)} as {identifier(k)}" for k, v in entity.key_values.items()
    )
    scan = (
        f"(select *, json_valid(line) as is_valid,"
        f" case when json_valid(line) then json_extract_string(line, [{fields}]) end as f{maps}"
        f" from {lines})"
    )
    raw = {}
    for name, column in entity.columns.items():
        if column.type == "answers":
            raw[name] = Raw(_json_answers(column, entity), "answers")
        elif not column.file_name:
            values = [_json_value(n, paths) for n in entity.sources_of(name)]
            raw[name] = Raw(f"coalesce({', '.join(values)})" if len(values) > 1 else values[0])
    return scan, raw


def _document_to_lines(path: Path, entity: Entity, scratch: Path) -> Path:
    """Rewrite a JSON document (a list, or a list under `records`) as one record a line."""
    try:
        _, records, _ = parted(path.read_text(encoding="utf-8"), entity.format.records)
    except UnicodeError:
        raise
    except ValueError as error:
        raise UnreadableFileError(str(error)) from None
    lines = scratch / "records.ndjson"
    with lines.open("w", encoding="utf-8") as file:
        # A line break within a record stands between its words, never in one.
        file.writelines(re.sub(r"[\r\n]", " ", record) + "\n" for record in records)
    return lines


def _count_lines(path: Path) -> int:
    """Count the lines that hold more than blanks."""
    lines, blank = 0, True
    for chunk in _chunks(path):
        pieces = chunk.split(b"\n")
        lines += sum(1 for p in pieces[1:-1] if p and not p.isspace())
        blank = blank and (not pieces[0] or pieces[0].isspace())
        if len(pieces) > 1:
            lines += not blank
            blank = not pieces[-1] or pieces[-1].isspace()
    return lines + (not blank)


def _json_path(name: str) -> str:
    return "$." + ".".join(f'"{part}"' for part in name.split("."))


def _json_value(name: str, paths: list[str]) -> str:
    """`device.category` reads a field, `event_params[page_location]` a key of a key list."""
    if keyed := re.fullmatch(r"(\w+)\[(.+)\]", name):
        return f"{identifier(keyed[1])}[{literal(keyed[2])}]"
    return f"f[{paths.index(name) + 1}]"


def _key_values(name: str, values: tuple[str, ...]) -> str:
    candidates = ", ".join(f"e ->> '$.value.{value}'" for value in values)
    return (
        f"case when json_valid(line) then map_from_entries(list_filter(list_transform("
        f"json_extract(line, '$.{name}[*]'),"
        f" lambda e: {{'k': e ->> '$.key', 'v': coalesce({candidates})}}),"
        f" lambda e, i: e.k is not null and list_position("
        f"json_extract_string(line, '$.{name}[*].key'), e.k) = i)) end"
    )


def _json_answers(column: Column, entity: Entity) -> str:
    def first_of(names: tuple[str, ...]) -> str:
        return f"coalesce({', '.join(f'a ->> {literal(_json_path(n))}' for n in names)})"

    label = f"concat_ws(' ', {first_of(column.question_id)}, {first_of(column.question_text)})"
    rules = " ".join(
        f"when regexp_matches({label}, {literal(q.match)}) then {literal(q.kind)}"
        for q in entity.questions
    )
    scales = " ".join(
        f"when regexp_matches({label}, {literal(q.match)}) then {_scale(q)}"
        for q in entity.questions
    )
    answer = _ANSWER.format(
        id=masked_text(first_of(column.question_id)),
        text=masked_text(first_of(column.question_text)),
        kind=f"case {rules} else 'text' end" if rules else "'text'",
        scale=f"case {scales} end" if scales else "null::bigint",
        value=_answered(first_of(column.value)),
    )
    answers = literal(_json_path(column.names[0]) + "[*]")
    return (
        f"case when is_valid then list_filter(list_transform(json_extract(line, {answers}),"
        f" lambda a: {answer}), lambda a: a.value is not null) end"
    )


# Parquet -------------------------------------------------------------------------------------


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path, entity: Entity) -> Delivered:
    import pyarrow.parquet as pq

    scan = f"read_parquet({literal(str(path))})"
    described = connection.execute(f"describe select * from {scan}").fetchall()
    header = [(name, Raw(identifier(name), kind)) for name, kind, *_ in described]
    return Delivered(
        scan=scan,
        raw=match_header(entity, header),
        row_hash=_hash_of([raw.sql for _, raw in header]),
        records=pq.read_metadata(path).num_rows,
        unknown=_unknown(entity, [name for name, _ in header]),
    )


# Headers -------------------------------------------------------------------------------------


def _plain(name: str) -> str:
    """Case, blanks and punctuation of a header do not count."""
    return re.sub(r"[\W_]+", "", name).casefold()


def match_header(
    entity: Entity, header: list[tuple[str, Raw]], wordings: Sequence[str] = ()
) -> dict[str, Raw]:
    """Find for each contract column the column of the file that holds it.

    Args:
        entity: the contract.
        header: name of each column and how it is read.
        wordings: what a second header row says of each column, if it says anything.

    Raises:
        UnreadableFileError: a required column is not there, or one stands there twice.
    """
    by_name = {_plain(name): raw for name, raw in header}
    counts = Counter(_plain(name) for name, _ in header)
    matched = {}
    for name, column in entity.columns.items():
        if column.type == "answers":
            matched[name] = Raw(_wide_answers(entity, header, wordings), "answers")
            continue
        found = [p for n in entity.sources_of(name) if (p := _plain(n)) in by_name]
        if found and counts[found[0]] > 1:
            raise UnreadableFileError(f"has more than one column for {name}")
        if found:
            matched[name] = by_name[found[0]]
        elif column.required and not column.file_name:
            raise UnreadableFileError(_missing(name, entity, [h for h, _ in header]))
    return matched


def _missing(name: str, entity: Entity, header: list[str]) -> str:
    aliases = entity.sources_of(name)
    if any("\ufffd" in cell for cell in header):
        return "is not UTF-8 text; save it as UTF-8, or set format.encoding in its contract"
    if any("\0" in cell for cell in header):
        return "holds zero bytes: it is no text (or UTF-16: set format.encoding in its contract)"
    if mark := _other_delimiter(header, aliases):
        return (
            f"has the header {header[0][:80]!r}, which seems to be separated by {mark!r}:"
            " set format.delimiter in a contract of your own"
            " (`funnel contract draft` writes one)"
        )
    if _looks_like_data(header):
        return (
            f"has no column {' or '.join(map(repr, aliases))}, which is required;"
            " its first row looks like data, as if the header were missing"
        )
    others = {_plain(n) for c in entity.columns if c != name for n in entity.sources_of(c)}
    plain = {_plain(cell): cell for cell in reversed(header) if _plain(cell) not in others}
    near = [
        plain[match]
        for alias in aliases
        for match in difflib.get_close_matches(_plain(alias), plain, n=1, cutoff=0.6)
    ]
    hint = f" (is it {' or '.join(map(repr, dict.fromkeys(near)))}?)" if near else ""
    return (
        f"has no column {' or '.join(map(repr, aliases))}, which is required{hint};"
        f" its header is: {', '.join(header)}"
    )


def _other_delimiter(header: list[str], aliases: Sequence[str]) -> str | None:
    """What separates the cells, where one column or a name that is sought shows it."""
    sought = {_plain(alias) for alias in aliases}
    line = ",".join(header)
    for mark in ";\t|,":
        pieces = line.split(mark)
        if len(pieces) > 1 and (len(header) == 1 or sought & {_plain(piece) for piece in pieces}):
            return mark
    return None


def _looks_like_data(header: list[str]) -> bool:
    """A first row with an address or long numbers is no header; it may name a person."""
    return any("@" in cell or len(re.findall(r"\d", cell)) > 3 for cell in header)


def _unknown(entity: Entity, header: list[str]) -> tuple[str, ...]:
    if any(column.type == "answers" for column in entity.columns.values()):
        return ()
    known = {_plain(n) for c in entity.columns for n in entity.sources_of(c)}
    return tuple(
        mask(h) for h in header
        if _plain(h) not in known and not any(fnmatch(h, pattern) for pattern in entity.ignored)
    )  # fmt: skip


def _hash_of(columns: list[str]) -> str:
    values = ", ".join(f"coalesce(cast({c} as varchar), chr(30))" for c in columns)
    return row_id(f"concat_ws(chr(31), {values})")


def _wide_answers(entity: Entity, header: list[tuple[str, Raw]], wordings: Sequence[str]) -> str:
    """Every column that the contract neither names nor ignores is a question.

    Its header is the wording, unless a second header row holds it.
    """
    named = {_plain(n) for c in entity.columns for n in entity.sources_of(c)}
    seen: Counter[str] = Counter()
    answers = []
    for position, (question, raw) in enumerate(header):
        if _plain(question) in named or any(fnmatch(question, p) for p in entity.ignored):
            continue
        wording = wordings[position].strip() if position < len(wordings) else ""
        slug = _slug(mask(question))
        seen[slug] += 1
        label = f"{question} {wording}"
        rule = next((q for q in entity.questions if re.search(q.match, label)), None)
        answers.append(
            _ANSWER.format(
                id=literal(slug if seen[slug] == 1 else f"{slug}_{seen[slug]}"),
                text=literal(mask(wording or question.strip())),
                kind=literal(rule.kind if rule else "text"),
                scale=_scale(rule),
                value=_answered(f"cast({raw.sql} as varchar)"),
            )
        )
    return f"list_filter([{', '.join(answers)}], lambda a: a.value is not null)"


def _scale(rule: Question | None) -> str:
    return f"{rule.scale_max}::bigint" if rule and rule.scale_max else "null::bigint"


def _answered(value: str) -> str:
    return masked_text(f"nullif(trim({value}), '')")


def _slug(question: str) -> str:
    """A long question is cut, and told from others that begin alike by a hash."""
    slug = re.sub(r"\W+", "_", question.casefold()).strip("_")
    return slug if len(slug) <= 60 else f"{slug[:52]}_{hashlib.md5(slug.encode()).hexdigest()[:7]}"
