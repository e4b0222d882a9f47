"""The newest refreshes as Dagster's run history has them, for `funnel status`."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from orchestration.defs.automation.failures import failure_alert
from orchestration.health import LastRefresh

_JOBS = ("nightly_refresh", "rebuild")
_ENDED = [
    dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED,
]  # fmt: skip


def last_refresh(home: Path) -> LastRefresh | None:
    """Return the newest refresh that has ended; None where there was none.

    Args:
        home: Dagster's folder; it must hold its `dagster.yaml`.
    """
    with dg.DagsterInstance.from_config(str(home)) as instance:
        ended = _newest(instance, _ENDED)
        if ended is None:
            return None
        succeeded = _newest(instance, [dg.DagsterRunStatus.SUCCESS])
        run = ended.dagster_run
        failed = run.status == dg.DagsterRunStatus.FAILURE
        return LastRefresh(
            run_id=run.run_id,
            result=run.status.value.lower(),
            finished_at=_ended_at(ended),
            succeeded_at=_ended_at(succeeded) if succeeded else None,
            findings=failure_alert(instance, run).findings if failed else (),
        )


def _newest(
    instance: dg.DagsterInstance, statuses: list[dg.DagsterRunStatus]
) -> dg.RunRecord | None:
    records = [
        record
        for job in _JOBS
        for record in instance.get_run_records(
            dg.RunsFilter(job_name=job, statuses=statuses), limit=1
        )
    ]
    return max(records, key=_ended_at, default=None)


def _ended_at(record: dg.RunRecord) -> datetime:
    if record.end_time:
        return datetime.fromtimestamp(record.end_time, UTC)
    return record.update_timestamp.astimezone(UTC)
