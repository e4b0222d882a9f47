"""Turns one landed file into one typed Parquet file and its rejected rows."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.engine import connect
from orchestration.ingestion.columns import LAKE_TYPES, READABLE_TYPES, cleaned, typed
from orchestration.ingestion.contract import POSITION_IN, Column, Entity
from orchestration.ingestion.lake_file import Pseudonyms, sha256_of, write_parquet
from orchestration.ingestion.masking import any_address, holds_address, masked_id, masked_text
from orchestration.ingestion.pseudonym import install, key_check
from orchestration.ingestion.readers import (
    Delivered,
    UnreadableFileError,
    is_of_the_machine,
    open_file,
)
from orchestration.ingestion.unpacking import plain_name
from orchestration.ingestion.workbench import Workbench
from orchestration.sql_text import identifier, literal

# What the door adds to the columns of a contract.
LINEAGE_TYPES = {
    "_batch_id": "varchar", "_row_number": "bigint", "_is_repeat": "boolean",
    "_batch_last_event_at": "timestamp",
}  # fmt: skip
# The reason of test and preview records, which are no fault of the file.
LEFT_OUT = "is left out by the contract"


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows: read = loaded + rejected + duplicate."""

    read: int
    loaded: int
    rejected: int
    duplicate: int
    first_event_at: str | None
    last_event_at: str | None
    lake_sha256: str
    unknown_columns: tuple[str, ...]


def write_batch(
    landed: Path,
    entity: Entity,
    labels: tuple[str, str, str],
    lake_file: Path,
    reject_file: Path,
    key: bytes,
    bench: Workbench,
) -> Counts:
    """Read a landed file under its contract and write its batch and its rejected rows.

    Args:
        landed: the file as delivered.
        entity: its contract.
        labels: source, entity and batch id.
        lake_file: Parquet file to write; appears whole or not at all.
        reject_file: Parquet file for the rejected rows; not written where there are none.
        key: pseudonym key.
        bench: where it is worked on.

    Raises:
        UnreadableFileError: the file as a whole cannot be read under its contract.
    """
    for folder in (lake_file.parent, reject_file.parent):
        folder.mkdir(parents=True, exist_ok=True)
    reject_file.unlink(missing_ok=True)
    with bench.cleared() as (connection, folder):
        install(connection, key)
        connection.execute(f"set TimeZone = {literal(entity.time_zone)}")
        delivered = open_file(connection, landed, entity, folder)
        _read_typed(connection, delivered, entity, landed)
        _collect_rejects(connection, delivered, entity, labels)
        read, accepted = _row_counts(connection)
        if read != delivered.records and not _recounted(delivered, read):
            raise UnreadableFileError(
                f"holds {delivered.records:,} records by count, but {read:,} could be read:"
                " it is truncated or its quoting is broken"
            )
        pseudonyms = Pseudonyms(key_check(key), entity.personal_columns)
        write_parquet(
            connection, _accepted_rows(connection, entity, labels[2]), lake_file, pseudonyms
        )
        if read > accepted:
            write_parquet(connection, "select * from rejects order by row_number", reject_file)
        return _counts(connection, entity, read, accepted, lake_file, delivered.unknown)


def lake_columns(entity: Entity) -> dict[str, str]:
    """Columns of an entity's batches with their DuckDB types, as its contract is now."""
    return {n: LAKE_TYPES[c.type] for n, c in entity.columns.items()} | LINEAGE_TYPES


def count_left_out(reject_file: Path) -> int:
    """Count the rows of a batch that its contract leaves out on purpose."""
    if not reject_file.exists():
        return 0
    with connect() as connection:
        query = "select count(*) from read_parquet(?) where reason = ?"
        return (connection.execute(query, [str(reject_file), LEFT_OUT]).fetchone() or (0,))[0]


