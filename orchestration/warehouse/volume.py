"""Does a table have about as many rows as it used to? Judged before a version is swapped in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from orchestration.warehouse.publication_record import Publication

# A median of fewer versions says little.
_ENOUGH_VERSIONS = 3
_LEAST_SHARE = 0.5
_GREATEST_SHARE = 3

VOLUME_RULES = (
    "no table that had rows is empty or has fewer than half the median of the versions kept"
    " (from three versions on); more than three times the median warns"
)
VOLUME_WAY_OUT = (
    "find what no longer arrives: quality.row_ledger lists the files. If the tables are right as"
    " they are: `.venv/bin/funnel run --accept-volume`, or in Dagster `accept_volume: true` in the"
    " config of published/engagement"
)


@dataclass(frozen=True)
class VolumeFinding:
    """A table with an unusual number of rows."""

    table: str
    rows: int
    usual_rows: float
    versions: int
    stops: bool

    @property
    def observed(self) -> str:
        """The finding in words."""
        rows = f"{self.rows:,} rows" if self.rows else "no rows"
        several = f"{self.versions} versions" if self.versions > 1 else "the version"
        return f"{self.table} has {rows}; the median of {several} before is {self.usual_rows:,.0f}"


def judge_volume(counts: Mapping[str, int], history: Sequence[Publication]) -> list[VolumeFinding]:
    """Compare row counts with those of the versions before.

    Args:
        counts: rows by `schema.table` of the new version.
        history: versions before, newest first.

    Returns:
        One finding per table whose row count is unusual.
    """
    findings = []
    for table, rows in counts.items():
        past = _past_counts(table, history)
        if past and (found := _judge(table, rows, past)):
            findings.append(found)
    return findings


def _judge(table: str, rows: int, past: list[int]) -> VolumeFinding | None:
    usual = median(past)
    is_known = len(past) >= _ENOUGH_VERSIONS
    is_emptied = rows == 0 and any(past)
    stops = is_emptied or (is_known and rows < _LEAST_SHARE * usual)
    warns = is_known and 0 < _GREATEST_SHARE * usual < rows
    return VolumeFinding(table, rows, usual, len(past), stops) if stops or warns else None


def _past_counts(table: str, history: Sequence[Publication]) -> list[int]:
    """Counts back to the version whose volume a person accepted: what was before is no measure."""
    counts = []
    for publication in history:
        record = publication.tables.get(table)
        if record is None:
            break
        counts.append(record.row_count)
        if record.is_volume_accepted:
            break
    return counts
