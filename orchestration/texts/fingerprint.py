"""What the scores depend on: with another fingerprint every text is scored anew."""

import hashlib
from importlib.metadata import version

from orchestration.texts.lexicons import FOLDER

MODELS = {"en": "vaderSentiment", "zh": "snownlp"}


def fingerprint() -> str:
    """Return a digest of this package and of the versions of the models."""
    digest = hashlib.sha256()
    for path in sorted(p for p in FOLDER.iterdir() if p.suffix in (".py", ".csv")):
        digest.update(f"\0{path.name}\0".encode())
        digest.update(path.read_bytes())
    for package in MODELS.values():
        digest.update(f"\0{package} {version(package)}".encode())
    return digest.hexdigest()
