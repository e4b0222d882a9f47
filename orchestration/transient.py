"""Which errors may pass by themselves: a full disk, a lock, a failed read or write.

They are told by their words, because dbt and DuckDB hand on the system's message and not its
number.
"""

import errno
import os
import re

_NUMBERS = (
    errno.EAGAIN, errno.EBUSY, errno.EDQUOT, errno.EIO, errno.ENOSPC, errno.ESTALE, errno.ETIMEDOUT,
)  # fmt: skip
_WORDS = re.compile(
    "|".join(
        [
            *(re.escape(os.strerror(number)) for number in _NUMBERS),
            "could not set lock on file",  # DuckDB: another process has the file open
            "database is locked",  # SQLite
            "database or disk is full",
            "disk I/O error",
        ]
    ),
    flags=re.IGNORECASE,
)


def is_transient(error: BaseException) -> bool:
    """Whether an error, or one that caused it, may be gone when the same is tried again."""
    link: BaseException | None = error
    while link is not None:
        if _WORDS.search(str(link)):
            return True
        link = link.__cause__
    return False
