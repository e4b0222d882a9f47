"""Pulls as assets: each lands what has changed in its tool, before the door opens for it.

There are none where `FUNNEL_PULLS_DIR` names no pull. A pull that stops is a check that fails: the
refresh goes on with what has landed, and the next pull goes on from where the last one ended.
"""

import time

import dagster as dg

from orchestration.alerts import is_configured, pull_stopped, send
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.ingestion import read_contracts
from orchestration.pulls import Places, Pull, Pulled, PullError, check_targets, read_pulls, run_pull
from orchestration.settings import Settings, load_settings

# A run with this tag lands nothing new: it rebuilds, or forgets somebody whom a tool still holds.
WITHOUT_PULLS = {"engagement/pulls": "off"}
CHECK = "pulled"


def _enabled() -> dict[str, Pull]:
    settings = load_settings()
    pulls = read_pulls(settings.pulls_dir)
    if pulls:
        check_targets(pulls, read_contracts(settings.contracts_dir))
    return pulls


_PULLS = _enabled()


def pulls_of(source: str, entity: str) -> list[dg.AssetKey]:
    """Keys of the pulls that land in an entity's folder."""
    target = f"{source}/{entity}"
    return [_key(name) for name, pull in _PULLS.items() if pull.target == target]


def _key(name: str) -> dg.AssetKey:
    return dg.AssetKey(["pulls", name])


def pull_asset(pull: Pull) -> dg.AssetsDefinition:
    """Return the asset that runs a pull.

    Args:
        pull: what is pulled, and where it lands.
    """
    key = _key(pull.name)

    @dg.asset(
        key=key,
        group_name="ingestion",
        kinds={"dlt", "parquet"},
        owners=["team:data"],
        description=f"One row per record that the pull landed in `data/landing/{pull.target}/`.",
        check_specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=key,
                description="Whether the tool gave what has changed. It stops nothing: the"
                " refresh works with what has landed.",
            )
        ],
    )
    def pull_from_tool(
        context: dg.AssetExecutionContext, pipeline: Pipeline
    ) -> dg.MaterializeResult:
        began = time.monotonic()
        pulled, problem = Pulled(0, ()), ""
        settings = pipeline.settings
        if not WITHOUT_PULLS.items() <= context.run.tags.items():
            try:
                with retry_what_may_pass():
                    places = Places(settings.landing_dir, settings.pull_state_dir)
                    pulled = run_pull(pull, places)
            except PullError as error:
                problem = str(error)
                _tell(context, settings, problem)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": pulled.rows,
                "rows pulled": pulled.rows,
                "files pulled": len(pulled.files),
                "files": "\n".join(pulled.files) or "none",
                "seconds": round(time.monotonic() - began, 3),
            },
            check_results=[_check(problem)],
        )

    return pull_from_tool


def _tell(context: dg.AssetExecutionContext, settings: Settings, problem: str) -> None:
    context.log.error(problem)
    if is_configured(settings):
        for unreached in send(pull_stopped([problem]), settings):
            context.log.error(unreached)


def _check(problem: str) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=CHECK,
        passed=not problem,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={
            "expected": "the tool gives what has changed since the last pull",
            "observed": problem or "holds",
        },
    )


pull_assets = [pull_asset(pull) for pull in _PULLS.values()]
