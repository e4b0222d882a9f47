"""Runs a command in a process of its own and says what it cost."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import PROJECT

# Linux counts the peak in KiB, macOS in bytes.
_PEAK_UNIT = 1 if sys.platform == "darwin" else 1024


class CommandError(RuntimeError):
    """A measured command failed; the message ends with its last lines."""


@dataclass(frozen=True)
class Cost:
    """What a command cost.

    `peak_mb` is the peak of its largest process; the system counts from the fork, so it is never
    less than that of the process that measures, which therefore stays small. `lines` is what it
    printed, each line with the seconds from the start.
    """

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    lines: list[tuple[float, str]] = field(default_factory=list, repr=False)


def measure(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in the project's folder and wait for it.

    Args:
        command: program and arguments.
        environment: variables that differ from this process's.

    Raises:
        CommandError: the command ended with another exit code than 0.
    """
    words = [str(word) for word in command]
    began = time.monotonic()
    process = subprocess.Popen(
        words,
        cwd=PROJECT,
        env=os.environ | (environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout
    with process.stdout as output:
        lines = [(time.monotonic() - began, line.rstrip()) for line in output]
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = "\n".join(line for _, line in lines[-20:])
        raise CommandError(f"{' '.join(words)} ended with {process.returncode}:\n{said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _PEAK_UNIT / 1e6, lines)


def forget(*folders: Path) -> None:
    """Ask the system to drop the files of these folders from its memory.

    Needs no special rights; pages that another process uses or that are not on disk yet stay.
    Where the system has no such call (macOS), the files stay and a cold run is merely a first.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)
