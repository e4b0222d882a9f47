"""The private warehouse of a run and the published copy. No Dagster."""

from orchestration.warehouse.build import (
    Inputs,
    WarehouseInUseError,
    build_tables,
    register_records,
    remove_warehouse,
)
from orchestration.warehouse.check_results import write_check_results
from orchestration.warehouse.comparison import Comparison, RowChange, TableDifference
from orchestration.warehouse.dbt_runner import (
    DbtError,
    NodeResult,
    load_manifest,
    run_dbt,
)
from orchestration.warehouse.publication import (
    ImplausibleVolumeError,
    PublicationError,
    PublishedTable,
    UnfinishedBuildError,
    publish,
)
from orchestration.warehouse.run_lock import RunLockedError, only_run, run_lock_holder
from orchestration.warehouse.samples import count_rows, sample_rows
from orchestration.warehouse.verdicts import (
    CLEAN,
    WARNED,
    note_passed,
    passed_marts,
    read_tests,
)
from orchestration.warehouse.versions import VersionError, Versions
from orchestration.warehouse.volume import VOLUME_RULES, VOLUME_WAY_OUT, VolumeFinding

__all__ = [
    "CLEAN",
    "VOLUME_RULES",
    "VOLUME_WAY_OUT",
    "WARNED",
    "Comparison",
    "DbtError",
    "ImplausibleVolumeError",
    "Inputs",
    "NodeResult",
    "PublicationError",
    "PublishedTable",
    "RowChange",
    "RunLockedError",
    "TableDifference",
    "UnfinishedBuildError",
    "VersionError",
    "Versions",
    "VolumeFinding",
    "WarehouseInUseError",
    "build_tables",
    "count_rows",
    "load_manifest",
    "note_passed",
    "only_run",
    "passed_marts",
    "publish",
    "read_tests",
    "register_records",
    "remove_warehouse",
    "run_dbt",
    "run_lock_holder",
    "sample_rows",
    "write_check_results",
]
