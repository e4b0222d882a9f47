"""The door: what becomes of files and rows, one promise a test."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.ingestion import (
    LedgerMissingError,
    count_left_out,
    landed_files,
    read_contracts,
    reasons_to_reject,
    unknown_landing_folders,
)
from orchestration.ingestion import door as door_module
from orchestration.ingestion.readers import open_file
from orchestration.settings import ROOT
from tests.builders import Workshop, fetched

ORDERS = "order_id,ordered_at,quantity,unit_price,email\n"
MESSAGES = "message_event_id,occurred_at,channel,event_type,email\n"


def order(number: int, quantity: object = 1, email: str = "a@b.c") -> str:
    return f"{number},2026-01-0{number}T10:00:00Z,{quantity},9.5,{email}\n"


def test_rows_arrive_typed(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1) + order(2))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded, intake.rows_rejected) == (2, 2, 0)
    row = workshop.lake_rows("generic/orders")[0]
    assert (row["order_id"], row["line_number"], float(row["unit_price"])) == ("1", 1, 9.5)


def test_a_row_that_cannot_be_read_is_kept_apart_with_its_number_and_reason(
    workshop: Workshop,
) -> None:
    rows = [order(1), order(2, "many"), "3,2026-01-03,1\n", order(4), order(5, "")]
    workshop.land("generic/orders", "a.csv", ORDERS + "".join(rows))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded, intake.rows_rejected) == (5, 2, 3)
    found = [(r["row_number"], r["column_name"], r["delivered_value"], r["reason"])
             for r in workshop.rejects("generic/orders")]  # fmt: skip
    assert found[0] == (2, "quantity", "many", "is not a number")
    assert found[1][0] == 3
    assert "malformed record" in found[1][3]
    assert found[2] == (5, "quantity", None, "is missing")
    assert [r["_row_number"] for r in workshop.lake_rows("generic/orders")] == [1, 4]


def test_the_reasons_to_reject_are_counted_and_repeat_no_value(workshop: Workshop) -> None:
    rows = [order(1), order(2, "many"), order(3, "few"), "4,yesterday,1,9.5,a@b.c\n"]
    workshop.land("generic/orders", "a.csv", ORDERS + "".join(rows))
    workshop.take_in("generic/orders")
    [rejects] = workshop.lake.glob("rejects/generic/orders/*.parquet")
    assert reasons_to_reject(rejects) == (
        "quantity is not a number (2 rows, the first is row 2)",
        "ordered_at is not a point in time (row 4)",
    )
    assert reasons_to_reject(rejects.with_name("none.parquet")) == ()


def test_a_broken_json_line_is_kept_apart(workshop: Workshop) -> None:
    good = '{"occurred_at": "2026-01-01T00:00:00Z", "event_name": "home", "visitor_id": "v"}\n'
    workshop.land("generic/web_events", "a.ndjson", good + '{"occurred_at": \n\n[1]\n' + good[:-1])
    intake = workshop.take_in("generic/web_events")
    assert (intake.rows_read, intake.rows_loaded, intake.rows_rejected) == (4, 1, 2)
    assert intake.rows_duplicate == 1
    assert [(r["row_number"], r["reason"]) for r in workshop.rejects("generic/web_events")] == [
        (2, "not valid JSON"),
        (4, "is missing"),
    ]


@pytest.mark.parametrize("again", [0, 1], ids=["ids once", "an id twice"])
@pytest.mark.parametrize("kind", ["csv", "ndjson"])
def test_rows_of_a_long_file_keep_their_numbers_and_order(
    workshop: Workshop, kind: str, again: int
) -> None:
    """All processors read it at once; blank lines, broken and refused rows count, too."""
    count, broken, refused = 400_000, 150_000, 250_000

    def line(number: int) -> str:
        if number == broken:
            return "a,b,c,d" if kind == "csv" else "{"
        seconds = "many" if number == refused else number
        if kind == "csv":
            return f"e{number},2026-03-01T10:00:00Z,page_view,{seconds}"
        event = {"event_id": f"e{number}", "occurred_at": "2026-03-01T10:00:00Z",
                 "event_name": "page_view", "engagement_seconds": seconds}  # fmt: skip
        return json.dumps(event) + "\n" * (number == 300_000)

    header = ["event_id,occurred_at,event_name,engagement_seconds"] if kind == "csv" else []
    lines = [*header, *map(line, range(1, count + 1)), *([line(count)] * again)]
    workshop.land("generic/web_events", f"long.{kind}", "\n".join(lines) + "\n")
    intake = workshop.take_in("generic/web_events")
    assert (intake.rows_loaded, intake.rows_rejected) == (count - 2, 2)
    rejects = workshop.rejects("generic/web_events")
    assert [row["row_number"] for row in rejects] == [broken, refused]
    blank = 300_000 if kind == "ndjson" else count
    [batch] = workshop.lake.glob("raw/generic/web_events/[!_]*.parquet")
    [wrong] = fetched(f"""
        with placed as (
            select engagement_seconds::bigint as number, _row_number,
                   lag(_row_number) over (order by file_row_number) as before
            from read_parquet('{batch}', file_row_number = true)
        )
        select count(*) filter (
                   _row_number <> number + (number > {blank})::int
                       + (number = {count})::int * {again}
               ) as numbers,
               count(*) filter (_row_number <= before) as positions
        from placed
    """)
    assert wrong == {"numbers": 0, "positions": 0}


def test_the_same_content_again_is_not_read_again(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    assert workshop.take_in("generic/orders").read_now == 1
    assert workshop.take_in("generic/orders").read_now == 0
    (workshop.landing / "generic/orders/a.csv").touch()
    assert workshop.take_in("generic/orders").read_now == 0


def test_a_repeated_delivery_is_all_duplicates(workshop: Workshop) -> None:
    for name in ("a.csv", "a (1).csv"):
        workshop.land("generic/orders", name, ORDERS + order(1) + order(2, "x"))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded) == (4, 1)
    assert (intake.rows_rejected, intake.rows_duplicate) == (1, 2)
    assert len(workshop.lake_rows("generic/orders")) == 1


def test_a_file_changed_in_place_replaces_its_rows(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1) + order(2))
    workshop.take_in("generic/orders")
    workshop.land("generic/orders", "a.csv", ORDERS + order(3))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded) == (1, 1)
    assert [row["order_id"] for row in workshop.lake_rows("generic/orders")] == ["3"]


def test_content_that_moved_to_another_file_stays(workshop: Workshop) -> None:
    for name in ("a.csv", "b.csv"):
        workshop.land("generic/orders", name, ORDERS + order(1))
    workshop.take_in("generic/orders")
    workshop.land("generic/orders", "a.csv", ORDERS + order(2))
    assert workshop.take_in("generic/orders").rows_loaded == 2
    assert {row["order_id"] for row in workshop.lake_rows("generic/orders")} == {"1", "2"}


def test_a_changed_contract_reads_the_files_again(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS.replace("quantity", "pieces") + order(1))
    assert workshop.take_in("generic/orders").unreadable
    quantity = {"from": ["quantity", "pieces"], "type": "decimal", "required": True}
    columns = {"quantity": {**quantity, "description": "Units."}}
    workshop.edit_contract("generic", {"entities": {"orders": {"columns": columns}}})
    intake = workshop.take_in("generic/orders")
    assert (intake.read_now, intake.rows_loaded) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bad.csv", ORDERS.replace("quantity", "quantities") + order(1), "is it 'quantities'?"),
        ("bad.csv", "", "no header row"),
        ("bad.parquet", "not parquet", "cannot be opened"),
        ("bad.csv", b"\xff\xfeo\x00r\x00", "is not UTF-8 text"),
        ("bad.csv", b"\x00\x01\x02", "holds zero bytes: it is no text"),
        ("bad.csv", ORDERS + order(1).replace("\n", "\r\n"), "its lines end in two ways"),
        ("bad.csv", ORDERS.replace(",", ";").replace("_", ", "), "to be separated by ';'"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_stops_no_other(
    workshop: Workshop, name: str, content: str | bytes, said: str
) -> None:
    workshop.land("generic/orders", name, content)
    workshop.land("generic/orders", "good.csv", ORDERS + order(1))
    intake = workshop.take_in("generic/orders")
    assert intake.rows_loaded == 1
    [(file, message)] = intake.unreadable
    assert file == name
    assert said in message


def test_a_reader_that_returns_fewer_records_than_counted_is_not_believed(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for counter in ("count_csv_records", "_count_with_csv"):
        monkeypatch.setattr(f"orchestration.ingestion.readers.{counter}", lambda *_: 1_001)
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert message.startswith("holds 1,000 records by count, but 1 could be read")
    assert workshop.lake_rows("generic/orders") == []


def test_an_unterminated_quote_is_one_malformed_record(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1) + '2,"2026-01-02\n' + order(3))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded, intake.rows_rejected) == (2, 1, 1)


def test_a_lake_without_its_ledger_is_refused(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    workshop.settings.ledger_file.unlink()
    with pytest.raises(LedgerMissingError, match="Restore it from your backup"):
        workshop.take_in("generic/orders")


def test_another_delimiter_is_guessed_in_the_message_only(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", (ORDERS + order(1)).replace(",", ";"))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert "separated by ';': set format.delimiter" in message


def test_a_stray_quote_does_not_cost_the_file(workshop: Workshop) -> None:
    header = "order_id,ordered_at,quantity,unit_price,product_name,country\n"
    rows = '1,2026-01-01,1,9,Monitor 27",UK\n2,2026-01-02,1,9,"a ""b""",UK\n'
    workshop.land("generic/orders", "a.csv", header + rows)
    intake = workshop.take_in("generic/orders")
    assert intake.unreadable == ()
    assert (intake.rows_read, intake.rows_loaded) == (2, 2)


