"""`python -m bench`: measure, and write JSON, Markdown and a picture."""

import itertools
import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bench import BENCH_PYTHON, PROJECT, experiments
from bench.machine import machine, versions
from bench.measure import CommandError, measure
from bench.ratios import ratios, slopes
from bench.report import markdown

_PARTS = ("door", "lake", "day", "nothing", "others")
_RESULTS = PROJECT / "bench" / "results"
_ALL = ",".join(_PARTS)
_EXAMPLES = "\n\n".join(
    (
        "Examples:",
        "make bench",
        'make bench ARGS="--sizes 1,10,50"',
        "python -m bench --only day --history 30,90,365 --day-activities 30000",
        "python -m bench --sizes 0.1 --only lake,others --folder /mnt/scratch",
    )
)

console = Console(highlight=False, soft_wrap=True)


def _millions(text: str) -> list[float]:
    sizes = [float(part) for part in text.split(",")]
    if min(sizes) < 0.01:
        raise typer.BadParameter("the smallest size is 0.01 million activities")
    return sizes


def _lengths(text: str) -> list[int]:
    days = sorted(int(part) for part in text.split(","))
    # Two days are landed after each length: the next one begins behind them.
    if days[0] < 1 or any(later - earlier < 3 for earlier, later in itertools.pairwise(days)):
        raise typer.BadParameter("lengths of history are three or more days apart")
    return days


def _parts(text: str) -> list[str]:
    if unknown := set(text.split(",")) - set(_PARTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(_PARTS)}")
    return text.split(",")


def bench(
    sizes: Annotated[
        Any, typer.Option(parser=_millions, metavar="M,…", help="Millions of activities.")
    ] = "1,10",
    history: Annotated[
        Any,
        typer.Option(
            parser=_lengths, metavar="DAYS,…", help="Lengths of history, 3 or more apart."
        ),
    ] = "30,90,365",
    day_activities: Annotated[
        int, typer.Option(min=100, help="Activities of a day of history.")
    ] = 30_000,
    only: Annotated[
        Any, typer.Option(parser=_parts, metavar="PART,…", help=f"Some of {', '.join(_PARTS)}.")
    ] = _ALL,
    folder: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            show_default="the system's temporary folder",
            help="Where data is made, and deleted at the end.",
        ),
    ] = None,
    results_folder: Annotated[
        Path,
        typer.Option(
            "--results",
            file_okay=False,
            show_default="bench/results",
            help="Where the results are written.",
        ),
    ] = _RESULTS,
) -> None:
    """Measure the pipeline beside the ways people would otherwise take.

    door: one file to the lake, beside DuckDB's own read of it. lake: everything from the lake,
    beside a hand-written script. day: one new day on more and more history. nothing: a refresh
    with nothing new, and loading Dagster. others: a pandas script and dlt. Sizes need about 1 GB
    of disk per 5 million activities.

    Exit code: 0 done; 1 a step failed or another way gave other tables; 2 wrong usage.
    """
    if not BENCH_PYTHON.exists():
        raise typer.BadParameter(f"{BENCH_PYTHON.parent.parent} is missing; `make bench` makes it")
    results: dict[str, Any] = {
        "made_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "asked": {
            "sizes": sizes,
            "history": history,
            "day-activities": day_activities,
            "only": only,
        },
        "machine": machine(),
        "versions": versions(),
    }
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=folder) as work:
        results["parts"] = _measured(Path(work), only, sizes, history, day_activities)
    results["ratios"] = ratios(results["parts"])
    results["slopes"] = slopes(results["parts"])
    report = _write(results, results_folder)
    console.print(report.read_text(encoding="utf-8"), markup=False)
    console.print(f"Written to {report} and beside it.", markup=False)


def _measured(
    work: Path, only: list[str], sizes: list[float], history: list[int], day_activities: int
) -> dict[str, Any]:
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"{time.monotonic() - began:>6.0f} s  {text}", markup=False)

    parts: dict[str, Any] = {}
    if "door" in only:
        parts["door"] = experiments.landing_to_lake(work, min(sizes), say)
    if "lake" in only:
        parts["lake"] = experiments.lake_to_published(work, sizes, say)
    if "day" in only:
        parts["day"] = experiments.one_new_day(work, history, day_activities, say)
    if "nothing" in only:
        parts["nothing"] = experiments.nothing_new(work, history[0], day_activities, say)
    if "others" in only:
        parts["others"] = experiments.others(work, min(sizes), say)
    return parts


def _write(results: dict[str, Any], folder: Path) -> Path:
    """Write JSON, picture and Markdown; return the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    data, picture, report = (folder / f"{stamp}.{ending}" for ending in ("json", "svg", "md"))
    data.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    drawn = bool({"lake", "day"} & results["parts"].keys())
    if drawn:
        measure([BENCH_PYTHON, "-m", "bench.plot", data.resolve(), picture.resolve()])
    text = markdown(results, picture.name if drawn else None)
    report.write_text(text, encoding="utf-8")
    return report


def main() -> None:
    """Call the command; what a step said when it failed is printed, not a traceback."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(epilog=_EXAMPLES)(bench)
    try:
        app(prog_name="python -m bench")
    except CommandError as error:
        print(f"bench: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
