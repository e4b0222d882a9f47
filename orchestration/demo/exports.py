"""Export files as lists of records, so that defects can be planted and counted one by one."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class Fate(Enum):
    """What has become of a record on its way into the file."""

    GOOD = "good"
    LATE = "late"
    DUPLICATE = "duplicate"
    BROKEN = "broken"


@dataclass(frozen=True)
class Record:
    """One record as it stands in the file; `key` is its contract's primary key."""

    key: str
    text: str
    fate: Fate = Fate.GOOD


@dataclass
class ExportFile:
    """A file of one source and entity; `is_repeat` where it was delivered before."""

    source: str
    entity: str
    name: str
    records: list[Record]
    head: str = ""
    between: str = "\n"
    foot: str = "\n"
    is_repeat: bool = False

    @property
    def table(self) -> str:
        """Source and entity, as the folders are called."""
        return f"{self.source}/{self.entity}"

    def write(self, landing: Path) -> int:
        """Write the file below `landing` and return its size in bytes."""
        path = landing / self.source / self.entity / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = self.head + self.between.join(record.text for record in self.records) + self.foot
        return path.write_bytes(text.encode())


Rows = Iterable[tuple[str, Mapping[str, object]]]


def csv_file(
    source: str, entity: str, name: str, columns: Sequence[str], rows: Rows, bom: bool = False
) -> ExportFile:
    """Return a CSV file of rows given as (primary key, cells by column)."""
    records = [Record(key, csv_line([cells.get(c) for c in columns])) for key, cells in rows]
    head = ("\ufeff" if bom else "") + csv_line(columns) + "\n"
    return ExportFile(source, entity, name, records, head)


def ndjson_file(source: str, entity: str, name: str, rows: Rows) -> ExportFile:
    """Return a file of one JSON object a line, of rows given as (primary key, object)."""
    return ExportFile(source, entity, name, [Record(key, as_json(row)) for key, row in rows])


def csv_line(cells: Sequence[object]) -> str:
    """Join cells, quoting where a cell needs it; None is an empty cell."""
    return ",".join(_cell("" if cell is None else str(cell)) for cell in cells)


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def as_json(value: object) -> str:
    """Return compact JSON in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def present(**fields: object) -> dict[str, object]:
    """Return the fields that have a value, as tools leave out the others."""
    return {name: value for name, value in fields.items() if value is not None}


def by_month(items: Iterable[T], moment: Callable[[T], date | datetime]) -> dict[str, list[T]]:
    """Sort items by time and group them under months such as 2026-08."""
    months: dict[str, list[T]] = {}
    for item in sorted(items, key=moment):
        months.setdefault(f"{moment(item):%Y-%m}", []).append(item)
    return months


def spelled(email: str, turn: int) -> str:
    """Spell an address as people do: now and then in capitals or with a blank."""
    return {3: email.title(), 8: f" {email}"}.get(turn % 11, email)


def money(cents: int) -> str:
    """Return cents as an amount such as 12.30."""
    return f"{cents // 100}.{cents % 100:02d}"


def utc(moment: datetime) -> str:
    """Return a UTC moment such as 2026-08-01T09:30:00Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