def test_a_file_name_is_a_name_and_no_pattern(workshop: Workshop) -> None:
    names = ["r 1.csv", "r [1].csv", "it's (ü) *.csv"]
    for number, name in enumerate(names, start=1):
        workshop.land("generic/orders", name, ORDERS + order(number))
    assert workshop.take_in("generic/orders").rows_loaded == 3
    assert {row["order_id"] for row in workshop.lake_rows("generic/orders")} == {"1", "2", "3"}


def test_a_header_that_is_a_person_is_not_repeated(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", "Ann Smith,ann@x.org,12\n1,2,3\n")
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert "its first row looks like data" in message
    assert "ann" not in message.lower().replace("cannot", "")


def test_two_columns_for_one_thing_are_refused(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS.replace("email", "Quantity") + order(1))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert message == "has more than one column for quantity"


def test_an_address_in_a_wrong_column_is_not_kept_with_the_reject(workshop: Workshop) -> None:
    row = "1,2026-01-01,{},9,\n"
    rows = row.format("ann@x.org") + row.format("+49 30 1234567") + row.format("2026-01-01")
    workshop.land("generic/orders", "a.csv", ORDERS + rows)
    workshop.take_in("generic/orders")
    shown = [r["delivered_value"] for r in workshop.rejects("generic/orders")]
    assert shown == ["(hidden)", "(hidden)", "2026-01-01"]


def test_line_numbers_that_are_missing_follow_those_given(workshop: Workshop) -> None:
    header = "order_id,ordered_at,quantity,unit_price,line_number\n"
    rows = "1,2026-01-01,1,9,\n1,2026-01-01,2,9,1\n1,2026-01-01,3,9,\n"
    workshop.land("generic/orders", "a.csv", header + rows)
    assert workshop.take_in("generic/orders").rows_loaded == 3
    lines = {r["line_number"]: int(r["quantity"]) for r in workshop.lake_rows("generic/orders")}
    assert lines == {1: 2, 2: 1, 3: 3}


def test_a_repeated_line_with_its_own_number_is_loaded_once(workshop: Workshop) -> None:
    header = "order_id,ordered_at,quantity,unit_price,line_number\n"
    workshop.land("generic/orders", "a.csv", header + "1,2026-01-01,1,9,1\n" * 2)
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_loaded, intake.rows_duplicate) == (1, 1)
    assert [row["_is_repeat"] for row in workshop.lake_rows("generic/orders")] == [False]


