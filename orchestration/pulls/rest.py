"""A REST API as a dlt resource: pages of JSON become Arrow tables of the fields that are wanted.

A value lands as the text that the tool wrote, so that the contract alone decides what it is.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from orchestration.pulls.declaration import Cursor, Pull, Rest
from orchestration.pulls.errors import PullError


def rest_resource(pull: Pull, rest: Rest, began: datetime) -> Any:
    """Return the dlt resource that asks for what has changed since the last pull.

    What changes while the pages come is left to the next pull: it may stand on pages that were
    read already, and must not move the cursor past what was not seen.

    Args:
        pull: what is pulled.
        rest: where from.
        began: when this pull began.
    """
    import dlt
    import pyarrow as pa
    from dlt.sources.rest_api import rest_api_resources

    from orchestration.pulls.pages import PageSession

    [pages] = rest_api_resources(_configuration(pull, rest, PageSession(rest)))  # pyright: ignore[reportArgumentType]
    pages.add_filter(lambda record: _moment(record, pull.cursor) <= began)
    schema = pa.schema([(field, pa.string()) for field in pull.fields])

    @dlt.transformer(data_from=pages, name=pull.name, max_table_nesting=0)
    def tables(records: list[dict[str, Any]]) -> Iterator[pa.Table]:
        rows = [{field: _text(record, field) for field in pull.fields} for record in records]
        if rows:
            yield pa.Table.from_pylist(rows, schema)

    return tables


def _configuration(pull: Pull, rest: Rest, session: Any) -> dict[str, Any]:
    start = pull.cursor.start
    if start is None:
        start = "1970-01-01T00:00:00Z" if pull.cursor.kind == "iso" else 0
    lag = pull.cursor.overlap_seconds * (1000 if pull.cursor.kind == "epoch_ms" else 1)
    endpoint = {
        "path": rest.path,
        "params": dict(rest.params),
        "data_selector": rest.records or "$",
        "paginator": rest.pagination,
        "incremental": {
            "start_param": rest.cursor_param,
            "cursor_path": pull.cursor.field,
            "initial_value": start,
            "lag": lag,
        },
    }
    return {
        "client": {"base_url": rest.base_url, "session": session},
        "resources": [{"name": f"{pull.name}_pages", "endpoint": endpoint}],
    }


def _moment(record: dict[str, Any], cursor: Cursor) -> datetime:
    """When a record changed last."""
    value = record.get(cursor.field)
    try:
        if cursor.kind == "iso":
            moment = datetime.fromisoformat(str(value))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        per_second = 1000 if cursor.kind == "epoch_ms" else 1
        return datetime.fromtimestamp(int(str(value)) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        raise PullError(
            f"a record has no {cursor.kind} in its field {cursor.field!r}, by which the pull knows"
            " what is new; mend `cursor` of the pull by the tool's documentation"
        ) from None


def _text(record: dict[str, Any], field: str) -> str | None:
    """The value of a field, or of one inside it (`person.email`), as text."""
    value: Any = record
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
