"""Whether the published tables are fresh and sound: what monitoring asks for."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from orchestration.engine import connect
from orchestration.ingestion import Ledger, delivery_ages, read_contracts, unknown_landing_folders
from orchestration.settings import Settings
from orchestration.warehouse import Versions, run_lock_holder


@dataclass(frozen=True)
class LastRefresh:
    """The newest runs of the refresh, as Dagster's run history has them. Times are UTC."""

    run_id: str
    result: str  # success | failure | canceled
    finished_at: datetime
    succeeded_at: datetime | None  # of the newest run that succeeded
    findings: tuple[str, ...] = ()  # why it failed


@dataclass(frozen=True)
class BrokenCheck:
    """A check that did not hold when the current version was published."""

    asset: str
    check: str
    severity: str
    observed: str


@dataclass(frozen=True)
class SourceAge:
    """An entity that has a rhythm, and the age of its newest delivery."""

    entity: str
    level: str  # fresh | late | stale | never
    hours: float | None
    observed: str


@dataclass(frozen=True)
class UnreadFile:
    """A landed file that could not be read, and why."""

    file: str
    message: str


@dataclass(frozen=True)
class KeptVersion:
    """A published version and whether people open it."""

    version: str
    is_current: bool


@dataclass(frozen=True)
class Status:
    """What is known at one moment. Times are UTC."""

    seen_at: datetime
    max_age_hours: float
    working: str | None
    last_refresh: LastRefresh | None
    version: str | None
    published_at: datetime | None
    damage: str | None
    checks: int
    broken_checks: tuple[BrokenCheck, ...]
    sources: tuple[SourceAge, ...]
    unread_files: tuple[UnreadFile, ...]
    versions: tuple[KeptVersion, ...]

    @property
    def age_hours(self) -> float | None:
        """Hours since the newest refresh that succeeded; it may have had nothing to publish."""
        moments = [
            moment
            for moment in (self.published_at, self.last_refresh and self.last_refresh.succeeded_at)
            if moment
        ]
        return (self.seen_at - max(moments)).total_seconds() / 3600 if moments else None

    @property
    def problems(self) -> list[str]:
        """Why somebody should look; empty where all is well. What only warns is not among them."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        if self.version is None:
            yield "nothing is published yet; run `make run`"
        if self.damage:
            yield f"{self.damage}; `funnel published rollback`, or run `make run`"
        if self.last_refresh and self.last_refresh.result != "success":
            yield f"the last refresh ended with {self.last_refresh.result}"
        if self.age_hours is not None and self.age_hours > self.max_age_hours:
            yield (
                f"the last refresh that succeeded is {self.age_hours:.0f} hours old, more than"
                f" {self.max_age_hours:g}; see whether the daemon runs, or run `make run`"
            )
        for check in self.broken_checks:
            if check.severity == "error":
                yield f"{check.asset}: check {check.check}: {check.observed}"
        checked = {check.asset for check in self.broken_checks if check.check == "freshness"}
        for source in self.sources:
            if source.level == "stale" and source.entity not in checked:
                yield f"{source.entity}: {source.observed}"

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, with the verdict."""
        return {
            "healthy": not self.problems,
            "problems": self.problems,
            "age_hours": None if self.age_hours is None else round(self.age_hours, 2),
            **_plain(asdict(self)),
        }


def read_status(
    settings: Settings,
    last_refresh: LastRefresh | None,
    max_age_hours: float,
    now: datetime | None = None,
) -> Status:
    """Look at published file, ledger and kept versions; nothing is written.

    Args:
        settings: the places.
        last_refresh: what the run history says, if there is one.
        max_age_hours: a refresh older than this is stale.
        now: another moment to look from (UTC).
    """
    versions = Versions(settings.published_file)
    current = versions.current if settings.published_file.exists() else None
    published_at, checks, broken, damage = None, 0, (), None
    try:
        if current:
            published_at, checks, broken = _published(settings)
    except duckdb.Error as error:
        damage = f"version {current} cannot be read ({str(error).splitlines()[0]})"
    return Status(
        seen_at=now or datetime.now(UTC),
        max_age_hours=max_age_hours,
        working=run_lock_holder(settings.run_lock),
        last_refresh=last_refresh,
        version=current,
        published_at=published_at,
        damage=damage,
        checks=checks,
        broken_checks=broken,
        sources=_sources(settings, now),
        unread_files=_unread_files(settings),
        versions=tuple(KeptVersion(name, name == current) for name in reversed(versions.names())),
    )


def _published(settings: Settings) -> tuple[datetime, int, tuple[BrokenCheck, ...]]:
    with connect(settings.published_file, read_only=True) as connection:
        [(moment,)] = connection.execute("select published_at from quality.publication").fetchall()
        try:
            rows = connection.execute("""
                select asset, "check", severity, coalesce(observed, ''), passed
                from quality.check_results order by severity, asset, "check"
            """).fetchall()
        except duckdb.CatalogException:  # published without Dagster
            rows = []
    broken = tuple(BrokenCheck(*row[:4]) for row in rows if not row[4])
    return moment.replace(tzinfo=UTC), len(rows), broken


def _sources(settings: Settings, now: datetime | None) -> tuple[SourceAge, ...]:
    if not settings.ledger_file.exists():
        return ()
    ages = delivery_ages(Ledger(settings.ledger_file), read_contracts(settings.contracts_dir), now)
    return tuple(
        SourceAge(
            f"{age.source}/{age.entity}",
            age.level if age.delivered_at else "never",
            round(age.hours, 1) if age.delivered_at else None,
            age.observed,
        )
        for age in ages
    )


def _unread_files(settings: Settings) -> tuple[UnreadFile, ...]:
    """Files that could not be read, and folders that no contract names."""
    contracts = read_contracts(settings.contracts_dir)
    strays = tuple(
        UnreadFile(folder, "no contract has this source and entity")
        for folder in unknown_landing_folders(settings.landing_dir, contracts)
    )
    if not settings.ledger_file.exists():
        return strays
    return strays + tuple(
        UnreadFile(f"{row['source']}/{row['entity']}/{row['file']}", row["message"])
        for row in Ledger(settings.ledger_file).deliveries()
        if row["message"]
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