def passed(workshop: Workshop, entity: str) -> None:
    source, name = entity.split("/")
    batches = workshop.ledger.batches(source, name)
    workshop.ledger.set_gate(source, name, dict.fromkeys(batches, "passed"))


def test_a_file_overwritten_by_an_unreadable_one_keeps_its_rows(workshop: Workshop) -> None:
    path = workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    passed(workshop, "generic/orders")
    [before] = workshop.ledger.counting_batches("generic", "orders")
    workshop.land("generic/orders", "a.csv", "Nummer,Datum\n1,2\n")
    intake = workshop.take_in("generic/orders")
    assert intake.rows_loaded == 1
    assert [file for file, _ in intake.unreadable] == ["a.csv"]
    assert workshop.ledger.counting_batches("generic", "orders") == [before]
    [delivery] = workshop.ledger.deliveries()
    assert delivery["status"] == "kept"
    path.unlink()
    assert workshop.take_in("generic/orders").rows_loaded == 1
    assert workshop.ledger.counting_batches("generic", "orders") == [before]


def test_a_changed_file_counts_once_it_has_passed(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    passed(workshop, "generic/orders")
    before = workshop.ledger.counting_batches("generic", "orders")
    workshop.land("generic/orders", "a.csv", ORDERS + order(2))
    workshop.take_in("generic/orders")
    assert workshop.ledger.counting_batches("generic", "orders") == before
    passed(workshop, "generic/orders")
    [after] = workshop.ledger.counting_batches("generic", "orders")
    assert [after] != before
    workshop.take_in("generic/orders")
    assert [row["order_id"] for row in workshop.lake_rows("generic/orders")] == ["2"]


def test_a_survey_renamed_is_another_survey(workshop: Workshop) -> None:
    answers = "Timestamp,How likely are you to recommend us?\n2026-01-01T10:00:00Z,9\n"
    path = workshop.land("google_forms/responses", "spring-2026.csv", answers)
    workshop.take_in("google_forms/responses")
    path.rename(path.with_name("summer-2026.csv"))
    workshop.land("google_forms/responses", "summer-2026 (1).csv", answers)
    intake = workshop.take_in("google_forms/responses")
    assert (intake.rows_loaded, intake.rows_duplicate) == (1, 1)
    assert [r["survey_id"] for r in workshop.lake_rows("google_forms/responses")] == ["summer"]


def test_long_and_repeated_questions_stay_apart(workshop: Workshop) -> None:
    stem = "How do you rate each of the following aspects of our service overall"
    header = f"Timestamp,{stem} [Speed],{stem} [Price],Comments,Comments,Your name\n"
    row = "03/05/2026 10:11:12,5,4,first,second,Ann Smith\n"
    workshop.land("google_forms/responses", "form.csv", header + row)
    workshop.take_in("google_forms/responses")
    [response] = workshop.lake_rows("google_forms/responses")
    answers = {a["question_id"]: a["value"] for a in response["answers"]}
    assert sorted(answers.values()) == ["4", "5", "first", "second"]
    assert "Ann" not in str(response)


def test_an_answer_that_is_an_address_is_masked(workshop: Workshop) -> None:
    rows = "Timestamp,How can we reach you?\n2026-01-01T10:00:00Z,ann@x.org\n"
    workshop.land("google_forms/responses", "form.csv", rows)
    workshop.take_in("google_forms/responses")
    assert "ann" not in str(workshop.lake_rows("google_forms/responses"))


def test_hashes_of_rows_tell_nothing_without_the_key(workshop: Workshop) -> None:
    import hashlib

    rows = "Timestamp,Email\n2026-01-01T10:00:00Z,ann@x.org\n"
    workshop.land("google_forms/responses", "form.csv", rows)
    workshop.take_in("google_forms/responses")
    plain = hashlib.md5(b"2026-01-01T10:00:00Z\x1fann@x.org").hexdigest()
    assert workshop.lake_rows("google_forms/responses")[0]["response_id"] != plain


def test_a_ga4_parameter_given_twice_does_not_cost_the_file(workshop: Workshop) -> None:
    value = {"string_value": "https://a"}
    params = [{"key": "page_location", "value": value}, {"value": value},
              {"key": "page_location", "value": {"string_value": "https://b"}}]  # fmt: skip
    event = {"event_date": "20260101", "event_timestamp": "1767225600000000",
             "event_name": "page_view", "event_params": params}  # fmt: skip
    workshop.land("ga4/events", "e.ndjson", json.dumps(event) + "\n   \n")
    intake = workshop.take_in("ga4/events")
    assert (intake.rows_read, intake.rows_loaded) == (1, 1)
    assert workshop.lake_rows("ga4/events")[0]["page_url"] == "https://a"


def test_nothing_is_left_of_the_private_copies(workshop: Workshop) -> None:
    leftover = workshop.settings.scratch_dir / "landed.csv"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("ann@x.org")
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    assert not workshop.settings.scratch_dir.exists()


def test_a_missing_required_column_lists_the_header_found(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", "Nummer,Datum\n1,2\n")
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert "'order_id' or 'invoice_no'" in message
    assert "its header is: Nummer, Datum" in message


def test_headers_match_without_regard_to_case_and_punctuation(workshop: Workshop) -> None:
    header = '\ufeff"Order ID",ORDERED-AT,Quantity,Unit Price,"E-Mail"\n'
    workshop.land("generic/orders", "a.csv", header + order(1))
    assert workshop.take_in("generic/orders").rows_loaded == 1


def test_an_unknown_column_is_reported_and_not_loaded(workshop: Workshop) -> None:
    text = ORDERS.replace("\n", ",favourite_colour\n") + order(1).replace("\n", ",red\n")
    workshop.land("generic/orders", "a.csv", text)
    intake = workshop.take_in("generic/orders")
    assert intake.warnings == ("a.csv: not in the contract: favourite_colour",)
    assert "favourite_colour" not in workshop.lake_rows("generic/orders")[0]


def test_of_one_key_in_a_file_the_later_row_counts(workshop: Workshop) -> None:
    row = "m1,2026-01-01T00:00:00Z,email,{},a@b.c\n"
    workshop.land("generic/messages", "a.csv", MESSAGES + row.format("sent") + row.format("open"))
    intake = workshop.take_in("generic/messages")
    assert (intake.rows_loaded, intake.rows_duplicate) == (1, 1)
    assert workshop.lake_rows("generic/messages")[0]["event_type"] == "open"


def test_of_one_post_the_row_with_more_views_counts(workshop: Workshop) -> None:
    post = {"platform": "x", "post_id": "1", "published_at": "2026-01-01T00:00:00Z"}
    rows = [{**post, "impressions": 900}, {**post, "impressions": 300}]
    workshop.land_rows("generic/social_posts", "a.ndjson", rows)
    workshop.take_in("generic/social_posts")
    assert [r["impressions"] for r in workshop.lake_rows("generic/social_posts")] == [900]


def test_identical_order_lines_are_kept_and_marked(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1) + order(1) + order(1, 2))
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_loaded, intake.rows_duplicate) == (2, 1)
    lines = workshop.lake_rows("generic/orders")
    assert [line["line_number"] for line in lines] == [1, 2, 3]
    assert [line["_is_repeat"] for line in lines] == [False, True, False]


