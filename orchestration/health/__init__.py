"""How the pipeline is doing, for whoever looks after it. Reads only; no Dagster."""

from orchestration.health.doctor import Finding, examine
from orchestration.health.status import LastRefresh, Status, read_status

__all__ = ["Finding", "LastRefresh", "Status", "examine", "read_status"]
