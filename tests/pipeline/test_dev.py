"""Runs under the daemon that `funnel dev` starts: queue, retries, dead runs, alerts."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from orchestration.settings import ROOT
from tests.builders import Workshop
from tests.servers import webhook

HEADER = "order_id,ordered_at,quantity,unit_price\n"
LAUNCH = """
    mutation ($params: ExecutionParams!) {
        launchRun(executionParams: $params) {
            __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
        }
    }
"""
ORDERS = {
    "selector": {
        "repositoryLocationName": "engagement",
        "repositoryName": "__repository__",
        "jobName": "__ASSET_JOB",
        "assetSelection": [{"path": ["generic", "orders"]}],
    },
}


def until(what: Callable[[], Any], seconds: float = 240) -> Any:
    """Wait until something is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError("waited in vain")


class Daemon:
    """A running `funnel dev`: launches runs and looks at them."""

    def __init__(self, port: int, instance: dg.DagsterInstance) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"
        self._instance = instance

    def launch(self) -> str:
        """Queue a run that takes in generic/orders, as the page's button does."""
        body = json.dumps({"query": LAUNCH, "variables": {"params": ORDERS}}).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            launched = json.load(answer)["data"]["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(self._url.replace("graphql", "server_info"), timeout=5):
                return True
        except OSError:
            return False

    def until(self, run_id: str, *statuses: str) -> dg.DagsterRun:
        """Wait until a run has one of these statuses."""

        def reached() -> dg.DagsterRun | None:
            run = self._instance.get_run_by_id(run_id)
            return run if run and run.status.value in statuses else None

        return until(reached)

    def tag(self, run_id: str, name: str) -> str:
        """Wait until a failed run has a tag: Dagster adds it after the status."""
        return until(lambda: self.until(run_id, "FAILURE").tags.get(name))


@contextmanager
def funnel_dev(workshop: Workshop, instance: dg.DagsterInstance) -> Iterator[Daemon]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with workshop.at_work():
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "dev", "--port", str(port)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        daemon = Daemon(port, instance)
        until(daemon.is_up)
        yield daemon
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.slow
def test_a_refused_run_waits_and_is_tried_again_and_a_bad_delivery_is_told(
    workshop: Workshop,
) -> None:
    workshop.land("generic/orders", "good.csv", HEADER + "1,2026-01-01,1,9.5\n")
    home, lock = workshop.settings.dagster_home, workshop.settings.run_lock
    home.mkdir(parents=True)
    lock.parent.mkdir(parents=True)
    (home / "dagster.yaml").write_bytes((ROOT / "data/dagster_home/dagster.yaml").read_bytes())
    started = dg.DagsterRunStatus.STARTED
    with webhook() as hook, dg.DagsterInstance.from_config(str(home)) as instance:
        workshop.environment["FUNNEL_ALERT_WEBHOOK_URL"] = hook.url
        dead = create_run_for_test(instance, "nightly_refresh", status=started).run_id
        lock.write_text(f"process 1, run {dead}")
        with funnel_dev(workshop, instance) as daemon:
            # The dead run would have kept every other from starting.
            assert daemon.until(dead, "FAILURE")

            with lock.open("a+") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                refused = daemon.launch()
                daemon.until(refused, "STARTING", "STARTED")
                by_hand = create_run_for_test(instance, "nightly_refresh", status=started)
                daemon.until(refused, "FAILURE")
                again = daemon.tag(refused, "dagster/auto_retry_run_id")
                time.sleep(8)  # more than one round of the queue
                assert daemon.until(again, "QUEUED")
            instance.report_run_canceled(by_hand)
            assert daemon.until(again, "SUCCESS", "FAILURE").is_success

            workshop.land("generic/orders", "bad.csv", HEADER + "2,2026-01-02,2000000,9.5\n")
            bad = daemon.launch()
            assert daemon.tag(bad, "dagster/will_retry") == "false"
            until(lambda: hook.posts)
    [post] = hook.posts
    assert (post["kind"], post["run_id"]) == ("run_failed", bad)
    assert post["findings"][0].startswith("generic/orders: check batch_expectations")
