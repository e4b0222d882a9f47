"""Runs a suite with Great Expectations and reports each rule's verdict."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.expectations.extremes import extreme_rows
from orchestration.expectations.rules import Rule

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Verdict:
    """What became of one rule. `sample` holds a few rows, or files, that break it."""

    rule: Rule
    passed: bool
    failing_rows: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)
    counted: str = "row"

    @property
    def stops(self) -> bool:
        """Whether nothing may go on: a broken warning is only shown."""
        return not self.passed and self.rule.severity == "critical"

    @property
    def observed(self) -> str:
        """The finding in words."""
        if self.passed:
            return "holds"
        said = breaking(self.failing_rows, self.counted)
        names = [row["file"] for row in self.sample if self.counted == "file"]
        return f"{said} ({', '.join(names)})" if names else said


def breaking(count: int, counted: str = "row") -> str:
    """Say how many rows, or what else is counted, break a rule."""
    return f"{count:,} {counted}{' breaks' if count == 1 else 's break'} it"


def validate(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    row_id: str,
    rules: Sequence[Rule],
    shown: Sequence[str],
) -> list[Verdict]:
    """Judge the rules on a table.

    Args:
        connection: where `table` can be read.
        table: SQL of a table expression.
        row_id: SQL of a value that names a row of it.
        rules: the suite.
        shown: SQL of the columns that name a row to a reader, for samples.

    Returns:
        One verdict per rule, in the order of the rules.
    """
    frame = extreme_rows(connection, table, row_id, rules)
    outcomes = judge(frame, rules)
    return [
        Verdict(rule, True) if passed else _failure(connection, table, rule, shown)
        for rule, passed in zip(rules, outcomes, strict=True)
    ]


def judge(frame: "pd.DataFrame", rules: Sequence[Rule]) -> list[bool]:
    """Let Great Expectations decide the rules on the rows given; an empty frame passes."""
    if frame.empty or not rules:
        return [True] * len(rules)
    gx, batches = _great_expectations()
    suite = gx.ExpectationSuite(
        name="suite",
        expectations=[_expectation(gx, position, rule) for position, rule in enumerate(rules)],
    )
    batch = batches.get_batch(batch_parameters={"dataframe": frame})
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    passed = {}
    for result in results:
        if result.exception_info and _raised(result.exception_info):
            raise RuntimeError(f"Great Expectations could not decide: {result.exception_info}")
        passed[result.expectation_config.meta["position"]] = bool(result.success)
    return [passed[position] for position in range(len(rules))]


def _expectation(gx: Any, position: int, rule: Rule) -> Any:
    name = "".join(part.capitalize() for part in rule.expectation.split("_"))
    either = {"ignore_row_if": "either_value_is_missing"} if "column_A" in rule.arguments else {}
    return getattr(gx.expectations, name)(
        **rule.arguments, **either, severity=rule.severity, meta={"position": position}
    )


def _raised(info: dict[str, Any]) -> bool:
    entries = [info] if "raised_exception" in info else info.values()
    return any(entry.get("raised_exception") for entry in entries)


def _failure(
    connection: duckdb.DuckDBPyConnection, table: str, rule: Rule, shown: Sequence[str]
) -> Verdict:
    """Count the rows that break a rule and fetch a few, with the columns that name them."""
    columns = ", ".join(dict.fromkeys([*shown, *(f'"{column}"' for column in rule.columns)]))
    broken = f"from {table} where {rule.violation}"
    count = connection.execute(f"select count(*) {broken}", rule.bindings).fetchone()
    sample = connection.execute(f"select {columns} {broken} limit {_SAMPLE_ROWS}", rule.bindings)
    names = [column[0] for column in sample.description or []]
    rows = [dict(zip(names, map(str, row), strict=True)) for row in sample.fetchall()]
    return Verdict(rule, False, count[0] if count else 0, rows)


@cache
def _great_expectations() -> tuple[Any, Any]:
    """Import Great Expectations (seconds) once, quiet and without telemetry."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    for name in ("great_expectations", "great_expectations.data_context.types.base"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # pyright: ignore[reportAttributeAccessIssue]
    source = context.data_sources.add_pandas("frames")
    batches = source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")
    return gx, batches
