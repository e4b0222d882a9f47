"""Drafts a contract and a staging model from a sample of a tool that has none yet.

Everything here is a guess that a person has to confirm; the door itself never guesses.
"""

import csv
import difflib
import json
import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from orchestration.ingestion.columns import LAKE_TYPES
from orchestration.ingestion.contract import POSITION_IN, Entity, Format
from orchestration.ingestion.documents import parted
from orchestration.ingestion.errors import UnreadableFileError
from orchestration.ingestion.unpacking import plain_name, unpacked
from orchestration.ingestion.workbooks import workbook_to_csv

_SAMPLE_RECORDS = 5_000
_GUESS = "GUESSED"
_NUMBER = {
    "integer": r"[+-]?\d{1,18}",
    "decimal": r"[+-]?\d*\.?\d{1,4}",
    "double": r"[+-]?\d*\.?\d+([eE][+-]?\d+)?",
}
_TIMES = (
    (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d:?(\d\d)?)?", "timestamp", "iso"),
    (r"\d{4}-\d\d-\d\d", "date", "iso"),
    (r"20\d\d[01]\d[0-3]\d", "date", "%Y%m%d"),
    (r"\d\d?\.\d\d?\.\d{4}", "date", "%d.%m.%Y"),
    (r"\d\d?\.\d\d?\.\d{4} \d\d?:\d\d", "timestamp", "%d.%m.%Y %H:%M"),
    (r"\d\d?\.\d\d?\.\d{4} \d\d?:\d\d:\d\d", "timestamp", "%d.%m.%Y %H:%M:%S"),
    (r"\d\d?/\d\d?/\d{4}", "date", "%m/%d/%Y"),
    (r"\d\d?/\d\d?/\d{4} \d\d?:\d\d", "timestamp", "%m/%d/%Y %H:%M"),
    (r"\d\d?/\d\d?/\d{4} \d\d?:\d\d:\d\d", "timestamp", "%m/%d/%Y %H:%M:%S"),
)
# A sample may hold whole numbers only where the common list has others too.
_WIDER = {
    "integer": ("decimal", "double", "string"),
    "decimal": ("double",),
    "date": ("timestamp",),
}
_EPOCHS = ((r"1[0-9]{9}", "epoch_s"), (r"1[0-9]{12}", "epoch_ms"), (r"1[0-9]{15}", "epoch_us"))
_PERSONAL = (
    ("email", r"e[-_ ]?mail"),
    ("phone", r"phone|mobile|telefon|handy(_?nummer|$)"),
    ("ip", r"(^|_)ip(_|$)|ip_address"),
    ("name", r"(first|last|full|user|customer|display|billing|shipping|your)_?name|^name$|author"),
    ("name", r"vorname|nachname|kundenname"),
)
# A column of people holds names where most values are two to four words without digits.
_PEOPLE = r"(customer|client|buyer|member|contact|person|kunde|käufer|besteller|mitglied|kontakt)$"
_FULL_NAME = r"[^\W\d_][\w'’.-]*(,? [^\W\d_][\w'’.-]*){1,3}"
_ID = r"(^|_)(id|uuid|no|nr|number|key)$|(bestell|auftrags|rechnungs|vorgangs)nummer$|kennung$"


@dataclass(frozen=True)
class Draft:
    """The text of a contract and of a staging model, and what the model maps to."""

    contract: str
    model: str
    list_name: str
    columns: frozenset[str]


@dataclass(frozen=True)
class _Sample:
    format: dict[str, Any]
    ending: str
    records: list[dict[str, str | None]]


@dataclass(frozen=True)
class _Guess:
    name: str
    header: str
    type: str
    options: dict[str, Any]
    values: list[str]
    is_whole: bool


