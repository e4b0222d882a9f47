"""Every path and environment variable of the pipeline, with its default and meaning.

Read at run time through `load_settings`, never at import: what the environment says
changes where data lives, not which assets exist.
"""

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = ROOT / "dbt_project"
SHIPPED_CONTRACTS_DIR = ROOT / "orchestration" / "contracts"


class SettingsError(ValueError):
    """An environment variable has a value the pipeline cannot use."""


@dataclass(frozen=True)
class MailSettings:
    """An SMTP server and whom its messages go to."""

    host: str
    port: int
    tls_from_start: bool
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """Where things live and how a run behaves."""

    data_dir: Path
    contracts_dir: Path
    time_zone: str
    pseudonym_key: str | None
    keep_versions: int
    memory_limit: str
    threads: int
    temp_limit: str
    alert_webhook: str | None = field(repr=False)
    alert_mail: MailSettings | None
    pulls_dir: Path | None = None

    @property
    def pull_state_dir(self) -> Path:
        """How far each pull has come, and what it has not landed yet; a pull may lose it."""
        return self.data_dir / "pulls"

    @property
    def landing_dir(self) -> Path:
        """Files as the tools exported them: `<source>/<entity>/<file>`."""
        return self.data_dir / "landing"

    @property
    def lake_dir(self) -> Path:
        """Typed Parquet batches, rejected rows and the ledger: the truth."""
        return self.data_dir / "lake"

    @property
    def ledger_file(self) -> Path:
        """SQLite database with one row per landed file and one per batch."""
        return self.lake_dir / "ledger.sqlite"

    @property
    def key_file(self) -> Path:
        """Generated pseudonym key, readable by its owner alone."""
        return self.data_dir / "private" / "pseudonym.key"

    @property
    def scratch_dir(self) -> Path:
        """Private copies that the door makes while it reads a file; empty between runs."""
        return self.data_dir / "private" / "scratch"

    @property
    def forget_requests_dir(self) -> Path:
        """Private files that name who is to be forgotten, for the job `forget_person`."""
        return self.data_dir / "private" / "forget_requests"

    @property
    def warehouse_file(self) -> Path:
        """Private to the run; can be deleted and is rebuilt from the lake."""
        return self.data_dir / "warehouse" / "engagement.duckdb"

    @property
    def duckdb_settings(self) -> dict[str, str]:
        """Limits of the engine, in DuckDB's own names."""
        return {
            "memory_limit": self.memory_limit,
            "threads": str(self.threads),
            "temp_directory": str(self.data_dir / "warehouse" / "spill"),
            "max_temp_directory_size": self.temp_limit,
        }

    @property
    def published_dir(self) -> Path:
        """What people read."""
        return self.data_dir / "published"

    @property
    def published_file(self) -> Path:
        """Symbolic link to the newest published version."""
        return self.published_dir / "engagement.duckdb"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance folder: run history and `dagster.yaml`."""
        return self.data_dir / "dagster_home"

    @property
    def demo_truth(self) -> Path:
        """What the demo planted, for whoever wants to check the tables against it."""
        return self.data_dir / "demo_truth.json"

    @property
    def demo_list(self) -> Path:
        """Files that the demo wrote, so that they can be told from others and taken away."""
        return self.data_dir / "demo_files.json"

    @property
    def alert_memory(self) -> Path:
        """When which stale entity was last told, so that nobody is told twice a day."""
        return self.dagster_home / "alerted.json"

    @property
    def run_lock(self) -> Path:
        """Locked by the one run that may write."""
        return self.data_dir / "warehouse" / "run.lock"


def load_settings() -> Settings:
    """Read the environment.

    Variables (default): `FUNNEL_DATA_DIR` (`data/` of the project),
    `FUNNEL_CONTRACTS_DIR` (`orchestration/contracts/`), `FUNNEL_TIMEZONE` (`UTC`, the
    business time zone that dates belong to), `FUNNEL_PSEUDONYM_KEY` (generated once into
    a private file), `FUNNEL_KEEP_VERSIONS` (7), `FUNNEL_MEMORY_LIMIT` (60 % of the memory that
    this process may use), `FUNNEL_THREADS` (its processors), `FUNNEL_TEMP_LIMIT` (half of the
    free disk space), `FUNNEL_PULLS_DIR` (none: nothing is pulled).
    Alerts are off unless there is a `FUNNEL_ALERT_WEBHOOK_URL`, or a `FUNNEL_ALERT_SMTP_URL` with
    `FUNNEL_ALERT_EMAIL_TO` and `FUNNEL_ALERT_EMAIL_FROM` (the first recipient).

    Raises:
        SettingsError: a value cannot be used; the message names the variable.
    """
    time_zone = os.environ.get("FUNNEL_TIMEZONE") or "UTC"
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"FUNNEL_TIMEZONE={time_zone!r} is not a time zone; use a name such as Europe/Berlin"
        ) from error
    data_dir = Path(os.environ.get("FUNNEL_DATA_DIR") or ROOT / "data").resolve()
    if set("*?[]") & set(str(data_dir)):
        raise SettingsError(
            f"the data folder {data_dir} has one of the characters * ? [ ] in its path;"
            " set FUNNEL_DATA_DIR to another folder"
        )
    return Settings(
        memory_limit=_size("FUNNEL_MEMORY_LIMIT") or _bytes(0.6 * usable_memory()),
        threads=_whole_number("FUNNEL_THREADS", len(os.sched_getaffinity(0))),
        temp_limit=_size("FUNNEL_TEMP_LIMIT") or _bytes(0.5 * _free_disk(data_dir)),
        data_dir=data_dir,
        contracts_dir=Path(
            os.environ.get("FUNNEL_CONTRACTS_DIR") or ROOT / "orchestration" / "contracts"
        ).resolve(),
        time_zone=time_zone,
        pseudonym_key=os.environ.get("FUNNEL_PSEUDONYM_KEY") or None,
        keep_versions=_whole_number("FUNNEL_KEEP_VERSIONS", 7),
        alert_webhook=_alert_webhook(),
        alert_mail=_alert_mail(),
        pulls_dir=_folder("FUNNEL_PULLS_DIR"),
    )


def secret(variable: str) -> str | None:
    """Return a credential from the environment, the only place that one is ever read from."""
    return os.environ.get(variable) or None


def _folder(variable: str) -> Path | None:
    text = os.environ.get(variable)
    if text and not Path(text).is_dir():
        raise SettingsError(f"{variable}={text!r} is not a folder; make it, or unset {variable}")
    return Path(text).resolve() if text else None


def _whole_number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdigit() or int(text) < 1:
        raise SettingsError(f"{variable}={text!r} must be a whole number of at least 1")
    return int(text)


def _size(variable: str) -> str | None:
    text = os.environ.get(variable)
    if text and not re.fullmatch(r"\d+(\.\d+)? ?([KMGT]i?B)", text):
        raise SettingsError(f"{variable}={text!r} must be a size such as 4GiB or 500MB")
    return text or None


def _bytes(count: float) -> str:
    return f"{max(int(count / 2**20), 256)}MiB"


def usable_memory() -> int:
    """Memory that this process may use: the machine's, or less where a container says so."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else ""
    return min(machine, int(text)) if text.isdigit() else machine


