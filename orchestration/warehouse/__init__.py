"""The private warehouse of a run and the published copy. No Dagster."""

from orchestration.warehouse.check_results import write_check_results
from orchestration.warehouse.clearing import remove_older_versions, remove_warehouse
from orchestration.warehouse.dbt_runner import (
    DbtError,
    NodeResult,
    ensure_manifest,
    read_manifest,
    run_dbt,
)
from orchestration.warehouse.publication import PublicationError, PublishedTable, publish
from orchestration.warehouse.samples import sample_rows
from orchestration.warehouse.sources import register_sources

__all__ = [
    "DbtError",
    "NodeResult",
    "PublicationError",
    "PublishedTable",
    "ensure_manifest",
    "publish",
    "read_manifest",
    "register_sources",
    "remove_older_versions",
    "remove_warehouse",
    "run_dbt",
    "sample_rows",
    "write_check_results",
]
