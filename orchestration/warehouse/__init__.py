"""The private warehouse of a run and the published copy. No Dagster."""

from orchestration.warehouse.build import DamagedLakeError, Inputs, build_tables, register_records
from orchestration.warehouse.check_results import write_check_results
from orchestration.warehouse.dbt_runner import (
    DbtError,
    NodeResult,
    ensure_manifest,
    read_manifest,
    run_dbt,
)
from orchestration.warehouse.publication import PublicationError, PublishedTable, publish
from orchestration.warehouse.samples import sample_rows

__all__ = [
    "DamagedLakeError",
    "DbtError",
    "Inputs",
    "NodeResult",
    "PublicationError",
    "PublishedTable",
    "build_tables",
    "ensure_manifest",
    "publish",
    "read_manifest",
    "register_records",
    "run_dbt",
    "sample_rows",
    "write_check_results",
]
