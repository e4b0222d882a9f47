"""dbt models, seeds and tests: all in one invocation, reported as they finish."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import dagster as dg
from pydantic import Field, model_validator

from orchestration.defs.quality.verdicts import broken_rows, severity
from orchestration.defs.resources import Pipeline
from orchestration.defs.retries import retry_what_may_pass
from orchestration.defs.transformation.manifest import DbtAssets, load_dbt_assets
from orchestration.defs.transformation.sparkline import sparkline
from orchestration.expectations import breaking
from orchestration.ingestion import DamagedLakeError
from orchestration.warehouse import (
    NodeResult,
    build_tables,
    count_rows,
    read_tests,
    register_records,
    sample_rows,
)

assets = load_dbt_assets()

ledger_table = dg.AssetSpec(
    ["ledger", "deliveries"],
    group_name="ingestion",
    description="One row per landed file; taken from the ledger at the start of every build.",
    kinds={"sqlite"},
    owners=["team:data"],
)


class BuildConfig(dg.Config):
    """What to rebuild beyond what is new."""

    full: bool = Field(False, description="Start from an empty warehouse.")
    first_date: str | None = Field(
        None, description="Rebuild also what depends on records from this date (UTC, 2026-01-31) …"
    )
    last_date: str | None = Field(None, description="… to this date, both included.")

    @property
    def dates(self) -> tuple[str, str] | None:
        """Both dates, or none."""
        return (self.first_date, self.last_date) if self.first_date and self.last_date else None

    @model_validator(mode="after")
    def _range(self) -> "BuildConfig":
        dates = [self.first_date, self.last_date]
        if (self.first_date is None) != (self.last_date is None):
            raise ValueError("first_date and last_date go together")
        ordered = [date.fromisoformat(text) for text in dates if text]
        if ordered != sorted(ordered):
            raise ValueError(f"first_date {self.first_date} is after {self.last_date}")
        return self


@dg.multi_asset(
    name="dbt_build",
    specs=assets.specs(),
    check_specs=assets.check_specs(),
    can_subset=True,
)
def dbt_build(
    context: dg.AssetExecutionContext, pipeline: Pipeline, config: BuildConfig
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Build what is selected and concerned, and report every table and its tests."""
    with retry_what_may_pass():
        news = _registered(pipeline, config)
        selection = _selection(context)
        if not selection:
            yield from _unconcerned(pipeline.settings.warehouse_file, news)
        results: list[NodeResult] = []
        for node in _build(pipeline, news, selection):
            results.append(node)
            if node.status == "success" and node.unique_id in assets.nodes:
                yield _materialization(node)
        yield from _checks(context, pipeline.settings.warehouse_file, news, results)
        _raise_for_failures(results)


def _registered(pipeline: Pipeline, config: BuildConfig) -> list[tuple[str, str]]:
    try:
        return register_records(pipeline.inputs, config.full, config.dates)
    except DamagedLakeError as error:
        raise dg.Failure(str(error), allow_retries=False) from error


def _build(
    pipeline: Pipeline, news: list[tuple[str, str]], selection: list[str] | None
) -> Iterator[NodeResult]:
    """Let dbt work in a thread and hand on each node as it is finished.

    The thread is a daemon: were it waited for when this generator is dropped, dbt's own thread,
    in which Python may happen to collect it, would wait for itself.
    """
    finished: SimpleQueue[NodeResult | Exception | None] = SimpleQueue()

    def build() -> None:
        try:
            build_tables(pipeline.inputs, news, finished.put, selection)
            finished.put(None)
        except Exception as error:
            finished.put(error)

    Thread(target=build, name="dbt", daemon=True).start()
    while (item := finished.get()) is not None:
        if isinstance(item, Exception):
            raise item
        yield item


def _selection(context: dg.AssetExecutionContext) -> list[str] | None:
    """Nothing where all is to be built; else the names of the models and seeds asked for."""
    if not context.is_subset:
        return None
    asked = context.selected_asset_keys | {
        check.asset_key for check in context.selected_asset_check_keys
    }
    return sorted(key.path[-1] for key in asked)


