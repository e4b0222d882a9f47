"""A few of the rows that break a test."""

from pathlib import Path
from typing import Any

import duckdb


def sample_rows(
    warehouse: Path, queries: dict[str, str], limit: int = 5
) -> dict[str, list[dict[str, Any]]]:
    """Run each query on the warehouse and return its first rows, by the query's name."""
    if not queries:
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {
            name: _records(connection.sql(f"from ({query}) limit {limit}"))
            for name, query in queries.items()
        }


def _records(rows: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
