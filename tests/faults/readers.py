"""Somebody who asks the published file again and again while versions come and go."""

import random
from typing import Any

import duckdb

from tests.builders import Press

PAUSE_SECONDS = 2
MOST_QUERIES = 300  # an end also where the test was killed
SEEN_TOGETHER = """
    select (select version from quality.publication),
           (select count(*) from journey.steps), (select max(n) from journey.steps),
           (select max(word) from journey.steps)
"""


def read(press: Press, over: Any, told: Any) -> None:
    """One reader: ask again and again, until it is over; tell what was seen."""
    queries, failures, seen = 0, list[str](), set[int]()
    while queries < MOST_QUERIES and not over.wait(random.uniform(0, PAUSE_SECONDS)):
        queries += 1
        try:
            [(_, count, greatest, word)] = press.query(SEEN_TOGETHER)
        except duckdb.Error as error:
            failures.append(str(error))
            continue
        number = count - 1000
        if (greatest, word) != (count - 1, f"v{number}" if number else "a"):
            failures.append(f"mixed: {count} {greatest} {word}")
        seen.add(number)
    told.put((queries, failures, seen))
