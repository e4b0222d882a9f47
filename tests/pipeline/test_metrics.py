"""The semantic layer and the published tables give the same numbers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

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


def _asked(demo: Workshop, *arguments: str) -> subprocess.CompletedProcess[str]:
    funnel = Path(sys.executable).with_name("funnel")
    environment = {**os.environ, "FUNNEL_DATA_DIR": str(demo.data), "COLUMNS": "80"}
    return subprocess.run(
        [funnel, "metrics", *arguments], env=environment, capture_output=True, text=True
    )


def test_the_command_lists_every_metric_by_its_whole_name(demo: Workshop) -> None:
    listed = {line.split(" ")[0] for line in _asked(demo).stdout.splitlines()}
    assert documented().keys() <= listed


def test_the_command_answers_with_the_table_alone(demo: Workshop) -> None:
    done = _asked(demo, "nps")
    assert done.returncode == 0, done.stderr
    header, _, *months = done.stdout.splitlines()
    assert header.split() == ["metric_time__month", "nps"]
    with demo.published() as published:
        [(newest,)] = published.execute("""
            select score from customer_experience.cx_scores_monthly
            where metric = 'nps' and breakdown = 'all' and source = 'all'
            order by month desc limit 1
        """).fetchall()
    assert float([line for line in months if line.strip()][-1].split()[-1]) == pytest.approx(
        newest, rel=1e-4
    )


def test_a_metric_that_is_none_is_refused_with_those_alike(demo: Workshop) -> None:
    done = _asked(demo, "nps,engagment_rate")
    assert done.returncode == 2
    assert "there is no metric 'engagment_rate'; alike: engagement_rate" in done.stderr


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
