"""The door: brings the lake and the ledger up to date with the landing folder.

For each entity: files that are new or changed are read, content that is known is not read
again, batches that no file stands for any more are removed, files that cannot be read are
noted and do not stop the others.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration.ingestion.batch import write_batch
from orchestration.ingestion.contract import Contract, Entity
from orchestration.ingestion.ledger import Batch, LandedFile, Ledger
from orchestration.ingestion.masking import holds_email, mask
from orchestration.ingestion.readers import UnreadableFileError
from orchestration.ingestion.unpacking import fits, plain_name
from orchestration.ingestion.workbench import Workbench

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lake:
    """Where an entity's batches and rejected rows lie."""

    root: Path
    source: str
    entity: str

    @property
    def batches(self) -> Path:
        """Folder of the typed Parquet files."""
        return self.root / "raw" / self.source / self.entity

    @property
    def rejects(self) -> Path:
        """Folder of the rejected rows."""
        return self.root / "rejects" / self.source / self.entity

    def batch(self, batch_id: str) -> Path:
        """Parquet file of a batch."""
        return self.batches / f"{batch_id}.parquet"

    def reject(self, batch_id: str) -> Path:
        """Parquet file of a batch's rejected rows."""
        return self.rejects / f"{batch_id}.parquet"


@dataclass(frozen=True)
class Intake:
    """What taking in an entity did. Row counts are over all files now in the landing folder."""

    files: int
    read_now: int
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_duplicate: int
    unreadable: tuple[tuple[str, str], ...]
    unrecognised: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Door:
    """Takes files in: landing folder, lake, ledger and pseudonym key."""

    landing: Path
    lake: Path
    ledger: Ledger
    key: bytes
    scratch: Path

    def take_in(self, contract: Contract, entity_name: str, say: Say = lambda _: None) -> Intake:
        """Bring one entity up to date with its landing folder.

        Args:
            contract: contract of the source.
            entity_name: entity of that source.
            say: receives one line of progress per file.

        Returns:
            What was read now and what the landing folder amounts to.
        """
        entity = contract.entities[entity_name]
        lake = Lake(self.lake, contract.source, entity_name)
        folder = self.landing / contract.source / entity_name
        files, unrecognised = landed_files(folder, entity)
        known = self.ledger.files(contract.source, entity_name)
        batches = self.ledger.batches(contract.source, entity_name)
        warnings: list[str] = []
        read_now = 0
        with Workbench(self.scratch) as bench:
            for position, file in enumerate(files, start=1):
                name = file.relative_to(folder).as_posix()
                landed = self._identify(file, name, entity, known.get(name), batches)
                if _is_current(batches.get(landed.batch_id), entity, lake):
                    if landed != known.get(name):
                        self.ledger.record(landed)
                    continue
                batch, unknown = self.read(file, landed, entity, lake, bench)
                if _has_changed(file, landed):
                    warnings.append(f"{name}: is still being written; the next run reads it")
                    continue
                read_now += 1
                batches[landed.batch_id] = batch
                self.ledger.record(landed, batch)
                say(f"file {position} of {len(files)}: {name}, {batch.rows_read:,} rows read")
                if unknown:
                    warnings.append(f"{name}: not in the contract: {', '.join(unknown)}")
        self._clean_up({f.relative_to(folder).as_posix() for f in files}, lake)
        return self._summary(lake, len(files), read_now, unrecognised, warnings)

    def _identify(
        self,
        file: Path,
        name: str,
        entity: Entity,
        known: LandedFile | None,
        batches: dict[str, Batch],
    ) -> LandedFile:
        """Name the batch a file stands for; a file with known size and time is not read.

        A file that has changed keeps its earlier content until the new one has passed.
        """
        stat = file.stat()
        if known and (known.size, known.modified_ns) == (stat.st_size, stat.st_mtime_ns):
            return known
        batch_id = batch_id_of(file, entity)
        kept = None
        if known:
            earlier = batches.get(known.batch_id)
            kept = known.batch_id if earlier and earlier.counts else known.kept_batch_id
        source, entity_name = file.relative_to(self.landing).parts[:2]
        return LandedFile(
            source, entity_name, name, batch_id, stat.st_size, stat.st_mtime_ns,
            kept if kept != batch_id else None,
        )  # fmt: skip

    def read(
        self, file: Path, landed: LandedFile, entity: Entity, lake: Lake, bench: Workbench
    ) -> tuple[Batch, tuple[str, ...]]:
        """Write the batch of one file; the ledger is the caller's.

        Args:
            file: content to read.
            landed: the landed file and batch that it stands for.
            entity: its contract.
            lake: where its batches lie.
            bench: where it is worked on.

        Returns:
            The batch, and the columns of the file that the contract does not know.
        """
        labels = (lake.source, lake.entity, landed.batch_id)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            counts = write_batch(
                file, entity, labels,
                lake.batch(landed.batch_id), lake.reject(landed.batch_id), self.key, bench,
            )  # fmt: skip
        except UnreadableFileError as error:
            unreadable = Batch(
                *labels, contract=entity.fingerprint, status="unreadable",
                message=mask(str(error)), loaded_at=now, gate="passed",
            )  # fmt: skip
            return unreadable, ()
        batch = Batch(
            *labels, contract=entity.fingerprint, status="loaded", rows_read=counts.read,
            rows_loaded=counts.loaded, rows_rejected=counts.rejected,
            rows_duplicate=counts.duplicate, first_event_at=counts.first_event_at,
            last_event_at=counts.last_event_at, lake_sha256=counts.lake_sha256, loaded_at=now,
        )  # fmt: skip
        return batch, counts.unknown_columns

    def _clean_up(self, present: set[str], lake: Lake) -> None:
        """Let go of what no longer counts, in the ledger first, then on disk.

        A file that left the landing folder keeps its batch (people empty that folder), unless
        the batch never passed its gate: taking the file away is how a bad one is withdrawn. The
        content that it had before, if that had passed, stands again.
        """
        batches = self.ledger.batches(lake.source, lake.entity)
        for file, landed in self.ledger.files(lake.source, lake.entity).items():
            if file in present or batches[landed.batch_id].counts:
                continue
            if landed.kept_batch_id:
                restored = replace(landed, batch_id=landed.kept_batch_id, kept_batch_id=None)
                self.ledger.record(restored)
            else:
                self.ledger.forget_file(lake.source, lake.entity, file)
        self.discard_unreferenced(lake)

    def discard_unreferenced(self, lake: Lake) -> None:
        """Delete the batches that no file points to, in the ledger first, then on disk."""
        self.ledger.drop_unreferenced_batches(lake.source, lake.entity)
        kept = self.ledger.batches(lake.source, lake.entity).keys()
        for folder in (lake.batches, lake.rejects):
            for path in [*folder.glob("*.parquet"), *folder.glob("*.partial")]:
                if path.stem not in kept:
                    path.unlink()

    def _summary(
        self,
        lake: Lake,
        files: int,
        read_now: int,
        unrecognised: list[tuple[str, str]],
        warnings: list[str],
    ) -> Intake:
        deliveries = self.ledger.deliveries(lake.source, lake.entity)
        unreadable = [(d["file"], d["message"]) for d in deliveries if d["message"]]
        rows = {
            name: sum(delivery[name] for delivery in deliveries)
            for name in ("rows_read", "rows_loaded", "rows_rejected", "rows_duplicate")
        }
        return Intake(
            files=files,
            read_now=read_now,
            unreadable=tuple(unreadable),
            unrecognised=tuple(unrecognised),
            warnings=tuple(warnings),
            **rows,
        )


def batch_id_of(file: Path, entity: Entity) -> str:
    """Hash of the content, and of what the contract takes from the file's name."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256")
    for column in entity.columns.values():
        if column.file_name and (found := re.search(column.file_name, plain_name(file))):
            digest.update(f"\0{found[1]}".encode())
    return digest.hexdigest()[:32]


def _is_current(batch: Batch | None, entity: Entity, lake: Lake) -> bool:
    """Whether a content has been read under the contract as it is now."""
    if batch is None or batch.contract != entity.fingerprint:
        return False
    return batch.status == "unreadable" or lake.batch(batch.batch_id).exists()


def _has_changed(file: Path, landed: LandedFile) -> bool:
    """Whether a file has been written to, or has gone, since it was looked at."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return True
    return (stat.st_size, stat.st_mtime_ns) != (landed.size, landed.modified_ns)


_HIDDEN = (".", "_")


def landed_files(folder: Path, entity: Entity) -> tuple[list[Path], list[tuple[str, str]]]:
    """List the files of an entity that its contract names; of the others the name and why not.

    Hidden files are nobody's.
    """
    files, others = [], []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if not path.is_file() or path.name.startswith(_HIDDEN):
            continue
        if why := why_not_read(path, folder, entity):
            others.append((mask(path.relative_to(folder).as_posix()), why))
        else:
            files.append(path)
    return files, others


def why_not_read(path: Path, folder: Path, entity: Entity) -> str | None:
    """Say why a file of a folder is left alone; None: it is read.

    A link that leads out of the folder is not followed; a name that holds an e-mail address would
    carry it into the ledger and the tables.
    """
    if path.name.startswith(_HIDDEN):
        return "its name begins with . or _, as that of a file that is still being written"
    if not path.resolve().is_relative_to(folder.resolve()):
        return "it is a link that leads out of its folder"
    if holds_email(path.relative_to(folder).as_posix()):
        return "its name holds an e-mail address; rename it"
    if not fits(path, entity.files):
        patterns = ", ".join(entity.files)
        return f"its name fits no pattern of the contract ({patterns}); rename it or add a pattern"
    return None


def unknown_landing_folders(landing: Path, contracts: dict[str, Contract]) -> list[str]:
    """Folders below the landing folder that no contract knows, as `<source>/<entity>`."""
    known = {(c.source, entity) for c in contracts.values() for entity in c.entities}
    folders = {
        (*path.relative_to(landing).parts, "")[:2]
        for path in landing.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    return sorted(mask("/".join(filter(None, folder))) for folder in folders - known)
