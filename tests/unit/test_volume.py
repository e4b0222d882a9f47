"""Row counts against those of the versions before."""

from datetime import datetime

import pytest

from orchestration.warehouse import ImplausibleVolumeError
from orchestration.warehouse.publication_record import Publication, TableRecord
from orchestration.warehouse.volume import judge_volume
from tests.builders import Press


def version(rows: int, is_volume_accepted: bool = False) -> Publication:
    table = TableRecord("journey", "steps", rows, "hash", ["n"], [], is_volume_accepted)
    return Publication("v", "run", "build", datetime(2026, 1, 1), None, [], {table.name: table})


@pytest.mark.parametrize(
    ("rows", "before", "verdict"),
    [
        (0, [], "fine"),
        (0, [10], "stops"),
        (1, [10], "fine"),
        (0, [0, 0, 0], "fine"),
        (0, [0, 0, 1, 0], "stops"),
        (4, [10, 10], "fine"),
        (4, [10, 10, 10], "stops"),
        (5, [10, 10, 10], "fine"),
        (4, [1, 10, 10], "stops"),
        (30, [10, 10, 10], "fine"),
        (31, [10, 10, 10], "warns"),
        (31, [10, 10], "fine"),
        (31, [0, 0, 0], "fine"),
    ],
)
def test_a_row_count_is_measured_by_the_versions_before(
    rows: int, before: list[int], verdict: str
) -> None:
    findings = judge_volume({"journey.steps": rows}, [version(count) for count in before])
    assert ["stops" if f.stops else "warns" for f in findings] == (
        [] if verdict == "fine" else [verdict]
    )


def test_what_a_person_accepted_is_the_measure_from_then_on() -> None:
    before = [version(3), version(3, is_volume_accepted=True), *[version(1000)] * 5]
    assert judge_volume({"journey.steps": 3}, before) == []
    assert judge_volume({"journey.steps": 0}, before)[0].stops
    emptied = [version(0, is_volume_accepted=True), *[version(1000)] * 5]
    assert judge_volume({"journey.steps": 0}, emptied) == []


def test_the_sentence_names_table_and_counts() -> None:
    [found] = judge_volume({"journey.steps": 40}, [version(1200), version(1000), version(1100)])
    assert found.observed == "journey.steps has 40 rows; the median of 3 versions before is 1,100"
    [emptied] = judge_volume({"journey.steps": 0}, [version(1200)])
    assert emptied.observed == (
        "journey.steps has no rows; the median of the version before is 1,200"
    )


def test_a_new_table_is_measured_by_nothing() -> None:
    assert judge_volume({"journey.other": 0}, [version(10)] * 7) == []


def test_an_emptied_table_is_not_published_until_it_is_accepted(press: Press) -> None:
    press.publish()
    before = press.versions.current
    press.write("delete from journey.steps")
    with pytest.raises(ImplausibleVolumeError, match=r"journey\.steps has no rows"):
        press.publish()
    assert press.versions.current == before
    assert [p.name for p in (press.link.parent / "versions").iterdir()] == [before]
    [finding] = press.publish(accept_volume=True)
    assert finding.stops
    assert press.query("select is_volume_accepted from quality.publication_tables") == [
        (True,), (False,),
    ]  # fmt: skip
    assert press.publish() == []


def test_a_table_that_grows_at_once_is_published_with_a_warning(press: Press) -> None:
    for _ in range(3):
        press.publish()
    press.write("insert into journey.steps select range + 1000, 'b' from range(2001)")
    [finding] = press.publish()
    assert not finding.stops
    assert press.query("select count(*) from journey.steps") == [(3001,)]


def test_what_was_rolled_back_is_no_measure(press: Press) -> None:
    press.publish()
    for _ in range(3):
        press.write("insert into journey.steps select range + 1000, 'b' from range(9000)")
        press.publish()
        press.versions.roll_back(press.versions.names()[0])
        press.write("delete from journey.steps where n >= 1000")
    assert press.publish() == []
    assert press.query("select count(*) from journey.steps") == [(1000,)]


def test_tables_about_runs_are_not_measured(press: Press) -> None:
    press.publish()
    press.write("delete from quality.facts")
    assert press.publish() == []
