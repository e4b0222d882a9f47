"""Deletes what holds rows that must not be there any more: the warehouse and older versions."""

import shutil
from pathlib import Path


def remove_warehouse(file: Path) -> None:
    """Delete the private warehouse; the next run rebuilds it from the lake.

    A DuckDB file keeps deleted rows in its free blocks: only deleting the file removes them.
    """
    for path in file.parent.glob(f"{file.name}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def remove_older_versions(link: Path) -> int:
    """Delete every published version but the one that the link points to; return how many."""
    current = link.resolve().parent
    older = [path for path in (link.parent / "versions").glob("*") if path != current]
    for path in older:
        shutil.rmtree(path)
    return len(older)
