"""Reads the word lists that stand beside this module."""

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


def common_words() -> dict[str, frozenset[str]]:
    """Return frequent words by language."""
    words = defaultdict[str, set[str]](set)
    for row in _rows("common_words.csv"):
        words[row["language"]].update(row["words"].split())
    return {language: frozenset(found) for language, found in words.items()}


@cache
def german_weights() -> tuple[dict[str, float], dict[str, float]]:
    """Return weights of whole words, and of beginnings of words (written with a `*`)."""
    whole, beginnings = dict[str, float](), dict[str, float]()
    for row in _rows("lexicon_de.csv"):
        for word in row["words"].split():
            (beginnings if word.endswith("*") else whole)[word.rstrip("*")] = float(row["weight"])
    return whole, beginnings


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
