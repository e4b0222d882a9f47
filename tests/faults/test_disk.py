"""A full disk and a disk that cannot be written, at each stage of a run.

The data folder lies on a small file system of its own, in memory. Mounting one needs root.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Workshop
from tests.faults.company import Night, assert_same_tables, assert_whole, copied
from tests.faults.forked import Run, Upset

pytestmark = pytest.mark.slow

WRITING_STAGES = ["door", "records", "dbt", "publication"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 96 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small file system cannot be mounted here: `mount -t tmpfs` needs root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def workshop(second_night: Night, small_disk: Path) -> Workshop:
    """The second night, not yet refreshed, on the small file system."""
    return copied(second_night.before, small_disk / "data")


def fill(disk: Path) -> None:
    """Take every free byte."""
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


def forbid_writing(disk: Path) -> None:
    """Make the file system read-only for whatever is opened from now on."""
    os.chdir(disk)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def test_a_full_disk_stops_the_run_and_nothing_else(
    workshop: Workshop, small_disk: Path, second_night: Night
) -> None:
    published = workshop.versions.current
    for stage in WRITING_STAGES:
        run = Run(workshop, upset=Upset(stage, fill, small_disk))
        assert run.wait() == 1, f"{stage}: {run.output}"
        assert "the disk is full: make space" in run.output, f"{stage}: {run.output}"
        (small_disk / "filler").unlink()
        assert workshop.versions.current == published, stage
        assert_whole(workshop)
    Run(workshop).succeed()
    assert_same_tables(workshop, second_night.after)