def draft(
    path: Path, source: str, entity: str, lists: dict[str, Entity], models: dict[str, str],
    list_name: str | None = None,
) -> Draft:  # fmt: skip
    """Write a contract and a staging model for a sample.

    Args:
        path: the sample.
        source: name of the tool.
        entity: name of its kind of record.
        lists: the common column lists, by name, with our names for their columns.
        models: SQL of the staging model of each list.
        list_name: the list that it belongs to; None: the one that shares most columns.

    Raises:
        UnreadableFileError: no record could be found in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        sample = _read(unpacked(path, Path(folder)), plain_name(path), Path(folder))
    if not sample.records:
        raise UnreadableFileError(f"{path.name} holds no record to learn from")
    headers = list(dict.fromkeys(name for record in sample.records for name in record))
    chosen = list_name or _nearest(entity, headers, lists)
    guesses = [_guess(h, sample.records, lists[chosen]) for h in headers]
    guesses = _with_own_names(guesses)
    key, filled = _identity(guesses, lists[chosen])
    text = _contract_text(source, entity, sample, guesses, key, filled)
    there = {guess.name for guess in guesses} | filled.keys()
    model = _model_text(source, entity, chosen, there, lists, models[chosen])
    return Draft(text, model, chosen, frozenset(guess.name for guess in guesses))


# Reading the sample --------------------------------------------------------------------------


def _read(path: Path, name: str, folder: Path) -> _Sample:
    ending = path.suffix.lower() or Path(name).suffix.lower()
    match ending:
        case ".json":
            return _json_sample(path.read_text(encoding="utf-8-sig"))
        case ".ndjson" | ".jsonl":
            with path.open(encoding="utf-8-sig") as file:
                lines = [line for line in islice(file, _SAMPLE_RECORDS) if line.strip()]
            return _Sample({}, ending, _records(lines))
        case ".parquet":
            import duckdb

            with duckdb.connect() as connection:
                query = "select columns(*)::varchar from read_parquet(?) limit ?"
                found = connection.execute(query, [str(path), _SAMPLE_RECORDS])
                names = [column[0] for column in found.description or ()]
                rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            return _Sample({}, ending, rows)
        case ".xlsx":
            sheet = folder / "sheet.csv"
            workbook_to_csv(path, Format(), sheet)
            return _Sample({}, ending, _csv_sample(sheet, "utf-8-sig", ",").records)
        case _:
            encoding = _encoding(path)
            return _csv_sample(path, encoding, "\t" if ending == ".tsv" else None)


def _encoding(path: Path) -> str:
    start = path.read_bytes()[: 1 << 20]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        start[: start.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8-sig"


def _csv_sample(path: Path, encoding: str, delimiter: str | None) -> _Sample:
    with path.open(encoding=encoding, newline="") as file:
        start = file.read(1 << 16)
        first = start.split("\n", 1)[0]
        delimiter = delimiter or max(",;\t|", key=first.count)
        file.seek(0)
        rows = islice(csv.DictReader(file, delimiter=delimiter), _SAMPLE_RECORDS)
        records = [{k: v for k, v in row.items() if isinstance(k, str)} for row in rows]
    format = {} if encoding == "utf-8-sig" else {"encoding": encoding}
    if delimiter != "," and path.suffix.lower() != ".tsv":
        format["delimiter"] = delimiter
    return _Sample(format, path.suffix.lower() or ".csv", records)


def _json_sample(text: str) -> _Sample:
    """A list at the top, or else the longest list of objects anywhere in the document."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError(f"is not valid JSON: {error}") from None
    path = None if isinstance(document, list) else _longest_list(document)
    if path == "":
        raise UnreadableFileError("holds no list of records")
    _, records, _ = parted(text, path)
    return _Sample({"type": "json", **({"records": path} if path else {})}, ".json",
                   _records(records[:_SAMPLE_RECORDS]))  # fmt: skip


def _longest_list(value: Any, at: str = "") -> str:
    found = {}
    for key, inner in value.items() if isinstance(value, dict) else ():
        place = f"{at}.{key}" if at else key
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            found[place] = len(inner)
        elif isinstance(inner, dict) and (deeper := _longest_list(inner, place)):
            found[deeper] = 1
    return max(found, key=lambda place: found[place], default="")


def _records(lines: list[str]) -> list[dict[str, str | None]]:
    """Fields of JSON objects with their path; numbers as they stand there."""
    said = [json.loads(line, parse_int=str, parse_float=str) for line in lines]
    return [dict(_flat(record)) for record in said if isinstance(record, dict)]


def _flat(record: dict[str, Any], at: str = "") -> list[tuple[str, str | None]]:
    fields = []
    for key, value in record.items():
        match value:
            case dict():
                fields += _flat(value, f"{at}{key}.")
            case list():
                pass
            case bool():
                fields.append((f"{at}{key}", str(value).lower()))
            case _:
                fields.append((f"{at}{key}", value))
    return fields


# Guessing ------------------------------------------------------------------------------------


