"""Brings a finished Parquet file into the landing folder: whole, once, in the order of pulls."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from orchestration.files import sync


def land(finished: Path, folder: Path, name: str) -> Path:
    """Copy a finished file into the landing folder; one that is there already stays.

    Args:
        finished: the Parquet file.
        folder: `landing/<source>/<entity>/`.
        name: name of the file there, the same whenever the same file is landed again.
    """
    target = folder / name
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f".{name}.partial"  # hidden files are nobody's
    shutil.copyfile(finished, partial)
    sync(partial)
    partial.rename(target)
    sync(folder)
    return target


def file_name(pull: str, load_id: str, file_id: str) -> str:
    """Name of a landed file: the pull, when its records were asked for, and which file of it."""
    moment = datetime.fromtimestamp(float(load_id), UTC)
    return f"{pull}-{moment:%Y%m%dT%H%M%S.%f}-{file_id}.parquet"


def private(folder: Path) -> Path:
    """Make a folder that only its owner may read."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
