"""The commands `funnel status` and `funnel doctor`, for monitoring and for whoever is called."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from orchestration.health import LastRefresh, Status

_AGE_HOURS = 26.0  # a nightly refresh, and two hours for it to take longer one night


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    max_age_hours: Annotated[
        float, typer.Option(min=0, help="A refresh older than this is stale.")
    ] = _AGE_HOURS,
) -> None:
    """Say how the published tables are and where to look. Times are UTC.

    Exit code: 0 well; 1 stale or failing (the lines after `Look at` say what); 2 wrong set-up.
    """
    from orchestration.health import read_status

    settings = load_settings()
    found = read_status(settings, _last_refresh(settings), max_age_hours)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _print_status(found)
    if found.problems:
        raise typer.Exit(1)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look for what would keep a refresh from working. Each finding says its way out.

    Exit code: 0 nothing would; 1 something does (a line with FAIL).
    """
    from orchestration.health import examine

    findings = []
    for finding in examine(load_settings):
        findings.append(finding)
        if not as_json:
            print(f"{finding.level:<6}{finding.subject:<14}{finding.found}", flush=True)
            if finding.way_out:
                print(f"{'':<20}→ {finding.way_out}", flush=True)
    if as_json:
        print(json.dumps([vars(finding) for finding in findings], indent=2, ensure_ascii=False))
    if any(finding.level == "FAIL" for finding in findings):
        raise typer.Exit(1)


def _last_refresh(settings: Settings) -> "LastRefresh | None":
    """Ask Dagster's run history, where there is one; it takes Dagster seconds to load."""
    if not (settings.dagster_home / "dagster.yaml").exists():
        return None
    from orchestration.defs.automation.last_refresh import last_refresh

    return last_refresh(settings.dagster_home)


def _print_status(found: "Status") -> None:
    from orchestration.ingestion import UNREAD_WAY_OUT

    last = found.last_refresh
    if last:
        _line("last refresh", f"{last.result} at {last.finished_at:%Y-%m-%d %H:%M}, {last.run_id}")
        for finding in last.findings:
            _line("", finding)
    else:
        _line("last refresh", "none in the run history")
    if found.age_hours is not None:
        _line("age", f"{_duration(found.age_hours)} (stale after {_duration(found.max_age_hours)})")
    _line("working now", found.working or "nobody")
    if found.version and found.published_at:
        _line("published", f"{found.version} at {found.published_at:%Y-%m-%d %H:%M}")
    _line(
        "checks",
        f"{found.checks - len(found.broken_checks)} hold, {len(found.broken_checks)} do not",
    )
    for check in found.broken_checks:
        _line("", f"{check.severity}: {check.asset}: {check.check}: {check.observed}")
    for source in found.sources:
        if source.hours is not None:
            _line(f"source {source.level}", f"{source.entity}, {_duration(source.hours)} old")
    for unread in found.unread_files:
        _line("not read", f"{unread.file}: {unread.message}")
    if found.unread_files:
        _line("", UNREAD_WAY_OUT)
    _line("versions", _versions(found))
    warn = "1 check warns" if len(found.broken_checks) == 1 else f"{len(found.broken_checks)} warn"
    warned = f"; {warn}, see above" if found.broken_checks else ""
    print("Look at:" if found.problems else f"Healthy{warned}.")
    for problem in found.problems:
        print(f"  {problem}")


def _versions(found: "Status") -> str:
    newest = found.versions[0].version if found.versions else None
    rolled_back = "; rolled back, newer ones are kept" if newest != found.version else ""
    return f"{len(found.versions)} kept{rolled_back}"


def _line(name: str, value: Any) -> None:
    print(f"{name:<14}" + str(value).replace("\n", f"\n{'':<16}"))


def _duration(hours: float) -> str:
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.1f} hours" if hours < 72 else f"{hours / 24:.1f} days"
