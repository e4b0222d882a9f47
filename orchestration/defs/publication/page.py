"""The page: static files beside the published version that they show."""

import dagster as dg

from orchestration.defs.publication.published import current_version
from orchestration.defs.quality.check_results import PUBLISHED
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass


@dg.asset(
    key=["published", "dashboard"],
    deps=[PUBLISHED],
    group_name="publication",
    kinds={"html", "plotly"},
    owners=["team:data"],
    description="One row per chart of the page that people look at: `data/published/dashboard/`.",
)
def page(pipeline: Pipeline) -> dg.MaterializeResult:
    """Write the page of the current version, where it has none yet, and let people open it."""
    from orchestration.dashboard import SECTIONS, build_site, is_up_to_date

    versions, current = current_version(pipeline)
    folder, home = versions.page(current), pipeline.settings.published_dir
    found: dict[str, dg.MetadataValue | int | float | str] = {
        "dagster/row_count": sum(len(section.charts) for section in SECTIONS),
        "page": dg.MetadataValue.path(str(home / "dashboard/index.html")),
    }
    with retry_what_may_pass():
        if not is_up_to_date(folder, home):
            site = build_site(versions.file(current), folder, home)
            found["megabytes"] = round(site.byte_count / 1e6, 2)
            found["charts without data"] = ", ".join(site.empty_charts) or "none"
        versions.point_to(current)
    return dg.MaterializeResult(metadata=found)
