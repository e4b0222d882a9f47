"""Faults of the machine, told by the words of whoever met them, and the way out of each."""

import errno
import os

# A full disk is "disk I/O error" to SQLite where its log is shared memory.
_WAYS_OUT = {
    (
        "the disk is full or fails: make space on the disk of the data folder (FUNNEL_DATA_DIR;"
        " fewer versions with FUNNEL_KEEP_VERSIONS); where there is space, look at the disk's"
        " health (`dmesg`); then run again"
    ): [
        os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT), os.strerror(errno.EIO),
        "disk is full", "disk I/O error",
    ],
    (
        "the folder cannot be written: make the data folder (FUNNEL_DATA_DIR) writable for the"
        " user of the run, then run again"
    ): [os.strerror(errno.EROFS), os.strerror(errno.EACCES), "readonly database", "read-only file",
        "unable to open database file"],
    (
        "memory or the room to spill ran out: raise FUNNEL_MEMORY_LIMIT or FUNNEL_TEMP_LIMIT, or"
        " lower FUNNEL_THREADS, then run again"
    ): ["Out of Memory Error", "failed to allocate", os.strerror(errno.ENOMEM)],
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
