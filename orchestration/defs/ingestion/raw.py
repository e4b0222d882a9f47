"""Raw assets: one per source and entity, made from the contracts; one step per source.

A source that fails holds up what depends on it; the other sources go on.
"""

import time
from collections.abc import Iterator

import dagster as dg

from orchestration.defs.ingestion.pulls import pulls_of
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import load_dbt_assets
from orchestration.ingestion import (
    LAKE_TYPES,
    Contract,
    DeliveryAge,
    Entity,
    Intake,
    Lake,
    Ledger,
    delivery_age,
    read_contracts,
)
from orchestration.settings import load_settings

_OWNER = "team:data"
_dbt = load_dbt_assets()


def _spec(contract: Contract, name: str, entity: Entity) -> dg.AssetSpec:
    columns = [
        dg.TableColumn(column, LAKE_TYPES[c.type], description=c.description)
        for column, c in entity.columns.items()
    ]
    return dg.AssetSpec(
        [contract.source, name],
        deps=pulls_of(contract.source, name),
        group_name="ingestion",
        description=f"{entity.description}\n\nFiles: `data/landing/{contract.source}/{name}/`,"
        f" {', '.join(entity.files)}. Source: {contract.title}.",
        kinds={"python", "duckdb", "parquet"},
        owners=[_OWNER],
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)},
    )


def _raw_assets(contract: Contract) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"{contract.source}_files",
        specs=[_spec(contract, name, entity) for name, entity in contract.entities.items()],
        check_specs=[
            spec
            for name, entity in contract.entities.items()
            for spec in _check_specs([contract.source, name], entity)
        ],
        can_subset=True,
    )
    def take_in(
        context: dg.AssetExecutionContext, pipeline: Pipeline
    ) -> Iterator[dg.MaterializeResult]:
        current = pipeline.contracts[contract.source]
        for key in sorted(context.selected_asset_keys):
            began = time.monotonic()
            entity = key.path[-1]
            with retry_what_may_pass():
                intake = pipeline.door.take_in(current, entity, context.log.info)
            lake = Lake(pipeline.settings.lake_dir, contract.source, entity)
            findings = _findings(intake)
            if intake.rows_loaded and not _dbt.is_read(contract.source, entity):
                findings.append(_unread(contract.source, entity))
            checks = [_deliveries(key, findings)]
            if rhythm := contract.entities[entity].freshness:
                age = delivery_age(pipeline.ledger, contract.source, entity, rhythm)
                checks.append(_freshness(key, age))
            yield dg.MaterializeResult(
                asset_key=key,
                metadata=_metadata(intake, pipeline.ledger, lake, time.monotonic() - began),
                check_results=checks,
            )

    return take_in


def _check_specs(key: list[str], entity: Entity) -> Iterator[dg.AssetCheckSpec]:
    yield dg.AssetCheckSpec(
        "deliveries",
        asset=key,
        description="Warns of files that could not be read, that no contract names, or"
        " that have columns the contract does not know, and of rows that no table reads.",
    )
    if entity.freshness:
        yield dg.AssetCheckSpec(
            "freshness",
            asset=key,
            description="Whether a file has arrived in the rhythm that the contract expects."
            " A late or stale source stops nothing.",
        )


def _metadata(
    intake: Intake, ledger: Ledger, lake: Lake, seconds: float
) -> dict[str, dg.MetadataValue | str | int | float]:
    batches = ledger.batches(lake.source, lake.entity).values()
    return {
        "dagster/row_count": sum(batch.rows_loaded for batch in batches),
        "files": intake.files,
        "files read now": intake.read_now,
        "rows read": intake.rows_read,
        "rows loaded": intake.rows_loaded,
        "rows rejected": intake.rows_rejected,
        "rows duplicate": intake.rows_duplicate,
        "lake folder": dg.MetadataValue.path(str(lake.batches)),
        "seconds": round(seconds, 3),
    }


def _findings(intake: Intake) -> list[str]:
    """Files and columns that do not get into the lake."""
    findings = [f"{file} was not read: {message}" for file, message in intake.unreadable]
    findings += [f"{file} was not read: {why}" for file, why in intake.unrecognised]
    return [*findings, *intake.warnings]


def _unread(source: str, entity: str) -> str:
    return (
        f"no table reads these rows: add stg_{source}__{entity} to the model in"
        " dbt_project/models/intermediate/ that unites its list (CONTRIBUTING.md, Add a source)"
    )


def _deliveries(key: dg.AssetKey, findings: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="deliveries",
        passed=not findings,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "expected": "every file is read, the contract names every column, tables read the rows",
            "observed": "\n".join(findings) or "holds",
            "findings": dg.MetadataValue.md("\n".join(f"- {f}" for f in findings) or "none"),
        },
    )


def _freshness(key: dg.AssetKey, age: DeliveryAge) -> dg.AssetCheckResult:
    stale = age.level == "stale"
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="freshness",
        passed=age.level == "fresh",
        severity=dg.AssetCheckSeverity.ERROR if stale else dg.AssetCheckSeverity.WARN,
        metadata={
            "expected": age.expected,
            "observed": "holds" if age.level == "fresh" else age.observed,
            "hours since the newest delivery": round(age.hours, 1),
        },
    )


raw_assets = [_raw_assets(c) for c in read_contracts(load_settings().contracts_dir).values()]
