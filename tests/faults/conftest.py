"""Two undisturbed nights, run once per session; faults are measured by them."""

import pytest

from tests.faults.company import Night, company, copied, land_first_night, land_second_night


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first build, from an empty warehouse."""
    folder = tmp_path_factory.mktemp("first")
    before = company(folder / "before")
    land_first_night(before)
    return Night.of(before, folder / "after")


@pytest.fixture(scope="session")
def second_night(first_night: Night, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """An incremental night: new, replaced, late and withdrawn files."""
    folder = tmp_path_factory.mktemp("second")
    before = copied(first_night.after, folder / "before")
    land_second_night(before)
    return Night.of(before, folder / "after")
