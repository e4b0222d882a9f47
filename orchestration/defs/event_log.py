"""Dagster's event log on SQLite with its files kept open.

Dagster opens the file, compiles its statements anew, asks which columns and indexes there are and
closes the file again for each event; a refresh has thousands of events. What is written is the
same, and so is who may read it meanwhile.
"""

import atexit
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine, event

_QUESTIONS = (
    (SqlEventLogStorage, "_has_asset_key_col_on_connection"),
    (SqlEventLogStorage, "has_secondary_index"),
    (SqliteEventLogStorage, "has_table"),
)
_open: WeakSet[Engine] = WeakSet()


def keep_event_log_open() -> None:
    """Let every event log of this process, of whatever instance, keep its files open."""
    SqliteEventLogStorage._connect = _connect  # pyright: ignore[reportAttributeAccessIssue]
    for owner, question in _QUESTIONS:
        setattr(owner, question, _until_yes(getattr(owner, question)))
    atexit.register(_close)


def _close() -> None:
    """What was written ahead goes into the files; whoever closes them last does that."""
    for engine in list(_open):
        engine.dispose()


def _until_yes(ask: Callable[..., bool]) -> Callable[..., bool]:
    """A question on the schema, whose last argument is a name: what is there once, stays."""
    known: WeakKeyDictionary[SqlEventLogStorage, set[str]] = WeakKeyDictionary()

    @wraps(ask)
    def asked(storage: SqlEventLogStorage, *arguments: Any) -> bool:
        there = known.setdefault(storage, set())
        name = arguments[-1]
        if name not in there and ask(storage, *arguments):
            there.add(name)
        return name in there

    return asked


@contextmanager
def _connect(storage: SqliteEventLogStorage, shard: str) -> Iterator[Connection]:
    """A connection to the file of one run, or to the index of all, in a transaction."""
    address = storage.conn_string_for_shard(shard)
    with storage._db_lock:
        engine = _engine(address)
        if shard not in storage._initialized_dbs:
            storage._initdb(engine)
            storage._initialized_dbs.add(shard)
        with engine.begin() as connection:
            yield connection


@lru_cache(maxsize=8)
def _engine(address: str) -> Engine:
    """An engine with a pool. Of many runs' files the ones used last stay open."""
    engine = create_engine(address, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS})
    _open.add(engine)

    @event.listens_for(engine, "connect")
    def _do_not_wait_for_the_disk(connection: sqlite3.Connection, _: object) -> None:
        # The log is written ahead: what a power cut may take are the last events, never the file.
        connection.execute("pragma synchronous = normal")

    return engine
