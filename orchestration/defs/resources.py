"""What every step is given: the settings, read when a run starts, and the right to write."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.ingestion import Contract, Door, Ledger, load_key, read_contracts, verify_key
from orchestration.settings import DBT_PROJECT_DIR, Settings, load_settings
from orchestration.warehouse import Inputs, RunLockedError, only_run


class Pipeline(dg.ConfigurableResource):
    """The pipeline's places and contracts; holds the run lock for as long as a run works."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Pipeline"]:
        """Take the run lock and verify the key, or refuse in one sentence."""
        try:
            with only_run(self.settings.run_lock, f"run {context.run_id}"):
                self._verified_key()
                yield self
        except RunLockedError as error:
            raise dg.Failure(str(error), allow_retries=False) from None

    @property
    def settings(self) -> Settings:
        """The environment's settings."""
        return load_settings()

    @property
    def contracts(self) -> dict[str, Contract]:
        """All contracts by source."""
        return read_contracts(self.settings.contracts_dir)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the lake."""
        return Ledger(self.settings.ledger_file)

    @property
    def inputs(self) -> Inputs:
        """What a build is made of."""
        settings = self.settings
        return Inputs(
            settings.warehouse_file, settings.lake_dir, self.ledger, self.contracts,
            DBT_PROJECT_DIR, settings.time_zone,
            dg.get_dagster_logger().info,
        )  # fmt: skip

    @property
    def door(self) -> Door:
        """The door between landing folder and lake."""
        settings = self.settings
        key = self._verified_key()
        return Door(settings.landing_dir, settings.lake_dir, self.ledger, key, settings.scratch_dir)

    def _verified_key(self) -> bytes:
        """A lake that is half-way to another key must not be read by any step."""
        settings = self.settings
        key = load_key(settings.pseudonym_key, settings.key_file)
        verify_key(key, settings.lake_dir / "key_check")
        return key
