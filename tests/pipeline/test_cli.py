"""The `funnel` command as people call it: a process of its own, its words and exit codes."""

import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestration.settings import ROOT
from tests.builders import Workshop
from tests.conftest import GOOD, ORDERS

FUNNEL = str(Path(sys.executable).with_name("funnel"))


def funnel(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [FUNNEL, *arguments],
        env={**os.environ, "FUNNEL_DATA_DIR": str(data), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def land(data: Path, entity: str, name: str, text: str) -> Path:
    path = data / "landing" / entity / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def lock_text_of(run: subprocess.Popen[str] | subprocess.Popen[bytes], data: Path) -> str:
    """Wait until a run works; return what its lock says."""
    lock = data / "warehouse" / "run.lock"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if (said := lock.read_text()).startswith(f"process {run.pid},"):
            return said
        time.sleep(0.05)
    raise AssertionError(f"process {run.pid} did not start to work")


@pytest.fixture
def tonight(tonight: Workshop) -> Path:
    """A data folder in which one good order was published."""
    return tonight.data


@pytest.mark.slow
def test_an_empty_landing_folder_becomes_a_published_demo(tmp_path: Path) -> None:
    done = funnel(tmp_path, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    out = done.stdout
    assert "Wrote demo data of 5,000 people over 90 days" in out
    assert "To use your own" in out
    steps = re.findall(r"^ *(\d+) of (\d+)  (\S+) .* s$", out, flags=re.M)
    done_so_far = [int(number) for number, _, _ in steps]
    assert done_so_far == sorted(set(done_so_far))
    assert steps[-1][0] == steps[-1][1]
    [idle] = re.findall(r"and (\d+) steps without rows or news", out)
    assert len(steps) + int(idle) == int(steps[-1][1])
    last = {"published/engagement", "published/dashboard", "published/exports"}
    assert {name for *_, name in steps[-3:]} == last
    assert re.search(r"ga4/events +90 +35,193 +35,150 +3 +40$", out, flags=re.M)
    assert re.search(r"Checks: \d+ passed, 0 warned, 0 failed", out)
    assert re.search(r"customer_engagement\.sessions +8,082 rows", out)
    assert "make sql" in out
    assert "\x1b[" not in out, "plain text where nobody watches"
    history = tmp_path / "dagster_home" / "history" / "runs"
    assert {path.suffix for path in history.iterdir()} == {".db"}, "all files are closed"

    asked = funnel(tmp_path, "sql", "select stage from journey.funnel_monthly limit 1")
    assert "audience" in asked.stdout
    commented = funnel(tmp_path, "sql", "-- a comment\nselect 'here' as word")
    assert "here" in commented.stdout
    nothing = funnel(tmp_path, "sql", "select 1 as number_of_nothing where false")
    assert "number_of_nothing" in nothing.stdout
    wide = funnel(tmp_path, "sql", "from customer_engagement.order_lines limit 1")
    assert "…" not in wide.stdout, "a file or a program gets all columns"
    written = funnel(tmp_path, "sql", "--csv", str(tmp_path / "a.csv"), "select '=1' as word")
    assert (written.returncode, written.stdout) == (0, "")
    assert (tmp_path / "a.csv").read_text() == "word\n'=1\n"
    assert funnel(tmp_path, "sql", "  ").returncode == 2
    mistaken = funnel(tmp_path, "sql", "select * from nowhere")
    assert mistaken.returncode == 2
    assert "nowhere" in mistaken.stderr
    forbidden = funnel(tmp_path, "sql", "delete from journey.funnel_monthly")
    assert forbidden.returncode == 2
    said = funnel(tmp_path, "status")
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "Healthy."), said.stdout
    assert "last refresh  success at" in said.stdout
    looked = funnel(tmp_path, "doctor")
    assert looked.returncode == 0, looked.stdout
    assert (tmp_path / "published" / "exports" / "customer_engagement.sessions.csv").exists()
    again = funnel(tmp_path, "demo")
    assert again.returncode == 2
    assert "there is data already" in again.stderr


def test_who_reads_only_the_beginning_gets_no_traceback() -> None:
    command = [FUNNEL, "doctor", "--json"]
    environment = os.environ | {"PYTHONUNBUFFERED": ""}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout and run.stderr
        run.stdout.close()
        assert run.stderr.read() == b""


@pytest.mark.slow
def test_a_failed_check_says_which_file_row_and_rule_and_what_to_do(tonight: Path) -> None:
    published = (tonight / "published" / "engagement.duckdb").resolve()
    land(tonight, "generic/orders", "bad.csv", ORDERS + GOOD.replace(",1,9", ",2000000,9"))
    stopped = funnel(tonight, "run")
    assert stopped.returncode == 1
    for said in (
        "STOPPED. The published tables were left as they were.",
        "generic/orders: check batch_expectations failed",
        "quantity between -1,000,000 and 1,000,000: 1 row breaks it",
        "file bad.csv, row 1, quantity 2000000.0000",
        "landing/generic/orders/, then run again",
        "`.venv/bin/funnel check <file>` shows rejected rows",
    ):
        assert said in stopped.stdout, stopped.stdout
    assert (tonight / "published" / "engagement.duckdb").resolve() == published


@pytest.mark.slow
def test_two_runs_at_once_are_refused_in_one_sentence(tonight: Path) -> None:
    environment = {**os.environ, "FUNNEL_DATA_DIR": str(tonight)}
    first = subprocess.Popen([FUNNEL, "run"], env=environment, stdout=subprocess.PIPE, text=True)
    lock_text_of(first, tonight)
    second = funnel(tonight, "run")
    assert second.returncode == 1
    assert f"Another run is working: process {first.pid}" in second.stdout
    first.communicate(timeout=300)
    assert first.returncode == 0


@pytest.mark.slow
def test_a_killed_run_is_marked_as_failed_and_the_next_one_completes(tonight: Path) -> None:
    environment = {**os.environ, "FUNNEL_DATA_DIR": str(tonight)}
    killed = subprocess.Popen([FUNNEL, "run"], env=environment, stdout=subprocess.DEVNULL)
    run_id = lock_text_of(killed, tonight).split()[-1]
    killed.kill()
    killed.wait()
    done = funnel(tonight, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Run {run_id} had died; it is marked as failed." in done.stdout
    with sqlite3.connect(tonight / "dagster_home" / "history" / "runs.db") as history:
        statuses = dict(history.execute("select run_id, status from runs").fetchall())
    assert statuses.pop(run_id) == "FAILURE"
    assert list(statuses.values()) == ["SUCCESS"]


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["run"], {"FUNNEL_TIMEZONE": "Berlin"}, "FUNNEL_TIMEZONE='Berlin' is not a time zone"),
        (["run"], {"FUNNEL_ALERT_WEBHOOK_URL": "x"}, "FUNNEL_ALERT_WEBHOOK_URL cannot be used"),
        (["run"], {"FUNNEL_CONTRACTS_DIR": "/nowhere"}, "no contracts (*.yaml) in /nowhere"),
        (["sql"], {}, "run `make run` first"),
        (["sql", "select 1"], {}, "run `make run` first"),
        (["demo", "--days", "0"], {}, "days"),
        (["nonsense"], {}, "nonsense"),
        (["forget"], {}, "give one of --email"),
        (["forget", "--email", "a@b.c", "--name", "A B"], {}, "give one of --email"),
        (["rotate-key"], {}, "holds no pseudonyms yet"),
    ],
)
def test_wrong_usage_or_set_up_is_one_sentence_and_exit_2(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    land(tmp_path, "generic/orders", "good.csv", ORDERS + GOOD) if arguments == ["run"] else None
    done = funnel(tmp_path, *arguments, **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", ["run", "demo", "withdraw", "sql", "dev", "forget", "rotate-key"]
)
def test_help_has_examples(tmp_path: Path, command: str) -> None:
    done = funnel(tmp_path, command, "--help")
    assert done.returncode == 0
    assert f"funnel {command}" in done.stdout.split("Examples:")[1]


def test_demo_data_can_be_had_in_any_size(tmp_path: Path) -> None:
    done = funnel(tmp_path, "demo", "--days", "5", "--people", "40", "--seed", "3")
    assert done.returncode == 0
    assert len(list((tmp_path / "landing" / "ga4" / "events").iterdir())) == 5


def test_the_demo_is_taken_away_but_nothing_else(tmp_path: Path) -> None:
    assert funnel(tmp_path, "demo", "--days", "2", "--people", "5").returncode == 0
    own = land(tmp_path, "generic/orders", "own.csv", ORDERS + GOOD)
    refused = funnel(tmp_path, "demo", "--remove")
    assert refused.returncode == 2
    assert "generic/orders/own.csv; nothing was deleted" in refused.stderr
    own.unlink()
    assert funnel(tmp_path, "demo", "--remove").returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert list((tmp_path / "landing").iterdir()) == []


@pytest.mark.slow
def test_an_emptied_landing_folder_is_no_reason_for_a_demo(tonight: Path) -> None:
    (tonight / "landing" / "generic" / "orders" / "good.csv").unlink()
    done = funnel(tonight, "run")
    assert done.returncode == 0
    assert "demo" not in done.stdout
    assert re.search(r"customer_engagement\.orders +1 rows", done.stdout)


def test_a_file_can_be_withdrawn_after_it_was_loaded(tmp_path: Path) -> None:
    from orchestration.ingestion import Batch, Ledger
    from orchestration.ingestion.ledger import LandedFile

    ledger = Ledger(tmp_path / "lake" / "ledger.sqlite")
    batch = Batch("generic", "orders", "b1", "c", "loaded", gate="passed")
    ledger.record(LandedFile("generic", "orders", "a.csv", "b1", 1, 1), batch)
    path = land(tmp_path, "generic/orders", "a.csv", ORDERS)
    assert "still there" in funnel(tmp_path, "withdraw", "generic/orders/a.csv").stderr
    path.unlink()
    assert "knows no file" in funnel(tmp_path, "withdraw", "generic/orders/b.csv").stderr
    assert funnel(tmp_path, "withdraw", "generic/orders/a.csv").returncode == 0
    assert ledger.deliveries() == []


def test_a_wrong_python_gets_one_sentence() -> None:
    done = subprocess.run(
        ["scripts/setup", "run"],
        cwd=ROOT,
        env={**os.environ, "PYTHON": "/bin/false"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Python 3.11, 3.12 or 3.13 is needed")
    assert len(done.stderr.splitlines()) == 1
