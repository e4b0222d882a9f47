import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from orchestration.ingestion import KeyChangedError, extend_key, load_key, verify_key
from orchestration.ingestion.pseudonym import install, pseudonymised, row_id


def pseudonym(value: str, kind: str, key: bytes = b"secret") -> str:
    with duckdb.cursor() as connection:
        install(connection, key)
        row = connection.execute(f"select {pseudonymised('v', kind)} from (select ? as v)", [value])
        return (row.fetchone() or ("",))[0]


def test_it_is_hmac_sha_256_of_the_normalised_value() -> None:
    expected = hmac.new(b"secret", b"email:ada@example.com", hashlib.sha256).hexdigest()[:32]
    assert pseudonym(" Ada@Example.com ", "email") == expected


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("ADA@example.com", "ada@example.com ", "email"),
        ("+49 (30) 123-456", "004930123456", "phone"),
        ("Ada  Moreau", "ada moreau", "name"),
    ],
)
def test_spellings_of_one_value_come_together(one: str, other: str, kind: str) -> None:
    assert pseudonym(one, kind) == pseudonym(other, kind)


def test_kinds_and_keys_keep_apart() -> None:
    assert pseudonym("4930123456", "phone") != pseudonym("4930123456", "name")
    assert pseudonym("a@b.c", "email", b"one") != pseudonym("a@b.c", "email", b"two")


def test_a_key_is_generated_once_into_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "private" / "key"
    key = load_key(None, file)
    assert load_key(None, file) == key
    assert len(key) == 64
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        load_key(None, file)


def test_another_key_is_refused(tmp_path: Path) -> None:
    check = tmp_path / "lake" / "key_check"
    for _ in range(2):
        verify_key(b"one", check)
    assert "one" not in check.read_text()
    with pytest.raises(KeyChangedError, match="not the one"):
        verify_key(b"two", check)


def test_an_empty_key_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.touch(0o600)
    with pytest.raises(KeyChangedError, match="is empty"):
        load_key(None, file)


def test_a_configured_key_leaves_no_file(tmp_path: Path) -> None:
    assert load_key("given", tmp_path / "key") == b"given"
    assert not (tmp_path / "key").exists()


def test_a_chain_of_keys_is_the_newer_key_on_top_of_the_older() -> None:
    older = pseudonym("ada@example.com", "email", b"one")
    expected = hmac.new(b"two", older.encode(), hashlib.sha256).hexdigest()[:32]
    assert pseudonym("ada@example.com", "email", b"one two") == expected
    assert pseudonym("ada@example.com", "email", b"one\ntwo\n") == expected


def test_an_extended_key_is_the_old_one_and_a_new_one_in_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    old = load_key(None, file)
    chain = extend_key(old, file)
    assert chain.split()[0] == old
    assert len(chain.split()) == len(set(chain.split())) == 2
    assert load_key(None, file) == chain
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_lake_of_the_earlier_key_is_refused_until_it_is_rotated(tmp_path: Path) -> None:
    check = tmp_path / "lake" / "key_check"
    verify_key(b"one", check)
    with pytest.raises(KeyChangedError, match="rotate-key"):
        verify_key(b"one two", check)
    with pytest.raises(KeyChangedError, match="not the one"):
        verify_key(b"two one", check)


def test_the_id_of_a_row_depends_on_the_key() -> None:
    def of(key: bytes) -> str:
        with duckdb.cursor() as connection:
            install(connection, key)
            return str(
                (
                    connection.execute(
                        f"select {row_id('v')} from (select 'a row' as v)"
                    ).fetchone()
                    or ("",)
                )[0]
            )

    assert of(b"one").startswith("row-")
    assert len({of(b"one"), of(b"two"), of(b"one two")}) == 3
