"""Faults of the machine, told by the words of whoever met them, and the way out of each."""

import errno
import os

_WAYS_OUT = {
    (
        "the disk is full: make space on the disk of the data folder (FUNNEL_DATA_DIR; fewer"
        " versions with FUNNEL_KEEP_VERSIONS), then run again"
    ): [os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), "disk is full"],
    (
        "the folder cannot be written: make the data folder (FUNNEL_DATA_DIR) writable for the"
        " user of the run, then run again"
    ): [os.strerror(errno.EROFS), os.strerror(errno.EACCES), "readonly database", "read-only file"],
    (
        "memory or the room to spill ran out: raise FUNNEL_MEMORY_LIMIT or FUNNEL_TEMP_LIMIT, or"
        " lower FUNNEL_THREADS, then run again"
    ): ["Out of Memory Error", "failed to allocate", os.strerror(errno.ENOMEM)],
    (
        "the disk does not answer: look at its health (`dmesg`), then run again"
    ): [os.strerror(errno.EIO), "disk I/O error"],
}  # fmt: skip


def way_out(message: str) -> str | None:
    """Return what to do where an error is the machine's and not the data's; else nothing.

    The system, SQLite and DuckDB tell such faults in words only.
    """
    told = message.lower()
    for advice, signs in _WAYS_OUT.items():
        if any(sign.lower() in told for sign in signs):
            return advice
    return None
