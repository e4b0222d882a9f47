"""Publication: the marts that passed their gate become what people query."""

import dagster as dg

from orchestration.defs.quality.check_results import TABLE as CHECK_RESULTS
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import load_dbt_assets
from orchestration.warehouse import publish

_assets = load_dbt_assets()


@dg.asset(
    key=["published", "engagement"],
    deps=[*(_assets.keys[i] for i in _assets.marts), ["quality", "check_results"]],
    group_name="publication",
    kinds={"duckdb"},
    owners=["team:data"],
    description="One row per published table: the DuckDB file that people query, replaced at once.",
)
@retry_what_may_pass()
def published(context: dg.AssetExecutionContext, pipeline: Pipeline) -> dg.MaterializeResult:
    """Copy the marts to a new version, verify it and swap it in."""
    settings = pipeline.settings
    tables = [*_assets.published_tables(), CHECK_RESULTS]
    counts = publish(
        settings.warehouse_file, settings.published_file, tables, settings.keep_versions
    )
    records = [dg.TableRecord({"table": name, "rows": rows}) for name, rows in counts.items()]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(counts),
            "file": dg.MetadataValue.path(str(settings.published_file)),
            "tables": dg.MetadataValue.table(records),
        }
    )
