"""A data folder of the benchmark and what is done in it, each step in a process of its own."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import BENCH_PYTHON
from bench.measure import Cost, forget, measure

# dlt and what draws the plot are not in the pipeline's environment.
_PYTHON = {"by_dlt": BENCH_PYTHON}


@dataclass(frozen=True)
class Place:
    """One data folder; every method returns what its process cost."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """The pipeline's defaults, whatever this process was started with."""
        names = ("FUNNEL_CONTRACTS_DIR", "FUNNEL_TIMEZONE", "FUNNEL_PSEUDONYM_KEY")
        return {"FUNNEL_DATA_DIR": str(self.root), **dict.fromkeys(names, "")}

    @property
    def warehouse(self) -> Path:
        """The pipeline's private warehouse."""
        return self.root / "warehouse" / "engagement.duckdb"

    def land(self, first_day: int, days: int, activities_per_day: float) -> Cost:
        """Write days of data into the landing folder."""
        return self._python(
            "bench.data", "--landing", self.root / "landing", "--first-day", first_day,
            "--days", days, "--activities-per-day", activities_per_day,
        )  # fmt: skip

    def take_in(self) -> Cost:
        """Landing folder to lake."""
        return self._python("bench.lake")

    def door(self) -> Cost:
        """The door alone, on the landed web events; prints the seconds of its steps."""
        return self._python("bench.door")

    def copy(self, file: Path, into: Path) -> Cost:
        """DuckDB's own read of a file into another, by their endings."""
        return self._python("bench.copy", "--file", file, "--into", into)

    def refresh(self) -> Cost:
        """The refresh as people start it: `funnel run`."""
        return self._python("orchestration.cli", "run", "--verbose")

    def compete(self, name: str) -> Cost:
        """Build the core tables in another way: by_hand, by_pandas, by_dlt."""
        shutil.rmtree(self.root / name, ignore_errors=True)
        (self.root / name).mkdir()
        into = self.root / name / "core.duckdb"
        return self._python(
            f"bench.{name}", "--lake", self.root / "lake", "--into", into,
            python=_PYTHON.get(name, Path(sys.executable)),
        )  # fmt: skip

    def compare(self, name: str) -> dict[str, int]:
        """Compare a competitor's tables with the pipeline's and return their rows.

        Raises:
            CommandError: they differ.
        """
        candidate = self.root / name / "core.duckdb"
        cost = self._python(
            "bench.compare", "--warehouse", self.warehouse, "--candidate", candidate
        )
        return {table: int(rows) for table, rows in (line.split() for _, line in cost.lines)}

    def drop_warehouse(self) -> None:
        """The next refresh builds everything from the lake."""
        shutil.rmtree(self.root / "warehouse", ignore_errors=True)
        shutil.rmtree(self.root / "published", ignore_errors=True)

    def cool(self) -> None:
        """Drop the data and the environment from the system's memory, as far as it lets us."""
        forget(self.root, Path(sys.prefix), BENCH_PYTHON.parent.parent)

    def _python(self, module: str, *arguments: object, python: Path | None = None) -> Cost:
        command = [python or sys.executable, "-m", module, *map(str, arguments)]
        return measure(command, self.environment)
