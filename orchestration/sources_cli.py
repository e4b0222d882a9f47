"""The commands about sources: `funnel check`, `sources`, `contract draft`, `replay`."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from orchestration.ingestion import Contract, Entity, Preview

contract_app = typer.Typer(
    help="Contracts: draft one from a sample.", no_args_is_help=True, rich_markup_mode=None
)
Source = Annotated[str | None, typer.Option(help="Source, where the path does not say it.")]
EntityName = Annotated[str | None, typer.Option(help="Entity, where the path does not say it.")]


def check(
    path: Annotated[Path, typer.Argument(help="The file, in the landing folder or elsewhere.")],
    source: Source = None,
    entity: EntityName = None,
    rows: Annotated[int, typer.Option(min=0, help="Rejected rows to show.")] = 10,
) -> None:
    """Read a file against its contract without loading it. Says what would be loaded, and why not.

    Exit code: 0 it would be loaded; 1 it could not be read, a run would leave it, or too many rows
    would be rejected; 2 wrong usage.
    """
    from orchestration.ingestion import (
        UnreadableFileError,
        place_of,
        preview,
        read_contracts,
        why_not_read,
    )

    settings = load_settings()
    if not path.is_file():
        raise SettingsError(f"{path} is no file")
    found_source, found_entity = place_of(path, settings.landing_dir)
    source, entity = source or found_source, entity or found_entity
    if not source or not entity:
        raise SettingsError(
            f"{path} is not in {settings.landing_dir}/<source>/<entity>/; say --source and --entity"
        )
    said = _entity(read_contracts(settings.contracts_dir), source, entity)
    try:
        found = preview(path, said, settings.scratch_dir.parent, rows)
    except UnreadableFileError as error:
        print(f"{path} as {source}/{entity}: cannot be read. It {error}.")
        raise typer.Exit(1) from None
    print(f"{path} as {source}/{entity}:")
    _print_preview(found, said)
    landing = (settings.landing_dir / source / entity).absolute()
    folder = landing if path.absolute().is_relative_to(landing) else path.absolute().parent
    if left := why_not_read(path.absolute(), folder, said):
        print(f"  but a run would not read it: {left}")
    if left or found.rejected_pct > said.max_rejected_pct:
        raise typer.Exit(1)


def sources() -> None:
    """List sources and entities with their files, ages and rows."""
    from orchestration.ingestion import Ledger, read_contracts, unknown_landing_folders

    settings = load_settings()
    contracts = read_contracts(settings.contracts_dir)
    ledger = Ledger(settings.ledger_file)
    print(
        f"{'source/entity':<42}{'files':>7}{'last load (UTC)':>18}{'age':>7}"
        f"{'rows':>13}{'rejected':>11}{'duplicate':>11}"
    )
    for contract in contracts.values():
        for name in contract.entities:
            _print_source(f"{contract.source}/{name}", ledger.deliveries(contract.source, name))
    for folder in unknown_landing_folders(settings.landing_dir, contracts):
        print(f"{folder:<42} not read: no contract has this source and entity")


@contract_app.command(
    epilog="Examples:\n\nfunnel contract draft sample.csv --source mytool --entity orders"
    "\n\nfunnel contract draft sample.json --source mytool --entity tickets --list tickets --print"
)
def draft(
    path: Annotated[Path, typer.Argument(help="A sample as the tool exports it.")],
    source: Annotated[str, typer.Option(help="Name of the tool: letters, digits, _.")],
    entity: Annotated[str, typer.Option(help="Name of its kind of record.")],
    list_name: Annotated[
        str | None,
        typer.Option("--list", help="Common list it maps to: an entity of generic, like orders."),
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print, write nothing.")] = False,
) -> None:
    """Write a contract, a suite and a staging model from a sample; every guess is marked as one.

    Exit code: 0 written; 2 the sample cannot be read, or the contract exists already.
    """
    from orchestration.expectations import rules
    from orchestration.ingestion import UnreadableFileError, draft_contract, read_contracts
    from orchestration.settings import DBT_PROJECT_DIR

    settings = load_settings()
    for word in (source, entity):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
            raise SettingsError(f"{word!r} is no name; use small letters, digits and _")
    if not path.is_file():
        raise SettingsError(f"{path} is no file")
    staging = DBT_PROJECT_DIR / "models" / "staging"
    lists, models = _common_lists(read_contracts(settings.contracts_dir), staging)
    if list_name and list_name not in lists:
        raise SettingsError(f"no list {list_name!r}; there are {', '.join(lists)}")
    try:
        made = draft_contract(path, source, entity, lists, models, list_name)
    except (UnreadableFileError, UnicodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    suite = rules.suite_like(f"generic/{made.list_name}", f"{source}/{entity}", made.columns)
    if only_print:
        print(made.contract, made.model, suite, sep="\n")
        return
    contract = settings.contracts_dir / f"{source}.yaml"
    model = staging / source / f"stg_{source}__{entity}.sql"
    for file in (contract, model):
        if file.exists():
            raise SettingsError(f"{file} exists; --print shows what would be written")
    if f"\n{source}/{entity}:" in rules.RAW_SUITES.read_text(encoding="utf-8"):
        raise SettingsError(
            f"{rules.RAW_SUITES} has a suite for {source}/{entity}; take it away first"
        )
    model.parent.mkdir(parents=True, exist_ok=True)
    contract.write_text(made.contract, encoding="utf-8")
    model.write_text(made.model, encoding="utf-8")
    _write_properties(model.parent, source, entity)
    with rules.RAW_SUITES.open("a", encoding="utf-8") as suites:
        suites.write(suite)
    print(
        f"Wrote {contract} and {model}, which maps to the list {made.list_name},"
        f" and a suite at the end of {rules.RAW_SUITES}."
        f"\nNext: confirm what says GUESSED, then"
        f" `.venv/bin/funnel check {path} --source {source} --entity {entity}`."
        '\nCONTRIBUTING.md, "Add a source", says what else belongs to it.'
    )


def replay(
    place: Annotated[str, typer.Argument(help="<source> or <source>/<entity>.")],
) -> None:
    """Read the landed files of a source again. For when its contract was mended.

    Files that have left the landing folder keep the rows they have. The next run judges what was
    read and brings the tables up to date.

    Exit code: 0 done; 1 a run is working; 2 no such source.
    """
    from orchestration.ingestion import Door, Ledger, load_key, read_contracts, verify_key
    from orchestration.warehouse import RunLockedError, only_run

    settings = load_settings()
    source, _, entity = place.partition("/")
    contract = _source(read_contracts(settings.contracts_dir), source)
    if entity:
        _entity({source: contract}, source, entity)
    key = load_key(settings.pseudonym_key, settings.key_file)
    verify_key(key, settings.lake_dir / "key_check")
    ledger = Ledger(settings.ledger_file)
    door = Door(settings.landing_dir, settings.lake_dir, ledger, key, settings.scratch_dir)
    try:
        with only_run(settings.run_lock, f"replay of {place}"):
            for name in [entity] if entity else contract.entities:
                folder = settings.landing_dir / source / name
                before = ledger.deliveries(source, name)
                gone = [d["file"] for d in before if not (folder / d["file"]).exists()]
                ledger.forget_contract(source, name, gone)
                found = door.take_in(contract, name, print)
                if found.files or gone:
                    _print_replay(f"{source}/{name}", before, found, gone)
    except RunLockedError as error:
        typer.echo(f"funnel: {error}", err=True)
        raise typer.Exit(1) from None
    print("`make run` judges what was read and brings the tables up to date.")


# ---------------------------------------------------------------------------------------------


def _source(contracts: "dict[str, Contract]", source: str) -> "Contract":
    if source not in contracts:
        raise SettingsError(f"no contract for {source!r}; there are {', '.join(contracts)}")
    return contracts[source]


def _entity(contracts: "dict[str, Contract]", source: str, entity: str) -> "Entity":
    entities = _source(contracts, source).entities
    if entity not in entities:
        raise SettingsError(f"{source} has no {entity!r}; it has {', '.join(entities)}")
    return entities[entity]


def _print_preview(found: "Preview", entity: "Entity") -> None:
    counts = found.counts
    keeps = entity.identical_rows == "keep" and counts.duplicate
    kept = " (identical ones stay, marked as such: identical_rows)" if keeps else ""
    print(
        f"  {counts.read:,} rows read: {counts.loaded:,} would be loaded,"
        f" {counts.rejected:,} rejected, {counts.duplicate:,} are duplicates{kept}"
    )
    if found.rows_left_out:
        print(f"  {found.rows_left_out:,} of the rejected are left out by the contract on purpose")
    if counts.unknown_columns:
        print(f"  not in the contract, so not loaded: {', '.join(counts.unknown_columns)}")
    if found.empty_columns and counts.loaded:
        print(f"  without any value: {', '.join(found.empty_columns)}")
    if found.rejected_pct > entity.max_rejected_pct:
        print(
            f"  {found.rejected_pct:.1f} % of the rows are rejected, {entity.max_rejected_pct:g} %"
            " are allowed (max_rejected_pct): the file would stop at its gate"
        )
    for column, reason, rows in found.reasons:
        print(f"  rejected {rows:>9,}   {column or 'whole row'}: {reason}")
    if found.rejected:
        print(
            "  First rejected rows (row 1 is the first record):"
            f"\n  {'row':>9}  {'column':<24}{'delivered':<33}reason"
        )
    for row in found.rejected:
        delivered = "" if row["delivered_value"] is None else str(row["delivered_value"])
        print(
            f"  {row['row_number']:>9}  {row['column_name'] or '':<24}{_cut(delivered, 31):<33}"
            f"{row['reason'].splitlines()[0][:120]}"
        )
    if found.questions:
        print("  Questions and what they are taken for (`questions` in the contract):")
    for wording, kind, answers in found.questions:
        print(f"    {kind:<6}{answers:>9,} answers  {' '.join(wording.split())[:80]}")
    if found.loaded:
        print("  First rows, with pseudonyms of a key made for this:")
    for row in found.loaded[:3]:
        said = ", ".join(
            f"{name} {value}"
            for name, value in row.items()
            if value is not None and not name.startswith("_") and not isinstance(value, list)
        )
        print(f"  would be loaded: row {row['_row_number']}: {said[:300]}")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _print_source(name: str, deliveries: list[dict[str, Any]]) -> None:
    moments = [d["loaded_at"] for d in deliveries if d["loaded_at"]]
    last = datetime.fromisoformat(max(moments)) if moments else None
    shown = f"{last:%Y-%m-%d %H:%M}" if last else "-"
    age = _age(last)
    rows = (_sum(deliveries, f"rows_{what}") for what in ("loaded", "rejected", "duplicate"))
    loaded, rejected, duplicate = rows
    bad = sum(d["message"] is not None for d in deliveries)
    waiting = sum(d["gate"] != "passed" for d in deliveries)
    notes = [f"{bad} unreadable"] if bad else []
    notes += [f"{waiting} wait for their gate or failed it"] if waiting else []
    print(
        f"{name:<42}{len(deliveries):>7,}{shown:>18}{age:>7}{loaded:>13,}{rejected:>11,}"
        f"{duplicate:>11,}{'   ' if notes else ''}{', '.join(notes)}"
    )


def _age(moment: datetime | None) -> str:
    if moment is None:
        return "-"
    hours = (datetime.now(UTC) - moment).total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} d"


def _sum(deliveries: Iterable[dict[str, Any]], name: str) -> int:
    return sum(delivery[name] for delivery in deliveries)


def _common_lists(
    contracts: "dict[str, Contract]", staging: Path
) -> "tuple[dict[str, Entity], dict[str, str]]":
    """The lists of the source `generic` and the SQL of their staging models."""
    lists, models = {}, {}
    for name, entity in contracts["generic"].entities.items():
        model = staging / "generic" / f"stg_generic__{name}.sql"
        if model.exists():
            lists[name], models[name] = entity, model.read_text(encoding="utf-8")
    return lists, models


def _write_properties(folder: Path, source: str, entity: str) -> None:
    """What dbt has to know of the new source; files that exist are left as they are."""
    texts = {
        "_sources.yml": f"sources:\n  - name: {source}\n    schema: raw_{source}\n"
        "    description: Typed batches in the lake; columns are described in"
        f" orchestration/contracts/{source}.yaml.\n    tables:\n      - name: {entity}\n",
        f"_{source}.yml": f"models:\n  - name: stg_{source}__{entity}\n"
        f"    description: One row per {entity.rstrip('s').replace('_', ' ')}.\n"
        "    config: {meta: {grain: [source]}}  # GUESSED: name the key\n",
    }
    for name, text in texts.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def _print_replay(name: str, before: list[dict[str, Any]], found: Any, gone: list[str]) -> None:
    print(
        f"{name}: {found.read_now:,} files read again; rows loaded"
        f" {_sum(before, 'rows_loaded'):,} → {found.rows_loaded:,}, rejected"
        f" {_sum(before, 'rows_rejected'):,} → {found.rows_rejected:,}"
    )
    for file, message in found.unreadable:
        print(f"  {file} {message}")
    if gone:
        print(f"  {len(gone):,} files have left the landing folder and keep the rows they have")
