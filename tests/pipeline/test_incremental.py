"""Incremental equals full: whatever the order in which files arrive, the tables are the same.

That the lake is a function of the files, in whatever order they came, is held by `test_door.py`.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.demo import write_demo
from orchestration.settings import DBT_PROJECT_DIR
from orchestration.warehouse import load_manifest
from tests.builders import Workshop
from tests.pipeline.worlds import CONTRACTS, Step, arrivals, make_world, withdraw

pytestmark = pytest.mark.slow

WORLDS = 30
NIGHTS = 4
RUN_DEPENDENT = {"loaded_at"}
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def differences(one: Path, other: Path) -> dict[str, int]:
    """Rows that only one of two warehouses has, per table that dbt builds."""
    nodes = load_manifest(DBT_PROJECT_DIR, one)["nodes"].values()
    built = [n for n in nodes if n["resource_type"] == "model"]
    tables = [f"{n['schema']}.{n['name']}" for n in built if n["config"]["materialized"] != "view"]
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        for table in tables:
            columns = connection.sql(f"from one.{table} limit 0").columns
            shown = ", ".join(f'"{c}"' for c in columns if c not in RUN_DEPENDENT)
            query = f"""
                select count(*) from (
                    (select {shown} from one.{table} except all select {shown} from other.{table})
                    union all
                    (select {shown} from other.{table} except all select {shown} from one.{table})
                )
            """
            rows = connection.execute(query).fetchall()[0][0]
            if rows or not connection.sql(f"select 1 from one.{table} limit 1").fetchall():
                found[table] = rows
    return found


def demo_in_random_order(folder: Path) -> list[Step]:
    """Write the demo and the tools' fixtures aside; their files arrive on random nights.

    Every shipped source takes part. Each file comes twice, first without its last line where it has
    lines, so that all its rows are replaced; some are withdrawn before that.
    """
    aside = Workshop(folder / "demo")
    write_demo(aside.landing, aside.data / "truth.json", days=40, people=120, seed=3)
    aside.land(
        "google_forms/responses", "form.csv",
        "Timestamp,How likely are you to recommend us?\n2026-03-02 10:00:00,9\n",
    )  # fmt: skip
    shutil.copytree(FIXTURES, aside.landing, dirs_exist_ok=True)
    dice = random.Random(5)
    files = sorted(path for path in aside.landing.rglob("*") if path.is_file())
    entities = {f"{c.source}/{name}" for c in CONTRACTS.values() for name in c.entities}
    landed = {"/".join(path.relative_to(aside.landing).parts[:2]) for path in files}
    assert entities - landed <= {"generic/web_events"}, "the worlds deliver those"
    steps = []
    for path in files:
        first, second = sorted(dice.sample(range(NIGHTS), 2))
        place = path.relative_to(aside.landing)
        steps += [Step(first, copied(path, place, -1)), Step(second, copied(path, place))]
        if second - first > 1 and dice.random() < 0.5:
            steps.append(Step(first + 1, withdraw(place.parent.as_posix(), place.name)))
    return sorted(steps, key=lambda step: step.night)


def copied(path: Path, place: Path, lines: int | None = None) -> Callable[[Workshop], object]:
    """Copy a file into the landing folder, of one that is made of lines so many."""
    content = path.read_bytes()
    if path.suffix in (".csv", ".ndjson", ".jsonl", ".tsv"):
        content = b"".join(content.splitlines(keepends=True)[:lines])
    return lambda workshop: workshop.land(place.parent.as_posix(), place.name, content)


def test_any_order_of_arrival_gives_the_tables_of_one_full_build(tmp_path: Path) -> None:
    nightly = Workshop(tmp_path / "nightly")
    steps = [
        step
        for number in range(WORLDS)
        for step in arrivals(make_world(f"w{number}", seed=number), NIGHTS)
    ]
    steps += demo_in_random_order(tmp_path)
    built_anew = 0
    for night in range(NIGHTS):
        for step in steps:
            if step.night == night:
                step.do(nightly)
        nightly.take_in_all()
        nightly.build()
        built_anew += build_number(nightly) == 1
    assert built_anew <= 2, "most nights exchange rows, they do not start from nothing"
    night_by_night = shutil.copy(nightly.settings.warehouse_file, tmp_path / "nights.duckdb")
    nightly.build(full=True)
    assert differences(Path(night_by_night), nightly.settings.warehouse_file) == {}


def build_number(workshop: Workshop) -> int:
    with duckdb.connect(str(workshop.settings.warehouse_file), read_only=True) as connection:
        return connection.execute("select build from raw_ledger.build").fetchall()[0][0]
