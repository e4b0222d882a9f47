"""Pulls from a survey tool's API and from PostgreSQL: whole, once, in the order of changes."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from signal import SIGKILL
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
import yaml

from orchestration.privacy import Identifier, carry_out, plan, prove
from orchestration.pulls import Places, Pull, PullError, check_targets, read_pulls, run_pull
from orchestration.settings import ROOT
from orchestration.warehouse.records import Change, apply_change, create_table
from tests import postgres as local
from tests.builders import Workshop, records
from tests.survey_tool import KEY, SurveyTool, answers, survey_tool

EXAMPLES = ROOT / "orchestration" / "pulls" / "examples"
WARM = get_context("forkserver")
WARM.set_forkserver_preload(["dlt.sources.rest_api", "pyarrow.parquet", "orchestration.pulls"])


@dataclass
class Desk:
    """A data folder and the pulls that land in it."""

    workshop: Workshop
    folder: Path
    tool: SurveyTool = field(default_factory=SurveyTool)

    @property
    def places(self) -> Places:
        return Places(self.workshop.landing, self.workshop.settings.pull_state_dir)

    def said(self, name: str) -> Pull:
        return read_pulls(self.folder)[name]

    def pull(self, name: str = "survey_responses") -> int:
        """Run a pull; return how many rows landed."""
        return run_pull(self.said(name), self.places).rows

    def change(self, name: str = "survey_responses", **sections: dict[str, Any]) -> None:
        """Change sections of a pull's file."""
        path = self.folder / f"{name}.yaml"
        said = yaml.safe_load(path.read_text())
        for section, changes in sections.items():
            said[section] |= changes
        path.write_text(yaml.safe_dump(said))

    def landed(self, entity: str = "delighted/responses") -> list[Path]:
        """Everything in the landing folder, hidden files too."""
        return sorted(path for path in (self.workshop.landing / entity).glob("*"))

    def newest(self, entity: str = "delighted/responses") -> list[dict[str, Any]]:
        """The records as dbt reads them, after the door, without where they came from."""
        self.workshop.take_in(entity)
        source, name = entity.split("/")
        said = self.workshop.contracts[source].entities[name]
        batches = sorted((self.workshop.lake / "raw" / entity).glob("*.parquet"))
        with duckdb.connect() as connection:
            create_table(connection, "raw.records", said)
            apply_change(connection, "raw.records", said, Change(batches, [], []), 1)
            query = "select columns('^[a-z].*') from raw.records order by all"
            return records(connection.sql(query))


