"""A small company's files on two nights, and a comparison of what was made of them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.demo import write_demo
from orchestration.warehouse.content import fingerprint
from tests.builders import Workshop
from tests.faults.forked import Run
from tests.pipeline.test_incremental import differences
from tests.pipeline.worlds import World, land_file, make_world

ENVIRONMENT = {"FUNNEL_PSEUDONYM_KEY": "a key for the fault suite", "FUNNEL_THREADS": "1"}


def company(data: Path) -> Workshop:
    """An empty data folder; everybody uses the same key, so that tables can be compared."""
    return Workshop(data, dict(ENVIRONMENT))


def land_first_night(workshop: Workshop) -> None:
    """Files of every kind, some of which the next night corrects."""
    write_demo(workshop.landing, workshop.data / "truth.json", days=3, people=20, seed=3)
    world = make_world("w0", seed=1)
    for number, ((entity, name), rows) in enumerate(world.files.items()):
        draft = rows[: len(rows) // 2] or rows
        land_file(workshop, entity, name, rows if number % 2 else draft)


def land_second_night(workshop: Workshop) -> None:
    """New files, files in place of earlier ones, late rows, and one file less."""
    worlds: list[World] = [make_world("w0", seed=1), make_world("w1", seed=2)]
    for world in worlds:
        for (entity, name), rows in world.files.items():
            land_file(workshop, entity, name, rows)
    next(workshop.landing.glob("generic/reviews/*")).unlink()


def copied(template: Workshop, data: Path) -> Workshop:
    """A data folder of its own in the state of another."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(template.data, data, symlinks=True)
    return company(data)


@dataclass(frozen=True)
class Night:
    """A data folder before a run, the same one after it, and the stages between with seconds."""

    before: Workshop
    after: Workshop
    stages: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, before: Workshop, after: Path) -> "Night":
        """Run a copy of a data folder, undisturbed."""
        workshop = copied(before, after)
        run = Run(workshop)
        seconds = run.succeed()
        ends = [*(at for _, at in run.visits[1:]), seconds]
        stages = zip(run.visits, ends, strict=True)
        return cls(before, workshop, tuple((stage, end - at) for (stage, at), end in stages))

    @property
    def seconds(self) -> float:
        """How long the run took."""
        return sum(seconds for _, seconds in self.stages)


def assert_whole(workshop: Workshop) -> None:
    """Every version that is kept, first of all the published one, holds what its record says."""
    if workshop.versions.names():
        link = workshop.settings.published_file
        assert not link.is_symlink() or link.exists(), "the published link leads nowhere"
    for name in workshop.versions.names():
        publication = workshop.versions.read(name)
        file = workshop.versions.file(name)
        with duckdb.connect(str(file), read_only=True) as connection:
            for record in publication.tables.values():
                found = fingerprint(connection, record.relation, record.run_dependent)
                assert found.row_count == record.row_count, record.name
                assert found.content_hash == record.content_hash, record.name


def assert_same_tables(one: Workshop, other: Workshop) -> None:
    """Published tables and the private warehouse hold the same, whenever their runs were."""
    assert _contents(one) == _contents(other)
    found = differences(one.settings.warehouse_file, other.settings.warehouse_file)
    assert not {table: rows for table, rows in found.items() if rows}


def _contents(workshop: Workshop) -> dict[str, tuple[int, str]]:
    current = workshop.versions.current
    assert current
    tables = workshop.versions.read(current).tables.values()
    return {t.name: (t.row_count, t.content_hash) for t in tables if not t.run_dependent}
