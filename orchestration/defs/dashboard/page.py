"""The page: static files beside the published version that they show."""

import dagster as dg

from orchestration.defs.quality.check_results import PUBLISHED
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.warehouse import Versions


@dg.asset(
    key=["published", "dashboard"],
    deps=[PUBLISHED],
    group_name="publication",
    kinds={"html", "plotly"},
    owners=["team:data"],
    description="One row per chart of the page that people look at: `data/published/dashboard/`.",
)
def page(pipeline: Pipeline) -> dg.MaterializeResult:
    """Write the page of the current version and let people open it."""
    from orchestration.dashboard import build_site

    settings = pipeline.settings
    versions = Versions(settings.published_file)
    current = versions.current
    if current is None:
        raise dg.Failure("nothing is published yet; run the whole refresh", allow_retries=False)
    with retry_what_may_pass():
        site = build_site(versions.file(current), versions.page(current))
        versions.point_to(current)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": site.chart_count,
            "page": dg.MetadataValue.path(str(settings.published_dir / "dashboard/index.html")),
            "megabytes": round(site.byte_count / 1e6, 2),
            "charts without data": ", ".join(site.empty_charts) or "none",
        }
    )
