"""Dirt planted into clean exports; every dirty record says so, hence it can be counted.

Broken rows are extra rows: without them nothing of the story is missing.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import replace

from orchestration.demo.dice import Dice
from orchestration.demo.exports import ExportFile, Fate, Record, csv_line
from orchestration.demo.writers import shopify

LATE_SHARE = 0.005
REPEATED_EVENTS, RETRIED_MESSAGES = 40, 25
_ROWS_PER_BROKEN_ONE = 50  # keeps broken rows below 2 % of their file


def plant(files: list[ExportFile], dice: Dice) -> None:
    """Plant every defect into the files, and add the file that is delivered twice."""
    events = [file for file in files if file.table == "ga4/events"]
    _arrive_late(events, dice)
    for in_the_middle in events[len(events) // 2 :][:1]:
        _overlap(in_the_middle)
    if messages := _largest(files, "generic/messages"):
        _retry(messages, dice)
    for table, (wanted, spoil) in _SPOILED.items():
        if file := _largest(files, table):
            _break_rows(file, wanted, spoil, dice)
    files += [_delivered_again(file) for file in files if file.table == "shopify/orders"][:1]


def _largest(files: list[ExportFile], table: str) -> ExportFile | None:
    of_table = [file for file in files if file.table == table]
    return max(of_table, key=lambda file: len(file.records), default=None)


def _arrive_late(days: list[ExportFile], dice: Dice) -> None:
    """Move a few events of a day into the file of the next day or the one after."""
    for i, file in enumerate(days):
        on_time = []
        for record in file.records:
            arrives = i + dice.randint(1, 2)
            if record.fate is Fate.GOOD and dice.happens(LATE_SHARE) and arrives < len(days):
                days[arrives].records.append(replace(record, fate=Fate.LATE))
            else:
                on_time.append(record)
        file.records = on_time


def _overlap(file: ExportFile) -> None:
    """Repeat the end of a day's events, as when two exports of one day overlap."""
    on_time = [record for record in file.records if record.fate is Fate.GOOD]
    batch = on_time[-min(REPEATED_EVENTS, len(on_time) // 10 + 1) :]
    file.records += [replace(record, fate=Fate.DUPLICATE) for record in batch]


def _retry(file: ExportFile, dice: Dice) -> None:
    """Deliver some message events a second time, under the same id, as webhooks do."""
    retried = dice.sample(file.records, min(RETRIED_MESSAGES, len(file.records) // 10))
    file.records += [
        Record(r.key, r.text.replace('"attempt":1', '"attempt":2'), Fate.DUPLICATE) for r in retried
    ]


def _break_rows(
    file: ExportFile, wanted: int, spoil: Callable[[str, int], str], dice: Dice
) -> None:
    """Insert spoilt copies of good rows, as many as wanted but below 2 % of the file."""
    good = [record.text for record in file.records if record.fate is Fate.GOOD]
    for number in range(1, 1 + min(wanted, len(good) // _ROWS_PER_BROKEN_ONE)):
        broken = Record("", spoil(dice.choice(good), number), Fate.BROKEN)
        file.records.insert(dice.randrange(len(file.records)), broken)


def _delivered_again(file: ExportFile) -> ExportFile:
    return replace(file, name=file.name.replace(".csv", " (1).csv"), is_repeat=True)


def _cut_off(line: str, _: int) -> str:
    return line[: len(line) // 2]


def _impossible_moment(line: str, _: int) -> str:
    return re.sub(r'(?<="occurred_at":")[^"]+', "2026-02-30T25:61:00Z", line)


def _lost_quotes(line: str, _: int) -> str:
    """Unquoted, the comma in 12,400 makes two cells of one."""
    return line.replace('"', "")


def _quantity_in_words(line: str, number: int) -> str:
    cells = dict(zip(shopify.COLUMNS, next(csv.reader([line])), strict=True))
    return csv_line([*(cells | {"Name": f"#X{number}", "Lineitem quantity": "two"}).values()])


_SPOILED: dict[str, tuple[int, Callable[[str, int], str]]] = {
    "ga4/events": (3, _cut_off),
    "generic/messages": (2, _impossible_moment),
    "meta_business_suite/posts": (1, _lost_quotes),
    "shopify/orders": (2, _quantity_in_words),
}
