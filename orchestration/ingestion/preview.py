"""Reads a file against its contract as the door would, without loading it."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.ingestion.batch import LEFT_OUT, Counts, write_batch
from orchestration.ingestion.contract import Entity
from orchestration.ingestion.workbench import Workbench
from orchestration.sql_text import identifier, literal


@dataclass(frozen=True)
class Preview:
    """What would become of a file. Personal values are pseudonyms under a key made for this."""

    counts: Counts
    empty_columns: tuple[str, ...]
    reasons: list[tuple[str | None, str, int]]
    rejected: list[dict[str, Any]]
    loaded: list[dict[str, Any]]
    rows_left_out: int
    questions: list[tuple[str, str, int]]  # wording, kind and answers, of surveys

    @property
    def rejected_pct(self) -> float:
        """Share of the rows that is rejected for a fault, in percent."""
        return 100 * (self.counts.rejected - self.rows_left_out) / max(self.counts.read, 1)


def place_of(path: Path, landing: Path) -> tuple[str, str]:
    """Return source and entity of a file in the landing folder, else two empty words."""
    inside = path.resolve()
    if not inside.is_relative_to(landing.resolve()):
        return "", ""
    parts = inside.relative_to(landing.resolve()).parts
    return (parts[0], parts[1]) if len(parts) > 2 else ("", "")


def preview(path: Path, entity: Entity, private: Path, most: int = 10) -> Preview:
    """Read a file and return what would be loaded and rejected; nothing of it stays.

    Args:
        path: the file.
        entity: its contract.
        private: private folder for what is written on the way.
        most: rows to show of either kind.

    Raises:
        UnreadableFileError: the file as a whole cannot be read under its contract.
    """
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=private, prefix="check-") as name:
        folder = Path(name)
        rows, rejects = folder / "rows.parquet", folder / "rejects.parquet"
        labels = ("", "", "check")
        with Workbench(folder / "scratch") as bench:
            counts = write_batch(path, entity, labels, rows, rejects, os.urandom(16), bench)
        with duckdb.connect() as connection:
            columns = ", ".join(f"count({identifier(n)})" for n in entity.columns)
            filled = connection.execute(f"select {columns} from {_scan(rows)}").fetchone() or ()
            empty = [n for n, count in zip(entity.columns, filled, strict=True) if not count]
            reasons, rejected = [], []
            if rejects.exists():
                reasons = connection.execute(_REASONS.format(_scan(rejects))).fetchall()
                rejected = _rows(connection, f"from {_scan(rejects)} order by row_number", most)
            loaded = _rows(connection, f"from {_scan(rows)} order by _row_number", min(most, 3))
            questions = [
                question
                for name, column in entity.columns.items()
                if column.type == "answers"
                for question in connection.execute(
                    _QUESTIONS.format(identifier(name), _scan(rows))
                ).fetchall()
            ]
    left_out = sum(count for _, reason, count in reasons if reason == LEFT_OUT)
    return Preview(counts, tuple(empty), reasons, rejected, loaded, left_out, questions)


_REASONS = """
    select column_name, split_part(reason, '. ', 1) as reason, count(*) as row_count
    from {} group by all order by row_count desc, column_name, reason
"""

_QUESTIONS = """
    select coalesce(answer.question_text, answer.question_id), answer.question_kind, count(*)
    from (select unnest({}) as answer, _row_number from {})
    group by answer.question_id, answer.question_text, answer.question_kind
    order by min(_row_number), answer.question_id
"""


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _rows(connection: duckdb.DuckDBPyConnection, query: str, most: int) -> list[dict[str, Any]]:
    found = connection.execute(f"{query} limit {most}")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
