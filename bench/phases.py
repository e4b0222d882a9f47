"""Where the seconds of a command go, from what it prints and when."""

import re
from collections import Counter, defaultdict

from bench import PROJECT

Lines = list[tuple[float, str]]

_STEP = re.compile(r"^ *\d+ of \d+  (?P<name>\S+) .*?(?P<seconds>[\d.]+) s$")
_IMPORT = re.compile(r"^import time: +(?P<own>\d+) \| +\d+ \| +(?P<package>\w+)")


def phases(lines: Lines, wall_seconds: float) -> dict[str, float]:
    """Divide a refresh into phases by its progress lines.

    Args:
        lines: what it printed, with the seconds from its start.
        wall_seconds: what it took in all; the phases add up to it.

    Returns:
        Seconds by phase, in order.
    """
    contracts = PROJECT / "orchestration" / "contracts"
    sources = {path.stem for path in contracts.glob("*.yaml")}
    taken: defaultdict[str, float] = defaultdict(float)
    before = 0.0
    for at, line in lines:
        if line.startswith("Starting Dagster"):
            taken["start of the command"] += at
        elif found := _STEP.match(line):
            phase, ahead = _phase(found["name"], sources)
            # What happens ahead of a phase's first line is another thing than the line's step.
            own = min(float(found["seconds"]), at - before) if phase not in taken else at - before
            taken[ahead] += at - before - own
            taken[phase] += own
        else:
            continue
        before = at
    taken["summary and exit"] = wall_seconds - before
    return {phase: seconds for phase, seconds in taken.items() if seconds}


def _phase(step: str, sources: set[str]) -> tuple[str, str]:
    """The phase that a step belongs to, and what comes ahead of it."""
    first = step.split("/")[0]
    if first in sources:
        return "door", "load Dagster and the code location, start the run"
    if first == "published":
        return "publication", "publication"
    if step == "quality/check_results":
        return (
            "last dbt tests, mart gate, check results",
            "last dbt tests, mart gate, check results",
        )
    return "dbt models and tests", "raw gate, sources, start of dbt"


def slowest_steps(lines: Lines, count: int = 8) -> dict[str, float]:
    """The steps with the most seconds of their own; dbt's run two at a time."""
    found = [match for _, line in lines if (match := _STEP.match(line))]
    seconds = {match["name"]: float(match["seconds"]) for match in found}
    taken = {step: value for step, value in seconds.items() if value}
    return dict(sorted(taken.items(), key=lambda step: -step[1])[:count])


def imports(lines: Lines, count: int = 12) -> dict[str, float]:
    """Seconds that the modules of each top-level package took to import, the slowest first.

    Args:
        lines: output of `python -X importtime`.
        count: how many packages.
    """
    own: Counter[str] = Counter()
    for _, line in lines:
        if found := _IMPORT.match(line):
            own[found["package"]] += int(found["own"])
    return {package: micros / 1e6 for package, micros in own.most_common(count)}
