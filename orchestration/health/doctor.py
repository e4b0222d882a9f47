"""What keeps a refresh from working, found before it does; each with its way out.

Nothing is written or mended here.
"""

import fcntl
import importlib.metadata
import os
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from orchestration.ingestion import (
    Ledger,
    newer_keys,
    read_contracts,
    unknown_landing_folders,
)
from orchestration.machine_faults import way_out
from orchestration.settings import ROOT, Settings, SettingsError, free_memory, usable_memory
from orchestration.warehouse import Versions, run_lock_holder

Level = Literal["OK", "WARN", "FAIL"]

_GIB = 2**30
_PYTHONS = ((3, 11), (3, 13))
_SCARCE_DISK = _SCARCE_MEMORY = 0.5 * _GIB  # a refresh of the demo needs about that


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was found, what to do about it."""

    level: Level
    subject: str
    found: str
    way_out: str = ""


def examine(load: Callable[[], Settings]) -> Iterator[Finding]:
    """Look at everything a run relies on.

    Args:
        load: reads the environment; what it refuses is a finding.
    """
    yield _python()
    yield from _pins()
    try:
        settings = load()
    except SettingsError as error:
        yield Finding("FAIL", "settings", str(error), "correct the variable, then look again")
        return
    looks = (_time_zone, _disk, _memory, _run_lock, _open_elsewhere, _write_rights, _key, _lake,
             _contracts, _published, _leftovers)  # fmt: skip
    for look in looks:
        try:
            yield from look(settings)
        except Exception as error:  # what cannot be looked at is a finding like any other
            subject = look.__name__.strip("_").replace("_", " ")
            advice = way_out(str(error)) or "make it readable for the user of the run"
            yield Finding("FAIL", subject, str(error), advice)


# Programs ------------------------------------------------------------------------------------


def _python() -> Finding:
    version = sys.version_info
    found = f"{version.major}.{version.minor}.{version.micro}"
    if _PYTHONS[0] <= version[:2] <= _PYTHONS[1]:
        return Finding("OK", "python", found)
    return Finding(
        "FAIL",
        "python",
        f"{found}; 3.11 to 3.13 are supported",
        "delete .venv and set it up with one of them: make run PYTHON=python3.12",
    )


def _pins(lock: Path = ROOT / "requirements" / "run.txt") -> Iterator[Finding]:
    from packaging.requirements import Requirement

    lines = [line.rstrip(" \\") for line in lock.read_text().splitlines() if "==" in line]
    wanted = [Requirement(line) for line in lines]
    wanted = [pin for pin in wanted if pin.marker is None or pin.marker.evaluate()]
    missing, other = [], []
    for pin in wanted:
        try:
            installed = importlib.metadata.version(pin.name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(pin.name)
            continue
        if not pin.specifier.contains(installed, prereleases=True):
            other.append(f"{pin.name} {installed} (locked {str(pin.specifier)[2:]})")
    if missing:
        yield Finding("FAIL", "packages", f"missing: {_some(missing)}", "run `scripts/setup run`")
    if other:
        yield Finding("WARN", "packages", f"not as locked: {_some(other)}",
                      "run `scripts/setup run`")  # fmt: skip
    if not missing and not other:
        yield Finding("OK", "packages", f"{len(wanted)} as locked in requirements/run.txt")


# Machine -------------------------------------------------------------------------------------


def _time_zone(settings: Settings) -> Iterator[Finding]:
    name = settings.time_zone
    now = f"{datetime.now(ZoneInfo(name)):%Y-%m-%d %H:%M}"
    if name == "UTC" or ("/" in name and not name.startswith("Etc/")):
        yield Finding("OK", "time zone", f"{name}, where it is {now}")
    else:
        yield Finding("WARN", "time zone", f"{name} is an offset without summer time",
                      "name a place, such as FUNNEL_TIMEZONE=Europe/Berlin")  # fmt: skip


def _disk(settings: Settings) -> Iterator[Finding]:
    """A refresh writes a new version beside the kept ones, and spills."""
    usage = shutil.disk_usage(_existing(settings.data_dir))
    files = (settings.warehouse_file, settings.published_file)
    needed = max(2 * sum(f.stat().st_size for f in files if f.exists()), _SCARCE_DISK)
    found = f"{_size(usage.free)} of {_size(usage.total)} free below {settings.data_dir}"
    wanted = f"; a refresh needs about {_size(needed)}"
    advice = "make space there, or keep fewer versions (FUNNEL_KEEP_VERSIONS)"
    if usage.free < needed:
        yield Finding("FAIL", "disk", found + wanted, advice)
    elif usage.free < 3 * needed:
        yield Finding("WARN", "disk", found + wanted, advice)
    else:
        yield Finding("OK", "disk", found)


def _memory(settings: Settings) -> Iterator[Finding]:
    limit, usable, free = settings.memory_limit, usable_memory(), free_memory()
    found = f"{_size(free)} of {_size(usable)} free; DuckDB takes at most {limit}"
    if free < _SCARCE_MEMORY:
        yield Finding("FAIL", "memory", found, "end other programs or give the machine more memory")
    elif _bytes_of(limit) > free:
        yield Finding(
            "WARN",
            "memory",
            found,
            "set FUNNEL_MEMORY_LIMIT below what is free; DuckDB then spills to disk",
        )
    else:
        yield Finding("OK", "memory", found)


# Who works -----------------------------------------------------------------------------------


def _run_lock(settings: Settings) -> Iterator[Finding]:
    holder = run_lock_holder(settings.run_lock)
    if holder is None:
        yield Finding("OK", "run lock", "free")
    else:
        yield Finding("WARN", "run lock", f"held by {holder}",
                      "wait until it has finished, or stop that process")  # fmt: skip


def _open_elsewhere(settings: Settings) -> Iterator[Finding]:
    """DuckDB locks a file that is open; only the warehouse is ever written in place."""
    holder = _holder(settings.warehouse_file)
    if holder is None:
        yield Finding("OK", "warehouse", "open in no other program")
    elif run_lock_holder(settings.run_lock):
        yield Finding("OK", "warehouse", f"open in the run that works (process {holder})")
    else:
        yield Finding(
            "FAIL", "warehouse",
            f"{settings.warehouse_file} is open in process {holder} ({_program(holder)})",
            f"close it there; people query {settings.published_file}",
        )  # fmt: skip


def _holder(file: Path) -> int | None:
    """Process that has a POSIX lock on a file; the lock is asked for, never taken."""
    if not file.exists():
        return None
    with file.open("rb") as opened:
        question = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = struct.unpack("hhqqi4x", fcntl.fcntl(opened, fcntl.F_GETLK, question))
    return None if answer[0] == fcntl.F_UNLCK else answer[4]


def _program(process: int) -> str:
    try:
        command = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "of another user or container"
    return " ".join(Path(part.decode(errors="replace")).name for part in command[:2] if part)


# Folders -------------------------------------------------------------------------------------


def _write_rights(settings: Settings) -> Iterator[Finding]:
    folders = (settings.landing_dir, settings.lake_dir, settings.warehouse_file.parent,
               settings.published_dir, settings.key_file.parent, settings.dagster_home)  # fmt: skip
    refused = [path for folder in folders for path in _refused(folder)]
    if refused:
        yield Finding(
            "FAIL", "write rights", f"cannot be written: {_some(map(str, refused))}",
            f"give them to the user of the run: chown -R {os.getuid()} {settings.data_dir}",
        )  # fmt: skip
    else:
        yield Finding("OK", "write rights", f"all folders below {settings.data_dir}")


def _refused(folder: Path) -> Iterator[Path]:
    """The folder, or what a run of another user has left one level below it."""
    target = _existing(folder)
    if not target.is_dir() or not os.access(target, os.W_OK | os.X_OK):
        yield target
    elif target == folder:
        yield from (p for p in folder.iterdir() if not p.is_symlink() and not os.access(p, os.W_OK))


def _key(settings: Settings) -> Iterator[Finding]:
    """The pseudonym key; where it is lost, people no longer join."""
    check, file = settings.lake_dir / "key_check", settings.key_file
    if settings.pseudonym_key:
        key, origin = settings.pseudonym_key.encode(), "from FUNNEL_PSEUDONYM_KEY"
    elif not file.exists():
        if check.exists():
            yield Finding("FAIL", "key", f"{file} is missing, and the lake was made with it",
                          "restore it from your backup, or set FUNNEL_PSEUDONYM_KEY")  # fmt: skip
        else:
            yield Finding("OK", "key", "the first run makes one")
        return
    elif file.stat().st_mode & 0o077:
        yield Finding("FAIL", "key", f"{file} can be read by others", f"run: chmod 600 '{file}'")
        return
    else:
        key, origin = file.read_bytes().strip(), f"{file}, mode 600"
    newer = newer_keys(key, check.read_text().strip()) if check.exists() else b""
    if newer is None:
        yield Finding(
            "FAIL",
            "key",
            "it is not the one that the lake was made with",
            "restore the earlier key, or delete data/lake to start over with this one",
        )
    elif newer:
        yield Finding("FAIL", "key", "a rotation has not finished", "run `funnel rotate-key` again")
    else:
        yield Finding("OK", "key", origin)


def _lake(settings: Settings) -> Iterator[Finding]:
    if not settings.ledger_file.exists() and not any(settings.lake_dir.glob("raw/*/*/*")):
        yield Finding("OK", "lake", "nothing has been taken in yet")
        return
    try:
        ledger = Ledger(settings.ledger_file)
        ledger.verify()
    except ValueError as error:
        yield Finding("FAIL", "lake", str(error), "see the message")
        return
    deliveries = ledger.deliveries()
    unread = sum(row["status"] == "unreadable" for row in deliveries)
    if unread:
        yield Finding(
            "WARN", "lake", f"{unread} of {len(deliveries)} files could not be read",
            "`select file, message from quality.row_ledger where status = 'unreadable'` says why",
        )  # fmt: skip
    else:
        yield Finding("OK", "lake", f"the ledger is sound and knows {len(deliveries)} files")


def _contracts(settings: Settings) -> Iterator[Finding]:
    try:
        contracts = read_contracts(settings.contracts_dir)
    except ValueError as error:
        yield Finding("FAIL", "contracts", str(error), "mend the contract")
        return
    strays = unknown_landing_folders(settings.landing_dir, contracts)
    if strays:
        yield Finding(
            "WARN", "landing", f"no contract reads {_some(map(str, strays))}",
            "move the files to landing/<source>/<entity>/, or write a contract (CONTRIBUTING.md)",
        )  # fmt: skip
    else:
        yield Finding("OK", "contracts", ", ".join(contracts))


def _published(settings: Settings) -> Iterator[Finding]:
    versions = Versions(settings.published_file)
    names, current = versions.names(), versions.current
    if current is None:
        yield Finding("WARN", "published", "nothing yet", "run `make run`")
        return
    try:
        versions.read(current)
    except ValueError as error:
        yield Finding(
            "FAIL", "published", str(error),
            "`funnel published list`, then `funnel published rollback <version>` or `make run`",
        )  # fmt: skip
        return
    if current != names[-1]:
        yield Finding("WARN", "published", f"rolled back to {current}; {names[-1]} is newer",
                      "nothing: the next run publishes anew")  # fmt: skip
    else:
        yield Finding("OK", "published", f"{current}, {len(names)} versions kept")


def _leftovers(settings: Settings) -> Iterator[Finding]:
    """What killed processes have left; of little harm, but it takes space or holds somebody."""
    if run_lock_holder(settings.run_lock):
        yield Finding("OK", "leftovers", "not looked for while a run works")
        return
    requests = _inside(settings.forget_requests_dir)
    if requests:
        yield Finding(
            "WARN", "requests", f"{len(requests)} to forget somebody wait: {_some(requests)}",
            "start the job `forget_person` for each, or delete the file",
        )  # fmt: skip
    published = settings.published_dir
    swept = [
        *_inside(settings.scratch_dir),
        *_inside(Path(settings.duckdb_settings["temp_directory"])),
        *_inside(published / "versions" / ".draft"),
        *(str(path) for path in published.glob(".*.new")),
        *(str(path) for path in published.glob("versions/*/.*")),
    ]
    if swept:
        yield Finding("WARN", "leftovers", f"of a run that was killed: {_some(swept)}",
                      "delete them; the next run does so for most")  # fmt: skip
    else:
        yield Finding("OK", "leftovers", "none")


# ---------------------------------------------------------------------------------------------


def _inside(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.iterdir()) if folder.is_dir() else []


def _existing(path: Path) -> Path:
    return next(p for p in (path, *path.parents) if p.exists())


def _some(names: "Iterator[str] | list[str] | map[str]") -> str:
    listed = list(names)
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return ", ".join(listed[:5]) + more


def _size(count: float) -> str:
    return f"{count / _GIB:.1f} GiB" if count >= _GIB else f"{count / 2**20:.0f} MiB"


def _bytes_of(text: str) -> float:
    """Bytes of a size as DuckDB writes them: `4GiB`, `500 MB`."""
    number = float(text.rstrip("KMGTiB "))
    powers = {"K": 1, "M": 2, "G": 3, "T": 4}
    unit = text.lstrip("0123456789. ")
    return number * (1024 if "i" in unit else 1000) ** powers[unit[0]]
