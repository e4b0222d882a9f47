"""Steps try again what may pass by itself, and nothing else.

A bad file, a broken rule or a wrong contract would only fail again: those stop at once. A whole
run is tried again by the instance (`dagster.yaml`) when it died or found another one working.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.machine_faults import is_transient

MAX_RETRIES = 3
SECONDS_TO_WAIT = 60


@contextmanager
def retry_what_may_pass() -> Iterator[None]:
    """Have the step done again in a minute when what stopped it may be gone by then."""
    try:
        yield
    except Exception as error:
        if is_transient(error):
            raise dg.RetryRequested(MAX_RETRIES, SECONDS_TO_WAIT) from error
        raise
