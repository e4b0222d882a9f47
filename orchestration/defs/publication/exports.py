"""Exports: CSV files and a workbook beside the published version that they hold."""

import dagster as dg

from orchestration.defs.publication.published import current_version
from orchestration.defs.quality.check_results import PUBLISHED
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass


@dg.asset(
    key=["published", "exports"],
    deps=[PUBLISHED],
    group_name="publication",
    kinds={"csv", "excel"},
    owners=["team:data"],
    description="One row per published table: a CSV file of each, and a workbook of those below"
    " 20,000 rows, and the data dictionary, in `data/published/exports/`.",
)
def exports(pipeline: Pipeline) -> dg.MaterializeResult:
    """Write the files of the current version, where it has none yet, and let people open them."""
    from orchestration.exports import write_exports

    versions, current = current_version(pipeline)
    with retry_what_may_pass():
        written = write_exports(versions.file(current), versions.exports(current))
        versions.point_to(current)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": written.tables,
            "folder": dg.MetadataValue.path(str(pipeline.settings.published_dir / "exports")),
            "dictionary": dg.MetadataValue.path(
                str(pipeline.settings.published_dir / "exports" / "dictionary.html")
            ),
            "rows": written.rows,
            "megabytes": round(written.byte_count / 1e6, 2),
            "CSV only": ", ".join(written.left_out) or "none",
        }
    )
