"""SQL expressions that turn a delivered value into the type its contract promises.

Every expression gives null for a value it cannot read exactly; the caller rejects the row.
Nothing is guessed: a number with a fraction is not a whole number, a date in another order
than the contract's is not a date.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.ingestion.contract import PERSONAL_TYPES, Column
from orchestration.ingestion.pseudonym import pseudonymised
from orchestration.sql_text import literal

LAKE_TYPES = {
    "string": "varchar", "integer": "bigint", "decimal": "decimal(18, 4)", "double": "double",
    "boolean": "boolean", "timestamp": "timestamp", "date": "date",
    "email": "varchar", "phone": "varchar", "name": "varchar", "ip": "varchar",
    "answers": "struct(question_id varchar, question_text varchar, question_kind varchar,"
               " scale_max bigint, value varchar)[]",
}  # fmt: skip
READABLE_TYPES = {
    "integer": "a whole number", "decimal": "a number", "double": "a number",
    "boolean": "true or false", "timestamp": "a point in time", "date": "a date",
}  # fmt: skip

_ISO_TIMESTAMP = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)? ?(Z|[+-]\d{2}:?(\d{2})?)?"
_EPOCH = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


@dataclass(frozen=True)
class Raw:
    """A delivered value: SQL that reads it, and its type in the file (text or a Parquet type)."""

    sql: str
    native: str = "VARCHAR"

    @property
    def is_text(self) -> bool:
        """Whether the file holds it as text."""
        return self.native == "VARCHAR"


def cleaned(raw: Raw, missing: tuple[str, ...] = ()) -> str:
    """Return SQL for the delivered value, null where it is empty or a word for `missing`."""
    if raw.is_text:
        text = f"nullif(trim({raw.sql}), '')"
        if not missing:
            return text
        words = ", ".join(map(literal, missing))
        return f"case when trim({raw.sql}) not in ({words}) then {text} end"
    if raw.native in ("DOUBLE", "FLOAT"):
        return f"case when isnan({raw.sql}) then null else {raw.sql} end"
    return raw.sql


def typed(value: str, column: Column, native: str = "VARCHAR") -> str:
    """Return SQL that converts `value` (SQL for a cleaned value) to the column's lake type."""
    if native != "VARCHAR":
        return _from_native(value, column, native)
    if column.type in PERSONAL_TYPES:
        return _personal(value, column.type)
    match column.type:
        case "integer":
            digits = _plain_number(value, column)
            return _if(
                digits, r"[+-]?\d+(\.0*)?", f"try_cast(split_part({digits}, '.', 1) as bigint)"
            )
        case "decimal":  # what does not fit four places is refused, not rounded
            number = _plain_number(value, column)
            exact = r"[+-]?(\d+(\.\d{0,4}0*)?|\.\d{1,4}0*)"
            return _if(number, exact, f"try_cast({number} as decimal(18, 4))")
        case "double":
            number = _plain_number(value, column)
            finite = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
            return _if(number, finite, f"try_cast({number} as double)")
        case "boolean":
            return (
                f"case when lower({value}) in ('true', 't', 'yes', 'y', '1') then true"
                f" when lower({value}) in ('false', 'f', 'no', 'n', '0') then false end"
            )
        case "timestamp":
            return _first_that_fits(_timestamp, value, column.format)
        case "date":
            return _first_that_fits(_date, value, column.format)
        case _:
            return f"lower({value})" if column.lowercase else value


def _if(value: str, pattern: str, then: str) -> str:
    return f"case when regexp_full_match({value}, {literal(pattern)}) then {then} end"


def _plain_number(value: str, column: Column) -> str:
    """Write a number as 1234.5; one that is not written as the contract says becomes null.

    The thousands mark is dropped where it stands every three digits, and only there.
    """
    if column.percent:
        blanks = "' ' || chr(160) || chr(8239)"
        cut = f"rtrim(left({value}, length({value}) - 1), {blanks})"
        value = f"(case when right({value}, 1) = '%' then {cut} end)"
    if column.thousands:
        mark, point = re.escape(column.thousands), re.escape(column.decimal_mark)
        grouped = literal(rf"[+-]?\d{{1,3}}({mark}\d{{3}})+({point}\d*)?")
        value = (
            f"(case when regexp_full_match({value}, {grouped})"
            f" then replace({value}, {literal(column.thousands)}, '') else {value} end)"
        )
    if column.decimal_mark == ",":
        value = f"(case when not contains({value}, '.') then replace({value}, ',', '.') end)"
    return value


def _first_that_fits(
    read: Callable[[str, str | None], str], value: str, formats: tuple[str, ...]
) -> str:
    """The formats of a contract are tried in their order."""
    attempts = [read(value, format) for format in formats] or [read(value, None)]
    return f"coalesce({', '.join(attempts)})" if len(attempts) > 1 else attempts[0]


def _timestamp(value: str, format: str | None) -> str:
    """A text without offset is in the session's time zone, which is the contract's."""
    if format in _EPOCH:
        micros = f"try_cast({value} as bigint) * {_EPOCH[format]}"
        return _if(value, r"-?\d{1,16}", f"make_timestamp({micros})")
    if format is None or format == "iso":
        return _if(value, _ISO_TIMESTAMP, f"timezone('UTC', try_cast({value} as timestamptz))")
    return f"timezone('UTC', cast(try_strptime({value}, {literal(format)}) as timestamptz))"


def _date(value: str, format: str | None) -> str:
    if format is None or format == "iso":
        return _if(value, _ISO_TIMESTAMP, f"try_cast(left({value}, 10) as date)")
    return f"cast(try_strptime({value}, {literal(format)}) as date)"


def _personal(value: str, kind: str) -> str:
    """A placeholder such as `n/a` names nobody: it must not make one person of many."""
    plausible = {"email": r"[^@\s]+@[^@\s]+", "phone": r".*\d.*\d.*\d.*\d.*\d.*"}.get(kind)
    hashed = pseudonymised(value, kind)
    return _if(f"trim({value})", plausible, hashed) if plausible else hashed


def _from_native(value: str, column: Column, native: str) -> str:
    """Convert a value that the file already holds with a type of its own."""
    is_float = native in ("DOUBLE", "FLOAT")
    whole = f"case when {value} = trunc({value}) then try_cast({value} as hugeint) end"
    if column.type in PERSONAL_TYPES:
        return _personal(f"cast({value} as varchar)", column.type)
    match column.type:
        case "string":
            text = f"cast({value} as varchar)"
            text = f"coalesce(cast({whole} as varchar), {text})" if is_float else text
            return f"lower({text})" if column.lowercase else text
        case "integer":
            return f"try_cast({whole} as bigint)" if is_float else f"try_cast({value} as bigint)"
        case "timestamp":
            return f"timezone('UTC', try_cast({value} as timestamptz))"
        case "decimal":  # a float carries noise beyond its digits; a decimal must fit exactly
            short = f"try_cast({value} as decimal(18, 4))"
            return short if is_float else f"case when {short} = {value} then {short} end"
        case _:
            return f"try_cast({value} as {LAKE_TYPES[column.type]})"
