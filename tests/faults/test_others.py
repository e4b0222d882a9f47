"""Others at work: readers while versions come and go, a program that holds the warehouse."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import ROOT
from orchestration.warehouse import WarehouseInUseError
from tests.builders import Press, Workshop
from tests.faults.forked import WARM
from tests.faults.readers import read

READERS = 50
PUBLICATIONS = 20


@pytest.mark.slow
def test_fifty_readers_see_whole_versions_through_twenty_publications(press: Press) -> None:
    """Row count, greatest number and word of a table change together, in each publication."""
    press.publish()
    over, told = WARM.Event(), WARM.SimpleQueue()
    readers = [
        WARM.Process(target=read, args=(press, over, told), daemon=True) for _ in range(READERS)
    ]
    for reader in readers:
        reader.start()
    for number in range(1, PUBLICATIONS + 1):
        press.write(
            f"insert into journey.steps values ({999 + number}, 'x')",
            f"update journey.steps set word = 'v{number}'",
        )
        press.publish()
    over.set()
    queries, failures, seen = 0, [], set[int]()
    for _ in readers:
        asked, failed, versions = told.get()
        queries, failures, seen = queries + asked, failures + failed, seen | versions
    for reader in readers:
        reader.join()
    assert failures == []
    assert queries > 2 * READERS
    assert len(seen) > PUBLICATIONS // 2, f"readers were there throughout: {seen}"


HOLDER = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_who_holds_the_warehouse_is_named(workshop: Workshop) -> None:
    workshop.settings.warehouse_file.parent.mkdir(parents=True)
    with holding(workshop.settings.warehouse_file) as holder:
        with pytest.raises(WarehouseInUseError, match=rf"\(PID {holder.pid}\).* run again"):
            workshop.build()
        holder.kill()
    workshop.build()


def holding(warehouse: Path) -> subprocess.Popen[str]:
    """A process that has the warehouse open."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(warehouse)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder
