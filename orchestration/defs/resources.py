"""What every step is given: the settings, read when a run starts, and the right to write."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import dagster as dg

from orchestration.ingestion import Contract, Door, Ledger, load_key, read_contracts, verify_key
from orchestration.settings import Settings, load_settings


class Pipeline(dg.ConfigurableResource):
    """The pipeline's places and contracts; holds the run lock for as long as a run works."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Pipeline"]:
        """Take the run lock and verify the key, or refuse in one sentence."""
        with _only_run(self.settings.run_lock, context.run_id or "a run"):
            self._verified_key()
            yield self

    @property
    def settings(self) -> Settings:
        """The environment's settings."""
        return load_settings()

    @property
    def contracts(self) -> dict[str, Contract]:
        """All contracts by source."""
        return read_contracts(self.settings.contracts_dir)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the lake."""
        return Ledger(self.settings.ledger_file)

    @property
    def door(self) -> Door:
        """The door between landing folder and lake."""
        settings = self.settings
        key = self._verified_key()
        return Door(settings.landing_dir, settings.lake_dir, self.ledger, key, settings.scratch_dir)

    def _verified_key(self) -> bytes:
        """A lake that is half-way to another key must not be read by any step."""
        settings = self.settings
        key = load_key(settings.pseudonym_key, settings.key_file)
        verify_key(key, settings.lake_dir / "key_check")
        return key


@contextmanager
def _only_run(lock: Path, run: str) -> Iterator[None]:
    """Hold an advisory lock; the system frees it when the process ends, however it ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        if not _locked(file):
            file.seek(0)
            raise dg.Failure(
                f"Another run is working: {file.read().strip() or 'unknown'}."
                " Wait until it has finished, or stop that process, then run again.",
                allow_retries=False,
            )
        file.truncate(0)
        file.write(f"process {os.getpid()}, run {run}")
        file.flush()
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
