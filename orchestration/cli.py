"""The `funnel` command: run the refresh, write demo data, query, open Dagster's UI."""

import atexit
import contextlib
import functools
import logging
import os
import shutil
import sys
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from orchestration import (
    demo_data,
    health_cli,
    metrics_cli,
    models_cli,
    published_cli,
    pull_cli,
    sources_cli,
)
from orchestration.machine_faults import way_out
from orchestration.settings import ROOT, Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from orchestration.console import Progress

app = typer.Typer(
    context_settings={"max_content_width": 110},
    help="Interaction and survey data in, funnel-stage tables out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(published_cli.app, name="published")
app.add_typer(sources_cli.contract_app, name="contract")


def _example(*lines: str) -> str:
    return "Examples:\n\n" + "\n\n".join(lines)


def _told_when_it_cannot_start(command: Callable[..., None]) -> Callable[..., None]:
    """Send an alert of what kept a command from starting a run; a failed run tells of itself."""

    @functools.wraps(command)
    def told(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except typer.Exit:
            raise
        except Exception as error:
            from orchestration.alerts import run_failed, send

            with contextlib.suppress(SettingsError):  # without settings there is no channel
                _report_problems(
                    send(run_failed("funnel run", None, [str(error)]), load_settings())
                )
            raise

    return told


@app.command(
    epilog=_example(
        "funnel run",
        "funnel run --full",
        "funnel run --from 2026-03-01 --to 2026-03-31",
        "funnel run --accept-volume",
    )
)
@_told_when_it_cannot_start
def run(
    full: Annotated[
        bool, typer.Option("--full", help="Rebuild every table from the lake.")
    ] = False,
    first_date: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Rebuild what depends on records from …"),
    ] = None,
    last_date: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="… to this date (UTC, included)."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Show every step and Dagster's log.")
    ] = False,
    accept_volume: Annotated[
        bool,
        typer.Option("--accept-volume", help="Publish tables with far fewer rows than before."),
    ] = False,
) -> None:
    """Bring the published tables up to date with the landing folder.

    Where neither the landing folder nor the lake holds anything, and nothing is pulled, demo data
    is written first.

    Exit code: 0 done; 1 a step or a blocking check failed, the published tables are as they
    were; 2 wrong usage or set-up.
    """
    console = _console()
    settings = load_settings()
    build = {"full": full} | _dates(first_date, last_date)
    from orchestration.ingestion import Ledger, read_contracts
    from orchestration.pulls import check_targets, read_pulls

    has_data = demo_data.landed(settings) or demo_data.taken_in(settings)
    if not has_data and not read_pulls(settings.pulls_dir):
        _write_demo(console, settings, days=90, people=5000, seed=7)
    _check_key(settings)
    Ledger(settings.ledger_file).verify()
    check_targets(read_pulls(settings.pulls_dir), read_contracts(settings.contracts_dir))
    _point_out_strays(console, settings)
    console.print("Starting Dagster …", highlight=False)
    config = {
        "dbt_build": {"config": build},
        "published__engagement": {"config": {"accept_volume": accept_volume}},
    }
    succeeded, progress = _refresh(console, settings, verbose, config)
    _alert_of_stale_sources(settings)
    from orchestration.console import print_failure, print_next, print_success

    if not succeeded:
        print_failure(console, progress, Ledger(settings.ledger_file), settings.landing_dir)
        raise typer.Exit(1)
    print_success(console, progress, settings.published_file)
    _point_out_strays(console, settings)  # again: what stood above the steps is out of sight
    print_next(console)


@app.command(epilog=_example("funnel withdraw generic/orders/january.csv"))
def withdraw(
    file: Annotated[str, typer.Argument(help="The file as <source>/<entity>/<name>.")],
) -> None:
    """Take back the rows of a file that has left the landing folder. The next run removes them."""
    settings = load_settings()
    source, entity, name = [*file.split("/", 2), "", ""][:3]
    if (settings.landing_dir / file).exists():
        raise SettingsError(f"{settings.landing_dir / file} is still there; take it away first")
    from orchestration.ingestion import Ledger

    if not Ledger(settings.ledger_file).forget_file(source, entity, name):
        raise SettingsError(f"the ledger knows no file {file!r}; quality.row_ledger lists them")
    print(f"Withdrew {file}; `make run` removes its rows.")


