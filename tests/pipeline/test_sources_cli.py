"""The commands about sources, and the page of CONTRIBUTING.md on a source nobody thought of."""

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.expectations.rules import RAW_SUITES
from orchestration.ingestion import read_contracts
from orchestration.settings import DBT_PROJECT_DIR, ROOT
from orchestration.sources_cli import draft
from tests.builders import Workshop
from tests.pipeline.test_cli import GOOD, ORDERS, funnel, land

BAD = "2,2026-01-02T10:00:00Z,many,9.5,C2,EUR\n3,,1,9.5,C3,EUR\n"
SAMPLE = (
    "Order No;Buyer Mail;Ordered at;Quantity;Unit price;Currency\n"
    "17;ada@example.com;13.02.2026 10:00;2;1.234,50;EUR\n"
    "18;bob@example.com;01.03.2026 11:30;1;34,50;EUR\n"
)


def test_check_says_what_would_be_loaded_and_what_not(tmp_path: Path) -> None:
    text = ORDERS.replace("\n", ",colour\n") + (GOOD + BAD).replace("\n", ",red\n")
    path = land(tmp_path, "generic/orders", "a.csv", text)
    found = funnel(tmp_path, "check", str(path))
    assert found.returncode == 1, found.stderr
    said = found.stdout
    assert "3 rows read: 1 would be loaded, 2 rejected" in said
    assert "not in the contract, so not loaded: colour" in said
    assert "66.7 % of the rows are rejected, 5 % are allowed" in said
    assert re.search(r"^ +2  quantity +many +is not a number$", said, flags=re.M)
    assert re.search(r"^ +3  ordered_at +is missing$", said, flags=re.M)
    assert not (tmp_path / "lake" / "raw").exists()
    assert not list((tmp_path / "private").iterdir())


def test_check_says_which_questions_carry_a_score(tmp_path: Path) -> None:
    path = ROOT / "tests/fixtures/surveymonkey/responses/Relationship 2026.csv"
    found = funnel(
        tmp_path, "check", str(path), "--source", "surveymonkey", "--entity", "responses"
    )
    assert found.returncode == 0, found.stderr
    assert re.search(r"nps +2 answers  How likely is it .* shop, to a friend\?", found.stdout)
    assert re.search(r"text +1 answers  What is the reason for your score\?", found.stdout)


