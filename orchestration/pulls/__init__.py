"""Pulls records from APIs and databases into the landing folder. No Dagster.

Importing this package does not import dlt: what pulls nothing does not need it.
"""

from orchestration.pulls.declaration import Pull, read_pulls
from orchestration.pulls.errors import PullError
from orchestration.pulls.pulling import Places, Pulled, missing_variables, run_pull
from orchestration.pulls.targets import check_targets

__all__ = [
    "Places",
    "Pull",
    "PullError",
    "Pulled",
    "check_targets",
    "missing_variables",
    "read_pulls",
    "run_pull",
]
