"""Everything a run imports. A process that has imported this starts its forks at once."""

import dbt.cli.main
import great_expectations

from orchestration import cli
from orchestration.definitions import defs

__all__ = ["cli", "dbt", "definitions", "great_expectations"]

definitions = defs()
