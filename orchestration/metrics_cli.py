"""The command `funnel metrics`: what is measured, and metrics by any dimension."""

import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.settings import DBT_PROJECT_DIR, SettingsError, load_settings
from orchestration.sql_text import identifier, literal

if TYPE_CHECKING:
    import duckdb

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

    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.csv"
        done = subprocess.run([*command, "--csv", str(answer)], env=environment, check=False)
        if done.returncode:
            raise typer.Exit(done.returncode)
        with duckdb.connect() as connection:
            connection.execute(f"create view told as {_typed(connection, literal(str(answer)))}")
            try:
                write_answer(connection, "from told", csv)
            except duckdb.Error as error:
                raise SettingsError(f"{csv} cannot be written: {error}") from None


def _typed(connection: "duckdb.DuckDBPyConnection", file: str) -> str:
    """Texts as they stand; the metrics, which come last, as numbers: a minus sign is no formula."""
    table = f"read_csv({file}, header = true, delim = ',', all_varchar = true)"
    names = [row[0] for row in connection.execute(f"describe from {table}").fetchall()]
    cells = ", ".join(
        identifier(name) if "__" in name or name == "metric_time"
        else f"cast({identifier(name)} as double) as {identifier(name)}"
        for name in names
    )  # fmt: skip
    return f"select {cells} from {table}"


def _known(name: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """A metric of the catalogue; their parts are sums over rows that may exclude each other."""
    metrics = {m["name"]: m for m in manifest["metrics"].values() if m["config"]["meta"]}
    if name not in metrics:
        near = ", ".join(difflib.get_close_matches(name, metrics)) or "none"
        raise SettingsError(
            f"there is no metric {name!r}; alike: {near}. `.venv/bin/funnel metrics` lists all"
        )
    return metrics[name]


def _complete(by: str, asked: list[dict[str, Any]], manifest: dict[str, Any]) -> str:
    """The dimensions, and those without which a metric would add up what excludes itself."""
    common = [d for d in _dimensions(asked[0], manifest)
              if all(d in _dimensions(metric, manifest) for metric in asked)]  # fmt: skip
    chosen = [dimension.strip() for dimension in by.split(",")]
    for dimension in chosen:
        if dimension not in common:
            raise SettingsError(
                f"{' and '.join(m['name'] for m in asked)} cannot be asked by {dimension!r};"
                f" by {', '.join(common)}"
            )
    for metric in asked:
        needs = metric["config"]["meta"].get("needs", [])
        if missing := [need for need in needs if need not in common]:
            raise SettingsError(f"ask {metric['name']} by itself: it is told by {missing[0]}")
        if missing := [need for need in needs if need not in chosen]:
            typer.echo(f"{metric['name']} is told by {', '.join(missing)} too", err=True)
            chosen += missing
    return ",".join(chosen)


_GRAINS = ("day", "week", "month", "quarter", "year")


def _dimensions(metric: dict[str, Any], manifest: dict[str, Any]) -> list[str]:
    """What MetricFlow can group a metric by: the dimensions of the table it is counted in."""
    measures = {measure["name"] for measure in metric["type_params"]["input_measures"]}
    [table] = [
        model
        for model in manifest["semantic_models"].values()
        if measures & {measure["name"] for measure in model["measures"]}
    ]
    [grain] = [
        dimension["type_params"]["time_granularity"]
        for dimension in table["dimensions"]
        if dimension["type"] == "time"
    ]
    grains = [g for g in _GRAINS[_GRAINS.index(grain) :] if not (g == "week" and grain != "day")]
    return ["metric_time", *(f"metric_time__{grain}" for grain in grains)] + [
        f"{table['primary_entity']}__{dimension['name']}"
        for dimension in table["dimensions"]
        if dimension["type"] != "time"
    ]


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
