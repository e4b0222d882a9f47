"""A full disk and a disk that cannot be written, at each stage of a run.

The data folder lies on a small file system of its own, in memory. Mounting one needs root.
"""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Workshop
from tests.faults.company import Night, assert_same_tables, assert_whole, copied
from tests.faults.forked import Run, Upset

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here: `mount -t tmpfs` needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def on_disk(night: Night, disk: Path) -> Workshop:
    """The night, not yet refreshed, on the small disk; Dagster's run history lies elsewhere."""
    workshop = copied(night.before, disk / "data")
    history = workshop.settings.dagster_home
    elsewhere = shutil.move(history, disk.parent / "history")
    history.symlink_to(elsewhere)
    return workshop


def fill(disk: Path) -> None:
    """Take every free byte."""
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


@pytest.mark.parametrize(
    "stages",
    [["records", "publication"], pytest.param(["door", "dbt"], marks=pytest.mark.faults)],
    ids=" ".join,
)
def test_a_full_disk_stops_the_run_and_nothing_else(
    small_disk: Path, second_night: Night, stages: list[str]
) -> None:
    workshop = on_disk(second_night, small_disk)
    published = workshop.versions.current
    for stage in stages:
        run = Run(workshop, upset=Upset(stage, fill, small_disk), notes=small_disk.parent)
        assert run.wait() == 1, f"{stage}: {run.output}"
        assert stage in dict(run.visits)
        assert "do      the disk is full or fails: make space" in run.output, run.output
        (small_disk / "filler").unlink()
        assert workshop.versions.current == published, stage
        assert_whole(workshop)
    Run(workshop).succeed()
    assert_same_tables(workshop, second_night.after)


def test_a_full_disk_under_the_run_history_is_one_sentence(
    small_disk: Path, first_night: Night
) -> None:
    workshop = copied(first_night.after, small_disk / "data")
    run = Run(workshop, upset=Upset("door", fill, small_disk), notes=small_disk.parent)
    assert run.wait() == 1
    assert "What to do: the disk is full or fails: make space" in run.output
    assert "Traceback" not in run.output


def test_a_disk_that_cannot_be_written_is_named(small_disk: Path, first_night: Night) -> None:
    workshop = copied(first_night.after, small_disk / "data")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    run = Run(workshop, notes=small_disk.parent)
    assert run.wait() == 1
    assert "cannot be written: make the data folder" in run.output, run.output
    assert "Traceback" not in run.output
