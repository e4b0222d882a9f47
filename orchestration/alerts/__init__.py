"""Tells people by webhook and mail what a run failed of and which source is stale. No Dagster."""

from orchestration.alerts.alert import Alert, masked, pull_stopped, run_failed, stale
from orchestration.alerts.channels import is_configured, send
from orchestration.alerts.memory import send_once_a_day

__all__ = [
    "Alert",
    "is_configured",
    "masked",
    "pull_stopped",
    "run_failed",
    "send",
    "send_once_a_day",
    "stale",
]
