"""What two versions do not share."""

import duckdb

from orchestration.warehouse import Comparison, PublishedTable, TableDifference
from tests.builders import Press

STEPS = "journey.steps"


def compared(press: Press) -> Comparison:
    before, after = press.versions.names()[-2:]
    return Comparison(press.versions, before, after)


def test_rows_are_counted_as_added_removed_and_changed(press: Press) -> None:
    press.publish()
    press.write(
        "update journey.steps set word = 'b' where n in (1, 2, 3)",
        "delete from journey.steps where n in (10, 11)",
        "insert into journey.steps values (5000, 'new')",
    )
    press.publish()
    comparison = compared(press)
    assert comparison.difference(STEPS) == TableDifference(STEPS, 1000, 999, 1, 2, 3)
    assert [c.key["n"] for c in comparison.changes(STEPS, 1)] == [1, 5000, 10]
    said = {c.key["n"]: (c.before, c.after) for c in comparison.changes(STEPS, 9)}
    assert said.keys() == {1, 2, 3, 10, 11, 5000}
    assert said[1] == ({"n": 1, "word": "a"}, {"n": 1, "word": "b"})
    assert said[10] == ({"n": 10, "word": "a"}, None)
    assert said[5000] == (None, {"n": 5000, "word": "new"})


def test_equal_contents_are_not_read(press: Press) -> None:
    press.publish()
    press.write("create or replace table journey.steps as from journey.steps order by n desc")
    press.publish()
    comparison = compared(press)
    assert comparison.difference(STEPS) == TableDifference(STEPS, 1000, 1000, 0, 0, 0)
    # Were the rows read, this damage would be seen.
    with duckdb.connect(str(press.link)) as connection:
        connection.execute("delete from journey.steps")
    assert comparison.difference(STEPS).removed == 0


def test_columns_that_come_go_or_change_their_type_are_named(press: Press) -> None:
    press.publish()
    press.write(
        "alter table journey.steps add column place varchar",
        "alter table journey.steps alter column word type integer using length(word)",
    )
    press.publish()
    found = compared(press).difference(STEPS)
    assert found.columns_added == ("word INTEGER", "place VARCHAR")
    assert found.columns_removed == ("word VARCHAR",)
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_tables_that_come_or_go_are_all_rows(press: Press) -> None:
    press.publish()
    press.write("create table journey.goals as select range as n from range(4)")
    press.tables[0] = PublishedTable("journey", "goals", "One row per goal.", {}, ("n",))
    press.publish()
    comparison = compared(press)
    assert comparison.tables == ["journey.goals", STEPS, "quality.facts"]
    assert comparison.difference("journey.goals") == TableDifference(
        "journey.goals", None, 4, 4, 0, 0
    )
    assert comparison.difference(STEPS) == TableDifference(STEPS, 1000, None, 0, 1000, 0)
    assert comparison.changes(STEPS, 5) == []


def test_rows_of_another_grain_are_other_rows(press: Press) -> None:
    press.publish()
    press.tables[0] = PublishedTable("journey", "steps", "One row per word.", {}, ("word",))
    press.write("create or replace table journey.steps as select 'a' as word, 1::bigint as n")
    press.publish()
    comparison = compared(press)
    assert comparison.difference(STEPS) == TableDifference(STEPS, 1000, 1, 1, 1000, 0)
    assert comparison.changes(STEPS, 5) == []


def test_what_depends_on_the_run_is_no_change(press: Press) -> None:
    press.publish()
    press.write(
        "update quality.facts set noted_at = timestamp '2027-01-01'",
        "insert into quality.facts values ('y', timestamp '2027-01-01')",
    )
    press.publish()
    comparison = compared(press)
    assert comparison.difference("quality.facts") == TableDifference("quality.facts", 1, 2, 1, 0, 0)
    [change] = comparison.changes("quality.facts", 5)
    assert change.after == {"fact": "y"}
