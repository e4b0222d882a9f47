"""dbt's manifest as Dagster sees it: asset specs, and which node or test belongs to which asset.

Written here rather than taken from dagster-dbt: see docs/decisions/0003.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg

from orchestration.ingestion import read_contracts
from orchestration.settings import DBT_PROJECT_DIR, SettingsError, load_settings
from orchestration.warehouse import PublishedTable, load_manifest

# Where the page shows the tables of a schema.
PAGE_SECTIONS = {
    "brand_engagement": "brand",
    "customer_engagement": "customer",
    "customer_experience": "experience",
    "journey": "journey",
    "quality": "quality",
}


@dataclass(frozen=True)
class DbtAssets:
    """Models, seeds and tests of the manifest."""

    manifest: dict[str, Any]

    @cached_property
    def nodes(self) -> dict[str, dict[str, Any]]:
        """Models and seeds by unique id."""
        nodes = self.manifest["nodes"]
        return {i: n for i, n in nodes.items() if n["resource_type"] in ("model", "seed")}

    @cached_property
    def keys(self) -> dict[str, dg.AssetKey]:
        """Asset key of each model, seed and source by unique id."""
        keys = {i: dg.AssetKey([n["schema"], n["name"]]) for i, n in self.nodes.items()}
        for unique_id, source in self.manifest["sources"].items():
            keys[unique_id] = dg.AssetKey([source["source_name"], source["name"]])
        return keys

    @cached_property
    def tests(self) -> dict[str, list[str]]:
        """Data tests by the unique id of the node they belong to."""
        tests: dict[str, list[str]] = defaultdict(list)
        for unique_id, node in self.manifest["nodes"].items():
            if node["resource_type"] == "test":
                parents = [p for p in node["depends_on"]["nodes"] if p in self.nodes]
                tests[node.get("attached_node") or parents[0]].append(unique_id)
        return tests

    @cached_property
    def in_order(self) -> list[str]:
        """Models and seeds, each after what it reads."""
        parents = {i: n.get("depends_on", {}).get("nodes", []) for i, n in self.nodes.items()}
        return [i for i in TopologicalSorter(parents).static_order() if i in self.nodes]

    def concerned(self, sources: list[tuple[str, str]]) -> set[str]:
        """Models that read, directly or not, one of these sources; with all of them, everything."""
        found = {f"source.{self.project}.{source}.{name}" for source, name in sources}
        if found >= self.manifest["sources"].keys():
            return {*found, *self.nodes}
        for unique_id in self.in_order:
            if found & set(self.nodes[unique_id].get("depends_on", {}).get("nodes", [])):
                found.add(unique_id)
        return found

    def is_read(self, source: str, entity: str) -> bool:
        """Whether a table is made of an entity: some model reads its staging model."""
        children = self.manifest["child_map"]
        staged = children.get(f"source.{self.project}.{source}.{entity}", [])
        return any(child in self.nodes for model in staged for child in children[model])

    @property
    def project(self) -> str:
        """Name of the dbt project."""
        return self.manifest["metadata"]["project_name"]

    def rule(self, test: str) -> str:
        """A data test in words."""
        node = self.manifest["nodes"][test]
        said = node.get("test_metadata") or {}
        match said.get("name"), said.get("kwargs"):
            case "grain", {"columns": columns}:
                return f"{', '.join(columns)}: never empty, never twice"
            case "accepted_values", {"column_name": column, "values": values}:
                return f"{column} one of {', '.join(values)}"
            case _:
                return node["name"].replace("_", " ")

    @property
    def marts(self) -> dict[str, dict[str, Any]]:
        """Nodes of the public tables by unique id."""
        return {i: n for i, n in self.nodes.items() if n["path"].startswith("marts/")}

    def specs(self) -> list[dg.AssetSpec]:
        """One asset per model and seed."""
        return [self._spec(unique_id, node) for unique_id, node in self.nodes.items()]

    def check_specs(self) -> list[dg.AssetCheckSpec]:
        """One check per table that has dbt tests."""
        return [
            dg.AssetCheckSpec(
                "dbt_tests",
                asset=self.keys[owner],
                blocking=True,
                description="dbt data tests in the build: keys, accepted values, relations.",
            )
            for owner in self.tests
        ]

    def published_tables(self) -> list[PublishedTable]:
        """The marts, with their descriptions."""
        return [
            PublishedTable(
                n["schema"], n["name"], n["description"],
                {c["name"]: c["description"] for c in n["columns"].values()},
                grain=tuple(n["config"]["meta"]["grain"]),
                run_dependent=tuple(
                    c["name"] for c in n["columns"].values()
                    if c["config"]["meta"].get("run_dependent")
                ),
            )
            for n in self.marts.values()
        ]  # fmt: skip

    def _spec(self, unique_id: str, node: dict[str, Any]) -> dg.AssetSpec:
        columns = [
            dg.TableColumn(c["name"], c["data_type"] or "", description=c["description"])
            for c in node["columns"].values()
        ]
        schema = {"dagster/column_schema": dg.TableSchema(columns=columns)} if columns else {}
        return dg.AssetSpec(
            self.keys[unique_id],
            deps=[self.keys[parent] for parent in node.get("depends_on", {}).get("nodes", [])],
            group_name=node["config"]["meta"]["dagster"]["group"],
            description=f"{node['description']}\n\n`dbt_project/{node['original_file_path']}`",
            kinds={"dbt", "duckdb"},
            owners=["team:data"],
            metadata={
                "materialized": node["config"]["materialized"],
                "sql": dg.MetadataValue.path(str(DBT_PROJECT_DIR / node["original_file_path"])),
                **_page(node),
                **schema,
            },
        )


def _page(node: dict[str, Any]) -> dict[str, dg.MetadataValue]:
    """Where on the page the stage of a mart is shown."""
    section = PAGE_SECTIONS.get(node["schema"])
    page = load_settings().published_dir / "dashboard" / "index.html"
    return {"page": dg.MetadataValue.path(f"{page}#{section}")} if section else {}


def load_dbt_assets() -> DbtAssets:
    """Read the manifest, parsing the dbt project first where that is needed.

    Raises:
        SettingsError: a model reads what no contract delivers.
    """
    settings = load_settings()
    assets = DbtAssets(load_manifest(DBT_PROJECT_DIR, settings.warehouse_file))
    known = {
        (contract.source, entity)
        for contract in read_contracts(settings.contracts_dir).values()
        for entity in contract.entities
    }
    for unique_id, source in assets.manifest["sources"].items():
        name = (source["source_name"], source["name"])
        if name not in known and source["source_name"] != "ledger":
            readers = [
                node["original_file_path"]
                for node in assets.nodes.values()
                if unique_id in node.get("depends_on", {}).get("nodes", [])
            ]
            raise SettingsError(
                f"{' and '.join(readers) or source['original_file_path']} reads {'/'.join(name)},"
                f" which no contract in {settings.contracts_dir} declares. Is FUNNEL_CONTRACTS_DIR"
                " set to the folder of its contract?"
            )
    return assets
