"""Is a source late? Only a new delivery, and nothing that looks like one, makes it fresh."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestration.ingestion import DeliveryAge, Freshness, delivery_age, delivery_ages
from orchestration.ingestion.contract import read_contracts
from orchestration.settings import ROOT
from tests.builders import Workshop

DAILY = Freshness(warn_after_hours=36, fail_after_hours=96)
HEADER = "order_id,ordered_at,quantity,unit_price\n"
NOW = datetime.now(UTC)


def land(workshop: Workshop, name: str, number: int, days_ago: float) -> Path:
    path = workshop.land("generic/orders", name, f"{HEADER}{number},2026-01-01,1,9.5\n")
    written = (NOW - timedelta(days=days_ago)).timestamp()
    os.utime(path, (written, written))
    return path


def age(workshop: Workshop, days_later: float = 0) -> DeliveryAge:
    workshop.take_in("generic/orders")
    moment = NOW + timedelta(days=days_later)
    return delivery_age(workshop.ledger, "generic", "orders", DAILY, moment)


def test_a_source_that_never_delivered_is_not_late(workshop: Workshop) -> None:
    never = age(workshop, days_later=1000)
    assert (never.level, never.observed) == ("fresh", "nothing has been delivered yet")


def test_it_grows_late_and_then_stale(workshop: Workshop) -> None:
    land(workshop, "a.csv", 1, days_ago=0)
    levels = {days: age(workshop, days).level for days in (0, 1.4, 1.6, 3.9, 4.1)}
    assert levels == {0: "fresh", 1.4: "fresh", 1.6: "late", 3.9: "late", 4.1: "stale"}


def test_it_says_since_when_what_was_expected_and_what_to_do(workshop: Workshop) -> None:
    land(workshop, "a.csv", 1, days_ago=5)
    written = f"{NOW - timedelta(days=5):%Y-%m-%d %H:%M} UTC"
    assert age(workshop).observed == (
        f"the newest delivery ({written}) is 5 days old, expected is a delivery every 36 hours, at"
        " the latest after 4 days; see whether generic still exports, and drop its files into"
        " landing/generic/orders/"
    )


def test_the_newest_of_several_files_counts(workshop: Workshop) -> None:
    land(workshop, "old.csv", 1, days_ago=30)
    land(workshop, "new.csv", 2, days_ago=1)
    assert 24 <= age(workshop).hours < 25


def test_neither_touching_nor_copying_a_file_is_a_delivery(workshop: Workshop) -> None:
    path = land(workshop, "a.csv", 1, days_ago=0)
    workshop.take_in("generic/orders")
    later = (NOW + timedelta(days=10)).timestamp()
    os.utime(path, (later, later))
    copy = land(workshop, "a (1).csv", 1, days_ago=0)
    os.utime(copy, (later, later))
    assert age(workshop, days_later=10).level == "stale"


def test_reading_a_file_anew_under_a_changed_contract_is_no_delivery(workshop: Workshop) -> None:
    land(workshop, "a.csv", 1, days_ago=10)
    workshop.take_in("generic/orders")
    workshop.edit_contract("generic", {"entities": {"orders": {"ignored": ["note"]}}})
    assert workshop.take_in("generic/orders").read_now == 1
    assert age(workshop).level == "stale"


def test_a_file_that_cannot_be_read_or_fails_its_gate_is_no_delivery(workshop: Workshop) -> None:
    land(workshop, "good.csv", 1, days_ago=10)
    workshop.take_in("generic/orders")
    workshop.land("generic/orders", "unreadable.csv", "Nummer\n1\n")
    assert age(workshop).level == "stale"
    land(workshop, "refused.csv", 2, days_ago=0)
    assert age(workshop).level == "fresh"
    [refused] = [
        landed.batch_id
        for landed in workshop.ledger.files("generic", "orders").values()
        if landed.file == "refused.csv"
    ]
    workshop.ledger.set_gate("generic", "orders", {refused: "failed"})
    assert age(workshop).level == "stale"


def test_a_changed_file_that_fails_its_gate_leaves_the_age_of_its_earlier_content(
    workshop: Workshop,
) -> None:
    land(workshop, "a.csv", 1, days_ago=0)
    workshop.take_in("generic/orders")
    [first] = workshop.ledger.batches("generic", "orders")
    workshop.ledger.set_gate("generic", "orders", {first: "passed"})
    path = land(workshop, "a.csv", 2, days_ago=0)
    later = (NOW + timedelta(days=1)).timestamp()
    os.utime(path, (later, later))
    workshop.take_in("generic/orders")
    [second] = workshop.ledger.batches("generic", "orders").keys() - {first}
    workshop.ledger.set_gate("generic", "orders", {second: "failed"})
    read_at = workshop.ledger.batches("generic", "orders")[first].loaded_at
    assert age(workshop).delivered_at == datetime.fromisoformat(read_at or "")


def test_the_shipped_contracts_expect_tools_that_export_daily_and_no_surveys(
    workshop: Workshop,
) -> None:
    contracts = read_contracts(ROOT / "orchestration" / "contracts")
    ages = list(delivery_ages(workshop.ledger, contracts))
    expected = {f"{a.source}/{a.entity}": a.rhythm.warn_after_hours for a in ages}
    assert expected["ga4/events"] == expected["shopify/orders"] == 36
    assert not {"typeform/responses", "google_forms/responses", "generic/reviews"} & set(expected)
