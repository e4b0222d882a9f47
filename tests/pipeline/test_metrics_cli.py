"""`funnel metrics` asks the semantic layer from the shell.

Apart from test_metrics.py, where MetricFlow holds the published file open in this process.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builders import Workshop
from tests.pipeline.test_metrics import documented

pytestmark = pytest.mark.slow


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
