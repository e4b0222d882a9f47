"""DuckDB, within the limits of the settings: memory, threads, temporary files."""

from pathlib import Path

import duckdb

from orchestration.settings import load_settings


def connect(
    file: Path | None = None, read_only: bool = False, temp_directory: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file, or a database in memory where there is none.

    Args:
        file: database file.
        read_only: open it for reading, beside others who do so.
        temp_directory: where to spill to, instead of the folder of the settings.
    """
    limits = load_settings().duckdb_settings
    if temp_directory:
        limits["temp_directory"] = str(temp_directory)
    return duckdb.connect(
        str(file) if file else ":memory:", read_only=read_only, config=dict(limits)
    )