def reasons_to_reject(reject_file: Path, most: int = 3) -> tuple[str, ...]:
    """Say why the rows of a batch were rejected, the most frequent reason first.

    Args:
        reject_file: the batch's rejected rows, if there are any.
        most: reasons to say.

    Returns:
        Such as `quantity is not a whole number (20 rows, the first is row 7)`, without a value.
    """
    if not reject_file.exists():
        return ()
    with connect() as connection:
        found = connection.execute(
            """
            select concat_ws(' ', column_name, split_part(reason, '. ', 1)) as said, count(*),
                   min(row_number)
            from read_parquet(?) where reason <> ?
            group by said order by count(*) desc, said limit ?
            """,
            [str(reject_file), LEFT_OUT, most],
        ).fetchall()
    return tuple(
        f"{said} ({'row' if count == 1 else f'{count:,} rows, the first is row'} {first:,})"
        for said, count, first in found
    )


# The steps of a batch ------------------------------------------------------------------------


def _recounted(delivered: Delivered, read: int) -> bool:
    return delivered.recount is not None and delivered.recount() == read


def _read_typed(
    connection: duckdb.DuckDBPyConnection, delivered: Delivered, entity: Entity, landed: Path
) -> None:
    try:
        connection.execute(f"create temp table typed as {_typed_rows(delivered, entity, landed)}")
    except duckdb.Error as error:
        if is_of_the_machine(error):
            raise
        said = str(error).splitlines()[0].rstrip(".")
        if "state machine reached an invalid state" in said:
            said = "its lines end in two ways (CR LF and LF); save it again with one of them"
        raise UnreadableFileError(f"cannot be read: {said}") from error


def _typed_rows(delivered: Delivered, entity: Entity, landed: Path) -> str:
    """All delivered records with typed columns and, where one cannot be read, the reason.

    They keep the order of the file, on all processors: DuckDB preserves it, so that a row's number
    in the table is its number in the file. A window that counts them would be read by one.
    """
    columns = entity.columns
    values = {n: delivered_value(n, entity, delivered, landed) for n in columns}
    read = ", ".join(f"{sql} as {identifier('raw ' + name)}" for name, sql in values.items())
    convert = ", ".join(
        f"{converted(name, entity, delivered, '_may_hold_address')} as {identifier(name)}"
        for name, column in columns.items()
    )
    keep = ", ".join(_filled(name, column) for name, column in columns.items())
    texts = [
        f"{identifier('raw ' + name)}::varchar"
        for name, column in columns.items()
        if column.type == "string" and not entity.is_id(name)
    ]
    return f"""
        with read as (
            select {delivered.present} as _is_present, {delivered.invalid} as _is_invalid,
                   {_row_hash(entity, delivered, values)} as _row_hash, {read}
            from {delivered.scan}
        ),
        suspected as (select *, {any_address(texts)} as _may_hold_address from read),
        converted as (select *, {convert} from suspected),
        judged as (
            select _is_present, _row_hash, {_first_problem(entity)} as _problem, {keep}
            from converted
        )
        select * replace ({_shown("_problem")} as _problem) from judged
    """


def _row_hash(entity: Entity, delivered: Delivered, values: dict[str, str]) -> str:
    """A hash of the record where one is needed: for each, or where an id is missing."""
    if entity.identical_rows == "keep":
        return delivered.row_hash
    filled = [values[n] for n, column in entity.columns.items() if column.fill == "row_hash"]
    missing = " or ".join(f"{value} is null" for value in filled)
    return f"case when {missing} then {delivered.row_hash} end" if filled else "null"


def delivered_value(name: str, entity: Entity, delivered: Delivered, landed: Path) -> str:
    """Return SQL that reads a contract column from a delivered record."""
    column = entity.columns[name]
    if column.file_name:
        name = literal(plain_name(landed))
        return f"nullif(regexp_extract({name}, {literal(column.file_name)}, 1), '')"
    raw = delivered.raw.get(name)
    if raw is None:
        return "null::varchar"
    return raw.sql if column.type == "answers" else cleaned(raw, entity.missing + column.missing)


