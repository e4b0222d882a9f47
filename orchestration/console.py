"""What a person sees of a run: one line per step, then a summary. Plain text, no Dagster."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import shorten
from typing import Any

from rich.console import Console
from rich.status import Status

from orchestration.engine import connect
from orchestration.ingestion import UNREAD_WAY_OUT, Ledger
from orchestration.machine_faults import way_out
from orchestration.warehouse import VOLUME_WAY_OUT

_SHOWN_ROWS = 3  # of those that break a rule which only warns


@dataclass
class FailedCheck:
    """A check that stopped the run: what it found and some of the rows."""

    asset: str
    check: str
    observed: str
    rows: list[dict[str, Any]]


@dataclass
class Progress:
    """Prints a line per finished step and remembers what the summary needs."""

    console: Console
    steps: int
    verbose: bool = False
    done: set[str] = field(default_factory=set)
    verdicts: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    failed_checks: list[FailedCheck] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    idle: int = 0
    status: Status | None = None
    began: float = field(default_factory=time.monotonic)
    _last: float = field(default_factory=time.monotonic)

    def working(self, step: str) -> None:
        """Say what is being done now, to somebody who watches."""
        if self.status:
            self.status.update(step.replace("__", "/"))

    def step(self, asset: str, rows: int | None, seconds: float | None, idle: bool) -> None:
        """Report a finished step; without `seconds`, the time since the last one counts.

        A step that was idle has no line of its own, unless it took its time or all are asked for.
        """
        now = time.monotonic()
        took = now - self._last if seconds is None else seconds
        self._last = now
        self.done.add(asset)
        if idle and took < 2 and not self.verbose:
            self.idle += 1
            return
        counted = "" if rows is None else f"{rows:>12,} rows"
        self._line(f"{len(self.done):>4} of {self.steps}  {asset:<48}{counted:>17}{took:>8.1f} s")

    def check(
        self, asset: str, check: str, stops: bool, passed: bool, observed: str, rows: list[dict]
    ) -> None:
        """Report a check: passed ones are only counted."""
        if passed:
            self.verdicts["passed"] += 1
        elif stops:
            self.verdicts["failed"] += 1
            self.failed_checks.append(FailedCheck(asset, check, observed, rows))
            self._line(f"      FAILED  {asset}: {check}: {observed}")
        else:
            self.verdicts["warned"] += 1
            shown = [f"row  {_cells(row)}" for row in rows[:_SHOWN_ROWS]]
            self.warnings.append("\n".join([f"{asset}: {check}: {observed}", *shown]))
            said = shorten(observed, 120, placeholder=" …")  # the summary has all of it
            self._line(f"      warns   {asset}: {check}: {said}")

    def retry(self, step: str, message: str, seconds: float | None) -> None:
        """Say that a step is done again, and what it stumbled over."""
        self._line(f"      retries {step}: {message}; again in {seconds or 0:.0f} s")

    def error(self, step: str, message: str) -> None:
        """Remember why a step failed."""
        self.errors.append(f"{step}: {message}")

    def _line(self, text: str) -> None:
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


def print_success(console: Console, progress: Progress, published: Path) -> None:
    """Print what a finished refresh read, checked and published, and what to type next."""
    with connect(published, read_only=True) as connection:
        _print_idle(console, progress)
        _print_rows(console, connection.execute(_ROWS_PER_ENTITY).fetchall())
        _print_checks(console, progress)
        _say(console, f"\nPublished tables in {_shown(published)}")
        empty = []
        for schema, name in connection.execute(_TABLES).fetchall():
            [(rows,)] = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchall()
            if rows:
                _say(console, f"  {f'{schema}.{name}':<48}{rows:>12,} rows")
            else:
                empty.append(f"{schema}.{name}")
        if empty:
            _say(console, f"  and {len(empty)} that nothing delivered fills: {', '.join(empty)}")


def print_failure(console: Console, progress: Progress, ledger: Ledger, landing: Path) -> None:
    """Print why a refresh stopped: which file, which rows, which rule, and the way out."""
    _print_idle(console, progress)
    _print_rows(console, _rows_in_ledger(ledger))
    _print_checks(console, progress)
    _say(console, "\nSTOPPED. The published tables were left as they were.")
    for failed in progress.failed_checks:
        _say(console, f"\n  {failed.asset}: check {failed.check} failed")
        _say(console, f"    found   {_below(failed.observed, 12)}")
        for row in failed.rows:
            _say(console, f"    row     {_cells(row)}")
        _say(console, f"    do      {_way_out(failed, landing)}")
    for error in progress.errors:
        _say(console, f"\n  {error}")
        if advice := way_out(error):
            _say(console, f"    do      {advice}")


def print_next(console: Console) -> None:
    """Print the commands to type next."""
    _say(console, "\nNext")
    for command, meaning in (
        ("make dashboard", "the page, in your browser"),
        ("make sql", "query the published tables"),
        ("make dev", "the Dagster UI on http://127.0.0.1:3000 (takes about a minute)"),
        ("make run", "again, after dropping files into data/landing/<source>/<entity>/"),
    ):
        _say(console, f"  {command:<16}{meaning}")


_ROWS_PER_ENTITY = """
    select source || '/' || entity, count(*), sum(rows_read)::bigint, sum(rows_loaded)::bigint,
           sum(rows_rejected)::bigint, sum(rows_duplicate)::bigint,
           count(*) filter (message is not null)
    from quality.row_ledger group by source, entity order by source, entity
