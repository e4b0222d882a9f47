"""What a newcomer and an operator rely on."""

import re
import subprocess
import tomllib
from pathlib import Path

from orchestration.ingestion import read_contracts
from orchestration.settings import ROOT


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_every_locked_package_has_a_hash_and_no_index() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text, path
        pins = re.findall(r"^[A-Za-z0-9][\w.\-\[\]]*==\S+.*$", text, flags=re.M)
        assert pins
        assert all(pin.rstrip().endswith("\\") for pin in pins), path


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = (ROOT / "requirements" / "run.txt").read_text()
    for requirement in project["project"]["dependencies"]:
        name = re.split(r"[<>=\[]", requirement)[0]
        assert re.search(rf"^{re.escape(name)}==", locked, flags=re.M), name
    tested = (ROOT / "requirements" / "test.txt").read_text()
    pulling = (ROOT / "requirements" / "pull.txt").read_text()
    for pin in re.findall(r"^\S+==\S+", locked, flags=re.M):
        assert pin in tested, f"{pin} differs between the two sets"
        assert pin in pulling, f"{pin} differs between run and pull"
    for pin in re.findall(r"^\S+==\S+", pulling, flags=re.M):
        assert pin in tested, f"{pin} differs between pull and test"


def test_links_in_the_documents_lead_somewhere() -> None:
    for path in tracked():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
                if "://" not in target:
                    assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_source_has_a_page_that_names_each_entity_and_column() -> None:
    for contract in read_contracts(ROOT / "orchestration" / "contracts").values():
        path = ROOT / "docs" / "sources" / f"{contract.source}.md"
        assert path.exists(), f"write {path}: how to export, where to drop it, what becomes of it"
        page = path.read_text()
        for name, entity in contract.entities.items():
            assert f"## {name}\n" in page, f"{contract.source}/{name}"
            told = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
            for column in entity.columns:
                assert f"| `{column}` (" in told, f"{contract.source}/{name}.{column}"


def test_the_page_of_our_own_columns_says_each_name_and_what_is_required() -> None:
    page = (ROOT / "docs" / "sources" / "generic.md").read_text()
    generic = read_contracts(ROOT / "orchestration" / "contracts")["generic"]
    for name, entity in generic.entities.items():
        told = page.partition(f"## {name}\n")[2].partition("\n## ")[0]
        for column, said in entity.columns.items():
            [row] = [line for line in told.splitlines() if f" | `{column}` (" in line]
            headers, _, rest = row.partition(f" | `{column}` (")
            assert rest.partition(")")[0].endswith(", required") is said.required, row
            for header in said.names:
                assert f"`{header}`" in headers, row


def test_make_lists_its_commands() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for command in ("run", "test", "dev", "sql", "lint", "clean"):
        assert f"make {command} " in listed


def test_nothing_of_a_machine_is_committed() -> None:
    for path in tracked():
        if path.suffix not in (".png", ".parquet") and path != Path(__file__):
            text = path.read_text(encoding="utf-8", errors="replace")
            assert "/root/" not in text, path
            assert "/work/" not in text, path


def test_the_instance_is_quiet_and_runs_one_at_a_time() -> None:
    text = (ROOT / "data" / "dagster_home" / "dagster.yaml").read_text()
    assert re.search(r"telemetry:\s+enabled: false", text)
    assert re.search(r"nux:\s+enabled: false", text)
    assert "max_concurrent_runs: 1" in text
