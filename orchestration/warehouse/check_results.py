"""The table of check results in the warehouse."""

from pathlib import Path

import pyarrow as pa

from orchestration.engine import connect

_SCHEMA = pa.schema(
    {
        "asset": pa.string(), "check": pa.string(), "severity": pa.string(), "passed": pa.bool_(),
        "observed": pa.string(), "expected": pa.string(), "checked_at": pa.float64(),
    }
)  # fmt: skip


def write_check_results(warehouse: Path, rows: list[dict[str, object]]) -> None:
    """Replace `quality.check_results`; `checked_at` is given in seconds since 1970 (UTC)."""
    with connect(warehouse) as connection:
        connection.register("results", pa.Table.from_pylist(rows, schema=_SCHEMA))
        connection.execute("create schema if not exists quality")
        connection.execute("""
            create or replace table quality.check_results as
            select * replace (make_timestamp(cast(checked_at * 1000000 as bigint)) as checked_at)
            from results order by asset, "check"
        """)
