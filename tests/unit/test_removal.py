"""A person's records leave landing folder and lake; every other byte and row stays."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.ingestion import Batch, Ledger
from orchestration.ingestion import removal as removal_module
from orchestration.privacy import Identifier, Plan, carry_out, finish, plan
from tests.builders import Workshop

ADA = Identifier("email", "Ada@Example.com")
HEADER = "order_id,ordered_at,quantity,unit_price,email,customer_id,product_name\n"
KEPT = "2,2026-01-02,1,9,bob@example.com,C2,mug\n"
WEB = {"occurred_at": "2026-01-01T10:00:00Z", "event_name": "page_view"}


def found(workshop: Workshop, clear: Identifier = ADA) -> Plan:
    with workshop.at_work():
        return plan(workshop.settings, workshop.door, workshop.contracts, clear, lambda _: None)


def forget(workshop: Workshop, clear: Identifier = ADA) -> Plan:
    planned = found(workshop, clear)
    carry_out(workshop.settings, workshop.door, planned)
    finish(workshop.settings)
    return planned


def passed(workshop: Workshop, entity: str) -> None:
    source, name = entity.split("/")
    batches = workshop.ledger.batches(source, name)
    workshop.ledger.set_gate(source, name, dict.fromkeys(batches, "passed"))


def counts(ledger: Ledger) -> list[tuple[int, int, int, int]]:
    return [
        (d["rows_read"], d["rows_loaded"], d["rows_rejected"], d["rows_duplicate"])
        for d in ledger.deliveries()
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HEADER + "1,2026-01-01,1,9,ada@example.com,C1,mug\n" + KEPT, HEADER + KEPT),
        ("\ufeff" + HEADER + KEPT + '1,2026-01-01,1,9,"ADA@example.com ",,mug',
         "\ufeff" + HEADER + KEPT),
        (HEADER.replace("\n", "\r\n") + '1,2026-01-01,1,9,ada@example.com,,"a\r\nb ""c"""\r\n\r\n'
         '2,2026-01-01,1,9,,,"d\r\ne"\r\n',
         HEADER.replace("\n", "\r\n") + '\r\n2,2026-01-01,1,9,,,"d\r\ne"\r\n'),
        # Rejected, malformed, in a text, percent-encoded.
        (HEADER + "1,2026-01-01,many,9,ada@example.com,,mug\n" + KEPT, HEADER + KEPT),
        (HEADER + "ada@example.com,1\n" + KEPT, HEADER + KEPT),
        (HEADER + "1,2026-01-01,1,9,,,for (ada@example.com).\n" + KEPT, HEADER + KEPT),
        (HEADER + "1,2026-01-01,1,9,,,?to=ada%40example.com&x\n" + KEPT, HEADER + KEPT),
        # All lines of an order, of which the first names the person.
        (HEADER + "1,2026-01-01,1,9,ada@example.com,,mug\n1,2026-01-01,1,9,,,cup\n" + KEPT,
         HEADER + KEPT),
        # The same number, or none at all, in the order of somebody else.
        (HEADER + "(not set),2026-01-01,1,9,ada@example.com,,mug\n"
         "(not set),2026-01-01,1,9,bob@example.com,,cup\n(not set),2026-01-01,1,9,,C2,cup\n",
         HEADER + "(not set),2026-01-01,1,9,bob@example.com,,cup\n"
         "(not set),2026-01-01,1,9,,C2,cup\n"),
        # Somebody else's address that only looks alike, and a quote that is never closed.
        (HEADER + "3,2026-01-01,1,9,nada@example.com,,mug\n", None),
        (HEADER + "3,2026-01-01,1,9,,,ada@example.com.au\n", None),
        (HEADER + KEPT + '4,"2026\n' + "1,2026-01-01,1,9,ada@example.com,,mug\n" + KEPT,
         HEADER + KEPT + '4,"2026\n' + KEPT),
        # A file that its contract cannot read is taken apart all the same.
        ("Nummer,Wer\n1,ada@example.com\n2,bob@example.com\n", "Nummer,Wer\n2,bob@example.com\n"),
    ],
)  # fmt: skip
def test_of_a_csv_file_everything_else_stays(
    workshop: Workshop, before: str, after: str | None
) -> None:
    path = workshop.land("generic/orders", "a.csv", before)
    workshop.take_in("generic/orders")
    forget(workshop)
    assert path.read_bytes().decode() == (before if after is None else after)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_the_encoding_of_a_file_stays(workshop: Workshop, encoding: str) -> None:
    change = {"entities": {"orders": {"format": {"encoding": encoding}}}}
    workshop.edit_contract("generic", change)
    kept = KEPT.replace("mug", "Kännchen")
    text = HEADER + "1,2026-01-01,1,9,ada@example.com,,mug\n"
    path = workshop.land("generic/orders", "a.csv", (text + kept).encode(encoding))
    workshop.take_in("generic/orders")
    forget(workshop)
    assert path.read_bytes() == (HEADER + kept).encode(encoding)


