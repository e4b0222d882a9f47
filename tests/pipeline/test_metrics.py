"""The semantic layer and the published tables give the same numbers."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from orchestration.settings import DBT_PROJECT_DIR, load_settings
from orchestration.warehouse import load_manifest
from orchestration.warehouse.dbt_runner import _close_dbt  # pyright: ignore[reportPrivateUsage]
from tests.builders import Workshop

pytestmark = pytest.mark.slow


def documented() -> dict[str, dict[str, Any]]:
    """Metrics of the catalogue with what they say of themselves."""
    metrics = load_manifest(DBT_PROJECT_DIR, load_settings().warehouse_file)["metrics"].values()
    return {m["name"]: m["config"]["meta"] for m in metrics if m["config"]["meta"]}


@pytest.fixture(scope="module")
def metricflow(demo: Workshop) -> Iterator[Any]:
    """MetricFlow on the published file of the demo; dbt closes it at the end."""
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration

    places = {
        "DBT_TARGET": "published",
        "FUNNEL_WAREHOUSE_FILE": str(demo.settings.published_file),
        "FUNNEL_DATA_DIR": str(demo.data),
    }
    with patch.dict(os.environ, places):
        configuration = CLIConfiguration()
        configuration.setup(DBT_PROJECT_DIR, DBT_PROJECT_DIR, configure_file_logging=False)
        yield configuration
        _close_dbt()


@pytest.mark.parametrize("name", documented())
def test_a_metric_equals_its_column(name: str, metricflow: Any) -> None:
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    said = documented()[name]
    dimensions = list(said["group_by"].values())
    answer = metricflow.mf.query(
        MetricFlowQueryRequest.create(metric_names=[name], group_by_names=dimensions)
    ).result_df
    where = f"where {said['where']}" if said.get("where") else ""
    table = metricflow.sql_client.query(
        f"select {', '.join(said['group_by'])}, {said['column']} from {said['table']} {where}"
    )
    told = _by_key(table, [*said["group_by"]], said["column"])
    assert told, "there is something to compare"
    assert _by_key(answer, dimensions, name) == pytest.approx(told, rel=1e-9)


DIVIDED = {name: said["needs"] for name, said in documented().items() if said.get("needs")}
OF_ONE_CURRENCY = [name for name, needs in DIVIDED.items() if "currency" in " ".join(needs)]


@pytest.mark.parametrize("name", sorted(DIVIDED.keys() - OF_ONE_CURRENCY))  # the demo has one
def test_what_excludes_itself_is_not_added_up(name: str, metricflow: Any) -> None:
    """Two brands, stages or moments together have no value; nor does a sum of two currencies."""
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    said = documented()[name]
    request = MetricFlowQueryRequest.create(
        metric_names=[name], group_by_names=["metric_time__month"]
    )
    answer = _by_key(metricflow.mf.query(request).result_df, ["metric_time__month"], name)
    month, *dimensions = said["group_by"]
    several = metricflow.sql_client.query(
        f"select {month} from {said['table']} group by {month}"
        f" having count(distinct ({', '.join(dimensions)})) > 1"
    )
    together = {_plain(row[0]) for row in several.rows}
    assert together
    assert not together & {key for (key,) in answer}


def test_a_month_that_is_not_over_is_not_pooled_with_those_that_are(
    metricflow: Any, demo: Workshop, tmp_path: Path
) -> None:
    """The query that MetricFlow makes, asked of a file in which the newest month is not over."""
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    age, state = DIVIDED["retention"]
    pooled, apart = (
        metricflow.mf.explain(
            MetricFlowQueryRequest.create(metric_names=["retention"], group_by_names=dimensions)
        ).sql_statement.sql
        for dimensions in ([age], [age, state])
    )
    copy = tmp_path / "engagement.duckdb"
    copy.write_bytes(demo.settings.published_file.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        before = dict(connection.execute(pooled).fetchall())
        assert before[0] == 100
        connection.execute("""
            update customer_engagement.retention_cohorts set is_month_complete = false
            where months_since = 0
              and cohort_month =
                (select max(cohort_month) from customer_engagement.retention_cohorts)
        """)
        assert dict(connection.execute(pooled).fetchall()) == {**before, 0: None}
        both = [row for row in connection.execute(apart).fetchall() if row[0] == 0]
        assert sorted(both) == [(0, False, 100), (0, True, 100)]


@pytest.mark.parametrize("name", OF_ONE_CURRENCY)
def test_two_currencies_are_not_added_up(
    name: str, metricflow: Any, demo: Workshop, tmp_path: Path
) -> None:
    """The query that MetricFlow makes, asked of a file in which the shop sells in two."""
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    request = MetricFlowQueryRequest.create(
        metric_names=[name], group_by_names=["metric_time__month"]
    )
    query = metricflow.mf.explain(request).sql_statement.sql
    copy = tmp_path / "engagement.duckdb"
    copy.write_bytes(demo.settings.published_file.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        assert any(value is not None for _, value in connection.execute(query).fetchall())
        connection.execute("""
            insert into customer_engagement.commerce_monthly
            select * replace ('USD' as currency) from customer_engagement.commerce_monthly
        """)
        assert {value for _, value in connection.execute(query).fetchall()} == {None}


def _by_key(table: Any, key: list[str], value: str) -> dict[tuple[str, ...], float]:
    """Values that are there, by the columns of a key."""
    names = [column.lower() for column in table.column_names]
    *positions, at = (names.index(column) for column in [*key, value])
    return {
        tuple(_plain(row[i]) for i in positions): float(row[at])
        for row in table.rows
        if row[at] is not None
    }


def _plain(value: Any) -> str:
    """Dates are timestamps to MetricFlow."""
    return str(value).removesuffix(" 00:00:00")
