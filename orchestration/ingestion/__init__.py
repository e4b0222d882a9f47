"""Contract → typed Parquet, rejected rows and a ledger. No Dagster, no business rules.

What other packages may use stands in `__all__`; everything else is this package's own.
"""

from orchestration.ingestion.batch import count_left_out, lake_columns, reasons_to_reject
from orchestration.ingestion.columns import LAKE_TYPES
from orchestration.ingestion.contract import (
    PERSONAL_TYPES,
    Contract,
    ContractError,
    Entity,
    Freshness,
    read_contracts,
)
from orchestration.ingestion.door import (
    Door,
    Intake,
    Lake,
    landed_files,
    unknown_landing_folders,
    why_not_read,
)
from orchestration.ingestion.drafting import Draft
from orchestration.ingestion.drafting import draft as draft_contract
from orchestration.ingestion.errors import UNREAD_WAY_OUT, UnreadableFileError
from orchestration.ingestion.freshness import DeliveryAge, delivery_age, delivery_ages
from orchestration.ingestion.lake_file import DamagedLakeError, sha256_of
from orchestration.ingestion.landed_records import Wanted
from orchestration.ingestion.ledger import (
    Batch,
    Forgotten,
    Ledger,
    LedgerDamagedError,
    LedgerMissingError,
)
from orchestration.ingestion.masking import addresses_in, masked_id
from orchestration.ingestion.preview import Preview, place_of, preview
from orchestration.ingestion.pseudonym import (
    KeyChangedError,
    extend_key,
    install,
    key_check,
    load_key,
    newer_keys,
    pseudonymised,
    verify_key,
    write_check,
)
from orchestration.ingestion.removal import Removal, find_records, remove_records
from orchestration.ingestion.rotation import rotate_batches
from orchestration.ingestion.unpacking import contents_of
from orchestration.ingestion.workbench import Workbench

__all__ = [
    "LAKE_TYPES",
    "PERSONAL_TYPES",
    "UNREAD_WAY_OUT",
    "Batch",
    "Contract",
    "ContractError",
    "DamagedLakeError",
    "DeliveryAge",
    "Door",
    "Draft",
    "Entity",
    "Forgotten",
    "Freshness",
    "Intake",
    "KeyChangedError",
    "Lake",
    "Ledger",
    "LedgerDamagedError",
    "LedgerMissingError",
    "Preview",
    "Removal",
    "UnreadableFileError",
    "Wanted",
    "Workbench",
    "addresses_in",
    "contents_of",
    "count_left_out",
    "delivery_age",
    "delivery_ages",
    "draft_contract",
    "extend_key",
    "find_records",
    "install",
    "key_check",
    "lake_columns",
    "landed_files",
    "load_key",
    "masked_id",
    "newer_keys",
    "place_of",
    "preview",
    "pseudonymised",
    "read_contracts",
    "reasons_to_reject",
    "remove_records",
    "rotate_batches",
    "sha256_of",
    "unknown_landing_folders",
    "verify_key",
    "why_not_read",
    "write_check",
]
