from pathlib import Path

import pytest

from orchestration.ingestion.contract import ContractError, read_contract, read_contracts
from orchestration.settings import ROOT

CONTRACT = """
source: shop
title: A shop
entities:
  orders:
    description: One row per order.
    files: ["*.csv"]
    primary_key: [order_id]
    columns:
      order_id: {required: true, description: Order.}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text)
    return path


def test_a_contract_is_read(tmp_path: Path) -> None:
    orders = read_contract(written(tmp_path, CONTRACT)).entities["orders"]
    assert orders.sources_of("order_id") == ("order_id",)
    assert orders.max_rejected_pct == 5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("primary_key: [order_id]", "primary_key: [nummer]", "not among the columns: nummer"),
        ("required: true", "requird: true", "requird"),
        ("source: shop", "source: other", "names must agree"),
        ("required: true", "type: email", "personal: true goes with"),
        ("required: true", "fill: guess", "fill is row_hash or position_in"),
        ("entities:", "entities: [", "not valid YAML"),
        (
            'files: ["*.csv"]',
            'files: ["*.csv"]\n    freshness: {warn_after_hours: 9, fail_after_hours: 9}',
            "fail_after_hours must be more than warn_after_hours",
        ),
    ],
)
def test_a_wrong_contract_says_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ContractError, match=r"shop\.yaml") as error:
        read_contract(written(tmp_path, CONTRACT.replace(old, new)))
    assert said in str(error.value)


def test_a_folder_without_contracts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="no contracts"):
        read_contracts(tmp_path)


def test_a_description_or_rhythm_does_not_change_the_fingerprint_of_the_data(
    tmp_path: Path,
) -> None:
    before = read_contract(written(tmp_path, CONTRACT)).entities["orders"].fingerprint
    text = CONTRACT.replace("One row per order.", "One row per order that was placed.")
    assert read_contract(written(tmp_path, text)).entities["orders"].fingerprint == before
    rhythm = "freshness: {warn_after_hours: 1, fail_after_hours: 2}\n    columns:"
    paced = read_contract(written(tmp_path, CONTRACT.replace("columns:", rhythm)))
    assert paced.entities["orders"].freshness
    assert paced.entities["orders"].fingerprint == before
    text = CONTRACT.replace("required: true, ", "")
    assert read_contract(written(tmp_path, text)).entities["orders"].fingerprint != before


def test_every_shipped_contract_marks_its_personal_columns() -> None:
    personal = {"email", "phone", "name", "ip"}
    for contract in read_contracts(ROOT / "orchestration" / "contracts").values():
        for entity in contract.entities.values():
            for name, column in entity.columns.items():
                assert column.personal or not set(name.split("_")) & personal - {"name"}, name
