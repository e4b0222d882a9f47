"""The proof by search finds a person wherever one could be left."""

import re
import sqlite3
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.privacy import Identifier, Person
from orchestration.privacy.search import search

HASH = "0123456789abcdef0123456789abcdef"
ADA = Person(
    Identifier("email", "Ada@example.com"),
    emails=frozenset([HASH]),
    customer_ids=frozenset(["17", "CUST-0001"]),
    visitor_ids=frozenset(["ga4-device-42"]),
)


def write_parquet(path: Path, **columns: object) -> None:
    pq.write_table(pa.table({name: [value] * 50 for name, value in columns.items()}), path)


def write_duckdb(path: Path, column: str, value: str) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create schema s; create table s.t as select ? as {column}", [value])


def write_sqlite(path: Path, value: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a)")
        connection.execute("insert into t values (?)", (value,))
    connection.close()


@pytest.mark.parametrize(
    "text",
    [
        "to ADA@EXAMPLE.COM.",
        "?e=ada%40example.com",
        f"email-{HASH}",
        "(CUST-0001)",
        "ga4-device-42",
    ],
)
@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "parquet", "duckdb", "sqlite"])
def test_it_finds_a_person_in_every_kind_of_file(tmp_path: Path, text: str, kind: str) -> None:
    match kind:
        case "parquet":
            write_parquet(tmp_path / "a.parquet", answers=[{"value": text}])
        case "duckdb":
            write_duckdb(tmp_path / "a.duckdb", "text", text)
        case "sqlite":
            write_sqlite(tmp_path / "a.db", text)
        case encoding:
            (tmp_path / "stray.txt").write_bytes(f"x {text} y".encode(encoding))
    assert len(search(ADA, tmp_path).found) in (1, 2), "as bytes, as a table or both"


@pytest.mark.parametrize(
    ("column", "value", "is_found"),
    [
        ("customer_id", "17", True),
        ("person_id", "customer-17", True),
        ("person_id", "visitor-ga4-device-42", True),
        ("quantity", "17", False),
        ("customer_id", "171", False),
        ("email", "nada@example.com", False),
    ],
)
def test_a_short_id_means_somebody_in_columns_of_ids_only(
    tmp_path: Path, column: str, value: str, is_found: bool
) -> None:
    write_duckdb(tmp_path / "a.duckdb", column, value)
    assert bool(search(ADA, tmp_path).found) == is_found


def test_a_find_across_two_blocks_is_a_find(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * ((1 << 23) - 9) + b" ada@example.com")
    assert search(ADA, tmp_path).found == (str(tmp_path / "log"),)


def test_a_damaged_table_is_named_and_its_bytes_searched(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("ada@example.com")
    result = search(ADA, tmp_path)
    assert result.damaged == result.found == (str(tmp_path / "a.parquet"),)


def test_it_says_where_and_never_who(tmp_path: Path) -> None:
    write_duckdb(tmp_path / "a.duckdb", "text", "ada@example.com")
    said = " ".join(search(ADA, tmp_path).found)
    assert "a.duckdb s.t: 1 rows" in said
    assert not re.search(f"ada@|{HASH}", said)
