"""Pulls in a refresh: before the door, into the published tables, never in its way."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.ingestion.pulls import WITHOUT_PULLS, pull_asset
from orchestration.defs.resources import Pipeline
from orchestration.pulls import read_pulls
from orchestration.settings import ROOT
from tests import postgres as local
from tests.builders import Workshop
from tests.servers import webhook
from tests.survey_tool import KEY, survey_tool

EXAMPLES = ROOT / "orchestration" / "pulls" / "examples"
DEFINITIONS = """
import json, sys
from orchestration.definitions import defs
graph = defs().resolve_asset_graph()
found = {"/".join(key.path): sorted("/".join(k.path) for k in graph.get(key).parent_keys)
         for key in graph.executable_asset_keys}
print(json.dumps([found, sorted({"dlt", "psycopg"} & set(sys.modules))]))
"""


def _definitions(folder: Path | None) -> tuple[dict[str, list[str]], list[str]]:
    environment = dict(os.environ) | ({"FUNNEL_PULLS_DIR": str(folder)} if folder else {})
    done = subprocess.run(
        [sys.executable, "-c", DEFINITIONS], env=environment, cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found, loaded = json.loads(done.stdout.splitlines()[-1])
    return found, loaded


@pytest.mark.slow
def test_pulls_are_assets_before_what_they_feed_and_cost_nothing_where_there_are_none() -> None:
    without, loaded = _definitions(None)
    assert not [key for key in without if key.startswith("pulls/")]
    assert loaded == []
    found, loaded = _definitions(EXAMPLES)
    assert set(found) - set(without) == {"pulls/shop_orders", "pulls/survey_responses"}
    assert found["generic/orders"] == ["pulls/shop_orders"]
    assert found["delighted/responses"] == ["pulls/survey_responses"]
    assert loaded == [], "dlt is imported by a pull that runs"


def test_a_run_with_the_tag_of_rebuilds_and_sensors_asks_no_tool(workshop: Workshop) -> None:
    """The pull lacks its credential: where it asked, its check would say so."""
    pull = read_pulls(EXAMPLES)["survey_responses"]

    def pulled(tags: dict[str, str]) -> dg.AssetCheckEvaluation:
        with workshop.at_work():
            resources = {"pipeline": Pipeline()}
            done = dg.materialize([pull_asset(pull)], resources=resources, tags=tags)
        [check] = done.get_asset_check_evaluations()
        return check

    assert not pulled({}).passed
    assert "DELIGHTED_API_KEY" in str(pulled({}).metadata["observed"].value)
    assert pulled(WITHOUT_PULLS).passed


@pytest.mark.slow
def test_a_refresh_pulls_first_and_goes_on_without_a_tool_that_refuses(
    tonight: Workshop, tmp_path: Path
) -> None:
    if reason := local.missing():
        pytest.skip(f"no PostgreSQL to pull from: {reason}")
    folder = tmp_path / "pulls"
    with local.postgres() as shop, survey_tool(35) as tool, webhook() as hook:
        shop.execute(*local.SHOP)
        tool.faults = ["429", "", "500"]
        said = tool.write_pull(folder).read_text()
        (folder / "refused.yaml").write_text(said.replace("DELIGHTED_API_KEY", "OTHER_API_KEY"))
        (folder / "shop_orders.yaml").write_text((EXAMPLES / "shop_orders.yaml").read_text())
        environment = {
            **os.environ, "FUNNEL_PULLS_DIR": str(folder), "SHOP_DATABASE_URL": shop.url,
            "DELIGHTED_API_KEY": KEY, "OTHER_API_KEY": "an-expired-one",
            "FUNNEL_ALERT_WEBHOOK_URL": hook.url,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "run", "-v"],
            env=environment, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "demo" not in done.stdout
    assert "set the environment variable OTHER_API_KEY" in done.stdout
    [post] = hook.posts
    assert (post["kind"], "OTHER_API_KEY" in post["text"]) == ("pull_stopped", True)
    with tonight.published() as published:
        query = """
            select (select count(*) from customer_engagement.orders),
                   (select count(*) from customer_experience.survey_answers
                    where question_kind = 'nps'),
                   (select list(asset order by asset) from quality.check_results
                    where "check" = 'pulled' and not passed)
        """
        assert published.execute(query).fetchone() == (101, 35, ["pulls/refused"])
    output = (done.stdout + done.stderr).encode()
    contents = [path.read_bytes() for path in tonight.data.rglob("*") if path.is_file()]
    for secret in (KEY, "an-expired-one", local.PASSWORD, shop.url):
        assert not [content for content in (output, *contents) if secret.encode() in content]
