"""Somebody who asks the published file again and again while versions come and go."""

import random
from typing import Any

import duckdb

from tests.builders import Press

PAUSE_SECONDS = 1
MOST_QUERIES = 300  # an end also where the test was killed
SEEN_TOGETHER = """
    select (select version from quality.publication),
           (select count(*) from journey.steps), (select max(n) from journey.steps),
           (select max(word) from journey.steps)
"""


def read(press: Press, over: Any, told: Any) -> None:
    """One reader: tell of each query the number of the version, or what was wrong; None at last."""
    for _ in range(MOST_QUERIES):
        if over.wait(random.uniform(0, PAUSE_SECONDS)):
            break
        told.put(_ask(press))
    told.put(None)


def _ask(press: Press) -> int | str:
    try:
        [(_, count, greatest, word)] = press.query(SEEN_TOGETHER)
    except duckdb.Error as error:
        return str(error)
    number = count - 1000
    if (greatest, word) != (count - 1, f"v{number}" if number else "a"):
        return f"mixed: {count} {greatest} {word}"
    return number
