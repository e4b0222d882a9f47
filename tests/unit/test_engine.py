"""Every connection stays within the limits of the settings."""

from pathlib import Path

import pytest

from orchestration.engine import connect

# Sorting three million strings needs many times the memory that is allowed here.
SORT = """
    create table sorted as
    select md5(i::varchar) as word from range(3_000_000) as numbers (i) order by word
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FUNNEL_MEMORY_LIMIT", "64MB")
    (tmp_path / "warehouse").mkdir()
    return tmp_path / "a.duckdb"


def test_what_does_not_fit_in_memory_is_spilled(file: Path) -> None:
    with connect(file) as connection:
        connection.execute(SORT)
        assert connection.execute("select count(*) from sorted").fetchall() == [(3_000_000,)]


def test_the_limits_are_those_of_the_settings(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_TEMP_LIMIT", "1GB")
    monkeypatch.setenv("FUNNEL_THREADS", "1")
    names = ("memory_limit", "threads", "max_temp_directory_size")
    with connect(file) as connection:
        limits = [
            connection.execute(f"select current_setting('{name}')").fetchall()[0][0]
            for name in names
        ]
    assert limits == ["61.0 MiB", 1, "953.6 MiB"]
