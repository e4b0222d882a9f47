"""What an alert says: what happened, what was found, the way out. No values of the data."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

_LONGEST_FINDING = 500
_VALUES = re.compile(
    r"""(?<!\w)'[^'\n]*'(?!\w) | "[^"\n]*"   # quoted: a library's error repeats what it choked on
    | \S+@\S+                                # mail addresses
    | \+?\d[\d\ ()/.-]{6,}\d                 # telephone numbers, IP addresses
    """,
    flags=re.VERBOSE,
)


@dataclass(frozen=True)
class Alert:
    """One message to the people who look after the pipeline."""

    kind: Literal["run_failed", "stale", "pull_stopped"]
    title: str
    findings: tuple[str, ...]
    way_out: str
    job: str | None = None
    run_id: str | None = None

    @property
    def text(self) -> str:
        """The message in plain text."""
        lines = [self.title, *(f"- {finding}" for finding in self.findings), self.way_out]
        if self.run_id:
            lines.append(f"Job {self.job}, run {self.run_id}")
        return "\n".join(lines)

    @property
    def payload(self) -> dict[str, Any]:
        """The message for a webhook: chat tools show `text`, programs read the rest."""
        return {"text": self.text, **asdict(self)}


def run_failed(job: str, run_id: str | None, findings: Sequence[str]) -> Alert:
    """Say that a run has failed.

    Args:
        job: name of the job.
        run_id: the run, if it came to one.
        findings: each as `<step or table>: <what was found>`.
    """
    return Alert(
        "run_failed",
        f"{job} failed. The published tables are as they were.",
        tuple(masked(finding) for finding in findings),
        "`make run`, where the data lies, shows the files, the rows and what to do;"
        " `make dev` shows the run.",
        job,
        run_id,
    )


def stale(findings: Sequence[str]) -> Alert:
    """Say which entities have not been delivered for longer than their contract bears."""
    return Alert(
        "stale",
        "Data is stale: no delivery for longer than the contract says.",
        tuple(findings),
        "The rest of the tables is up to date. The rhythm stands in the contract (freshness).",
    )


def pull_stopped(findings: Sequence[str]) -> Alert:
    """Say which pulls from an API or a database have stopped, and of what."""
    return Alert(
        "pull_stopped",
        "A pull has stopped. The refresh goes on with what had landed.",
        tuple(masked(finding) for finding in findings),
        "`.venv/bin/funnel pull --all`, where the data lies, shows it in full and tries again.",
    )


def masked(text: str) -> str:
    """Return the first line of a message with what may be a value of the data left out."""
    first = next(iter(text.strip().splitlines()), "")
    return _VALUES.sub("…", first)[:_LONGEST_FINDING]
