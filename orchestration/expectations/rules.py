"""Reads the suites (YAML) and says each rule in words and in SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

Severity = Literal["critical", "warning"]
RAW_SUITES = Path(__file__).with_name("raw.yaml")
MART_SUITES = Path(__file__).with_name("marts.yaml")


class SuiteError(ValueError):
    """A suite uses an expectation or a key that is not supported; the message says which."""


@dataclass(frozen=True)
class Rule:
    """One expectation on one table, with Great Expectations' own name and arguments."""

    expectation: str
    arguments: dict[str, Any]
    severity: Severity

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the rule reads."""
        names = (self.arguments.get(key) for key in ("column", "column_A", "column_B"))
        return tuple(name for name in names if name)

    @property
    def expected(self) -> str:
        """The rule in words, such as `score between 0 and 10`."""
        match self.expectation, self.arguments:
            case "expect_column_values_to_be_between", {"column": column, **limits}:
                low, high = limits.get("min_value"), limits.get("max_value")
                if low is None or high is None:
                    bound = f"at most {_text(high)}" if low is None else f"at least {_text(low)}"
                    return f"{column} {bound}"
                return f"{column} between {_text(low)} and {_text(high)}"
            case "expect_column_values_to_not_be_null", {"column": column}:
                return f"{column} not empty"
            case "expect_column_values_to_be_in_set", {"column": column, "value_set": values}:
                return f"{column} one of {', '.join(values)}"
            case "expect_column_pair_values_a_to_be_greater_than_b", {"column_A": a, "column_B": b}:
                return f"{a} at least {b}"
            case _:
                raise SuiteError(f"{self.expectation} is not supported: it would need all rows")

    @property
    def violation(self) -> str:
        """SQL condition under which a row breaks the rule; values are bound as `$low`, …"""
        match self.expectation, self.arguments:
            case "expect_column_values_to_be_between", {"column": column}:
                bounds = {"min_value": f'"{column}" < $low', "max_value": f'"{column}" > $high'}
                return " or ".join(sql for key, sql in bounds.items() if key in self.arguments)
            case "expect_column_values_to_not_be_null", {"column": column}:
                return f'"{column}" is null'
            case "expect_column_values_to_be_in_set", {"column": column}:
                return f'not list_contains($allowed, "{column}")'
            case _:
                return '"{column_A}" < "{column_B}"'.format(**self.arguments)

    @property
    def bindings(self) -> dict[str, Any]:
        """Values for the placeholders of `violation`."""
        names = {"min_value": "low", "max_value": "high", "value_set": "allowed"}
        return {names[key]: value for key, value in self.arguments.items() if key in names}


def _text(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else f"{value:,}"


def read_suite(path: Path, table: str) -> list[Rule]:
    """Read the rules for one table, such as `ga4/events`.

    Raises:
        SuiteError: the file has no suite for the table, or uses an unsupported expectation.
    """
    suites = _read(path)
    if table not in suites:
        raise SuiteError(
            f"{path} has no suite for {table}; add one: what would make you refuse its rows?"
            " (CONTRIBUTING.md, Add a source)"
        )
    rules = [
        Rule(name, {key: _value(value) for key, value in arguments.items()}, severity)
        for severity in ("critical", "warning")
        for rule in suites[table].get(severity, [])
        for name, arguments in rule.items()
    ]
    for rule in rules:
        assert rule.expected, "every supported rule can be said in words"
    return rules


def suite_like(model: str, table: str, columns: Collection[str]) -> str:
    """Write a suite of the raw tables after another one.

    Args:
        model: the table whose rules are taken, such as `generic/orders`.
        table: the table that it is for.
        columns: what the table has; rules on other columns are left out.

    Returns:
        YAML, to be added to the file.
    """
    lines = [f"\n# Drafted after {model}: what would make you refuse a file?", f"{table}:"]
    for severity, rules in _read(RAW_SUITES)[model].items():
        kept = [
            f"    - {name}: {_inline(arguments)}"
            for rule in rules
            for name, arguments in rule.items()
            if set(columns).issuperset(Rule(name, arguments, severity).columns)
        ]
        lines += [f"  {severity}:", *kept] if kept else []
    lines += [] if len(lines) > 2 else ["  critical: []"]
    return "\n".join(lines) + "\n"


def _inline(arguments: dict[str, Any]) -> str:
    return yaml.safe_dump(
        arguments, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True
    ).strip()


@cache
def _read(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _value(value: Any) -> Any:
    if value == "tomorrow":
        return datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value
