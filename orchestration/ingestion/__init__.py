"""Contract → typed Parquet, rejected rows and a ledger. No Dagster, no business rules.

What other packages may use stands in `__all__`; everything else is this package's own.
"""

from orchestration.ingestion.columns import LAKE_TYPES
from orchestration.ingestion.contract import Contract, ContractError, Entity, read_contracts
from orchestration.ingestion.door import Door, Intake, Lake, landed_files, unknown_landing_folders
from orchestration.ingestion.ledger import Batch, Ledger, LedgerDamagedError, LedgerMissingError
from orchestration.ingestion.pseudonym import KeyChangedError, load_key, verify_key

__all__ = [
    "LAKE_TYPES",
    "Batch",
    "Contract",
    "ContractError",
    "Door",
    "Entity",
    "Intake",
    "KeyChangedError",
    "Lake",
    "Ledger",
    "LedgerDamagedError",
    "LedgerMissingError",
    "landed_files",
    "load_key",
    "read_contracts",
    "unknown_landing_folders",
    "verify_key",
]
