"""Runs that died without a word are marked as failed.

A run that is killed together with its daemon stays STARTED for ever, and with one run at a time
nothing would start any more (dagster#4319).
"""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

_UNFINISHED = [
    dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING,
]  # fmt: skip
# What Dagster's monitoring gives a run to start; until then it may not have taken the lock yet.
_SECONDS_TO_START = 180


def fail_dead_runs(instance: dg.DagsterInstance, lock: Path) -> list[str]:
    """Mark the runs as failed that stand as unfinished although none works.

    A run holds the run lock for as long as it works, and the system frees it with the process.
    Where the lock is free, the run that held it last is dead, and so is each that began longer ago
    than starting takes.

    Args:
        instance: where the runs stand.
        lock: the run lock; its text names the run that took it last.

    Returns:
        Ids of the runs that were marked.
    """
    dead = []
    with _free(lock) as last_holder:
        if last_holder is None:
            return []
        began_before = time.time() - _SECONDS_TO_START
        for record in instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED)):
            run = record.dagster_run
            if run.run_id in last_holder or record.update_timestamp.timestamp() < began_before:
                instance.report_run_failed(
                    run,
                    "The process of this run ended without a word (killed, or the machine went"
                    " down). The published tables are as they were; the next run completes.",
                )
                dead.append(run.run_id)
    return dead


@contextmanager
def _free(lock: Path) -> Iterator[str | None]:
    """Hold the lock and give its text; give None where a run works."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        file.seek(0)
        yield file.read()
