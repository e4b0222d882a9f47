"""The five measurements. Each makes its own data, measures, compares and clears up.

Cold: the files have been dropped from memory as far as the system lets us. Warm: once more.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import PROJECT
from bench.measure import Cost, measure
from bench.phases import imports, phases, slowest_steps
from bench.place import Place

Say = Callable[[str], None]
Result = dict[str, Any]

DAYS = 30
# Millions of activities: pandas wants them all in memory, dlt takes minutes for each.
_LIMITS = {"by_pandas": 1.0, "by_dlt": 0.3}


def landing_to_lake(folder: Path, millions: float, say: Say) -> list[Result]:
    """Take one file of web events in, beside DuckDB's own read of it into Parquet, by format."""
    place = Place(folder / "door")
    place.land(0, 1, millions * 1e6)
    events = place.root / "landing" / "generic" / "web_events"
    [written] = events.glob("*.parquet")
    delivered = written.rename(place.root / "events.parquet")
    results = []
    for kind in ("ndjson", "csv", "parquet"):
        file = events / f"events.{kind}"
        place.copy(delivered, file)
        result: Result = {"format": kind, "megabytes": round(file.stat().st_size / 1e6)}
        for state in ("cold", "warm"):
            shutil.rmtree(place.root / "lake", ignore_errors=True)
            if state == "cold":
                place.cool()
            copied = place.copy(file, place.root / "copied.parquet")
            if state == "cold":
                place.cool()
            door = place.door()
            *steps, (_, rows) = door.lines
            say(f"{rows} of {kind}, {state}: {_short(door)}, DuckDB's own read {_short(copied)}")
            result["rows"] = int(rows.split()[0])
            result[state] = {"door": _costs(door), "copy": _costs(copied)}
            result["steps"] = {
                name: float(took) for name, took in (line.split("\t") for _, line in steps)
            }
        file.unlink()
        results.append(result)
    shutil.rmtree(place.root)
    return results


def lake_to_published(folder: Path, millions: list[float], say: Say) -> list[Result]:
    """Build everything from the lake, beside one hand-written script that reads the same lake.

    Args:
        folder: folder to work in.
        millions: sizes in millions of activities.
        say: receives a line of progress.

    Returns:
        One result per size.
    """
    results = []
    for size in sorted(millions):
        place = Place(folder / "lake")
        result = _fill(place, size, say)
        for state in ("cold", "warm"):
            if state == "cold":
                place.cool()
            hand = place.compete("by_hand")
            place.drop_warehouse()
            if state == "cold":
                place.cool()
            refresh = place.refresh()
            say(f"{size:g} M activities, {state}: {_short(refresh)}, by hand {_short(hand)}")
            result[state] = {"refresh": _refresh_costs(refresh), "by_hand": _costs(hand)}
        result["core_rows"] = place.compare("by_hand")
        results.append(result)
        shutil.rmtree(place.root)
    return results


def one_new_day(
    folder: Path, history: list[int], activities_per_day: int, say: Say
) -> list[Result]:
    """Let one lake grow; at each length of history land two more days, one at a time.

    Returns:
        One result per length of history; `by_hand` is what a rebuild of it all takes.
    """
    place = Place(folder / "day")
    landed = 0
    results = []
    for days in sorted(history):
        place.land(landed, days - landed, activities_per_day)
        place.take_in()
        build = place.refresh()
        say(f"{days} days of history built: {_short(build)}")
        result: Result = {"history_days": days, "build": _costs(build)}
        for number, state in enumerate(("cold", "warm")):
            place.land(days + number, 1, activities_per_day)
            if state == "cold":
                place.cool()
            refresh = place.refresh()
            say(f"one new day on {days} days, {state}: {_short(refresh)}")
            result[state] = _refresh_costs(refresh)
        landed = days + 2
        result["by_hand"] = _costs(place.compete("by_hand"))
        result["core_rows"] = place.compare("by_hand")
        results.append(result)
    shutil.rmtree(place.root)
    return results