def test_of_ndjson_the_lines_go(workshop: Workshop) -> None:
    mine = [
        json.dumps({**WEB, "email": "ada@example.com"}),
        '{"occurred_at": "2026", "email": "ada@example.com"}',
        '{"broken": "ada@example.com',
        json.dumps({**WEB, "unknown": {"who": "ada@example.com"}}),
        json.dumps(WEB)[:-1] + r', "page_url": "https:\/\/a.example\/?e=ada\u0040example.com"}',
    ]
    other = ['{"broken": ', json.dumps({**WEB, "email": "bob@example.com"}), "", "  "]
    lines = [line for pair in zip(mine, [*other, "[1]"], strict=True) for line in pair]
    path = workshop.land("generic/web_events", "a.ndjson", "\r\n".join(lines))
    workshop.take_in("generic/web_events")
    assert forget(workshop).landed_records == 5
    assert path.read_bytes().decode() == "\r\n".join([*other, "[1]"])


def test_of_a_json_document_the_elements_go(workshop: Workshop) -> None:
    def response(number: int, email: str) -> str:
        record = {"response_id": str(number), "submitted_at": "2026-01-01T00:00:00Z",
                  "hidden": {"email": email}, "answers": []}  # fmt: skip
        return "\n    " + json.dumps(record, indent=2)

    people = ["ada@example.com", "bob@example.com", "ada@example.com", "eve@example.com",
              "ada@example.com"]  # fmt: skip
    records = [response(number, email) for number, email in enumerate(people)]
    document = '{"total_items": 5, "page": {"items": 1},\n  "items": [%s\n  ], "x": [1, 2]}\n'
    path = workshop.land("typeform/responses", "f.json", document % ",".join(records))
    workshop.take_in("typeform/responses")
    forget(workshop)
    assert path.read_text() == document % ",".join([records[1], records[3]])
    assert len(workshop.lake_rows("typeform/responses")) == 2
    forget(workshop, Identifier("email", "bob@example.com"))
    forget(workshop, Identifier("email", "eve@example.com"))
    assert path.read_text() == document % ""


def test_of_parquet_the_rows_go(workshop: Workshop) -> None:
    moments = pa.array([1, 2, 3], pa.timestamp("us"))
    table = pa.table(
        {"event_id": ["1", "2", "3"], "occurred_at": moments, "event_name": ["page_view"] * 3,
         "email": ["ada@example.com", None, "bob@example.com"]}
    ).replace_schema_metadata({"tool": "x"})  # fmt: skip
    path = workshop.land("generic/web_events", "a [1].parquet", b"")
    pq.write_table(table, path)
    workshop.take_in("generic/web_events")
    forget(workshop)
    left = pq.read_table(path)
    assert left.schema == table.schema
    assert left.schema.metadata == {b"tool": b"x"}
    assert left["event_id"].to_pylist() == ["2", "3"]


@pytest.mark.parametrize(
    ("clear", "kept"),
    [
        (Identifier("phone", "+49 30 1234567"), ["2", "3", "4"]),
        (Identifier("customer_id", "17"), ["1", "3", "4"]),
        (Identifier("email", "c@example.com"), ["1", "2", "4"]),
    ],
)
def test_each_kind_of_identifier_finds_its_records(
    workshop: Workshop, clear: Identifier, kept: list[str]
) -> None:
    message = {"occurred_at": "2026-01-01T00:00:00Z", "channel": "sms", "event_type": "sent"}
    rows = [{"phone": "004930 1234567"}, {"customer_id": "17"}, {"email": "c@example.com"},
            {"campaign": "17 c"}]  # fmt: skip
    numbered = [{**message, "message_event_id": str(n), **row} for n, row in enumerate(rows, 1)]
    path = workshop.land_rows("generic/messages", "a.ndjson", numbered)
    workshop.take_in("generic/messages")
    forget(workshop, clear)
    left = [json.loads(line)["message_event_id"] for line in path.read_text().splitlines()]
    assert left == kept
    assert [row["message_event_id"] for row in workshop.lake_rows("generic/messages")] == kept


def test_everybody_of_a_name_goes(workshop: Workshop) -> None:
    review = {"site": "s", "reviewed_at": "2026-01-01T00:00:00Z", "rating": 5}
    rows = [{"author": "ADA  Lovelace"}, {"author": "Ada"}, {"text": "Ask Ada Lovelace!"},
            {"text": "Ada is fine, Lovelace too"}]  # fmt: skip
    numbered = [{**review, "review_id": str(n), **row} for n, row in enumerate(rows)]
    workshop.land_rows("generic/reviews", "a.ndjson", numbered)
    workshop.take_in("generic/reviews")
    forget(workshop, Identifier("name", "Ada Lovelace"))
    assert [row["review_id"] for row in workshop.lake_rows("generic/reviews")] == ["1", "3"]


