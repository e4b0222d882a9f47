"""Replaces personal values by a keyed pseudonym, the same in every source.

HMAC-SHA-256 (RFC 2104) over the normalised value, computed by DuckDB in SQL so that no
personal value passes through Python row by row. The keys are bound as parameters: they never
stand in a statement or a log.

The pseudonym key is a chain, its keys separated by blanks or line breaks, the oldest first:
HMAC(k2, HMAC(k1, value)). So a new key can be put on top of a stored pseudonym without knowing
the value, and what arrives later still joins.
"""

import hashlib
import hmac
import secrets
from functools import reduce
from pathlib import Path

import duckdb

from orchestration.files import replace_durably, write_privately

_BLOCK = 64


class KeyChangedError(ValueError):
    """The pseudonym key is missing or not the one that the lake was made with."""


def load_key(configured: str | None, key_file: Path) -> bytes:
    """Return the pseudonym key: the configured one, else one generated once into a file.

    Raises:
        PermissionError: the key file is readable by other users.
        KeyChangedError: the key file is empty.
    """
    if configured:
        return configured.encode()
    if not key_file.exists():
        _write_key(key_file, b"")
    if key_file.stat().st_mode & 0o077:
        raise PermissionError(f"{key_file} can be read by others; run: chmod 600 '{key_file}'")
    key = key_file.read_bytes().strip()
    if not key:
        raise KeyChangedError(f"{key_file} is empty; restore it from your backup")
    return key


def extend_key(key: bytes, key_file: Path) -> bytes:
    """Put a new random key on top of the chain, in the key file, and return the whole chain."""
    _write_key(key_file, key)
    return key_file.read_bytes()


def _write_key(key_file: Path, earlier: bytes) -> None:
    chain = [*earlier.split(), secrets.token_hex(32).encode()]
    write_privately(b"\n".join(chain), key_file)


def key_check(key: bytes) -> str:
    """Return a value that tells keys apart and gives none away."""
    return reduce(_hmac, key.split(), "engagement warehouse")


def _hmac(message: str, key: bytes) -> str:
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()


def newer_keys(key: bytes, check: str) -> bytes | None:
    """Return the keys of a chain that came after the part of it with a check value.

    Empty where the check value is the whole chain's; None where it is another chain's.
    """
    keys = key.split()
    for length in range(len(keys), 0, -1):
        if hmac.compare_digest(key_check(b"\n".join(keys[:length])), check):
            return b"\n".join(keys[length:])
    return None


def verify_key(key: bytes, check_file: Path) -> None:
    """Refuse a key other than the one the lake was made with: people would no longer join.

    Args:
        key: the key of this run.
        check_file: keeps the check value of the lake's key; written where it is missing.

    Raises:
        KeyChangedError: the key is another one, or the lake has yet to be rotated to it.
    """
    if not check_file.exists():
        write_check(key, check_file)
        return
    newer = newer_keys(key, check_file.read_text().strip())
    if newer is None:
        raise KeyChangedError(
            f"the pseudonym key is not the one that {check_file.parent} was made with;"
            " set FUNNEL_PSEUDONYM_KEY to that key or restore its file. To start over with the new"
            f" key, delete {check_file.parent}: the files in the landing folder are read again"
        )
    if newer:
        raise KeyChangedError(
            f"the pseudonym key has been extended, but {check_file.parent} still has pseudonyms"
            " of the earlier one; run `.venv/bin/funnel rotate-key` to bring it up to date"
        )


def write_check(key: bytes, check_file: Path) -> None:
    """Remember the check value of the key that the lake is made with."""
    check_file.parent.mkdir(parents=True, exist_ok=True)
    draft = check_file.with_suffix(".new")
    draft.write_text(key_check(key))
    replace_durably(draft, check_file)


def install(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make the keyed hash known to a connection as the macro `keyed(message)`."""
    digest = "message"
    for position, link in enumerate(key.split()):
        if len(link) > _BLOCK:
            raise ValueError(f"a pseudonym key has {len(link)} bytes; at most {_BLOCK} are used")
        block = link.ljust(_BLOCK, b"\0")
        for pad, byte in (("inner", 0x36), ("outer", 0x5C)):
            value = bytes(b ^ byte for b in block)
            connection.execute(f"set variable {pad}_pad_{position} = ?::blob", [value])
        inner = f"unhex(sha256(getvariable('inner_pad_{position}') || encode({digest})))"
        digest = f"left(sha256(getvariable('outer_pad_{position}') || {inner}), 32)"
    connection.execute(f"create or replace temp macro keyed(message) as {digest}")


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
    return f"keyed('{kind}:' || {normalised(value, kind)})"


def row_id(row: str) -> str:
    """Return SQL giving an id for a whole row (an SQL text).

    A hash of a row holds personal values too: without the key it tells nothing.
    """
    return f"'row-' || keyed(md5({row}))"
