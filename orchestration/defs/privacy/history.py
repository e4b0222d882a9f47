"""Dagster's own storage: runs that show somebody's row in a failed check, or an id in a log."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.privacy import Mentions, sqlite_rows, sqlite_tables
from orchestration.sql_text import identifier


def can_purge(instance: dg.DagsterInstance) -> bool:
    """Whether the history lies in files of SQLite, which alone are searched."""
    return isinstance(instance.event_log_storage, SqliteEventLogStorage)


def purge_history(instance: dg.DagsterInstance, home: Path, mentions: Mentions) -> int:
    """Delete the runs whose events or logs mention somebody, and what Dagster keeps of them.

    Dagster keeps the newest event of each table and check beside the runs: such rows go too. The
    databases are then rewritten, because SQLite leaves deleted rows in its free pages.

    Args:
        instance: the instance that wrote the history.
        home: its folder.
        mentions: what must not be there.

    Returns:
        How many runs were deleted.
    """
    databases = sorted(home.rglob("*.db"))
    runs = _runs_in_logs(home, mentions)
    for database in databases:
        runs |= _runs_in(database, mentions)
    known = [record.dagster_run.run_id for record in instance.get_run_records()]
    deleted = sorted(runs & set(known))
    for run_id in deleted:
        instance.delete_run(run_id)
        shutil.rmtree(home / "storage" / run_id, ignore_errors=True)
    for database in databases:
        _delete_rows(database, mentions)
    return len(deleted)


def _runs_in_logs(home: Path, mentions: Mentions) -> set[str]:
    """What a step wrote lies in `storage/<run>/`."""
    return {
        path.relative_to(home / "storage").parts[0]
        for path in (home / "storage").rglob("*")
        if path.is_file() and mentions.in_text(path.read_text(encoding="utf-8", errors="ignore"))
    }


def _runs_in(database: Path, mentions: Mentions) -> set[str]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return {
            str(cells["run_id"])
            for table in sqlite_tables(connection)
            for _, cells in sqlite_rows(connection, table, mentions)
            if "run_id" in cells
        }


def _delete_rows(database: Path, mentions: Mentions) -> None:
    with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as connection:
        for table in sqlite_tables(connection):
            for rowid, _ in sqlite_rows(connection, table, mentions):
                connection.execute(f"delete from {identifier(table)} where rowid = ?", (rowid,))
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
