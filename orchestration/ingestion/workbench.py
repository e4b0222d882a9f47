"""A private place to work on one file after another."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import duckdb

from orchestration.engine import connect


class Workbench:
    """An in-memory DuckDB and a scratch folder, of which nothing stays.

    To open a DuckDB takes longer than to read a small file: all files share one, which is opened
    for the first of them. What one file's connection makes (tables, macros, settings) ends with it.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._database: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._database:
            self._database.close()
            shutil.rmtree(self._scratch, ignore_errors=True)

    @contextmanager
    def cleared(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
        """Give a connection that knows nothing yet and an empty folder of its own."""
        if self._database is None:
            shutil.rmtree(self._scratch, ignore_errors=True)  # a killed run may have left it
            self._scratch.mkdir(parents=True, mode=0o700)
            self._database = connect(temp_directory=self._scratch / "spill")
        folder = self._scratch / "file"
        folder.mkdir(mode=0o700)
        try:
            with self._database.cursor() as connection:
                yield connection, folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