"""
_TABLES = """
    select schema_name, table_name from duckdb_tables() order by schema_name, table_name
"""


def _rows_in_ledger(ledger: Ledger) -> list[tuple[Any, ...]]:
    sums: dict[str, Counter[str]] = {}
    for delivery in ledger.deliveries():
        counts = sums.setdefault(f"{delivery['source']}/{delivery['entity']}", Counter())
        counts["files"] += 1
        counts["unreadable"] += delivery["message"] is not None
        for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate"):
            counts[name] += delivery[name]
    names = ("files", "rows_read", "rows_loaded", "rows_rejected", "rows_duplicate", "unreadable")
    return [(entity, *(counts[name] for name in names)) for entity, counts in sums.items()]


def _print_idle(console: Console, progress: Progress) -> None:
    if progress.idle:
        _say(console, f"      … and {progress.idle} steps without rows or news (-v shows all)")


def _print_rows(console: Console, rows: list[tuple[Any, ...]]) -> None:
    header = ("files", "read", "loaded", "rejected", "duplicate")
    _say(console, f"\n{'Rows':<32}" + "".join(f"{name:>12}" for name in header))
    for entity, *counts, unreadable in rows:
        note = f"   {unreadable} unreadable" if unreadable else ""
        _say(console, f"  {entity:<30}" + "".join(f"{count:>12,}" for count in counts) + note)


def _print_checks(console: Console, progress: Progress) -> None:
    counts = ", ".join(
        f"{progress.verdicts[kind]} {kind}" for kind in ("passed", "warned", "failed")
    )
    _say(console, f"\nChecks: {counts}; {time.monotonic() - progress.began:.0f} s in all")
    for warning in progress.warnings:
        _say(console, f"  warns  {_below(warning, 9)}")
    if any(" was not read: " in warning for warning in progress.warnings):
        _say(console, f"  do     {UNREAD_WAY_OUT}")


def _way_out(failed: FailedCheck, landing: Path) -> str:
    if failed.check == "batch_expectations":
        return (
            f"mend or take away the file in {_shown(landing / failed.asset)}/, then run again."
            " `.venv/bin/funnel check <file>` shows rejected rows and why. The rules stand in"
            " orchestration/expectations/raw.yaml, the share of rejected rows (max_rejected_pct)"
            " in the contract"
        )
    if failed.check == "volume":
        return VOLUME_WAY_OUT
    return (
        f"look at the rows of {failed.asset} (`make dev` shows the check). Mend the file they come"
        " from, or take it away and `.venv/bin/funnel withdraw <source>/<entity>/<file>`;"
        " then run again"
    )


def _cells(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row.items() if value != "")


def _below(text: str, indent: int) -> str:
    """Several findings, a line each, below each other."""
    return text.replace("\n", "\n" + " " * indent)


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)
