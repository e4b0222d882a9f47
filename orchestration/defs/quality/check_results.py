"""What the checks said, as a table that is published with the tables they judged."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import load_dbt_assets
from orchestration.warehouse import PublishedTable, write_check_results

PUBLISHED = dg.AssetKey(["published", "engagement"])

_assets = load_dbt_assets()

TABLE = PublishedTable(
    "quality",
    "check_results",
    "One row per check: its newest result before this version was published.",
    {
        "asset": "Table that was judged, as <schema or source>/<name>.",
        "check": "Name of the check.",
        "severity": "What a failure does: a gate's error stops publication, all else is reported.",
        "passed": "Whether all its rules hold.",
        "observed": "What was found; `holds` where nothing is wrong.",
        "expected": "The rules in words, with their limits on the day they were judged.",
        "checked_at": "When it ran (UTC).",
    },
    grain=("asset", "check"),
    run_dependent=("expected", "checked_at"),
    has_gate=False,
)


@dg.asset(
    key=["quality", "check_results"],
    deps=[_assets.keys[mart] for mart in _assets.marts],
    group_name="quality",
    kinds={"python", "duckdb"},
    owners=["team:data"],
    description=TABLE.description,
    metadata={
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(name, description=text) for name, text in TABLE.columns.items()]
        )
    },
)
@retry_what_may_pass()
def check_results(context: dg.AssetExecutionContext, pipeline: Pipeline) -> dg.MaterializeResult:
    """Write the newest result of every check of the code location."""
    rows = list(_newest_results(context))
    write_check_results(pipeline.settings.warehouse_file, rows)
    return dg.MaterializeResult(metadata={"dagster/row_count": len(rows)})


def _newest_results(context: dg.AssetExecutionContext) -> Iterator[dict[str, object]]:
    """A run that was refused or killed planned checks that it never did: those are passed over.

    So is the check of the publication itself, which comes after.
    """
    checks = context.job_def.asset_layer.asset_graph.asset_check_keys
    for key in sorted(key for key in checks if key.asset_key != PUBLISHED):
        done = {
            AssetCheckExecutionRecordStatus.SUCCEEDED,
            AssetCheckExecutionRecordStatus.FAILED,
        }
        history = context.instance.event_log_storage.get_asset_check_execution_history(
            key, limit=1, status=done
        )
        for record in history:
            if record.event and record.event.dagster_event:
                yield _row(key, record.event.dagster_event, record.event.timestamp)


def _row(key: dg.AssetCheckKey, event: dg.DagsterEvent, moment: float) -> dict[str, object]:
    result = event.asset_check_evaluation_data
    said = {name: value.value for name, value in result.metadata.items()}
    return {
        "asset": key.asset_key.to_user_string(),
        "check": key.name,
        "severity": result.severity.value.lower(),
        "passed": result.passed,
        "observed": said.get("observed"),
        "expected": said.get("expected"),
        "checked_at": moment,
    }
