"""Personal data stays in the landing folder; people can be forgotten and the key rotated."""

import base64
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion import Door, Removal, remove_records
from orchestration.privacy import Identifier, PrivacyError, carry_out, finish, forgetting, plan
from orchestration.settings import ROOT
from tests.builders import Workshop
from tests.marked import MARKS, PLANTED, found_in, land_marks

pytestmark = pytest.mark.slow

ORDERS = "order_id,ordered_at,quantity,unit_price,email,customer_id\n"
EVENTS = "occurred_at,event_name,visitor_id,customer_id,page_url\n"
MESSAGES = "message_event_id,occurred_at,channel,event_type,email,phone\n"
REVIEWS = "site,review_id,reviewed_at,rating,text,author,email\n"


def funnel(workshop: Workshop, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return run_python(workshop, "orchestration.cli", *arguments)


def run_python(workshop: Workshop, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module with the workshop's data folder and Dagster instance."""
    places = {
        "FUNNEL_DATA_DIR": str(workshop.data),
        "DAGSTER_HOME": str(workshop.settings.dagster_home),
    }
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **places}, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=1800,
    )  # fmt: skip


def land_people(workshop: Workshop) -> None:
    """Ada and Bob order, browse, get messages and review; a row of each names nobody."""
    people = [
        ("ada@lovelace.example", "CUST-0001", "dev-11111111", "+49 30 5550001", "Ada Lovelace"),
        ("bob@builder.example", "CUST-0002", "dev-22222222", "+49 30 5550002", "Bob Builder"),
        ("", "", "dev-33333333", "", ""),
    ]
    orders, events, messages, reviews = ORDERS, EVENTS, MESSAGES, REVIEWS
    for n, (email, customer, visitor, phone, name) in enumerate(people, start=1):
        orders += f"900{n},2026-02-0{n}T10:00:00Z,1,9.5,{email},{customer}\n"
        events += f"2026-02-0{n}T10:00:00Z,page_view,{visitor},{customer},https://a.example/\n"
        events += f"2026-02-0{n}T09:00:00Z,page_view,{visitor},,https://a.example/?e={email}\n"
        messages += f"m{n}a,2026-02-0{n}T10:00:00Z,email,sent,{email},{phone}\n"
        messages += f"m{n}b,2026-02-0{n}T10:00:00Z,sms,sent,,{phone}\n"
        reviews += f"s,r{n},2026-02-0{n}T10:00:00Z,5,by {email} of {name},{name},\n"
    workshop.land("generic/orders", "people.csv", orders)
    workshop.land("generic/web_events", "people.csv", events)
    workshop.land("generic/messages", "people.csv", messages)
    workshop.land("generic/reviews", "people.csv", reviews)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workshop, str]:
    """Marked files of every contract and a few people, refreshed; and what the command said."""
    workshop = Workshop(tmp_path_factory.mktemp("privacy") / "data")
    for contract in workshop.contracts.values():
        for name in contract.entities:
            land_marks(workshop, contract, name)
    land_people(workshop)
    done = funnel(workshop, "run", "-v")
    assert done.returncode == 0, done.stdout + done.stderr
    return workshop, done.stdout + done.stderr


@pytest.fixture
def copied(published: tuple[Workshop, str], tmp_path: Path) -> Workshop:
    """A data folder of its own with the same content."""
    copy = shutil.copytree(published[0].data, tmp_path / "copy", symlinks=True)
    return Workshop(Path(copy))


def rows(workshop: Workshop, query: str) -> list[tuple[Any, ...]]:
    with workshop.published() as connection:
        return connection.execute(query).fetchall()


# Nothing personal beyond the landing folder -----------------------------------------------------


def test_only_the_landing_folder_holds_what_was_planted(published: tuple[Workshop, str]) -> None:
    workshop, said = published
    places = {p.name for p in workshop.data.iterdir()}
    assert places == {"dagster_home", "lake", "landing", "private", "published", "warehouse"}
    for place in sorted(places - {"landing"}):
        assert found_in(workshop.data / place, *MARKS) == []
    assert not [mark for mark in MARKS if mark in said.lower()]


