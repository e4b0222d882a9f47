"""Requests to forget somebody, as private files: a run's configuration would keep the identifier.

A file `data/private/forget_requests/<any name>.txt` holds lines `<kind>: <value>`, such as
`email: ada@example.com`; it is deleted once its requests have been carried out.
"""

from pathlib import Path

from orchestration.privacy.forgetting import PrivacyError
from orchestration.privacy.person import KINDS, Identifier


def read_requests(folder: Path) -> dict[Path, list[Identifier]]:
    """Read the request files of a folder.

    Raises:
        PermissionError: others can read a file.
        PrivacyError: a line is not a request; the message gives its number and not its text.
    """
    return {path: _read(path) for path in sorted(folder.glob("*.txt"))}


def _read(path: Path) -> list[Identifier]:
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"{path} can be read by others; run: chmod 600 '{path}'")
    requests = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        kind, _, value = (part.strip() for part in line.partition(":"))
        if not line.strip():
            continue
        if kind not in KINDS or not value:
            raise PrivacyError(
                f"{path}, line {number}: a request is `<kind>: <value>` with a kind of"
                f" {', '.join(KINDS)}"
            )
        requests.append(Identifier(kind, value))
    return requests
