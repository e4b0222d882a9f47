from pathlib import Path

import pytest

from orchestration.privacy import Identifier, PrivacyError, read_requests


def written(folder: Path, text: str) -> Path:
    path = folder / "one.txt"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_each_line_is_a_request(tmp_path: Path) -> None:
    path = written(tmp_path, "email: ada@example.com\n\nname: Ada: Countess\n")
    (tmp_path / "notes.md").write_text("email: bob@example.com")
    assert read_requests(tmp_path) == {
        path: [Identifier("email", "ada@example.com"), Identifier("name", "Ada: Countess")]
    }


def test_a_wrong_line_is_named_by_its_number_and_not_repeated(tmp_path: Path) -> None:
    written(tmp_path, "email: ada@example.com\nmail: bob@example.com\n")
    with pytest.raises(PrivacyError, match="line 2") as raised:
        read_requests(tmp_path)
    assert "bob" not in str(raised.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "email: ada@example.com\n").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        read_requests(tmp_path)
