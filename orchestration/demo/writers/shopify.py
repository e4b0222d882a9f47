"""Shopify's order export: one row a line item, the order's own columns only on its first."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from orchestration.demo.catalog import CURRENCY
from orchestration.demo.exports import ExportFile, by_month, csv_file, money, spelled
from orchestration.demo.model import SHOP_ZONE, Order, OrderLine, Story

_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province",
            "Country", "Phone")  # fmt: skip
COLUMNS = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at",
    "Accepts Marketing", "Currency", "Subtotal", "Shipping", "Taxes", "Total", "Discount Code",
    "Discount Amount", "Shipping Method", "Created at", "Lineitem quantity", "Lineitem name",
    "Lineitem price", "Lineitem compare at price", "Lineitem sku", "Lineitem requires shipping",
    "Lineitem taxable", "Lineitem fulfillment status",
    *(f"Billing {part}" for part in _ADDRESS), *(f"Shipping {part}" for part in _ADDRESS),
    "Notes", "Note Attributes", "Cancelled at", "Payment Method", "Payment Reference",
    "Refunded Amount", "Vendor", "Outstanding Balance", "Employee", "Location", "Device ID", "Id",
    "Tags", "Risk Level", "Source", "Lineitem discount", "Tax 1 Name", "Tax 1 Value", "Phone",
    "Receipt Number", "Duties", "Billing Province Name", "Shipping Province Name", "Payment ID",
    "Payment Terms Name", "Next Payment Due At", "Payment References",
)  # fmt: skip
_SHIPPING_CENTS, _VAT_PERCENT = 490, 19
_FINANCIAL_STATUS = {"placed": "paid", "cancelled": "voided", "refunded": "refunded"}


def export(story: Story) -> list[ExportFile]:
    """Return the monthly exports of the web orders."""
    orders = [order for order in story.orders if order.channel == "web"]
    return [
        csv_file("shopify", "orders", f"orders_export_{month}.csv", COLUMNS, _rows(placed))
        for month, placed in by_month(orders, lambda order: order.placed_at).items()
    ]


def _rows(orders: list[Order]) -> Iterator[tuple[str, dict[str, object]]]:
    for order in orders:
        for position, line in enumerate(order.lines, start=1):
            cells = _order_cells(order) if position == 1 else {"Name": order.name}
            yield f"{order.name}/{position}", cells | _line_cells(order, line)


def _line_cells(order: Order, line: OrderLine) -> dict[str, object]:
    return {
        "Lineitem quantity": line.quantity,
        "Lineitem name": line.product.name,
        "Lineitem price": money(line.product.cents),
        "Lineitem sku": line.product.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": _fulfillment(order),
        "Lineitem discount": "0.00",
        "Vendor": "Tide & Linen",
    }


def _order_cells(order: Order) -> dict[str, object]:
    buyer, is_cancelled = order.person, order.status == "cancelled"
    subtotal = order.merchandise_cents - order.discount_cents
    total = subtotal + _SHIPPING_CENTS
    tax = total * _VAT_PERCENT // (100 + _VAT_PERCENT)
    return {
        "Name": order.name,
        "Email": spelled(buyer.email, order.number),
        "Financial Status": _FINANCIAL_STATUS[order.status],
        "Paid at": None if is_cancelled else _shop_time(order.placed_at),
        "Fulfillment Status": _fulfillment(order),
        "Fulfilled at": None if is_cancelled else _shop_time(order.placed_at + timedelta(hours=26)),
        "Accepts Marketing": "yes",
        "Currency": CURRENCY,
        "Subtotal": money(subtotal),
        "Shipping": money(_SHIPPING_CENTS),
        "Taxes": money(tax),
        "Total": money(total),
        "Discount Code": order.discount_code,
        "Discount Amount": money(order.discount_cents),
        "Shipping Method": "Standard",
        "Created at": _shop_time(order.placed_at),
        **_address("Billing", order),
        **_address("Shipping", order),
        "Cancelled at": _shop_time(order.placed_at + timedelta(hours=2)) if is_cancelled else None,
        "Payment Method": "Shopify Payments",
        "Refunded Amount": money(total if order.status == "refunded" else 0),
        "Outstanding Balance": "0.00",
        "Id": 6_500_000_000_000 + order.number,
        "Risk Level": "Low",
        "Source": "web",
        "Tax 1 Name": f"VAT {_VAT_PERCENT}%",
        "Tax 1 Value": money(tax),
        "Phone": buyer.phone,
    }


def _address(kind: str, order: Order) -> dict[str, object]:
    street = f"{order.person.number % 90 + 1} Harbour Street"
    return {
        f"{kind} Name": order.person.name,
        f"{kind} Street": street,
        f"{kind} Address1": street,
        f"{kind} City": "Sampletown",
        f"{kind} Zip": f"'{order.person.number % 100_000:05d}",  # the quote keeps leading zeros
        f"{kind} Country": order.person.country,
        f"{kind} Phone": order.person.phone,
    }


def _fulfillment(order: Order) -> str:
    return "unfulfilled" if order.status == "cancelled" else "fulfilled"


def _shop_time(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M:%S %z}"
