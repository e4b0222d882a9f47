"""Pulls records from APIs and databases into the landing folder. No Dagster, no contracts.

Importing this package does not import dlt: what pulls nothing does not need it.
"""

from orchestration.pulls.declaration import Pull, read_pulls
from orchestration.pulls.errors import PullError
from orchestration.pulls.pulling import Places, Pulled, missing_variables, run_pull

__all__ = [
    "Places",
    "Pull",
    "PullError",
    "Pulled",
    "missing_variables",
    "read_pulls",
    "run_pull",
]
