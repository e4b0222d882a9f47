"""`funnel status` and `funnel doctor`: a healthy folder is well, each planted defect is named."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.health import Finding, LastRefresh, Status, doctor, examine, read_status
from orchestration.settings import SettingsError, load_settings
from orchestration.warehouse import write_check_results
from tests.builders import Press, Workshop

ORDERS = "order_id,ordered_at,quantity,unit_price,customer_id\n1,2026-01-01T10:00:00Z,1,9.5,C1\n"
OPENER = """
import sys, duckdb
with duckdb.connect(sys.argv[1]):
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def healthy(press: Press, workshop: Workshop) -> Workshop:
    """A data folder as a refresh leaves it: a delivery, a lake, a key, a published version."""
    press.publish()
    workshop.settings.warehouse_file.parent.mkdir(parents=True)
    press.warehouse.rename(workshop.settings.warehouse_file)
    workshop.land("generic/orders", "a.csv", ORDERS)
    workshop.take_in("generic/orders")
    return workshop


def found() -> dict[str, Finding]:
    """The findings that are not OK, by subject."""
    return {f.subject: f for f in examine(load_settings) if f.level != "OK"}


# Doctor --------------------------------------------------------------------------------------


def test_a_healthy_folder_has_nothing_but_ok(healthy: Workshop) -> None:
    before = sorted(healthy.data.rglob("*"))
    findings = list(examine(load_settings))
    assert {f.level for f in findings} == {"OK"}, found()
    assert {"python", "packages", "time zone", "disk", "memory", "run lock", "warehouse",
            "write rights", "key", "lake", "contracts", "published",
            "leftovers"} == {f.subject for f in findings}  # fmt: skip
    assert sorted(healthy.data.rglob("*")) == before, "nothing is written"


def test_an_empty_folder_is_no_failure() -> None:
    assert {name: f.level for name, f in found().items()} == {"published": "WARN"}