def test_every_entity_was_planted_loaded_and_rejected(published: tuple[Workshop, str]) -> None:
    workshop, _ = published
    for contract in workshop.contracts.values():
        for name in contract.entities:
            folder = workshop.landing / contract.source / name
            for mark in PLANTED:
                assert found_in(folder, mark), f"{folder}: {mark}"
            [(loaded, rejected, unreadable)] = rows(
                workshop,
                "select sum(rows_loaded), sum(rows_rejected), count(*) filter (message is not null)"
                " from quality.row_ledger"
                f" where source = '{contract.source}' and entity = '{name}'",
            )
            assert loaded > 70, folder
            assert rejected > 0, folder
            layout = contract.entities[name].format
            can_be_unreadable = layout.type != "ndjson" and layout.header_rows > 0
            assert (unreadable > 0) == can_be_unreadable, folder


@pytest.mark.parametrize("spelling", ["plain", "upper", "base64", "hex", "utf-16", "table"])
def test_the_search_finds_a_mark_in_every_spelling(tmp_path: Path, spelling: str) -> None:
    text = "some Zqxname here"
    plain = text.encode()
    spelt = {
        "plain": plain,
        "upper": plain.upper(),
        "hex": plain.hex().encode(),
        "base64": base64.b64encode(plain),
        "utf-16": text.encode("utf-16"),
    }
    if spelling == "table":
        table = pa.table({"a": [[{"b": text}]] * 100})
        pq.write_table(table, tmp_path / "t.parquet", compression="zstd")
    else:
        (tmp_path / "file").write_bytes(spelt[spelling])
    assert found_in(tmp_path, "zqxname")
    assert not found_in(tmp_path, "zqxother")


# Forgetting -------------------------------------------------------------------------------------


