"""Each rule of each suite stops the defect it names; deciding by extreme rows loses nothing."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.expectations import (
    MART_SUITES,
    RAW_SUITES,
    Rule,
    SuiteError,
    WaitingBatch,
    check_mart,
    check_raw,
    read_suite,
)
from orchestration.expectations.extremes import extreme_rows
from orchestration.expectations.validation import judge
from orchestration.ingestion import LAKE_TYPES, read_contracts
from orchestration.settings import ROOT
from orchestration.sql_text import identifier, literal

CONTRACTS = read_contracts(ROOT / "orchestration" / "contracts")


def rules_of(suites: Path) -> list[Any]:
    return [
        pytest.param(table, rule, id=f"{table}: {rule.expected}")
        for table in yaml.safe_load(suites.read_text())
        for rule in read_suite(suites, table)
    ]


def breaking_values(rule: Rule) -> dict[str, Any]:
    """Values of one row that breaks a rule in the least way."""
    match rule.expectation, rule.arguments:
        case "expect_column_values_to_be_between", {"column": column, "max_value": high}:
            return {column: _beyond(high, 1)}
        case "expect_column_values_to_be_between", {"column": column, "min_value": low}:
            return {column: _beyond(low, -1)}
        case "expect_column_values_to_be_in_set", {"column": column}:
            return {column: "carrier pigeon"}
        case "expect_column_pair_values_a_to_be_greater_than_b", {"column_A": a, "column_B": b}:
            return {a: 1, b: 2}
        case _:
            return {rule.columns[0]: None}


def _beyond(bound: Any, step: int) -> Any:
    return bound + step * (timedelta(days=1) if isinstance(bound, datetime) else 1)


def raw_types(source: str, name: str) -> dict[str, str]:
    columns = CONTRACTS[source].entities[name].columns
    types = {column: LAKE_TYPES[said.type] for column, said in columns.items()}
    return types | {"_batch_id": "varchar", "_row_number": "bigint"}


def mart_types() -> dict[str, dict[str, str]]:
    marts = {}
    for path in (ROOT / "dbt_project" / "models" / "marts").glob("*/_*.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            types = {column["name"]: column["data_type"] for column in model["columns"]}
            marts[f"{path.parent.name}/{model['name']}"] = types
    return marts


def columns_sql(types: dict[str, str], values: dict[str, Any]) -> str:
    return ", ".join(
        f"cast({literal(str(values[name])) if values.get(name) is not None else 'null'} as {kind})"
        f" as {identifier(name)}"
        for name, kind in types.items()
    )


@pytest.mark.parametrize(("table", "rule"), rules_of(RAW_SUITES))
def test_a_raw_suite_notices_its_defect(table: str, rule: Rule, tmp_path: Path) -> None:
    source, name = table.split("/")
    types = raw_types(source, name)
    path = tmp_path / "b1.parquet"
    row = {**breaking_values(rule), "_batch_id": "b1", "_row_number": 17}
    duckdb.execute(f"copy (select {columns_sql(types, row)}) to '{path}'")
    verdicts, gates = check_raw(table, [WaitingBatch("b1", "file.csv", path, 1, 0)], 5.0)
    [broken] = [v for v in verdicts if v.rule.expected == rule.expected]
    assert not broken.passed
    assert broken.failing_rows == 1
    assert broken.sample[0]["file"] == "file.csv"
    assert broken.sample[0]["row"] == "17"
    assert gates["b1"] == ("failed" if rule.severity == "critical" else "passed")


@pytest.mark.parametrize(("table", "rule"), rules_of(MART_SUITES))
def test_a_mart_suite_notices_its_defect(table: str, rule: Rule) -> None:
    schema, name = table.split("/")
    types = mart_types()[table]
    with duckdb.connect() as connection:
        connection.execute(f"create schema {schema}")
        row = columns_sql(types, breaking_values(rule))
        connection.execute(f"create table {schema}.{name} as select {row}")
        verdicts = check_mart(connection, schema, name, [next(iter(types))])
    [broken] = [v for v in verdicts if v.rule.expected == rule.expected]
    assert not broken.passed
    assert broken.failing_rows == 1


def test_a_file_with_too_many_rejected_rows_is_stopped_and_named(tmp_path: Path) -> None:
    path = tmp_path / "b1.parquet"
    types = raw_types("generic", "orders")
    duckdb.execute(f"copy (select {columns_sql(types, {'_batch_id': 'b1'})}) to '{path}'")
    few = WaitingBatch("b1", "few.csv", path, 100, 5)
    why = ("quantity is not a whole number (6 rows, the first is row 7)",)
    many = WaitingBatch("b1", "many.csv", path, 100, 6, why)
    assert check_raw("generic/orders", [few], 5.0)[1] == {"b1": "passed"}
    verdicts, gates = check_raw("generic/orders", [many], 5.0)
    assert gates == {"b1": "failed"}
    assert verdicts[-1].sample == [
        {"file": "many.csv", "rejected": "6 of 100 rows", "reasons": why[0]}
    ]
    assert verdicts[-1].observed == "1 file breaks it (many.csv)"


def test_only_the_batch_that_breaks_a_rule_fails(tmp_path: Path) -> None:
    types = raw_types("generic", "orders")
    batches = []
    for batch, quantity in (("good", 1), ("bad", 2_000_000)):
        path = tmp_path / f"{batch}.parquet"
        row = {"quantity": quantity, "_batch_id": batch, "_row_number": 1}
        duckdb.execute(f"copy (select {columns_sql(types, row)}) to '{path}'")
        batches.append(WaitingBatch(batch, f"{batch}.csv", path, 1, 0))
    assert check_raw("generic/orders", batches, 5.0)[1] == {"good": "passed", "bad": "failed"}


BETWEEN = "expect_column_values_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
RULES = [
    Rule(BETWEEN, {"column": "n", "min_value": 0, "max_value": 9}, "critical"),
    Rule(BETWEEN, {"column": "d", "max_value": datetime(2026, 1, 9)}, "critical"),
    Rule("expect_column_values_to_not_be_null", {"column": "n"}, "critical"),
    Rule("expect_column_values_to_be_in_set", {"column": "t", "value_set": ["a", "b"]}, "critical"),
    Rule(PAIR, {"column_A": "n", "column_B": "m", "or_equal": True}, "critical"),
]


def dirty_rows(dice: random.Random) -> list[tuple[Any, ...]]:
    letters = dice.choice(["ab", "abc"])
    return [
        (
            dice.choice([None, -1, 0, 5, 9, 10]) if dice.random() < 0.2 else dice.randrange(3, 8),
            dice.choice([None, 0, 6]) if dice.random() < 0.2 else 0,
            date(2026, 1, dice.randrange(1, 11)),
            dice.choice(letters),
        )
        for _ in range(dice.randrange(1, 30))
    ]


def test_extreme_rows_decide_as_all_rows_do() -> None:
    dice = random.Random(3)
    decided = set()
    for _ in range(60):
        rows = dirty_rows(dice)
        with duckdb.connect() as connection:
            connection.execute("create table t (n bigint, m bigint, d date, t varchar)")
            connection.executemany("insert into t values (?, ?, ?, ?)", rows)
            everything = connection.sql(
                "select n::double as n, m::double as m, d::timestamp as d, t from t"
            ).df()
            chosen = extreme_rows(connection, "t", "rowid", RULES)
        outcome = judge(everything, RULES)
        assert judge(chosen, RULES) == outcome, rows
        decided.add(tuple(outcome))
    assert len(decided) > 8, "the examples must differ"


def test_an_expectation_that_would_need_all_rows_is_refused(tmp_path: Path) -> None:
    suite = {"a/b": {"critical": [{"expect_column_mean_to_be_between": {"column": "n"}}]}}
    path = tmp_path / "suite.yaml"
    path.write_text(yaml.safe_dump(suite))
    with pytest.raises(SuiteError, match="not supported"):
        read_suite(path, "a/b")
    with pytest.raises(SuiteError, match="no suite for x/y"):
        read_suite(path, "x/y")


def test_tomorrow_is_a_day_from_now() -> None:
    [rule, *_] = read_suite(RAW_SUITES, "ga4/events")
    ahead = rule.arguments["max_value"] - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(hours=23) < ahead <= timedelta(days=1)
