from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.warehouse import PublicationError, PublishedTable, publication, publish

TABLES = [
    PublishedTable("journey", "steps", "One row per step.", {"n": "Number of the step (count)."}),
    PublishedTable("quality", "facts", "One row per fact.", {}),
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema journey; create schema quality; create schema private")
        connection.execute("create table journey.steps as select range as n from range(1000)")
        connection.execute("create table quality.facts as select 'x' as fact")
        connection.execute("create table private.secrets as select 1 as secret")
    return path


@pytest.fixture
def link(tmp_path: Path) -> Path:
    return tmp_path / "published" / "engagement.duckdb"


def query(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_named_tables_are_published_and_nothing_else(warehouse: Path, link: Path) -> None:
    assert publish(warehouse, link, TABLES, 7) == {"journey.steps": 1000, "quality.facts": 1}
    tables = query(link, "select schema_name || '.' || table_name from duckdb_tables() order by 1")
    assert tables == [("journey.steps",), ("quality.facts",)]
    [(comment,)] = query(link, "select comment from duckdb_columns() where column_name = 'n'")
    assert comment == "Number of the step (count)."


def test_older_tools_can_read_the_file(warehouse: Path, link: Path) -> None:
    publish(warehouse, link, TABLES, 7)
    [(tags,)] = query(link, "select tags from duckdb_databases() where path like '%duckdb'")
    assert tags["storage_version"].startswith("v1.2.0")


def test_the_catalogue_is_called_the_same_in_every_version(warehouse: Path, link: Path) -> None:
    for _ in range(2):
        publish(warehouse, link, TABLES, 7)
        assert query(link, "select count(*) from engagement.journey.steps") == [(1000,)]


def test_a_reader_with_the_old_version_open_is_not_disturbed(warehouse: Path, link: Path) -> None:
    publish(warehouse, link, TABLES, 1)
    with duckdb.connect(str(link), read_only=True) as reader:
        with duckdb.connect(str(warehouse)) as writer:
            writer.execute("delete from journey.steps where n >= 10")
        publish(warehouse, link, TABLES, 1)
        assert reader.execute("select count(*) from journey.steps").fetchone() == (1000,)
    assert query(link, "select count(*) from journey.steps") == [(10,)]


def test_a_copy_that_differs_is_not_published(
    warehouse: Path, link: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(warehouse, link, TABLES, 7)
    before = link.resolve()
    real_copy = publication._copy  # pyright: ignore[reportPrivateUsage]

    def spoiled(warehouse: Path, draft: Path, tables: list[PublishedTable]) -> None:
        real_copy(warehouse, draft, tables)
        with duckdb.connect(str(draft)) as connection:
            connection.execute("update journey.steps set n = -1 where n = 500")

    monkeypatch.setattr(publication, "_copy", spoiled)
    with pytest.raises(PublicationError, match=r"journey\.steps differs"):
        publish(warehouse, link, TABLES, 7)
    assert link.resolve() == before
    assert [p.name for p in (link.parent / "versions").iterdir()] == [before.parent.name]


def test_old_versions_go_and_nothing_else_is_left(warehouse: Path, link: Path) -> None:
    for _ in range(4):
        publish(warehouse, link, TABLES, 2)
    versions = sorted((link.parent / "versions").iterdir())
    assert len(versions) == 2
    assert link.resolve().parent == versions[-1].resolve()
    assert sorted(p.name for p in link.parent.iterdir()) == ["engagement.duckdb", "versions"]
    assert [p.name for v in versions for p in v.iterdir()] == ["engagement.duckdb"] * 2


def test_the_present_version_stays_where_the_clock_went_back(warehouse: Path, link: Path) -> None:
    for day in range(1, 9):
        (link.parent / "versions" / f"209901{day:02}T000000000000Z").mkdir(parents=True)
    publish(warehouse, link, TABLES, 7)
    assert query(link, "select count(*) from journey.steps") == [(1000,)]


def test_what_a_killed_run_left_is_cleared_away(warehouse: Path, link: Path) -> None:
    leftover = link.parent / "versions" / ".draft" / "engagement.duckdb"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half a file")
    publish(warehouse, link, TABLES, 7)
    assert not leftover.parent.exists()
