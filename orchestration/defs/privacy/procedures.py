"""Forget a person, rotate the key: under the run lock, then a refresh, then what it made old.

Killed at any moment, the same procedure done again completes.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from orchestration.defs.privacy.history import can_purge, purge_history
from orchestration.defs.resources import Pipeline
from orchestration.ingestion import (
    KeyChangedError,
    extend_key,
    load_key,
    newer_keys,
    rotate_batches,
    write_check,
)
from orchestration.privacy import (
    Identifier,
    Mentions,
    Plan,
    PrivacyError,
    carry_out,
    discard,
    finish,
    plan,
    prove,
    record,
)
from orchestration.settings import Settings, SettingsError
from orchestration.warehouse import RunLockedError, Versions, only_run, remove_warehouse

Say = Callable[[str], None]
# Runs the nightly job with a configuration of its steps; returns whether it succeeded.
Refresh = Callable[[dict[str, Any]], bool]
# Tables may shrink when somebody is forgotten.
_ACCEPT_VOLUME = {"published__engagement": {"config": {"accept_volume": True}}}


@contextmanager
def _alone(settings: Settings, what: str) -> Iterator[None]:
    try:
        with only_run(settings.run_lock, what):
            yield
    except RunLockedError as error:
        raise PrivacyError(str(error)) from None


def forget(
    instance: dg.DagsterInstance,
    clear: Identifier,
    refresh: Refresh,
    say: Say,
    confirm: Callable[[], bool] = lambda: True,
) -> None:
    """Remove a person from everything below the data folder and prove it by search.

    Args:
        instance: whose run history is searched too.
        clear: what the person is known by.
        refresh: rebuilds the tables.
        say: receives lines to show; none of them holds an identifier.
        confirm: asked once the counts have been shown.

    Raises:
        PrivacyError: another run is working, the refresh failed, or something is left.
    """
    pipeline = Pipeline()
    settings = pipeline.settings
    with _alone(settings, "forget"):
        door = pipeline.door
        found = plan(settings, door, pipeline.contracts, clear, say)
        _show(settings, found, say)
        if not confirm():
            discard(settings)
            say("Nothing was changed.")
            return
        carry_out(settings, door, found)
        runs = purge_history(instance, settings.dagster_home, Mentions.of(found.person))
        remove_warehouse(settings.warehouse_file)
    say("Removed from lake and landing folder; the tables are rebuilt …")
    if not refresh(_ACCEPT_VOLUME):
        raise PrivacyError(
            "The person is gone from lake and landing folder, but the tables could not be"
            " rebuilt, and the published ones still hold the person. Mend what stopped the run,"
            " then give the same command again"
        )
    with _alone(settings, "forget"):
        versions = Versions(settings.published_file).remove_others()
        finish(settings)
        result = prove(settings, found, say)
        record(door, found, versions, runs)
    say(
        f"Deleted {versions} older published versions and {runs} runs of the history."
        f" Searched {result.files:,} files and {result.tables:,} tables."
    )
    for path in result.damaged:
        say(f"Searched byte by byte only, it cannot be read as a table: {path}")
    if result.found:
        raise PrivacyError("Still found in:\n" + "\n".join(f"  {place}" for place in result.found))
    say("Nothing of the person is left below the data folder. Backups are yours to search.")
    if not can_purge(instance):
        say(
            "Dagster's run history lies in another database than its own files, and was not"
            " searched: delete there, or in the UI, the runs that mention the person."
        )


def _show(settings: Settings, found: Plan, say: Say) -> None:
    for line in found.lines():
        say(line)
    if not settings.warehouse_file.exists():
        say(
            "There is no warehouse that could tie other ids to the person: only what was given"
            " is looked for. `funnel run` builds it."
        )
    if found.is_empty:
        say("Should an earlier `funnel forget` have been stopped, this one completes it.")
    say("The tables will be rebuilt, and all older published versions deleted.")


def rotate_key(refresh: Refresh, say: Say) -> None:
    """Put a new key on top of the pseudonym key, and of every pseudonym in the lake.

    A key that has been extended already (a rotation was stopped, or the environment gives
    another key after the first) is not extended again.

    Raises:
        PrivacyError: another run is working, or the refresh failed.
        KeyChangedError: the key is not the one the lake was made with.
        SettingsError: the key comes from the environment and has not been extended there.
    """
    pipeline = Pipeline()
    settings = pipeline.settings
    with _alone(settings, "rotate-key"):
        check_file = settings.lake_dir / "key_check"
        key = _extended(settings)
        rotate_batches(
            settings.lake_dir, pipeline.ledger, pipeline.contracts, key, settings.scratch_dir, say
        )
        remove_warehouse(settings.warehouse_file)
        Versions(settings.published_file).remove_others()
        write_check(key, check_file)
    say("All pseudonyms in the lake have the new key; the tables are rebuilt …")
    if not refresh({}):
        raise PrivacyError(
            "The lake has the new key, but the tables could not be rebuilt: the published ones"
            " have the earlier pseudonyms. Mend what stopped the run, then `funnel run`"
        )
    with _alone(settings, "rotate-key"):
        Versions(settings.published_file).remove_others()
    say(
        f"Done. {settings.key_file} holds the keys, all of which are needed: back it up."
        if settings.pseudonym_key is None
        else "Done. Keep all keys in FUNNEL_PSEUDONYM_KEY: all of them are needed."
    )


def _extended(settings: Settings) -> bytes:
    check_file = settings.lake_dir / "key_check"
    if not check_file.exists():
        raise SettingsError(
            f"{settings.lake_dir} holds no pseudonyms yet: there is no key to rotate"
        )
    key = load_key(settings.pseudonym_key, settings.key_file)
    newer = newer_keys(key, check_file.read_text().strip())
    if newer is None:
        raise KeyChangedError(
            f"the pseudonym key is not the one that {settings.lake_dir} was made with"
        )
    if newer:
        return key
    if settings.pseudonym_key is not None:
        raise SettingsError(
            "the key comes from FUNNEL_PSEUDONYM_KEY: add a new one to it after a blank, such as"
            " `openssl rand -hex 32` gives, then run again"
        )
    return extend_key(key, settings.key_file)
