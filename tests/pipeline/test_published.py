"""Published versions as people meet them: the stop, the way out, and the `funnel` commands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import ROOT
from orchestration.warehouse import only_run
from tests.builders import Press, Workshop

ANSWERS = (
    "survey_id,submission_id,question_id,question_kind,score,answered_at\n"
    "s,a,q,nps,9,2026-01-01T10:00:00Z\n"
)


def funnel(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "FUNNEL_DATA_DIR": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_an_emptied_table_stops_until_a_person_accepts_it(tonight: Workshop) -> None:
    workshop = tonight
    [first] = workshop.versions.names()
    workshop.land("generic/survey_answers", "a.csv", ANSWERS)
    (workshop.landing / "generic" / "orders" / "good.csv").unlink()
    workshop.ledger.forget_file("generic", "orders", "good.csv")
    stopped = funnel(workshop.data, "run")
    assert stopped.returncode == 1
    for said in (
        "STOPPED. The published tables were left as they were.",
        "published/engagement: check volume failed",
        "customer_engagement.orders has no rows; the median of the version before is 1",
        "do      find what no longer arrives",
        "funnel run --accept-volume",
    ):
        assert said in stopped.stdout, stopped.stdout
    assert "  published/engagement  " not in stopped.stdout, "it is not reported as made"
    assert workshop.versions.names() == [first]

    accepted = funnel(workshop.data, "run", "--accept-volume")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    emptied = "customer_engagement.orders has no rows"
    assert re.search(f"warns +published/engagement: volume: .*{emptied}", accepted.stdout)
    assert "  published/engagement  " in accepted.stdout
    assert workshop.versions.current == workshop.versions.names()[1]


def test_versions_are_listed_and_rolled_back(press: Press) -> None:
    assert "nothing is published yet" in funnel(press.data, "published", "list").stderr
    press.publish()
    press.publish()
    old, new = press.versions.names()
    rows = funnel(press.data, "published", "list").stdout.splitlines()[1:]
    assert [row.split()[0] for row in rows] == [new, old]
    assert [row.endswith("current") for row in rows] == [True, False]
    assert rows[0].split()[-3:] == ["1,001", "2", "current"]

    done = funnel(press.data, "published", "rollback")
    assert (done.returncode, press.versions.current) == (0, old)
    assert done.stdout.startswith(f"Version {old} of 20")
    outside = funnel(press.data, "published", "rollback", "../../elsewhere")
    assert outside.returncode == 2
    assert f"no version '../../elsewhere' is kept; there are: {old}, {new}" in outside.stderr

    press.versions.file(new).write_bytes(b"nonsense")
    listed = funnel(press.data, "published", "list")
    assert listed.returncode == 0
    assert f"version {new} cannot be used" in listed.stdout


def test_nothing_is_rolled_back_while_a_run_works(press: Press) -> None:
    press.publish()
    press.publish()
    with only_run(press.data / "warehouse" / "run.lock", "run 7"):
        refused = funnel(press.data, "published", "rollback")
    assert refused.returncode == 1
    assert f"Another run is working: process {os.getpid()}, run 7" in refused.stderr
    assert press.versions.current == press.versions.names()[1]


def test_differences_are_counted_and_shown(press: Press) -> None:
    press.publish()
    press.write(
        "update journey.steps set word = 'b' where n = 1",
        "delete from journey.steps where n = 10",
        "insert into journey.steps values (5000, 'new'), (5001, null)",
        "alter table quality.facts add column place varchar",
    )
    press.publish()
    old, new = press.versions.names()
    told = funnel(press.data, "published", "diff").stdout.splitlines()
    assert told[0] == f"{old} → {new}"
    assert told[2].split() == ["journey.steps", "1,000", "1,001", "2", "1", "1"]
    assert told[3].split() == ["quality.facts", "1", "1", "0", "0", "0"]
    assert told[4:] == ["  column added: place VARCHAR"]
    backwards = funnel(press.data, "published", "diff", new, old).stdout.splitlines()
    assert backwards[2].split() == ["journey.steps", "1,001", "1,000", "1", "2", "1"]
    sample = funnel(press.data, "published", "diff", "--table", "journey.steps").stdout
    assert sample.splitlines()[3:] == [
        "  ~ n 1: word a → b", "  + n 5000, word new", "  + n 5001", "  - n 10, word a",
    ]  # fmt: skip
    unknown = funnel(press.data, "published", "diff", "--table", "nowhere")
    assert unknown.returncode == 2
    assert "there are journey.steps, quality.facts" in unknown.stderr


@pytest.mark.parametrize("command", ["list", "rollback", "diff"])
def test_help_has_examples(tmp_path: Path, command: str) -> None:
    done = funnel(tmp_path, "published", command, "--help")
    assert done.returncode == 0
    assert f"funnel published {command}" in done.stdout.split("Examples:")[1]
