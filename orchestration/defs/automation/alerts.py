"""Alerts under the daemon: of runs that failed, and of sources that have fallen silent.

Both sensors are always on and do nothing until a channel is configured, so that setting the
variables is all there is to do.
"""

import dagster as dg

from orchestration.alerts import is_configured, send, send_once_a_day
from orchestration.defs.automation.failures import failure_alert
from orchestration.ingestion import Ledger, delivery_ages, read_contracts
from orchestration.settings import Settings, load_settings

_OFF = dg.SkipReason(
    "no channel: set FUNNEL_ALERT_WEBHOOK_URL, or FUNNEL_ALERT_SMTP_URL and FUNNEL_ALERT_EMAIL_TO"
)


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells by webhook and mail that a run has failed, when it is not tried again.",
)
def failed_runs(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Send what the run failed of."""
    settings = load_settings()
    if not is_configured(settings):
        return _OFF
    run = context.instance.get_run_by_id(context.dagster_run.run_id) or context.dagster_run
    if run.tags.get("dagster/will_retry") == "true":
        return dg.SkipReason(f"run {run.run_id} is tried again")
    return _reported(context, send(failure_alert(context.instance, run), settings))


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells by webhook and mail, once a day, which sources have not delivered for longer"
    " than fail_after_hours of their contract.",
)
def stale_sources(context: dg.SensorEvaluationContext) -> dg.SkipReason | None:
    """Send which entities are stale."""
    settings = load_settings()
    if not is_configured(settings):
        return _OFF
    return _reported(context, send_once_a_day(stale_entities(settings), settings))


def stale_entities(settings: Settings) -> dict[str, str]:
    """Return what was found of each entity that is beyond its `fail_after_hours`, by its name."""
    ages = delivery_ages(Ledger(settings.ledger_file), read_contracts(settings.contracts_dir))
    return {f"{age.source}/{age.entity}": age.observed for age in ages if age.level == "stale"}


def _reported(
    context: dg.RunFailureSensorContext | dg.SensorEvaluationContext, problems: list[str]
) -> dg.SkipReason | None:
    for problem in problems:
        context.log.error(problem)
    return dg.SkipReason("; ".join(problems)) if problems else None
