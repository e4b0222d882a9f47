"""Write, audit, publish: the marts become a new file that replaces the published one at once.

Each version lies in a folder of its own (so that every version's catalogue is named alike);
`engagement.duckdb` is a symbolic link to the newest. A reader that has a version open keeps it,
whole, until it opens again.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.files import replace_durably, sync
from orchestration.sql_text import identifier, literal

# DuckDB 2.0 writes files that older tools cannot read, unless told otherwise.
STORAGE_VERSION = "v1.2.0"


class PublicationError(RuntimeError):
    """The new version is not what the warehouse holds; the published one was left alone."""


@dataclass(frozen=True)
class PublishedTable:
    """A table to publish, with the descriptions that go with it."""

    schema: str
    name: str
    description: str
    columns: dict[str, str]

    @property
    def relation(self) -> str:
        """Quoted `schema.table`."""
        return f"{identifier(self.schema)}.{identifier(self.name)}"


def publish(
    warehouse: Path, link: Path, tables: Sequence[PublishedTable], keep: int
) -> dict[str, int]:
    """Copy tables to a new version, verify it and make it the published one.

    Args:
        warehouse: DuckDB file of the run.
        link: symbolic link that people open.
        tables: what to publish; everything else stays private.
        keep: how many versions stay, the new one included.

    Returns:
        Rows per `schema.table`.

    Raises:
        PublicationError: the copy does not hold what the warehouse holds.
    """
    versions = link.parent / "versions"
    draft = versions / ".draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        _copy(warehouse, draft / link.name, tables)
        counts = _audit(warehouse, draft / link.name, tables)
        sync(draft / link.name)
        version = versions / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z"
        replace_durably(draft, version)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _point(link, version / link.name)
    _remove_old(versions, version, keep)
    return counts


def _copy(warehouse: Path, draft: Path, tables: Sequence[PublishedTable]) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        version = literal(STORAGE_VERSION)
        connection.execute(f"attach {literal(str(draft))} as published (storage_version {version})")
        for table in tables:
            target = f"published.{table.relation}"
            connection.execute(f"create schema if not exists published.{identifier(table.schema)}")
            connection.execute(f"create table {target} as from warehouse.{table.relation}")
            connection.execute(f"comment on table {target} is {literal(table.description)}")
            for column, text in table.columns.items():
                connection.execute(
                    f"comment on column {target}.{identifier(column)} is {literal(text)}"
                )
        connection.execute("checkpoint published")


def _audit(warehouse: Path, draft: Path, tables: Sequence[PublishedTable]) -> dict[str, int]:
    """Compare rows and contents of the copy with the warehouse, from a fresh connection."""
    counts = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
        connection.execute(f"attach {literal(str(draft))} as published (read_only)")
        for table in tables:
            name = f"{table.schema}.{table.name}"
            of = "select count(*), coalesce(sum(hash(t)::hugeint), 0) from {}.{} as t"
            expected = connection.execute(of.format("warehouse", table.relation)).fetchone()
            found = connection.execute(of.format("published", table.relation)).fetchone()
            if found is None or found != expected:
                raise PublicationError(f"{name} differs from the warehouse: {found} not {expected}")
            counts[name] = found[0]
    return counts


def _point(link: Path, version: Path) -> None:
    """Replace the link in one step."""
    new_link = link.with_name(f".{link.name}.new")
    new_link.unlink(missing_ok=True)
    new_link.symlink_to(version.relative_to(link.parent))
    replace_durably(new_link, link)


def _remove_old(versions: Path, current: Path, keep: int) -> None:
    """Names tell the age; the present version stays even where the clock went back."""
    known = sorted(path for path in versions.iterdir() if re.fullmatch(r"\d{8}T\d+Z", path.name))
    for path in known[:-keep]:
        if path.name != current.name:
            shutil.rmtree(path)