@app.command(
    epilog=_example(
        "funnel demo", "funnel demo --days 30 --people 500 --seed 3", "funnel demo --remove"
    )
)
def demo(
    days: Annotated[int, typer.Option(min=1, max=730, help="Length of the story in days.")] = 90,
    people: Annotated[int, typer.Option(min=1, max=200_000, help="People in it.")] = 5000,
    seed: Annotated[int, typer.Option(help="Another seed, another story.")] = 7,
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo away again.")] = False,
) -> None:
    """Write demo data in the tools' own formats, or remove it. The landing folder must be empty."""
    settings = load_settings()
    console = _console()
    if remove:
        count = demo_data.remove(settings)
        console.print(f"Deleted {count} demo files and all that was made of them.")
    else:
        _write_demo(console, settings, days, people, seed)


@app.command(
    epilog=_example(
        "funnel sql",
        'funnel sql "select * from quality.row_ledger limit 5"',
        "funnel sql < query.sql",
        'funnel sql --csv orders.csv "from customer_engagement.orders"',
    ),
    context_settings={"ignore_unknown_options": True},  # a query may begin with a -- comment
)
def sql(
    query: Annotated[str | None, typer.Argument(help="Query to print, else a prompt.")] = None,
    csv: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the answer there.")
    ] = None,
) -> None:
    """Query the published tables, read-only."""
    published = load_settings().published_file
    if not published.exists():
        raise SettingsError(f"{published} does not exist yet; run `make run` first")
    if query is None and not sys.stdin.isatty():
        query = sys.stdin.read()
    if query is not None and not query.strip():
        raise SettingsError("the query is empty")
    if query is None and csv:
        raise SettingsError("say which query is to be written there")
    if query is None:
        harlequin = Path(sys.executable).with_name("harlequin")
        os.execv(harlequin, [str(harlequin), "--read-only", str(published)])
    import duckdb

    with duckdb.connect(str(published), read_only=True) as connection:
        try:
            if csv:
                from orchestration.exports import write_answer

                write_answer(connection, query, csv)
            elif (answer := connection.sql(query)) is not None:  # a `set` has none
                answer.show(**_room())  # pyright: ignore[reportArgumentType]
        except duckdb.Error as error:
            raise SettingsError(str(error)) from error


def _room() -> dict[str, int]:
    """How much of a table is shown: what fits a terminal; all of it to a file or a program."""
    if sys.stdout.isatty():
        return {"max_width": shutil.get_terminal_size().columns}
    return {"max_width": 1_000_000, "max_col_width": 1_000_000, "max_rows": 1_000_000}


app.command(
    epilog=_example(
        "funnel metrics",
        "funnel metrics nps",
        "funnel metrics engagement_rate --by metric_time__month,social_posts_row__platform",
        "funnel metrics engaged_session_rate --by sessions_row__channel --csv channels.csv",
    )
)(metrics_cli.metrics)
app.command(epilog=_example("funnel models"))(models_cli.models)
app.command(
    epilog=_example("funnel status", "funnel status --json", "funnel status --max-age-hours 50")
)(health_cli.status)
app.command(epilog=_example("funnel doctor", "funnel doctor --json"))(health_cli.doctor)


app.command(
    epilog=_example(
        "funnel check data/landing/shopify/orders/march.csv",
        "funnel check export.xlsx --source mytool --entity posts --rows 50",
    )
)(sources_cli.check)
app.command(epilog=_example("funnel sources"))(sources_cli.sources)
app.command(epilog=_example("funnel pull", "funnel pull survey_responses", "funnel pull --all"))(
    pull_cli.pull
)
app.command(epilog=_example("funnel replay generic", "funnel replay generic/orders"))(
    sources_cli.replay
)


@app.command(epilog=_example("funnel dashboard"))
def dashboard() -> None:
    """Open the page of the newest refresh in the browser. Prints where it is."""
    page = load_settings().published_dir / "dashboard" / "index.html"
    if not page.exists():
        raise SettingsError(f"{page} does not exist yet; run `make run` first")
    print(page)
    import webbrowser

    webbrowser.open(page.resolve().as_uri())


