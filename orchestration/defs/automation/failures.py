"""What a run failed of, read from its events: for alerts, and for whoever has no screen."""

from typing import Any

import dagster as dg

from orchestration.alerts import Alert, run_failed


def failure_alert(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Alert:
    """Return the alert of a failed run: its blocking checks and failed steps, or why it ended."""
    kinds = {
        dg.DagsterEventType.ASSET_CHECK_EVALUATION,
        dg.DagsterEventType.STEP_FAILURE,
        dg.DagsterEventType.RUN_FAILURE,
    }
    events = [entry.get_dagster_event() for entry in instance.all_logs(run.run_id, of_type=kinds)]
    of_parts = [finding for event in events if (finding := _finding(event))]
    of_run = [f"run: {_why(event)}" for event in events if event.is_run_failure]
    return run_failed(run.job_name, run.run_id, of_parts or of_run)


def _finding(event: dg.DagsterEvent) -> str | None:
    """What a broken gate or a failed step says; the step that ran the gate adds nothing."""
    if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        check = event.asset_check_evaluation_data
        if check.passed or not check.blocking or check.severity != dg.AssetCheckSeverity.ERROR:
            return None
        table = check.asset_key.to_user_string()
        return f"{table}: check {check.check_name}: {check.metadata['observed'].value}"
    if event.is_step_failure:
        failure = event.step_failure_data
        text = (failure.user_failure_data and failure.user_failure_data.description) or cause(
            failure.error
        )
        return None if "DagsterAssetCheckFailedError" in text else f"{event.step_key}: {text}"
    return None


def _why(event: dg.DagsterEvent) -> str:
    """A run that died, or that could not be launched, has no data of its failure but a message."""
    data: Any = event.event_specific_data
    error = data.error if data else None
    return cause(error) if error else event.message or "no reason given"


def cause(error: Any) -> str:
    """Of a chain of errors the first is the one to mend."""
    while error.cause is not None:
        error = error.cause
    if "DagsterExecutionInterruptedError" in error.message:
        return "was interrupted (Ctrl-C, or a signal to end). Run again; nothing is lost"
    return error.message.strip().removeprefix("dagster._core.definitions.events.Failure: ")
