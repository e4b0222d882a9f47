"""`funnel metrics` asks the semantic layer from the shell.

Apart from test_metrics.py, where MetricFlow holds the published file open in this process.
"""

import os
import shlex
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


def test_a_metric_of_rows_that_exclude_each_other_is_told_by_what_divides_them(
    demo: Workshop,
) -> None:
    done = _asked(demo, "retention")
    assert done.returncode == 0, done.stderr
    needs = ["retention_cohorts_row__months_since", "retention_cohorts_row__is_month_complete"]
    assert f"retention is told by {', '.join(needs)} too" in done.stderr
    assert set(needs) < set(done.stdout.split())
    done = _asked(demo, "nps,retention")
    assert done.returncode == 2
    assert "ask retention by itself" in done.stderr


def test_a_dimension_that_is_none_is_refused_with_those_there_are(demo: Workshop) -> None:
    done = _asked(demo, "nps", "--by", "metric_time__month,post__platform")
    assert done.returncode == 2
    assert "nps cannot be asked by 'post__platform'" in done.stderr
    assert "cx_scores_monthly_row__breakdown" in done.stderr
    finer = _asked(demo, "nps", "--by", "metric_time__week")
    assert (finer.returncode, "metric_time__quarter" in finer.stderr) == (2, True), "told by month"


def test_a_part_of_a_metric_is_none(demo: Workshop) -> None:
    """Revenue of all currencies, people of all stages: sums that stand nowhere."""
    done = _asked(demo, "net_revenue")
    assert (done.returncode, "there is no metric 'net_revenue'" in done.stderr) == (2, True)


def test_the_examples_of_the_help_work(demo: Workshop, tmp_path: Path) -> None:
    _, _, said = _asked(demo, "--help").stdout.partition("Examples:")
    examples = [" ".join(example.split()) for example in said.strip().split("\n\n")]
    assert len(examples) > 2
    for example in examples:
        asked = shlex.split(example.replace("channels.csv", f"{tmp_path}/a.csv"))[2:]
        done = _asked(demo, *asked)
        assert done.returncode == 0, f"{example}: {done.stderr}"
