"""The benchmark's data, its clockwork and its arithmetic."""

import json
import os
import sys
from pathlib import Path

import duckdb
import pytest

from bench.compare import DifferentTablesError, compare
from bench.data import ENTITIES, write_days
from bench.lake import RefusedError, take_in
from bench.measure import CommandError, measure
from bench.phases import imports, phases, slowest_steps
from bench.ratios import ratios, slopes
from bench.report import markdown
from tests.builders import Workshop, fetched


def landed(folder: Path) -> dict[str, list[dict]]:
    return {
        file.relative_to(folder).as_posix(): fetched(f"from '{file}'")
        for file in sorted(folder.rglob("*.parquet"))
    }


def test_a_day_is_the_same_however_many_there_are(tmp_path: Path) -> None:
    rows = write_days(tmp_path / "three", range(3), 400)
    write_days(tmp_path / "third", range(2, 3), 400)
    three, third = landed(tmp_path / "three"), landed(tmp_path / "third")
    assert sum(map(len, three.values())) == rows
    assert {name.split("/")[1] for name in three} == set(ENTITIES)
    assert third == {name: three[name] for name in third}
    assert len(third) == len(ENTITIES)


def test_data_repeats_comes_late_and_returns(tmp_path: Path) -> None:
    write_days(tmp_path, range(3), 20_000)
    events = f"read_parquet('{tmp_path}/generic/web_events/*.parquet', filename = true)"
    [found] = fetched(f"""
        select count(*) - count(distinct event_id) as repeated,
               count(*) filter (occurred_at::date < parse_filename(filename, true)::date) as late,
               count(distinct visitor_id) as visitors,
               count(distinct visitor_id) filter (customer_id is not null) as customers
        from {events}
    """)
    [back] = fetched(f"""
        select count(*) as visitors
        from (select 1 from {events} group by visitor_id
              having count(distinct occurred_at::date) > 1)
    """)
    assert 0 < found["repeated"] < found["late"]
    assert found["visitors"] > back["visitors"] > 100
    assert found["customers"] > 100


def test_data_passes_the_door_and_its_gate(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "data")
    rows = write_days(workshop.landing, range(2), 500)
    assert take_in(workshop.settings) == rows
    for entity in ENTITIES:
        batches = workshop.ledger.batches("generic", entity).values()
        assert {(b.gate, b.rows_rejected, b.rows_duplicate) for b in batches} == {("passed", 0, 0)}


def test_data_that_breaks_a_rule_is_refused(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "data")
    write_days(workshop.landing, range(1), 500)
    [file] = (workshop.landing / "generic" / "orders").iterdir()
    with duckdb.connect() as connection:
        connection.execute(
            f"create table orders as select * replace (9e6 as quantity) from '{file}'"
        )
        connection.execute(f"copy orders to '{file}' (format parquet)")
    with pytest.raises(RefusedError, match="generic/orders: quantity between"):
        take_in(workshop.settings)


# Competitors -----------------------------------------------------------------------------------


def core_tables(file: Path, score: int) -> Path:
    with duckdb.connect(str(file)) as connection:
        for schema in ("intermediate", "customer_engagement", "journey"):
            connection.execute(f"create schema {schema}")
        for table, kept in (
            ("activities", "intermediate.int_activities"),
            ("sessions", "customer_engagement.sessions"),
            ("web_engagement_daily", "customer_engagement.web_engagement_daily"),
            ("customer_engagement_weekly", "customer_engagement.customer_engagement_weekly"),
            ("funnel_monthly", "journey.funnel_monthly"),
        ):
            connection.execute(f"create table {table} as select 'a' as id, {score} as score")
            connection.execute(f"create table {kept} as from {table}")
    return file