def _snake(header: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", header.strip())
    name = re.sub(r"\W+", "_", words).strip("_").lower()
    return f"column_{name}" if not name or name[0].isdigit() else name


def _nearest(entity: str, headers: list[str], lists: dict[str, Entity]) -> str:
    """The list whose name is the entity's, else the one that knows most of the columns."""
    if entity in lists:
        return entity
    plain = {_snake(h) for h in headers}
    return max(lists, key=lambda name: len(plain & set(_aliases(lists[name]))))


def _aliases(entity: Entity) -> dict[str, str]:
    return {_snake(a): name for name in entity.columns for a in (name, *entity.sources_of(name))}


def _guess(header: str, records: list[dict[str, str | None]], known: Entity) -> _Guess:
    delivered = [record.get(header) for record in records]
    values = [v.strip() for v in delivered if v and v.strip()]
    own = _aliases(known).get(_snake(header), _snake(header))
    kind, options = _type_of(own, header, values)
    if own in known.columns and known.columns[own].type in _WIDER.get(kind, ()):
        kind = known.columns[own].type
    whole = len(values) == len(delivered)
    return _Guess(own, header, kind, options, values, whole)


def _type_of(name: str, header: str, values: list[str]) -> tuple[str, dict[str, Any]]:
    def all_match(pattern: str) -> bool:
        return bool(values) and all(re.fullmatch(pattern, value) for value in values)

    for kind, pattern in _PERSONAL:
        if re.search(pattern, _snake(header)):
            return kind, {"personal": True}
    full_names = sum(bool(re.fullmatch(_FULL_NAME, value)) for value in values)
    if re.search(_PEOPLE, _snake(header)) and full_names > len(values) / 2:
        return "name", {"personal": True}
    if all_match(r"[^@\s]+@[^@\s]+\.\w+"):
        return "email", {"personal": True}
    if all_match(r"(\d{1,3}\.){3}\d{1,3}"):
        return "ip", {"personal": True}
    if all_match(r"(?i)true|false|yes|no"):
        return "boolean", {}
    for pattern, kind, format in _TIMES:
        if all_match(pattern):
            return kind, {"format": _day_or_month_first(format, values)}
    if re.search(r"_at$|time|date|stamp", name):
        for pattern, format in _EPOCHS:
            if all_match(pattern):
                return "timestamp", {"format": format}
    if name.endswith("_id") or name == "id" or name.endswith(("sku", "code", "zip")):
        return "string", {}
    for kind, pattern in _NUMBER.items():
        if all_match(pattern):
            return kind, {}
    if all_match(r"[+-]?\d{1,3}(,\d{3})*(\.\d+)?"):
        return "decimal", {"thousands": ","}
    if all_match(r"[+-]?\d{1,3}(\.?\d{3})*(,\d{1,4})?"):
        return "decimal", {"thousands": ".", "decimal_mark": ","}
    if all_match(r"[+-]?\d+([.,]\d{1,4})?\s?%"):
        mark = {"decimal_mark": ","} if any("," in value for value in values) else {}
        return "decimal", {"percent": True, **mark}
    return "string", {}


def _day_or_month_first(format: str, values: list[str]) -> str:
    """US order, unless a value cannot be read in it."""
    if not format.startswith("%m/%d"):
        return format
    try:
        for value in values:
            datetime.strptime(value, format)
    except ValueError:
        return format.replace("%m/%d", "%d/%m")
    return format


def _with_own_names(guesses: list[_Guess]) -> list[_Guess]:
    """Two headers never become one column."""
    seen: dict[str, int] = {}
    named = []
    for guess in guesses:
        seen[guess.name] = seen.get(guess.name, 0) + 1
        name = guess.name if seen[guess.name] == 1 else f"{_snake(guess.header)}_{seen[guess.name]}"
        named.append(_Guess(name, guess.header, guess.type, guess.options, guess.values,
                            guess.is_whole))  # fmt: skip
    return named


def _identity(guesses: list[_Guess], known: Entity) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The columns that name a record, and those of them that the door has to fill."""
    if key := _unique_column(guesses):
        return [key], {}
    whole = {guess.name for guess in guesses if guess.is_whole}
    for name, column in known.columns.items():
        parent = POSITION_IN.fullmatch(column.fill or "")
        if parent and parent[1] in whole and name not in whole:
            said = f"Place of the row among those of its {parent[1]}."
            return [parent[1], name], {
                name: {"type": "integer", "fill": column.fill, "description": said}
            }
    said = "No column was unique; a hash of the row."
    return ["row_id"], {"row_id": {"fill": "row_hash", "description": said}}


def _unique_column(guesses: list[_Guess]) -> str | None:
    """The first unique column that is called an id; else the first of all, if it is unique."""
    unique = [
        g.name for g in guesses
        if g.is_whole and g.values and len(set(g.values)) == len(g.values)
        and g.type in ("string", "integer") and not any(re.search(r"\s", v) for v in g.values)
    ]  # fmt: skip
    named = (name for name in unique if re.search(_ID, name))
    first = guesses[0]
    return next(named, None) or (first.name if first.name in unique[:1] and first.type == "string"
                                 else None)  # fmt: skip


# Writing -------------------------------------------------------------------------------------


def _contract_text(
    source: str, entity: str, sample: _Sample, guesses: list[_Guess], key: list[str],
    filled: dict[str, dict[str, Any]],
) -> str:  # fmt: skip
    names_it = "unique in the sample" if not filled else "no column was unique"
    rows_of_one = any(POSITION_IN.fullmatch(str(said["fill"])) for said in filled.values())
    time = next((g.name for g in guesses if g.type in ("timestamp", "date") and g.is_whole), None)
    singular = entity.rstrip("s").replace("_", " ")
    lines = [
        f"# Drafted from a sample of {len(sample.records):,} records. What says {_GUESS} is for"
        " you to confirm.",
        f"source: {source}",
        f"title: {source.replace('_', ' ').capitalize()}",
        "entities:",
        f"  {entity}:",
        f"    description: One row per {singular}.  # {_GUESS}",
        f'    files: ["*{sample.ending}"]',
        *([f"    format: {_inline(sample.format)}  # {_GUESS}"] if sample.format else []),
        f"    primary_key: [{', '.join(key)}]  # {_GUESS}: {names_it}",
        *(
            [f"    identical_rows: keep  # {_GUESS}: both stay, the second is marked as a repeat"]
            if rows_of_one
            else []
        ),
        *([f"    event_time: {time}  # {_GUESS}"] if time else []),
        "    # freshness: {warn_after_hours: 36, fail_after_hours: 96}",
        "    columns:",
    ]
    lines += [f"      {name}: {_inline(said)}" for name, said in filled.items()]
    for guess in guesses:
        said: dict[str, Any] = {} if guess.name == guess.header else {"from": [guess.header]}
        said |= {} if guess.type == "string" else {"type": guess.type}
        said |= guess.options
        said |= {"required": True} if guess.name in (*key, time) else {}
        said["description"] = "?"
        mark = f"{_GUESS}: personal" if guess.options.get("personal") else _GUESS
        lines.append(f"      {guess.name}: {_inline(said)}  # {mark}")
    return "\n".join(lines) + "\n"


def _inline(value: dict[str, Any]) -> str:
    """JSON strings, lists and words are YAML."""
    said = (f"{key}: {json.dumps(v, ensure_ascii=False)}" for key, v in value.items())
    return "{" + ", ".join(said) + "}"


def _model_text(
    source: str, entity: str, list_name: str, there: set[str], lists: dict[str, Entity],
    model: str,
) -> str:  # fmt: skip
    """A select of the common list's columns; what the sample lacks is null, or nothing of it.

    A rule is kept where one of its columns is there that a file may lack; it takes null for others.
    """
    known = lists[list_name].columns
    lines = []
    for expression, name in _selected(model):
        needed = {column for column in known if re.search(rf"\b{column}\b", expression)}
        if name == "source":
            lines.append(f"    '{source}' as source")
        elif needed <= there or (
            expression.startswith("{{") and any(not known[c].required for c in needed & there)
        ):
            for column in sorted(needed - there):
                null = f"cast(null as {_null_type(column, known)})"
                expression = expression.replace(f"'{column}'", f"'{null}'")
            lines.append(f"    {expression}")
        else:
            near = difflib.get_close_matches(name, sorted(there - known.keys()), n=1)
            hint = f"  -- {near[0]}?" if near else ""
            lines.append(f"    {_nothing(expression, name, known)} as {name}{hint}")
    body = ",\n".join(lines)
    body = re.sub(r"(  -- [^\n]*?),\n", lambda m: f",{m[1]}\n", body)
    source_ref = f"{{{{ source('{source}', '{entity}') }}}}"
    return (
        f"-- Drafted. The columns are those of stg_generic__{list_name}.\n"
        f"select\n{body}\nfrom {source_ref}\n"
    )


def _nothing(expression: str, name: str, known: dict[str, Any]) -> str:
    """What is computed has a value in every row: no discount, no refund, not cancelled."""
    null = f"cast(null as {_null_type(name, known)})"
    if expression == name:
        return null
    if name.endswith("_amount"):
        return "cast(0 as decimal(18, 4))"
    return "false" if name.startswith("is_") else null


def _null_type(name: str, known: dict[str, Any]) -> str:
    if name in known:
        return LAKE_TYPES[known[name].type]
    if name.startswith("is_"):
        return "boolean"
    if name.endswith("_at"):
        return "timestamp"
    return "decimal(18, 4)" if name.endswith("_amount") else "varchar"


def _selected(model: str) -> list[tuple[str, str]]:
    """The expressions of a model's select and their names."""
    body = model[model.index("select") + len("select") : model.rindex("\nfrom ")]
    items, depth, current = [], 0, ""
    for letter in body:
        depth += (letter in "({") - (letter in ")}")
        if letter == "," and not depth:
            items.append(current)
            current = ""
        else:
            current += letter
    items.append(current)
    cut = (" ".join(item.split()) for item in items)
    return [(item, item.rpartition(" as ")[2].rpartition(".")[2]) for item in cut]
