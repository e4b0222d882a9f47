"""Parquet files of the lake: they appear whole, and say which key made their pseudonyms."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.files import replace_durably
from orchestration.sql_text import literal


class DamagedLakeError(ValueError):
    """Files of the lake are missing or are not what the ledger says; the message lists them."""


@dataclass(frozen=True)
class Pseudonyms:
    """Which columns of a Parquet file hold pseudonyms, and the check value of their key."""

    key_check: str
    columns: tuple[str, ...]


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    target: Path,
    pseudonyms: Pseudonyms | None = None,
) -> None:
    """Write a query's result so that the file appears whole, on disk, or not at all."""
    partial = target.with_suffix(".partial")
    said = ""
    if pseudonyms:
        values = {**asdict(pseudonyms), "columns": ",".join(pseudonyms.columns)}
        pairs = ", ".join(f"pseudonym_{name}: {literal(text)}" for name, text in values.items())
        said = f", kv_metadata {{{pairs}}}"
    connection.execute(
        f"copy ({query}) to {literal(str(partial))} (format parquet, compression zstd{said})"
    )
    replace_durably(partial, target)


def read_pseudonyms(connection: duckdb.DuckDBPyConnection, file: Path) -> Pseudonyms | None:
    """Return what a Parquet file says of its pseudonyms; None for one of an earlier version."""
    query = "select decode(key), decode(value) from parquet_kv_metadata(?)"
    said = dict(connection.execute(query, [str(file)]).fetchall())
    if "pseudonym_key_check" not in said:
        return None
    columns = tuple(filter(None, said["pseudonym_columns"].split(",")))
    return Pseudonyms(said["pseudonym_key_check"], columns)


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
