"""The private warehouse of a run and the published copy. No Dagster."""

from orchestration.warehouse.build import (
    DamagedLakeError,
    Inputs,
    WarehouseInUseError,
    build_tables,
    register_records,
)
from orchestration.warehouse.check_results import write_check_results
from orchestration.warehouse.dbt_runner import (
    DbtError,
    NodeResult,
    ensure_manifest,
    read_manifest,
    run_dbt,
)
from orchestration.warehouse.publication import PublicationError, PublishedTable, publish
from orchestration.warehouse.samples import count_rows, sample_rows
from orchestration.warehouse.verdicts import note_passed, passed_marts, read_tests

__all__ = [
    "DamagedLakeError",
    "DbtError",
    "Inputs",
    "NodeResult",
    "PublicationError",
    "PublishedTable",
    "WarehouseInUseError",
    "build_tables",
    "count_rows",
    "ensure_manifest",
    "note_passed",
    "passed_marts",
    "publish",
    "read_manifest",
    "read_tests",
    "register_records",
    "run_dbt",
    "sample_rows",
    "write_check_results",
]
