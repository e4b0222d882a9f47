"""Brings the lake up to date with a pseudonym key that has been extended.

Each Parquet file says which key made its pseudonyms and is replaced in one step, so a rotation
that was killed goes on where it stopped. Meanwhile the lake is refused to every run, because its
check value is still the earlier key's (`verify_key`).
"""

from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.ingestion.contract import Contract
from orchestration.ingestion.door import Lake
from orchestration.ingestion.lake_file import (
    DamagedLakeError,
    Pseudonyms,
    read_pseudonyms,
    sha256_of,
    write_parquet,
)
from orchestration.ingestion.ledger import Batch, Ledger
from orchestration.ingestion.pseudonym import KeyChangedError, install, key_check, newer_keys
from orchestration.ingestion.workbench import Workbench
from orchestration.sql_text import identifier, literal

# Ids that hide an address and hashes of rows: see `masked_id` and `row_id`.
_TOKEN = "(id|row)-[0-9a-f]{32}"


def rotate_batches(
    lake: Path,
    ledger: Ledger,
    contracts: dict[str, Contract],
    key: bytes,
    scratch: Path,
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Put the newer keys of a chain on top of every pseudonym in the lake.

    Args:
        lake: root of the lake.
        ledger: its ledger; learns the new SHA-256 of each file.
        contracts: say which columns are personal, where a file does not.
        key: the whole chain.
        scratch: private folder for DuckDB.
        say: receives one line of progress per entity.

    Returns:
        How many files were written anew.

    Raises:
        KeyChangedError: a file was made with a key that is not part of the chain.
        DamagedLakeError: a file has changed since it was written.
    """
    written = 0
    with Workbench(scratch) as bench:
        for folder in sorted(path for path in (lake / "raw").glob("*/*") if path.is_dir()):
            place = Lake(lake, folder.parent.name, folder.name)
            personal = _personal(contracts, place)
            batches = ledger.batches(place.source, place.entity).values()
            loaded = [batch for batch in batches if batch.status == "loaded"]
            for batch in loaded:
                file = place.batch(batch.batch_id)
                with bench.cleared() as (connection, _):
                    written += _rotate(connection, file, batch, personal, key, lake)
                ledger.set_lake_sha256(batch, sha256_of(file))
            say(f"{place.source}/{place.entity}: {len(loaded):,} batches have the new key")
    return written


def _personal(contracts: dict[str, Contract], place: Lake) -> tuple[str, ...] | None:
    contract = contracts.get(place.source)
    entity = contract.entities.get(place.entity) if contract else None
    return entity.personal_columns if entity else None


def _rotate(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    batch: Batch,
    personal: tuple[str, ...] | None,
    key: bytes,
    lake: Path,
) -> bool:
    said = read_pseudonyms(connection, file)
    check = said.key_check if said else (lake / "key_check").read_text().strip()
    columns = said.columns if said else personal
    newer = newer_keys(key, check)
    if newer is None or columns is None:
        raise KeyChangedError(
            f"{file} was made with another pseudonym key, or its contract is gone; restore"
            " the key or the contract, then rotate again"
        )
    if not newer:
        return False
    if batch.lake_sha256 != sha256_of(file):
        raise DamagedLakeError(
            f"{file} has changed since it was written; restore it from your backup, or withdraw"
            " its file and land it again, then rotate again"
        )
    install(connection, newer)
    new = Pseudonyms(key_check(key), columns)
    write_parquet(connection, _rotated(connection, file, columns), file, new)
    return True


def _rotated(connection: duckdb.DuckDBPyConnection, file: Path, personal: tuple[str, ...]) -> str:
    scan = f"read_parquet({literal(str(file))})"
    described = connection.execute(f"describe from {scan}").fetchall()
    columns = ", ".join(
        f"{_column(identifier(name), kind, name in personal)} as {identifier(name)}"
        for name, kind, *_ in described
    )
    return f"select {columns} from {scan}"


def _column(name: str, kind: str, is_personal: bool) -> str:
    if is_personal:
        return f"keyed({name})"
    if kind != "VARCHAR":
        return name
    token = f"split_part({name}, '-', 1) || '-' || keyed(split_part({name}, '-', 2))"
    return f"case when regexp_full_match({name}, '{_TOKEN}') then {token} else {name} end"
