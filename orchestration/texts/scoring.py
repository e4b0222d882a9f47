"""Scores one text. A text in a language without a model stays unscored: empty, never 0."""

import re
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

from orchestration.texts import german
from orchestration.texts.fingerprint import MODELS
from orchestration.texts.language import language_of

# Scripts that put no blanks between words: kana, Han.
_CHARACTERS = re.compile("[\u3041-\u30ff\u3400-\u9fff]")


class TextScore(NamedTuple):
    """What is said of a text; `words` is what topics are looked for in."""

    language: str | None
    sentiment: float | None
    confidence: float | None
    model_version: str | None
    words: str
    word_count: int


FIELDS = {
    "language": "varchar", "sentiment": "double", "confidence": "double",
    "model_version": "varchar", "words": "varchar", "word_count": "bigint",
}  # fmt: skip


def score_text(text: str, delivered_language: str | None = None) -> TextScore:
    """Tell language, feeling (-1 to 1), confidence (0 to 1), model and normalised words.

    Confidence of the lexicons: how much the words that they know agree, 0 where they know none.
    Confidence of SnowNLP: the distance of its probability from even odds. The two are not
    comparable with each other.

    Args:
        text: as delivered.
        delivered_language: ISO 639-1 code, where a tool gave one.
    """
    language = language_of(text, delivered_language)
    simplified = _simplified(text) if language == "zh" else text
    words = _words(simplified)
    return TextScore(language, *_feeling(language, simplified), words, _count(words))


def _feeling(language: str | None, text: str) -> tuple[float, float, str] | tuple[None, None, None]:
    match language:
        case "en":
            return *_english(text), _model("en", "VADER")
        case "de":
            return *german.score(text), german.MODEL
        case "zh":
            return *_chinese(text), _model("zh", "SnowNLP")
        case _:
            return None, None, None


def _words(text: str) -> str:
    """Lower case letters and digits, every word between blanks: ` it s fine `."""
    found = re.findall(r"[^\W_]+", text.lower())
    return f" {' '.join(found)} " if found else ""


def _count(words: str) -> int:
    """Count words; where they are written without blanks between them, characters."""
    return sum(len(_CHARACTERS.findall(word)) or 1 for word in words.split())


def _english(text: str) -> tuple[float, float]:
    said = _vader().polarity_scores(text)
    mass = said["pos"] + said["neg"]
    agreement = abs(said["pos"] - said["neg"]) / mass if mass else 0.0
    return said["compound"], round(agreement, 4)


def _chinese(simplified: str) -> tuple[float, float]:
    if not simplified.strip():
        return 0.0, 0.0
    probability = _snownlp()(simplified).sentiments
    value = round(2 * probability - 1, 4)
    return value, abs(value)


def _simplified(text: str) -> str:
    """Traditional characters become simplified ones: the model was trained on these."""
    return _snownlp()(text).han if text.strip() else text


# Both read their models when they are first asked: SnowNLP takes seconds and 400 MB.


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


@cache
def _snownlp() -> Any:
    from snownlp import SnowNLP

    return SnowNLP


@cache
def _model(language: str, name: str) -> str:
    return f"{name} {version(MODELS[language])}"
