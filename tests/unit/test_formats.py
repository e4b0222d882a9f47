"""Formats of landed files: each is said by the contract, none is guessed."""

import csv
import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from openpyxl import Workbook

from orchestration.ingestion import unpacking
from orchestration.privacy import Identifier, carry_out, finish, plan
from orchestration.privacy.search import search
from tests.builders import Workshop

ORDERS = "order_id,ordered_at,quantity,unit_price,email\n"
ROWS = "1,2026-01-01,1,9.5,ada@example.com\n2,2026-01-02,2,9.5,bob@example.com\n"


def packed(text: str, ending: str, members: int = 1) -> bytes:
    buffer = io.BytesIO()
    match ending:
        case ".gz":
            return gzip.compress(text.encode())
        case ".zst":
            sink = pa.BufferOutputStream()
            with pa.CompressedOutputStream(sink, "zstd") as out:
                out.write(text.encode())
            return sink.getvalue().to_pybytes()
        case _:
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
                for number in range(members):
                    archive.writestr(f"export {number}.csv", text)
                archive.writestr("__MACOSX/._export", "x")
            return buffer.getvalue()


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(buffer)
    return buffer.getvalue()


def with_number(book: bytes, number: str) -> bytes:
    """A workbook whose cell 77777 holds more digits than openpyxl writes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(buffer, "w") as new:
        for member in old.infolist():
            new.writestr(member, old.read(member).replace(b"77777", number.encode()))
    return buffer.getvalue()


def mine(workshop: Workshop, entity: dict[str, Any], columns: dict[str, Any]) -> None:
    """A contract for `mine/rows` with one id and some columns."""
    named = {"id": {"required": True}, **columns}
    said = {name: {"description": "A column.", **column} for name, column in named.items()}
    rows = {"description": "One row per id.", "files": ["*"], "primary_key": ["id"],
            "columns": said, **entity}  # fmt: skip
    workshop.edit_contract("generic", {})
    path = Path(workshop.environment["FUNNEL_CONTRACTS_DIR"]) / "mine.yaml"
    path.write_text(json.dumps({"source": "mine", "title": "Mine", "entities": {"rows": rows}}))


def loaded(workshop: Workshop, name: str, content: str | bytes) -> list[dict[str, Any]]:
    workshop.land("mine/rows", name, content)
    intake = workshop.take_in("mine/rows")
    assert intake.unreadable == ()
    return workshop.lake_rows("mine/rows")


# Packed files --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.zip", "a.csv.zip"])
def test_a_packed_file_is_read_as_what_it_holds(workshop: Workshop, name: str) -> None:
    content = packed(ORDERS + ROWS, Path(name).suffix)
    workshop.land("generic/orders", name, content)
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_loaded, intake.unreadable) == (2, ())
    workshop.land("generic/orders", name, content[: len(content) // 2])
    [(file, message)] = workshop.take_in("generic/orders").unreadable
    assert file == name
    assert "unpacked" in message or "opened" in message


def test_an_archive_holds_one_file(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.zip", packed(ORDERS + ROWS, ".zip", members=2))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert message.startswith("holds 2 files")


@pytest.mark.parametrize("ending", [".gz", ".zst", ".zip"])
def test_a_bomb_is_given_up_before_it_fills_the_disk(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(unpacking, "_HARMLESS_BYTES", 1 << 20)
    monkeypatch.setattr(unpacking, "_CHUNK_BYTES", 1 << 16)
    workshop.land("generic/orders", f"a.csv{ending}", packed("0" * (8 << 20), ending))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert "unpacks to more than" in message


def test_a_survey_is_named_by_its_file_without_the_packing(workshop: Workshop) -> None:
    answers = "Timestamp,How likely are you to recommend us?\n2026-01-01T10:00:00Z,9\n"
    workshop.land("google_forms/responses", "spring-2026.csv.gz", packed(answers, ".gz"))
    workshop.take_in("google_forms/responses")
    assert [r["survey_id"] for r in workshop.lake_rows("google_forms/responses")] == ["spring"]


# Headers and footers -------------------------------------------------------------------------

TITLED = '\ufeff"Report of\nAugust"\n\nid;amount\n1;"a\nb"\n2;c\nTotal;2\n'


def test_rows_around_the_records_are_left_out(workshop: Workshop) -> None:
    form = {"delimiter": ";", "skip_rows": 1, "footer_rows": 1}
    mine(workshop, {"format": form}, {"amount": {}})
    rows = loaded(workshop, "a.csv", TITLED)
    assert [(r["id"], r["amount"], r["_row_number"]) for r in rows] == [
        ("1", "a\nb", 1),
        ("2", "c", 2),
    ]


def test_of_three_header_rows_the_first_names_the_columns(workshop: Workshop) -> None:
    """As Qualtrics does it; previews are kept apart and counted, and cost the file nothing."""
    form = {"header_rows": 3}
    left_out = {"status": ["Survey Preview"]}
    mine(workshop, {"format": form, "left_out": left_out}, {"status": {}, "q1": {"from": "Q1"}})
    header = 'id,Status,Q1\nResponse ID,Response Type,"How\nlikely?"\n' + "{},{},{}\n"
    rows = loaded(workshop, "a.csv", header + "R1,IP Address,0\nR2,Survey Preview,9\n")
    assert [(r["id"], r["q1"]) for r in rows] == [("R1", "0")]
    [reject] = workshop.rejects("mine/rows")
    assert (reject["row_number"], reject["reason"]) == (2, "is left out by the contract")


def test_a_question_has_its_id_from_the_first_header_row_and_its_wording_from_the_second(
    workshop: Workshop,
) -> None:
    """What a contract ignores is no question, though every other column is one."""
    entity = {
        "format": {"header_rows": 3},
        "ignored": ["*_NPS_GROUP"],
        "questions": [{"match": "(?i)how likely", "kind": "nps"}],
    }
    mine(workshop, entity, {"answers": {"type": "answers", "from": "other_columns"}})
    header = "id,Q1_NPS_GROUP,Q1,Q2\nResponse ID,How likely? - Group,How likely?,\n{},{},{},{}\n"
    [row] = loaded(workshop, "a.csv", header + "R1,1,0,x\n")
    told = [(a["question_id"], a["question_text"], a["question_kind"]) for a in row["answers"]]
    assert told == [("q1", "How likely?", "nps"), ("q2", "Q2", "text")]


def test_a_day_in_the_name_of_a_file_is_typed_like_any_other_value(workshop: Workshop) -> None:
    day = {"type": "date", "required": True, "file_name": r"(\d{4}-\d{2}-\d{2})"}
    mine(workshop, {}, {"taken_on": day})
    [row] = loaded(workshop, "channels-2026-03-01.csv", "id\n1\n")
    assert row["taken_on"].isoformat() == "2026-03-01"
    workshop.land("mine/rows", "channels-2026-02-30.csv", "id\n2\n")
    assert workshop.take_in("mine/rows").rows_rejected == 1


def test_the_second_header_row_may_name_the_columns(workshop: Workshop) -> None:
    form = {"header_rows": 2, "header": "second"}
    mine(workshop, {"format": form}, {"word": {"from": "What?"}})
    rows = loaded(workshop, "a.csv", "Q1,Q2\nid,What?\n1,a\n")
    assert [(r["id"], r["word"]) for r in rows] == [("1", "a")]


def test_two_header_rows_are_joined_and_a_blank_takes_the_cell_to_its_left(
    workshop: Workshop,
) -> None:
    """As SurveyMonkey does it: the question, then the choice."""
    columns = {"red": {"from": "Colours - Red"}, "blue": {"from": "Colours - Blue"}}
    mine(workshop, {"format": {"header_rows": 2, "header": "joined"}}, columns)
    [row] = loaded(workshop, "a.csv", "id,Colours,,Why\n,Red,Blue,Open-Ended Response\n1,x,,y\n")
    assert (row["red"], row["blue"]) == ("x", None)


def test_a_file_without_header_has_its_names_from_the_contract(workshop: Workshop) -> None:
    """As Snowplow does it: tabs, no header, no quotes."""
    form = {"header_rows": 0, "column_names": ["id", "word"], "delimiter": "\t", "quote": ""}
    mine(workshop, {"format": form}, {"word": {}})
    rows = loaded(workshop, "a.tsv", '1\tsay "hi\n2\t"x\n')
    assert [(r["id"], r["word"]) for r in rows] == [("1", 'say "hi'), ("2", '"x')]


# Encodings, numbers, dates -------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "windows-1252"])
@pytest.mark.parametrize("name", ["a.csv", "a.ndjson", "a.json"])
def test_encodings(workshop: Workshop, name: str, encoding: str) -> None:
    form = {} if encoding.startswith("utf-8") else {"encoding": encoding}
    mine(workshop, {"format": form}, {"word": {}})
    word = "Käse für 5 €" if encoding != "latin-1" else "Käse für 5"
    record = json.dumps({"id": "1", "word": word}, ensure_ascii=False)
    text = {"a.csv": f"id,word\n1,{word}\n", "a.ndjson": record + "\n", "a.json": f"[{record}]"}
    [row] = loaded(workshop, name, text[name].encode(encoding))
    assert (row["id"], row["word"]) == ("1", word)


@pytest.mark.parametrize(
    ("options", "text", "number"),
    [
        ({"thousands": ".", "decimal_mark": ","}, "1.234,5", 1234.5),
        ({"thousands": ".", "decimal_mark": ","}, "1.234", 1234),
        ({"thousands": ".", "decimal_mark": ","}, "1.5", None),
        ({"decimal_mark": ","}, "-0,25", -0.25),
        ({"decimal_mark": ","}, "1.5", None),
        ({"percent": True, "decimal_mark": ","}, "12,5 %", 12.5),
        ({"percent": True}, "0%", 0),
        ({"percent": True}, "12.5\u00a0%", 12.5),
        ({"percent": True}, "12.5", None),
        ({"thousands": "\u202f", "decimal_mark": ","}, "1\u202f234,5", 1234.5),
        ({"thousands": "'"}, "1'234.5", 1234.5),
        ({}, "12,5", None),
    ],
)
def test_numbers_are_read_as_the_contract_says(
    workshop: Workshop, options: dict[str, Any], text: str, number: float | None
) -> None:
    columns = {kind: {"type": kind, **options} for kind in ("decimal", "double")}
    mine(workshop, {}, columns)
    content = json.dumps({"id": "1", "decimal": text, "double": text})
    rows = loaded(workshop, "a.ndjson", content)
    assert [(float(r["decimal"]), r["double"]) for r in rows] == (
        [] if number is None else [(number, number)]
    )


def test_words_for_nothing_are_missing_and_zero_is_zero(workshop: Workshop) -> None:
    columns = {"likes": {"type": "integer"}, "day": {"type": "date", "missing": ["Lifetime"]}}
    mine(workshop, {"missing": ["-"]}, columns)
    rows = loaded(workshop, "a.csv", "id,likes,day\n1,-,Lifetime\n2,0,-\n3,Lifetime,-\n")
    assert [(r["likes"], r["day"]) for r in rows] == [(None, None), (0, None)]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("%m/%d/%Y %H:%M", "10/05/2023 01:47"),
        ("epoch_s", "1696470420"),
        ("epoch_ms", "1696470420000"),
        ("epoch_us", "1696470420000000"),
        ("iso", "2023-10-05T03:47:00+0200"),
        ("iso", "2023-10-05T03:47:00+02:00"),
        ("%Y-%m-%d %H:%M:%S %z", "2023-10-05 03:47:00 +0200"),
        ("%Y-%m-%d %H:%M:%S %z", "2023-10-05 03:47:00 +02:00"),
    ],
)
def test_moments(workshop: Workshop, format: str, text: str) -> None:
    mine(workshop, {}, {"at": {"type": "timestamp", "format": format}})
    [row] = loaded(workshop, "a.csv", f"id,at\n1,{text}\n")
    assert row["at"] == datetime(2023, 10, 5, 1, 47, tzinfo=UTC).replace(tzinfo=None)


BIG = "1226928883355791361"


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson", "a.json", "a.xlsx"])
def test_a_long_id_keeps_its_digits(workshop: Workshop, name: str) -> None:
    form = {"records": "page.items"} if name == "a.json" else {}
    mine(workshop, {"format": form}, {"price": {}})
    content = {
        "a.csv": f"id,price\n{BIG},1.10\n",
        "a.ndjson": f'{{"id": {BIG}, "price": 1.10}}',
        "a.json": f'{{"page": {{"n": 1, "items": [{{"id": {BIG},\n "price": 1.10}}]}}}}',
        "a.xlsx": with_number(workbook({"s": [["id", "price"], [77777, 1.1]]}), BIG),
    }
    [row] = loaded(workshop, name, content[name])
    assert (row["id"], float(row["price"])) == (BIG, 1.1)


@pytest.mark.parametrize(
    "document",
    ['{"page": {"items": [{"id": 1}', '{"page": {"items": {}}}', '{"page": 1}', "[1]", "",
     '{"page": {"items": [{"id": 1} {"id": 2}]}}', "[" * 100_000],
)  # fmt: skip
def test_a_document_without_its_list_is_unreadable(workshop: Workshop, document: str) -> None:
    mine(workshop, {"format": {"type": "json", "records": "page.items"}}, {})
    workshop.land("mine/rows", "a.json", document)
    assert workshop.take_in("mine/rows").unreadable


# Workbooks -----------------------------------------------------------------------------------

POSTS = [
    ["Posts of the last month"],
    [],
    ["id", "Created date", "Rate", "email", "organic"],
    ["1", datetime(2026, 1, 2, 3, 4), 0.125, "ada@example.com", True],
    ["2", datetime(2026, 1, 3), None, "bob@example.com"],
]
COLUMNS = {
    "at": {"from": "Created date", "type": "timestamp", "format": "iso"},
    "rate": {"type": "double"},
    "email": {"type": "email", "personal": True},
    "organic": {"type": "boolean"},
}
SHEET = {"format": {"sheet": ["Posts", "All posts"], "skip_rows": 1}}


def test_a_sheet_is_found_by_its_name(workshop: Workshop) -> None:
    mine(workshop, SHEET, COLUMNS)
    content = workbook({"Metrics": [["Date"], ["2026-01-01"]], "All posts": POSTS})
    rows = loaded(workshop, "a.xlsx", content)
    assert [(r["at"].day, r["rate"], r["organic"]) for r in rows] == [
        (2, 0.125, True),
        (3, None, None),
    ]
    workshop.land("mine/rows", "a.xlsx", workbook({"Metrics": POSTS}))
    [(_, message)] = workshop.take_in("mine/rows").unreadable
    assert message == "has no sheet 'Posts' or 'All posts'; its sheets are: 'Metrics'"


def test_a_damaged_workbook_is_unreadable(workshop: Workshop) -> None:
    mine(workshop, SHEET, COLUMNS)
    content = workbook({"Posts": POSTS})
    for broken in (b"no workbook", content[:-200], packed("x", ".zip")):
        workshop.land("mine/rows", "a.xlsx", broken)
        [(_, message)] = workshop.take_in("mine/rows").unreadable
        assert "Excel workbook" in message


# Forgetting ----------------------------------------------------------------------------------


def forget(workshop: Workshop, email: str) -> Any:
    clear = Identifier("email", email)
    with workshop.at_work():
        planned = plan(workshop.settings, workshop.door, workshop.contracts, clear, lambda _: None)
        carry_out(workshop.settings, workshop.door, planned)
        finish(workshop.settings)
    return planned.person


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "a.zip"])
def test_a_person_leaves_a_packed_file(workshop: Workshop, name: str) -> None:
    path = workshop.land("generic/orders", name, packed(ORDERS + ROWS, Path(name).suffix))
    workshop.take_in("generic/orders")
    ada = forget(workshop, "ada@example.com")
    assert search(ada, workshop.data).found == ()
    assert workshop.take_in("generic/orders").rows_loaded == 1
    copy = unpacking.unpacked(path, workshop.data)
    assert copy.read_text() == ORDERS + ROWS.splitlines(keepends=True)[1]


def test_a_person_leaves_a_workbook(workshop: Workshop) -> None:
    mine(workshop, SHEET, COLUMNS)
    secret = [["who"], ["ada@example.com"]]
    path = workshop.land("mine/rows", "a.xlsx", workbook({"Notes": secret, "Posts": POSTS}))
    workshop.take_in("mine/rows")
    bob = forget(workshop, "bob@example.com")
    assert search(bob, workshop.data).found == ()
    [row] = workshop.lake_rows("mine/rows")
    assert (row["id"], row["at"], row["rate"]) == ("1", datetime(2026, 1, 2, 3, 4), 0.125)
    ada = forget(workshop, "ada@example.com")
    assert search(ada, workshop.data).found == ()
    assert path.exists()


def test_a_rewritten_workbook_keeps_the_digits_of_ids(workshop: Workshop) -> None:
    mine(workshop, {}, COLUMNS)
    rows = [["id", "Created date", "email"], [77777, datetime(2026, 1, 1), None],
            [1, datetime(2026, 1, 1), "ada@example.com"]]  # fmt: skip
    workshop.land("mine/rows", "a.xlsx", with_number(workbook({"Posts": rows}), BIG))
    workshop.take_in("mine/rows")
    forget(workshop, "ada@example.com")
    workshop.take_in("mine/rows")
    assert [row["id"] for row in workshop.lake_rows("mine/rows")] == [BIG]


def test_a_person_leaves_a_file_with_several_header_rows(workshop: Workshop) -> None:
    form = {"skip_rows": 1, "header_rows": 2, "encoding": "windows-1252"}
    mine(workshop, {"format": form}, {"email": {"type": "email", "personal": True}})
    head = "Käse\n\nid,email\nNumber,Address\n"
    text = head + "1,ada@example.com\n2,bob@example.com\n"
    path = workshop.land("mine/rows", "a.csv", text.encode("windows-1252"))
    workshop.take_in("mine/rows")
    forget(workshop, "ada@example.com")
    assert path.read_bytes() == (head + "2,bob@example.com\n").encode("windows-1252")


@pytest.mark.parametrize("ending", [".gz", ".zst", ".zip"])
def test_the_search_looks_into_packed_files(workshop: Workshop, ending: str) -> None:
    stray = workshop.land("old", f"copy.csv{ending}", packed(ORDERS + ROWS, ending))
    (workshop.data / "book.xlsx").write_bytes(workbook({"a": [["x"], ["ada@example.com"]]}))
    ada = forget(workshop, "ada@example.com")
    assert search(ada, workshop.data).found == (str(workshop.data / "book.xlsx"), str(stray))


def test_a_csv_of_a_thousand_lines_with_footer_is_counted_alike(workshop: Workshop) -> None:
    mine(workshop, {"format": {"footer_rows": 2}}, {"word": {}})
    buffer = io.StringIO()
    out = csv.writer(buffer)
    out.writerow(["id", "word"])
    out.writerows([n, 'a "quoted"\nword'] for n in range(1000))
    rows = loaded(workshop, "a.csv", buffer.getvalue() + "\r\nSum,1000\r\nEnd,\r\n\r\n")
    assert len(rows) == 1000


def test_utf8_under_another_encoding_is_refused(workshop: Workshop) -> None:
    mine(workshop, {"format": {"encoding": "windows-1252"}}, {"name": {}})
    workshop.land("mine/rows", "a.csv", "id,name\n1,Müller\n".encode("windows-1252"))
    workshop.land("mine/rows", "b.csv", "id,name\n2,Müller\n".encode())
    workshop.land("mine/rows", "c.csv", b"id,name\n3,Miller\n")
    [(name, message)] = workshop.take_in("mine/rows").unreadable
    assert (name, message.split(":")[0]) == (
        "b.csv", "is UTF-8 text, but its contract says windows-1252",
    )  # fmt: skip
    assert sorted(row["name"] for row in workshop.lake_rows("mine/rows")) == ["Miller", "Müller"]


def test_a_header_among_the_rows_to_skip_is_found_and_not_read(workshop: Workshop) -> None:
    mine(workshop, {"format": {"skip_rows": 1}}, {"name": {}})
    workshop.land("mine/rows", "a.csv", "id,name\n1,a\n")
    [(_, message)] = workshop.take_in("mine/rows").unreadable
    assert message.startswith(
        "has its header in row 1, which the contract skips (format.skip_rows: 1)"
    )
