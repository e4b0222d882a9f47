"""Golden numbers of the metrics, and each dbt test proven on the defect it names."""

from pathlib import Path

import duckdb
import pytest

from orchestration.settings import DBT_PROJECT_DIR
from orchestration.warehouse import NodeResult, load_manifest, run_dbt

pytestmark = pytest.mark.slow


def test_every_metric_rule_gives_its_golden_number(warehouse_copy: Path) -> None:
    results: list[NodeResult] = []
    run_dbt(DBT_PROJECT_DIR, warehouse_copy, ["test", "--select", "test_type:unit"], results.append)
    wrong = [f"{r.unique_id}: {r.message}" for r in results if r.status != "pass"]
    assert not wrong, "\n".join(wrong)
    assert len(results) == len(load_manifest(DBT_PROJECT_DIR, warehouse_copy)["unit_tests"])


def test_every_data_test_fails_on_the_defect_it_names(warehouse_copy: Path) -> None:
    """In each table the first row is doubled, and listed values become something else."""
    # A table that is built by itself leaves its log of changes behind; all its rows are looked at.
    run_dbt(DBT_PROJECT_DIR, warehouse_copy, ["build", "--select", "sessions"], lambda _: None)
    manifest = load_manifest(DBT_PROJECT_DIR, warehouse_copy)
    tests = {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "test"}
    with duckdb.connect(str(warehouse_copy)) as connection:
        for test in tests.values():
            if owner := manifest["nodes"].get(test.get("attached_node") or ""):
                table = f"{owner['schema']}.{owner['name']}"
                if test["test_metadata"]["name"] == "grain":
                    if connection.execute(f"from {table} limit 1").fetchone() is None:
                        connection.execute(f"insert into {table} default values")  # no demo of it
                    connection.execute(f"insert into {table} select * from {table} limit 1")
        for test in tests.values():
            if test.get("column_name"):
                owner = manifest["nodes"][test["attached_node"]]
                table = f"{owner['schema']}.{owner['name']}"
                connection.execute(f"update {table} set {test['column_name']} = 'nonsense'")
        connection.execute("update quality.row_ledger set rows_loaded = rows_loaded + 1")
        connection.execute("update raw_ga4.events set event_name = 'nonsense'")
        connection.execute("update raw_generic.orders set order_status = 'nonsense'")
        answers = "customer_experience.survey_answers"
        connection.execute(f"insert into {answers} select * from {answers} limit 1")
        connection.execute(f"update {answers} set score = null, question_kind = 'nps'")
        connection.execute(f"update {answers} set question_kind = 'horoscope' where rowid = 0")
        awareness = "brand_engagement.brand_awareness_monthly"
        # the accepted values of measure were spoilt above
        connection.execute(f"update {awareness} set measure = 'top_of_mind', aware_count = n + 1")
        connection.execute(
            f"insert into {awareness} by name select * replace ('unaided' as measure,"
            f" 0 as aware_count) from {awareness}"
        )
        connection.execute("update raw_generic.brand_awareness_answers set unaided_rank = 1")
        connection.execute("update brand_engagement.audience_daily set lead_count = lead_count + 1")
        voices = "brand_engagement.share_of_voice_monthly"
        connection.execute(f"update {voices} set share_of_voice_pct = 60")
        connection.execute(f"update {awareness} set measure = 'feeling' where rowid = 0")
        for table, change in (
            ("customer_engagement.lifecycle_weekly", "active_count = active_count + 1"),
            ("customer_engagement.loyalty_monthly", "balance_points = balance_points + 1"),
            ("customer_engagement.commerce_monthly", "net_amount = net_amount + 1"),
            ("customer_engagement.customer_engagement_weekly", "web_score = web_score + 1"),
            ("intermediate.int_loyalty_entries", "balance_points = -1"),
            ("intermediate.int_referrals", "rewarded_at = invited_at"),
        ):
            connection.execute(f"update {table} set {change}")
    results: list[NodeResult] = []
    queries = run_dbt(
        DBT_PROJECT_DIR,
        warehouse_copy,
        ["test", "--exclude", "test_type:unit"],
        results.append,
    )
    assert {r.unique_id for r in results} == tests.keys()
    assert [r.unique_id for r in results if r.status not in ("fail", "warn")] == []
    assert queries.keys() == tests.keys()


def test_dbt_leaves_the_warehouse_unlocked(warehouse_copy: Path) -> None:
    run_dbt(DBT_PROJECT_DIR, warehouse_copy, ["build", "--select", "funnel_stages"], lambda _: None)
    with duckdb.connect(str(warehouse_copy), config={"threads": 1}) as connection:
        assert connection.execute("select count(*) from reference.funnel_stages").fetchone() == (7,)
