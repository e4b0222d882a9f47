"""Who is meant: an identifier, and what the tables tie to the same person.

The tables know addresses, phones and names by their pseudonyms only; ids stand there in clear.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.engine import connect
from orchestration.ingestion import (
    Contract,
    Entity,
    Lake,
    Wanted,
    addresses_in,
    install,
    lake_columns,
    masked_id,
    pseudonymised,
)
from orchestration.sql_text import identifier, literal

KINDS = ("email", "phone", "name", "customer_id", "visitor_id")
_ORDER_COLUMNS = ("order_id", "order_name", "transaction_id")
_ID_COLUMNS = {
    "customer_id": "customer_ids", "invitee_customer_id": "customer_ids",
    "visitor_id": "visitor_ids",
    **dict.fromkeys(_ORDER_COLUMNS, "order_ids"),
}  # fmt: skip
# Where a record of one tool names the device by another tool's id, this column says whose it is.
_VISITOR_SOURCE = "visitor_source"
_PERSONAL_COLUMNS = {"email": "emails", "phone": "phones", "name": "names"}


@dataclass(frozen=True)
class Identifier:
    """What somebody is known by, in clear; `kind` is one of `KINDS`."""

    kind: str
    value: str


@dataclass(frozen=True)
class Person:
    """Pseudonyms and ids of one person, as they stand in the lake; `clear` as it was given.

    A device id is one only together with the tool that gave it, `<source>-<visitor id>`; so is the
    number of an order.
    """

    clear: Identifier
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    customer_ids: frozenset[str] = frozenset()
    visitor_ids: frozenset[str] = frozenset()
    order_ids: frozenset[str] = frozenset()
    shared_phones: int = 0
    shared_device_rows: int = 0
    others_order_rows: int = 0

    def shares_with(self, other: "Person") -> bool:
        """Whether both have an address, phone, name or id in common."""
        sets = (name for name in _sets() if name != "order_ids")
        return any(getattr(self, name) & getattr(other, name) for name in sets)

    def joined_to(self, other: "Person") -> "Person":
        """The person with all that the other one has too."""
        return replace(self, **{n: getattr(self, n) | getattr(other, n) for n in _sets()})

    def written(self) -> str:
        """As JSON, without what was given in clear."""
        return json.dumps({name: sorted(getattr(self, name)) for name in _sets()})

    @classmethod
    def read(cls, clear: Identifier, text: str) -> "Person":
        """What `written` has written."""
        sets = {name: frozenset(values) for name, values in json.loads(text).items()}
        return replace(cls(clear), **sets)

    @property
    def pseudonyms(self) -> frozenset[str]:
        """All pseudonyms."""
        return self.emails | self.phones | self.names

    @property
    def ids(self) -> frozenset[str]:
        """All ids that name the person by themselves; an order is not somebody."""
        return self.customer_ids | {visitor.split("-", 1)[1] for visitor in self.visitor_ids}

    @property
    def names_in_tables(self) -> frozenset[str]:
        """What columns of ids may hold: ids, and the names that the tables make of them."""
        return self._names(self.ids)

    def _names(self, ids: frozenset[str]) -> frozenset[str]:
        customers = {f"customer-{customer}" for customer in self.customer_ids & ids}
        devices = {v for v in self.visitor_ids if v.split("-", 1)[1] in ids}
        return ids | customers | devices | {f"visitor-{device}" for device in devices}

    @property
    def telling(self) -> tuple[str, ...]:
        """Patterns of what can mean nobody else wherever it stands: no `17`, no first name."""
        names = self._names(self.distinctive_ids)
        found = [bounded(re.escape(name)) for name in sorted(names)]
        if clear := _clear_pattern(self.clear):
            found.append(clear)
        return tuple(found)

    @property
    def distinctive_ids(self) -> frozenset[str]:
        """Ids that can mean nobody else; one of them stands in each name that `telling` finds."""
        return frozenset(filter(_is_distinctive, self.ids))

    def tell(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give a connection the variables that `wanted` asks for; none stands in a statement."""
        for name in _sets():
            connection.execute(
                f"set variable forgotten_{name} = ?::varchar[]", [sorted(getattr(self, name))]
            )
        for name, patterns in (
            ("telling", self.telling),
            ("ids", [bounded(re.escape(i)) for i in sorted(self.ids)]),
        ):
            pattern = "|".join(patterns) or r"[^\s\S]"
            connection.execute(f"set variable forgotten_{name} = ?", [f"(?i){pattern}"])


