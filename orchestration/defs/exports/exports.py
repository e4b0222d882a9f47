"""Exports: CSV files and a workbook beside the published version that they hold."""

import dagster as dg

from orchestration.defs.quality.check_results import PUBLISHED
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.warehouse import Versions


@dg.asset(
    key=["published", "exports"],
    deps=[PUBLISHED],
    group_name="publication",
    kinds={"csv", "excel"},
    owners=["team:data"],
    description="One row per published table: a CSV file of each, and a workbook of those below"
    " 100,000 rows, and the data dictionary, in `data/published/exports/`.",
)
def exports(pipeline: Pipeline) -> dg.MaterializeResult:
    """Write the files of the current version, where it has none yet, and let people open them."""
    from orchestration.exports import write_exports

    settings = pipeline.settings
    versions = Versions(settings.published_file)
    current = versions.current
    if current is None:
        raise dg.Failure("nothing is published yet; run the whole refresh", allow_retries=False)
    with retry_what_may_pass():
        written = write_exports(versions.file(current), versions.exports(current))
        versions.point_to(current)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": written.tables,
            "folder": dg.MetadataValue.path(str(settings.published_dir / "exports")),
            "dictionary": dg.MetadataValue.path(
                str(settings.published_dir / "exports" / "dictionary.html")
            ),
            "rows": written.rows,
            "megabytes": round(written.byte_count / 1e6, 2),
            "CSV only": ", ".join(written.left_out) or "none",
        }
    )