def test_a_person_has_one_pseudonym_in_all_sources(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1, email="Ada@Example.com"))
    message = "m,2026-01-01T00:00:00Z,email,sent,ada@example.com \n"
    workshop.land("generic/messages", "a.csv", MESSAGES + message)
    pseudonyms = set()
    for entity in ("generic/orders", "generic/messages"):
        workshop.take_in(entity)
        pseudonyms |= {row["email"] for row in workshop.lake_rows(entity)}
    assert len(pseudonyms) == 1
    assert "@" not in pseudonyms.pop()


@pytest.mark.parametrize("placeholder", ["n/a", "none", "-"])
def test_a_placeholder_does_not_make_one_person_of_many(
    workshop: Workshop, placeholder: str
) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1, email=placeholder))
    workshop.take_in("generic/orders")
    assert workshop.lake_rows("generic/orders")[0]["email"] is None


def test_no_personal_value_reaches_the_lake(workshop: Workshop) -> None:
    marked = "marked.person@example.com"
    rows = order(1, email=marked) + order(2, "x", email=marked) + f"3,{marked}\n"
    workshop.land("generic/orders", "a.csv", ORDERS + rows)
    workshop.land_rows("generic/reviews", "r.ndjson", [{"site": "s", "email": marked}])
    for entity in ("generic/orders", "generic/reviews"):
        workshop.take_in(entity)
    for path in workshop.lake.rglob("*"):
        if path.is_file():
            if path.suffix == ".parquet":
                text = str(fetched(f"from read_parquet('{path}')"))
            else:
                text = path.read_bytes().decode("latin-1")
            assert marked not in text, path


