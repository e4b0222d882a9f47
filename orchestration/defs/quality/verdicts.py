"""How the verdicts of a suite look in Dagster: one check per table that reports its rules."""

from typing import Any

import dagster as dg

from orchestration.expectations import Verdict

BROKEN_ROWS = "rows that break a rule"


def check_result(key: dg.AssetKey, name: str, verdicts: list[Verdict]) -> dg.AssetCheckResult:
    """Sum up a suite: a broken critical rule stops what follows, a broken warning is shown.

    Args:
        key: table that was judged.
        name: name of its check.
        verdicts: one per rule.
    """
    broken = [verdict for verdict in verdicts if not verdict.passed]
    stops = any(verdict.stops for verdict in broken)
    samples = [{"rule": v.rule.expected, **row} for v in broken for row in v.sample]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not broken,
        severity=severity(bool(broken), stops),
        metadata={
            "expected": "; ".join(v.rule.expected for v in verdicts) or "nothing",
            "observed": "; ".join(f"{v.rule.expected}: {v.observed}" for v in broken) or "holds",
            "rules": table([_row(v) for v in verdicts]),
            **broken_rows(samples),
        },
    )


def severity(broken: bool, stops: bool) -> dg.AssetCheckSeverity:
    """A gate is an error gate, unless all that it found only warns."""
    warns = broken and not stops
    return dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR


def broken_rows(rows: list[dict[str, Any]]) -> dict[str, dg.TableMetadataValue]:
    """Return the metadata entry that shows some of the rows that break a rule, if there are any."""
    return {BROKEN_ROWS: table(rows)} if rows else {}


def table(rows: list[dict[str, Any]]) -> dg.TableMetadataValue:
    """Return rows as a table for Dagster's page; a column that a row lacks is empty there."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return dg.MetadataValue.table(
        [dg.TableRecord({c: str(row.get(c, ""))[:200] for c in columns}) for row in rows],
        schema=dg.TableSchema(columns=[dg.TableColumn(c) for c in columns]),
    )


def _row(verdict: Verdict) -> dict[str, str]:
    return {
        "rule": verdict.rule.expected,
        "severity": verdict.rule.severity,
        "verdict": verdict.observed,
    }
