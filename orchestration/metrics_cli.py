"""The command `funnel metrics`: what is measured, and metrics by any dimension."""

import difflib
import os
import sys
from pathlib import Path
from typing import Annotated

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
        str, typer.Option(help="Dimensions, such as metric_time__week,post__platform.")
    ] = "metric_time__month",
    where: Annotated[
        str | None,
        typer.Option(help="Condition, such as \"{{ Dimension('visit__channel') }} = 'email'\"."),
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
    _refuse_unknown(names, {metric["name"] for metric in manifest["metrics"].values()})
    arguments = ["query", "--quiet", "--metrics", names, "--group-by", by, "--order", by]
    arguments += ["--where", where] if where else []
    arguments += ["--csv", str(csv.absolute())] if csv else []
    arguments += ["--explain"] if explain else []
    environment = os.environ | {
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET": "published",
        "FUNNEL_WAREHOUSE_FILE": str(published),
    }
    mf = Path(sys.executable).with_name("mf")
    sys.stdout.flush()
    os.execve(mf, [str(mf), *arguments], environment)


def _refuse_unknown(names: str, known: set[str]) -> None:
    for name in map(str.strip, names.split(",")):
        if name not in known:
            near = ", ".join(difflib.get_close_matches(name, known)) or "none"
            raise SettingsError(
                f"there is no metric {name!r}; alike: {near}. `.venv/bin/funnel metrics` lists all"
            )


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
