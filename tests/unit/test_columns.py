"""What a delivered text becomes, type by type; None: the row is rejected."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.ingestion.columns import Raw, cleaned, typed
from orchestration.ingestion.contract import Column


def converted(text: Any, time_zone: str = "UTC", native: str = "VARCHAR", **options: Any) -> Any:
    options = {name: value for name, value in options.items() if value is not None}
    column = Column(description="", **options)
    value = cleaned(Raw("delivered", native))
    with duckdb.cursor() as connection:
        connection.execute(f"set TimeZone = '{time_zone}'")
        query = f"select {typed('v', column, native)} from (select {value} as v from d)"
        connection.execute(f"create temp table d (delivered {native})")
        connection.execute("insert into d values (?)", [text])
        return (connection.execute(query).fetchone() or (None,))[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), (" 12 ", 12), ("-3", -3), ("1203.0", 1203), ("0", 0), ("+7", 7),
        ("9223372036854775807", 9223372036854775807),
        ("1.5", None), ("12,400", None), ("12x", None), ("-", None), ("1e3", None),
    ],
)  # fmt: skip
def test_whole_numbers(text: str, number: int | None) -> None:
    assert converted(text, type="integer") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12,400", 12400), ("1,234,567", 1234567), ("999", 999), ("12,40", None), ("1,2345", None)],
)
def test_thousands_marks_stand_every_three_digits(text: str, number: int | None) -> None:
    assert converted(text, type="integer", thousands=",") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.55", Decimal("2.5500")),
        (".5", Decimal("0.5000")),
        ("1.230000", Decimal("1.2300")),
        ("1,5", None),
        ("nan", None),
        ("1.23456", None),
        ("0.00004", None),
    ],
)
def test_decimals(text: str, number: Decimal | None) -> None:
    assert converted(text, type="decimal") == number


@pytest.mark.parametrize(
    ("text", "truth"), [("true", True), ("Yes", True), ("0", False), ("maybe", None)]
)
def test_booleans(text: str, truth: bool | None) -> None:
    assert converted(text, type="boolean") is truth


@pytest.mark.parametrize(
    ("text", "format", "moment"),
    [
        ("2026-03-01T10:00:00Z", None, datetime(2026, 3, 1, 10)),
        ("2026-03-01 10:00", None, datetime(2026, 3, 1, 10)),
        ("2026-03-01T10:00:00+0200", None, datetime(2026, 3, 1, 8)),
        ("2026-03-01T10:00:00.250-05:00", None, datetime(2026, 3, 1, 15, 0, 0, 250000)),
        ("2026-03-01", None, datetime(2026, 3, 1)),
        ("03/01/2026 10:00", None, None),
        ("infinity", None, None),
        ("2026-02-30T10:00:00Z", None, None),
        ("03/01/2026 10:00", "%m/%d/%Y %H:%M", datetime(2026, 3, 1, 10)),
        ("13/01/2026 10:00", "%m/%d/%Y %H:%M", None),
        ("2025-10-07 09:50:26 +0200", "%Y-%m-%d %H:%M:%S %z", datetime(2025, 10, 7, 7, 50, 26)),
        ("1696470452486466", "epoch_us", datetime(2023, 10, 5, 1, 47, 32, 486466)),
        ("1696470452486", "epoch_ms", datetime(2023, 10, 5, 1, 47, 32, 486000)),
        ("1696470452", "epoch_s", datetime(2023, 10, 5, 1, 47, 32)),
    ],
)
def test_points_in_time_are_utc(text: str, format: str | None, moment: datetime | None) -> None:
    assert converted(text, type="timestamp", format=format) == moment


def test_a_time_without_offset_is_in_the_contracts_time_zone() -> None:
    for format, text in ((None, "2026-07-01T10:00:00"), ("%m/%d/%Y %H:%M", "07/01/2026 10:00")):
        moment = converted(text, time_zone="Europe/Berlin", type="timestamp", format=format)
        assert moment == datetime(2026, 7, 1, 8)


def test_dates() -> None:
    assert converted("2026-03-01", type="date") == date(2026, 3, 1)
    assert converted("20260301", type="date", format="%Y%m%d") == date(2026, 3, 1)
    assert converted("01.03.2026", type="date") is None


def test_an_identifier_stored_as_a_float_loses_its_fraction_only() -> None:
    assert converted(17850.0, native="DOUBLE") == "17850"
    assert converted(1226928883355791360.0, native="DOUBLE") == "1226928883355791360"
    assert converted(float("nan"), native="DOUBLE") is None
    assert converted(2.5, native="DOUBLE", type="integer") is None


def test_text_is_trimmed_and_empty_text_is_missing() -> None:
    assert converted("  a b ") == "a b"
    assert converted("   ") is None
    assert converted("1226928883355791360") == "1226928883355791360"
