"""The ledger: which landed file is which batch, and what became of its rows.

SQLite, because every change is one small transaction that either happened or did not.
A *file* points to the *batch* that holds its content; two files with the same content
point to one batch; a batch that no file points to is gone.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Batch:
    """One file content under one contract. Counts are rows."""

    source: str
    entity: str
    batch_id: str
    contract: str
    status: str  # loaded | unreadable
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_duplicate: int = 0
    first_event_at: str | None = None
    last_event_at: str | None = None
    lake_sha256: str | None = None
    message: str | None = None
    loaded_at: str | None = None
    gate: str = "pending"  # pending | passed | failed

    @property
    def counts(self) -> bool:
        """Whether its rows belong to the tables."""
        return self.status == "loaded" and self.gate == "passed"


@dataclass(frozen=True)
class LandedFile:
    """One file in the landing folder as it was when last looked at.

    `kept_batch_id` is the content that counts until the present one has passed.
    """

    source: str
    entity: str
    file: str
    batch_id: str
    size: int
    modified_ns: int
    kept_batch_id: str | None = None


@dataclass(frozen=True)
class Forgotten:
    """One person forgotten: when (UTC), and how much was removed. Nothing that says who."""

    forgotten_at: str
    landed_records: int
    lake_rows: int
    rejected_rows: int
    published_versions: int
    dagster_runs: int


def _columns(record: type) -> str:
    return ", ".join(field.name for field in fields(record))


def _table(name: str, record: type, key: str | None = None) -> str:
    kinds = {int: "integer", str: "text", str | None: "text"}
    columns = ", ".join(f"{field.name} {kinds[field.type]}" for field in fields(record))  # pyright: ignore[reportArgumentType]
    unique = f", primary key (source, entity, {key})" if key else ""
    return f"create table if not exists {name} ({columns}{unique})"


class LedgerMissingError(ValueError):
    """The lake has lost its ledger; the message says the way out."""


class LedgerDamagedError(ValueError):
    """The ledger is no longer a sound database; the message says the way out."""


class Ledger:
    """All files and batches ever taken in. Safe to open from several processes."""

    def __init__(self, path: Path) -> None:
        if not path.exists() and any((path.parent / "raw").glob("*/*/[0-9a-f]*.parquet")):
            raise LedgerMissingError(
                f"{path} is missing, but its lake holds batches. Restore it from your backup; or"
                f" delete {path.parent}, and the files in the landing folder are read again"
            )
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute(_table("batches", Batch, "batch_id"))
            connection.execute(_table("files", LandedFile, "file"))
            connection.execute(_table("forgotten", Forgotten))

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self._path, timeout=30)
        try:
            connection.execute("pragma synchronous = full")
            with connection:
                yield connection
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise self._damaged(str(error)) from error
            raise
        finally:
            connection.close()

    def _damaged(self, found: str) -> LedgerDamagedError:
        return LedgerDamagedError(
            f"{self._path} is damaged ({found}). Restore it from your backup; or delete"
            f" {self._path.parent}, and the files in the landing folder are read again"
        )

    def verify(self) -> None:
        """Look at every page of the file: SQLite reads past damage that it does not step on.

        Raises:
            LedgerDamagedError: the file is not sound.
        """
        with self._connection() as connection:
            found = connection.execute("pragma integrity_check(1)").fetchall()[0][0]
        if found != "ok":
            raise self._damaged(found.splitlines()[-1])

    def files(self, source: str, entity: str) -> dict[str, LandedFile]:
        """Files known for an entity, by path below its landing folder."""
        with self._connection() as connection:
            rows = connection.execute(
                f"select {_columns(LandedFile)} from files where source = ? and entity = ?",
                (source, entity),
            )
            return {row[2]: LandedFile(*row) for row in rows}

    def batches(self, source: str, entity: str) -> dict[str, Batch]:
        """Batches known for an entity, by batch id."""
        with self._connection() as connection:
            rows = connection.execute(
                f"select {_columns(Batch)} from batches where source = ? and entity = ?",
                (source, entity),
            )
            return {row[2]: Batch(*row) for row in rows}

    def record(self, file: LandedFile, batch: Batch | None = None) -> None:
        """Point a file to its batch, writing the batch too when it is new: one transaction."""
        with self._connection() as connection:
            if batch:
                marks = ", ".join("?" * len(fields(Batch)))
                connection.execute(
                    f"insert or replace into batches values ({marks})", astuple(batch)
                )
            marks = ", ".join("?" * len(fields(LandedFile)))
            connection.execute(f"insert or replace into files values ({marks})", astuple(file))

    def replace_batch(self, old: Batch, new: Batch) -> None:
        """Let another batch stand for the files of a batch, which is gone: one transaction."""
        with self._connection() as connection:
            marks = ", ".join("?" * len(fields(Batch)))
            connection.execute(f"insert or replace into batches values ({marks})", astuple(new))
            place = (old.source, old.entity, old.batch_id)
            for column in ("batch_id", "kept_batch_id"):
                connection.execute(
                    f"update files set {column} = ? where source = ? and entity = ?"
                    f" and {column} = ?",
                    (new.batch_id, *place),
                )
            connection.execute(
                "delete from batches where source = ? and entity = ? and batch_id = ?", place
            )

    def set_lake_sha256(self, batch: Batch, sha256: str) -> None:
        """Note that a batch's Parquet file was written anew with the same rows."""
        with self._connection() as connection:
            connection.execute(
                "update batches set lake_sha256 = ?"
                " where source = ? and entity = ? and batch_id = ?",
                (sha256, batch.source, batch.entity, batch.batch_id),
            )

    def record_forgotten(self, forgotten: Forgotten) -> None:
        """Remember that somebody was forgotten, and how much that was; not who."""
        with self._connection() as connection:
            marks = ", ".join("?" * len(fields(Forgotten)))
            connection.execute(f"insert into forgotten values ({marks})", astuple(forgotten))

    def forgotten(self) -> list[Forgotten]:
        """All that was ever forgotten, the oldest first."""
        with self._connection() as connection:
            rows = connection.execute(f"select {_columns(Forgotten)} from forgotten order by rowid")
            return [Forgotten(*row) for row in rows]

    def forget_contract(self, source: str, entity: str, but: list[str]) -> None:
        """Let the next intake read the files of an entity again, but those named."""
        files = self.files(source, entity)
        again = {landed.batch_id for name, landed in files.items() if name not in but}
        with self._connection() as connection:
            connection.executemany(
                "update batches set contract = '' where source = ? and entity = ? and batch_id = ?",
                [(source, entity, batch_id) for batch_id in again],
            )

    def forget_file(self, source: str, entity: str, file: str) -> bool:
        """Remove a file; the next intake removes its rows. Returns whether it was known."""
        with self._connection() as connection:
            gone = connection.execute(
                "delete from files where source = ? and entity = ? and file = ?",
                (source, entity, file),
            )
            return gone.rowcount > 0

    def drop_unreferenced_batches(self, source: str, entity: str) -> None:
        """Remove the batches that no file points to."""
        with self._connection() as connection:
            connection.execute(
                """
                delete from batches where source = :source and entity = :entity
                and not exists (
                    select 1 from files as f
                    where f.source = :source and f.entity = :entity
                    and batches.batch_id in (f.batch_id, f.kept_batch_id)
                )
                """,
                {"source": source, "entity": entity},
            )

    def set_gate(self, source: str, entity: str, verdicts: dict[str, str]) -> None:
        """Note for batches whether they passed or failed their gate."""
        with self._connection() as connection:
            connection.executemany(
                "update batches set gate = ? where source = ? and entity = ? and batch_id = ?",
                [(verdict, source, entity, batch_id) for batch_id, verdict in verdicts.items()],
            )
            passed = [batch_id for batch_id, verdict in verdicts.items() if verdict == "passed"]
            connection.executemany(
                "update files set kept_batch_id = null"
                " where source = ? and entity = ? and batch_id = ?",
                [(source, entity, batch_id) for batch_id in passed],
            )

    def counting_batches(self, source: str, entity: str) -> list[str]:
        """Ids of the batches whose rows belong to the tables, in order."""
        batches = self.batches(source, entity)
        chosen = {
            candidate
            for landed in self.files(source, entity).values()
            for candidate in [
                landed.batch_id if batches[landed.batch_id].counts else landed.kept_batch_id
            ]
            if candidate and batches[candidate].counts
        }
        return sorted(chosen)

    def deliveries(
        self, source: str | None = None, entity: str | None = None
    ) -> list[dict[str, Any]]:
        """One record per landed file, ordered by name; read = loaded + rejected + duplicate.

        All files, or those of a source or an entity.

        A file whose new content cannot be read or has not passed stands for its earlier one
        (`kept`). Of several files with the same content the one with the shortest name counts
        (copies are called `orders (1).csv`); all rows of the others are duplicates.
        """
        with self._connection() as connection:
            connection.row_factory = sqlite3.Row
            wanted = {"source": source, "entity": entity}
            return [dict(row) for row in connection.execute(_DELIVERIES, wanted)]


_DELIVERIES = """
    with deliveries as (
        select f.file, e.*, b.message as present_message, e.batch_id <> b.batch_id as is_kept,
               row_number() over (
                   partition by f.source, f.entity, e.batch_id order by length(f.file), f.file
               ) = 1 as is_first
        from files as f
        inner join batches as b using (source, entity, batch_id)
        inner join batches as e
            on e.source = f.source and e.entity = f.entity
            and e.batch_id = case
                when b.status = 'loaded' and b.gate = 'passed' then b.batch_id
                else coalesce(f.kept_batch_id, b.batch_id)
            end
        where (:source is null or f.source = :source) and (:entity is null or f.entity = :entity)
    )
    select source, entity, file, batch_id, gate, loaded_at,
           case when is_kept then 'kept' else status end as status,
           present_message as message,
           is_first as is_first_delivery, rows_read,
           case when is_first then rows_loaded else 0 end as rows_loaded,
           case when is_first then rows_rejected else 0 end as rows_rejected,
           case when is_first then rows_duplicate else rows_read end as rows_duplicate,
           first_event_at, last_event_at
    from deliveries
    order by source, entity, file
"""
