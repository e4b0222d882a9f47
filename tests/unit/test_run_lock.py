import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import ROOT
from orchestration.warehouse import RunLockedError, only_run

HOLDER = """
import pathlib, sys
from orchestration.warehouse import only_run
with only_run(pathlib.Path(sys.argv[1]), "run 7"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_the_second_is_told_who_works_and_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "warehouse" / "run.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        said = f"process {holder.pid}, run 7. Wait until"
        with pytest.raises(RunLockedError, match=said), only_run(lock, "another"):
            pass
        holder.kill()
    with only_run(lock, "the next"):
        assert "the next" in lock.read_text()