def test_a_person_is_forgotten_everywhere_and_nobody_else(copied: Workshop) -> None:
    before = published_rows(copied)
    (copied.landing / "generic/orders/people.csv").unlink()
    done = funnel(copied, "forget", "--email", "Ada@Lovelace.example", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    for line in (
        "1 e-mail addresses, 1 phones, 1 customer ids, 1 devices, 1 order numbers",
        "generic/messages 2 2 0",
        "generic/orders 0 1 0",
        "generic/reviews 1 0 0",
        "generic/web_events 2 2 0",
        "Nothing of the person is left",
    ):
        assert line in said, done.stdout
    assert "lovelace" not in (done.stdout + done.stderr).lower()
    marks = ("lovelace", "cust-0001", "dev-11111111", "5550001")
    assert found_in(copied.data, *marks) == []
    assert found_in(copied.landing, "builder", "cust-0002", "dev-22222222", "5550002")
    after = published_rows(copied)
    assert after["customer_engagement.orders"] == before["customer_engagement.orders"] - 1
    assert after["customer_engagement.sessions"] == before["customer_engagement.sessions"] - 2
    assert len(list((copied.settings.published_dir / "versions").iterdir())) == 1
    [forgotten] = copied.ledger.forgotten()
    assert (forgotten.landed_records, forgotten.lake_rows) == (5, 5)
    assert forgotten.published_versions == 1
    [(wrong,)] = rows(
        copied,
        "select count(*) from quality.row_ledger"
        " where rows_read <> rows_loaded + rows_rejected + rows_duplicate",
    )
    assert wrong == 0


def test_a_stopped_removal_goes_on_with_what_it_knew(
    begun: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that ties the customer id to the address is gone, and the tables are rebuilt."""
    begun.land("generic/orders", "a.csv", ORDERS + "1,2026-02-01,1,9.5,ada@a.example,CUST-0001\n")
    events = begun.land(
        "generic/web_events", "a.csv", EVENTS + "2026-02-01,page_view,dev-1,CUST-0001,\n"
    )
    begun.take_in_all()
    begun.build()
    with monkeypatch.context() as killed:
        killed.setattr(forgetting, "remove_records", _all_but_web_events)
        _forget(begun, "ada@a.example")
    assert "CUST-0001" in events.read_text()
    begun.take_in_all()
    begun.build()
    with pytest.raises(PrivacyError, match="that was somebody else"):
        _forget(begun, "bob@b.example")
    _forget(begun, "ada@a.example")
    assert events.read_text() == EVENTS
    finish(begun.settings)
    assert found_in(begun.data / "private", "cust-0001") == []


def _forget(workshop: Workshop, email: str) -> None:
    clear = Identifier("email", email)
    with workshop.at_work():
        settings, door = workshop.settings, workshop.door
        carry_out(settings, door, plan(settings, door, workshop.contracts, clear, lambda _: None))


def _all_but_web_events(door: Door, removal: Removal, *others: Any) -> None:
    if removal.name != "generic/web_events":
        remove_records(door, removal, *others)


def published_rows(workshop: Workshop) -> dict[str, int]:
    with workshop.published() as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        return {
            f"{s}.{t}": (connection.execute(f"select count(*) from {s}.{t}").fetchone() or (0,))[0]
            for s, t in tables
        }


def test_while_a_run_works_nobody_is_forgotten(published: tuple[Workshop, str]) -> None:
    workshop, _ = published
    with workshop.settings.run_lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = funnel(workshop, "forget", "--email", "ada@lovelace.example", "--yes")
    assert done.returncode == 1
    assert "Another run is working" in done.stdout
    assert found_in(workshop.landing, "lovelace")


def test_the_job_takes_its_request_from_a_private_file(copied: Workshop) -> None:
    folder = copied.settings.forget_requests_dir
    folder.mkdir(parents=True)
    request = folder / "one.txt"
    request.write_text("customer_id: CUST-0002\n")
    request.chmod(0o600)
    done = run_python(
        copied,
        "dagster",
        "job",
        "execute",
        "-m",
        "orchestration.definitions",
        "-j",
        "forget_person",
    )
    assert done.returncode == 0, done.stderr
    assert "cust-0002" not in (done.stdout + done.stderr).lower()
    assert not request.exists()
    assert found_in(copied.data, "bob@builder", "cust-0002", "dev-22222222", "5550002") == []
    assert found_in(copied.landing, "lovelace")


# Rotation ---------------------------------------------------------------------------------------

FUNNEL = "from journey.funnel_monthly where stage <> 'promoter' order by month, stage_rank"
PEOPLE = "select person_id from customer_engagement.orders where customer_id = 'CUST-0002'"


def test_a_rotated_key_changes_every_pseudonym_and_no_number(copied: Workshop) -> None:
    before, [(bob,)] = published_rows(copied), rows(copied, PEOPLE)
    funnel_before = rows(copied, FUNNEL)
    answers = "survey_id,submission_id,question_id,question_kind,score,answered_at,email\n"
    late = "s,1,q,nps,9,2026-02-03T10:00:00Z,BOB@builder.example\n"
    copied.land("generic/survey_answers", "late.csv", answers + late)
    done = funnel(copied, "rotate-key")
    assert done.returncode == 0, done.stdout + done.stderr
    [(renamed,)] = rows(copied, PEOPLE)
    assert renamed != bob
    joined = "select person_id from customer_experience.survey_answers where survey_id = 's'"
    assert rows(copied, joined) == [(renamed,)], "a file that arrives later joins"
    after = published_rows(copied)
    grown = {name for name in before if before[name] != after[name]}
    # The late answer is on a day of its own: Bob, a customer, was active on one day more. It is the
    # first on recommending: there can be promoters now.
    assert grown <= {"customer_experience.survey_answers", "customer_experience.cx_scores_monthly",
                     "customer_experience.survey_health_monthly", "customer_experience.cx_drivers",
                     "quality.row_ledger", "journey.funnel_monthly", "journey.funnel_cohorts",
                     "customer_engagement.active_days_monthly"}  # fmt: skip
    assert rows(copied, FUNNEL) == funnel_before
    assert len(list((copied.settings.published_dir / "versions").iterdir())) == 1
    key_lines = copied.settings.key_file.read_text().split()
    assert len(key_lines) == 2
    assert found_in(copied.data / "lake", bob.removeprefix("email-")) == []
    assert found_in(copied.settings.warehouse_file.parent, bob.removeprefix("email-")) == []
    assert found_in(copied.settings.published_dir, bob.removeprefix("email-")) == []


def test_a_half_rotated_lake_is_refused_to_every_run(copied: Workshop) -> None:
    with copied.settings.key_file.open("a") as file:
        file.write("\nanother-key")
    done = funnel(copied, "run")
    assert done.returncode == 2
    assert "run `.venv/bin/funnel rotate-key`" in done.stderr
