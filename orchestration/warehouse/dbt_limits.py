"""A dbt-duckdb plugin: dbt's connection works within the limits of the settings."""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration.settings import load_settings
from orchestration.sql_text import literal


class Plugin(BasePlugin):
    """Named in `dbt_project/profiles.yml`."""

    def configure_connection(self, conn: Any) -> None:
        """Set what `settings.duckdb_settings` says."""
        for name, value in load_settings().duckdb_settings.items():
            conn.execute(f"set {name} = {literal(value)}")
