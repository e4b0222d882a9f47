"""Forgets people. No Dagster; whoever calls holds the run lock and rebuilds the tables.

What other packages may use stands in `__all__`; everything else is this package's own.
"""

from orchestration.privacy.forgetting import (
    Plan,
    PrivacyError,
    carry_out,
    discard,
    finish,
    plan,
    prove,
    record,
)
from orchestration.privacy.mentions import Mentions
from orchestration.privacy.person import KINDS, Identifier, Person
from orchestration.privacy.requests import read_requests
from orchestration.privacy.search import Search, sqlite_rows, sqlite_tables

__all__ = [
    "KINDS",
    "Identifier",
    "Mentions",
    "Person",
    "Plan",
    "PrivacyError",
    "Search",
    "carry_out",
    "discard",
    "finish",
    "plan",
    "prove",
    "read_requests",
    "record",
    "sqlite_rows",
    "sqlite_tables",
]
