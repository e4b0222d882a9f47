"""Which records of an entity are meant when somebody is to be forgotten."""

import duckdb
import pytest

from orchestration.engine import connect
from orchestration.ingestion import install, read_contracts
from orchestration.privacy import Plan, PrivacyError, plan
from orchestration.privacy.person import Identifier, Person, wanted
from orchestration.settings import SHIPPED_CONTRACTS_DIR
from tests.builders import KEY, Workshop


def test_a_device_that_another_tool_named_is_found_by_that_tool() -> None:
    """Exposures to experiments name the devices of the web tool."""
    entity = read_contracts(SHIPPED_CONTRACTS_DIR)["generic"].entities["experiment_exposures"]
    meant = wanted("generic", entity)
    person = Person(Identifier("visitor_id", "17"), visitor_ids=frozenset({"ga4-17"}))
    with connect() as connection:
        install(connection, KEY)
        person.tell(connection)
        rows = connection.execute(f"""
            select visitor_source, coalesce({meant.condition}, false)
            from (values ('ga4'), ('generic'), (null)) as v (visitor_source),
                 (select '17' as visitor_id, null::varchar as customer_id, null::varchar as email,
                         '' as _text, false as _is_malformed)
        """).fetchall()
    assert set(meant.columns) >= {"visitor_id", "visitor_source"}
    assert dict(rows) == {"ga4": True, "generic": False, None: False}


def test_the_number_of_an_order_is_that_of_one_shop() -> None:
    """Of rows that name nobody those of the shop are meant, not those of another one."""
    contracts = read_contracts(SHIPPED_CONTRACTS_DIR)
    person = Person(Identifier("email", "ada@a.cc"), order_ids=frozenset({"generic-1001"}))
    found = {}
    with connect() as connection:
        install(connection, KEY)
        person.tell(connection)
        for source in ("generic", "woocommerce"):
            meant = wanted(source, contracts[source].entities["orders"])
            [(found[source],)] = connection.execute(f"""
                select {meant.condition}
                from (select '1001' as order_id, null::varchar as customer_id,
                             null::varchar as email, null::varchar as phone,
                             null::varchar as billing_name, '' as _text, false as _is_malformed)
            """).fetchall()
    assert found == {"generic": True, "woocommerce": False}


def test_rows_of_others_with_the_same_order_number_stay_and_are_counted(workshop: Workshop) -> None:
    header = "order_id,ordered_at,quantity,unit_price,email\n"
    workshop.land("generic/orders", "b.csv", header + "1,2026-01-01T10:00:00Z,1,9,bob@b.cc\n")
    found = planned(workshop, "ada@a.cc")
    assert found.lake_rows == 1
    assert [line for line in found.lines() if "somebody else" in line] == [
        "1 rows with the number of one of these orders name somebody else; they stay."
    ]


def planned(workshop: Workshop, email: str) -> Plan:
    """What would be removed of somebody after one order of Ada's was taken in."""
    orders = "order_id,ordered_at,quantity,unit_price,email\n1,2026-01-01T10:00:00Z,1,9,ada@a.cc\n"
    workshop.land("generic/orders", "a.csv", orders)
    workshop.take_in("generic/orders")
    clear = Identifier("email", email)
    with workshop.at_work():
        return plan(workshop.settings, workshop.door, workshop.contracts, clear, lambda _: None)


def test_who_is_in_no_file_is_said_to_be_nobody(workshop: Workshop) -> None:
    assert planned(workshop, "nobody@example.com").lines() == [
        "Nobody is known by this: no record in the landing folder or lake."
    ]
    assert planned(workshop, "ada@a.cc").lines()[0].startswith("The tables hold for one")


def test_half_built_tables_are_no_ground_to_forget_on(workshop: Workshop) -> None:
    warehouse = workshop.settings.warehouse_file
    warehouse.parent.mkdir(parents=True)
    duckdb.connect(str(warehouse)).close()
    with pytest.raises(PrivacyError, match=r"is incomplete.*Let `funnel run` complete"):
        planned(workshop, "ada@a.cc")
