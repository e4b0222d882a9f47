"""Files that appear whole and on disk, or not at all."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_durably(finished: Path, target: Path) -> None:
    """Give a finished file its name, replacing what had it; readers see one or the other."""
    if not finished.is_symlink():
        sync(finished)
    finished.replace(target)
    sync(target.parent)