@pytest.fixture
def desk(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with a survey tool of 35 answers, ten a page."""
    monkeypatch.setenv("DELIGHTED_API_KEY", KEY)
    with survey_tool(35) as tool:
        tool.write_pull(tmp_path / "pulls")
        yield Desk(workshop, tmp_path / "pulls", tool)


# An API -----------------------------------------------------------------------------------------


def test_pages_come_whole_through_limits_and_failures(desk: Desk) -> None:
    desk.tool.faults = ["", "429", "", "500", "503"]
    desk.tool.records[7]["score"] = 7.25
    began = time.monotonic()
    assert desk.pull() == 35
    assert time.monotonic() - began >= 1, "Retry-After is a second"
    assert len(desk.tool.asked) == 5 + 3
    intake = desk.workshop.take_in("delighted/responses")
    assert (intake.files, intake.rows_loaded, intake.rows_rejected) == (1, 35, 0)
    assert not intake.warnings
    seventh = desk.newest()[7]
    assert (seventh["submission_id"], float(seventh["score"])) == ("r0007", 7.25)
    assert seventh["comment"] == "Größe 7, “fine”"
    assert seventh["customer_id"] == "C-7"
    assert seventh["email"] != "p7@example.com"


def test_the_next_pull_brings_what_is_new_and_what_has_changed(desk: Desk) -> None:
    desk.pull()
    assert desk.pull() == 0
    assert len(desk.landed()) == 1
    desk.tool.change(3, 10, 1_760_000_000)
    desk.tool.records += answers(5, first=100)
    assert desk.pull() == 6
    assert desk.tool.asked[-1]["updated_since"] == "1750003400"
    found = desk.newest()
    assert len(found) == 40
    assert [r["score"] for r in found if r["submission_id"] == "r0003"] == [10]


def test_an_overlap_is_asked_for_again_and_counted_once(desk: Desk) -> None:
    desk.change(cursor={"overlap_seconds": 200})
    desk.pull()
    assert desk.pull() == 3
    assert len(desk.newest()) == 35


def test_a_cursor_may_be_a_time_in_words(desk: Desk) -> None:
    desk.tool.in_words()
    desk.change(cursor={"kind": "iso", "start": "2020-01-01T00:00:00Z", "overlap_seconds": 100})
    assert desk.pull() == 35
    assert desk.pull() == 2
    assert desk.tool.asked[-1]["updated_since"] == "2025-06-15T16:01:40Z"


def test_what_changes_while_the_pages_come_is_left_to_the_next_pull(desk: Desk) -> None:
    """The first is read already, the last is not: together they would move the cursor too far."""
    now = int(time.time())

    def meanwhile() -> None:
        desk.tool.change(0, 1, now + 2)
        desk.tool.change(34, 2, now + 3)

    desk.tool.at_request[3] = meanwhile
    assert desk.pull() == 34
    time.sleep(max(now + 3.1 - time.time(), 0))
    desk.pull()
    scores = {r["submission_id"]: r["score"] for r in desk.newest()}
    assert (len(scores), scores["r0000"], scores["r0034"]) == (35, 1, 2)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("cut", "is a broken page"), ("words", "is no page of records"), ("404", "answered 404")],
)
def test_a_broken_page_stops_the_pull_and_nothing_lands(desk: Desk, fault: str, words: str) -> None:
    desk.tool.faults = ["", "", fault]
    with pytest.raises(PullError, match=words) as stopped:
        desk.pull()
    assert f"127.0.0.1:{desk.tool.port}/v1/survey_responses.json?" in str(stopped.value)
    assert "page=3" in str(stopped.value)
    assert not desk.landed()
    assert not list(desk.places.state.rglob("*.parquet")), "no record is kept that never lands"
    assert desk.pull() == 35


def test_a_tool_that_stays_down_is_left_alone_after_some_tries(desk: Desk) -> None:
    desk.change(rest={"tries": 2})
    desk.tool.faults = ["500"] * 9
    with pytest.raises(PullError, match="answered 500, 2 times"):
        desk.pull()
    assert len(desk.tool.asked) == 2


def test_a_page_that_comes_for_ever_or_leads_elsewhere_is_refused(desk: Desk) -> None:
    desk.change(rest={"pagination": {"type": "page_number", "page_param": "seite",
                                     "base_page": 1, "total_path": None},
                      "params": {"per_page": 10, "page": 1}})  # fmt: skip
    with pytest.raises(PullError, match="the same page as the one before"):
        desk.pull()
    desk.tool.wrapped = "http://localhost:1/more?access_token=abc"
    desk.change(rest={"pagination": {"type": "json_link", "next_url_path": "next"},
                      "records": "items"})  # fmt: skip
    with pytest.raises(PullError, match="leads to another host, http://localhost:1/more") as said:
        desk.pull()
    assert "abc" not in str(said.value)
    assert not desk.landed()


def test_an_expired_key_is_told_by_its_variable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.tool.key = "a new one"
    with pytest.raises(PullError, match="environment variable DELIGHTED_API_KEY") as said:
        desk.pull()
    assert KEY not in str(said.value)
    monkeypatch.delenv("DELIGHTED_API_KEY")
    with pytest.raises(PullError, match="DELIGHTED_API_KEY is not set"):
        desk.pull()
    monkeypatch.setenv("DELIGHTED_API_KEY", "a new one")
    assert desk.pull() == 35


def test_who_is_forgotten_leaves_what_was_pulled(desk: Desk) -> None:
    desk.pull()
    desk.workshop.take_in_all()
    settings, door = desk.workshop.settings, desk.workshop.door
    person = Identifier("email", "p7@example.com")
    planned = plan(settings, door, desk.workshop.contracts, person, lambda _: None)
    carry_out(settings, door, planned)
    with duckdb.connect() as connection:
        rows = records(connection.sql(f"from read_parquet('{desk.landed()[0]}')"))
    assert (len(rows), "p7@example.com" in str(rows)) == (34, False)
    assert not prove(settings, planned, lambda _: None).found


# Killed -----------------------------------------------------------------------------------------

STEPS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "open")


def _work(pull: Pull, places: Places, environment: dict[str, str], die_at: int, steps: Any) -> None:
    """Pull in a process of its own, which kills itself before a step in the data folder.

    What it is forked from may have been started by another test, in another environment.
    """
    os.environ.update(environment)
    data = str(places.landing.parent)

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in STEPS or not str(arguments[0]).startswith(data):
            return
        if event == "open" and not int(arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        steps.value += 1
        if steps.value == die_at:
            os.kill(os.getpid(), SIGKILL)

    sys.addaudithook(look)
    run_pull(pull, places)


def _process(desk: Desk, die_at: int, steps: Any) -> Any:
    pull = desk.said("survey_responses")
    return WARM.Process(target=_work, args=(pull, desk.places, dict(os.environ), die_at, steps))


def _killed(desk: Desk, die_at: int) -> int:
    """Run a pull that dies; return how many steps it came to."""
    steps = WARM.Value("i", 0, lock=False)
    process = _process(desk, die_at, steps)
    process.start()
    process.join(60)
    assert process.exitcode == (-SIGKILL if die_at else 0)
    return steps.value


def test_a_pull_that_is_killed_and_repeated_loses_and_doubles_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    def fresh(name: str) -> Desk:
        return Desk(Workshop(tmp_path / name / "data"), desk.folder, desk.tool)

    undisturbed = fresh("undisturbed")
    steps = _killed(undisturbed, die_at=0)
    expected = undisturbed.newest()
    assert len(expected) == 35
    each = int(os.environ.get("PULL_KILL_EACH") or steps // 8)  # 1 kills before every step
    moments = [*range(int(os.environ.get("PULL_KILL_FROM") or 1), steps + 1, each)]
    for moment in moments:
        killed = fresh(f"killed-{moment}")
        _killed(killed, moment)
        visible = [path for path in killed.landed() if not path.name.startswith(".")]
        assert len(visible) <= 1
        assert killed.workshop.take_in("delighted/responses").rows_loaded in (0, 35)
        killed.pull()
        assert killed.newest() == expected, f"killed before step {moment} of {steps}"
        assert not [path for path in killed.landed() if path.name.startswith(".")]
        assert not list(killed.places.state.rglob("*.parquet"))


def test_a_pull_that_is_killed_between_pages_begins_where_the_last_one_ended(desk: Desk) -> None:
    desk.pull()
    desk.tool.records += answers(30, first=100)
    process = _process(desk, 0, WARM.Value("i", 0, lock=False))
    desk.tool.at_request[len(desk.tool.asked) + 3] = lambda: os.kill(process.pid or 0, SIGKILL)
    process.start()
    process.join(60)
    assert process.exitcode == -SIGKILL
    assert len(desk.landed()) == 1
    assert desk.pull() == 30
    assert len(desk.newest()) == 65


def test_a_pull_that_lost_its_place_begins_anew(desk: Desk) -> None:
    desk.pull()
    state = desk.places.state / "survey_responses" / "state.json"
    state.write_bytes(state.read_bytes()[:50])
    assert desk.pull() == 35
    assert len(desk.newest()) == 35
    assert state.stat().st_mode & 0o777 and desk.places.state.stat().st_mode & 0o77 == 0


# A database -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[local.Postgres]:
    if reason := local.missing():
        pytest.skip(f"no PostgreSQL to pull from: {reason}")
    with local.postgres() as running:
        yield running


@pytest.fixture
def shop(server: local.Postgres, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> local.Postgres:
    """A shop with a hundred order lines, one an hour."""
    monkeypatch.setenv("SHOP_DATABASE_URL", server.url)
    server.execute(*local.SHOP)
    (desk.folder / "shop_orders.yaml").write_text((EXAMPLES / "shop_orders.yaml").read_text())
    return server


def test_orders_come_by_their_cursor(shop: local.Postgres, desk: Desk) -> None:
    assert desk.pull("shop_orders") == 100
    assert desk.pull("shop_orders") == 1, "the overlap of ten minutes holds the last one"
    shop.execute(
        "update order_lines set order_status = 'refunded', updated_at = '2026-03-01'"
        " where order_id = 'o5'",
        "insert into order_lines (order_id, line_number, ordered_at, quantity, unit_price,"
        " updated_at) values ('o101', 1, '2026-03-01', 1, 9.99, '2026-03-01')",
    )
    assert desk.pull("shop_orders") == 3
    intake = desk.workshop.take_in("generic/orders")
    assert (intake.rows_rejected, intake.warnings) == (0, ())
    found = {row["order_id"]: row for row in desk.newest("generic/orders")}
    assert len(found) == 101
    assert found["o5"]["order_status"] == "refunded"
    assert str(found["o101"]["unit_price"]) == "9.9900"
    assert found["o1"]["ordered_at"].isoformat() == "2026-01-01T01:00:00"


def test_of_two_deliveries_of_a_line_the_later_change_stands(
    shop: local.Postgres, desk: Desk
) -> None:
    for moment, status in enumerate(("paid", "refunded", "placed", "cancelled")):
        shop.execute(
            f"update order_lines set order_status = '{status}', updated_at ="
            f" timestamptz '2026-04-01' + {moment} * interval '1 hour' where order_id = 'o5'"
        )
        desk.pull("shop_orders")
    [line] = [row for row in desk.newest("generic/orders") if row["order_id"] == "o5"]
    assert line["order_status"] == "cancelled"


def test_what_was_committed_late_has_no_time_or_lies_ahead_is_not_lost(
    shop: local.Postgres, desk: Desk
) -> None:
    with shop.connection() as late:
        late.execute(
            "update order_lines set country = 'AT', updated_at = '2026-05-01 11:59:00+00'"
            " where order_id = 'o7'"
        )
        shop.execute("update order_lines set country = 'FR', updated_at = '2026-05-01 12:00:00+00'"
                     " where order_id = 'o8'",
                     "update order_lines set updated_at = '2099-01-01' where order_id = 'o9'",
                     "update order_lines set updated_at = null where order_id = 'o10'",
                     )  # fmt: skip
        assert desk.pull("shop_orders") == 99, "o9 lies ahead, o7 is as it was"
    assert desk.pull("shop_orders") == 3, "o7, and again o8 and o10"
    found = {row["order_id"]: row["country"] for row in desk.newest("generic/orders")}
    assert (found["o7"], found["o8"], len(found)) == ("AT", "FR", 99)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("an old address", "SHOP_DATABASE_URL is no address of a PostgreSQL database"),
        ("mysql://me:secret-one@127.0.0.1/shop", "is no address of a PostgreSQL database"),
        ("postgresql://me:secret-one@127.0.0.1:1/shop", "Connection refused"),
        ("", "SHOP_DATABASE_URL is not set"),
    ],
)
def test_a_database_that_is_not_there_is_told_without_its_password(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("SHOP_DATABASE_URL", url)
    (desk.folder / "shop_orders.yaml").write_text((EXAMPLES / "shop_orders.yaml").read_text())
    with pytest.raises(PullError, match=words) as said:
        desk.pull("shop_orders")
    assert "secret-one" not in str(said.value)


def test_a_table_a_column_or_a_password_that_is_wrong_is_named(
    shop: local.Postgres, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.change("shop_orders", database={"table": "nothing"})
    with pytest.raises(PullError, match=r"no table public\.nothing"):
        desk.pull("shop_orders")
    desk.change("shop_orders", database={"table": "order_lines"})
    shop.execute("alter table order_lines drop column country")
    with pytest.raises(PullError, match=r"public\.order_lines has no column country"):
        desk.pull("shop_orders")
    monkeypatch.setenv("SHOP_DATABASE_URL", shop.url.replace("S3cret", "expired"))
    with pytest.raises(PullError, match="password authentication failed") as said:
        desk.pull("shop_orders")
    assert "SHOP_DATABASE_URL" in str(said.value)
    assert "expired" not in str(said.value)


# Credentials ------------------------------------------------------------------------------------


def _forms(secret: str) -> list[bytes]:
    forms = {secret, quote(secret, safe=""), quote(secret)}
    packed = base64.b64encode(f"{secret}:".encode()), base64.b64encode(secret.encode())
    return [*(form.encode() for form in forms), *(form.rstrip(b"=")[:-2] for form in packed)]


def test_no_credential_is_written_anywhere(shop: local.Postgres, desk: Desk) -> None:
    """Also not where a pull fails, and where whoever runs it wants every detail logged."""
    environment = {
        **os.environ, "FUNNEL_PULLS_DIR": str(desk.folder), "RUNTIME__LOG_LEVEL": "DEBUG",
        "HOME": str(desk.folder.parent / "home"),
    }  # fmt: skip
    funnel = [sys.executable, "-m", "orchestration.cli", "pull"]

    def said(*names: str) -> str:
        done = subprocess.run(
            [*funnel, *names], env=environment, capture_output=True, text=True, cwd=ROOT
        )
        return f"{done.returncode}\n{done.stdout}{done.stderr}"

    output = said("--all")
    assert output.startswith("0\n")
    assert "survey_responses: 35 rows in 1 files" in output
    assert "shop_orders: 100 rows in 1 files" in output
    desk.tool.key = "a new one"
    shop.execute("alter table order_lines drop column country")
    output += said("--all")
    assert "has no column country" in output
    assert "renew it" in output
    assert "ready" in said()
    files = [path for path in desk.folder.parent.rglob("*") if path.is_file()]
    assert any("landing" in path.parts for path in files)
    for form in (*_forms(KEY), *_forms(local.PASSWORD)):
        assert form not in output.encode()
        assert not [path for path in files if form in path.read_bytes()]


# What a pull says -------------------------------------------------------------------------------


def test_the_examples_can_be_used_as_they_are(workshop: Workshop) -> None:
    pulls = read_pulls(EXAMPLES)
    assert list(pulls) == ["shop_orders", "survey_responses"]
    check_targets(pulls, workshop.contracts)


@pytest.mark.parametrize(
    ("section", "change", "words"),
    [
        (None, {"fields": ["id"]}, "fields must hold the cursor, 'updated_at'"),
        (None, {"target": "typeform/responses"}, 'add "\\*.parquet" to its `files`'),
        (None, {"target": "nobody/responses"}, "no contract has nobody/responses"),
        (None, {"database": {"url_from": "X", "table": "t"}}, "exactly one of rest and database"),
        (None, {"nmae": 1}, "nmae: Extra inputs"),
        ("rest", {"base_url": "http://api.example.com"}, "must begin with https://"),
        ("rest", {"base_url": "https://me:hunter2@example.com"}, "without user and password"),
        ("rest", {"auth": {"type": "bearer"}}, "auth of type bearer needs token_from"),
        ("rest", {"auth": {"type": "bearer", "token_from": "hunter2"}}, "rest.auth.token_from"),
        ("cursor", {"kind": "timestamp"}, "kind is timestamp for a database"),
    ],
)
def test_a_pull_that_cannot_work_is_refused_in_a_sentence(
    desk: Desk, section: str | None, change: dict[str, Any], words: str
) -> None:
    path = desk.folder / "survey_responses.yaml"
    said = yaml.safe_load(path.read_text())
    (said if section is None else said[section]).update(change)
    path.write_text(yaml.safe_dump(said))
    with pytest.raises(PullError, match=words) as refused:
        check_targets(read_pulls(desk.folder), desk.workshop.contracts)
    assert "survey_responses" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_pull_that_is_switched_off_is_none(desk: Desk) -> None:
    path = desk.folder / "survey_responses.yaml"
    path.write_text(f"enabled: false\n{path.read_text()}")
    assert read_pulls(desk.folder) == {}
    assert read_pulls(None) == {}
