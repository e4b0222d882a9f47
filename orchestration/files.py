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


def write_privately(content: bytes, target: Path) -> None:
    """Write a file that nobody else may read."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    replace_durably(draft, target)
