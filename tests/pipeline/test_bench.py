"""The hand-written script and the pipeline reach the same tables by different ways."""

from pathlib import Path

import duckdb
import pytest

from bench.compare import DifferentTablesError, compare
from bench.data import write_days
from bench.lake import take_in
from bench.place import Place
from tests.builders import Workshop

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A published refresh of benchmark data over the turn of a month, and both competitors'."""
    place = Place(tmp_path_factory.mktemp("bench") / "data")
    workshop = Workshop(place.root, environment=place.environment)
    write_days(workshop.landing, range(28, 35), 1000)
    take_in(workshop.settings)
    workshop.refresh()
    for name in ("by_hand", "by_pandas"):
        place.compete(name)
    return place


@pytest.mark.parametrize("name", ["by_hand", "by_pandas"])
def test_core_tables_are_equal_row_by_row(built: Place, name: str) -> None:
    rows = built.compare(name)
    assert rows["activities"] == pytest.approx(7000, rel=0.1), "as many as were asked for"
    assert rows["web_engagement_daily"] >= 7
    assert rows["funnel_monthly"] == 14
    assert rows["sessions"] > 1000
    assert rows["customer_engagement_weekly"] > 10


@pytest.mark.parametrize(
    "harm",
    [
        "delete from activities where activity_id = (select min(activity_id) from activities)",
        "insert into sessions from sessions limit 1",
        "update customer_engagement_weekly set score = score + 1",
        "update funnel_monthly set people = people + 1 where stage = 'promoter'",
    ],
)
def test_another_row_is_noticed(built: Place, harm: str, tmp_path: Path) -> None:
    copy = tmp_path / "core.duckdb"
    copy.write_bytes((built.root / "by_hand" / "core.duckdb").read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute(harm)
    with pytest.raises(DifferentTablesError):
        compare(built.warehouse, copy)
