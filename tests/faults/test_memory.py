"""Too little memory stops a run with the way out; a file larger than the memory is read."""

import sys
from pathlib import Path

import duckdb
import pytest

from bench.measure import measure
from tests.builders import Workshop
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


@pytest.mark.faults
def test_five_gigabytes_of_ndjson_are_read_in_less_than_two(workshop: Workshop) -> None:
    """Minutes, and 30 GB of disk: the file, and the rows on their way to the lake."""
    file = workshop.landing / "generic" / "web_events" / "events.ndjson"
    file.parent.mkdir(parents=True)
    rows = 22_000_000
    duckdb.execute(f"""
        copy (
            select
                'e' || range as event_id,
                timestamp '2026-01-01' + to_milliseconds(range * 300) as occurred_at,
                'page_view' as event_name,
                'device-' || hash(range % 900_000) as visitor_id,
                'user' || range % 500_000 || '@shop.example' as email,
                'https://shop.example/c/' || range % 997 || '?q=' || md5(range::varchar) as page_url
            from range({rows})
        ) to '{file}' (format json)
    """)
    assert file.stat().st_size > 5e9
    limits = {"FUNNEL_DATA_DIR": str(workshop.data), "FUNNEL_MEMORY_LIMIT": "1GB"}
    door = measure([sys.executable, "-m", "bench.door"], limits)
    assert door.lines[-1][1] == f"{rows} rows"
    assert door.peak_mb < 2048
