"""Benchmark data: a shop's visits, messages, orders and answers, one Parquet file a day.

A day is the same however many days there are, and no row passes through Python; `data.sql`
says what is in it.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import duckdb

from orchestration.sql_text import literal

ENTITIES = ("web_events", "messages", "orders", "survey_answers")
# On average: its events, and a share of the messages, orders and answers beside them.
ACTIVITIES_PER_VISIT = 5.66


def write_days(landing: Path, days: range, activities_per_day: float) -> int:
    """Write the landing files of some days.

    Args:
        landing: landing folder.
        days: numbers of the days; 0 is 1 January 2024.
        activities_per_day: about how many activities the pipeline will find in a day.

    Returns:
        Rows written.
    """
    visits = max(round(activities_per_day / ACTIVITIES_PER_VISIT), 10)
    with duckdb.connect() as connection:
        connection.execute(f"set variable visits = {visits}")
        connection.execute(f"set variable new_visitors = {max(visits * 2 // 5, 4)}")
        connection.execute(f"set variable messages = {visits // 10}")
        connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
        return sum(
            _write_day(connection, landing / "generic" / entity, entity, day)
            for entity in ENTITIES
            for day in days
        )


def _write_day(connection: duckdb.DuckDBPyConnection, folder: Path, entity: str, day: int) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{date(2024, 1, 1) + timedelta(days=day)}.parquet"
    written = connection.execute(
        f"copy (from {entity}_of({day})) to {literal(str(file))} (format parquet)"
    ).fetchone()
    return written[0] if written else 0


def main() -> None:
    """Write days as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m bench.data", description=__doc__)
    parser.add_argument("--landing", type=Path, required=True, help="Landing folder.")
    parser.add_argument("--first-day", type=int, default=0, help="Number of the first day.")
    parser.add_argument("--days", type=int, required=True, help="How many days.")
    parser.add_argument("--activities-per-day", type=float, required=True)
    asked = parser.parse_args()
    days = range(asked.first_day, asked.first_day + asked.days)
    print(f"{write_days(asked.landing, days, asked.activities_per_day)} rows")


if __name__ == "__main__":
    main()
