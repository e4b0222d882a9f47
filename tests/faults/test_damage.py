"""Files that are not what was written: named, and rebuilt or refused with the way out."""

import fcntl
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestration.ingestion import DamagedLakeError, Ledger, LedgerDamagedError
from orchestration.warehouse import load_manifest, run_dbt
from tests.builders import Workshop
from tests.faults.company import Night, assert_same_tables, copied
from tests.faults.forked import Run


def spoil(path: Path, position: int, size: int = 512) -> None:
    """Overwrite some bytes of a file."""
    with path.open("r+b") as file:
        file.seek(position)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("position", [0, 4096])
def test_a_damaged_ledger_is_refused_with_the_way_out(workshop: Workshop, position: int) -> None:
    workshop.land_rows("generic/orders", "a.ndjson", [ORDER])
    workshop.take_in("generic/orders")
    file = workshop.settings.ledger_file
    spoil(file, position)
    with pytest.raises(LedgerDamagedError, match=f"{file} is damaged .*Restore it.* or delete"):
        Ledger(file).verify()


ORDER = {"order_id": "1", "ordered_at": "2026-01-01T10:00:00Z", "quantity": 1, "unit_price": "9.5"}


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A dbt project of one model."""
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(
        "{name: small, profile: small, model-paths: [models], config-version: 2}"
    )
    (project / "profiles.yml").write_text(
        "{small: {target: t, outputs: {t: {type: duckdb, path: ':memory:'}}}}"
    )
    (project / "models" / "one.sql").write_text("select 1 as n")
    return project


def test_half_a_manifest_is_made_anew(small_project: Path) -> None:
    warehouse = small_project / "warehouse.duckdb"
    load_manifest(small_project, warehouse)
    manifest = small_project / "target" / "manifest.json"
    manifest.write_text(manifest.read_text()[:-100])
    assert "model.small.one" in load_manifest(small_project, warehouse)["nodes"]


def test_who_starts_while_another_writes_the_manifest_waits(small_project: Path) -> None:
    warehouse = small_project / "warehouse.duckdb"
    whole = load_manifest(small_project, warehouse)
    manifest = small_project / "target" / "manifest.json"
    text = manifest.read_text()
    with (
        ThreadPoolExecutor() as others,
        (manifest.parent / "parsing.lock").open("w") as lock,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest.write_text(text[:1000])
        other = others.submit(load_manifest, small_project, warehouse)
        with pytest.raises(TimeoutError):
            other.result(timeout=1)
        manifest.write_text(text)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert other.result(timeout=60) == whole


def test_a_build_leaves_the_manifest_to_its_readers(small_project: Path) -> None:
    warehouse = small_project / "warehouse.duckdb"
    load_manifest(small_project, warehouse)
    manifest = small_project / "target" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    run_dbt(small_project, warehouse, ["build"], lambda _: None)
    assert manifest.stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_damaged_ledger_stops_the_command_in_one_sentence(
    first_night: Night, tmp_path: Path
) -> None:
    workshop = copied(first_night.after, tmp_path / "data")
    spoil(workshop.settings.ledger_file, 4096)
    run = Run(workshop)
    assert run.wait() == 2
    assert "ledger.sqlite is damaged" in run.output
    assert "Traceback" not in run.output


@pytest.mark.slow
def test_damage_in_lake_and_warehouse_is_found_and_made_good(
    second_night: Night, tmp_path: Path
) -> None:
    workshop = copied(second_night.after, tmp_path / "data")
    published = workshop.versions.current
    spoil(workshop.settings.warehouse_file, 0, 1 << 20)
    batch = max(workshop.lake.glob("raw/generic/web_events/[0-9a-f]*.parquet"), key=_size)
    spoil(batch, batch.stat().st_size // 2, 8)
    run = Run(workshop)
    assert run.wait() == 1, run.output
    assert f"damaged or missing in the lake: {batch}" in run.output
    assert "Run again: what is still in the landing folder is read anew" in run.output
    assert workshop.versions.current == published
    Run(workshop).succeed()
    assert_same_tables(workshop, second_night.after)


def _size(path: Path) -> int:
    return path.stat().st_size


@pytest.mark.slow
def test_the_warehouse_deleted_is_rebuilt_from_the_lake_alone(
    second_night: Night, tmp_path: Path
) -> None:
    workshop = copied(second_night.after, tmp_path / "data")
    shutil.rmtree(workshop.settings.warehouse_file.parent)
    shutil.rmtree(workshop.landing)
    Run(workshop).succeed()
    assert_same_tables(workshop, second_night.after)


def test_a_damaged_batch_is_not_read(workshop: Workshop) -> None:
    workshop.land_rows("generic/orders", "a.ndjson", [ORDER])
    workshop.take_in_all()
    [batch] = workshop.lake.glob("raw/generic/orders/[0-9a-f]*.parquet")
    spoil(batch, batch.stat().st_size // 2, 8)
    with pytest.raises(DamagedLakeError, match=r"generic/orders/a\.ndjson"):
        workshop.build()
