"""Addresses inside texts: what is taken out, and what must stay."""

import duckdb
import pytest

from orchestration.ingestion.masking import (
    any_address,
    holds_address,
    mask,
    masked_id,
    masked_text,
)
from orchestration.ingestion.pseudonym import install

ADDRESSES = [
    ("ada@example.com", "[email]"),
    ("write to ada.lovelace+x@mail.example.co.uk.", "write to [email]."),
    ("'ada'@example.com", "[email]"),
    ("<mailto:ada@example.com>", "<mailto:[email]>"),
    ("Straße ÄDA@bücher.de hier", "Straße [email] hier"),
    ("https://a.example/?email=ada%40example.com&x=1", "https://a.example/?email=[email]&x=1"),
    ("https://a.example/?e=ada%2540example.com", "https://a.example/?e=[email]"),
    ("call +49 30 1234567 now", "call [phone] now"),
    ("+49 (0)30/123-4567", "[phone]"),
    ("tel 0049 30 1234567", "tel [phone]"),
    ("004930123456", "[phone]"),
    ("ring 030 1234567", "ring [phone]"),
    ("020 7946 0958", "[phone]"),
    ("(0171) 123 45 67", "[phone]"),
    ("06 12 34 56 78", "[phone]"),
    ("my number: 01711234567", "my number: [phone]"),
    ("(555) 123-4567", "[phone]"),
    ("555-123-4567 or 555.123.4567", "[phone] or [phone]"),
    ("https://a.example/?tel=%2B49%2030%201234567", "https://a.example/?tel=[phone]"),
    ("from 203.0.113.7:8080", "from [ip]:8080"),
    ("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "[ip]"),
    ("at 2001:db8::ff00:42:8329", "at [ip]"),
]
OTHERS = [
    "#1001", "1000123456", "ORD-2026-000123", "0001234567", "12345678901", "4111111111111",
    "0412345678905", "2026-01-02", "01.02.2026 10:30", "01/02/2026", "20260102T030405",
    "2026-01-02T10:00:00+00:00", "2026-01-02 10:00:00 +0100", "1767225600000000", "10:20:30",
    "1.299.000,50", "1,234,567,890", "19.99 19.99 19.99", "+1.000.000", "+1000 points",
    "555 items in 2026", "01067 Dresden", "order+123456789", "GA1.2.123456789.1767225600",
    "00000000-0000-4000-8000-000000000000", "v1.2.3", "std::string", "Thanks @brand.official!",
    "📷@brand.official", "https://a.example/@52.5200,13.4050", "https://a.example/isbn/0306406152",
    "3 for 2 @ the shop",
]  # fmt: skip


def in_duckdb(sql: str, *values: str) -> list[str]:
    with duckdb.cursor() as connection:
        install(connection, b"secret")
        query = f"select {sql} from (select unnest(?) as v)"
        return [value for (value,) in connection.execute(query, [list(values)]).fetchall()]


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_an_address_leaves_a_text(text: str, expected: str) -> None:
    assert in_duckdb(masked_text("v"), text, f"so {text}, yes") == [expected, f"so {expected}, yes"]


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    assert in_duckdb(masked_text("v"), text, f"so {text}, yes") == [text, f"so {text}, yes"]


def test_beside_other_texts_an_address_is_suspected_where_it_is_alone() -> None:
    texts = [text for text, _ in ADDRESSES] + OTHERS
    beside = [
        any_address(texts_of_a_row)
        for texts_of_a_row in (["v", "'12'"], ["'a'", "v", "null", "'+'"], ["'0'", "'00'", "v"])
    ]
    for looked in beside:
        assert in_duckdb(looked, *texts) == in_duckdb(holds_address("v"), *texts), looked


def test_headers_and_messages_are_masked_as_values_are() -> None:
    for text, expected in [*ADDRESSES, *((text, text) for text in OTHERS)]:
        assert mask(text) == expected


def test_ids_that_hold_an_address_stay_two_ids() -> None:
    one, again, other, plain, number = in_duckdb(
        masked_id("v"), "shop:ada@example.com", "shop:ada@example.com", "shop:bob@example.com",
        "C-1001", "0123456789",
    )  # fmt: skip
    assert one == again != other
    assert one.startswith("id-")
    assert (plain, number) == ("C-1001", "0123456789")
