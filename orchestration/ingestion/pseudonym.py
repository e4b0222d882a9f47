"""Replaces personal values by a keyed pseudonym, the same in every source.

HMAC-SHA-256 (RFC 2104) over the normalised value, computed by DuckDB in SQL so that no
personal value passes through Python row by row. The key is bound as a parameter: it never
stands in a statement or a log.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

import duckdb

from orchestration.files import replace_durably

_BLOCK = 64


class KeyChangedError(ValueError):
    """The pseudonym key is missing or not the one that the lake was made with."""


def load_key(configured: str | None, key_file: Path) -> bytes:
    """Return the pseudonym key: the configured one, else one generated once into a file.

    Raises:
        PermissionError: the key file is readable by other users.
    """
    if configured:
        return configured.encode()
    if not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = key_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        replace_durably(draft, key_file)
    if key_file.stat().st_mode & 0o077:
        raise PermissionError(f"{key_file} can be read by others; run: chmod 600 '{key_file}'")
    key = key_file.read_text().strip().encode()
    if not key:
        raise KeyChangedError(f"{key_file} is empty; restore it from your backup")
    return key


def verify_key(key: bytes, check_file: Path) -> None:
    """Refuse a key other than the one the lake was made with: people would no longer join.

    Args:
        key: the key of this run.
        check_file: keeps a value that tells keys apart and gives none away.

    Raises:
        KeyChangedError: the key is another one.
    """
    check = hmac.new(key, b"engagement warehouse", hashlib.sha256).hexdigest()
    if not check_file.exists():
        check_file.parent.mkdir(parents=True, exist_ok=True)
        draft = check_file.with_suffix(".new")
        draft.write_text(check)
        replace_durably(draft, check_file)
    elif not hmac.compare_digest(check_file.read_text().strip(), check):
        raise KeyChangedError(
            f"the pseudonym key is not the one that {check_file.parent} was made with;"
            " set FUNNEL_PSEUDONYM_KEY to that key or restore its file. To start over with the new"
            f" key, delete {check_file.parent}: the files in the landing folder are read again"
        )


def install(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make the variables of the keyed hash known to a connection."""
    if len(key) > _BLOCK:
        raise ValueError(f"the pseudonym key is {len(key)} bytes long; at most {_BLOCK} are used")
    block = key.ljust(_BLOCK, b"\0")
    connection.execute("set variable inner_pad = ?::blob", [bytes(b ^ 0x36 for b in block)])
    connection.execute("set variable outer_pad = ?::blob", [bytes(b ^ 0x5C for b in block)])
    # Hashes of whole rows hold personal values too: without the key they tell nothing.
    salt = hmac.new(key, b"row hash", hashlib.sha256).hexdigest()
    connection.execute("set variable row_salt = ?", [salt])


def normalised(value: str, kind: str) -> str:
    """Return SQL that brings spellings of one personal value (an SQL text) together."""
    match kind:
        case "phone":  # digits only; 00 is the international prefix
            return rf"regexp_replace(regexp_replace({value}, '[^0-9]', '', 'g'), '^00', '')"
        case "name":
            return rf"regexp_replace(lower(trim({value})), '\s+', ' ', 'g')"
        case _:
            return f"lower(trim({value}))"


def pseudonymised(value: str, kind: str) -> str:
    """Return SQL giving 32 hexadecimal digits for a personal value, null for none."""
    message = f"encode('{kind}:' || {normalised(value, kind)})"
    inner = f"unhex(sha256(getvariable('inner_pad') || {message}))"
    return f"left(sha256(getvariable('outer_pad') || {inner}), 32)"