def wanted(source: str, entity: Entity) -> Wanted:
    """Return which records of an entity are the person's, for a connection that was told.

    Those whose columns name the person, those whose text holds an address of the person or what
    was given, and malformed ones in which an id stands.
    """
    named, columns = _named(source, entity)
    addresses = "list_concat(getvariable('forgotten_emails'), getvariable('forgotten_phones'))"
    mentioned = (
        f"list_has_any({addresses_in('_text')}, {addresses})",
        "regexp_matches(url_decode(_text), getvariable('forgotten_telling'))",
        "(_is_malformed and regexp_matches(_text, getvariable('forgotten_ids')))",
    )
    return Wanted(columns, " or ".join([*named, *mentioned]))


def _sets() -> list[str]:
    return [*_PERSONAL_COLUMNS.values(), *dict.fromkeys(_ID_COLUMNS.values())]


def _named(source: str, entity: Entity) -> tuple[list[str], tuple[str, ...]]:
    """Conditions under which a record's columns name the person, and these columns.

    The number of an order tells whose a record is where nothing else in it does: two may use one
    number, or none at all such as "(not set)".
    """
    conditions = [
        f"({is_own} and not ({_names_others(source, entity)}))" if name == "order_ids" else is_own
        for name, is_own in _owned(source, entity)
    ]
    used = [c for c, column in entity.columns.items() if c in _ID_COLUMNS
            or column.type in _PERSONAL_COLUMNS or c == _VISITOR_SOURCE]  # fmt: skip
    return conditions, tuple(used)


def _owned(source: str, entity: Entity, null: bool = False) -> list[tuple[str, str]]:
    """Set that each naming column belongs to, and whether its value is in it; no value: `null`."""
    prefixes = {
        "visitor_ids": _tool_prefix(source, entity),
        "order_ids": f"{literal(source)} || '-' || ",
    }
    sets = {n: _PERSONAL_COLUMNS.get(c.type) or _ID_COLUMNS.get(n)
            for n, c in entity.columns.items()}  # fmt: skip
    return [
        (
            name,
            f"coalesce(list_contains(getvariable('forgotten_{name}'),"
            f" {prefixes.get(name, '')}{identifier(column)}), {str(null).lower()})",
        )
        for column, name in sets.items()
        if name
    ]


def _names_others(source: str, entity: Entity) -> str:
    """SQL: whether an address, a customer or a device of somebody else stands in a record."""
    telling = ("emails", "customer_ids", "visitor_ids")
    others = [f"not {own}" for name, own in _owned(source, entity, null=True) if name in telling]
    return " or ".join(others) or "false"


def _tool_prefix(source: str, entity: Entity) -> str:
    """SQL that goes before a device id: whose it is."""
    tool = literal(source)
    if _VISITOR_SOURCE in entity.columns:
        tool = f"coalesce({identifier(_VISITOR_SOURCE)}, {tool})"
    return f"{tool} || '-' || "


def _is_distinctive(value: str) -> bool:
    return len(value) >= 8 and any(c.isdigit() for c in value)


def _clear_pattern(clear: Identifier) -> str | None:
    """E-mail addresses are found in texts by their pseudonym; of a name, two words must agree."""
    words = clear.value.split()
    match clear.kind:
        case "phone":
            digits = re.sub(r"^00", "", re.sub(r"\D", "", clear.value))
            return bounded("(?:00)?" + "[ ()./-]{0,3}".join(digits))
        case "name" if len(words) > 1:
            return bounded(r"\s+".join(map(re.escape, words)))
        case _:
            return None


def bounded(pattern: str) -> str:
    """Return a pattern that is not part of a longer id, address or number."""
    before = r"(?:^|[^0-9A-Za-z_.-]|%[0-9A-Fa-f]{2})"
    after = r"(?:$|[^0-9A-Za-z_.-]|\.(?:$|[^0-9A-Za-z]))"
    return f"{before}{pattern}{after}"


# Who belongs together ------------------------------------------------------------------------


