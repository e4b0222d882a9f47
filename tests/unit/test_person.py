"""Which records of an entity are meant when somebody is to be forgotten."""

from orchestration.engine import connect
from orchestration.ingestion import install, read_contracts
from orchestration.privacy.person import Identifier, Person, wanted
from orchestration.settings import SHIPPED_CONTRACTS_DIR
from tests.builders import KEY


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
