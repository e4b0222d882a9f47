"""When things run: every night by schedule, and (switched off at first) when files land."""

import hashlib
import os
import time

import dagster as dg

from orchestration.defs.ingestion.pulls import WITHOUT_PULLS
from orchestration.settings import load_settings

_SETTLED_SECONDS = 10

nightly_refresh = dg.define_asset_job(
    "nightly_refresh",
    selection=dg.AssetSelection.all(),
    description="Landing folder to published tables, with every check on the way.",
    # A run that is tried again does everything: what is done already costs little.
    tags={"dagster/retry_strategy": "ALL_STEPS"},
)

rebuild = dg.define_asset_job(
    "rebuild",
    selection=dg.AssetSelection.all(),
    config={"ops": {"dbt_build": {"config": {"full": True}}}},
    tags=WITHOUT_PULLS,
    description="Every table anew from the lake. In the Launchpad, `first_date` and `last_date`"
    " instead of `full` rebuild what depends on the records of these dates.",
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly_refresh",
    job=nightly_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone=load_settings().time_zone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 02:00 in FUNNEL_TIMEZONE.",
)


@dg.sensor(
    job=nightly_refresh,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a refresh when files in data/landing are new or have changed.",
)
def landing_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Compare names, sizes and times of the landed files with those seen last."""
    landing = load_settings().landing_dir
    files = sorted(path for path in landing.rglob("*") if path.is_file())
    if not files:
        return dg.SkipReason(f"{landing} holds no files")
    stats = [(str(path.relative_to(landing)), path.stat()) for path in files]
    now = time.time()  # times after it are those of a clock that is ahead
    if any(0 <= now - stat.st_mtime < _SETTLED_SECONDS for _, stat in stats):
        return dg.SkipReason("a file is still being written")
    seen = "".join(
        f"{name}{os.sep}{stat.st_size}{os.sep}{stat.st_mtime_ns}" for name, stat in stats
    )
    fingerprint = hashlib.sha256(seen.encode()).hexdigest()
    if fingerprint == context.cursor:
        return dg.SkipReason("nothing has changed")
    # A pull lands files: a run that files start must not pull, or it would start the next one.
    request = dg.RunRequest(run_key=fingerprint, tags=WITHOUT_PULLS)
    return dg.SensorResult(run_requests=[request], cursor=fingerprint)
