"""The commands `funnel published …`: list the kept versions, roll back, compare."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from orchestration.warehouse import RowChange, TableDifference, Versions

app = typer.Typer(
    help="The published versions: list, roll back, compare.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_SAMPLE_ROWS = 5


@app.command("list", epilog="Examples:\n\nfunnel published list")
def list_versions() -> None:
    """List the kept versions, newest first; times are UTC."""
    from orchestration.warehouse import VersionError

    versions, current = _versions()
    print(f"{'version':<25}{'published at':<21}{'run':<38}{'rows':>12}{'tables':>8}")
    for name in reversed(versions.names()):
        mark = "  current" if name == current else ""
        try:
            said = versions.read(name)
        except VersionError as error:
            print(f"{name:<25}{error}{mark}")
            continue
        rows = sum(table.row_count for table in said.tables.values())
        moment = f"{said.published_at:%Y-%m-%d %H:%M:%S}"
        print(f"{name:<25}{moment:<21}{said.run_id:<38}{rows:>12,}{len(said.tables):>8}{mark}")


@app.command(
    epilog="Examples:\n\nfunnel published rollback"
    "\n\nfunnel published rollback 20260102T020013123456Z"
)
def rollback(
    version: Annotated[
        str | None, typer.Argument(help="Version to return to, else the one before the current.")
    ] = None,
) -> None:
    """Let people open an earlier version; the next run publishes anew.

    Exit code: 0 done; 1 a run is working; 2 no such version.
    """
    from orchestration.warehouse import RunLockedError, only_run

    versions, _ = _versions()
    try:
        with only_run(load_settings().run_lock, "rollback of the published version"):
            said = versions.roll_back(version)
    except RunLockedError as error:
        typer.echo(f"funnel: {error}", err=True)
        raise typer.Exit(1) from None
    print(
        f"Version {said.version} of {said.published_at:%Y-%m-%d %H:%M:%S} UTC is what people open"
        " now. It stays so until the next run publishes; where its inputs are at fault,"
        " `.venv/bin/funnel withdraw <source>/<entity>/<file>` first."
    )


@app.command(
    epilog="Examples:\n\nfunnel published diff"
    "\n\nfunnel published diff 20260102T020013123456Z"
    "\n\nfunnel published diff --table customer_engagement.orders"
)
def diff(
    old: Annotated[
        str | None, typer.Argument(help="Version before, else the one that NEW replaced.")
    ] = None,
    new: Annotated[str | None, typer.Argument(help="Version after, else the current.")] = None,
    table: Annotated[
        str | None, typer.Option(help="Only this schema.table, with some of its rows.")
    ] = None,
) -> None:
    """Count the rows that two versions do not share, table by table."""
    from orchestration.warehouse import Comparison

    versions, current = _versions()
    after = new or current
    comparison = Comparison(versions, old or versions.before(after), after)
    if table and table not in comparison.tables:
        raise SettingsError(f"no table {table!r}; there are {', '.join(comparison.tables)}")
    print(f"{comparison.before.version} → {comparison.after.version}")
    print(f"{'table':<48}" + "".join(f"{name:>12}" for name in _COUNTS))
    for name in [table] if table else comparison.tables:
        _print_difference(comparison.difference(name))
    for change in comparison.changes(table, _SAMPLE_ROWS) if table else []:
        _print_change(change)


_COUNTS = ("rows before", "rows after", "added", "removed", "changed")


def _versions() -> "tuple[Versions, str]":
    """The kept versions and the name of the current one."""
    from orchestration.warehouse import Versions

    versions = Versions(load_settings().published_file)
    current = versions.current
    if current is None:
        raise SettingsError("nothing is published yet; run `make run` first")
    return versions, current


def _print_difference(found: "TableDifference") -> None:
    counts = (found.rows_before, found.rows_after, found.added, found.removed, found.changed)
    cells = ("absent" if count is None else f"{count:,}" for count in counts)
    print(f"{found.table:<48}" + "".join(f"{cell:>12}" for cell in cells), flush=True)
    for word, columns in (("added", found.columns_added), ("removed", found.columns_removed)):
        for column in columns:
            print(f"  column {word}: {column}")


def _print_change(change: "RowChange") -> None:
    match change.before, change.after:
        case None, dict(after):
            print(f"  + {_said(after)}")
        case dict(before), None:
            print(f"  - {_said(before)}")
        case dict(before), dict(after):
            cells = {n: f"{before[n]} → {after[n]}" for n in after if before[n] != after[n]}
            print(f"  ~ {_said(change.key)}: {_said(cells)}")


def _said(cells: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in cells.items() if value is not None)
