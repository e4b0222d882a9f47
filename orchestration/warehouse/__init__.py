"""The private warehouse of a run and the published copy. No Dagster."""

from orchestration.warehouse.build import DamagedLakeError, Inputs, build_tables, register_records
from orchestration.warehouse.check_results import write_check_results
from orchestration.warehouse.comparison import Comparison, RowChange, TableDifference
from orchestration.warehouse.dbt_runner import (
    DbtError,
    NodeResult,
    ensure_manifest,
    read_manifest,
    run_dbt,
)
from orchestration.warehouse.publication import (
    ImplausibleVolumeError,
    PublicationError,
    PublishedTable,
    publish,
)
from orchestration.warehouse.run_lock import RunLockedError, only_run
from orchestration.warehouse.samples import sample_rows
from orchestration.warehouse.versions import VersionError, Versions
from orchestration.warehouse.volume import VOLUME_RULES, VOLUME_WAY_OUT, VolumeFinding

__all__ = [
    "VOLUME_RULES",
    "VOLUME_WAY_OUT",
    "Comparison",
    "DamagedLakeError",
    "DbtError",
    "ImplausibleVolumeError",
    "Inputs",
    "NodeResult",
    "PublicationError",
    "PublishedTable",
    "RowChange",
    "RunLockedError",
    "TableDifference",
    "VersionError",
    "Versions",
    "VolumeFinding",
    "build_tables",
    "ensure_manifest",
    "only_run",
    "publish",
    "read_manifest",
    "register_records",
    "run_dbt",
    "sample_rows",
    "write_check_results",
]
