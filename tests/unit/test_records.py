"""One newest row per record, whatever the order in which batches come and go."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion import LAKE_TYPES, Entity, read_contracts
from orchestration.settings import SHIPPED_CONTRACTS_DIR
from orchestration.warehouse.records import Change, apply_change, create_table, touch_dates

ENTITY = Entity.model_validate(
    {
        "description": "One row per account and day.",
        "files": "*.csv",
        "primary_key": ["account", "day"],
        "version": ["followers"],
        "event_time": "day",
        "columns": {
            "account": {"description": "a", "required": True},
            "day": {"description": "d", "type": "date", "required": True},
            "followers": {"description": "f", "type": "integer"},
        },
    }
)
TABLE = '"raw_x"."accounts"'
BATCHES = {
    "a": [("1", "2026-03-01", 10), ("2", "2026-03-01", 5)],
    "b": [("1", "2026-03-01", 12)],
    "c": [("1", "2026-03-01", None), ("3", "2026-03-02", None)],
    "d": [("1", "2026-03-01", 12)],
}


class Shelf:
    """A table of records and the batches it is made of."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect()
        self.build = 0
        self.present: set[str] = set()
        for name, rows in BATCHES.items():
            values = ", ".join(f"('{a}', date '{d}', {f or 'null'})" for a, d, f in rows)
            self.connection.execute(f"""
                copy (
                    select account, day, followers::bigint as followers, '{name}' as _batch_id,
                           row_number() over () as _row_number, false as _is_repeat,
                           max(day::timestamp) over () as _batch_last_event_at
                    from (values {values}) as v (account, day, followers)
                ) to '{self.file(name)}'
            """)
        create_table(self.connection, TABLE, ENTITY)

    def file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def change(self, arriving: Sequence[str] = (), leaving: Sequence[str] = ()) -> None:
        self.build += 1
        staying = self.present - set(leaving)
        change = Change(
            [self.file(n) for n in arriving], leaving, [self.file(n) for n in sorted(staying)]
        )
        apply_change(self.connection, TABLE, ENTITY, change, self.build)
        self.present = staying | set(arriving)

    def rows(self, columns: str = "account, followers, _batch_id") -> list[tuple[Any, ...]]:
        query = f"select {columns} from {TABLE} where not _is_removed order by account, day"
        return self.connection.execute(query).fetchall()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.mark.parametrize("order", itertools.permutations(BATCHES))
def test_the_newest_version_counts_in_any_order_of_arrival(
    shelf: Shelf, order: tuple[str, ...]
) -> None:
    for name in order:
        shelf.change([name])
    # of two equal versions the greater batch id: the content decides, not the order
    assert shelf.rows() == [("1", 12, "d"), ("2", 5, "a"), ("3", None, "c")]


def test_a_batch_taken_back_lets_the_next_version_stand_again(shelf: Shelf) -> None:
    shelf.change(["a", "b", "c"])
    shelf.change(leaving=["b"])
    assert shelf.rows() == [("1", 10, "a"), ("2", 5, "a"), ("3", None, "c")]
    shelf.change(leaving=["a", "c"])
    assert shelf.rows() == []


def test_a_batch_exchanged_for_another_leaves_nothing_behind(shelf: Shelf) -> None:
    shelf.change(["a"])
    shelf.change(["c"], leaving=["a"])
    assert shelf.rows() == [("1", None, "c"), ("3", None, "c")]


def test_what_changed_carries_the_number_of_the_build_and_what_is_gone_stays_marked(
    shelf: Shelf,
) -> None:
    shelf.change(["a"])
    shelf.change(["b"])
    changed = shelf.connection.execute(f"""
        select account, followers, _is_removed from {TABLE} where _changed_in = 2
        order by followers
    """).fetchall()
    assert changed == [("1", 10, True), ("1", 12, False)]


def test_a_worse_version_changes_nothing(shelf: Shelf) -> None:
    shelf.change(["b"])
    shelf.change(["a"])
    assert shelf.rows("account, _changed_in") == [("1", 1), ("2", 2)]


def test_a_range_of_dates_can_be_marked_as_changed(shelf: Shelf) -> None:
    shelf.change(["a", "c"])
    touch_dates(shelf.connection, TABLE, "day", ("2026-03-02", "2026-03-02"), 9)
    assert shelf.rows("account, _changed_in") == [("1", 1), ("2", 1), ("3", 9)]


def test_a_source_that_delivered_nothing_has_its_columns_and_types() -> None:
    with duckdb.connect() as connection:
        for contract in read_contracts(SHIPPED_CONTRACTS_DIR).values():
            for name, entity in contract.entities.items():
                table = f'"{contract.source}"."{name}"'
                create_table(connection, table, entity)
                there = {n: t for n, t, *_ in connection.execute(f"describe {table}").fetchall()}
                for column, said in entity.columns.items():
                    assert _plain(there[column]) == _plain(LAKE_TYPES[said.type])


def _plain(kind: str) -> str:
    return kind.lower().replace(" ", "").replace('"', "")
