"""Takes somebody's records out of the landing folder and the lake, as if never delivered.

A landed file that loses records has another content, so another batch stands for it: its rows are
read anew from the shorter file, under the verdict that the gate gave before. Where the file has
left the landing folder, its batch is copied without the rows. In both cases the ledger changes from
the one to the other in one transaction, before the landed file is replaced: killed at any moment,
the same removal done again completes.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from orchestration.files import replace_durably
from orchestration.ingestion.batch import LINEAGE_TYPES
from orchestration.ingestion.contract import Contract, Entity
from orchestration.ingestion.door import Door, Lake, batch_id_of, landed_files
from orchestration.ingestion.lake_file import read_pseudonyms, sha256_of, write_parquet
from orchestration.ingestion.landed_records import Wanted, write_without
from orchestration.ingestion.ledger import Batch, LandedFile
from orchestration.ingestion.pseudonym import install
from orchestration.ingestion.readers import UnreadableFileError
from orchestration.ingestion.workbench import Workbench
from orchestration.sql_text import identifier, literal

Prepare = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True)
class _Shortened:
    """A copy of a landed file without the records, and the batch of the file as it is."""

    landed: Path
    copy: Path
    batch_id: str
    records: int


@dataclass(frozen=True)
class Removal:
    """What is to be removed of one entity."""

    lake: Lake
    entity: Entity
    wanted: Wanted
    files: tuple[_Shortened, ...]
    lake_rows: dict[str, int]
    rejected_rows: dict[str, int]
    unreadable: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """`<source>/<entity>`."""
        return f"{self.lake.source}/{self.lake.entity}"

    @property
    def landed_records(self) -> int:
        """Records in the landing folder."""
        return sum(file.records for file in self.files)


@contextmanager
def _told(bench: Workbench, door: Door, prepare: Prepare) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection that knows the pseudonym key and what `prepare` tells it."""
    with bench.cleared() as (connection, _):
        install(connection, door.key)
        prepare(connection)
        yield connection


def find_records(
    door: Door,
    contract: Contract,
    entity_name: str,
    wanted: Wanted,
    prepare: Prepare,
    drafts: Path,
    bench: Workbench,
) -> Removal:
    """Find the records of an entity that are meant, and write the shortened files as drafts.

    Args:
        door: landing folder, lake and ledger.
        contract: contract of the source.
        entity_name: entity of that source.
        wanted: which records.
        prepare: gives a connection what the condition asks for.
        drafts: private folder for the shortened files.
        bench: where it is worked on.
    """
    entity = contract.entities[entity_name]
    lake = Lake(door.lake, contract.source, entity_name)
    folder = door.landing / contract.source / entity_name
    landed = landed_files(folder, entity)[0]
    ids = [path.stem for path in sorted(lake.batches.glob("[0-9a-f]*.parquet"))]
    if not (landed or ids):
        return Removal(lake, entity, wanted, (), {}, {}, ())
    files, unreadable = [], []
    with _told(bench, door, prepare) as connection:
        for path in landed:
            name = path.relative_to(folder)
            draft = drafts / contract.source / entity_name / name
            draft.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                records = write_without(connection, path, entity, wanted, draft)
            except UnreadableFileError as error:
                unreadable.append(f"{path}: {error}")
                continue
            if records:
                files.append(_Shortened(path, draft, batch_id_of(path, entity), records))
            else:
                draft.unlink()
        rows = {i: _count(connection, _lake_rows(connection, lake.batch(i), wanted)) for i in ids}
        rejected = {
            i: _count(connection, _rejected_rows(lake.reject(i), wanted))
            for i in ids
            if lake.reject(i).exists()
        }
    return Removal(
        lake, entity, wanted, tuple(files), _positive(rows), _positive(rejected), tuple(unreadable)
    )


def remove_records(door: Door, removal: Removal, prepare: Prepare, bench: Workbench) -> None:
    """Remove what was found: lake, ledger and landing folder, in this order."""
    lake = removal.lake
    shortened = {file.batch_id: file for file in removal.files}
    for batch in door.ledger.batches(lake.source, lake.entity).values():
        if batch.batch_id in shortened:
            new = _read_anew(door, shortened[batch.batch_id].copy, batch, removal, bench)
        elif batch.batch_id in removal.lake_rows | removal.rejected_rows:
            with _told(bench, door, prepare) as connection:
                new = _copied(connection, batch, removal)
        else:
            continue
        door.ledger.replace_batch(batch, new)
    for file in removal.files:
        _replace_landed(file)
    door.discard_unreferenced(lake)
    for path in lake.batches.glob("*.damaged"):  # was moved aside and cannot be searched
        path.unlink()