def converted(name: str, entity: Entity, delivered: Delivered, suspicion: str | None = None) -> str:
    """Return SQL that gives the delivered value `raw <name>` its type; addresses are hidden.

    Args:
        name: column of the contract.
        entity: the contract.
        delivered: the file.
        suspicion: SQL that says whether an address may stand in one of the row's texts.
    """
    column = entity.columns[name]
    value = identifier("raw " + name)
    if column.type == "answers":
        return value
    raw = delivered.raw.get(name)
    read = typed(value, column, raw.native if raw else "VARCHAR")
    if column.type != "string":
        return read
    return masked_id(read) if entity.is_id(name) else masked_text(read, suspicion)


def _filled(name: str, column: Column) -> str:
    """Give a missing id the hash of its record."""
    quoted = identifier(name)
    if column.fill == "row_hash":
        return f"coalesce({quoted}, _row_hash) as {quoted}"
    return f"cast({quoted} as {LAKE_TYPES[column.type]}) as {quoted}"


def _positions(entity: Entity) -> str:
    """SQL that replaces the columns which count the rows of a group, where the file does not."""
    replaced = []
    for name, column in entity.columns.items():
        if column.fill and (of := POSITION_IN.fullmatch(column.fill)):
            quoted, group = identifier(name), identifier(of[1])
            last = f"coalesce(max({quoted}) over (partition by {group}), 0)"
            within = f"(partition by {group}, {quoted} is null order by typed.rowid)"
            position = f"{last} + row_number() over {within}"
            replaced.append(f"coalesce({quoted}, {position}) as {quoted}")
    return f"replace ({', '.join(replaced)})" if replaced else ""


def _first_problem(entity: Entity) -> str:
    """A personal value is never repeated in a reason."""
    columns = entity.columns
    cases = [
        "when _is_invalid then {'column_name': null, 'value': null, 'reason': 'not valid JSON'}"
    ]
    for name, values in entity.left_out.items():
        delivered = f"cast({identifier('raw ' + name)} as varchar)"
        marks = ", ".join(literal(value.lower()) for value in values)
        found = f"{{'column_name': {literal(name)}, 'value': {delivered}"
        cases.append(
            f"when lower({delivered}) in ({marks}) then {found}, 'reason': {literal(LEFT_OUT)}}}"
        )
    for name, column in columns.items():
        delivered, value = identifier("raw " + name), identifier(name)
        problem = f"{{'column_name': {literal(name)}, 'value': %s, 'reason': %s}}"
        if column.required:
            missing = problem % ("null", "'is missing'")
            cases.append(f"when {delivered} is null then {missing}")
        if column.type in READABLE_TYPES:
            formats = " or ".join(column.format)
            expected = f" in the format {formats}" if formats else ""
            reason = literal(f"is not {READABLE_TYPES[column.type]}{expected}")
            wrong = problem % (f"cast({delivered} as varchar)", reason)
            cases.append(f"when {value} is null and {delivered} is not null then {wrong}")
    return f"case {' '.join(cases)} end"


def _shown(problem: str) -> str:
    """A value that has slipped into a wrong column may be an address or a phone number."""
    value = f"{problem}.value::varchar"
    hidden = f"case when {holds_address(value)} then '(hidden)' else {value} end"
    return (
        f"case when {problem} is not null then {{'column_name': {problem}.column_name::varchar,"
        f" 'value': {hidden}, 'reason': {problem}.reason::varchar}} end"
    )


def _collect_rejects(
    connection: duckdb.DuckDBPyConnection,
    delivered: Delivered,
    entity: Entity,
    labels: tuple[str, str, str],
) -> None:
    """Gather malformed records and unreadable values, each under its number in the file."""
    if delivered.has_reject_table:
        malformed = """
            select line - 1 as row_number, any_value(lower(error_type::varchar)) as error_type,
                   any_value(error_message) as message
            from reject_errors group by line
        """
    else:
        malformed = "select null::bigint as row_number, '' as error_type, '' as message limit 0"
    connection.execute(f"create temp table malformed as {malformed}")
    _number(connection, _positions(entity))
    source, name, batch = map(literal, labels)
    connection.execute(f"""
        create temp table rejects as
        select {source} as source, {name} as entity, {batch} as batch_id,
               _row_number as row_number, _problem.column_name::varchar as column_name,
               _problem.value::varchar as delivered_value, _problem.reason::varchar as reason
        from numbered where _problem is not null
        union all
        select {source}, {name}, {batch}, row_number::bigint, null, null,
               'malformed record: ' || error_type || '. ' || message
        from malformed
    """)