def locked_away(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    access = os.access
    refused = workshop.settings.lake_dir / "raw"
    monkeypatch.setattr(os, "access", lambda p, mode: Path(p) != refused and access(p, mode))


def other_packages(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.0.1")


def no_packages(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import PackageNotFoundError

    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)


def old_python(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PYTHONS", ((3, 98), (3, 99)))


def scarce(name: str, value: object) -> Callable[[Workshop, pytest.MonkeyPatch], None]:
    return lambda workshop, monkeypatch: monkeypatch.setattr(doctor, name, value)


def in_environment(name: str, value: str) -> Callable[[Workshop, pytest.MonkeyPatch], None]:
    return lambda workshop, monkeypatch: monkeypatch.setenv(name, value)


def written(place: str, text: str = "x") -> Callable[[Workshop, pytest.MonkeyPatch], None]:
    def write(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        path = workshop.data / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return write


def open_key(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    key = workshop.settings.key_file
    key.parent.mkdir(exist_ok=True)
    key.write_text("k")
    key.chmod(0o644)


def lost_key(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    (workshop.lake / "key_check").write_text("0" * 64)


def other_key(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    lost_key(workshop, monkeypatch)
    monkeypatch.setenv("FUNNEL_PSEUDONYM_KEY", "another")


def file_for_folder(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    (workshop.data / "dagster_home").write_text("a file")


def damaged_ledger(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.settings.ledger_file.write_bytes(b"nonsense" * 1000)


def lost_ledger(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.settings.ledger_file.unlink()


def unreadable_file(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.land("generic/orders", "b.csv", b"\x00\xff\xfe")
    workshop.take_in("generic/orders")


def damaged_version(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.settings.published_file.resolve().write_bytes(b"nonsense")


def rolled_back(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    (workshop.settings.published_dir / "versions" / "29990101T000000000000Z").mkdir()


@pytest.mark.parametrize(
    ("plant", "level", "subject", "said", "way_out"),
    [
        (old_python, "FAIL", "python", "are supported", "make run PYTHON="),
        (no_packages, "FAIL", "packages", "missing: ", "scripts/setup run"),
        (other_packages, "WARN", "packages", "0.0.1 (locked ", "scripts/setup run"),
        (in_environment("FUNNEL_THREADS", "x"), "FAIL", "settings", "FUNNEL_THREADS", "correct"),
        (in_environment("FUNNEL_TIMEZONE", "Berlin"), "FAIL", "settings", "not a time zone", ""),
        (in_environment("FUNNEL_TIMEZONE", "Etc/GMT-1"), "WARN", "time zone", "summer", "Berlin"),
        (scarce("_SCARCE_DISK", 1e18), "FAIL", "disk", "a refresh needs", "FUNNEL_KEEP_VERSIONS"),
        (scarce("free_memory", lambda: 1e6), "FAIL", "memory", "1 MiB of", "more memory"),
        (in_environment("FUNNEL_MEMORY_LIMIT", "9TiB"), "WARN", "memory", "9TiB", "MEMORY_LIMIT"),
        (locked_away, "FAIL", "write rights", "lake/raw", "chown -R"),
        (file_for_folder, "FAIL", "write rights", "dagster_home", "chown -R"),
        (open_key, "FAIL", "key", "can be read by others", "chmod 600"),
        (lost_key, "FAIL", "key", "is missing", "restore it"),
        (other_key, "FAIL", "key", "not the one", "restore the earlier key"),
        (damaged_ledger, "FAIL", "lake", "is damaged", "see the message"),
        (lost_ledger, "FAIL", "lake", "is missing, but its lake holds batches", "see the"),
        (unreadable_file, "WARN", "lake", "1 of 2 files could not be read", "row_ledger"),
        (in_environment("FUNNEL_CONTRACTS_DIR", "/nowhere"), "FAIL", "contracts", "no contracts",
         "mend"),
        (written("landing/generic/odors/a.csv"), "WARN", "landing", "generic/odors", "move"),
        (damaged_version, "FAIL", "published", "is damaged", "rollback"),
        (rolled_back, "WARN", "published", "rolled back to", "nothing"),
        (written("private/scratch/a.csv"), "WARN", "leftovers", "scratch/a.csv", "delete"),
        (written("warehouse/spill/a.tmp"), "WARN", "leftovers", "spill/a.tmp", "delete"),
        (written("published/versions/.draft/e.duckdb"), "WARN", "leftovers", ".draft", "delete"),
        (written("published/.exports.new"), "WARN", "leftovers", ".exports.new", "delete"),
        (written("private/forget_requests/1"), "WARN", "requests", "wait", "forget_person"),
    ],
)  # fmt: skip
def test_each_defect_is_named_with_its_way_out(
    healthy: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[Workshop, pytest.MonkeyPatch], None],
    level: str,
    subject: str,
    said: str,
    way_out: str,
) -> None:
    plant(healthy, monkeypatch)
    findings = found()
    assert set(findings) == {subject}
    finding = findings[subject]
    assert finding.level == level
    assert said in finding.found
    assert way_out in finding.way_out


def test_who_works_is_told_and_what_works_is_no_leftover(healthy: Workshop) -> None:
    healthy.settings.scratch_dir.mkdir(parents=True)
    (healthy.settings.scratch_dir / "copy.csv").touch()
    with healthy.settings.run_lock.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 7, run 8")
        lock.flush()
        assert {n: (f.level, f.found) for n, f in found().items()} == {
            "run lock": ("WARN", "held by process 7, run 8")
        }
        assert status().working == "process 7, run 8"
    assert set(found()) == {"leftovers"}


def test_who_has_the_warehouse_open_is_told(healthy: Workshop) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OPENER, str(healthy.settings.warehouse_file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as opener:
        assert opener.stdout
        assert opener.stdout.readline() == "open\n"
        findings = found()
        opener.kill()
    assert set(findings) == {"warehouse"}
    assert f"open in process {opener.pid} (python" in findings["warehouse"].found


def test_the_command_fails_where_something_would_keep_a_run_from_working(
    healthy: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = CliRunner().invoke(app, ["doctor", "--json"])
    assert well.exit_code == 0
    assert {line["level"] for line in json.loads(well.output)} == {"OK"}
    open_key(healthy, monkeypatch)
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "FAIL  key" in told.output
    assert "→ run: chmod 600" in told.output


# Status --------------------------------------------------------------------------------------


def status(last: LastRefresh | None = None, hours: float = 0, **options: float) -> Status:
    now = datetime.now(UTC) + timedelta(hours=hours)
    return read_status(load_settings(), last, options.get("max_age_hours", 26), now)


def refreshed(result: str, hours_ago: float, *findings: str) -> LastRefresh:
    moment = datetime.now(UTC) - timedelta(hours=hours_ago)
    return LastRefresh("run-1", result, moment, moment if result == "success" else None, findings)


def test_a_fresh_publication_is_well(healthy: Workshop) -> None:
    said = status(refreshed("success", 1))
    assert said.problems == []
    assert said.working is None
    assert [version.is_current for version in said.versions] == [True]
    assert {s.entity for s in said.sources if s.level == "fresh"} == {"generic/orders"}
    assert {s.level for s in said.sources} == {"fresh", "never"}, "others never delivered"
    answer = CliRunner().invoke(app, ["status", "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.output)
    assert told["healthy"] is True
    assert told["version"] == said.version
    assert datetime.fromisoformat(told["published_at"]).tzinfo


def test_nothing_published_is_a_problem() -> None:
    answer = CliRunner().invoke(app, ["status"])
    assert answer.exit_code == 1
    assert "nothing is published yet; run `make run`" in answer.output


def test_an_old_refresh_is_stale_and_one_without_news_is_not(healthy: Workshop) -> None:
    assert "is 30 hours old, more than 26" in status(hours=30).problems[0]
    assert not [p for p in status(hours=30, max_age_hours=31).problems if "hours old, more" in p]
    quiet = refreshed("success", -29)
    assert not [p for p in status(quiet, hours=30).problems if "more than" in p]


def test_a_failed_refresh_is_a_problem_and_says_why(healthy: Workshop) -> None:
    said = status(refreshed("failure", 1, "generic/orders: check batch_expectations: …"))
    assert said.problems == ["the last refresh ended with failure"]
    assert said.as_json()["last_refresh"]["findings"] == [
        "generic/orders: check batch_expectations: …"
    ]


def test_a_silent_source_is_a_problem_a_late_one_is_shown(healthy: Workshop) -> None:
    late, stale = status(hours=40, max_age_hours=999), status(hours=24 * 9, max_age_hours=999)
    assert [(s.entity, s.level) for s in late.sources if s.level not in ("fresh", "never")] == [
        ("generic/orders", "late")
    ]
    assert late.problems == []
    [problem] = stale.problems
    assert problem.startswith("generic/orders: the newest delivery (")


def test_a_file_that_could_not_be_read_is_shown_with_the_way_out(healthy: Workshop) -> None:
    healthy.land("generic/orders", "torn.csv", "order_id,ordered_at\n1,2026-01-01T10:00:00Z\n")
    healthy.take_in("generic/orders")
    [unread] = status().unread_files
    assert unread.file == "generic/orders/torn.csv"
    answer = CliRunner().invoke(app, ["status"])
    assert f"not read      generic/orders/torn.csv: {unread.message}" in answer.output
    assert "`.venv/bin/funnel check <file>` says what is wrong" in answer.output


def test_a_broken_check_is_a_problem_and_a_warning_is_shown(press: Press) -> None:
    names = ("asset", "check", "severity", "passed", "observed", "expected", "checked_at")
    checks = [
        ("generic/orders", "freshness", "error", False, "silent", "x", 0.0),
        ("journey/steps", "dbt_tests", "warn", False, "odd", "x", 0.0),
        ("journey/steps", "mart_expectations", "error", True, "holds", "x", 0.0),
    ]
    write_check_results(press.warehouse, [dict(zip(names, row, strict=True)) for row in checks])
    press.tables.append(type(press.tables[0])("quality", "check_results", "", {}, ("asset",)))
    press.publish()
    said = status()
    assert (said.checks, len(said.broken_checks)) == (3, 2)
    assert said.problems == ["generic/orders: check freshness: silent"]
    answer = CliRunner().invoke(app, ["status"])
    assert answer.exit_code == 1
    assert "1 hold, 2 do not" in answer.output
    assert "warn: journey/steps: dbt_tests: odd" in answer.output


def test_a_damaged_version_is_a_problem_and_not_a_traceback(healthy: Workshop) -> None:
    damaged_version(healthy, pytest.MonkeyPatch())
    [problem] = status().problems
    assert "cannot be read" in problem


def test_wrong_settings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNNEL_TIMEZONE", "Berlin")
    with pytest.raises(SettingsError):
        status()
