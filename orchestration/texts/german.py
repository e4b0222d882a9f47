"""German sentiment from an own small lexicon, with negation, intensifiers and `aber`.

There is no German lexicon that may be shipped: SentiWS forbids commercial use, textblob-de needs
a download. This one knows the words of customer feedback and nothing of irony.
"""

import math
import re
from itertools import pairwise

from orchestration.texts.lexicons import german_weights

MODEL = "own lexicon de 2026-1"
_WORD = re.compile(r"[^\W\d_]+|[.!?;,:\n]")
_NEGATIONS = frozenset({"nicht", "nie", "niemals", "nichts", "ohne", "kaum", "weder", "keineswegs"})
_NEGATION_BEGINNINGS = ("kein",)
_NEGATION_REACH = 3  # words
_STRONGER = {
    "sehr", "wirklich", "total", "extrem", "absolut", "echt", "richtig", "besonders",
    "wahnsinnig", "unglaublich", "äußerst", "viel", "so", "völlig", "komplett",
}  # fmt: skip
_WEAKER = {"etwas", "bisschen", "leicht", "ziemlich", "relativ", "eher", "recht", "halbwegs"}
_TURNS = {"aber", "jedoch", "allerdings", "trotzdem", "dennoch"}
# As VADER does: a negated word counts for three quarters in the other direction, an intensifier
# adds, what follows a `but` counts for more; the sum is squeezed into -1 to 1.
_NEGATED, _STRENGTHENED, _WEAKENED = -0.74, 1.3, 0.7
_BEFORE_TURN, _AFTER_TURN, _SQUEEZE = 0.5, 1.5, 15.0


def score(text: str) -> tuple[float, float]:
    """Return the feeling from -1 to 1 and how much the words of the text agree, 0 to 1."""
    values = [value for value in _values(text) if value]
    total, mass = math.fsum(values), math.fsum(abs(value) for value in values)
    compound = total / math.sqrt(total * total + _SQUEEZE)
    return round(compound, 4), round(abs(total) / mass, 4) if mass else 0.0


def _values(text: str) -> list[float]:
    words = _WORD.findall(text.lower())
    values = [0.0 if word in _STRONGER else _value(words, i) for i, word in enumerate(words)]
    turns = [i for i, word in enumerate(words) if word in _TURNS]
    if not turns:
        return values
    turn = turns[-1]
    return [v * (_BEFORE_TURN if i < turn else _AFTER_TURN) for i, v in enumerate(values)]


def _value(words: list[str], i: int) -> float:
    value = _weight(words[i])
    if not value:
        return 0.0
    before = _same_clause(words, i)
    if before and before[-1] in _STRONGER:
        value *= _STRENGTHENED
    if before and before[-1] in _WEAKER:
        value *= _WEAKENED
    return value * _NEGATED if _is_negated(before) else value


def _same_clause(words: list[str], i: int) -> list[str]:
    """Words before one, back to the last punctuation."""
    before: list[str] = []
    for word in reversed(words[max(0, i - _NEGATION_REACH) : i]):
        if not word[0].isalpha():
            break
        before.insert(0, word)
    return before


def _is_negated(before: list[str]) -> bool:
    """`nicht nur` denies nothing."""
    only = any(pair == ("nicht", "nur") for pair in pairwise(before))
    return not only and any(
        word in _NEGATIONS or word.startswith(_NEGATION_BEGINNINGS) for word in before
    )


def _weight(word: str) -> float:
    whole, beginnings = german_weights()
    if word in whole:
        return whole[word]
    # The longest beginning says most: `gutschein` is not `gut`.
    found = (beginnings[word[:n]] for n in range(len(word), 2, -1) if word[:n] in beginnings)
    return next(found, 0.0)
