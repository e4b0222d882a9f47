"""Rules of the dbt project, read from its manifest and its files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.expectations import MART_SUITES, RAW_SUITES
from orchestration.ingestion import read_contracts
from orchestration.settings import DBT_PROJECT_DIR, ROOT, load_settings
from orchestration.warehouse import load_manifest

CONTRACTS = read_contracts(ROOT / "orchestration" / "contracts")
ENTITIES = [f"{c.source}/{e}" for c in CONTRACTS.values() for e in c.entities]
SQL_FILES = sorted((DBT_PROJECT_DIR / "models").rglob("*.sql"))
ENGINE_ONLY = re.compile(
    r"\b(epoch|epoch_us|epoch_ms|date_diff|datediff|generate_series|list_\w+|struct_pack|arg_max"
    r"|arg_min|strftime|strptime|regexp_matches|string_split|json_extract\w*|quantile_cont|unnest"
    r"|timestampdiff|unix_timestamp|explode|collect_list|named_struct|rlike|get_json_object"
    r"|try_divide)\s*\(|\bdistinct on\b|\basof\b|\bselect \* exclude|->>|\bat time zone\b"
)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return load_manifest(DBT_PROJECT_DIR, load_settings().warehouse_file)


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, Any]:
    return {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}


def layer(node: dict[str, Any]) -> str:
    return Path(node["path"]).parts[0]


def marts(models: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in models.values() if layer(node) == "marts"]


def test_layers_read_only_downwards(manifest: dict[str, Any], models: dict[str, Any]) -> None:
    allowed = {
        "staging": {"source", "staging"},
        "intermediate": {"staging", "intermediate", "seed"},
        "marts": {"intermediate", "marts", "seed"},
    }
    for node in models.values():
        for parent in node["depends_on"]["nodes"]:
            kind = parent.split(".")[0]
            read = layer(models[parent]) if kind == "model" else kind
            if layer(node) == "staging" and kind == "model":
                assert Path(models[parent]["path"]).parent == Path(node["path"]).parent
            assert read in allowed[layer(node)], f"{node['name']} reads {parent}"


def test_every_contract_entity_is_a_source_and_the_reverse(manifest: dict[str, Any]) -> None:
    sources = {f"{s['source_name']}/{s['name']}" for s in manifest["sources"].values()}
    assert {source for source in sources if not source.startswith("ledger/")} == set(ENTITIES)


@pytest.fixture(scope="module")
def code(manifest: dict[str, Any], models: dict[str, Any]) -> dict[str, str]:
    """SQL of each model with that of the macros it calls."""
    macros = manifest["macros"]
    return {
        i: "\n".join([n["raw_code"], *(macros[m]["macro_sql"] for m in n["depends_on"]["macros"])])
        for i, n in models.items()
    }


def test_every_entity_has_a_staging_model_that_says_what_changed(
    models: dict[str, Any], code: dict[str, str]
) -> None:
    for entity in ENTITIES:
        source, name = entity.split("/")
        model = f"model.engagement.stg_{source}__{name}"
        assert [source, name] in models[model]["sources"], entity
        for column in ("changed_in", "is_removed"):
            assert re.search(rf"_{column}\b.* as {column}", code[model]), entity


def test_every_staging_model_is_read(manifest: dict[str, Any], models: dict[str, Any]) -> None:
    """What no table reads is loaded for nobody."""
    unread = [
        node["name"]
        for i, node in models.items()
        if layer(node) == "staging" and not set(manifest["child_map"][i]) & models.keys()
    ]
    assert not unread, f"add to the model in models/intermediate/ that unites its list: {unread}"


def test_whoever_reads_records_passes_over_those_that_are_gone(
    models: dict[str, Any], code: dict[str, str]
) -> None:
    """Removed rows stay until every table has heard of them; none of them may be counted."""
    with_removed = {i for i, node in models.items() if "is_removed" in code[i]
                    and node["config"]["materialized"] == "view"}  # fmt: skip
    for node in models.values():
        if with_removed & set(node["depends_on"]["nodes"]):
            by_macro = re.search(r"(answers_of|score_and_comment)\(", node["raw_code"])
            assert by_macro or "is_removed" in node["raw_code"], node["name"]


def test_what_has_a_row_per_event_or_answer_is_incremental(models: dict[str, Any]) -> None:
    """Tables that read records row by row and keep their grain must not be computed anew."""
    for name in (
        "int_sessions", "int_activities", "int_contact_months", "sessions", "order_lines",
        "survey_answers", "web_engagement_daily", "customer_engagement_weekly",
        "audience_daily", "int_campaign_conversions", "int_brand_mentions",
        "int_experiment_people", "brand_awareness_monthly",
        "int_customer_days", "int_customer_weeks", "message_campaigns", "checkout_monthly",
    ):  # fmt: skip
        node = models[f"model.engagement.{name}"]
        assert node["config"]["materialized"] == "incremental", name
        assert "rebuild_only(touched)" in node["raw_code"], name


def test_primary_keys_are_never_empty() -> None:
    for contract in CONTRACTS.values():
        for name, entity in contract.entities.items():
            for column in entity.primary_key:
                said = entity.columns[column]
                safe = said.required or said.fill or said.file_name
                assert safe, f"{contract.source}/{name}.{column}"


def test_every_table_says_its_grain_in_words_and_in_a_test(
    manifest: dict[str, Any], models: dict[str, Any]
) -> None:
    tested = {
        node["attached_node"]: node["test_metadata"]["kwargs"]["columns"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("test_metadata", {}).get("name") == "grain"
    }
    for unique_id, node in models.items():
        assert node["description"].startswith("One row per "), node["name"]
        grain = node["config"]["meta"]["grain"]
        assert grain, node["name"]
        if node["config"]["materialized"] != "view":
            assert tested[unique_id] == grain, node["name"]


def test_every_mart_has_an_enforced_contract_and_describes_every_column(
    models: dict[str, Any],
) -> None:
    for node in marts(models):
        assert node["config"]["contract"]["enforced"], node["name"]
        for column in node["columns"].values():
            assert column["data_type"], f"{node['name']}.{column['name']}"
            assert len(column["description"]) > 5, f"{node['name']}.{column['name']}"


UNITS = {
    "_pct": "(percent)", "_seconds": "(seconds)", "_count": "(count)", "_amount": "(currency)",
    "_at": "(UTC)", "_score": "(points)",
}  # fmt: skip


def test_a_columns_unit_follows_from_its_name(models: dict[str, Any]) -> None:
    for node in marts(models):
        for name, column in node["columns"].items():
            for ending, unit in UNITS.items():
                if name.endswith(ending) and name != "visitor_count":
                    assert unit in column["description"], f"{node['name']}.{name}"
            is_boolean = column["data_type"] == "boolean"
            assert is_boolean == name.startswith(("is_", "has_")), f"{node['name']}.{name}"


def test_every_raw_entity_and_every_mart_has_a_suite(models: dict[str, Any]) -> None:
    assert set(yaml.safe_load(RAW_SUITES.read_text())) == set(ENTITIES)
    names = {f"{node['schema']}/{node['name']}" for node in marts(models)}
    assert set(yaml.safe_load(MART_SUITES.read_text())) == names


def test_every_metric_macro_is_held_by_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {node["model"] for node in manifest["unit_tests"].values()}
    covered = set()
    for node in manifest["nodes"].values():
        if node["name"] in tested and node["resource_type"] == "model":
            covered |= closure(manifest, node["depends_on"]["macros"])
    metric = [i for i, m in manifest["macros"].items() if "macros/metrics/" in m["path"]]
    missing = [macro for macro in metric if macro not in covered]
    assert metric
    assert not missing


def closure(manifest: dict[str, Any], macros: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(macros)
    while waiting:
        macro = waiting.pop()
        if macro.startswith("macro.engagement.") and macro not in found:
            found.add(macro)
            waiting += manifest["macros"][macro]["depends_on"]["macros"]
    return found


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda p: p.stem)
def test_sql_keeps_the_house_style(path: Path) -> None:
    code = re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    plain = re.sub(r"'[^']*'|\{[%#{].*?[%#}]\}", "", code, flags=re.S)
    assert plain == plain.lower(), "keywords and names are lower case"
    assert not re.search(r"\b(group|order) by\s+\d", plain), "no positional group by or order by"
    assert not ENGINE_ONLY.search(plain), "engine differences live in macros/engine/"
    assert not re.search(r"select\s+distinct", plain), "distinct hides duplicates"
    assert not re.search(r"\b(?!1000\.)\d{3,}\b", plain), "thresholds stand in a seed or a macro"
    if "staging" not in path.parts:
        assert "select *" not in plain


def test_windows_have_a_total_order() -> None:
    """Rows ordered by time alone come in another order each run."""
    for path in SQL_FILES:
        for order in re.findall(r"over \([^)]*order by ([^)]*)\)", path.read_text()):
            columns = [column.strip() for column in order.split(",")]
            alone = len(columns) == 1 and columns[0].split()[0].endswith("_at")
            assert not alone, f"{path.name}: order by {order}"


def test_spark_has_its_own_word_wherever_duckdb_has() -> None:
    for path in (DBT_PROJECT_DIR / "macros" / "engine").glob("*.sql"):
        name = path.stem
        text = path.read_text()
        for prefix in ("duckdb", "spark"):
            assert f"macro {prefix}__{name}(" in text, path.name


def test_the_unit_tests_that_the_metrics_page_names_exist(manifest: dict[str, Any]) -> None:
    page = (ROOT / "docs" / "metrics.md").read_text()
    named = set(re.findall(r"`(\w+)` \|$", page, flags=re.MULTILINE))
    tests = {node["name"] for node in manifest["unit_tests"].values()}
    assert named
    assert named <= tests, named - tests
