"""The ratios that the aims are set on, and how cost grows."""

import math
from dataclasses import asdict, dataclass
from statistics import linear_regression
from typing import Any


@dataclass(frozen=True)
class Ratio:
    """One cost over another of the same run; `aim` is the most it should be, or the least."""

    name: str
    wall: float
    cpu: float
    aim: float | None = None
    at_least: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the wall time keeps the aim."""
        if self.aim is None:
            return None
        return self.wall >= self.aim if self.at_least else self.wall <= self.aim


def ratios(parts: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the ratios of the parts that were measured, as dictionaries."""
    found: list[Ratio] = []
    for kind in parts.get("door", []):
        for state in ("cold", "warm"):
            name = (
                f"{kind['format']}, {kind['rows']:,} rows, {state}: DuckDB's own read to the door"
            )
            found.append(_ratio(name, kind[state]["copy"], kind[state]["door"], 0.7, at_least=True))
    for size in parts.get("lake", []):
        for state in ("cold", "warm"):
            name = f"lake to published, {size['millions']:g} M activities, {state}: to by hand"
            found.append(_ratio(name, size[state]["refresh"], size[state]["by_hand"], 1.5))
    if len(days := parts.get("day", [])) > 1:
        first, last = days[0], days[-1]
        for state in ("cold", "warm"):
            lengths = f"{last['history_days']} days of history to {first['history_days']}"
            found.append(_ratio(f"one new day, {state}: {lengths}", last[state], first[state], 1.2))
    if nothing := parts.get("nothing"):
        for state in ("cold", "warm"):
            for name, one, other in (
                ("refresh with nothing new: to dbt build alone", "refresh", "dbt_build"),
                ("load of the code location: to an empty project's", "load", "load_empty"),
            ):
                found.append(_ratio(f"{name}, {state}", nothing[one][state], nothing[other][state]))
    found += [_to_other(other) for other in parts.get("others", [])]
    return [asdict(ratio) | {"is_met": ratio.is_met} for ratio in found]


def _to_other(other: dict[str, Any]) -> Ratio:
    """A pandas script reads the lake; dlt's load stands for the door as well."""
    refresh, door = other["refresh"], other["take_in"]
    at = f"at {other['millions']:g} M activities"
    if other["way"] == "by_pandas":
        return _ratio(f"pandas script {at}: to the refresh", other["by_pandas"], refresh)
    both = {key: refresh[key] + door[key] for key in ("wall_seconds", "cpu_seconds")}
    name = f"dlt's default load and full rebuild {at}: to door and refresh"
    return _ratio(name, other["by_dlt"], both)


def slopes(parts: dict[str, Any]) -> dict[str, float]:
    """How cost grows: the slope of log cost over log size (1 in proportion, 0 not at all)."""
    lake, day = parts.get("lake", []), parts.get("day", [])
    sizes = [size["millions"] for size in lake]
    lengths = [length["history_days"] for length in day]
    found = {}
    for key, label in (("wall_seconds", "wall"), ("cpu_seconds", "CPU")):
        if len(lake) > 1:
            for name, way in (("refresh", "lake to published"), ("by_hand", "by hand")):
                costs = [size["warm"][name][key] for size in lake]
                found[f"{way}: {label} over activities"] = _slope(sizes, costs)
        if len(day) > 1:
            costs = [length["warm"][key] for length in day]
            found[f"one new day: {label} over days of history"] = _slope(lengths, costs)
    return found


def _slope(sizes: list[float], costs: list[float]) -> float:
    return linear_regression([*map(math.log, sizes)], [*map(math.log, costs)]).slope


def _ratio(
    name: str,
    cost: dict[str, Any],
    other: dict[str, Any],
    aim: float | None = None,
    at_least: bool = False,
) -> Ratio:
    return Ratio(
        name,
        cost["wall_seconds"] / other["wall_seconds"],
        cost["cpu_seconds"] / other["cpu_seconds"],
        aim,
        at_least,
    )
