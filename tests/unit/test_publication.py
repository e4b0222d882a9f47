from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import (
    PublicationError,
    PublishedTable,
    UnfinishedBuildError,
    Versions,
    publication,
)
from tests.builders import Press


def test_the_named_tables_are_published_and_nothing_else(press: Press) -> None:
    press.write("create schema private", "create table private.secrets as select 1 as secret")
    press.publish()
    tables = press.query("select schema_name || '.' || table_name from duckdb_tables() order by 1")
    assert [name for (name,) in tables] == [
        "journey.steps", "quality.facts", "quality.publication", "quality.publication_tables",
    ]  # fmt: skip
    [(comment,)] = press.query("select comment from duckdb_columns() where column_name = 'n'")
    assert comment == "Number of the step (count)."


def test_older_tools_can_read_the_file(press: Press) -> None:
    press.publish()
    [(tags,)] = press.query("select tags from duckdb_databases() where path like '%duckdb'")
    assert tags["storage_version"].startswith("v1.2.0")


def test_the_catalogue_is_called_the_same_in_every_version(press: Press) -> None:
    for _ in range(2):
        press.publish()
        assert press.query("select count(*) from engagement.journey.steps") == [(1000,)]


def test_a_reader_with_the_old_version_open_is_not_disturbed(press: Press) -> None:
    press.publish(keep=1)
    with duckdb.connect(str(press.link), read_only=True) as reader:
        press.write("delete from journey.steps where n >= 600")
        press.publish(keep=1)
        assert reader.execute("select count(*) from journey.steps").fetchone() == (1000,)
    assert press.query("select count(*) from journey.steps") == [(600,)]


def test_where_nothing_was_built_the_version_stays(press: Press) -> None:
    press.publish()
    press.publish(new_build=False)
    assert len(press.versions.names()) == 1


def test_tables_that_were_not_built_and_judged_together_are_not_published(press: Press) -> None:
    press.publish()
    press.write("update raw_ledger.build set build = 2")
    with pytest.raises(UnfinishedBuildError, match=r"last build was not completed.*`funnel run`"):
        press.publish()
    press.write("update raw_ledger.build set completed = 2")
    with pytest.raises(UnfinishedBuildError, match=r"gate .* has not passed quality\.facts\."):
        press.publish(passed=1)
    assert len(press.versions.names()) == 1


def test_what_people_open_stays_until_its_successor_is_there(press: Press) -> None:
    """Page and exports are written after the file; until then those of the last one are open."""
    press.publish(keep=1)
    first = press.versions.current
    assert first
    press.versions.page(first).mkdir()
    press.versions.point_to(first)
    press.publish(keep=1)
    assert press.link.with_name("dashboard").resolve().is_dir()
    assert press.versions.names() == [first, press.versions.current]
    press.versions.page(press.versions.current or "").mkdir()
    press.versions.point_to(press.versions.current or "")
    press.publish(keep=1)
    assert first not in press.versions.names()


# The record ----------------------------------------------------------------------------------


def test_a_version_says_which_run_and_which_batches_made_it(press: Press) -> None:
    press.publish()
    press.write("""
        insert into raw_ledger.deliveries values
        ('shopify', 'orders', 'b2', 'passed', 'kept'), ('ga4', 'events', 'b1', 'passed', 'loaded'),
        ('ga4', 'events', 'b1', 'passed', 'loaded'), ('ga4', 'events', 'b3', 'failed', 'loaded'),
        ('ga4', 'events', 'b4', 'passed', 'unreadable')
    """)
    press.publish()
    first, second = press.versions.names()
    [row] = press.query("""
        select version, run_id, previous_version, input_batches,
               abs(epoch(now() - published_at::timestamptz)) < 60
        from quality.publication
    """)
    assert row[:3] == (second, "a run", first)
    assert [tuple(batch.values()) for batch in row[3]] == [
        ("ga4", "events", "b1"), ("shopify", "orders", "b2"),
    ]  # fmt: skip
    assert row[4], "the time is that of the publication, in UTC"
    assert press.versions.read(first).previous_version is None


def test_the_input_hash_follows_the_batches_and_not_the_run(press: Press) -> None:
    def input_hash() -> str:
        press.publish()
        return press.query("select input_hash from quality.publication")[0][0]

    none = input_hash()
    press.write("insert into raw_ledger.deliveries values ('ga4', 'events', 'b', 'passed', 'kept')")
    one = input_hash()
    assert none != one == input_hash()


def test_a_version_says_what_each_table_holds(press: Press) -> None:
    press.publish()
    rows = press.query("""
        select schema_name, table_name, row_count, grain, run_dependent, is_volume_accepted,
               length(content_hash)
        from quality.publication_tables order by all
    """)
    assert rows == [
        ("journey", "steps", 1000, ["n"], [], False, 32),
        ("quality", "facts", 1, ["fact"], ["noted_at"], False, 32),
    ]


def test_every_table_and_column_of_the_record_is_described(press: Press) -> None:
    press.publish()
    nameless = press.query("""
        select table_name, column_name, comment from duckdb_columns()
        where table_name like 'publication%' and coalesce(length(comment), 0) < 6
        union all
        select table_name, null, comment from duckdb_tables()
        where table_name like 'publication%' and comment not like 'One row%'
    """)
    assert nameless == []


# The audit and the swap ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "update journey.steps set n = -1 where n = 500",
        "insert into journey.steps from journey.steps limit 1",
        "update quality.facts set noted_at = timestamp '2026-01-02'",
    ],
)
def test_a_copy_that_differs_is_not_published(
    press: Press, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    press.publish()
    before = press.versions.current
    real_write = publication.write_record

    def spoiled(file: Path, record: object) -> None:
        real_write(file, record)  # pyright: ignore[reportArgumentType]
        with duckdb.connect(str(file)) as connection:
            connection.execute(damage)

    monkeypatch.setattr(publication, "write_record", spoiled)
    with pytest.raises(PublicationError, match=r"\w+\.\w+ differs from the warehouse"):
        press.publish()
    assert press.versions.current == before
    assert [p.name for p in (press.link.parent / "versions").iterdir()] == [before]


@pytest.mark.parametrize("step", ["keep_draft", "point_to"])
def test_a_run_that_dies_before_the_swap_leaves_the_old_version(
    press: Press, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    press.publish()
    before = press.versions.current
    press.write("delete from journey.steps where n >= 900")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Versions, step, killed)
        with pytest.raises(KeyboardInterrupt):
            press.publish()
    assert press.versions.current == before
    assert press.query("select count(*) from journey.steps") == [(1000,)]
    press.publish()
    assert press.versions.read(press.versions.current or "").previous_version == before
    assert press.query("select count(*) from journey.steps") == [(900,)]


def test_what_a_killed_run_left_is_cleared_away(press: Press) -> None:
    leftover = press.versions.draft
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half a file")
    press.publish()
    assert not leftover.parent.exists()
    assert press.query("select count(*) from journey.steps") == [(1000,)]


def test_a_table_that_is_not_there_publishes_nothing(press: Press) -> None:
    press.tables.append(PublishedTable("journey", "nowhere", "One row per nothing.", {}, ("n",)))
    with pytest.raises(duckdb.Error, match="nowhere"):
        press.publish()
    assert (press.versions.current, press.versions.names()) == (None, [])
