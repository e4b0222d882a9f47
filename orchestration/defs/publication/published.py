"""Publication: the marts that passed their gate become what people query."""

from collections.abc import Iterator, Sequence

import dagster as dg
from pydantic import Field

from orchestration.defs.quality.check_results import PUBLISHED
from orchestration.defs.quality.check_results import TABLE as CHECK_RESULTS
from orchestration.defs.quality.verdicts import broken_rows, severity
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import load_dbt_assets
from orchestration.warehouse import (
    VOLUME_RULES,
    VOLUME_WAY_OUT,
    ImplausibleVolumeError,
    UnfinishedBuildError,
    Versions,
    VolumeFinding,
    publish,
)

CHECK = "volume"

_assets = load_dbt_assets()


class PublicationConfig(dg.Config):
    """What a person decides for one run."""

    accept_volume: bool = Field(
        default=False,
        description="Publish although tables have far fewer rows than they used to.",
    )


@dg.asset(
    key=PUBLISHED,
    deps=[*(_assets.keys[i] for i in _assets.marts), ["quality", "check_results"]],
    group_name="publication",
    kinds={"duckdb"},
    owners=["team:data"],
    description="One row per published table: the DuckDB file that people query, replaced at once.",
    check_specs=[
        dg.AssetCheckSpec(
            CHECK,
            asset=PUBLISHED,
            blocking=True,
            description=f"Before the swap: {VOLUME_RULES}. Where it stops: {VOLUME_WAY_OUT}.",
        )
    ],
    output_required=False,
)
def published(
    context: dg.AssetExecutionContext, config: PublicationConfig, pipeline: Pipeline
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Copy the marts to a new version, audit it and swap it in; nothing, where that stops."""
    settings = pipeline.settings
    try:
        with retry_what_may_pass():
            publication, findings = publish(
                settings.warehouse_file,
                settings.published_file,
                [*_assets.published_tables(), CHECK_RESULTS],
                settings.keep_versions,
                context.run_id,
                config.accept_volume,
            )
    except UnfinishedBuildError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except ImplausibleVolumeError as error:
        yield _volume(error.findings, stops=True)
        return
    records = [
        dg.TableRecord({"table": t.name, "rows": t.row_count, "content hash": t.content_hash})
        for t in publication.tables.values()
    ]
    yield dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(records),
            "file": dg.MetadataValue.path(str(settings.published_file)),
            "version": publication.version,
            "unchanged": publication.run_id != context.run_id,
            "previous version": publication.previous_version or "none",
            "tables": dg.MetadataValue.table(records),
        },
        check_results=[_volume(findings, stops=False)],
    )


def current_version(pipeline: Pipeline) -> tuple[Versions, str]:
    """The kept versions and the one that people open, for what is made beside it.

    Raises:
        Failure: nothing is published yet.
    """
    versions = Versions(pipeline.settings.published_file)
    if versions.current is None:
        raise dg.Failure("nothing is published yet; run the whole refresh", allow_retries=False)
    return versions, versions.current


def _volume(findings: Sequence[VolumeFinding], stops: bool) -> dg.AssetCheckResult:
    rows = [
        {"table": f.table, "rows": f.rows, "median": f"{f.usual_rows:g}", "versions": f.versions}
        for f in findings
    ]
    return dg.AssetCheckResult(
        asset_key=PUBLISHED,
        check_name=CHECK,
        passed=not findings,
        severity=severity(bool(findings), stops),
        metadata={
            "expected": VOLUME_RULES,
            "observed": "; ".join(f.observed for f in findings) or "holds",
            **broken_rows(rows),
        },
    )
