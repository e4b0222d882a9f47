"""Whether two ways to the core tables lead to the same rows: a faster wrong answer is no answer."""

import argparse
from pathlib import Path

import duckdb

from orchestration.sql_text import identifier, literal

# Core table: where the pipeline keeps it. Activities are not published.
CORE_TABLES = {
    "activities": "intermediate.int_activities",
    "sessions": "customer_engagement.sessions",
    "web_engagement_daily": "customer_engagement.web_engagement_daily",
    "customer_engagement_weekly": "customer_engagement.customer_engagement_weekly",
    "funnel_monthly": "journey.funnel_monthly",
}


class DifferentTablesError(RuntimeError):
    """A competitor computed something else."""


def compare(warehouse: Path, candidate: Path) -> dict[str, int]:
    """Compare every core table of a candidate row by row with the pipeline's.

    Args:
        warehouse: DuckDB file of a finished run.
        candidate: DuckDB file with tables named as in `CORE_TABLES`; columns that a candidate
            adds for its own use are passed over, columns that it lacks are an error.

    Returns:
        Rows of each table.

    Raises:
        DifferentTablesError: the rows of a table differ; the message shows some of them.
    """
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {literal(str(warehouse))} as pipeline (read_only)")
        connection.execute(f"attach {literal(str(candidate))} as candidate (read_only)")
        return {name: _compare(connection, name, kept) for name, kept in CORE_TABLES.items()}


def _compare(connection: duckdb.DuckDBPyConnection, name: str, kept: str) -> int:
    types = connection.execute(f"describe pipeline.{kept}").fetchall()
    columns = ", ".join(
        f"cast({identifier(column)} as {kind}) as {identifier(column)}"
        for column, kind, *_ in types
    )
    expected = f"select {columns} from pipeline.{kept}"
    found = f"select {columns} from candidate.main.{name}"
    if _summary(connection, expected) != _summary(connection, found):
        raise DifferentTablesError(
            f"{name}: {_summary(connection, expected)[0]:,} rows in the pipeline,"
            f" {_summary(connection, found)[0]:,} here."
            f" Only in the pipeline:\n{_surplus(connection, expected, found)}"
            f" Only here:\n{_surplus(connection, found, expected)}"
        )
    return _summary(connection, found)[0]


def _summary(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
    """Number of rows, and a sum over their contents that does not depend on their order."""
    summary = f"select count(*), coalesce(sum(hash(r)::hugeint), 0) from ({query}) as r"
    return connection.execute(summary).fetchall()[0]


def _surplus(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> str:
    return str(connection.sql(f"{one} except all {other} order by all limit 2"))


def main() -> None:
    """Compare the files that the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m bench.compare", description=__doc__)
    parser.add_argument("--warehouse", type=Path, required=True, help="The pipeline's warehouse.")
    parser.add_argument("--candidate", type=Path, required=True, help="The file to compare.")
    asked = parser.parse_args()
    for name, rows in compare(asked.warehouse, asked.candidate).items():
        print(f"{name} {rows}")


if __name__ == "__main__":
    main()
