"""Others at work: readers while versions come and go, a program that holds the warehouse."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import ROOT
from orchestration.warehouse import WarehouseInUseError
from tests.builders import Press, Workshop
from tests.faults.forked import WARM
from tests.faults.readers import read


@pytest.mark.slow
@pytest.mark.parametrize(
    ("readers", "publications"), [(10, 5), pytest.param(50, 20, marks=pytest.mark.faults)]
)
def test_readers_see_whole_versions_only(press: Press, readers: int, publications: int) -> None:
    """Row count, greatest number and word of a table change together, in each publication.

    The next version comes when somebody has seen the present one; the others are at it then.
    """
    press.publish()
    over, told = WARM.Event(), WARM.SimpleQueue()
    people = [
        WARM.Process(target=read, args=(press, over, told), daemon=True) for _ in range(readers)
    ]
    for reader in people:
        reader.start()
    answers = list(_until(told, 0))
    for number in range(1, publications + 1):
        press.write(
            f"insert into journey.steps values ({999 + number}, 'x')",
            f"update journey.steps set word = 'v{number}'",
        )
        press.publish()
        answers += _until(told, number)
    over.set()
    for _ in people:
        answers += _until(told, None)
    for reader in people:
        reader.join()
    assert {answer for answer in answers if answer is not None} == set(range(publications + 1))


def _until(told: Any, last: int | None) -> Iterator[int | str | None]:
    """What readers tell, up to the answer waited for or the first that is none."""
    while True:
        yield (answer := told.get())
        if answer == last or isinstance(answer, str):
            return


HOLDER = """
import duckdb, sys
with duckdb.connect(sys.argv[1]) as connection:
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.slow
def test_who_holds_the_warehouse_is_named(workshop: Workshop) -> None:
    workshop.take_in_all()
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