def test_a_batch_that_never_passed_its_gate_goes_with_its_file(workshop: Workshop) -> None:
    path = workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    path.unlink()
    workshop.take_in("generic/orders")
    assert workshop.lake_rows("generic/orders") == []
    assert workshop.ledger.deliveries() == []


def test_a_batch_that_passed_outlives_its_file(workshop: Workshop) -> None:
    path = workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    [batch] = workshop.ledger.batches("generic", "orders")
    workshop.ledger.set_gate("generic", "orders", {batch: "passed"})
    path.unlink()
    assert workshop.take_in("generic/orders").rows_loaded == 1


def test_a_batch_lost_from_disk_is_read_again(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    for path in (workshop.lake / "raw/generic/orders").glob("*.parquet"):
        path.unlink()
    assert workshop.take_in("generic/orders").read_now == 1
    assert len(workshop.lake_rows("generic/orders")) == 1


def test_an_orphan_in_the_lake_is_removed(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    folder = workshop.lake / "raw/generic/orders"
    (folder / "orphan.parquet").write_bytes(b"left by a killed run")
    workshop.take_in("generic/orders")
    assert not (folder / "orphan.parquet").exists()


def test_a_link_cannot_lead_out_of_the_landing_folder(workshop: Workshop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(ORDERS + order(1))
    folder = workshop.landing / "generic/orders"
    folder.mkdir(parents=True)
    (folder / "innocent.csv").symlink_to(secret)
    entity = read_contracts(ROOT / "orchestration" / "contracts")["generic"].entities["orders"]
    why = "it is a link that leads out of its folder"
    assert landed_files(folder, entity) == ([], [("innocent.csv", why)])


def test_files_that_no_contract_names_are_pointed_out(workshop: Workshop) -> None:
    workshop.land("generic/orders", "notes.txt", "hello")
    workshop.land("generic/ordres", "a.csv", ORDERS)
    [(name, why)] = workshop.take_in("generic/orders").unrecognised
    assert (name, "fits no pattern of the contract (*.csv, " in why) == ("notes.txt", True)
    contracts = read_contracts(ROOT / "orchestration" / "contracts")
    assert unknown_landing_folders(workshop.landing, contracts) == ["generic/ordres"]


def test_ga4_parameters_become_columns(workshop: Workshop) -> None:
    event = {
        "event_date": "20231005", "event_timestamp": "1696470452486466", "event_name": "page_view",
        "user_pseudo_id": "1.2", "device": {"category": "mobile"},
        "event_params": [
            {"key": "ga_session_id", "value": {"int_value": "123526748"}},
            {"key": "session_engaged", "value": {"string_value": "1"}},
            {"key": "page_location", "value": {"string_value": "https://shop/x"}},
        ],
    }  # fmt: skip
    workshop.land_rows("ga4/events", "e.ndjson", [event])
    workshop.take_in("ga4/events")
    [row] = workshop.lake_rows("ga4/events")
    assert (row["ga_session_id"], row["session_engaged"]) == ("123526748", "1")
    assert (row["device_category"], row["page_url"]) == ("mobile", "https://shop/x")
    assert row["occurred_at"].microsecond == 486466


def test_typeform_answers_stay_with_their_response(workshop: Workshop) -> None:
    def answer(ref: str, **value: object) -> dict[str, object]:
        return {"field": {"id": "f" + ref, "ref": ref, "type": "x"}, **value}

    answers = [answer("nps_score", type="number", number=0),
               answer("nps_reason", type="text", text="slow")]  # fmt: skip
    item = {"response_id": "r1", "submitted_at": "2026-08-01T10:00:00Z", "answers": answers}
    document = {"items": [item], "total_items": 1, "page_count": 1}
    workshop.land("typeform/responses", "post_purchase-2026-08.json", json.dumps(document))
    workshop.take_in("typeform/responses")
    [row] = workshop.lake_rows("typeform/responses")
    assert row["survey_id"] == "post_purchase"
    kept = [(a["question_id"], a["question_kind"], a["value"]) for a in row["answers"]]
    assert kept == [("nps_score", "nps", "0"), ("nps_reason", "text", "slow")]


def test_a_full_disk_is_not_held_against_the_file(workshop: Workshop) -> None:
    """The file would count as unreadable for ever, although nothing is wrong with it."""
    workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    workshop.take_in("generic/orders")
    [batch] = workshop.ledger.batches("generic", "orders")
    lake = workshop.lake / "raw" / "generic" / "orders"
    (lake / f"{batch}.parquet").unlink()
    (lake / f"{batch}.partial").symlink_to("/dev/full")
    with pytest.raises(duckdb.IOException, match="No space left on device"):
        workshop.take_in("generic/orders")
    (lake / f"{batch}.partial").unlink()
    assert workshop.take_in("generic/orders").unreadable == ()


def test_a_full_scratch_disk_is_not_held_against_the_file(tmp_path: Path) -> None:
    document = tmp_path / "answers.json"
    document.write_text('{"items": [{"token": "1"}]}')
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    (scratch / "records.ndjson").symlink_to("/dev/full")
    entity = read_contracts(ROOT / "orchestration" / "contracts")["typeform"].entities["responses"]
    with duckdb.connect() as connection, pytest.raises(OSError, match="No space left on device"):
        open_file(connection, document, entity, scratch)


def test_a_file_that_is_still_being_written_is_left_for_the_next_run(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workshop.land("generic/orders", "a.csv", ORDERS + order(1))
    write_batch = door_module.write_batch

    def while_it_grows(*arguments: Any) -> Any:
        with path.open("a") as file:
            file.write(order(2))
        return write_batch(*arguments)

    monkeypatch.setattr(door_module, "write_batch", while_it_grows)
    intake = workshop.take_in("generic/orders")
    assert intake.warnings == ("a.csv: is still being written; the next run reads it",)
    assert (intake.read_now, intake.rows_read, workshop.lake_rows("generic/orders")) == (0, 0, [])
    monkeypatch.undo()
    assert workshop.take_in("generic/orders").rows_loaded == 2


def test_a_missing_column_is_sought_under_all_its_names(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS.replace("order_id", "invoice_nr") + order(1))
    [(_, message)] = workshop.take_in("generic/orders").unreadable
    assert "(is it 'invoice_nr'?)" in message


def test_records_left_out_on_purpose_are_no_fault(workshop: Workshop) -> None:
    left_out = {"entities": {"orders": {"left_out": {"order_status": ["Test"]}}}}
    workshop.edit_contract("generic", left_out)
    header = ORDERS.replace("\n", ",order_status\n")
    rows = [order(n).replace("\n", f",{status}\n") for n, status in ((1, "TEST"), (2, "paid"))]
    workshop.land("generic/orders", "a.csv", header + "".join(rows) + order(3, "x")[:-1] + ",\n")
    intake = workshop.take_in("generic/orders")
    assert (intake.rows_read, intake.rows_loaded, intake.rows_rejected) == (3, 1, 2)
    [rejects] = (workshop.lake / "rejects/generic/orders").glob("*.parquet")
    assert count_left_out(rejects) == 1


def test_a_form_that_a_spreadsheet_saved_has_no_seconds(workshop: Workshop) -> None:
    rows = "Zeitstempel,Wie zufrieden?\n01.10.2026 10:05,4\n10/02/2026 10:05,5\n"
    workshop.land("google_forms/responses", "form.csv", rows)
    assert workshop.take_in("google_forms/responses").rows_rejected == 0
    days = [f"{r['submitted_at']:%m-%d}" for r in workshop.lake_rows("google_forms/responses")]
    assert days == ["10-01", "10-02"]
