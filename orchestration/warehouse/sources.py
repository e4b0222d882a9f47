"""Shows the lake to dbt: one view per entity over the batches that passed their gate.

dbt never sees a path: its sources are relations `raw_<source>.<entity>`, here views over
Parquet; on another engine, tables over the same files.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.ingestion import Contract, Entity, Lake, Ledger
from orchestration.sql_text import identifier, literal

_DELIVERIES = pa.schema(
    [(name, pa.string()) for name in ("source", "entity", "file", "batch_id", "status", "gate",
                                      "message", "loaded_at")]
    + [("is_first_delivery", pa.bool_())]
    + [(name, pa.int64()) for name in ("rows_read", "rows_loaded", "rows_rejected",
                                       "rows_duplicate")]
    + [("first_event_at", pa.string()), ("last_event_at", pa.string())]
)  # fmt: skip


def register_sources(
    warehouse: Path, lake: Path, ledger: Ledger, contracts: dict[str, Contract]
) -> None:
    """Create or replace the source views of all contracts, and the table of deliveries.

    Args:
        warehouse: DuckDB file of the run; created where it is missing.
        lake: root of the lake.
        ledger: says which batches count.
        contracts: by source name.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(warehouse)) as connection:
        for contract in contracts.values():
            schema = identifier(f"raw_{contract.source}")
            connection.execute(f"create schema if not exists {schema}")
            for name, entity in contract.entities.items():
                files = _accepted_files(Lake(lake, contract.source, name), entity, ledger)
                paths = ", ".join(literal(str(path)) for path in files)
                connection.execute(
                    f"create or replace view {schema}.{identifier(name)} as"
                    f" select * from read_parquet([{paths}], union_by_name = true)"
                )
        deliveries = pa.Table.from_pylist(
            [
                {**row, "is_first_delivery": bool(row["is_first_delivery"])}
                for row in ledger.deliveries()
            ],
            schema=_DELIVERIES,
        )
        connection.execute("create schema if not exists raw_ledger")
        connection.register("deliveries_now", deliveries)
        connection.execute(
            "create or replace table raw_ledger.deliveries as select * from deliveries_now"
        )


def _accepted_files(lake: Lake, entity: Entity, ledger: Ledger) -> list[Path]:
    """The empty file comes first: it gives the columns and types."""
    counting = ledger.counting_batches(lake.source, lake.entity)
    return [lake.empty(entity), *(lake.batch(batch_id) for batch_id in counting)]
