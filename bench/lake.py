"""Landing folder to lake: the door and its gate, as the pipeline runs them, without Dagster."""

from bench.data import ENTITIES
from orchestration.expectations import WaitingBatch, check_raw
from orchestration.ingestion import Door, Lake, Ledger, load_key, read_contracts, verify_key
from orchestration.settings import Settings, load_settings


class RefusedError(RuntimeError):
    """Benchmark data did not pass the gate at the door."""


def take_in(settings: Settings) -> int:
    """Bring the lake up to date with the landing folder.

    Returns:
        Rows that the lake holds now.

    Raises:
        RefusedError: a file was not read, or a batch broke a rule that stops it.
    """
    key = load_key(settings.pseudonym_key, settings.key_file)
    verify_key(key, settings.lake_dir / "key_check")
    ledger = Ledger(settings.ledger_file)
    door = Door(settings.landing_dir, settings.lake_dir, ledger, key, settings.scratch_dir)
    contract = read_contracts(settings.contracts_dir)["generic"]
    rows = 0
    for name in ENTITIES:
        intake = door.take_in(contract, name)
        for file, why in intake.unreadable:
            raise RefusedError(f"generic/{name}/{file} was not read: {why}")
        _pass_gate(settings, ledger, name, contract.entities[name].max_rejected_pct)
        rows += intake.rows_loaded
    return rows


def _pass_gate(settings: Settings, ledger: Ledger, name: str, max_rejected_pct: float) -> None:
    lake = Lake(settings.lake_dir, "generic", name)
    files = {landed.batch_id: landed.file for landed in ledger.files("generic", name).values()}
    waiting = [
        WaitingBatch(
            batch.batch_id, files[batch.batch_id], lake.batch(batch.batch_id),
            batch.rows_read, batch.rows_rejected,
        )
        for batch in ledger.batches("generic", name).values()
        if batch.gate != "passed"
    ]  # fmt: skip
    verdicts, gates = check_raw(f"generic/{name}", waiting, max_rejected_pct)
    broken = [f"{v.rule.expected}: {v.observed}" for v in verdicts if not v.passed]
    if broken:
        raise RefusedError(f"generic/{name}: {'; '.join(broken)}")
    ledger.set_gate("generic", name, gates)


if __name__ == "__main__":
    print(f"{take_in(load_settings())} rows")
