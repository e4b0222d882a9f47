"""A rotated lake is the lake that the whole chain of keys would have made."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion import (
    DamagedLakeError,
    Door,
    KeyChangedError,
    key_check,
    read_contracts,
    rotate_batches,
)
from orchestration.ingestion import rotation as rotation_module
from tests.builders import KEY, Workshop

CHAIN = KEY + b"\nanother-key"
ORDERS = "order_id,ordered_at,quantity,unit_price,email,customer_id\n"
EVENT = {"occurred_at": "2026-01-01T10:00:00Z", "event_name": "page_view"}
ENTITIES = ("generic/orders", "generic/web_events", "google_forms/responses", "shopify/orders")


def land(workshop: Workshop) -> None:
    workshop.land("generic/orders", "a.csv", ORDERS + "1,2026-01-01,1,9,ada@example.com,c\n")
    workshop.land("generic/orders", "b.csv", ORDERS + "2,2026-01-01,1,9,,shop:bob@example.com\n")
    rows = [{**EVENT, "email": "ada@example.com"}, {**EVENT, "visitor_id": "203.0.113.7"}]
    workshop.land_rows("generic/web_events", "a.ndjson", rows)
    form = (
        "Timestamp,Email,Name,Phone,Why?\n2026-01-01T10:00:00Z,eve@example.com,Eve,030 123456,ok\n"
    )
    workshop.land("google_forms/responses", "form.csv", form)
    shop = "Name,Created at,Email,Lineitem quantity,Lineitem price\n"
    workshop.land(
        "shopify/orders", "a.csv", shop + "#1,2026-01-01 10:00:00 +0000,a@b.example,1,2\n"
    )


def made_with(key: bytes, workshop: Workshop) -> dict[str, list[dict[str, Any]]]:
    land(workshop)
    door: Door = replace(workshop.door, key=key)
    contracts = read_contracts(workshop.settings.contracts_dir)
    for entity in ENTITIES:
        source, name = entity.split("/")
        door.take_in(contracts[source], name)
    (workshop.lake / "key_check").write_text(key_check(key))
    return {entity: workshop.lake_rows(entity) for entity in ENTITIES}


def rotate(workshop: Workshop, key: bytes = CHAIN) -> int:
    scratch = workshop.settings.scratch_dir
    return rotate_batches(workshop.lake, workshop.ledger, workshop.contracts, key, scratch)


def test_it_is_the_lake_that_the_chain_would_have_made(workshop: Workshop, tmp_path: Path) -> None:
    before = made_with(KEY, workshop)
    assert rotate(workshop) == 5
    expected = made_with(CHAIN, Workshop(tmp_path / "other"))
    after = {entity: workshop.lake_rows(entity) for entity in ENTITIES}
    assert after == expected
    assert all(after[entity] != before[entity] for entity in ENTITIES)
    assert all(value not in json.dumps(after, default=str) for value in secrets(before))


def secrets(rows: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Every pseudonym of the lake before."""
    wanted = ("email", "phone", "respondent_name", "response_id", "visitor_id")
    return [row[n] for table in rows.values() for row in table for n in wanted if row.get(n)]


def test_the_ledger_knows_the_files_and_nothing_is_read_again(workshop: Workshop) -> None:
    import hashlib

    made_with(KEY, workshop)
    rotate(workshop)
    for batch in workshop.ledger.batches("generic", "orders").values():
        content = (workshop.lake / f"raw/generic/orders/{batch.batch_id}.parquet").read_bytes()
        assert batch.lake_sha256 == hashlib.sha256(content).hexdigest()
    contracts = read_contracts(workshop.settings.contracts_dir)
    door = replace(workshop.door, key=CHAIN)
    assert door.take_in(contracts["generic"], "orders").read_now == 0


def test_killed_half_way_it_goes_on_where_it_stopped(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_with(KEY, workshop)
    written: list[Path] = []
    original = rotation_module.write_parquet

    def killed_after_two(connection: Any, query: str, target: Path, said: Any) -> None:
        original(connection, query, target, said)
        written.append(target)
        if len(written) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(rotation_module, "write_parquet", killed_after_two)
    with pytest.raises(KeyboardInterrupt):
        rotate(workshop)
    monkeypatch.undo()
    assert rotate(workshop) == 3
    expected = made_with(CHAIN, Workshop(tmp_path / "other"))
    assert {entity: workshop.lake_rows(entity) for entity in ENTITIES} == expected
    assert rotate(workshop) == 0


def test_a_key_that_does_not_follow_the_lakes_is_refused(workshop: Workshop) -> None:
    made_with(KEY, workshop)
    with pytest.raises(KeyChangedError, match="another pseudonym key"):
        rotate(workshop, b"foreign-key " + KEY)


def test_a_damaged_file_is_not_taken_for_a_sound_one(workshop: Workshop) -> None:
    made_with(KEY, workshop)
    file = next(workshop.lake.glob("raw/shopify/orders/[0-9a-f]*.parquet"))
    other = next(workshop.lake.glob("raw/generic/orders/[0-9a-f]*.parquet"))
    file.write_bytes(other.read_bytes())
    with pytest.raises(DamagedLakeError, match="has changed since it was written"):
        rotate(workshop)
