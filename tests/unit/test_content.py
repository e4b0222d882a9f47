"""The content hash: the same for the same rows, another one for any change of them."""

import duckdb
import pytest

from orchestration.warehouse.content import fingerprint

ROWS = """
    select range as id, (range / 7)::decimal(18, 4) as amount, range / 3.0::double as rate,
           timestamp '2026-01-01' + to_seconds(range) as happened_at, 'person-' || range as person,
           date '2026-01-01' + (range % 50)::int as day, range % 2 = 0 as is_even,
           case when range % 5 > 0 then range % 5 end as score, [range, range + 1] as steps
    from range(3000)
"""


def content(query: str, *run_dependent: str) -> str:
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {query}")
        return fingerprint(connection, "t", run_dependent).content_hash


def changed(change: str) -> str:
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {ROWS}")
        connection.execute(change)
        return fingerprint(connection, "t", ()).content_hash


def test_the_order_of_the_rows_does_not_count() -> None:
    many = ROWS.replace("3000", "300_000")
    assert (
        content(f"{many} order by id desc") == content(f"{many} order by person") == content(many)
    )


def test_where_the_rows_lie_does_not_count() -> None:
    """Rows that were deleted and inserted again lie elsewhere, and are compressed otherwise."""
    moved = """
        create table apart as select * from t where id % 3 = 0;
        delete from t where id % 3 = 0;
        insert into t from apart
    """
    assert changed(moved) == content(ROWS)


@pytest.mark.parametrize(
    "change",
    [
        "update t set amount = amount + 0.0001 where id = 1234",
        "update t set rate = nextafter(rate, 1e9) where id = 1234",
        "update t set happened_at = happened_at + to_microseconds(1) where id = 1234",
        "update t set person = upper(person) where id = 1234",
        "update t set person = '' where id = 1234",
        "update t set day = day + 1 where id = 1234",
        "update t set is_even = not is_even where id = 1234",
        "update t set score = 0 where id = 1235",
        "update t set score = null where id = 1234",
        "update t set steps = list_reverse(steps) where id = 1234",
        "delete from t where id = 1234",
        "insert into t from t where id = 1234",
        "insert into t from t where id = 1234; insert into t from t where id = 1234 limit 1",
        "delete from t where id = 1; insert into t from t where id = 2",
        "alter table t rename column score to points",
        "alter table t alter column score type integer",
        "alter table t drop column score",
    ],
)
def test_a_change_changes_it(change: str) -> None:
    assert changed(change) != content(ROWS)


@pytest.mark.parametrize("column", ["amount", "rate", "happened_at", "person", "steps"])
def test_swapped_cells_change_it(column: str) -> None:
    swap = f"""
        update t set {column} = other.{column} from t as other
        where t.id in (7, 8) and other.id in (7, 8) and other.id <> t.id
    """
    assert changed(swap) != content(ROWS)


def test_doubled_rows_do_not_cancel_each_other_out() -> None:
    assert content("select unnest([1, 1]) as n") != content("select unnest([2, 2]) as n")


def test_a_swap_that_a_plain_sum_of_row_hashes_does_not_see_changes_it() -> None:
    """The sum of DuckDB's row hashes is the same for both."""
    rows = content("select * from (values (0::bigint, 'w1198'), (69, 'w1274')) as t (id, word)")
    assert rows != content(
        "select * from (values (0::bigint, 'w1274'), (69, 'w1198')) as t (id, word)"
    )


def test_cells_swapped_in_every_row_change_it() -> None:
    couples = "select range as a, range * range as b from range(1000)"
    swapped = "select range * range as a, range as b from range(1000)"
    shifted = "select range as a, (999 - range) * (999 - range) as b from range(1000)"
    assert len({content(couples), content(swapped), content(shifted)}) == 3


def test_lists_are_told_apart_from_nothing_and_from_each_other() -> None:
    values = ["null", "[]", "[null]", "[null, null]", "['']", "['null']", "['a, b']", "['a', 'b']"]
    assert len({content(f"select {value}::varchar[] as v") for value in values}) == len(values)
    nested = ["[[1], [2]]", "[[1, 2]]", "[[2], [1]]", "[[], [1, 2]]"]
    assert len({content(f"select {value} as v") for value in nested}) == len(nested)


def test_what_depends_on_the_run_does_not_count_but_is_audited() -> None:
    seen = []
    for noted_at in ("2026-01-01", "2026-01-02"):
        with duckdb.connect() as connection:
            connection.execute(f"create table t as select 1 as n, date '{noted_at}' as noted_at")
            seen.append(fingerprint(connection, "t", ["noted_at"]))
    assert seen[0].content_hash == seen[1].content_hash
    assert seen[0] != seen[1]


def test_an_empty_table_has_a_content_that_names_its_columns() -> None:
    assert content("select 1 as n limit 0") == content("select 2 as n limit 0")
    assert content("select 1 as n limit 0") != content("select 1 as m limit 0")
