"""Every path and environment variable of the pipeline, with its default and meaning.

Read at run time through `load_settings`, never at import: what the environment says
changes where data lives, not which assets exist.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT_DIR = ROOT / "dbt_project"


class SettingsError(ValueError):
    """An environment variable has a value the pipeline cannot use."""


@dataclass(frozen=True)
class Settings:
    """Where things live and how a run behaves."""

    data_dir: Path
    contracts_dir: Path
    time_zone: str
    pseudonym_key: str | None
    keep_versions: int

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
    def run_lock(self) -> Path:
        """Locked by the one run that may write."""
        return self.data_dir / "warehouse" / "run.lock"


def load_settings() -> Settings:
    """Read the environment.

    Variables (default): `FUNNEL_DATA_DIR` (`data/` of the project),
    `FUNNEL_CONTRACTS_DIR` (`orchestration/contracts/`), `FUNNEL_TIMEZONE` (`UTC`, the
    business time zone that dates belong to), `FUNNEL_PSEUDONYM_KEY` (generated once into
    a private file), `FUNNEL_KEEP_VERSIONS` (7).

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
    keep = os.environ.get("FUNNEL_KEEP_VERSIONS") or "7"
    if not keep.isdigit() or int(keep) < 1:
        raise SettingsError(f"FUNNEL_KEEP_VERSIONS={keep!r} must be a whole number of at least 1")
    data_dir = Path(os.environ.get("FUNNEL_DATA_DIR") or ROOT / "data").resolve()
    if set("*?[]") & set(str(data_dir)):
        raise SettingsError(
            f"the data folder {data_dir} has one of the characters * ? [ ] in its path;"
            " set FUNNEL_DATA_DIR to another folder"
        )
    return Settings(
        data_dir=data_dir,
        contracts_dir=Path(
            os.environ.get("FUNNEL_CONTRACTS_DIR") or ROOT / "orchestration" / "contracts"
        ).resolve(),
        time_zone=time_zone,
        pseudonym_key=os.environ.get("FUNNEL_PSEUDONYM_KEY") or None,
        keep_versions=int(keep),
    )
