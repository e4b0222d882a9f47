"""The command `funnel metrics`: what is measured, and metrics by any dimension."""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestration.settings import DBT_PROJECT_DIR, SettingsError, load_settings

_CATALOGUE = """
    select metric, unit, stage, formula from metrics.metric_catalogue order by stage, metric
"""


def metrics(
    names: Annotated[
        str | None, typer.Argument(metavar="METRIC,…", help="Metrics; without them, the list.")
    ] = None,
    by: Annotated[
        str, typer.Option(help="Dimensions, such as metric_time__week.")
    ] = "metric_time__month",
    where: Annotated[
        str | None,
        typer.Option(
            help="Condition, such as \"{{ Dimension('sessions_row__channel') }} = 'email'\"."
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the answer there.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show the SQL only.")] = False,
) -> None:
    """List the metrics, or ask for some of them by any dimension.

    MetricFlow (`mf query`) answers from the published tables, read-only, with the definitions in
    dbt_project/models/semantic/.
    """
    published = load_settings().published_file
    if not published.exists():
        raise SettingsError(f"{published} does not exist yet; run `make run` first")
    if names is None:
        _list(published)
        return
    from orchestration.warehouse import load_manifest

    manifest = load_manifest(DBT_PROJECT_DIR, published)
    asked = [_known(name.strip(), manifest) for name in names.split(",")]
    by = _complete(by, asked, manifest)
    arguments = ["query", "--quiet", "--metrics", names, "--group-by", by, "--order", by]
    arguments += ["--where", where] if where else []
    arguments += ["--explain"] if explain else []
    environment = os.environ | {
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET": "published",
        "FUNNEL_WAREHOUSE_FILE": str(published),
    }
    mf = str(Path(sys.executable).with_name("mf"))
    sys.stdout.flush()
    if csv is None or explain:
        os.execve(mf, [mf, *arguments], environment)
    _write(csv, [mf, *arguments], environment)


def _write(csv: Path, command: list[str], environment: dict[str, str]) -> None:
    """Let MetricFlow write a file, and from it one in which no cell is a formula."""
    import duckdb

    from orchestration.exports import write_answer
    from orchestration.sql_text import literal

    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.csv"
        done = subprocess.run([*command, "--csv", str(answer)], env=environment, check=False)
        if done.returncode:
            raise typer.Exit(done.returncode)
        with duckdb.connect() as connection:
            write_answer(connection, f"from read_csv({literal(str(answer))}, header = true)", csv)


def _known(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    metrics = {metric["name"]: metric for metric in manifest["metrics"].values()}
    if name not in metrics:
        near = ", ".join(difflib.get_close_matches(name, metrics)) or "none"
        raise SettingsError(
            f"there is no metric {name!r}; alike: {near}. `.venv/bin/funnel metrics` lists all"
        )
    return metrics[name]


def _complete(by: str, asked: list[dict[str, Any]], manifest: dict[str, Any]) -> str:
    """The dimensions, and those without which a metric would add up what excludes itself."""
    common = set.intersection(*(_dimensions(metric, manifest) for metric in asked))
    chosen = [dimension.strip() for dimension in by.split(",")]
    for dimension in chosen:
        if not any(re.fullmatch(rf"{known}(__[a-z_]+)?", dimension) for known in common):
            raise SettingsError(
                f"{' and '.join(m['name'] for m in asked)} cannot be asked by {dimension!r}; by"
                f" metric_time__day, __week, __month, {', '.join(sorted(common - {'metric_time'}))}"
            )
    for metric in asked:
        needs = metric["config"]["meta"].get("needs", [])
        if not common.issuperset(needs):
            raise SettingsError(
                f"ask {metric['name']} by itself: it has to be told by {', '.join(needs)}"
            )
        if missing := [need for need in needs if need not in chosen]:
            typer.echo(f"{metric['name']} is told by {', '.join(missing)} too", err=True)
            chosen += missing
    return ",".join(chosen)


def _dimensions(metric: dict[str, Any], manifest: dict[str, Any]) -> set[str]:
    """What MetricFlow can group a metric by: the dimensions of the tables it is counted in."""
    measures = {measure["name"] for measure in metric["type_params"]["input_measures"]}
    tables = [
        {"metric_time"} | {f"{model['primary_entity']}__{d['name']}" for d in model["dimensions"]}
        for model in manifest["semantic_models"].values()
        if measures & {measure["name"] for measure in model["measures"]}
    ]
    return set.intersection(*tables)


def _list(published: Path) -> None:
    import duckdb
    from rich.console import Console
    from rich.table import Column, Table

    with duckdb.connect(str(published), read_only=True) as connection:
        rows = connection.execute(_CATALOGUE).fetchall()
    width = max((len(row[0]) for row in rows), default=0)
    name = Column("metric", no_wrap=True, min_width=width)  # whole: people type it
    table = Table(name, "unit", "stage", "formula", box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console(highlight=False).print(table)
