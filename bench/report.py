"""The results as Markdown."""

from collections.abc import Iterable
from typing import Any


def markdown(results: dict[str, Any], plot: str | None) -> str:
    """Write the results as a document of tables.

    Args:
        results: as in the JSON file.
        plot: name of the picture beside it, if there is one.
    """
    parts = results["parts"]
    sections = [
        _head(results),
        _ratios(results["ratios"]),
        *([_door(parts["door"])] if "door" in parts else []),
        *([_lake(parts["lake"])] if "lake" in parts else []),
        *([_day(parts["day"])] if "day" in parts else []),
        *([_nothing(parts["nothing"])] if "nothing" in parts else []),
        *([_others(parts["others"])] if "others" in parts else []),
        *([_growth(results["slopes"])] if results["slopes"] else []),
        *([f"![Cost against size]({plot})"] if plot else []),
    ]
    return "\n\n".join(sections) + "\n"


def _head(results: dict[str, Any]) -> str:
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    asked = " ".join(f"--{name} {_listed(value)}" for name, value in results["asked"].items())
    return (
        "# Benchmark\n\n"
        f"{results['made_at']}: {machine['cores']} cores, {machine['memory_gb']} GB,"
        f" {machine['processor']}, {machine['system']}; load {machine['load_before']} before."
        f"\n\n{versions}; `make bench ARGS='{asked}'`."
        "\n\nSeconds of one machine mean little elsewhere; the ratios of one run do. Cold: the"
        " files were dropped from memory first, as far as the system lets a user. Peak: of the"
        " largest process."
    )


def _ratios(ratios: list[dict[str, Any]]) -> str:
    rows = [
        (
            ratio["name"],
            f"{ratio['wall']:.2f}",
            f"{ratio['cpu']:.2f}",
            "" if ratio["aim"] is None else f"{'≥' if ratio['at_least'] else '≤'} {ratio['aim']}",
            {True: "kept", False: "missed", None: ""}[ratio["is_met"]],
        )
        for ratio in ratios
    ]
    return "## Ratios\n\n" + _table(("ratio", "wall", "CPU", "aim", ""), rows)


def _door(kinds: list[dict[str, Any]]) -> str:
    rows = [
        (kind["format"], f"{kind['rows']:,}", f"{kind['megabytes']:,}", state, way, *_cost(cost))
        for kind in kinds
        for state in ("cold", "warm")
        for way, cost in (
            ("the door", kind[state]["door"]), ("DuckDB's own read", kind[state]["copy"]),
        )
    ]  # fmt: skip
    names = dict.fromkeys(step for kind in kinds for step in kind["steps"])
    steps = [(name, *(_seconds(kind["steps"].get(name)) for kind in kinds)) for name in names]
    header = ("format", "rows", "MB", "", "way", "wall s", "CPU s", "peak MB")
    return (
        "## Landing to lake\n\n"
        "One file of web events into typed Parquet, without the gate; both ways with the start of"
        " Python.\n\n"
        + _table(header, rows)
        + "\n\n"
        + _table(("steps of the door (seconds, warm)", *(kind["format"] for kind in kinds)), steps)
    )


def _lake(sizes: list[dict[str, Any]]) -> str:
    rows = []
    for size in sizes:
        for state in ("cold", "warm"):
            for name, way in (("refresh", "`funnel run`"), ("by_hand", "by hand")):
                activities = f"{size['core_rows']['activities']:,}"
                rows.append((activities, state, way, *_cost(size[state][name])))
    header = ("activities", "", "way", "wall s", "CPU s", "peak MB")
    prepared = "; ".join(
        f"{size['rows']:,} rows landed in {size['land']['wall_seconds']:.0f} s, taken in in"
        f" {size['take_in']['wall_seconds']:.0f} s"
        for size in sizes
    )
    return (
        "## Lake to published\n\n"
        "The core tables of both ways are equal, row by row. Before: " + prepared + ".\n\n"
        + _table(header, rows)
        + "\n\n"
        + _where({f"{size['millions']:g} M": size["warm"]["refresh"] for size in sizes})
    )  # fmt: skip


