"""What may pass is told from what will not, on errors of the real things; each has its way out."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion.readers import is_of_the_machine
from orchestration.machine_faults import is_transient, way_out


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        ("IO Error: Could not write file: No space left on device", "make space"),
        ("(sqlite3.OperationalError) database or disk is full", "make space"),
        ("[Errno 30] Read-only file system: 'lake'", "make the data folder"),
        ("Out of Memory Error: failed to pin block of size 256.0 KiB", "FUNNEL_MEMORY_LIMIT"),
    ],
)
def test_each_fault_of_the_machine_has_its_way_out(message: str, advice: str) -> None:
    assert advice in (way_out(message) or "")


def test_what_a_file_says_is_not_what_the_machine_says() -> None:
    said = "No space left on device"
    assert is_of_the_machine(duckdb.IOException(said))
    assert is_of_the_machine(OSError(said))
    assert not is_of_the_machine(duckdb.ConversionException(f"Could not convert '{said}'"))
    assert not is_of_the_machine(UnicodeError(said))
    assert way_out("Binder Error: no such column") is None


def test_a_full_disk_may_empty() -> None:
    with pytest.raises(OSError) as full, Path("/dev/full").open("w") as file:
        file.write("a")
        file.flush()
    assert is_transient(full.value)


def test_a_full_disk_is_recognised_in_duckdbs_words(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").symlink_to("/dev/full")
    with pytest.raises(duckdb.Error) as full:
        duckdb.execute(f"copy (select 1) to '{tmp_path}/a.parquet'")
    assert is_transient(full.value)


def test_a_locked_ledger_may_be_freed(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "ledger.sqlite")
    holder.execute("begin exclusive")
    with pytest.raises(sqlite3.OperationalError) as locked:
        sqlite3.connect(tmp_path / "ledger.sqlite", timeout=0).execute("create table t (a)")
    holder.close()
    assert is_transient(locked.value)


def test_a_warehouse_open_elsewhere_may_be_freed(tmp_path: Path) -> None:
    path = tmp_path / "engagement.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(path)!r}); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(duckdb.Error) as locked:
            duckdb.connect(str(path))
        holder.communicate(b"\n")
    assert is_transient(locked.value)


def test_what_caused_an_error_counts() -> None:
    with pytest.raises(ValueError) as outer:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise ValueError("cannot build") from error
    assert is_transient(outer.value)


def test_wrong_data_and_missing_files_will_not_pass() -> None:
    for query in ("select 'x'::integer", "from 'nowhere.parquet'", "select * from nowhere"):
        with pytest.raises(duckdb.Error) as wrong:
            duckdb.execute(query)
        assert not is_transient(wrong.value), query
    assert not is_transient(FileNotFoundError(2, "No such file or directory"))
    assert not is_transient(KeyError("order_id"))
