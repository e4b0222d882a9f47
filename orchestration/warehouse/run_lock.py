"""The right to write: one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class RunLockedError(RuntimeError):
    """Somebody else is writing; the message says who and what to do."""


@contextmanager
def only_run(lock: Path, work: str) -> Iterator[None]:
    """Hold an advisory lock; the system frees it when the process ends, however it ends.

    Args:
        lock: file that is locked; created where it is missing.
        work: what the holder does, told to whoever is refused.

    Raises:
        RunLockedError: another process holds the lock.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        if not _locked(file):
            file.seek(0)
            raise RunLockedError(
                f"Another run is working: {file.read().strip() or 'unknown'}."
                " Wait until it has finished, or stop that process, then run again."
            )
        file.truncate(0)
        file.write(f"process {os.getpid()}, {work}")
        file.flush()
        yield


def run_lock_holder(lock: Path) -> str | None:
    """Who works now, as the lock's text has it; nothing is written. None where nobody does."""
    if not lock.exists():
        return None
    with lock.open() as file:
        if _locked(file, fcntl.LOCK_SH):  # two may look at once; freed as the file closes
            return None
        return file.read().strip() or "unknown"


def _locked(file: IO[str], kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
