"""Looks into the warehouse: a few of the rows that break a test, and how many a table has."""

from pathlib import Path
from typing import Any

import duckdb

from orchestration.engine import connect
from orchestration.sql_text import identifier


def sample_rows(
    warehouse: Path, queries: dict[str, str], limit: int = 5
) -> dict[str, list[dict[str, Any]]]:
    """Run each query on the warehouse and return its first rows, by the query's name."""
    if not queries:
        return {}
    with connect(warehouse, read_only=True) as connection:
        return {
            name: _records(connection.sql(f"from ({query}) limit {limit}"))
            for name, query in queries.items()
        }


def count_rows(warehouse: Path) -> dict[tuple[str, str], int]:
    """Return the rows of every table by schema and name; views are not computed."""
    with connect(warehouse, read_only=True) as connection:
        names = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return {
            (schema, name): connection.execute(
                f"select count(*) from {identifier(schema)}.{identifier(name)}"
            ).fetchall()[0][0]
            for schema, name in names
        }


def _records(rows: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(rows.columns, row, strict=True)) for row in rows.fetchall()]
