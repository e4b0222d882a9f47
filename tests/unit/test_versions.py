"""The kept versions: what stays, what goes, and the way back."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.warehouse import VersionError, Versions
from tests.builders import Press

READER = """
import os, sys, pathlib, duckdb
link, stop = sys.argv[1:]
seen = set()
print("reads", flush=True)
while not pathlib.Path(stop).exists():
    for _ in range(20_000):
        os.readlink(link)
    with duckdb.connect(link, read_only=True) as connection:
        seen.add(connection.execute(
            "select version, (select count(*) from journey.steps) from quality.publication"
        ).fetchone())
print(*(f"{version}:{rows}" for version, rows in sorted(seen)))
"""


def publish_shrinking(press: Press, count: int, keep: int = 7) -> list[str]:
    """Publish versions of 1000, 999, 998 … rows; return their names."""
    names = []
    for number in range(count):
        press.write(f"delete from journey.steps where n >= {1000 - number}")
        press.publish(keep=keep)
        names.append(press.versions.current or "")
    return names


def rows(press: Press) -> int:
    return press.query("select count(*) from journey.steps")[0][0]


def test_old_versions_go_and_nothing_else_is_left(press: Press) -> None:
    names = publish_shrinking(press, 4, keep=2)
    assert press.versions.names() == names[2:]
    assert press.link.resolve().parent.name == names[-1]
    assert sorted(p.name for p in press.link.parent.iterdir()) == ["engagement.duckdb", "versions"]
    files = [p.name for v in (press.link.parent / "versions").iterdir() for p in v.iterdir()]
    assert files == ["engagement.duckdb"] * 2


def test_the_present_version_stays_where_the_clock_went_back(press: Press) -> None:
    for day in range(1, 9):
        (press.link.parent / "versions" / f"209901{day:02}T000000000000Z").mkdir(parents=True)
    press.publish()
    assert rows(press) == 1000


def test_a_roll_back_returns_to_the_version_before(press: Press) -> None:
    names = publish_shrinking(press, 3)
    assert press.versions.roll_back().version == names[1]
    assert rows(press) == 999
    assert press.versions.roll_back().version == names[0]
    assert press.versions.roll_back(names[2]).version == names[2]
    assert (rows(press), press.versions.names()) == (998, names)


def test_a_roll_back_stays_until_the_next_publication(press: Press) -> None:
    names = publish_shrinking(press, 3, keep=3)
    press.versions.roll_back(names[0])
    press.versions.remove_old(1)
    assert press.versions.names() == [names[0], names[2]], "the current one is never deleted"
    press.publish(keep=3)
    current = press.versions.current or ""
    assert press.versions.read(current).previous_version == names[0]
    assert [said.version for said in press.versions.history()] == [current, names[0]]


def test_there_is_nothing_before_the_first_version(press: Press) -> None:
    with pytest.raises(VersionError, match="nothing is published yet"):
        press.versions.roll_back()
    press.publish()
    with pytest.raises(VersionError, match="there is none before it"):
        press.versions.roll_back()


def test_a_version_before_that_is_gone_is_said_so(press: Press) -> None:
    names = publish_shrinking(press, 2, keep=1)
    with pytest.raises(VersionError, match=f"no version '{names[0]}' is kept.*{names[1]}"):
        press.versions.roll_back()


def test_a_name_cannot_leave_the_versions(press: Press) -> None:
    press.publish()
    present = press.versions.current or ""
    beside = press.link.parent / "elsewhere"
    press.link.resolve().parent.rename(beside)
    for name in ("../elsewhere", str(beside), "..", "", ".draft", f"x/../{present}", "*", present):
        with pytest.raises(VersionError, match="is kept; there are"):
            press.versions.roll_back(name or "../versions")
    assert press.versions.current == present


def test_a_damaged_version_is_not_rolled_back_to(press: Press) -> None:
    names = publish_shrinking(press, 2)
    press.versions.file(names[0]).write_bytes(b"nonsense")
    with pytest.raises(VersionError, match=f"{names[0]} cannot be used.*is damaged"):
        press.versions.roll_back()
    assert press.versions.current == names[1]
    press.publish()


def test_a_version_without_a_record_does_not_stop_the_next(press: Press, tmp_path: Path) -> None:
    """An earlier release wrote none."""
    press.publish()
    old = press.versions.current or ""
    with duckdb.connect(str(press.link)) as connection:
        connection.execute("drop table quality.publication")
    assert press.versions.history() == []
    press.publish()
    assert press.versions.read(press.versions.current or "").previous_version == old
    assert len(press.versions.history()) == 1


def test_readers_always_find_a_whole_version_while_it_is_rolled_back(
    press: Press, tmp_path: Path
) -> None:
    names = publish_shrinking(press, 2)
    stop = tmp_path / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(press.link), str(stop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout
        reader.stdout.readline()
        for turn in range(30):
            Versions(press.link).roll_back(names[turn % 2])
        stop.touch()
        out, err = reader.communicate(timeout=60)
    assert err == ""
    assert out.split() == [f"{names[0]}:1000", f"{names[1]}:999"]
