"""The two gates: raw batches before dbt, marts before publication."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.engine import connect
from orchestration.expectations.rules import MART_SUITES, RAW_SUITES, Rule, read_suite
from orchestration.expectations.validation import Verdict, judge, validate
from orchestration.sql_text import identifier, literal


@dataclass(frozen=True)
class WaitingBatch:
    """A batch before its gate. `path` is its Parquet file; counts are rows.

    `reasons` says why rows were rejected, the most frequent reason first.
    """

    batch_id: str
    file: str
    path: Path
    rows_read: int
    rows_rejected: int
    reasons: tuple[str, ...] = ()


def check_raw(
    table: str, batches: list[WaitingBatch], max_rejected_pct: float
) -> tuple[list[Verdict], dict[str, str]]:
    """Judge the batches of one raw entity that wait for their gate.

    Args:
        table: `<source>/<entity>`.
        batches: batches that have not passed.
        max_rejected_pct: share of a file's rows that may be rejected, in percent.

    Returns:
        One verdict per rule over all batches, and for each batch id `passed` or `failed`.
    """
    rules = read_suite(RAW_SUITES, table)
    verdicts = _check_batches(rules, batches, max_rejected_pct)
    if not _stops(verdicts):
        return verdicts, {batch.batch_id: "passed" for batch in batches}
    return verdicts, {
        batch.batch_id: "failed"
        if _stops(_check_batches(rules, [batch], max_rejected_pct))
        else "passed"
        for batch in batches
    }


def mart_rules(schema: str, name: str) -> list[Rule]:
    """Return the rules of a mart's suite."""
    return read_suite(MART_SUITES, f"{schema}/{name}")


def check_mart(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, grain: list[str]
) -> list[Verdict]:
    """Judge one mart of an open warehouse: one verdict per rule of its suite.

    Args:
        connection: the warehouse, open for reading.
        schema: schema of the mart.
        name: name of the mart.
        grain: columns that name a row, shown with the rows that break a rule.
    """
    rules = mart_rules(schema, name)
    relation = f"{identifier(schema)}.{identifier(name)}"
    return validate(connection, relation, "rowid", rules, [identifier(c) for c in grain])


def _check_batches(
    rules: list[Rule], batches: list[WaitingBatch], max_rejected_pct: float
) -> list[Verdict]:
    if not batches:
        return [Verdict(rule, True) for rule in rules]
    with connect() as connection:
        files = ", ".join(f"({literal(b.batch_id)}, {literal(b.file)})" for b in batches)
        paths = ", ".join(literal(str(b.path)) for b in batches)
        connection.execute(f"""
            create temp view arrived as
            select files.file, rows.*
            from read_parquet([{paths}], union_by_name = true) as rows
            inner join (values {files}) as files (batch_id, file)
                on files.batch_id = rows._batch_id
        """)
        row_id = "_batch_id || ':' || _row_number"
        verdicts = validate(connection, "arrived", row_id, rules, ["file", '_row_number as "row"'])
    return [*verdicts, _few_rejects(batches, max_rejected_pct)]


def _few_rejects(batches: list[WaitingBatch], most: float) -> Verdict:
    import pandas as pd

    rule = Rule(
        "expect_column_values_to_be_between",
        {"column": "rejected_pct", "max_value": most},
        "critical",
    )
    shares = {b.file: 100 * b.rows_rejected / max(b.rows_read, 1) for b in batches}
    frame = pd.DataFrame({"rejected_pct": list(shares.values())})
    broken = [
        {
            "file": b.file,
            "rejected": f"{b.rows_rejected:,} of {b.rows_read:,} rows",
            "reasons": "; ".join(b.reasons),
        }
        for b in batches
        if shares[b.file] > most
    ]
    return Verdict(rule, judge(frame, [rule])[0], len(broken), broken[:5], counted="file")


def _stops(verdicts: list[Verdict]) -> bool:
    return any(not v.passed and v.rule.severity == "critical" for v in verdicts)
