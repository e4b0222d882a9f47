"""Places and finished runs that many tests look at; each run is made once per session."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.builders import Press, Workshop

gc.set_threshold(50_000, 20, 20)  # as in `orchestration.definitions`
SEEDS = (11, 12, 13)
ORDERS = "order_id,ordered_at,quantity,unit_price,customer_id,currency\n"
GOOD = "1,2026-01-01T10:00:00Z,1,9.5,C1,EUR\n"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
# Files that look at the same finished run share a worker, so that it is made once.
TOGETHER = {
    "demo": (
        "page", "brand", "customer", "dagster", "dbt", "demo_truth", "experience", "metrics",
        "metrics_cli", "models", "queries",
    ),
    "yesterday": ("cli", "gates", "published", "pulls_refresh"),
    "nights": ("calendar", "damage", "disk", "kill", "memory"),
}  # fmt: skip


def _group(path: str) -> str:
    name = Path(path).stem.removeprefix("test_")
    in_time = not path.startswith(("tests/unit", "tests/architecture"))
    return next((run for run, names in TOGETHER.items() if name in names and in_time), name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long groups begin, then slow files; short ones fill the gaps at the end."""
    group = {item: _group(item.nodeid.split("::")[0]) for item in items}
    slow = {group[item] for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (group[item] not in TOGETHER, group[item] not in slow, group[item]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give whole groups to a worker (`-n 2`); xdist's own groups do not work with this pytest."""
    from xdist.scheduler import LoadScopeScheduling

    class Grouped(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group(nodeid.split("::")[0])

    return Grouped(config, log)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads or writes the project's own data."""
    for name in [name for name in os.environ if name.startswith(("FUNNEL_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FUNNEL_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """An empty data folder with a door."""
    return Workshop(tmp_path / "data")


@pytest.fixture(scope="session")
def night_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A data folder of which all tables were built before anything was delivered."""
    workshop = Workshop(tmp_path_factory.mktemp("nothing") / "data")
    workshop.take_in_all()
    workshop.build()
    return workshop


@pytest.fixture
def begun(night_of_nothing: Workshop, tmp_path: Path) -> Workshop:
    """A copy of it: what is delivered now is brought into tables that stand."""
    return Workshop(Path(shutil.copytree(night_of_nothing.data, tmp_path / "data")))


@pytest.fixture(scope="session")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A published refresh of one good order."""
    workshop = Workshop(tmp_path_factory.mktemp("yesterday") / "data")
    workshop.land("generic/orders", "good.csv", ORDERS + GOOD)
    workshop.refresh()
    return workshop


@pytest.fixture
def tonight(yesterday: Workshop, tmp_path: Path) -> Workshop:
    """A copy of it in which a test may land what it likes."""
    return Workshop(Path(shutil.copytree(yesterday.data, tmp_path / "data", symlinks=True)))


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A small warehouse of which nothing is published yet."""
    return Press(tmp_path / "data")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that nobody here wrote; see its README for licences and figures."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Workshop]:
    """A published refresh of demo data by its seed: 1,200 people over 60 days."""
    from orchestration.demo import write_demo

    @cache
    def published(seed: int) -> Workshop:
        workshop = Workshop(tmp_path_factory.mktemp(f"demo{seed}") / "data")
        write_demo(workshop.landing, workshop.data / "truth.json", days=60, people=1200, seed=seed)
        workshop.refresh()
        return workshop

    return published


@pytest.fixture(scope="session")
def demo(demos: Callable[[int], Workshop]) -> Workshop:
    """The demo that most tests look at."""
    return demos(SEEDS[0])


@pytest.fixture(scope="session", params=SEEDS, ids="seed {}".format)
def each_demo(request: pytest.FixtureRequest, demos: Callable[[int], Workshop]) -> Workshop:
    """That one and two others: what holds for all of them is no accident of the dice."""
    return demos(request.param)


@pytest.fixture(scope="session")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A published refresh of Online Retail, a web shop's clicks and a form's answers."""
    workshop = Workshop(tmp_path_factory.mktemp("real") / "data")
    workshop.add_question("google_forms", "how would you rate Sudzilla", "nps")
    for source, entity in (
        ("online_retail/onlineretail.parquet", "generic/orders"),
        ("web_sessions/ecom.csv", "generic/web_events"),
    ):
        workshop.land(entity, Path(source).name, (shared_data / source).read_bytes())
    answers = shared_data / "nps_survey" / "simple" / "input_02.csv"
    workshop.land("google_forms/responses", "sudzilla-2019.csv", answers.read_bytes())
    workshop.refresh()
    return workshop


@pytest.fixture
def warehouse_copy(demo: Workshop, tmp_path: Path) -> Path:
    """The demo's warehouse to break."""
    return Path(shutil.copy(demo.settings.warehouse_file, tmp_path / "engagement.duckdb"))


@pytest.fixture
def published(demo: Workshop) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's published tables."""
    with demo.published() as connection:
        yield connection
