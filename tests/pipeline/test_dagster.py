"""What the Dagster UI shows and what starts runs."""

import os
import time
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.dashboard import SECTIONS
from orchestration.definitions import defs
from orchestration.defs.ingestion.pulls import WITHOUT_PULLS
from orchestration.defs.ingestion.raw import raw_assets
from orchestration.defs.resources import Pipeline
from orchestration.defs.transformation.manifest import PAGE_SECTIONS, DbtAssets, load_dbt_assets
from orchestration.defs.transformation.sparkline import sparkline
from orchestration.ingestion import read_contracts
from orchestration.settings import ROOT
from tests.builders import Workshop


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    built: Any = defs()
    return built


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> list[dg.AssetSpec]:
    graph = definitions.resolve_asset_graph()
    return [graph.get(key).to_asset_spec() for key in graph.executable_asset_keys]


STAGES = {
    "ingestion", "reference", "staging", "intermediate", "brand_engagement",
    "customer_engagement", "customer_experience", "journey", "metrics", "quality", "publication",
}  # fmt: skip


def test_every_asset_says_what_it_is(specs: list[dg.AssetSpec]) -> None:
    assert {spec.group_name for spec in specs} == STAGES
    for spec in specs:
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert (spec.description or "").startswith("One row per "), spec.key


def test_a_table_leads_to_its_sql_and_to_its_place_on_the_page(specs: list[dg.AssetSpec]) -> None:
    tables = [spec for spec in specs if "dbt" in spec.kinds]
    for spec in tables:
        assert Path(spec.metadata["sql"].path).is_file()  # pyright: ignore
    pages = {spec.key.path[0]: spec.metadata.get("page") for spec in tables}
    sections = {section.id for section in SECTIONS}
    assert set(PAGE_SECTIONS.values()) == sections
    for schema, section in PAGE_SECTIONS.items():
        assert pages[schema].path.endswith(f"published/dashboard/index.html#{section}")  # pyright: ignore


def test_a_table_with_dates_shows_its_rows_over_time() -> None:
    assert sparkline([("2026-01-01", 0), ("2026-02-01", 7), ("2026-03-01", 3500)]) == (
        "▁▁█  2026-01-01 to 2026-03-01, at most 3,500 rows"
    )
    assert sparkline([("2026-01-01", 1), ("2026-02-01", 1)]) is None
    assert sparkline([]) is None


def test_every_asset_that_comes_from_nowhere_is_a_landed_source(specs: list[dg.AssetSpec]) -> None:
    graph_sources = {spec.key.path[0] for spec in specs if not list(spec.deps)}
    written_here = {"reference", "metrics"}  # seeds, the calendar and the catalogue
    contracts = read_contracts(ROOT / "orchestration" / "contracts")
    assert graph_sources == written_here | contracts.keys()


def test_gates_block_and_deliveries_warn(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    blocking = {key.name: graph.get_check_spec(key).blocking for key in graph.asset_check_keys}
    assert blocking == {
        "batch_expectations": True, "dbt_tests": True, "mart_expectations": True,
        "deliveries": False, "freshness": False, "volume": True,
    }  # fmt: skip


def test_what_is_read_is_known() -> None:
    assets = load_dbt_assets()
    assert assets.is_read("generic", "tickets")
    assert not assets.is_read("nobodys", "tickets")


@pytest.mark.parametrize("is_read", [True, False])
def test_rows_that_no_table_reads_are_warned_of(
    workshop: Workshop, is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A source whose staging model stands in no union is loaded for nobody."""
    monkeypatch.setattr(DbtAssets, "is_read", lambda *_: is_read)
    workshop.land("generic/tickets", "a.csv", "ticket_id,created_at\n1,2026-03-01T10:00:00Z\n")
    [take_in] = [asset for asset in raw_assets if dg.AssetKey(["generic", "tickets"]) in asset.keys]
    with workshop.at_work():
        done = dg.materialize(
            [take_in],
            resources={"pipeline": Pipeline()},
            selection=dg.AssetSelection.assets("generic/tickets"),
        )
    checks = {check.check_name: check for check in done.get_asset_check_evaluations()}
    found = str(checks["deliveries"].metadata["observed"].value)
    assert checks["deliveries"].passed == is_read
    assert ("add stg_generic__tickets to the model" in found) != is_read


def test_the_schedule_runs_every_night_by_default(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly_refresh")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "nightly_refresh"


def test_the_sensor_starts_a_run_for_new_files_and_only_once(
    definitions: dg.Definitions, workshop: Workshop
) -> None:
    sensor = definitions.resolve_sensor_def("landing_files")
    assert sensor.default_status == dg.DefaultSensorStatus.STOPPED

    def ticked(cursor: str | None) -> Any:
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance, cursor=cursor)
            return sensor.evaluate_tick(context)

    assert ticked(None).run_requests == []
    path = workshop.land("generic/orders", "a.csv", "order_id\n")
    assert "still being written" in ticked(None).skip_message
    os.utime(path, (time.time() - 60, time.time() - 60))
    first = ticked(None)
    [request] = first.run_requests
    assert WITHOUT_PULLS.items() <= request.tags.items(), "a pull lands files"
    assert ticked(first.cursor).run_requests == []
    ahead = workshop.land("generic/orders", "ahead.csv", "order_id\n")
    os.utime(ahead, (time.time() + 9000, time.time() + 9000))
    assert len(ticked(first.cursor).run_requests) == 1, "a clock elsewhere may be ahead"
    ahead.unlink()
    path.write_text("order_id\n1\n")
    os.utime(path, (time.time() - 30, time.time() - 30))
    assert len(ticked(first.cursor).run_requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "asset",
    [
        ["ga4", "events"],
        ["reference", "web_event_types"],
        ["customer_engagement", "sessions"],
        ["published", "engagement"],
    ],
)
def test_an_asset_can_be_materialised_by_itself(
    definitions: dg.Definitions, demo: Workshop, asset: list[str]
) -> None:
    job = definitions.resolve_implicit_global_asset_job_def()
    with demo.at_work(), dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=[dg.AssetKey(asset)],
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    [event] = result.get_asset_materialization_events()
    assert event.asset_key == dg.AssetKey(asset)
    assert int(str(event.materialization.metadata["dagster/row_count"].value)) > 0


@pytest.mark.slow
def test_every_materialised_table_reports_its_rows(
    demo: Workshop, specs: list[dg.AssetSpec]
) -> None:
    """A view is not counted: that would compute it."""
    views = {spec.key for spec in specs if spec.metadata.get("materialized") == "view"}
    result = demo.refresh()
    for event in result.get_asset_materialization_events():
        counted = "dagster/row_count" in event.materialization.metadata
        assert counted != (event.asset_key in views), event.asset_key