def free_memory() -> int:
    """Of the usable memory, what nobody uses at the moment; a container's file cache is free."""
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    machine = int(available[1]) * 1024 if available else usable_memory()
    group = Path("/sys/fs/cgroup")
    if not (group / "memory.current").exists() or not (group / "memory.stat").exists():
        return machine
    used = int((group / "memory.current").read_text())
    cached = re.search(r"^inactive_file (\d+)$", (group / "memory.stat").read_text(), flags=re.M)
    return min(machine, usable_memory() - used + (int(cached[1]) if cached else 0))


def _free_disk(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


# Alerts: the addresses are secrets, so no message repeats them. ----------------------------------


def _alert_webhook() -> str | None:
    name = "FUNNEL_ALERT_WEBHOOK_URL"
    address = os.environ.get(name) or None
    if address:
        _url(name, address, {"https": 443, "http": 80}, "https://chat.example.org/hooks/…")
    return address


def _alert_mail() -> MailSettings | None:
    address = os.environ.get("FUNNEL_ALERT_SMTP_URL")
    recipients = _mail_addresses("FUNNEL_ALERT_EMAIL_TO")
    senders = _mail_addresses("FUNNEL_ALERT_EMAIL_FROM")
    if not address:
        if recipients or senders:
            raise SettingsError(
                "FUNNEL_ALERT_SMTP_URL is missing: without a mail server no alert reaches"
                " FUNNEL_ALERT_EMAIL_TO. Set it, or unset both"
            )
        return None
    example = "smtps://user:password@mail.example.org:465 or smtp://mail.example.org:587"
    url, port = _url("FUNNEL_ALERT_SMTP_URL", address, {"smtps": 465, "smtp": 587}, example)
    if not recipients:
        raise SettingsError("FUNNEL_ALERT_EMAIL_TO is missing: say who gets the alerts by mail")
    return MailSettings(
        host=url.hostname or "",
        port=port,
        tls_from_start=url.scheme == "smtps",
        user=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
        sender=(senders or recipients)[0],
        recipients=recipients,
    )


def _url(
    name: str, address: str, default_ports: dict[str, int], example: str
) -> tuple[SplitResult, int]:
    try:
        url = urlsplit(address)
        if url.scheme in default_ports and url.hostname and not re.search(r"\s", address):
            return url, url.port or default_ports[url.scheme]
    except ValueError:
        pass  # said below, without the address
    raise SettingsError(f"{name} cannot be used; it must look like {example}")


def _mail_addresses(name: str) -> tuple[str, ...]:
    """Addresses of a variable, separated by commas."""
    addresses = tuple(filter(None, map(str.strip, os.environ.get(name, "").split(","))))
    if not all(re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) for address in addresses):
        raise SettingsError(f"{name} must be mail addresses separated by commas, such as a@b.org")
    return addresses