def _read_anew(door: Door, copy: Path, batch: Batch, removal: Removal, bench: Workbench) -> Batch:
    """What the gate said of the longer file holds, as long as the contract is the same."""
    labels = LandedFile(
        batch.source, batch.entity, copy.name, batch_id_of(copy, removal.entity), 0, 0
    )
    new, _ = door.read(copy, labels, removal.entity, removal.lake, bench)
    gate = batch.gate if batch.contract == new.contract else new.gate
    return replace(new, gate=gate, loaded_at=batch.loaded_at)


def _copied(connection: duckdb.DuckDBPyConnection, batch: Batch, removal: Removal) -> Batch:
    """No content names this batch any more: its id is a new one."""
    lake, wanted = removal.lake, removal.wanted
    batch_id = uuid.uuid4().hex
    old, new = lake.batch(batch.batch_id), lake.batch(batch_id)
    rows = _lake_rows(connection, old, wanted)
    kept = f"select * exclude (_is_meant) replace ({literal(batch_id)} as _batch_id) from ({rows})"
    query = f"{kept} where not _is_meant"
    write_parquet(connection, query, new, read_pseudonyms(connection, old))
    repeats = _count(connection, f"from ({rows}) where _is_repeat")
    rejected = removal.rejected_rows.get(batch.batch_id, 0)
    if lake.reject(batch.batch_id).exists():
        rejects = _rejected_rows(lake.reject(batch.batch_id), wanted)
        kept = f"select * exclude (_is_meant) replace ({literal(batch_id)} as batch_id)"
        query = f"{kept} from ({rejects}) where not _is_meant"
        write_parquet(connection, query, lake.reject(batch_id))
    removed = removal.lake_rows.get(batch.batch_id, 0)
    return replace(
        batch,
        batch_id=batch_id,
        rows_read=batch.rows_read - removed - rejected,
        rows_loaded=batch.rows_loaded - (removed - repeats),
        rows_rejected=batch.rows_rejected - rejected,
        rows_duplicate=batch.rows_duplicate - repeats,
        lake_sha256=sha256_of(new),
    )


def _replace_landed(file: _Shortened) -> None:
    """The copy goes beside the file first: renaming works only inside one file system."""
    beside = file.landed.with_name(f".{file.landed.name}.new")
    shutil.copyfile(file.copy, beside)
    shutil.copymode(file.landed, beside)
    replace_durably(beside, file.landed)
    file.copy.unlink()


def _lake_rows(connection: duckdb.DuckDBPyConnection, batch: Path, wanted: Wanted) -> str:
    """SQL giving a batch's rows with `_is_meant`; a batch may lack a column of the contract."""
    scan = f"read_parquet({literal(str(batch))})"
    described = connection.execute(f"describe from {scan}").fetchall()
    present = [name for name, *_ in described]
    missing = [name for name in wanted.columns if name not in present]
    nulls = "".join(f", null::varchar as {identifier(name)}" for name in missing)
    said = ", ".join(
        f"cast({identifier(name)} as varchar)"
        for name, kind, *_ in described
        if name not in LINEAGE_TYPES and "VARCHAR" in kind
    )
    added = ", ".join(["_text", "_is_malformed", *map(identifier, missing)])
    return f"""
        select * exclude ({added}), coalesce({wanted.condition}, false) as _is_meant
        from (
            select *, concat_ws(' ', {said or "null"}) as _text, false as _is_malformed{nulls}
            from {scan}
        )
    """


def _rejected_rows(rejects: Path, wanted: Wanted) -> str:
    """SQL giving rejected rows with `_is_meant`; of them only the delivered value is known."""
    nulls = "".join(f", null::varchar as {identifier(name)}" for name in wanted.columns)
    added = ", ".join(["_text", "_is_malformed", *map(identifier, wanted.columns)])
    return f"""
        select * exclude ({added}), coalesce({wanted.condition}, false) as _is_meant
        from (
            select *, coalesce(delivered_value, '') as _text, true as _is_malformed{nulls}
            from read_parquet({literal(str(rejects))})
        )
    """


def _count(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    query = f"select count(*) from ({rows}) where _is_meant"
    return (connection.execute(query).fetchone() or (0,))[0]


def _positive(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