def _day(lengths: list[dict[str, Any]]) -> str:
    rows = []
    for length in lengths:
        days = f"{length['history_days']} days"
        for state, label in (("cold", "cold"), ("warm", "warm"), ("by_hand", "all by hand")):
            rows.append((days, label, *_cost(length[state])))
    return (
        "## One new day\n\n"
        "One lake that grows; after each length of history the core tables were equal, row by"
        " row, to those of a rebuild by hand.\n\n"
        + _table(("history", "", "wall s", "CPU s", "peak MB"), rows)
        + "\n\n"
        + _where({f"{length['history_days']} days": length["warm"] for length in lengths})
    )


def _nothing(nothing: dict[str, Any]) -> str:
    names = {
        "refresh": "`funnel run` with nothing new",
        "dbt_build": "`dbt build` alone",
        "load": "load of the code location",
        "load_empty": "load of an empty Dagster project",
        "run_empty": "run of an empty Dagster project",
    }
    rows = [
        (label, state, *_cost(nothing[name][state]))
        for name, label in names.items()
        for state in ("cold", "warm")
    ]
    slow = [(package, f"{seconds:.2f}") for package, seconds in nothing["imports"].items()]
    return (
        f"## Nothing new\n\nOn {nothing['history_days']} days of history; warm: the median of"
        " three.\n\n"
        + _table(("", "", "wall s", "CPU s", "peak MB"), rows)
        + "\n\n"
        + _where({"seconds": nothing["refresh"]["warm"]})
        + "\n\nImports when the code location is loaded (traced, so slower than they are):\n\n"
        + _table(("package", "seconds"), slow)
    )


def _others(others: list[dict[str, Any]]) -> str:
    names = {
        "take_in": ("the door and its gate", "landing to lake"),
        "refresh": ("`funnel run`", "lake to published"),
        "by_hand": ("DuckDB script", "lake to core tables"),
        "by_pandas": ("pandas script", "lake to core tables"),
        "by_dlt": ("dlt's default load, rebuild in SQL", "files to core tables"),
    }
    rows = [
        (f"{other['core_rows']['activities']:,}", *names[name], *_cost(other[name]))
        for other in others
        for name in names
        if name in other
    ]
    header = ("activities", "way", "from, to", "wall s", "CPU s", "peak MB")
    return (
        "## The same job otherwise\n\n"
        "All ways read the same files, and their core tables are equal, row by row.\n\n"
        + _table(header, rows)
    )


def _growth(slopes: dict[str, float]) -> str:
    rows = [(name, f"{slope:.2f}") for name, slope in slopes.items()]
    return (
        "## Growth\n\nSlope of log cost over log size, warm: 1 is in proportion, 0 not at all.\n\n"
        + _table(("", "slope"), rows)
    )


def _where(refreshes: dict[str, dict[str, Any]]) -> str:
    """Phases and slowest steps of some refreshes, a column each."""
    text = []
    for title, key in (("Phases", "phases"), ("Slowest steps", "slowest_steps")):
        names = dict.fromkeys(name for cost in refreshes.values() for name in cost[key])
        rows = [
            (name, *(_seconds(cost[key].get(name)) for cost in refreshes.values()))
            for name in names
        ]
        text.append(_table((f"{title} (seconds, warm)", *refreshes), rows))
    return "\n\n".join(text)


def _listed(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return ",".join(f"{one:g}" if isinstance(one, float) else str(one) for one in values)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _cost(cost: dict[str, Any]) -> tuple[str, str, str]:
    return (
        f"{cost['wall_seconds']:.1f}", f"{cost['cpu_seconds']:.1f}", f"{cost['peak_mb']:,}"
    )  # fmt: skip


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
