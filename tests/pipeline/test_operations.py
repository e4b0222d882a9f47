"""What happens by itself when something goes wrong: retries, alerts, dead runs, late sources."""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
import typer
from dagster._core.test_utils import create_run_for_test

from orchestration.cli import run as funnel_run
from orchestration.definitions import defs
from orchestration.defs.automation.dead_runs import fail_dead_runs
from orchestration.defs.automation.failures import cause
from orchestration.ingestion import ContractError
from orchestration.settings import DBT_PROJECT_DIR, ROOT
from tests.builders import Workshop
from tests.servers import Webhook, webhook

HEADER = "order_id,ordered_at,currency,quantity,unit_price\n"
ORDER = "1,2026-01-01T10:00:00Z,EUR,1,9.5\n"
ABSURD = "2,2026-01-02T10:00:00Z,EUR,2000000,9.5\n"


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    built: Any = defs()
    return built


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def hook(workshop: Workshop) -> Iterator[Webhook]:
    with webhook() as server:
        workshop.environment["FUNNEL_ALERT_WEBHOOK_URL"] = server.url
        yield server


@pytest.fixture
def take_in_orders(
    definitions: dg.Definitions, workshop: Workshop, instance: dg.DagsterInstance
) -> Callable[..., Any]:
    """Materialise generic/messages and generic/orders, one step, with their checks."""

    def take_in(listener: Callable[[Any], None] = lambda _: None) -> Any:
        run_id = str(uuid.uuid4())
        instance.add_event_listener(run_id, listener)
        with workshop.at_work():
            return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
                instance=instance,
                run_id=run_id,
                asset_selection=[dg.AssetKey(["generic", e]) for e in ("messages", "orders")],
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )

    return take_in


def retries(result: Any) -> list[str]:
    events = result.filter_events(lambda e: e.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY)
    return [str(event.step_retry_data.error) for event in events]


def made_days_ago(path: Path, days: float) -> None:
    moment = time.time() - days * 86_400
    os.utime(path, (moment, moment))


# Retries -------------------------------------------------------------------------------------


def fill_the_disk(workshop: Workshop) -> Path:
    """Land a file whose batch the system cannot write; returns what stands in the way."""
    workshop.land("generic/orders", "a.csv", HEADER + ORDER)
    workshop.take_in("generic/orders")
    [batch] = workshop.ledger.batches("generic", "orders")
    lake = workshop.lake / "raw" / "generic" / "orders"
    (lake / f"{batch}.parquet").unlink()
    full = lake / f"{batch}.partial"
    full.symlink_to("/dev/full")
    return full