def test_a_phone_that_others_have_too_stays_with_them(workshop: Workshop) -> None:
    message = {"occurred_at": "2026-01-01T00:00:00Z", "channel": "sms", "event_type": "sent"}
    people = [("ada@example.com", "+4930111111"), (None, "+4930111111"),
              ("ada@example.com", "+4930222222"), ("bob@example.com", "+4930222222"),
              (None, "+4930222222")]  # fmt: skip
    rows = [{**message, "message_event_id": str(n), "email": email, "phone": phone}
            for n, (email, phone) in enumerate(people)]  # fmt: skip
    workshop.land_rows("generic/messages", "a.ndjson", rows)
    workshop.take_in("generic/messages")
    assert forget(workshop).person.shared_phones == 1
    assert [r["message_event_id"] for r in workshop.lake_rows("generic/messages")] == ["3", "4"]


# Ledger --------------------------------------------------------------------------------------

ROWS = (
    HEADER + "1,2026-01-01,1,9,ada@example.com,,mug\n" * 2 + "1,2026-01-01,x,9,ada@example.com,,\n"
    + KEPT + "3,2026-01-01,y,9,,,\n"
)  # fmt: skip


def test_a_shortened_file_is_neither_a_new_delivery_nor_judged_again(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ROWS)
    workshop.land("generic/orders", "a (1).csv", ROWS)
    workshop.take_in("generic/orders")
    passed(workshop, "generic/orders")
    assert counts(workshop.ledger) == [(5, 0, 0, 5), (5, 2, 2, 1)]
    forget(workshop)
    assert counts(workshop.ledger) == [(2, 0, 0, 2), (2, 1, 1, 0)]
    [batch] = workshop.ledger.counting_batches("generic", "orders")
    intake = workshop.take_in("generic/orders")
    assert intake.read_now == 0
    assert workshop.ledger.counting_batches("generic", "orders") == [batch]
    assert [row["order_id"] for row in workshop.lake_rows("generic/orders")] == ["2"]
    assert len(list(workshop.lake.glob("raw/generic/orders/[0-9a-f]*.parquet"))) == 1
    assert [r["delivered_value"] for r in workshop.rejects("generic/orders")] == ["y"]


def test_rows_whose_file_has_gone_are_removed_and_still_add_up(workshop: Workshop) -> None:
    mine = "1,2026-01-01,1,9,,CUST-000123,mug\n"
    slipped = "4,2026-01-01,CUST-000123,9,,,mug\n3,2026-01-01,y,9,,,\n"
    path = workshop.land("generic/orders", "a.csv", HEADER + mine * 2 + slipped + KEPT)
    workshop.take_in("generic/orders")
    passed(workshop, "generic/orders")
    path.unlink()
    before = workshop.ledger.counting_batches("generic", "orders")
    assert counts(workshop.ledger) == [(5, 2, 2, 1)]
    removal = forget(workshop, Identifier("customer_id", "CUST-000123"))
    assert (removal.landed_records, removal.lake_rows, removal.rejected_rows) == (0, 2, 1)
    assert counts(workshop.ledger) == [(2, 1, 1, 0)]
    [row] = workshop.lake_rows("generic/orders")
    [after] = workshop.ledger.counting_batches("generic", "orders")
    assert after not in before
    assert row["_batch_id"] == after
    [reject] = workshop.rejects("generic/orders")
    assert (reject["batch_id"], reject["delivered_value"]) == (after, "y")


def test_a_file_that_was_never_taken_in_is_shortened_too(workshop: Workshop) -> None:
    path = workshop.land("generic/orders", "a.csv", ROWS)
    forget(workshop)
    assert "ada" not in path.read_text()
    assert workshop.ledger.deliveries() == []


@pytest.mark.parametrize("step", ["before the ledger", "after the ledger", "after a file"])
def test_killed_at_any_step_the_same_again_completes(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    paths = [workshop.land("generic/orders", name, ROWS) for name in ("a.csv", "b.csv")]
    gone = workshop.land("generic/orders", "c.csv", ROWS + KEPT.replace("2,", "5,", 1))
    workshop.take_in("generic/orders")
    passed(workshop, "generic/orders")
    gone.unlink()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    def once_then_killed(*arguments: object, original=removal_module._replace_landed) -> None:
        original(*arguments)
        monkeypatch.setattr(removal_module, "_replace_landed", killed)

    match step:
        case "before the ledger":
            monkeypatch.setattr(Ledger, "replace_batch", killed)
        case "after the ledger":
            monkeypatch.setattr(removal_module, "_replace_landed", killed)
        case _:
            monkeypatch.setattr(removal_module, "_replace_landed", once_then_killed)
    with pytest.raises(KeyboardInterrupt):
        forget(workshop)
    monkeypatch.undo()
    workshop.take_in("generic/orders")
    forget(workshop)
    assert not any("ada" in path.read_text() for path in paths)
    assert {row["order_id"] for row in workshop.lake_rows("generic/orders")} == {"2", "5"}
    assert len(workshop.ledger.counting_batches("generic", "orders")) == 2
    assert found(workshop).lake_rows == found(workshop).landed_records == 0
    batches = workshop.ledger.batches("generic", "orders").values()
    files = {p.stem for p in workshop.lake.glob("raw/generic/orders/[0-9a-f]*.parquet")}
    assert {batch.batch_id for batch in batches} == files
    assert all(isinstance(batch, Batch) and batch.gate == "passed" for batch in batches)
    assert not list(workshop.data.rglob("*.new"))