@app.command(epilog=_example("funnel dev", "funnel dev --port 3001"))
def dev(port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000) -> None:
    """Open Dagster's UI and daemon on this machine."""
    settings = load_settings()
    _prepare_instance(settings)
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        _fail_dead_runs(_console(), instance, settings)
    print(f"Dagster starts on http://127.0.0.1:{port}; that takes about a minute.", flush=True)
    dagster = Path(sys.executable).with_name("dagster")
    workspace = str(ROOT / "workspace.yaml")
    arguments = ["dev", "-w", workspace, "-h", "127.0.0.1", "-p", str(port)]
    os.chdir(ROOT)
    os.execv(dagster, [str(dagster), *arguments])


@app.command(epilog=_example("funnel prepare"))
def prepare() -> None:
    """Make the data folder ready for Dagster's services. They call it as they start.

    Puts `dagster.yaml` into place, and marks runs as failed that died with the machine: nothing
    would start beside them.
    """
    settings = load_settings()
    _prepare_instance(settings)
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        _fail_dead_runs(_console(), instance, settings)


@app.command(
    epilog=_example(
        "funnel forget --email ada@example.com", 'funnel forget --customer-id "C-1001" --yes'
    )
)
def forget(
    email: Annotated[str | None, typer.Option(help="E-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone number, as the files have it.")] = None,
    name: Annotated[str | None, typer.Option(help="Name: everybody who has it.")] = None,
    customer_id: Annotated[str | None, typer.Option(help="Customer id.")] = None,
    visitor_id: Annotated[str | None, typer.Option(help="Device or browser id.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a person from all files, tables and run history.

    What the tables tie to the same person goes too; the counts are shown first. Then the tables
    are rebuilt, all older published versions deleted, and everything is searched.

    Exit code: 0 nothing is left, or nothing was asked for in the end; 1 something is, or a step
    failed: the same command completes it; 2 wrong usage or set-up.
    """
    given = {"email": email, "phone": phone, "name": name, "customer_id": customer_id,
             "visitor_id": visitor_id}  # fmt: skip
    chosen = {kind: value.strip() for kind, value in given.items() if value and value.strip()}
    if len(chosen) != 1:
        raise SettingsError("give one of --email, --phone, --name, --customer-id, --visitor-id")
    console = _console()
    settings = load_settings()
    _check_key(settings)
    _prepare_instance(settings)
    import dagster as dg

    from orchestration.defs.privacy.procedures import forget as carry_out
    from orchestration.privacy import Identifier

    [(kind, value)] = chosen.items()
    with dg.DagsterInstance.get() as instance, _failing(console):
        carry_out(
            instance,
            Identifier(kind, value),
            refresh=lambda ops: _rebuild(console, settings, ops),
            say=lambda line: console.print(line, highlight=False, markup=False, soft_wrap=True),
            confirm=lambda: yes or typer.confirm("Remove for good?"),
        )


@app.command(epilog=_example("funnel rotate-key"))
def rotate_key() -> None:
    """Put a new key on top of the pseudonym key. People still join, also with older files.

    Stopped half-way, the same command goes on; no run works before it has finished.

    Exit code: 0 done; 1 a step failed; 2 wrong usage or set-up.
    """
    console = _console()
    settings = load_settings()
    from orchestration.defs.privacy.procedures import rotate_key as carry_out

    with _failing(console):
        carry_out(
            refresh=lambda ops: _rebuild(console, settings, ops),
            say=lambda line: console.print(line, highlight=False, markup=False, soft_wrap=True),
        )


def main() -> None:
    """Call the command; what the user can mend is one sentence, not a traceback."""
    try:
        app()
    except SystemExit as end:
        _leave(end)
    except (SettingsError, PermissionError) as error:
        _stop(error)
    except ValueError as error:
        from orchestration.ingestion import (
            ContractError,
            DamagedLakeError,
            KeyChangedError,
            LedgerDamagedError,
            LedgerMissingError,
        )
        from orchestration.pulls import PullError
        from orchestration.warehouse import VersionError

        mendable = (
            ContractError
            | DamagedLakeError
            | KeyChangedError
            | LedgerDamagedError
            | LedgerMissingError
            | PullError
            | VersionError
        )
        if not isinstance(error, mendable):
            raise
        _stop(error)
    except Exception as error:
        advice = way_out(str(error))
        if advice is None:
            raise
        _stop(f"{str(error).splitlines()[0]}. What to do: {advice}", code=1)


def _leave(end: SystemExit) -> None:
    """End at once. Python would free what a run has loaded one by one: that takes two seconds."""
    if not isinstance(end.code, int):
        raise end
    atexit._run_exitfuncs()
    with contextlib.suppress(BrokenPipeError):  # `funnel status | head`
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(end.code)


def _stop(reason: object, code: int = 2) -> None:
    print(f"funnel: {reason}", file=sys.stderr)
    raise SystemExit(code) from None


# ---------------------------------------------------------------------------------------------


def _console() -> Console:
    """Write to a copy of the standard output: Dagster captures the original for its own logs."""
    return Console(file=os.fdopen(os.dup(sys.stdout.fileno()), "w"))


@contextmanager
def _failing(console: Console) -> Iterator[None]:
    """A failure is its message and exit code 1."""
    from orchestration.privacy import PrivacyError

    try:
        yield
    except PrivacyError as error:
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error


def _rebuild(console: Console, settings: Settings, ops: dict[str, Any]) -> bool:
    """Run the refresh as a part of another command; say why where it stopped."""
    succeeded, progress = _refresh(console, settings, verbose=False, ops=ops, pulls=False)
    if not succeeded:
        from orchestration.console import print_failure
        from orchestration.ingestion import Ledger

        print_failure(console, progress, Ledger(settings.ledger_file), settings.landing_dir)
    return succeeded


def _check_key(settings: Settings) -> None:
    """Refuse another pseudonym key before anything is read."""
    from orchestration.ingestion import load_key, verify_key

    key = load_key(settings.pseudonym_key, settings.key_file)
    verify_key(key, settings.lake_dir / "key_check")


def _point_out_strays(console: Console, settings: Settings) -> None:
    """Name the folders whose files nobody reads."""
    from orchestration.ingestion import read_contracts, unknown_landing_folders

    contracts = read_contracts(settings.contracts_dir)
    for folder in unknown_landing_folders(settings.landing_dir, contracts):
        source = folder.partition("/")[0]
        known = ", ".join(contracts[source].entities) if source in contracts else ""
        there = f"{source} has {known}" if known else f"there is no contract for {source!r}"
        console.print(
            f"Not read: {settings.landing_dir / folder}; {there}."
            " `funnel sources` lists what is read.",
            highlight=False,
            soft_wrap=True,
        )


def _write_demo(console: Console, settings: Settings, days: int, people: int, seed: int) -> None:
    truth = demo_data.write(settings, days, people, seed)
    console.print(
        f"Wrote demo data of {people:,} people over {days} days to {settings.landing_dir};"
        f" the truth planted in it is in {truth}."
        "\nTo use your own: `.venv/bin/funnel demo --remove`, then drop your files into"
        " data/landing/<source>/<entity>/.",
        highlight=False,
        soft_wrap=True,
    )


def _prepare_instance(settings: Settings) -> None:
    """Point Dagster to its folder below the data folder."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "dagster.yaml").exists():
        shutil.copy(ROOT / "data" / "dagster_home" / "dagster.yaml", home)
    os.environ["DAGSTER_HOME"] = str(home)


def _dates(first: datetime | None, last: datetime | None) -> dict[str, str]:
    if (first is None) != (last is None):
        raise SettingsError("--from and --to go together")
    if first is None or last is None:
        return {}
    if first > last:
        raise SettingsError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    return {"first_date": f"{first:%Y-%m-%d}", "last_date": f"{last:%Y-%m-%d}"}


def _refresh(
    console: Console, settings: Settings, verbose: bool, ops: dict[str, Any], pulls: bool = True
) -> tuple[bool, "Progress"]:
    """Run the job `nightly_refresh` in this process, with a line for each finished step."""
    tags = {"dagster/max_retries": "0"}  # whoever started it sees it fail
    _prepare_instance(settings)
    if not verbose:
        warnings.simplefilter("ignore")
        # dbt, when it parses, gives Python's root logger a handler: lines of steps would go there.
        logging.getLogger("dagster").propagate = False
    import dagster as dg

    from orchestration.console import Progress
    from orchestration.definitions import defs
    from orchestration.defs.ingestion.pulls import WITHOUT_PULLS

    if not pulls:
        tags |= WITHOUT_PULLS
    definitions: Any = defs()
    job = definitions.resolve_job_def("nightly_refresh")
    progress = Progress(console, len(job.asset_layer.executable_asset_keys), verbose)
    run_id = str(uuid.uuid4())
    with dg.DagsterInstance.get() as instance, console.status("starting") as status:
        _fail_dead_runs(console, instance, settings)
        progress.status = status if console.is_terminal else None
        instance.add_event_listener(run_id, lambda record: _report(record, progress))
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            tags=tags,
            run_config={
                "ops": ops,
                "loggers": {
                    "console": {"config": {"log_level": "INFO" if verbose else "CRITICAL"}}
                },
            },
        )
        if not result.success:
            _alert_of_failure(instance, result.dagster_run, settings)
    for thread in threading.enumerate():
        if thread.name == "dbt":  # Dagster gave up before dbt had finished
            thread.join()
    return result.success, progress


def _fail_dead_runs(console: Console, instance: Any, settings: Settings) -> None:
    from orchestration.defs.automation.dead_runs import fail_dead_runs

    for run_id in fail_dead_runs(instance, settings.run_lock):
        console.print(f"Run {run_id} had died; it is marked as failed.", highlight=False)


def _alert_of_failure(instance: Any, run: Any, settings: Settings) -> None:
    from orchestration.alerts import is_configured, send
    from orchestration.defs.automation.failures import failure_alert

    if is_configured(settings):
        _report_problems(send(failure_alert(instance, run), settings))


def _alert_of_stale_sources(settings: Settings) -> None:
    from orchestration.alerts import is_configured, send_once_a_day
    from orchestration.defs.automation.alerts import stale_entities

    if is_configured(settings):
        _report_problems(send_once_a_day(stale_entities(settings), settings))


def _report_problems(problems: list[str]) -> None:
    for problem in problems:
        print(f"funnel: {problem}", file=sys.stderr)


def _report(record: Any, progress: "Progress") -> None:
    """Translate Dagster's events into lines."""
    from orchestration.defs.automation.failures import cause

    event = record.dagster_event
    if event is None:
        return
    match event.event_type_value:
        case "ASSET_MATERIALIZATION":
            said = {k: v.value for k, v in event.materialization.metadata.items()}
            name = "/".join(event.asset_key.path)
            rows = said.get("dagster/row_count")
            idle = not rows or said.get("unchanged") or said.get("files read now") == 0
            progress.step(name, rows, said.get("seconds"), bool(idle))
        case "ASSET_CHECK_EVALUATION":
            result = event.asset_check_evaluation_data
            rows = result.metadata.get("rows that break a rule")
            progress.check(
                "/".join(result.asset_key.path),
                result.check_name,
                stops=bool(result.blocking) and result.severity.value == "ERROR",
                passed=result.passed,
                observed=str(result.metadata["observed"].value),
                rows=[dict(row.data) for row in rows.records] if rows else [],
            )
        case "STEP_START":
            progress.working(event.step_key)
        case "STEP_UP_FOR_RETRY":
            retry = event.step_retry_data
            progress.retry(event.step_key, cause(retry.error), retry.seconds_to_wait)
        case "STEP_FAILURE":
            _report_failure(event, progress)
        case "PIPELINE_FAILURE" if not progress.errors and not progress.failed_checks:
            error = event.job_failure_data.error
            progress.error("run", cause(error) if error else event.message)


def _report_failure(event: Any, progress: "Progress") -> None:
    """A failed check has been reported already."""
    from orchestration.defs.automation.failures import cause

    failure = event.step_failure_data
    text = cause(failure.error)
    if "DagsterAssetCheckFailedError" not in text:
        said = failure.user_failure_data
        progress.error(event.step_key, (said and said.description) or text)


if __name__ == "__main__":
    main()
