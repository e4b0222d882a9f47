"""What a free text says: its language and how it feels. Pure functions, alike on every machine."""

from orchestration.texts.fingerprint import fingerprint
from orchestration.texts.language import detect, language_of
from orchestration.texts.scoring import FIELDS, TextScore, score_text

__all__ = ["FIELDS", "TextScore", "detect", "fingerprint", "language_of", "score_text"]
