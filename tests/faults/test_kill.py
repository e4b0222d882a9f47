"""kill -9 in every stage: the published file stays whole, the next run makes all good.

Several kills may follow each other before a run may finish: each finds what the last one left.
That the same files give the same content, whenever and however often they are read, is held here
too: each comparison is of runs apart. Ten kills by default, `FAULT_KILLS` of them in `make faults`.
"""

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.company import Night, assert_same_tables, assert_whole, copied
from tests.faults.forked import STAGES, Run

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("FAULT_KILLS", "10"))
SEED = int(os.environ.get("FAULT_SEED", "1"))
IN_A_ROW = 5


def a_visit(night: Night, dice: random.Random, hits: Counter[str]) -> int:
    """Number of the stage to kill a run in: of those that were hit least often, any."""
    fewest = min(hits[stage] for stage, _ in night.stages)
    return dice.choice([i for i, (name, _) in enumerate(night.stages) if hits[name] == fewest])


@pytest.mark.parametrize("name", ["first_night", "second_night"])
def test_a_killed_run_leaves_nothing_that_the_next_does_not_mend(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night: Night = request.getfixturevalue(name)
    dice, hits = random.Random(f"{SEED} {name}"), Counter[str]()
    runs_to_the_end = 0
    while hits.total() < KILLS // 2:
        workshop = copied(night.before, tmp_path / "data")
        for _ in range(min(IN_A_ROW, KILLS // 2 - hits.total())):
            visit = a_visit(night, dice, hits)
            run = Run(workshop)
            if not run.kill_in(visit, dice.uniform(0, night.stages[visit][1])):
                break
            hits[run.visits[-1][0]] += 1
            assert_whole(workshop)
        Run(workshop).succeed()
        runs_to_the_end += 1
        assert_whole(workshop)
        assert_same_tables(workshop, night.after)
    with capsys.disabled():
        where = ", ".join(f"{hits[stage]} {stage}" for stage in STAGES)
        print(
            f"\n{name}: {hits.total()} kills ({where}); {runs_to_the_end} runs to the end,"
            f" all as undisturbed ({night.seconds:.1f} s); seed {SEED}"
        )
