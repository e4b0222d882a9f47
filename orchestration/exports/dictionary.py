"""The data dictionary: one HTML file that says what each published table and column means.

Everything in it comes from the published file itself, so that it cannot say another thing.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.exports.workbook import Sheet

DICTIONARY = "dictionary.html"

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Entry:
    """A table as the dictionary shows it."""

    table: Sheet
    grain: tuple[str, ...]
    joins: tuple[str, ...]  # tables of which a row of this one names one row

    @property
    def schema(self) -> str:
        """Stage of the table."""
        return self.table.name.partition(".")[0]


def write_dictionary(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[Sheet], file: Path
) -> None:
    """Write the dictionary of a published file."""
    import jinja2

    [(version, at)] = connection.execute(
        "select version, published_at from quality.publication"
    ).fetchall()
    entries = _entries(connection, tables)
    groups = {
        schema: list(group)
        for schema, group in itertools.groupby(entries, key=lambda entry: entry.schema)
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    page = environment.get_template("dictionary.html.j2").render(
        version=version, published_at=f"{at:%Y-%m-%d %H:%M} UTC", groups=groups
    )
    file.write_text(page, encoding="utf-8")


def _entries(connection: duckdb.DuckDBPyConnection, tables: Sequence[Sheet]) -> list[Entry]:
    recorded = connection.execute(
        "select schema_name || '.' || table_name, grain from quality.publication_tables"
    ).fetchall()
    grains = {name: tuple(grain) for name, grain in recorded}
    return [Entry(t, grains.get(t.name, ()), _joins(t, grains)) for t in tables]


def _joins(table: Sheet, grains: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Tables whose whole grain this table has as columns, where the grain names a thing.

    A grain without an id (a month, a channel) is a way to cut, and no key of another table.
    """
    columns = {name for name, *_ in table.columns}
    return tuple(
        f"{other} ({', '.join(grain)})"
        for other, grain in grains.items()
        if other != table.name
        and grain != grains.get(table.name)
        and any(name.endswith("_id") for name in grain)
        and columns.issuperset(grain)
    )
