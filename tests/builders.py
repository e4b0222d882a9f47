"""A data folder to work in: land files, take them in, refresh, look at the result."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import yaml

from orchestration.ingestion import Contract, Door, Intake, Ledger, read_contracts
from orchestration.settings import DBT_PROJECT_DIR, ROOT, Settings, load_settings
from orchestration.warehouse import (
    Inputs,
    NodeResult,
    PublishedTable,
    Versions,
    VolumeFinding,
    build_tables,
    publish,
    register_records,
)

KEY = b"a-key-for-tests"


@dataclass
class Workshop:
    """One data folder and, where a test changes them, its own contracts."""

    data: Path
    environment: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def landing(self) -> Path:
        return self.data / "landing"

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.settings.ledger_file)

    @property
    def settings(self) -> Settings:
        with self.at_work():
            return load_settings()

    @property
    def contracts(self) -> dict[str, Contract]:
        return read_contracts(self.settings.contracts_dir)

    @property
    def door(self) -> Door:
        return Door(self.landing, self.lake, self.ledger, KEY, self.settings.scratch_dir)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """The environment in which the pipeline works here."""
        with patch.dict(os.environ, {"FUNNEL_DATA_DIR": str(self.data), **self.environment}):
            yield

    # Landing ---------------------------------------------------------------------------------

    def land(self, entity: str, name: str, content: str | bytes) -> Path:
        """Put a file into `landing/<source>/<entity>/`."""
        path = self.landing / entity / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land_rows(self, entity: str, name: str, rows: list[dict[str, Any]]) -> Path:
        """Put rows as NDJSON into the landing folder."""
        return self.land(entity, name, "".join(json.dumps(row) + "\n" for row in rows))

    def edit_contract(self, source: str, change: dict[str, Any]) -> None:
        """Merge a change into a copy of a contract that only this workshop uses."""
        contracts = self.data.parent / "contracts"
        if not contracts.exists():
            shutil.copytree(ROOT / "orchestration" / "contracts", contracts)
        path = contracts / f"{source}.yaml"
        path.write_text(yaml.safe_dump(_merged(yaml.safe_load(path.read_text()), change)))
        self.environment["FUNNEL_CONTRACTS_DIR"] = str(contracts)

    def add_question(self, source: str, match: str, kind: str) -> None:
        """Tell a contract that a question carries a score."""
        rule = {"match": match, "kind": kind}
        self.edit_contract(source, {"entities": {"responses": {"questions": [rule]}}})

    # Working ---------------------------------------------------------------------------------

    def take_in(self, entity: str) -> Intake:
        """Run the door for `<source>/<entity>`."""
        source, name = entity.split("/")
        return self.door.take_in(self.contracts[source], name)

    def take_in_all(self) -> None:
        """Run the door for every entity with files; all that arrives passes its gate."""
        for contract in read_contracts(self.settings.contracts_dir).values():
            for name in contract.entities:
                self.take_in(f"{contract.source}/{name}")
                waiting = self.ledger.batches(contract.source, name)
                self.ledger.set_gate(contract.source, name, dict.fromkeys(waiting, "passed"))

    @property
    def inputs(self) -> Inputs:
        """What a build is made of."""
        settings = self.settings
        return Inputs(
            settings.warehouse_file, settings.lake_dir, self.ledger,
            read_contracts(settings.contracts_dir), DBT_PROJECT_DIR, settings.time_zone,
            self.said.append,
        )  # fmt: skip

    def build(self, **options: Any) -> list[NodeResult]:
        """Build the tables from the lake, without Dagster; without tests unless they are asked."""
        results: list[NodeResult] = []
        with self.at_work():
            news = register_records(self.inputs, **options)
            build_tables(self.inputs, news, results.append)
        broken = [f"{r.unique_id}: {r.message}" for r in results if r.status in ("error", "fail")]
        assert not broken, "\n".join(broken)
        return results

    def refresh(self, succeeds: bool = True) -> Any:
        """Run the job `nightly_refresh` in this process."""
        import dagster as dg

        from orchestration.definitions import defs

        definitions: Any = defs()
        with (
            self.at_work(),
            dg.DagsterInstance.local_temp(
                tempdir=str(self.data.parent), overrides={"telemetry": {"enabled": False}}
            ) as instance,
        ):
            job = definitions.resolve_job_def("nightly_refresh")
            result = job.execute_in_process(
                instance=instance,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
            assert result.success == succeeds, _why(result)
        return result

    # Looking ---------------------------------------------------------------------------------

    def lake_rows(self, entity: str) -> list[dict[str, Any]]:
        """All rows of an entity's batches in the order of batch and row."""
        if not any((self.lake / "raw" / entity).glob("*.parquet")):
            return []
        files = f"{self.lake}/raw/{entity}/*.parquet"
        query = (
            f"from read_parquet('{files}', union_by_name = true) order by _batch_id, _row_number"
        )
        return fetched(query)

    def rejects(self, entity: str) -> list[dict[str, Any]]:
        """All rejected rows of an entity."""
        files = f"{self.lake}/rejects/{entity}/*.parquet"
        return fetched(f"from read_parquet('{files}') order by batch_id, row_number")

    @property
    def versions(self) -> Versions:
        return Versions(self.settings.published_file)

    @contextmanager
    def published(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published tables, read-only."""
        with duckdb.connect(str(self.settings.published_file), read_only=True) as connection:
            yield connection


@dataclass
class Press:
    """A small warehouse and the versions that are published of it, without a pipeline."""

    data: Path
    tables: list[PublishedTable] = field(
        default_factory=lambda: [
            PublishedTable(
                "journey",
                "steps",
                "One row per step.",
                {"n": "Number of the step (count)."},
                ("n",),
            ),
            PublishedTable("quality", "facts", "One row per fact.", {}, ("fact",), ("noted_at",)),
        ]
    )

    def __post_init__(self) -> None:
        self.link.parent.mkdir(parents=True)
        self.write(
            "create schema journey; create schema quality; create schema raw_ledger",
            """create table raw_ledger.build as
            select uuid()::varchar as id, 1 as build, 1 as completed""",
            "create table raw_ledger.passed_marts (schema_name text, mart text, found text)",
            "create table journey.steps as select range as n, 'a' as word from range(1000)",
            "create table quality.facts as select 'x' as fact, timestamp '2026-01-01' as noted_at",
            """create table raw_ledger.deliveries (
                source varchar, entity varchar, batch_id varchar, gate varchar, status varchar
            )""",
        )

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse.duckdb"

    @property
    def link(self) -> Path:
        return self.data / "published" / "engagement.duckdb"

    @property
    def versions(self) -> Versions:
        return Versions(self.link)

    def write(self, *statements: str) -> None:
        """Change the warehouse."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)

    def publish(
        self,
        keep: int = 7,
        accept_volume: bool = False,
        new_build: bool = True,
        passed: int | None = None,
    ) -> list[VolumeFinding]:
        """Publish the warehouse as it is; return what is unusual about its row counts.

        All tables, or the first so many, have passed their gate.
        """
        if new_build:
            self.write(
                "update raw_ledger.build set id = uuid()::varchar",
                "delete from raw_ledger.passed_marts",
                *(
                    "insert into raw_ledger.passed_marts values"
                    f" ('{table.schema}', '{table.name}', 'clean')"
                    for table in self.tables[:passed]
                ),
            )
        _, findings = publish(self.warehouse, self.link, self.tables, keep, "a run", accept_volume)
        return findings

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the published file."""
        with duckdb.connect(str(self.link), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def _why(result: Any) -> str:
    """What a run failed of: broken checks and errors."""
    checks = [c for c in result.get_asset_check_evaluations() if not c.passed]
    said = [f"{c.asset_key.path}: {c.metadata['observed'].value}" for c in checks]
    errors = [str(e.step_failure_data.error) for e in result.filter_events(lambda e: e.is_failure)
              if e.is_step_failure]  # fmt: skip
    return "\n".join([*said, *errors])


def fetched(query: str) -> list[dict[str, Any]]:
    """Rows of a query as dictionaries."""
    with duckdb.cursor() as connection:
        return records(connection.sql(query))


def records(relation: duckdb.DuckDBPyRelation | None) -> list[dict[str, Any]]:
    """Rows as dictionaries."""
    assert relation is not None, "a query gives rows"
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **{key: _merged(old.get(key), value) for key, value in new.items()}}
    if isinstance(old, list) and isinstance(new, list):
        return [*new, *old]
    return new
