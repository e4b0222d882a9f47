"""Runs dbt inside this process and leaves no lock behind.

A dbt subprocess costs two to three times as long on a small project. In the process, dbt keeps
the DuckDB file locked until its connections are closed and its environment is dropped
(dbt-core#11980): `run_dbt` always does both.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DbtError(RuntimeError):
    """dbt itself failed (not a model or a test); the message is dbt's."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node: a model, seed or test."""

    unique_id: str
    status: str  # success, pass, warn, fail, error, skipped
    seconds: float
    message: str | None
    failures: int | None
    rows: int | None = None
    columns: tuple[tuple[str, str], ...] = ()
    by_period: tuple[tuple[str, int], ...] = ()  # rows of each date, week or month


def run_dbt(
    project: Path,
    warehouse: Path,
    arguments: list[str],
    on_node: Callable[[NodeResult], None],
) -> dict[str, str]:
    """Run a dbt command on the warehouse, in this process.

    Args:
        project: folder of the dbt project; its parsed state is kept in `target/`.
        warehouse: DuckDB file.
        arguments: the command, such as `["build", "--select", "staging"]`.
        on_node: called from dbt's threads when a node is finished, tables with their rows and
            columns.

    Returns:
        The compiled query of each test that failed or warned, by unique id: it gives the rows.

    Raises:
        DbtError: dbt could not start or could not read the project.
    """
    from dbt.cli.main import dbtRunner

    _parse_once_for_all_files()

    def on_event(event: Any) -> None:
        if event.info.name == "NodeFinished":
            on_node(_node_result(event.data))

    options = [
        "--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip
    if arguments[0] in ("build", "test"):  # the manifest is as it was; others may be reading it
        options.append("--no-write-json")
    places = ["--project-dir", str(project), "--profiles-dir", str(project)]
    with _environment(FUNNEL_WAREHOUSE_FILE=str(warehouse)):
        try:
            result = dbtRunner(callbacks=[on_event]).invoke([*options, *arguments, *places])
        finally:
            _close_dbt()
    if result.exception:
        raise DbtError(str(result.exception).strip()) from result.exception
    return {
        node.node.unique_id: node.node.compiled_code
        for node in getattr(result.result, "results", [])
        if node.status in ("fail", "warn")
    }


def _parse_once_for_all_files() -> None:
    """Keep the parsed project for another DuckDB file: no model asks for its path.

    dbt compares what its profile says of the connection and would parse the whole project anew.
    """
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    DuckDBCredentials._connection_keys = lambda _: ("database", "schema")  # pyright: ignore


def load_manifest(project: Path, warehouse: Path) -> dict[str, Any]:
    """Return dbt's manifest, parsing the project first where it is missing, torn or older.

    One process at a time looks: Dagster's UI, a run and a test may all start together.

    Raises:
        DbtError: the project cannot be parsed.
    """
    manifest = project / "target" / "manifest.json"
    manifest.parent.mkdir(exist_ok=True)
    with (manifest.parent / "parsing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed as the file closes
        parsed = _read(manifest)
        if parsed is None or manifest.stat().st_mtime < _newest_source(project):
            run_dbt(project, warehouse, ["parse"], lambda _: None)
            manifest.touch()
            parsed = json.loads(manifest.read_text(encoding="utf-8"))
    return parsed


def _read(manifest: Path) -> dict[str, Any] | None:
    """The manifest; None where there is none or a run that was killed left half of it."""
    try:
        return json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _newest_source(project: Path) -> float:
    """Time of the newest change; folders too, whose time changes when a file is deleted."""
    folders = ("models", "macros", "seeds", "tests")
    sources = [path for folder in folders for path in (project / folder).rglob("*")]
    sources += [project / "dbt_project.yml", project / "profiles.yml"]
    return max(path.stat().st_mtime for path in sources)


def _node_result(data: Any) -> NodeResult:
    result = data.run_result
    unique_id = data.node_info.unique_id
    built = result.status == "success" and unique_id.startswith(("model.", "seed."))
    rows, columns, by_period = (None, (), ())
    if built:
        is_view = data.node_info.materialized == "view"
        rows, columns, by_period = _describe(data.node_info.node_relation.relation_name, is_view)
    return NodeResult(
        unique_id=unique_id,
        status=result.status,
        seconds=result.execution_time,
        message=result.message or None,
        failures=result.num_failures,
        rows=rows,
        columns=columns,
        by_period=by_period,
    )


def _describe(
    relation: str, is_view: bool
) -> tuple[int | None, tuple[tuple[str, str], ...], tuple[tuple[str, int], ...]]:
    """Ask on a cursor of the connection that dbt holds: nobody else may open the file now.

    A view is not counted: that would compute it.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment: Any = DuckDBConnectionManager.env()
    cursor = environment.conn.cursor()
    described = cursor.execute(f"describe {relation}").fetchall()
    columns = tuple((name, kind.lower()) for name, kind, *_ in described)
    if is_view:
        return None, columns, ()
    [(rows,)] = cursor.execute(f"select count(*) from {relation}").fetchall()
    period = next((name for name, _ in columns if name in ("date", "week", "month")), None)
    if period is None:
        return rows, columns, ()
    by_period = f"select {period}::varchar, count(*) from {relation} group by all order by all"
    return rows, columns, tuple(cursor.execute(by_period).fetchall())


def _close_dbt() -> None:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment: Any = DuckDBConnectionManager._ENV  # pyright: ignore[reportPrivateUsage]
    if environment is not None:
        environment.close()
    DuckDBConnectionManager.close_all_connections()


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
