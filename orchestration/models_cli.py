"""The command `funnel models`: dbt's own documentation of the models as one file."""

import shutil

from orchestration.settings import DBT_PROJECT_DIR, SettingsError, load_settings


def models() -> None:
    """Write dbt's documentation of the models and print where it is: SQL, tests, lineage graph.

    One file that needs no network and no server. What the published columns mean is in
    data/published/exports/dictionary.html; that one is made with every refresh.
    """
    settings = load_settings()
    published = settings.published_file
    if not published.exists():
        raise SettingsError(f"{published} does not exist yet; run `make run` first")
    from orchestration.files import replace_durably
    from orchestration.warehouse import ensure_manifest, run_dbt

    ensure_manifest(DBT_PROJECT_DIR, published)
    arguments = ["docs", "generate", "--static", "--empty-catalog", "--no-compile"]
    run_dbt(DBT_PROJECT_DIR, published, [*arguments, "--target", "published"], lambda _: None)
    file = settings.published_dir / "models.html"
    draft = file.with_name(".models.html.new")
    shutil.copyfile(DBT_PROJECT_DIR / "target" / "static_index.html", draft)
    replace_durably(draft, file)
    print(file)
