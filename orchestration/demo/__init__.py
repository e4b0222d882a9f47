"""A demo shop: one story, told once and written down by every tool, with the truth beside it.

The demo is synthetic. People, e-mail addresses (example.com) and telephone numbers (555-01xx)
are invented. `story.py` and `opinions.py` tell what people do and say, `brand.py` what the
brand does, `carts.py` what is left in carts, `market.py` what surrounds both; `writers/` knows how
each vendor's export looks, `defects.py` plants the dirt that real exports have, and `truth.py`
counts what a correct warehouse has to find.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from orchestration.demo import defects, experience, market_truth, truth
from orchestration.demo.carts import leave_carts
from orchestration.demo.club import count_club, tell_club
from orchestration.demo.dice import Dice
from orchestration.demo.market import surround
from orchestration.demo.model import Calendar
from orchestration.demo.story import tell
from orchestration.demo.writers import export_club, write_down
from orchestration.demo.writers import market as market_writer

__all__ = ["write_demo"]


def write_demo(
    landing: Path,
    truth_file: Path,
    days: int = 90,
    people: int = 5000,
    seed: int = 7,
    end: date = date(2026, 9, 30),
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Write a synthetic shop's vendor exports and what is true of them.

    The same arguments give byte-identical files on any machine and at any time.

    Args:
        landing: folder below which files go to `<source>/<entity>/`.
        truth_file: JSON file for the counts that a correct warehouse must reproduce.
        days: length of the story.
        people: people who could come across the brand.
        seed: start of the random numbers.
        end: last day of the story.
        progress: called with a sentence after each step.

    Returns:
        What was written to `truth_file`.
    """
    report = progress or (lambda _: None)
    dice = Dice(seed)
    story = tell(dice, Calendar(end - timedelta(days=days - 1), days), people)
    leave_carts(Dice(f"{seed} carts"), story)
    experience.tell(Dice(f"{seed} experience"), story)
    report(f"{people:,} people lived through {days} days: {len(story.visits):,} visits")

    files = write_down(story)
    defects.plant(files, dice)
    market = surround(story, Dice(f"{seed} market"))
    club = tell_club(Dice(f"{seed} club"), story)
    files += [*market_writer.export(market), *export_club(club)]
    size = sum(file.write(landing) for file in files)
    report(f"{len(files)} files written, {size / 10**6:.1f} MB")

    counted = truth.count(story, files) | {
        "market": market_truth.count(story, market),
        "club": count_club(club, story),
    }
    truth_file.parent.mkdir(parents=True, exist_ok=True)
    truth_file.write_bytes((json.dumps(counted, indent=2, sort_keys=True) + "\n").encode())
    report(f"truth written to {truth_file}")
    return counted
