import duckdb
import pytest

from orchestration.ingestion.readers import is_of_the_machine
from orchestration.machine_faults import way_out


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
