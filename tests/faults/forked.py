"""The command `funnel` in a process forked from a warm one: it can be killed at any moment.

The forking process has one thread and no open database, so that a fork is as good as a start.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.builders import Workshop

STAGES = ("start", "door", "gate of the batches", "records", "dbt", "gate of the marts",
          "publication")  # fmt: skip

WARM = get_context("forkserver")
WARM.set_forkserver_preload(["tests.faults.warm"])


@dataclass(frozen=True)
class Upset:
    """Something that happens when a run reaches a stage."""

    stage: str
    do: Callable[[Path], object]
    target: Path


@dataclass
class Run:
    """One `funnel` command at work; its output and stages are kept beside the data folder."""

    workshop: Workshop
    arguments: tuple[str, ...] = ("run",)
    upset: Upset | None = None
    notes: Path | None = None
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        beside = self.workshop.data.parent / f"{self.workshop.data.name}-notes"
        self.folder = self.notes or beside
        self.folder.mkdir(exist_ok=True)
        (self.folder / "stages.txt").unlink(missing_ok=True)
        arguments = (self.workshop, self.arguments, self.folder, self.upset)
        self.process = WARM.Process(target=_work, args=arguments)
        self.process.start()

    def kill_in(self, visit: int, seconds: float) -> bool:
        """Kill -9 the run some seconds into a stage; return whether it was still at work then.

        Args:
            visit: how many stages it has entered by then.
            seconds: how long it has been in the last of them.
        """
        while len(self.visits) <= visit and self.process.is_alive():
            self.process.join(0.01)
        self.process.join(seconds)
        self.process.kill()
        self.process.join()
        return self.process.exitcode != 0

    def wait(self) -> int:
        """Let the run end; return its exit code."""
        self.process.join(300)
        assert self.process.exitcode is not None, f"the run hangs\n{self.output}"
        return self.process.exitcode

    def succeed(self) -> float:
        """Let the run end well; return the seconds that it took."""
        assert self.wait() == 0, self.output
        return time.monotonic() - self.began

    @property
    def output(self) -> str:
        """All that the command said, on both streams."""
        return (self.folder / "output.txt").read_text()

    @property
    def visits(self) -> list[tuple[str, float]]:
        """The stages that it entered, and the seconds from its beginning to each."""
        stages = self.folder / "stages.txt"
        lines = stages.read_text().splitlines() if stages.exists() else []
        entered = (line.split("\t") for line in lines)
        return [("start", 0.0), *((stage, float(at) - self.began) for stage, at in entered)]


def _work(workshop: Workshop, arguments: tuple[str, ...], notes: Path, upset: Upset | None) -> None:
    output = os.open(notes / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    from tests.faults.warm import cli

    def reached(stage: str) -> None:
        with (notes / "stages.txt").open("a") as file:
            file.write(f"{stage}\t{time.monotonic()}\n")
        if upset and upset.stage == stage:
            upset.do(upset.target)

    sys.argv = ["funnel", *arguments]
    with workshop.at_work(), _watched(reached):
        cli.main()


@contextmanager
def _watched(reached: Callable[[str], None]) -> Iterator[None]:
    """Tell each stage as it begins. What may pass is tried again at once, not in a minute."""
    from orchestration.console import Progress
    from orchestration.defs import retries
    from orchestration.defs.transformation import dbt

    seen: list[str] = []

    def enter(stage: str) -> None:
        if stage not in seen[-1:]:
            seen.append(stage)
            reached(stage)

    working, build = Progress.working, dbt.build_tables

    def step_begins(progress: Any, step: str) -> None:
        enter(_stage(step))
        working(progress, step)

    def build_begins(*arguments: Any) -> Any:
        enter("dbt")
        return build(*arguments)

    with ExitStack() as stack:
        stack.enter_context(patch.object(Progress, "working", step_begins))
        stack.enter_context(patch.object(dbt, "build_tables", build_begins))
        stack.enter_context(patch.object(retries, "SECONDS_TO_WAIT", 0))
        yield


def _stage(step: str) -> str:
    if step.startswith("published__"):
        return "publication"
    if step.endswith("_files"):
        return "door"
    return {"dbt_build": "records", "mart_gate": "gate of the marts"}.get(
        step, "gate of the batches" if step.endswith("_gate") else "gate of the marts"
    )
