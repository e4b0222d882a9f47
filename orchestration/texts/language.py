"""Which language a text is in: what was delivered, else what script and common words tell."""

import re
from functools import cache

from orchestration.texts.lexicons import common_words

_CODE = re.compile(r"([a-z]{2})(?:[-_].*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
# A text in kana or hangul is not Chinese, however many Han characters it has.
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
)


def language_of(text: str, delivered: str | None) -> str | None:
    """Return the ISO 639-1 code of a text; a delivered code such as `de-AT` wins."""
    code = _CODE.fullmatch((delivered or "").strip())
    return code[1].lower() if code else detect(text)


def detect(text: str) -> str | None:
    """Detect by script, else by the language that most of the common words belong to.

    A tie or no common word at all: no language. Languages that nobody scores are in the lists
    too, so that their texts are not taken for English or German.
    """
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    words = [word.lower() for word in _WORD.findall(text)]
    hits = {name: sum(w in known for w in words) for name, known in _known().items()}
    best = max(hits.values(), default=0)
    leaders = [name for name, count in hits.items() if count == best]
    return leaders[0] if best and len(leaders) == 1 else None


@cache
def _known() -> dict[str, frozenset[str]]:
    return common_words()
