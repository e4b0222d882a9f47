"""GA4's BigQuery export as NDJSON, one file a day; 64-bit integers are printed as strings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from orchestration.demo.catalog import CURRENCY, SITE
from orchestration.demo.exports import ExportFile, Record, as_json, present
from orchestration.demo.model import SHOP_ZONE, Order, Story, Traffic, Visit, is_engaged

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REFERRERS = {
    "instagram": "https://l.instagram.com/",
    "facebook": "https://l.facebook.com/",
    "linkedin": "https://www.linkedin.com/",
    "google": "https://www.google.com/",
}


def export(story: Story) -> list[ExportFile]:
    """Return the daily event tables; a day without events has none."""
    days: dict[str, list[tuple[datetime, str]]] = {
        f"{story.calendar.date(day):%Y%m%d}": [] for day in range(story.calendar.days)
    }
    for visit in story.visits:
        for at, record in _records(visit):
            days[str(record["event_date"])].append((at, as_json(record)))
    return [
        ExportFile("ga4", "events", f"events_{day}.ndjson", [Record(t, t) for _, t in sorted(rows)])
        for day, rows in days.items()
        if rows
    ]


def _records(visit: Visit) -> Iterator[tuple[datetime, dict[str, object]]]:
    consents = visit.device.visitor_id is not None
    for i, event in enumerate(visit.events):
        yield (
            event.at,
            present(
                event_date=f"{event.at.astimezone(SHOP_ZONE):%Y%m%d}",
                event_timestamp=str(_microseconds(event.at)),
                event_name=event.name,
                event_params=[_param(name, value) for name, value in _params(visit, i).items()],
                user_id=event.customer_id,
                user_pseudo_id=visit.device.visitor_id,
                privacy_info={"analytics_storage": "Yes" if consents else "No"},
                device={
                    "category": visit.device.category,
                    "web_info": {"browser": visit.device.browser},
                },
                geo={"country": visit.person.country},
                traffic_source=_first_touch(visit) if consents else None,
                collected_traffic_source=_collected(visit.traffic) if i < 3 else None,
                stream_id="4005005",
                platform="WEB",
                ecommerce=_ecommerce(event.order) if event.order else None,
            ),
        )


def _params(visit: Visit, i: int) -> dict[str, object]:
    """Return the parameters of the visit's event number `i`; without consent no session."""
    event = visit.events[i]
    so_far = int(is_engaged(visit.events[: i + 1]))
    since_last = event.at - visit.events[max(i - 1, 0)].at
    return present(
        ga_session_id=_microseconds(visit.events[0].at) // 10**6
        if visit.device.visitor_id
        else None,
        ga_session_number=visit.number if visit.device.visitor_id else None,
        session_engaged=so_far if visit.number % 7 == 0 else str(so_far),  # GA4 has sent both
        engagement_time_msec=since_last // timedelta(milliseconds=1) or None,
        page_location=SITE + event.page.path,
        page_title=event.page.title,
        page_referrer=_REFERRERS.get(visit.traffic.source) if i < 3 else None,
    )


def _param(key: str, value: object) -> dict[str, object]:
    kind = "int_value" if isinstance(value, int) else "string_value"
    return {"key": key, "value": {kind: str(value)}}


def _first_touch(visit: Visit) -> dict[str, object]:
    """Return the source that first brought the visitor, on all their events."""
    traffic = visit.device.first_traffic or visit.traffic
    return {"source": traffic.source, "medium": traffic.medium}


def _collected(traffic: Traffic) -> dict[str, object] | None:
    """Return what the link of the visit's first page carried; nothing for a typed address."""
    if traffic.medium == "(none)":
        return None
    return present(
        manual_source=traffic.source,
        manual_medium=traffic.medium,
        manual_campaign_name=traffic.campaign,
    )


def _ecommerce(order: Order) -> dict[str, object]:
    return {
        "total_item_quantity": str(sum(line.quantity for line in order.lines)),
        "purchase_revenue": (order.merchandise_cents - order.discount_cents) / 100,
        "unique_items": str(len(order.lines)),
        "transaction_id": order.name,
        "currency": CURRENCY,
    }


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