def resolve(
    clear: Identifier,
    key: bytes,
    lake: Path,
    warehouse: Path,
    contracts: dict[str, Contract],
    known: Person | None = None,
) -> Person:
    """Find what belongs to the same person.

    E-mail addresses, customer ids and devices as the warehouse ties them, where there is one;
    orders and phones as they stand beside them in the lake. A phone that stands beside somebody
    else's address or id too is not taken along.

    Args:
        clear: what was given.
        key: pseudonym key.
        lake: root of the lake.
        warehouse: DuckDB file of the last run; need not exist.
        contracts: by source name.
        known: what was found of the person before.
    """
    with connect() as connection:
        install(connection, key)
        person = _given(connection, clear, list(contracts))
        person = person.joined_to(known) if known else person
        if clear.kind == "phone":
            person = _by_phone(connection, person, lake, contracts)
        if warehouse.exists():
            connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
            person = _tied(connection, person)
        person = _with_phones(connection, person, lake, contracts)
        person = _with_orders(connection, person, lake, contracts)
        return _with_others(connection, person, lake, contracts)


def _given(connection: duckdb.DuckDBPyConnection, clear: Identifier, sources: list[str]) -> Person:
    """An address may also stand in an id column, as the pseudonym of an id."""

    def one(sql: str) -> set[str]:
        row = connection.execute(f"select {sql} from (select ? as v)", [clear.value]).fetchone()
        return {row[0]} if row else set()

    hidden = one(f"'id-' || {pseudonymised('v', 'id')}")
    given = one(masked_id("v")) | {clear.value}
    match clear.kind:
        case "customer_id":
            return Person(clear, customer_ids=frozenset(given))
        case "visitor_id":
            return Person(clear, visitor_ids=_of_any(sources, given))
        case kind:
            person = Person(
                clear, customer_ids=frozenset(hidden), visitor_ids=_of_any(sources, hidden)
            )
            own = frozenset(one(pseudonymised("v", kind)))
            return replace(person, **{_PERSONAL_COLUMNS[kind]: own})


def _of_any(sources: list[str], visitors: set[str]) -> frozenset[str]:
    return frozenset(f"{source}-{visitor}" for source in sources for visitor in visitors)


def _tied(connection: duckdb.DuckDBPyConnection, person: Person) -> Person:
    """Follow the tables that say who is who until they add nothing."""
    while True:
        person.tell(connection)
        emails, customers, visitors = (_column(connection, query) for query in _TIES)
        people = _column(connection, _PEOPLE_OF_VISITORS)
        emails |= {p.removeprefix("email-") for p in people if p.startswith("email-")}
        customers |= {p.removeprefix("customer-") for p in people if p.startswith("customer-")}
        grown = replace(
            person,
            emails=person.emails | emails,
            customer_ids=person.customer_ids | customers,
            visitor_ids=person.visitor_ids | visitors,
        )
        if grown == person:
            return person
        person = grown


_EMAILS = "getvariable('forgotten_emails')"
_CUSTOMERS = "getvariable('forgotten_customer_ids')"
_TIES = (
    f"""
    select email from warehouse.intermediate.int_customer_emails
    where list_contains({_CUSTOMERS}, customer_id)
    """,
    f"""
    select customer_id from warehouse.intermediate.int_customer_emails
    where list_contains({_EMAILS}, email)
    """,
    f"""
    select visitor_id from warehouse.intermediate.int_visitors
    where list_contains(list_transform({_EMAILS}, lambda e: 'email-' || e), person_id)
    or list_contains(list_transform({_CUSTOMERS}, lambda e: 'customer-' || e), person_id)
    """,
)
_PEOPLE_OF_VISITORS = """
    select person_id from warehouse.intermediate.int_visitors
    where list_contains(getvariable('forgotten_visitor_ids'), visitor_id)
"""


def _by_phone(
    connection: duckdb.DuckDBPyConnection,
    person: Person,
    lake: Path,
    contracts: dict[str, Contract],
) -> Person:
    """Whoever is looked for by a phone is whom it stands beside."""
    person.tell(connection)
    beside = _beside_phones(lake, contracts)
    own = f"select * from ({beside}) where list_contains(getvariable('forgotten_phones'), phone)"
    return replace(
        person,
        emails=_column(connection, f"select email from ({own}) where email is not null"),
        customer_ids=person.customer_ids
        | _column(connection, f"select customer_id from ({own}) where customer_id is not null"),
    )


