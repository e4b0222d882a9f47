"""A table of PostgreSQL as a dlt resource, read as Arrow by its cursor, one statement a pull."""

from typing import Any

from orchestration.pulls.declaration import Database, Pull
from orchestration.pulls.errors import PullError
from orchestration.settings import secret

_OPTIONS = "-c default_transaction_read_only=on -c timezone=UTC"


def database_resource(pull: Pull, database: Database) -> Any:
    """Return the dlt resource that selects what has changed since the last pull.

    Rows from the database's future wait until it has come: one wrong clock must not move the
    cursor past what others still write. Rows without a cursor come with every pull.

    Args:
        pull: what is pulled.
        database: where from.

    Raises:
        PullError: the address, the table or a column cannot be used.
    """
    import dlt
    from dlt.sources.sql_database import sql_table
    from sqlalchemy import func, or_

    engine = _engine(database)
    _check_columns(engine, pull, database)

    def until_now(query: Any, table: Any) -> Any:
        moment = table.c[pull.cursor.field]
        return query.where(or_(moment <= func.now(), moment.is_(None)))

    resource = sql_table(
        credentials=engine,
        table=database.table,
        schema=database.db_schema,
        backend="pyarrow",
        chunk_size=database.rows_at_a_time,
        included_columns=list(pull.fields),
        incremental=dlt.sources.incremental(
            pull.cursor.field,
            lag=pull.cursor.overlap_seconds,
            on_cursor_value_missing="include",
        ),
        query_adapter_callback=until_now,
    )
    return resource.with_name(pull.name)


def _engine(database: Database) -> Any:
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError

    wrong = (
        f"the environment variable {database.url_from} is no address of a PostgreSQL database;"
        " it should look like postgresql://user:password@host:5432/database"
    )
    try:
        url = make_url(secret(database.url_from) or "")
    except (ArgumentError, ValueError):
        raise PullError(wrong) from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise PullError(wrong)
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 30, "options": _OPTIONS},
        hide_parameters=True,
    )


def _check_columns(engine: Any, pull: Pull, database: Database) -> None:
    from sqlalchemy import inspect
    from sqlalchemy.exc import NoSuchTableError, OperationalError

    table = f"{database.db_schema}.{database.table}"
    try:
        found = inspect(engine).get_columns(database.table, schema=database.db_schema)
    except OperationalError as error:
        raise PullError(
            f"the database does not let us in: {str(error.orig).strip().splitlines()[0]}."
            f" Look whether it runs and is reachable, and whether the user and password in the"
            f" environment variable {database.url_from} are valid, then pull again"
        ) from None
    except NoSuchTableError:
        raise PullError(
            f"the database has no table {table} that this user may see; mend `schema` and"
            " `table` of the pull"
        ) from None
    missing = set(pull.fields) - {column["name"] for column in found}
    if missing:
        raise PullError(
            f"{table} has no column {', '.join(sorted(missing))}; mend `fields` of the pull"
        )
