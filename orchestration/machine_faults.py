"""Faults of the machine: told by their words, what to do about each, whether it may pass by itself.

Dagster, dbt, DuckDB and SQLite hand on the system's message and not its number.
"""

import errno
import os
from dataclasses import dataclass

_FULL = (
    "the disk is full or fails: make space on the disk of the data folder (FUNNEL_DATA_DIR; fewer"
    " versions with FUNNEL_KEEP_VERSIONS); where there is space, look at the disk's health"
    " (`dmesg`); then run again"
)
_BUSY = "another program holds the file: close it there, then run again"
_READ_ONLY = (
    "the folder cannot be written: make the data folder (FUNNEL_DATA_DIR) writable for the user"
    " of the run, then run again"
)
_MEMORY = (
    "memory or the room to spill ran out: raise FUNNEL_MEMORY_LIMIT or FUNNEL_TEMP_LIMIT, or lower"
    " FUNNEL_THREADS, then run again"
)


@dataclass(frozen=True)
class _Fault:
    numbers: tuple[int, ...]
    words: tuple[str, ...]
    way_out: str
    may_pass: bool

    def is_told_by(self, message: str) -> bool:
        signs = (*map(os.strerror, self.numbers), *self.words)
        return any(sign.lower() in message.lower() for sign in signs)


# A full disk is "disk I/O error" to SQLite where its log is shared memory.
_FAULTS = (
    _Fault(
        (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE, errno.ETIMEDOUT),
        ("disk is full", "disk I/O error"),
        _FULL,
        may_pass=True,
    ),
    _Fault(
        (errno.EAGAIN, errno.EBUSY),
        ("could not set lock on file", "database is locked"),
        _BUSY,
        may_pass=True,
    ),
    _Fault(
        (errno.EROFS, errno.EACCES),
        ("readonly database", "read-only file", "unable to open database file"),
        _READ_ONLY,
        may_pass=False,
    ),
    _Fault((errno.ENOMEM,), ("Out of Memory Error", "failed to allocate"), _MEMORY, may_pass=False),
)


def way_out(message: str) -> str | None:
    """Return what to do where an error is the machine's and not the data's; else nothing."""
    return next((fault.way_out for fault in _FAULTS if fault.is_told_by(message)), None)


def is_transient(error: BaseException) -> bool:
    """Whether an error, or one that caused it, may be gone when the same is tried again."""
    link: BaseException | None = error
    while link is not None:
        if any(fault.may_pass and fault.is_told_by(str(link)) for fault in _FAULTS):
            return True
        link = link.__cause__
    return False
