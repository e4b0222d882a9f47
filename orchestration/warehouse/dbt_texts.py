"""A dbt-duckdb plugin: SQL on dbt's connection can call `score_text(text, language)`."""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from orchestration import texts


class Plugin(BasePlugin):
    """Named in `dbt_project/profiles.yml`."""

    def configure_connection(self, conn: Any) -> None:
        """Register the function; its models are read when the first text is scored."""
        conn.create_function(
            "score_text",
            lambda text, language: texts.score_text(text, language)._asdict(),
            ["varchar", "varchar"],
            conn.struct_type(texts.FIELDS),
            null_handling="special",
        )
