"""Finds the few rows of a table that decide whether its rules hold.

A range holds for all rows when it holds for the rows with the least and the greatest value;
a set when it holds for one row of each value; a comparison of two columns for the row with the
least difference. One scan finds these rows, and Great Expectations judges them: its cost does
not grow with the table (it takes 0.1 s and more per rule for each million rows it is given).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.expectations.rules import Rule
from orchestration.sql_text import identifier

if TYPE_CHECKING:
    import pandas as pd

_MOST_VALUES = 1_000


def extreme_rows(
    connection: duckdb.DuckDBPyConnection, table: str, row_id: str, rules: Sequence[Rule]
) -> "pd.DataFrame":
    """Return the rows that decide the rules, dates as timestamps, decimals as floats.

    Args:
        connection: where `table` can be read.
        table: SQL of a table expression.
        row_id: SQL of a value that names a row of it.
        rules: what will be asked.

    Returns:
        One row per deciding row with the columns that the rules read.
    """
    picks = sorted({pick for rule in rules for pick in _picks(rule, row_id)})
    columns = sorted({column for rule in rules for column in rule.columns})
    ids: set[Any] = set()
    if picks:
        ids.update(connection.execute(f"select {', '.join(picks)} from {table}").fetchone() or ())
    for column in {r.columns[0] for r in rules if r.expectation.endswith("in_set")}:
        query = f'select min({row_id}) from {table} group by "{column}" limit {_MOST_VALUES}'
        ids.update(row[0] for row in connection.execute(query).fetchall())
    chosen = ", ".join(_comparable(connection, table, column) for column in columns)
    query = f"select {chosen} from {table} where list_contains($ids, {row_id})"
    return connection.execute(query, {"ids": sorted(ids - {None})}).df()


def _picks(rule: Rule, row_id: str) -> list[str]:
    if rule.expectation.endswith("in_set"):
        return []
    if "column_A" in rule.arguments:
        return ['arg_min({id}, "{column_A}" - "{column_B}")'.format(id=row_id, **rule.arguments)]
    column = f'"{rule.columns[0]}"'
    if rule.expectation.endswith("not_be_null"):
        return [f"min({row_id}) filter (where {column} is null)"]
    return [f"arg_min({row_id}, {column})", f"arg_max({row_id}, {column})"]


def _comparable(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    """Great Expectations compares pandas values: times become timestamps, numbers floats."""
    name = identifier(column)
    described = connection.execute(f"describe select {name} from {table}").fetchone()
    kind = described[1] if described else ""
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"cast({name} as timestamp) as {name}"
    return name if kind.startswith(("VARCHAR", "BOOLEAN")) else f"cast({name} as double) as {name}"
