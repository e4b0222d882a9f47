"""Everything a run imports. A process that has imported this starts its forks at once."""

import dbt.cli.main
import great_expectations
import pytest

from orchestration import cli
from orchestration.definitions import defs
from tests.faults import readers

__all__ = ["cli", "dbt", "definitions", "great_expectations", "pytest", "readers"]

definitions = defs()