def nothing_new(folder: Path, days: int, activities_per_day: int, say: Say) -> Result:
    """Refresh with nothing new, beside `dbt build` alone; load Dagster, beside an empty project.

    Args:
        folder: folder to work in.
        days: days of history in the lake.
        activities_per_day: activities of a day.
        say: receives a line of progress.
    """
    place = Place(folder / "nothing")
    place.land(0, days, activities_per_day)
    place.take_in()
    place.refresh()
    home = _empty_home(place.root)
    load = [sys.executable, "-c", "from orchestration.definitions import defs; defs()"]
    load_empty = [sys.executable, "-c", "import bench.empty_project"]
    run_empty = [sys.executable, "-m", "bench.empty_project"]
    # Each is started once before: dbt parses its project then, and Dagster makes its databases.
    measured: dict[str, Callable[[], Cost]] = {
        "refresh": place.refresh,
        "dbt_build": _dbt_build(place),
        "load": lambda: measure(load, place.environment),
        "load_empty": lambda: measure(load_empty, home),
        "run_empty": lambda: measure(run_empty, home),
    }
    result: Result = {"history_days": days}
    for name, run in measured.items():
        run()
        place.cool()
        cold, warm = run(), _median(run)
        say(f"{name.replace('_', ' ')}: cold {_short(cold)}, warm {_short(warm)}")
        costs = _refresh_costs if name == "refresh" else _costs
        result[name] = {"cold": costs(cold), "warm": costs(warm)}
    traced = measure([load[0], "-X", "importtime", *load[1:]], place.environment)
    result["imports"] = imports(traced.lines)
    shutil.rmtree(place.root)
    return result


def others(folder: Path, smallest: float, say: Say) -> list[Result]:
    """The same job as a pandas script, and as dlt's default load with a full rebuild in SQL.

    Args:
        folder: folder to work in.
        smallest: the smallest size asked for; each way is measured at that or at its own limit.
        say: receives a line of progress.

    Returns:
        One result per way, each beside the refresh and the script by hand at its size; of each the
        second time.
    """
    results = []
    for way, limit in _LIMITS.items():
        place = Place(folder / "others")
        millions = min(limit, smallest)
        result = {"way": way, **_fill(place, millions, say)}
        place.refresh()
        place.drop_warehouse()
        result["refresh"] = _costs(place.refresh())
        for name in ("by_hand", way):
            place.compete(name)
            cost = place.compete(name)
            result["core_rows"] = place.compare(name)
            result[name] = _costs(cost)
            say(f"{millions:g} M activities, {name.replace('_', ' ')}: {_short(cost)}, same tables")
        results.append(result)
        shutil.rmtree(place.root)
    return results


# ---------------------------------------------------------------------------------------------


def _fill(place: Place, millions: float, say: Say) -> Result:
    """Landing folder to lake, apart from what is measured after it."""
    land = place.land(0, DAYS, millions * 1e6 / DAYS)
    say(f"{millions:g} M activities written: {_short(land)}")
    take_in = place.take_in()
    say(f"{millions:g} M activities taken in: {_short(take_in)}")
    rows = int(take_in.lines[-1][1].split()[0])
    return {"millions": millions, "rows": rows, "land": _costs(land), "take_in": _costs(take_in)}


def _dbt_build(place: Place) -> Callable[[], Cost]:
    """`dbt build` as a command, on a copy of the warehouse, with a parsed project of its own."""
    folder = place.root / "dbt"
    folder.mkdir()
    shutil.copy(place.warehouse, folder)
    environment = place.environment | {"FUNNEL_WAREHOUSE_FILE": str(folder / place.warehouse.name)}
    project = PROJECT / "dbt_project"
    command = [
        sys.executable, "-m", "dbt.cli.main", "build", "--exclude-resource-type", "unit_test",
        "--project-dir", project, "--profiles-dir", project,
        "--target-path", folder / "target", "--log-path", folder / "logs",
    ]  # fmt: skip
    return lambda: measure(command, environment)


def _empty_home(root: Path) -> dict[str, str]:
    """Environment of a Dagster instance without history."""
    home = root / "empty_home"
    home.mkdir()
    shutil.copy(PROJECT / "data" / "dagster_home" / "dagster.yaml", home)
    return {"DAGSTER_HOME": str(home)}


def _median(run: Callable[[], Cost]) -> Cost:
    """The middle one of three: what takes seconds varies by seconds."""
    return sorted((run() for _ in range(3)), key=lambda cost: cost.wall_seconds)[1]


def _costs(cost: Cost) -> Result:
    return {
        "wall_seconds": round(cost.wall_seconds, 3),
        "cpu_seconds": round(cost.cpu_seconds, 3),
        "peak_mb": round(cost.peak_mb),
    }


def _refresh_costs(cost: Cost) -> Result:
    return {
        **_costs(cost),
        "phases": phases(cost.lines, cost.wall_seconds),
        "slowest_steps": slowest_steps(cost.lines),
    }


def _short(cost: Cost) -> str:
    return f"{cost.wall_seconds:.1f} s"
