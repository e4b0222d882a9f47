"""The same tables with dlt's default load (rows as dictionaries) and a full rebuild in SQL.

Runs in the benchmark's own environment: the pipeline does not need dlt.
"""

import argparse
import os
from pathlib import Path

import duckdb

from bench.by_hand import ENTITIES, build

_DATASET = "loaded"


def load(lake: Path, into: Path) -> None:
    """Load the batches of a lake into a DuckDB file as dlt does it where nothing is configured."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    import dlt  # pyright: ignore[reportMissingImports]
    from dlt.sources.filesystem import (  # pyright: ignore[reportMissingImports]
        filesystem,
        read_parquet,
    )

    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(into.parent / "dlt"),
        destination=dlt.destinations.duckdb(str(into)),
        dataset_name=_DATASET,
    )
    for entity in ENTITIES:
        folder = (lake / "raw" / "generic" / entity).resolve().as_uri()
        files = filesystem(bucket_url=folder, file_glob="[!_]*.parquet")
        pipeline.run((files | read_parquet()).with_name(entity))


def rebuild(file: Path) -> None:
    """Build the core tables from what was loaded."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for entity in ENTITIES:
            connection.execute(f"create temp view {entity} as from {_DATASET}.{entity}")
        build(connection)


def main() -> None:
    """Load a lake and build the core tables in a new file."""
    parser = argparse.ArgumentParser(prog="python -m bench.by_dlt", description=__doc__)
    parser.add_argument("--lake", type=Path, required=True, help="Root of the lake.")
    parser.add_argument("--into", type=Path, required=True, help="DuckDB file to write.")
    asked = parser.parse_args()
    load(asked.lake, asked.into)
    rebuild(asked.into)


if __name__ == "__main__":
    main()
