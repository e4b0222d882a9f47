"""Dagster's storage forgets too: events, logs, and what it keeps of the newest check."""

import re
from pathlib import Path

import dagster as dg

from orchestration.defs.privacy.history import can_purge, purge_history
from orchestration.privacy import Mentions

SECRET = "0123456789abcdef0123456789abcdef"


def run_with(instance: dg.DagsterInstance, text: str) -> str:
    """A run that shows a text in a log, a failed check and an asset's metadata."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("rule", asset="table")])
    def table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        context.log.info(f"saw {text}")
        print(f"printed {text}")
        result = dg.AssetCheckResult(passed=False, metadata={"row": text}, check_name="rule")
        return dg.MaterializeResult(metadata={"row": text}, check_results=[result])

    return dg.materialize([table], instance=instance).run_id


def holds(home: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_only_the_runs_that_show_it_go_and_no_byte_of_it_stays(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        other = run_with(instance, "nothing")
        ours = run_with(instance, SECRET)
        assert holds(tmp_path, SECRET)
        assert can_purge(instance)
        assert purge_history(instance, tmp_path, Mentions(re.compile(SECRET))) == 1
        assert not holds(tmp_path, SECRET)
        assert [run.run_id for run in instance.get_runs()] == [other]
        assert instance.all_logs(other)
        assert not instance.all_logs(ours)
        assert run_with(instance, "nothing more")


def test_a_history_elsewhere_is_not_said_to_be_searched() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert not can_purge(instance)
