"""What becomes of orders that shops and people make difficult."""

from typing import Any

import duckdb
import pytest

from tests.builders import Workshop

pytestmark = pytest.mark.slow

SHOPIFY = (
    "Name,Email,Financial Status,Total,Created at,Cancelled at,Lineitem quantity,Lineitem price\n"
)
PAID = "#1,a@b.c,paid,9,2026-01-01 10:00:00 +0000,,1,9\n"
VOIDED = "#1,a@b.c,voided,9,2026-01-01 10:00:00 +0000,2026-01-02 10:00:00 +0000,1,9\n"
GENERIC = "order_id,ordered_at,quantity,unit_price,customer_id,email\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A warehouse in Berlin with all of them."""
    workshop = Workshop(tmp_path_factory.mktemp("orders") / "data")
    workshop.environment["FUNNEL_TIMEZONE"] = "Europe/Berlin"
    for blank_lines in range(3):
        name = f"{blank_lines}.csv"
        workshop.land("shopify/orders", f"monday {name}", SHOPIFY + PAID + "\n" * blank_lines)
        workshop.land("shopify/orders", f"tuesday {name}", SHOPIFY + VOIDED)
    workshop.land(
        "generic/orders",
        "a.csv",
        GENERIC
        + "1,2026-01-01,1,9,C1,home@x.org\n2,2026-01-02,1,9,C1,work@x.org\n"
        + "3,2026-01-03,1,9,,work@x.org\n4,,1,9,,\n"
        + "late,2026-06-30T22:30:00Z,1,99999999999.5,C2,\n",
    )
    workshop.take_in_all()
    workshop.build()
    return workshop


def orders(shop: Workshop, what: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop.settings.warehouse_file), read_only=True) as connection:
        return connection.execute(f"select {what}").fetchall()


def test_an_order_voided_later_is_cancelled_whatever_the_files_hash(shop: Workshop) -> None:
    """The later export counts: it reaches further in time, or says that it was cancelled."""
    cancelled = "is_cancelled from customer_engagement.orders where order_id = '#1'"
    assert orders(shop, cancelled) == [(True,)]


def test_a_customer_with_two_addresses_is_one_person(shop: Workshop) -> None:
    people = (
        "count(distinct person_id), max(purchase_number), count(*)"
        " from customer_engagement.orders where order_id in ('1', '2', '3', '4')"
    )
    assert orders(shop, people) == [(1, 3, 3)]


def test_no_digit_of_a_large_amount_is_lost(shop: Workshop) -> None:
    amount = "order_amount::varchar from customer_engagement.orders where order_id = 'late'"
    assert orders(shop, amount) == [("99999999999.5000",)]


def test_dates_belong_to_the_business_time_zone(shop: Workshop) -> None:
    when = (
        "order_date::varchar, ordered_at::varchar"
        " from customer_engagement.orders where order_id = 'late'"
    )
    assert orders(shop, when) == [("2026-07-01", "2026-06-30 22:30:00")]
