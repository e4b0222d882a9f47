"""The command `funnel models`: what the models are and how they hang together, as files."""

import json
import re
import shutil
import tempfile
from pathlib import Path

from orchestration.files import replace_durably
from orchestration.settings import DBT_PROJECT_DIR, Settings, SettingsError, load_settings


def models() -> None:
    """Write documentation and pictures of the models. It takes a minute.

    models.html has the SQL, tests and lineage of the tables; lineage.html leads from each column to
    the columns that it is made of; tables.svg draws the tables that are joined by an id. None needs
    a network or a server. The page links to them. What the published columns mean is in
    data/published/exports/dictionary.html; that one is made with every refresh.
    """
    settings = load_settings()
    if not settings.warehouse_file.exists():
        raise SettingsError(f"{settings.warehouse_file} does not exist yet; run `make run` first")
    from orchestration.warehouse import load_manifest, only_run, run_dbt

    print("Reading the models …", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        with only_run(settings.run_lock, "the documentation of the models"):
            load_manifest(DBT_PROJECT_DIR, settings.warehouse_file)
            arguments = ["docs", "generate", "--static", "--target-path", folder]
            run_dbt(DBT_PROJECT_DIR, settings.warehouse_file, arguments, lambda _: None)
        _write_lineage(made)
        _draw_tables(made)
        for page, name in (
            ("static_index.html", "models.html"),
            ("index.html", "lineage.html"),
            ("tables.svg", "tables.svg"),
        ):
            draft = settings.published_dir / f".{name}.new"
            shutil.copyfile(made / page, draft)
            replace_durably(draft, settings.published_dir / name)
            print(settings.published_dir / name)
    _link_from_page(settings)


def _link_from_page(settings: Settings) -> None:
    """Draw the page again: it links to the documents that are beside it."""
    from orchestration.dashboard import build_site
    from orchestration.warehouse import Versions, only_run

    with only_run(settings.run_lock, "the page's links to the models"):
        versions = Versions(settings.published_file)
        if current := versions.current:
            page = versions.page(current)
            build_site(versions.file(current), page, settings.published_dir)


def _write_lineage(folder: Path) -> None:
    """Write `index.html` of the dbt artifacts in a folder; it tells nobody that it is looked at."""
    from dbt_colibri.lineage_extractor.extractor import DbtColumnLineageExtractor
    from dbt_colibri.report.generator import DbtColibriReportGenerator

    artifacts = (str(folder / name) for name in ("manifest.json", "catalog.json"))
    extractor = DbtColumnLineageExtractor(*artifacts)
    report = DbtColibriReportGenerator(extractor, light_mode=True, disable_telemetry=True)
    report.generate_report(output_dir=str(folder))


def _draw_tables(folder: Path) -> None:
    """Write `tables.svg` of the dbt artifacts in a folder: what relationships tests join."""
    import mermaidx
    from dbterd.api import DbtErd

    nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    joined = {
        f"exact:{table}"
        for node in nodes
        if node.get("test_metadata", {}).get("name") == "relationships"
        for table in node["depends_on"]["nodes"]
    }
    diagram = DbtErd(
        target="mermaid", artifacts_dir=folder, entity_name_format="schema.table",
        select=sorted(joined),
    ).get_erd()  # fmt: skip
    spelled = re.sub(r'"[A-Z_.]+"', lambda name: name[0].lower(), diagram)
    mermaidx.render(spelled).save(str(folder / "tables.svg"))