def test_a_step_that_found_the_disk_full_is_done_again(
    workshop: Workshop, take_in_orders: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.defs.retries.SECONDS_TO_WAIT", 0)
    full = fill_the_disk(workshop)

    def make_room(record: Any) -> None:
        if "STEP_UP_FOR_RETRY" in str(record.dagster_event_type):
            full.unlink()

    result = take_in_orders(make_room)
    assert result.success
    [reason] = retries(result)
    assert "No space left on device" in reason
    assert full.with_suffix(".parquet").exists()
    built = [e.asset_key.path[-1] for e in result.get_asset_materialization_events()]
    assert built == ["messages", "messages", "orders"], "what was done before is done again"


def test_a_step_that_keeps_failing_stops_with_its_reason(
    workshop: Workshop, take_in_orders: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.defs.retries.SECONDS_TO_WAIT", 0)
    fill_the_disk(workshop)
    result = take_in_orders()
    assert not result.success
    assert len(retries(result)) == 3


def test_what_will_not_pass_is_not_tried_again(
    workshop: Workshop, take_in_orders: Callable[..., Any]
) -> None:
    """Neither a wrong set-up nor a bad delivery."""
    workshop.land("generic/orders", "a.csv", HEADER + ORDER)
    assert take_in_orders().success
    workshop.environment["FUNNEL_PSEUDONYM_KEY"] = "another key than the generated one"
    changed_key = take_in_orders()
    assert not changed_key.success
    assert retries(changed_key) == []
    del workshop.environment["FUNNEL_PSEUDONYM_KEY"]
    workshop.land("generic/orders", "b.csv", HEADER + ABSURD)
    refused = take_in_orders()
    assert not refused.success
    assert retries(refused) == []


def test_the_instance_retries_dead_runs_only_and_ends_those_that_hang(tmp_path: Path) -> None:
    shutil.copy(ROOT / "data" / "dagster_home" / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as shipped:
        assert shipped.run_retries_enabled
        assert shipped.run_retries_max_retries == 1
        assert not shipped.run_retries_retry_on_asset_or_op_failure
        assert shipped.run_monitoring_enabled
        assert 3_600 < shipped.run_monitoring_max_runtime_seconds < 86_400


# Dead runs -----------------------------------------------------------------------------------


def statuses(instance: dg.DagsterInstance) -> dict[str, str]:
    return {run.run_id: run.status.value for run in instance.get_runs()}


def run_with(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> str:
    return create_run_for_test(instance, "nightly_refresh", status=status).run_id


def test_the_run_that_held_the_lock_last_is_dead_when_the_lock_is_free(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    dead = run_with(instance, dg.DagsterRunStatus.STARTED)
    starting = run_with(instance, dg.DagsterRunStatus.STARTING)
    (tmp_path / "run.lock").write_text(f"process 1, run {dead}")
    assert fail_dead_runs(instance, tmp_path / "run.lock") == [dead]
    assert statuses(instance) == {dead: "FAILURE", starting: "STARTING"}
    [event] = instance.all_logs(dead, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert "ended without a word" in str(event.get_dagster_event().message)


def test_every_run_that_had_the_time_to_take_the_lock_is_dead_when_it_is_free(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.defs.automation.dead_runs._SECONDS_TO_START", -1)
    states = dg.DagsterRunStatus
    dead = {run_with(instance, s) for s in (states.STARTING, states.STARTED, states.CANCELING)}
    done = run_with(instance, states.SUCCESS)
    assert set(fail_dead_runs(instance, tmp_path / "new" / "run.lock")) == dead
    assert statuses(instance) == {**dict.fromkeys(dead, "FAILURE"), done: "SUCCESS"}


def test_no_run_is_dead_while_one_works(
    instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.defs.automation.dead_runs._SECONDS_TO_START", -1)
    at_work = run_with(instance, dg.DagsterRunStatus.STARTED)
    with (tmp_path / "run.lock").open("a+") as lock:
        lock.write(at_work)
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert fail_dead_runs(instance, tmp_path / "run.lock") == []
    assert statuses(instance) == {at_work: "STARTED"}


# Late sources --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "passed", "severity"), [(0, True, "WARN"), (2, False, "WARN"), (5, False, "ERROR")]
)
def test_a_late_source_is_shown_and_stops_nothing(
    workshop: Workshop,
    take_in_orders: Callable[..., Any],
    days: float,
    passed: bool,
    severity: str,
) -> None:
    made_days_ago(workshop.land("generic/orders", "a.csv", HEADER + ORDER), days)
    result = take_in_orders()
    assert result.success
    [check] = [
        c
        for c in result.get_asset_check_evaluations()
        if (c.asset_key.path[-1], c.check_name) == ("orders", "freshness")
    ]
    assert (check.passed, check.severity.value, check.blocking) == (passed, severity, False)
    assert passed or f"{days * 24 if days < 3 else days}" in check.metadata["observed"].value


def test_an_interruption_is_no_fault_of_dagster() -> None:
    said = "dagster._core.errors.DagsterExecutionInterruptedError\n"
    first = SimpleNamespace(message=said, cause=None)
    assert "interrupted (Ctrl-C" in cause(SimpleNamespace(message="step failed", cause=first))


def test_the_sensor_tells_of_stale_sources_once(
    definitions: dg.Definitions, workshop: Workshop, hook: Webhook, instance: dg.DagsterInstance
) -> None:
    sensor = definitions.resolve_sensor_def("stale_sources")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    made_days_ago(workshop.land("generic/orders", "a.csv", HEADER + ORDER), 5)
    made_days_ago(workshop.land("generic/messages", "a.csv", "message_event_id\n1\n"), 5)
    workshop.take_in("generic/orders")
    for _ in range(2):
        with workshop.at_work():
            sensor.evaluate_tick(dg.build_sensor_context(instance))
    [post] = hook.posts
    assert post["kind"] == "stale"
    [finding] = post["findings"]
    assert finding.startswith("generic/orders: the newest delivery (")
    hook.status = 500
    workshop.settings.alert_memory.unlink()
    with workshop.at_work():
        tick = sensor.evaluate_tick(dg.build_sensor_context(instance))
    assert "the server answered 500" in str(tick.skip_message)


def test_sensors_do_nothing_where_no_channel_is_configured(
    definitions: dg.Definitions, workshop: Workshop, instance: dg.DagsterInstance
) -> None:
    sensor = definitions.resolve_sensor_def("stale_sources")
    with workshop.at_work():
        tick = sensor.evaluate_tick(dg.build_sensor_context(instance))
    assert "FUNNEL_ALERT_WEBHOOK_URL" in str(tick.skip_message)


# Failed runs ---------------------------------------------------------------------------------


def test_the_sensor_tells_what_a_run_failed_of_unless_it_is_tried_again(
    definitions: dg.Definitions,
    workshop: Workshop,
    hook: Webhook,
    instance: dg.DagsterInstance,
    take_in_orders: Callable[..., Any],
) -> None:
    sensor: Any = definitions.resolve_sensor_def("failed_runs")
    assert sensor.default_status == dg.DefaultSensorStatus.RUNNING
    workshop.land("generic/orders", "jane.csv", HEADER + ABSURD)
    result = take_in_orders()

    def told() -> None:
        context = dg.build_run_status_sensor_context(
            "failed_runs", result.get_run_failure_event(), instance, result.dagster_run
        )
        with workshop.at_work():
            sensor(context.for_run_failure())

    told()
    [post] = hook.posts
    assert (post["kind"], post["run_id"]) == ("run_failed", result.run_id)
    assert post["findings"] == [
        "generic/orders: check batch_expectations: quantity between -1,000,000 and 1,000,000:"
        " 1 row breaks it"
    ]
    assert "jane" not in str(post)
    instance.add_run_tags(result.run_id, {"dagster/will_retry": "true"})
    told()
    assert len(hook.posts) == 1


def test_what_keeps_a_run_from_starting_is_told_too(workshop: Workshop, hook: Webhook) -> None:
    workshop.land("generic/orders", "a.csv", HEADER + ORDER)
    workshop.environment["FUNNEL_CONTRACTS_DIR"] = str(workshop.data)
    with workshop.at_work(), pytest.raises(ContractError):
        funnel_run(verbose=False)
    [post] = hook.posts
    assert post["findings"] == [f"no contracts (*.yaml) in {workshop.data}"]
    assert post["run_id"] is None


@pytest.mark.slow
def test_a_broken_model_and_a_stale_source_are_told_and_hold_only_what_depends_on_them(
    workshop: Workshop,
    hook: Webhook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    made_days_ago(workshop.land("generic/orders", "a.csv", HEADER + ORDER), 5)
    with workshop.at_work():
        funnel_run(verbose=False)
    out = capfd.readouterr().out
    assert "warns   generic/orders: freshness: the newest delivery (" in out
    assert "1 warned, 0 failed" in out
    assert [post["kind"] for post in hook.posts] == ["stale"]
    version = workshop.settings.published_file.resolve()

    project = Path(shutil.copytree(DBT_PROJECT_DIR, tmp_path / "dbt_project"))
    [model] = (project / "models").rglob("cx_scores_monthly.sql")
    model.write_text("select * from nowhere")
    monkeypatch.setattr("orchestration.defs.resources.DBT_PROJECT_DIR", project)
    with workshop.at_work(), pytest.raises(typer.Exit) as stopped:
        funnel_run(verbose=False)
    assert stopped.value.exit_code == 1
    out = capfd.readouterr().out
    assert "STOPPED. The published tables were left as they were." in out
    assert "dbt could not build: cx_scores_monthly" in out
    assert workshop.settings.published_file.resolve() == version

    [_, post] = hook.posts
    assert post["kind"] == "run_failed"
    assert "cx_scores_monthly" in post["findings"][0]
    with dg.DagsterInstance.from_config(str(workshop.settings.dagster_home)) as instance:
        run = instance.get_run_by_id(post["run_id"])
        assert run
        assert run.status == dg.DagsterRunStatus.FAILURE
        kind = dg.DagsterEventType.ASSET_MATERIALIZATION
        built = {
            "/".join(entry.get_dagster_event().asset_key.path)  # pyright: ignore[reportOptionalMemberAccess]
            for entry in instance.all_logs(run.run_id, of_type=kind)
        }
    assert {"shopify/orders", "brand_engagement/brand_engagement_daily"} <= built
    assert not {"customer_experience/cx_scores_monthly", "published/engagement"} & built
