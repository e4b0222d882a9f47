"""Runs a pull with dlt: extract, land, remember how far it came; killed anywhere, it goes on.

dlt finishes what it has extracted before it moves the cursor, and keeps finished files until they
have landed. So a pull begins by landing what an earlier one left behind.
"""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from orchestration.machine_faults import way_out
from orchestration.pulls.database import database_resource
from orchestration.pulls.declaration import Pull
from orchestration.pulls.errors import PullError, clean
from orchestration.pulls.landing import file_name, land, private
from orchestration.pulls.rest import rest_resource
from orchestration.settings import secret

_SETTINGS = {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    "ENABLE_RUNTIME_TRACE": "false",  # it would write errors, and what they quote, to a file
    "RESTORE_FROM_DESTINATION": "false",
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__WORKERS": "1",
    "NORMALIZE__WORKERS": "1",
}


@dataclass(frozen=True)
class Places:
    """Where pulls land, and where they keep what they need for going on."""

    landing: Path
    state: Path


@dataclass(frozen=True)
class Pulled:
    """What landed."""

    rows: int
    files: tuple[str, ...]


def missing_variables(pull: Pull) -> list[str]:
    """Name the environment variables that a pull needs and that are not set."""
    return [name for name in pull.variables if not secret(name)]


def run_pull(pull: Pull, places: Places) -> Pulled:
    """Land what has changed since the last pull, and what an interrupted one left behind.

    The caller sees to it that nobody else runs the same pull.

    Args:
        pull: what to pull.
        places: where it lands.

    Raises:
        PullError: the pull stopped; the landing folder has whole files or none of it.
        OSError: the machine failed.
    """
    _check_ready(pull)
    landed: dict[str, int] = {}
    with _without_secrets(pull), _dlt_settings(places), _leftovers_cleared(pull, places):
        pipeline = _resumed(pull, places, landed)
        pipeline.extract(_resource(pull))
        _land_extracted(pipeline)
    return Pulled(sum(landed.values()), tuple(landed))


def _check_ready(pull: Pull) -> None:
    if importlib.util.find_spec("dlt") is None:
        raise PullError("the packages for pulls are missing; install them: `make pull-tools`")
    if missing := missing_variables(pull):
        raise PullError(
            f"pull {pull.name}: the environment variable {' and '.join(missing)} is not set;"
            " set it to the credential, then pull again"
        )


def _resource(pull: Pull) -> Any:
    if pull.rest:
        return rest_resource(pull, pull.rest, datetime.now(UTC))
    assert pull.database
    return database_resource(pull, pull.database)


def _land_extracted(pipeline: Any) -> None:
    """Bring what was extracted as a whole into the landing folder, by this pull or another."""
    pipeline.normalize()
    pipeline.load()


@contextmanager
def _leftovers_cleared(pull: Pull, places: Places) -> Iterator[None]:
    """Keep no record that will never land, and no list of what has landed, before and after.

    dlt's folders: a pull extracts into one of its own, which becomes `normalize/extracted/<load>`
    as a whole, then `load/normalized/<load>`, then `load/loaded/<load>`. A kill may leave the one
    before half-deleted.
    """
    own = places.state / pull.name

    def clear() -> None:
        for folder in (own / "normalize").glob("*/"):
            if folder.name != "extracted":  # what was extracted in part
                shutil.rmtree(folder)
        for later in (own / "load" / "normalized").glob("*/"):
            shutil.rmtree(own / "normalize" / "extracted" / later.name, ignore_errors=True)
        shutil.rmtree(own / "load" / "loaded", ignore_errors=True)
        for path in (places.landing / pull.target).glob(f".{pull.name}-*.partial"):
            path.unlink()

    clear()
    try:
        yield
    finally:
        clear()


def _resumed(pull: Pull, places: Places, landed: dict[str, int]) -> Any:
    """Open dlt's pipeline and land what an interrupted pull extracted.

    Where what it left cannot be read, its cursor goes too: the pull begins anew, and the door
    counts what it knows already as duplicates.
    """
    try:
        pipeline = _pipeline(pull, places, landed)
        _land_extracted(pipeline)
        return pipeline
    except Exception as error:
        if any(way_out(str(link)) for link in _causes(error)):
            raise
    shutil.rmtree(places.state / pull.name, ignore_errors=True)
    return _pipeline(pull, places, landed)


def _pipeline(pull: Pull, places: Places, landed: dict[str, int]) -> Any:
    import dlt

    return dlt.pipeline(
        pipeline_name=pull.name,
        pipelines_dir=str(private(places.state)),
        destination=_destination(pull, places, landed),
    )


def _destination(pull: Pull, places: Places, landed: dict[str, int]) -> Any:
    """The landing folder as a place that dlt brings finished files to."""
    import dlt
    import pyarrow.parquet as pq

    def bring(items: Any, table: Any) -> None:
        finished = Path(items)
        load_id, file_id = finished.parent.parent.name, finished.name.split(".")[1]
        rows = pq.read_metadata(finished).num_rows
        name = file_name(pull.name, load_id, file_id)
        landed[land(finished, places.landing / pull.target, name).name] = rows

    return dlt.destination(
        bring,
        name="landing",
        batch_size=0,
        loader_file_format="parquet",
        naming_convention="direct",
        max_table_nesting=0,
    )


@contextmanager
def _dlt_settings(places: Places) -> Iterator[None]:
    """Have dlt work quietly and in its own folder; it reads the environment for that."""
    home = str(private(places.state))
    said = {**_SETTINGS, "DLT_DATA_DIR": home, "DLT_PROJECT_DIR": home, "DLT_LOCAL_DIR": home}
    before = {name: os.environ[name] for name in said if name in os.environ}
    os.environ.update(said)
    try:
        yield
    finally:
        for name in said:
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _without_secrets(pull: Pull) -> Iterator[None]:
    """Whatever stops a pull, say it once, in words that hold no credential."""
    failure: Exception | None = None
    try:
        yield
    except Exception as error:
        failure = _told(pull, error)
    if failure:
        raise failure from None


def _told(pull: Pull, error: Exception) -> Exception:
    chain = list(_causes(error))
    said = next((link for link in chain if isinstance(link, PullError)), None)
    root = said or chain[-1]
    text = clean(str(root), _secrets(pull))
    if said:
        return PullError(f"pull {pull.name}: {text}")
    if way_out(text):
        return OSError(text)
    first = (text.splitlines() or [""])[0][:300]
    return PullError(
        f"pull {pull.name}: {type(root).__name__}: {first}. The next pull goes on from where the"
        " last one ended; where it stays, docs/pulls.md says how to begin anew"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _secrets(pull: Pull) -> Iterator[str]:
    for variable in pull.variables:
        value = secret(variable) or ""
        yield value
        with contextlib.suppress(ValueError):
            password = urlsplit(value).password or ""
            yield from (password, unquote(password))
