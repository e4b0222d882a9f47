"""Clock and calendar: dates and weeks of a business time zone, checked against `zoneinfo`.

Around both clock changes of a year, 29 February, the turn of the year and of the week; sessions
last as long as they lasted, whatever the clock on the wall did meanwhile.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.faults.company import Night, company, copied
from tests.faults.forked import Run

pytestmark = pytest.mark.slow

SECOND = timedelta(seconds=1)
TURNS = ["2024-02-29", "2024-03-01", "2024-12-30", "2024-12-31", "2025-01-01", "2026-01-01"]


def clock_changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """Half hours of a year (UTC) at which a zone changes its distance from UTC."""
    half = timedelta(minutes=30)
    hours = [datetime(year, 1, 1, tzinfo=UTC) + half * i for i in range(17520)]
    return [
        hour
        for hour in hours
        if hour.astimezone(zone).utcoffset() != (hour - half).astimezone(zone).utcoffset()
    ]


def moments(zone: ZoneInfo) -> Iterator[datetime]:
    """Moments (UTC) at which a date is easily got wrong."""
    changes = clock_changes(zone, 2025)
    assert len(changes) == 2
    for change in changes:
        yield from (change - SECOND, change, change - timedelta(minutes=10))
    days = {change.astimezone(zone).date() for change in changes}
    days |= {datetime.fromisoformat(turn).date() for turn in TURNS}
    for day in sorted(days | {day + timedelta(days=1) for day in days}):
        midnight = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        yield from (midnight - SECOND, midnight)
    yield datetime.now(UTC).replace(microsecond=0) + timedelta(hours=12)  # a clock that is ahead


@pytest.mark.parametrize(
    "name",
    [
        "Australia/Lord_Howe",
        pytest.param("Europe/Berlin", marks=pytest.mark.faults),
        pytest.param("America/New_York", marks=pytest.mark.faults),
    ],
)
def test_dates_and_weeks_are_those_of_the_business_time_zone(name: str, tmp_path: Path) -> None:
    zone = ZoneInfo(name)
    workshop = company(tmp_path / "data")
    workshop.environment["FUNNEL_TIMEZONE"] = name
    events, orders, expected = [], [], {}
    for number, moment in enumerate(moments(zone)):
        expected[f"generic-V{number}"] = moment
        for part, later in enumerate((0, 1200, 1200 + 1801)):
            at = moment + timedelta(seconds=later)
            said = at.astimezone(zone) if number % 2 else at  # with the offset, or in UTC
            events.append(
                {"event_id": f"{number}-{part}", "occurred_at": said.isoformat(),
                 "event_name": "page_view", "visitor_id": f"V{number}"}
            )  # fmt: skip
        orders.append(
            {"order_id": f"O{number}", "ordered_at": moment.isoformat(), "quantity": 1,
             "unit_price": "9.95", "customer_id": f"C{number}"}
        )  # fmt: skip
    workshop.land_rows("generic/web_events", "clock.ndjson", events)
    workshop.land_rows("generic/orders", "clock.ndjson", orders)
    Run(workshop).succeed()

    with workshop.published() as connection:
        sessions = connection.execute("""
            select visitor_id, started_at, session_date, duration_seconds
            from customer_engagement.sessions
        """).fetchall()
        order_dates = connection.execute(
            "select order_id, order_date from customer_engagement.orders"
        ).fetchall()
        weeks = connection.execute(
            "select week from customer_engagement.customer_engagement_weekly"
            " where activity_count > 0 order by week"
        ).fetchall()
    assert sorted(sessions) == sorted(
        (visitor, at.replace(tzinfo=None), at.astimezone(zone).date(), seconds)
        for visitor, moment in expected.items()
        for at, seconds in ((moment, 1200.0), (moment + timedelta(seconds=3001), 0.0))
    )
    dates = [moment.astimezone(zone).date() for moment in expected.values()]
    assert dict(order_dates) == {f"O{number}": day for number, day in enumerate(dates)}
    assert [week for (week,) in weeks] == sorted(
        day - timedelta(days=day.weekday()) for day in dates
    )


def test_events_of_1970_and_of_the_future_stop_at_the_gate(
    first_night: Night, tmp_path: Path
) -> None:
    """Nothing happened before the web, or will have happened after tomorrow: a clock is wrong."""
    workshop = copied(first_night.after, tmp_path / "data")
    published = workshop.versions.current
    landed = [
        workshop.land_rows(
            "generic/web_events",
            f"odd-{year}.ndjson",
            [{"event_id": f"odd-{year}", "occurred_at": f"{year}-01-01T00:00:00Z",
              "event_name": "page_view", "visitor_id": "V"}],
        )
        for year in (1970, 2099)
    ]  # fmt: skip
    run = Run(workshop)
    assert run.wait() == 1
    assert "generic/web_events: check batch_expectations failed" in run.output
    for year in (1970, 2099):
        assert f"odd-{year}.ndjson" in run.output, run.output
        assert f"{year}-01-01" in run.output, run.output
    assert workshop.versions.current == published
    for file in landed:
        file.unlink()
    Run(workshop).succeed()
