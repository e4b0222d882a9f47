"""The published tables as files for those who have no SQL: CSV, and one workbook. No Dagster."""

from orchestration.exports.tables import Exports, write_answer, write_exports

__all__ = ["Exports", "write_answer", "write_exports"]
