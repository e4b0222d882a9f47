"""What one hand-written DuckDB script takes for the core tables: no checks, no ledger, no copy."""

import argparse
from pathlib import Path

import duckdb

from bench import PROJECT

ENTITIES = ("web_events", "messages", "orders", "survey_answers")
_SEEDS = (
    "activity_weights", "engagement_levels", "engagement_parameters", "funnel_stages",
    "web_event_types",
)  # fmt: skip


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the core tables from the relations web_events, messages, orders, survey_answers."""
    for seed in _SEEDS:
        file = PROJECT / "dbt_project" / "seeds" / f"{seed}.csv"
        connection.execute(f"create temp view {seed} as from read_csv('{file}')")
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    connection.execute(script)


def main() -> None:
    """Read a lake and write the core tables into a new file."""
    parser = argparse.ArgumentParser(prog="python -m bench.by_hand", description=__doc__)
    parser.add_argument("--lake", type=Path, required=True, help="Root of the lake.")
    parser.add_argument("--into", type=Path, required=True, help="DuckDB file to write.")
    asked = parser.parse_args()
    with duckdb.connect(str(asked.into)) as connection:
        for entity in ENTITIES:
            files = asked.lake / "raw" / "generic" / entity / "[!_]*.parquet"
            connection.execute(f"create temp view {entity} as from read_parquet('{files}')")
        build(connection)


if __name__ == "__main__":
    main()