def test_other_tables_are_told_with_their_rows(tmp_path: Path) -> None:
    one, other = core_tables(tmp_path / "1.duckdb", 1), core_tables(tmp_path / "2.duckdb", 1)
    assert set(compare(one, other).values()) == {1}
    with duckdb.connect(str(other)) as connection:
        connection.execute("update sessions set score = 7")
    with pytest.raises(DifferentTablesError, match=r"(?s)sessions: 1 rows .* 1 here.*7"):
        compare(one, other)


# Clockwork -------------------------------------------------------------------------------------


def test_a_command_is_measured_by_itself() -> None:
    work = "import time; b = bytearray(200_000_000); time.sleep(0.3); print('done')"
    # Measured from a small process, as the benchmark does: this one is large by now.
    ask = (
        "import json, sys; from dataclasses import asdict; from bench.measure import measure;"
        " print(json.dumps([asdict(measure([sys.executable, '-c', c])) for c in sys.argv[1:]]))"
    )
    asked = measure([sys.executable, "-c", ask, work, "print('done')"])
    heavy, light = json.loads(asked.lines[0][1])
    assert heavy["wall_seconds"] > 0.3
    assert heavy["cpu_seconds"] < heavy["wall_seconds"]
    assert 200 < heavy["peak_mb"] < 300
    assert light["peak_mb"] < 100
    [(at, line)] = heavy["lines"]
    assert line == "done"
    assert 0.3 < at <= heavy["wall_seconds"]


