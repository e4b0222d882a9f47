"""The command about pulls: `funnel pull` lists them and runs them by hand."""

from typing import Annotated

import typer

from orchestration.settings import Settings, SettingsError, load_settings


def pull(
    names: Annotated[
        list[str] | None, typer.Argument(help="Pulls to run; none lists them.", metavar="[NAME]...")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Run every pull.")] = False,
) -> None:
    """Land what has changed in the tools since the last pull. Without a name, list the pulls.

    A pull is a YAML file in the folder that FUNNEL_PULLS_DIR names (docs/pulls.md). `make run` and
    the nightly refresh run every pull before they read the landing folder.

    Exit code: 0 done; 1 a pull stopped, or a run is working; 2 wrong usage or set-up.
    """
    from orchestration.ingestion import read_contracts
    from orchestration.pulls import check_targets, read_pulls

    settings = load_settings()
    pulls = read_pulls(settings.pulls_dir)
    check_targets(pulls, read_contracts(settings.contracts_dir))
    if unknown := set(names or ()) - set(pulls):
        there = ", ".join(pulls) or "none (docs/pulls.md says how to add one)"
        raise SettingsError(f"no pull {', '.join(sorted(unknown))}; there are: {there}")
    if names or every:
        _run(settings, list(names or pulls))
    else:
        _list(settings)


# ---------------------------------------------------------------------------------------------


def _list(settings: Settings) -> None:
    from orchestration.pulls import missing_variables, read_pulls

    if settings.pulls_dir is None:
        print(
            "No pulls: FUNNEL_PULLS_DIR names no folder. docs/pulls.md says how to begin;"
            " examples are in orchestration/pulls/examples/."
        )
        return
    print(f"{'pull':<28}{'kind':<10}{'lands in':<34}state")
    for said in read_pulls(settings.pulls_dir).values():
        missing = missing_variables(said)
        state = f"set {', '.join(missing)} first" if missing else "ready"
        print(f"{said.name:<28}{'rest' if said.rest else 'database':<10}{said.target:<34}{state}")


def _run(settings: Settings, names: list[str]) -> None:
    """Run pulls one after the other; one that stops does not hold up the others."""
    from orchestration.pulls import Places, PullError, read_pulls, run_pull
    from orchestration.warehouse import RunLockedError, only_run

    pulls = read_pulls(settings.pulls_dir)
    places = Places(settings.landing_dir, settings.pull_state_dir)
    stopped = 0
    try:
        with only_run(settings.run_lock, f"pull of {', '.join(names)}"):
            for name in names:
                try:
                    done = run_pull(pulls[name], places)
                except PullError as error:
                    stopped += 1
                    typer.echo(f"funnel: {error}", err=True)
                    continue
                where = settings.landing_dir / pulls[name].target
                print(f"{name}: {done.rows:,} rows in {len(done.files)} files, in {where}")
    except RunLockedError as error:
        typer.echo(f"funnel: {error}", err=True)
        raise typer.Exit(1) from None
    if stopped:
        raise typer.Exit(1)
    print("`make run` reads them and brings the tables up to date.")
