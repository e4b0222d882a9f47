"""Great Expectations suites: what arrives (raw batches) and whether marts are plausible.

Keys, relations and accepted values are dbt's; types and required columns are the contract's.
"""

from orchestration.expectations.gates import WaitingBatch, check_mart, check_raw, mart_rules
from orchestration.expectations.rules import MART_SUITES, RAW_SUITES, Rule, SuiteError, read_suite
from orchestration.expectations.validation import Verdict, breaking

__all__ = [
    "MART_SUITES",
    "RAW_SUITES",
    "Rule",
    "SuiteError",
    "Verdict",
    "WaitingBatch",
    "breaking",
    "check_mart",
    "check_raw",
    "mart_rules",
    "read_suite",
]