def _materialization(node: NodeResult) -> dg.MaterializeResult:
    columns = [dg.TableColumn(name, kind) for name, kind in node.columns]
    described = bool(assets.nodes[node.unique_id]["columns"])
    schema = {} if described else {"dagster/column_schema": dg.TableSchema(columns=columns)}
    picture = {"rows over time": shape} if (shape := sparkline(node.by_period)) else {}
    return dg.MaterializeResult(
        asset_key=assets.keys[node.unique_id],
        metadata={
            "dagster/row_count": node.rows,
            "seconds": round(node.seconds, 3),
            **schema,
            **picture,
        },
    )


def _checks(
    context: dg.AssetExecutionContext,
    warehouse: Path,
    news: list[tuple[str, str]],
    results: list[NodeResult],
) -> Iterator[dg.AssetCheckResult]:
    """Report the tests of this build, and those of tables that nothing new concerned."""
    before, queries = read_tests(warehouse)
    ran = {node.unique_id: node for node in results}
    concerned = assets.concerned(news)
    owners = {test: owner for owner, tests in assets.tests.items() for test in tests}
    outcome = ran | {
        test: result for test, result in before.items() if owners.get(test) not in concerned
    }
    samples = sample_rows(warehouse, {t: q for t, q in queries.items() if t in outcome})
    # dbt also runs a test of which only another table was selected.
    asked = {check.asset_key for check in context.selected_asset_check_keys}
    for result in _check_results(assets, outcome, samples):
        if result.asset_key in asked:
            yield result


def _unconcerned(warehouse: Path, news: list[tuple[str, str]]) -> Iterator[dg.MaterializeResult]:
    """Report the tables that nothing new concerns: they stand as they are."""
    concerned = assets.concerned(news)
    rows = count_rows(warehouse)
    for unique_id in assets.in_order:
        key = assets.keys[unique_id]
        if unique_id not in concerned:
            said = {"seconds": 0.0, "unchanged": True}
            if (count := rows.get((key.path[0], key.path[-1]))) is not None:
                said["dagster/row_count"] = count
            yield dg.MaterializeResult(asset_key=key, metadata=said)


def _check_results(
    assets: DbtAssets, outcome: dict[str, NodeResult], samples: dict[str, list[dict[str, Any]]]
) -> Iterator[dg.AssetCheckResult]:
    by_table: dict[str, list[NodeResult]] = defaultdict(list)
    for owner, tests in assets.tests.items():
        by_table[owner] += [outcome[t] for t in tests if t in outcome]
    for owner, tests in by_table.items():
        ran = [test for test in tests if test.status != "skipped"]
        if not ran:
            continue
        broken = [test for test in ran if test.status != "pass"]
        stops = any(test.status in ("fail", "error") for test in broken)
        yield dg.AssetCheckResult(
            asset_key=assets.keys[owner],
            check_name="dbt_tests",
            passed=not broken,
            severity=severity(bool(broken), stops),
            metadata={
                "expected": "; ".join(assets.rule(test.unique_id) for test in ran),
                "observed": "; ".join(_finding(assets, test) for test in broken) or "holds",
                **broken_rows(
                    [
                        {"rule": assets.rule(test.unique_id), **row}
                        for test in broken
                        for row in samples.get(test.unique_id, [])
                    ]
                ),
            },
        )


def _finding(assets: DbtAssets, test: NodeResult) -> str:
    said = breaking(test.failures) if test.failures else test.message or test.status
    return f"{assets.rule(test.unique_id)}: {said}"


def _raise_for_failures(results: list[NodeResult]) -> None:
    """A model that cannot be built fails the step; a failed test is its check's matter."""
    errors = [n for n in results if n.status == "error"]
    if errors:
        raise dg.Failure(
            "dbt could not build: "
            + "; ".join(f"{n.unique_id.split('.')[2]}: {n.message}" for n in errors),
            allow_retries=False,
        )
