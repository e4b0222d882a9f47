"""The gate at the door: the batches that have just arrived, judged before dbt reads them."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.quality.verdicts import check_result
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.expectations import WaitingBatch, check_raw
from orchestration.ingestion import (
    Contract,
    Lake,
    Ledger,
    count_left_out,
    read_contracts,
    reasons_to_reject,
)
from orchestration.settings import load_settings

CHECK = "batch_expectations"


def _waiting(lake: Lake, ledger: Ledger) -> list[WaitingBatch]:
    """Batches that have not passed; one that failed is judged again until it is withdrawn."""
    files = {
        landed.batch_id: landed.file for landed in ledger.files(lake.source, lake.entity).values()
    }
    return [
        WaitingBatch(
            batch.batch_id, files[batch.batch_id], lake.batch(batch.batch_id),
            batch.rows_read,
            batch.rows_rejected - count_left_out(lake.reject(batch.batch_id)),
            reasons_to_reject(lake.reject(batch.batch_id)),
        )
        for batch in ledger.batches(lake.source, lake.entity).values()
        if batch.gate != "passed"
    ]  # fmt: skip


def _raw_gate(contract: Contract) -> dg.AssetChecksDefinition:
    @dg.multi_asset_check(
        name=f"{contract.source}_gate",
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=[contract.source, name],
                blocking=True,
                description="Great Expectations suite on the batches that arrived;"
                " rules in orchestration/expectations/raw.yaml.",
            )
            for name in contract.entities
        ],
        can_subset=True,
    )
    def judge(
        context: dg.AssetCheckExecutionContext, pipeline: Pipeline
    ) -> Iterator[dg.AssetCheckResult]:
        for check in sorted(context.selected_asset_check_keys):
            source, name = check.asset_key.path
            entity = pipeline.contracts[source].entities[name]
            lake = Lake(pipeline.settings.lake_dir, source, name)
            waiting = _waiting(lake, pipeline.ledger)
            with retry_what_may_pass():
                verdicts, gates = check_raw(f"{source}/{name}", waiting, entity.max_rejected_pct)
                pipeline.ledger.set_gate(source, name, gates)
            yield check_result(check.asset_key, CHECK, verdicts)

    return judge


raw_gates = [_raw_gate(c) for c in read_contracts(load_settings().contracts_dir).values()]
