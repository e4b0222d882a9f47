"""Too little memory stops a run with the way out; with enough of it the run is made good."""

from pathlib import Path

import pytest

from tests.faults.company import Night, assert_same_tables, assert_whole, copied
from tests.faults.forked import Run

pytestmark = pytest.mark.slow


def test_too_little_memory_stops_the_run_and_nothing_else(
    second_night: Night, tmp_path: Path
) -> None:
    workshop = copied(second_night.before, tmp_path / "data")
    published = workshop.versions.current
    workshop.environment["FUNNEL_MEMORY_LIMIT"] = "2MB"
    run = Run(workshop)
    assert run.wait() == 1, run.output
    assert "raise FUNNEL_MEMORY_LIMIT" in run.output
    assert workshop.versions.current == published
    assert_whole(workshop)
    del workshop.environment["FUNNEL_MEMORY_LIMIT"]
    Run(workshop).succeed()
    assert_same_tables(workshop, second_night.after)
