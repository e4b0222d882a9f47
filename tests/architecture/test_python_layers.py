"""Who may import whom. The edges are read from the source, so that they cannot drift."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import ROOT

PACKAGE = ROOT / "orchestration"
# A package may use what stands in the other's __init__; nobody reaches into its modules.
ALLOWED = {
    "alerts": set(),
    "contracts": set(),
    "dashboard": set(),
    "demo": set(),
    "ingestion": set(),
    "expectations": set(),
    "exports": set(),
    "health": {"ingestion", "warehouse"},
    "pulls": {"ingestion"},
    "texts": set(),
    "warehouse": {"ingestion", "texts"},
    "privacy": {"ingestion"},
    "defs": {
        "alerts",
        "ingestion",
        "expectations",
        "warehouse",
        "privacy",
        "dashboard",
        "exports",
        "health",
        "pulls",
    },
}
ANYBODYS = {"engine", "files", "machine_faults", "settings", "sql_text"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_dagster_is_imported_in_its_own_places_only(path: Path) -> None:
    allowed = path.is_relative_to(PACKAGE / "defs") or path.name in ("definitions.py", "cli.py")
    assert allowed or not any(name.split(".")[0] == "dagster" for name in imports(path))


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_packages_know_only_those_above_and_only_their_door(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0]
    if own not in ALLOWED:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "orchestration" or len(parts) == 1 or parts[1] in {own, *ANYBODYS}:
            continue
        assert parts[1] in ALLOWED[own], f"{own} must not know {parts[1]}"
        assert len(parts) == 2, f"{name} is {parts[1]}'s own business"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_says_what_belongs_in_it(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_the_command_answers_at_once() -> None:
    """What is heavy is imported by the function that uses it."""
    code = "import sys, orchestration.cli; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"dagster", "dbt", "dlt", "duckdb", "great_expectations", "pandas", "pyarrow"}
    assert not heavy & set(loaded.stdout.split())


def test_reading_the_environment_is_the_settings_business() -> None:
    for path in modules():
        if path.name not in ("settings.py", "cli.py"):
            text = path.read_text(encoding="utf-8")
            assert "os.environ.get(" not in text or path.name == "dbt_runner.py", path
            assert "os.getenv" not in text, path
