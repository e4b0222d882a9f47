"""What was found of tables that have not changed since: it need not be found again."""

from collections.abc import Iterable
from pathlib import Path

from orchestration.engine import connect
from orchestration.warehouse.dbt_runner import NodeResult

CLEAN, WARNED = "clean", "warned"
"""What a gate found of a mart that it let through."""


def note_tests(warehouse: Path, results: Iterable[NodeResult], queries: dict[str, str]) -> None:
    """Remember the results of dbt tests, and the query that shows the rows breaking one."""
    with connect(warehouse) as connection:
        for test in results:
            connection.execute(
                "insert or replace into raw_ledger.tests values (?, ?, ?, ?, ?)",
                [test.unique_id, test.status, test.message, test.failures,
                 queries.get(test.unique_id)],
            )  # fmt: skip


def read_tests(warehouse: Path) -> tuple[dict[str, NodeResult], dict[str, str]]:
    """Return the last result of each dbt test by unique id, and the queries of those broken."""
    with connect(warehouse, read_only=True) as connection:
        rows = connection.execute("from raw_ledger.tests").fetchall()
    results = {row[0]: NodeResult(row[0], row[1], 0.0, row[2], row[3]) for row in rows}
    return results, {row[0]: row[4] for row in rows if row[4]}


def note_passed(warehouse: Path, marts: dict[tuple[str, str], str]) -> None:
    """Remember marts that their gate let through, by schema and name: `CLEAN` or `WARNED` of.

    The next build that changes anything forgets it.
    """
    with connect(warehouse) as connection:
        for mart, found in marts.items():
            connection.execute(
                "insert or replace into raw_ledger.passed_marts values (?, ?, ?)", [*mart, found]
            )


def passed_marts(warehouse: Path) -> dict[tuple[str, str], str]:
    """Return the marts that their gate let through and that have not changed since."""
    with connect(warehouse, read_only=True) as connection:
        rows = connection.execute("from raw_ledger.passed_marts").fetchall()
    return {(schema, mart): found for schema, mart, found in rows}
