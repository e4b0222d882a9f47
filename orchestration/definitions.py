"""What Dagster loads: everything found below `defs/`, run in one process.

Each step in a process of its own costs three to four times as long: it imports everything anew.
"""

import gc
from pathlib import Path

import dagster as dg

from orchestration.defs.event_log import keep_event_log_open
from orchestration.defs.resources import Pipeline

# Dagster and dbt make millions of objects that stay: to look through all of them for garbage again
# and again takes a tenth of a refresh.
gc.set_threshold(50_000, 20, 20)
keep_event_log_open()


@dg.definitions
def defs() -> dg.Definitions:
    """Adding a file below `defs/` adds what it defines."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(resources={"pipeline": Pipeline()}, executor=dg.in_process_executor),
    )