def test_a_model_without_its_contract_is_named(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts"
    shutil.copytree(ROOT / "orchestration" / "contracts", contracts)
    own = "source: generic\ntitle: Own\nentities:\n  orders:\n    description: One row per order.\n"
    own += (
        "    files: ['*.csv']\n    primary_key: [id]\n    columns:\n      id: {description: Id.}\n"
    )
    (contracts / "generic.yaml").write_text(own)
    land(tmp_path, "generic/orders", "a.csv", "id\n1\n")
    done = funnel(tmp_path, "run", FUNNEL_CONTRACTS_DIR=str(contracts))
    assert done.returncode == 2
    assert "stg_generic__web_events.sql reads generic/web_events" in done.stderr
    assert "Is FUNNEL_CONTRACTS_DIR set" in done.stderr


def test_check_names_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "stray.csv"
    path.write_text("Nummer,Datum\n1,2\n")
    assert funnel(tmp_path, "check", str(path)).returncode == 2
    found = funnel(tmp_path, "check", str(path), "--source", "generic", "--entity", "orders")
    assert found.returncode == 1
    assert "its header is: Nummer, Datum" in found.stdout
    wrong = funnel(tmp_path, "check", str(path), "--source", "generic", "--entity", "ordres")
    assert wrong.returncode == 2
    assert "generic has no 'ordres'; it has" in wrong.stderr


def test_check_says_that_a_run_would_leave_the_file(tmp_path: Path) -> None:
    path = land(tmp_path, "generic/orders", "a.tsv", (ORDERS + GOOD).replace(",", "\t"))
    found = funnel(tmp_path, "check", str(path))
    assert found.returncode == 1, found.stderr
    assert (
        "a run would not read it: its name fits no pattern of the contract (*.csv" in found.stdout
    )


def test_replay_reads_again_under_the_mended_contract(tmp_path: Path) -> None:
    contracts = tmp_path / "contracts"
    shutil.copytree(ROOT / "orchestration" / "contracts", contracts)
    own = {"FUNNEL_CONTRACTS_DIR": str(contracts)}
    land(tmp_path, "generic/orders", "a.csv", ORDERS + GOOD + BAD)
    assert "rejected 0 → 2" in funnel(tmp_path, "replay", "generic/orders", **own).stdout
    shown = funnel(tmp_path, "sources", **own).stdout
    [line] = [line for line in shown.splitlines() if line.startswith("generic/orders ")]
    assert re.search(r"^generic/orders +1 .* 0 h +1 +2 +0   1 wait for their gate", line), line
    path = contracts / "generic.yaml"
    said = yaml.safe_load(path.read_text())
    said["entities"]["orders"]["columns"]["quantity"]["missing"] = ["many"]
    said["entities"]["orders"]["columns"]["quantity"]["required"] = False
    path.write_text(yaml.safe_dump(said))
    again = funnel(tmp_path, "replay", "generic", **own)
    assert "1 files read again; rows loaded 1 → 2, rejected 2 → 1" in again.stdout
    assert funnel(tmp_path, "replay", "generci", **own).returncode == 2


def _columns(rules: list[dict[str, dict[str, Any]]]) -> list[str]:
    return [arguments["column"] for rule in rules for arguments in rule.values()]


def test_a_draft_reads_the_sample_that_it_was_made_of(workshop: Workshop, tmp_path: Path) -> None:
    """What CONTRIBUTING.md says of a source nobody thought of, step by step."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    for command in ("funnel contract draft", "funnel check", "funnel replay"):
        assert command in page
    sample = tmp_path / "sample.csv"
    sample.write_text(SAMPLE)
    place = ("--source", "mytool", "--entity", "orders")
    drafted = funnel(workshop.data, "contract", "draft", str(sample), *place, "--print")
    assert drafted.returncode == 0, drafted.stderr
    contract, _, model = drafted.stdout.partition("-- Drafted.")
    assert "{{ source('mytool', 'orders') }}" in model
    assert "    currency,\n" in model
    suite = yaml.safe_load(model.partition("# Drafted after")[2].partition("\n")[2])
    assert _columns(suite["mytool/orders"]["critical"]) == ["ordered_at", "quantity"]
    workshop.edit_contract("generic", {})
    contracts = Path(workshop.environment["FUNNEL_CONTRACTS_DIR"])
    (contracts / "mytool.yaml").write_text(contract)
    orders = read_contracts(contracts)["mytool"].entities["orders"]
    assert orders.personal_columns == ("buyer_mail",)
    assert orders.primary_key == ("order_id",)
    checked = funnel(
        workshop.data, "check", str(sample), *place, FUNNEL_CONTRACTS_DIR=str(contracts)
    )
    assert checked.returncode == 0, checked.stdout
    assert "2 rows read: 2 would be loaded" in checked.stdout
    workshop.land("mytool/orders", "a.csv", SAMPLE)
    workshop.take_in("mytool/orders")
    prices = [float(row["unit_price"]) for row in workshop.lake_rows("mytool/orders")]
    assert prices == [1234.5, 34.5]


def test_a_draft_of_order_lines_keeps_repeats_and_reads_the_status(
    workshop: Workshop, tmp_path: Path
) -> None:
    sample = tmp_path / "sample.csv"
    lines = ["17;13.02.2026 10:00;2;9,50;Erstattet"] * 2 + ["18;13.02.2026 11:00;1;5,00;Offen"]
    sample.write_text("\n".join(["Order No;Ordered at;Quantity;Unit price;Order status", *lines]))
    place = ("--source", "mytool", "--entity", "orders")
    drafted = funnel(workshop.data, "contract", "draft", str(sample), *place, "--print")
    contract, _, model = drafted.stdout.partition("-- Drafted.")
    null = "cast(null as decimal(18, 4))"
    rule = f"refund_of_line( '{null}', 'order_status', 'quantity', 'unit_price', '{null}' )"
    assert f"    {{{{ {rule} }}}} as refunded_amount,\n" in model
    assert "    line_number,\n" in model
    workshop.edit_contract("generic", {})
    (Path(workshop.environment["FUNNEL_CONTRACTS_DIR"]) / "mytool.yaml").write_text(contract)
    workshop.land("mytool/orders", "a.csv", sample.read_text())
    found = workshop.take_in("mytool/orders")
    assert (found.rows_loaded, found.rows_duplicate) == (2, 1)
    rows = workshop.lake_rows("mytool/orders")
    assert [(r["order_id"], r["line_number"], r["_is_repeat"]) for r in rows] == [
        ("17", 1, False), ("17", 2, True), ("18", 1, False),
    ]  # fmt: skip


def test_the_page_on_adding_a_source_leads_to_a_table(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drafted, confirmed, mapped, added to its union, built: in a copy of the dbt project."""
    project = tmp_path / "dbt_project"
    unwanted = shutil.ignore_patterns("target", "logs")
    shutil.copytree(DBT_PROJECT_DIR, project, ignore=unwanted)
    monkeypatch.setattr("orchestration.settings.DBT_PROJECT_DIR", project)
    monkeypatch.setattr("tests.builders.DBT_PROJECT_DIR", project)
    suites = Path(shutil.copy(RAW_SUITES, tmp_path))
    monkeypatch.setattr("orchestration.expectations.rules.RAW_SUITES", suites)
    sample = tmp_path / "sample.csv"
    sample.write_text(SAMPLE)
    workshop.edit_contract("generic", {})
    with workshop.at_work():
        draft(sample, source="mytool", entity="orders", list_name=None, only_print=False)
    suite = yaml.safe_load(suites.read_text())["mytool/orders"]
    assert _columns(suite["critical"] + suite["warning"]) == [
        "ordered_at", "quantity", "unit_price",
    ]  # fmt: skip

    # 1: what is guessed is confirmed or mended.
    contract = Path(workshop.environment["FUNNEL_CONTRACTS_DIR"]) / "mytool.yaml"
    said = yaml.safe_load(contract.read_text())
    said["entities"]["orders"]["columns"]["order_id"]["type"] = "string"
    contract.write_text(yaml.safe_dump(said))

    # 4: the model is finished.
    staging = project / "models" / "staging" / "mytool"
    model = staging / "stg_mytool__orders.sql"
    drafted = model.read_text()
    finished = {
        "line_number": "cast(1 as bigint)", "email": "buyer_mail",
    }  # fmt: skip
    for column, nothing in (
        ("discount_amount", "cast(0 as decimal(18, 4))"), ("is_cancelled", "false"),
        ("refunded_amount", "cast(0 as decimal(18, 4))"),
    ):  # fmt: skip
        assert f"    {nothing} as {column}," in drafted, "what the sample lacks is nothing"
    for column, value in finished.items():
        pattern = rf"^ +cast\(null as [^)]+\)?\)? as {column},.*$"
        drafted, changed = re.subn(pattern, f"    {value} as {column},", drafted, flags=re.M)
        assert changed == 1, column
    model.write_text(drafted)
    properties = staging / "_mytool.yml"
    properties.write_text(properties.read_text().replace("[source]", "[order_id, line_number]"))

    # 5: it is added to its union.
    union = project / "models" / "intermediate" / "int_all_order_lines.sql"
    member = "    'stg_generic__orders',\n"
    union.write_text(union.read_text().replace(member, member + "    'stg_mytool__orders',\n"))

    # 7: a file is dropped and the tables are built.
    workshop.land("mytool/orders", "a.csv", SAMPLE)
    workshop.take_in_all()
    workshop.build()
    with duckdb.connect(str(workshop.settings.warehouse_file), read_only=True) as connection:
        lines = connection.execute("""
            select order_id, ordered_at::varchar, quantity::int, line_amount::double, currency,
                   person_id is not null
            from customer_engagement.order_lines order by order_id
        """).fetchall()
    assert lines == [
        ("17", "2026-02-13 10:00:00", 2, 2469.0, "EUR", True),
        ("18", "2026-03-01 11:30:00", 1, 34.5, "EUR", True),
    ]


def test_a_german_shop_is_drafted_with_its_key_its_people_and_its_numbers(
    workshop: Workshop, tmp_path: Path
) -> None:
    sample = tmp_path / "bestellungen.csv"
    sample.write_bytes(
        (
            "Bestellnummer;Bestelldatum;Kunde;Kunden-E-Mail;Gesamtbetrag;Währung;Status\n"
            "17;13.02.2026 10:00;Jürgen Krüger;jk@example.de;1.234,50;EUR;bezahlt\n"
            "18;14.02.2026 11:30;Anna-Lena O’Neil;al@example.de;34,50;EUR;storniert\n"
        ).encode("windows-1252")
    )
    place = ("--source", "shop", "--entity", "orders")
    drafted = funnel(workshop.data, "contract", "draft", str(sample), *place, "--print").stdout
    orders = yaml.safe_load(drafted.partition("-- Drafted.")[0])["entities"]["orders"]
    assert orders["primary_key"] == ["order_id"]
    assert orders["format"] == {"encoding": "windows-1252", "delimiter": ";"}
    columns = orders["columns"]
    assert {name for name, said in columns.items() if said.get("personal")} == {"kunde", "email"}
    assert columns["gesamtbetrag"]["decimal_mark"] == ","
    assert "order_status" in columns
    assert "currency" in columns


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", '{"data": {"items": [{"id": 12345678901234567890, "at": 1696470452}]}}'),
        ("a.ndjson", '{"id": "7", "user": {"email": "a@b.cc"}, "when": "2026-01-01T00:00:00Z"}\n'),
        ("a.csv", '\ufeffid,ok,share\n1,true,"12,5 %"\n2,false,"3,0 %"\n'),
    ],
)
def test_drafts_of_other_formats_read_their_sample(
    workshop: Workshop, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content)
    place = ("--source", "mytool", "--entity", "things")
    drafted = funnel(workshop.data, "contract", "draft", str(tmp_path / name), *place, "--print")
    assert drafted.returncode == 0, drafted.stderr
    workshop.edit_contract("generic", {})
    contracts = Path(workshop.environment["FUNNEL_CONTRACTS_DIR"])
    (contracts / "mytool.yaml").write_text(drafted.stdout.partition("-- Drafted.")[0])
    workshop.land("mytool/things", name, content)
    intake = workshop.take_in("mytool/things")
    assert (intake.unreadable, intake.rows_rejected) == ((), 0)
    assert intake.rows_loaded
