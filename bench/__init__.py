"""Measures the pipeline against the ways people would otherwise take. Not installed."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BENCH_PYTHON = PROJECT / ".venv-bench" / "bin" / "python"