def test_a_command_that_fails_says_why() -> None:
    with pytest.raises(CommandError, match=r"(?s)ended with 3:.*no such thing"):
        measure([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"])


def test_a_command_is_given_its_environment() -> None:
    code = "import os; print(os.environ['BENCH_TEST'])"
    assert measure([sys.executable, "-c", code], {"BENCH_TEST": "here"}).lines[0][1] == "here"
    assert "BENCH_TEST" not in os.environ


REFRESH = [
    (0.5, "Starting Dagster …"),
    (4.0, "   1 of 5  ga4/events                    34,812 rows     0.2 s"),
    (4.1, "   2 of 5  generic/orders                   152 rows     0.1 s"),
    (6.0, "   3 of 5  staging/stg_ga4__events       34,812 rows     0.4 s"),
    (7.0, "   4 of 5  customer_engagement/sessions   8,082 rows     1.5 s"),
    (9.0, "   5 of 5  quality/check_results             66 rows     2.0 s"),
    (9.4, "   6 of 6  published/engagement              12 rows     0.4 s"),
    (9.5, "Checks: 66 passed, 0 warned, 0 failed; 9 s in all"),
]


def test_phases_add_up_to_the_whole() -> None:
    found = phases(REFRESH, 10.0)
    assert {name: round(seconds, 3) for name, seconds in found.items()} == {
        "start of the command": 0.5,
        "load Dagster and the code location, start the run": 3.3,
        "door": 0.3,
        "raw gate, sources, start of dbt": 1.5,
        "dbt models and tests": 1.4,
        "last dbt tests, mart gate, check results": 2.0,
        "publication": 0.4,
        "summary and exit": 0.6,
    }
    assert sum(found.values()) == pytest.approx(10.0)


def test_the_slowest_steps_come_first() -> None:
    idle = (9.0, "   5 of 5  typeform/responses                 0 rows     0.0 s")
    assert "typeform/responses" not in slowest_steps([*REFRESH, idle], 9)
    slowest = slowest_steps(REFRESH, 2)
    assert list(slowest.items()) == [
        ("quality/check_results", 2.0),
        ("customer_engagement/sessions", 1.5),
    ]


def test_imports_are_summed_by_package() -> None:
    lines = [
        (0.0, "import time: self [us] | cumulative | imported package"),
        (0.0, "import time:    100000 |     500000 |   dagster._core"),
        (0.0, "import time:    200000 |     700000 | dagster"),
        (0.0, "import time:    250000 |     250000 | yaml"),
    ]
    assert imports(lines) == {"dagster": 0.3, "yaml": 0.25}


# Arithmetic ------------------------------------------------------------------------------------


def cost(seconds: float) -> dict[str, float]:
    return {"wall_seconds": seconds, "cpu_seconds": 2 * seconds, "peak_mb": 1}


def lake(millions: float, refresh: float, by_hand: float) -> dict:
    state = {"refresh": cost(refresh), "by_hand": cost(by_hand)}
    return {"millions": millions, "cold": state, "warm": state}


def test_a_ratio_keeps_or_misses_its_aim() -> None:
    found = ratios({"lake": [lake(1, 20, 10), lake(10, 120, 100)]})
    assert [(r["wall"], r["aim"], r["is_met"]) for r in found if "cold" in r["name"]] == [
        (2.0, 1.5, False),
        (1.2, 1.5, True),
    ]


def test_one_day_is_compared_between_the_longest_and_the_shortest_history() -> None:
    days = [{"history_days": d, "cold": cost(s), "warm": cost(s)} for d, s in ((30, 10), (365, 11))]
    found = ratios({"day": days})
    assert {round(r["wall"], 3) for r in found} == {1.1}
    assert all(r["is_met"] and "365 days of history to 30" in r["name"] for r in found)


def test_the_load_of_dlt_is_compared_with_door_and_refresh() -> None:
    costs = {"take_in": cost(4), "refresh": cost(6), "by_pandas": cost(12), "by_dlt": cost(20)}
    found = ratios(
        {"others": [{"way": w, "millions": 1, **costs} for w in ("by_pandas", "by_dlt")]}
    )
    assert [(r["wall"], r["cpu"], r["is_met"]) for r in found] == [(2, 2, None), (2, 2, None)]


def test_growth_is_the_slope_of_the_logarithms() -> None:
    found = slopes({"lake": [lake(1, 10, 1), lake(10, 10, 10), lake(100, 10, 100)]})
    assert found["lake to published: wall over activities"] == pytest.approx(0)
    assert found["by hand: CPU over activities"] == pytest.approx(1)
    assert slopes({"lake": [lake(1, 10, 1)]}) == {}


# Command and report ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [["--sizes", "0"], ["--sizes", "many"], ["--history", "30,31"], ["--only", "lake,sea"]],
)
def test_wrong_usage_is_told_before_anything_is_measured(
    arguments: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "bench", *arguments, "--folder", tmp_path / "work"]
    with pytest.raises(CommandError, match=rf"(?s)ended with 2:.*{arguments[0]}"):
        measure(command)
    assert not (tmp_path / "work").exists()


def test_the_report_tells_what_was_kept_and_missed() -> None:
    where = {"phases": {"door": 0.3}, "slowest_steps": {"customer_engagement/sessions": 1.5}}
    states = {
        state: {"refresh": cost(20) | where, "by_hand": cost(10)} for state in ("cold", "warm")
    }
    size = {
        "millions": 1.0, "rows": 1_100_000, "land": cost(3), "take_in": cost(4), **states,
        "core_rows": {"activities": 1_000_893},
    }  # fmt: skip
    results = {
        "made_at": "2026-01-01 00:00 UTC",
        "machine": {
            "cores": 2, "memory_gb": 8, "processor": "P", "system": "Linux", "load_before": 0.1,
        },
        "versions": {"commit": "abc", "dlt": "1.0"},
        "asked": {"sizes": [1.0, 0.5], "only": ["lake"]},
        "parts": {"lake": [size]},
        "ratios": ratios({"lake": [size]}),
        "slopes": {},
    }  # fmt: skip
    text = markdown(results, plot=None)
    lines = text.splitlines()
    ratio = "lake to published, 1 M activities, warm: to by hand"
    assert f"| {ratio} | 2.00 | 2.00 | ≤ 1.5 | missed |" in lines
    assert "| 1,000,893 | warm | by hand | 10.0 | 20.0 | 1 |" in lines
    assert "| door | 0.3 |" in lines
    assert "make bench ARGS='--sizes 1,0.5 --only lake'" in text
