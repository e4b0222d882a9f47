"""Chance, the same on every machine: draws are only added, multiplied and compared."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice(random.Random):
    """Python's generator with the three throws that the story asks for."""

    def happens(self, probability: float) -> bool:
        """Throw for something that happens with a probability."""
        return self.random() < probability

    def weighted(self, weights: Mapping[T, int]) -> T:
        """Draw a key, each as likely as its weight says."""
        return self.choices(list(weights), list(weights.values()))[0]

    def seconds(self, low: int, high: int) -> timedelta:
        """Draw a time span to the microsecond."""
        return timedelta(microseconds=self.randint(low * 10**6, high * 10**6))
