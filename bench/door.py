"""The door alone, for the web events of a landing folder, with the seconds of each of its steps."""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from orchestration.ingestion import Door, Ledger, batch, door, load_key, read_contracts
from orchestration.settings import Settings, load_settings

_STEPS = {
    "hash of the file": (door, "batch_id_of"),
    "opening: dialect, header, columns": (batch, "open_file"),
    "reading, types, masks, reasons": (batch, "_read_typed"),
    "rejected rows": (batch, "_collect_rejects"),
    "counts": (batch, "_row_counts"),
    "newest by key, Parquet, its hash": (batch, "write_parquet"),
}


def take_in(settings: Settings) -> tuple[int, dict[str, float]]:
    """Take the web events in.

    Returns:
        Rows loaded, and the seconds of each step.
    """
    key = load_key(settings.pseudonym_key, settings.key_file)
    ledger = Ledger(settings.ledger_file)
    contract = read_contracts(settings.contracts_dir)["generic"]
    taker = Door(settings.landing_dir, settings.lake_dir, ledger, key, settings.scratch_dir)
    seconds: dict[str, float] = defaultdict(float)

    def timed(step: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            began = time.monotonic()
            try:
                return work(*arguments, **options)
            finally:
                seconds[step] += time.monotonic() - began

        return run

    for step, (module, name) in _STEPS.items():
        patch.object(module, name, timed(step, getattr(module, name))).start()
    intake = taker.take_in(contract, "web_events")
    assert not intake.unreadable, intake.unreadable
    return intake.rows_loaded, seconds


if __name__ == "__main__":
    rows, steps = take_in(load_settings())
    for step, took in steps.items():
        print(f"{step}\t{took:.3f}")
    print(f"{rows} rows")
