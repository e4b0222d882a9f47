"""The growth curves as a picture. Runs in the benchmark's own environment."""

import argparse
import json
from pathlib import Path
from typing import Any


def draw(results: dict[str, Any], file: Path) -> None:
    """Draw cost against activities and cost of a day against history, on logarithmic axes.

    Args:
        results: as in the JSON file; has at least one of the two parts.
        file: SVG to write.
    """
    import matplotlib  # pyright: ignore[reportMissingImports]

    matplotlib.use("svg")
    from matplotlib.figure import Figure  # pyright: ignore[reportMissingImports]

    curves = _curves(results["parts"])
    figure = Figure(figsize=(5.5 * len(curves), 4), layout="constrained")
    for position, (title, unit, lines) in enumerate(curves, start=1):
        axes = figure.add_subplot(1, len(curves), position)
        sizes = sorted({size for points in lines.values() for size, _ in points})
        for label, points in lines.items():
            axes.plot(*zip(*points, strict=True), marker="o", label=label)
        axes.set(xscale="log", yscale="log", title=title, xlabel=unit, ylabel="seconds, warm")
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})


def _curves(
    parts: dict[str, Any],
) -> list[tuple[str, str, dict[str, list[tuple[float, float]]]]]:
    """Title, unit of size, and the points of each line."""
    curves = []
    if "lake" in parts:
        lines = {
            f"{way}, {kind}": [
                (size["millions"], size["warm"][name][key]) for size in parts["lake"]
            ]
            for name, way in (("refresh", "funnel run"), ("by_hand", "by hand"))
            for key, kind in (("wall_seconds", "wall"), ("cpu_seconds", "CPU"))
        }
        curves.append(("Lake to published", "million activities", lines))
    if "day" in parts:
        lines = {
            f"{way}, wall": [
                (length["history_days"], length[name]["wall_seconds"]) for length in parts["day"]
            ]
            for name, way in (("warm", "one new day"), ("by_hand", "all by hand"))
        }
        curves.append(("One new day", "days of history", lines))
    return curves


def main() -> None:
    """Draw a result file."""
    parser = argparse.ArgumentParser(prog="python -m bench.plot", description=__doc__)
    parser.add_argument("results", type=Path, help="JSON file of a benchmark.")
    parser.add_argument("picture", type=Path, help="SVG file to write.")
    asked = parser.parse_args()
    draw(json.loads(asked.results.read_text(encoding="utf-8")), asked.picture)


if __name__ == "__main__":
    main()
