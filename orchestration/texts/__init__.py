"""What a free text says: language and feeling. Pure functions, the same on every machine."""

from orchestration.texts.fingerprint import fingerprint
from orchestration.texts.language import detect, language_of
from orchestration.texts.scoring import FIELDS, TextScore, score_text

__all__ = ["FIELDS", "TextScore", "detect", "fingerprint", "language_of", "score_text"]