def _with_phones(
    connection: duckdb.DuckDBPyConnection,
    person: Person,
    lake: Path,
    contracts: dict[str, Contract],
) -> Person:
    person.tell(connection)
    query = f"""
        with judged as (
            select phone,
                   coalesce(list_contains({_EMAILS}, email), false)
                   or coalesce(list_contains({_CUSTOMERS}, customer_id), false) as is_own,
                   coalesce(email, customer_id) is not null as is_somebodys
            from ({_beside_phones(lake, contracts)})
        )
        select phone, bool_or(is_somebodys and not is_own) as is_shared
        from judged
        group by phone
        having bool_or(is_own)
    """
    phones = dict(connection.execute(query).fetchall())
    own = {phone for phone, is_shared in phones.items() if not is_shared}
    shared = phones.keys() - own - person.phones
    return replace(person, phones=person.phones | own, shared_phones=len(shared))


def _beside_phones(lake: Path, contracts: dict[str, Contract]) -> str:
    """SQL giving each phone in the lake with the e-mail address and customer id beside it."""
    none = "select null::varchar as phone, null::varchar as email, null::varchar as customer_id"
    rows = [f"{none} limit 0"]
    for place, entity in _places(lake, contracts):
        by_type = {c.type: identifier(n) for n, c in entity.columns.items() if c.personal}
        if "phone" in by_type:
            email = by_type.get("email", "null")
            customer = "customer_id" if "customer_id" in entity.columns else "null"
            rows.append(
                f"select {by_type['phone']}, {email}, {customer} from {_batches(place, entity)}"
                f" where {by_type['phone']} is not null"
            )
    return " union all ".join(f"({row})" for row in rows)


def _with_orders(
    connection: duckdb.DuckDBPyConnection,
    person: Person,
    lake: Path,
    contracts: dict[str, Contract],
) -> Person:
    """A person's order may stand on several lines, of which only the first names the person."""
    person.tell(connection)
    orders: frozenset[str] = frozenset()
    for place, entity in _places(lake, contracts):
        named, _ = _named(place.source, entity)
        for column in filter(entity.columns.__contains__, _ORDER_COLUMNS):
            query = f"""
                select {literal(place.source)} || '-' || {column} from {_batches(place, entity)}
                where {column} is not null and ({" or ".join(named)})
            """
            orders |= _column(connection, query)
    return replace(person, order_ids=person.order_ids | orders)


def _with_others(
    connection: duckdb.DuckDBPyConnection,
    person: Person,
    lake: Path,
    contracts: dict[str, Contract],
) -> Person:
    """Count the rows of the person's devices and orders that name somebody else.

    A device may be shared, and its rows go; an order's number may be used twice, and those stay.
    """
    person.tell(connection)
    of_devices = of_orders = 0
    for place, entity in _places(lake, contracts):
        owned = _owned(place.source, entity)
        rows = _batches(place, entity)
        devices = [own for name, own in owned if name == "visitor_ids"]
        orders = [own for name, own in owned if name == "order_ids"]
        if devices and "customer_id" in entity.columns:
            names_another = f"not list_contains({_CUSTOMERS}, customer_id)"
            of_devices += _count(connection, rows, f"({' or '.join(devices)}) and {names_another}")
        if orders:
            own = " or ".join(is_own for name, is_own in owned if name != "order_ids") or "false"
            others = _names_others(place.source, entity)
            of_orders += _count(
                connection, rows, f"({' or '.join(orders)}) and not ({own}) and ({others})"
            )
    return replace(person, shared_device_rows=of_devices, others_order_rows=of_orders)


def _count(connection: duckdb.DuckDBPyConnection, rows: str, condition: str) -> int:
    counted = connection.execute(f"select count(*) from {rows} where {condition}").fetchall()
    return counted[0][0]


def _places(lake: Path, contracts: dict[str, Contract]) -> Iterable[tuple[Lake, Entity]]:
    for contract in contracts.values():
        for name, entity in contract.entities.items():
            place = Lake(lake, contract.source, name)
            if any(place.batches.glob("*.parquet")):
                yield place, entity


def _batches(place: Lake, entity: Entity) -> str:
    """A batch written under an earlier contract may lack a column."""
    columns = lake_columns(entity).items()
    typed = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in columns)
    paths = ", ".join(literal(str(path)) for path in sorted(place.batches.glob("*.parquet")))
    return f"""(
        select {typed} where false
        union all by name from read_parquet([{paths}], union_by_name = true)
    )"""


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> frozenset[str]:
    return frozenset(value for (value,) in connection.execute(query).fetchall())
