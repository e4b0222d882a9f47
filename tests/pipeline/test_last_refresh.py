"""`funnel status` reads Dagster's run history: which refresh was the newest, and why it failed."""

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from orchestration.defs.automation.failures import failure_alert
from orchestration.defs.automation.last_refresh import last_refresh
from orchestration.settings import ROOT
from tests.builders import Workshop

STATES = dg.DagsterRunStatus


@pytest.fixture
def instance(workshop: Workshop) -> dg.DagsterInstance:
    home = workshop.settings.dagster_home
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_bytes((ROOT / "data/dagster_home/dagster.yaml").read_bytes())
    return dg.DagsterInstance.from_config(str(home))


def test_a_history_without_refreshes_has_none(
    workshop: Workshop, instance: dg.DagsterInstance
) -> None:
    with instance:
        create_run_for_test(instance, "__ASSET_JOB", status=STATES.SUCCESS)
        create_run_for_test(instance, "nightly_refresh", status=STATES.STARTED)
        assert last_refresh(workshop.settings.dagster_home) is None


def test_a_run_that_died_or_never_started_is_told_with_its_reason(
    workshop: Workshop, instance: dg.DagsterInstance
) -> None:
    """Dagster's event of such a failure holds a message and no error."""
    with instance:
        create_run_for_test(instance, "rebuild", status=STATES.SUCCESS)
        died = create_run_for_test(instance, "nightly_refresh", status=STATES.STARTED)
        instance.report_run_failed(died, "The process of this run ended without a word")
        findings = ("run: The process of this run ended without a word",)
        assert failure_alert(instance, died).findings == findings
        found = last_refresh(workshop.settings.dagster_home)
    assert found
    assert (found.run_id, found.result, found.findings) == (died.run_id, "failure", findings)
    assert found.succeeded_at, "the rebuild before it"
    assert found.succeeded_at <= found.finished_at