def _number(connection: duckdb.DuckDBPyConnection, positions: str) -> None:
    """Make the view of the present rows with their numbers in the file.

    A record that DuckDB skipped is not in the table: the numbers behind it are shifted back.
    """
    connection.execute("""
        create temp table shifts as
        select row_number - ordinal as after_position, max(ordinal) as shift
        from (select row_number, row_number() over (order by row_number) as ordinal from malformed)
        group by row_number - ordinal
    """)
    number, moved = "typed.rowid + 1", ""
    if connection.execute("from shifts limit 1").fetchone():
        moved = "asof left join shifts on typed.rowid + 1 > shifts.after_position"
        number = f"{number} + coalesce(shift, 0)"
    connection.execute(f"""
        create temp view numbered as
        select typed.* {positions}, ({number})::bigint as _row_number
        from typed {moved}
        where _is_present
    """)


def _row_counts(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    query = """
        select (select count(*) from typed where _is_present) + (select count(*) from malformed),
               (select count(*) from typed where _is_present and _problem is null)
    """
    read, accepted = connection.execute(query).fetchone() or (0, 0)
    return read, accepted


def _accepted_rows(connection: duckdb.DuckDBPyConnection, entity: Entity, batch_id: str) -> str:
    """One row per primary key, the newest version; identical rows may be kept and marked."""
    columns = ", ".join(identifier(name) for name in entity.columns)
    repeat = (
        "row_number() over (partition by _row_hash order by _row_number) > 1"
        if entity.identical_rows == "keep"
        else "false"
    )
    time = identifier(entity.event_time) if entity.event_time else "null"
    accepted = "(select * from numbered where _problem is null)"
    loaded = _newest(connection, entity, accepted)
    query = f"select max({time})::timestamp::varchar from {loaded}"
    last_event_at = (connection.execute(query).fetchone() or (None,))[0]
    last = literal(last_event_at) if last_event_at else "null"
    return f"""
        select {columns}, {literal(batch_id)} as _batch_id, _row_number, {repeat} as _is_repeat,
               {last}::timestamp as _batch_last_event_at
        from {loaded}
    """


def _newest(connection: duckdb.DuckDBPyConnection, entity: Entity, accepted: str) -> str:
    """SQL for the rows to load, in the order of the file; sorted only where keys repeat."""
    key = ", ".join(identifier(name) for name in entity.primary_key)
    query = f"select 1 from {accepted} group by {key} having count(*) > 1 limit 1"
    has_order = not connection.execute("from shifts limit 1").fetchone() and not _positions(entity)
    if has_order and not connection.execute(query).fetchone():
        return accepted
    newest = ", ".join(f"{identifier(name)} desc nulls last" for name in entity.version)
    order = f"{newest}, _row_number desc" if newest else "_row_number desc"
    return f"""(
        select * from {accepted}
        qualify row_number() over (partition by {key} order by {order}) = 1
        order by _row_number
    )"""


def _counts(
    connection: duckdb.DuckDBPyConnection,
    entity: Entity,
    read: int,
    accepted: int,
    lake_file: Path,
    unknown: tuple[str, ...],
) -> Counts:
    time = identifier(entity.event_time) if entity.event_time else "null"
    query = f"""
        select count(*) filter (not _is_repeat), min({time})::varchar, max({time})::varchar
        from read_parquet({literal(str(lake_file))})
    """
    loaded, first, last = connection.execute(query).fetchone() or (0, None, None)
    digest = sha256_of(lake_file)
    return Counts(read, loaded, read - accepted, accepted - loaded, first, last, digest, unknown)
