"""The gate before publication: every mart judged by its suite."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.quality.verdicts import check_result
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import load_dbt_assets
from orchestration.engine import connect
from orchestration.expectations import Verdict, check_mart, mart_rules
from orchestration.warehouse import CLEAN, WARNED, note_passed, passed_marts

CHECK = "mart_expectations"

_assets = load_dbt_assets()
_grains = {_assets.keys[i]: node["config"]["meta"]["grain"] for i, node in _assets.marts.items()}


@dg.multi_asset_check(
    name="mart_gate",
    specs=[
        dg.AssetCheckSpec(
            CHECK,
            asset=key,
            blocking=True,
            description="Great Expectations suite on the mart before publication;"
            " rules in orchestration/expectations/marts.yaml.",
        )
        for key in _grains
    ],
    can_subset=True,
)
def mart_gate(
    context: dg.AssetCheckExecutionContext, pipeline: Pipeline
) -> Iterator[dg.AssetCheckResult]:
    """Judge the selected marts, but for those that have not changed since nothing was found."""
    file = pipeline.settings.warehouse_file
    passed_before = passed_marts(file)
    passed = {}
    with retry_what_may_pass(), connect(file, read_only=True) as warehouse:
        for check in sorted(context.selected_asset_check_keys):
            schema, name = check.asset_key.path
            if passed_before.get((schema, name)) == CLEAN:
                verdicts = [Verdict(rule, True) for rule in mart_rules(schema, name)]
            else:
                verdicts = check_mart(warehouse, schema, name, _grains[check.asset_key])
                if not any(v.stops for v in verdicts):
                    clean = all(v.passed for v in verdicts)
                    passed[schema, name] = CLEAN if clean else WARNED
            yield check_result(check.asset_key, CHECK, verdicts)
    note_passed(file, passed)
