"""What kept a pull from landing anything, and words that may be shown of it."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_SECRET_WORDS = ("token", "key", "secret", "password", "signature", "auth", "sig", "code")


class PullError(ValueError):
    """A pull stopped; the message says of what and what to do, and holds no credential."""


def clean(text: str, secrets: Iterable[str]) -> str:
    """Return a text without credentials, whether they stand there plainly or encoded.

    Args:
        text: what a library said.
        secrets: the credentials that may be in it.
    """
    for secret in sorted((s for s in secrets if len(s) > 3), key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), quote(secret)):
            text = text.replace(form, "…")
    return text


def clean_address(address: str) -> str:
    """Return an address without user, password and the parameters that may be credentials."""
    parts = urlsplit(address)
    shown = [
        (name, "…" if any(word in name.lower() for word in _SECRET_WORDS) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(shown, safe="…:,"), ""))
