"""DuckDB's own read of a file, written to another: what a door without questions would cost."""

import argparse
from pathlib import Path

import duckdb

from orchestration.sql_text import literal

_READERS = {"csv": "read_csv", "ndjson": "read_json", "parquet": "read_parquet"}
_WRITERS = {"csv": "csv, header", "ndjson": "json", "parquet": "parquet"}


def copy(file: Path, into: Path) -> int:
    """Copy a CSV, NDJSON or Parquet file to another of these, by their endings.

    Returns:
        Rows copied.
    """
    read, write = (kind[path.suffix[1:]] for kind, path in ((_READERS, file), (_WRITERS, into)))
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true")
        source = f"{read}({literal(str(file))})"
        rows = connection.execute(
            f"copy (from {source}) to {literal(str(into))} (format {write})"
        ).fetchone()
    return rows[0] if rows else 0


def main() -> None:
    """Copy as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m bench.copy", description=__doc__)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    asked = parser.parse_args()
    print(f"{copy(asked.file, asked.into)} rows")


if __name__ == "__main__":
    main()
