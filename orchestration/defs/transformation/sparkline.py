"""A picture of numbers over time that fits into a line of text."""

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_MOST = 60


def sparkline(counts: Sequence[tuple[str, int]]) -> str | None:
    """Draw counts over time, the newest 60, with the first and the last period.

    Args:
        counts: period and count, in order of time.

    Returns:
        Nothing where there is nothing to see: a single period, or the same count in all.
    """
    shown = counts[-_MOST:]
    if len({count for _, count in shown}) < 2:
        return None
    highest = max(count for _, count in shown)
    bars = "".join(_BARS[round(count / highest * (len(_BARS) - 1))] for _, count in shown)
    return f"{bars}  {shown[0][0]} to {shown[-1][0]}, at most {highest:,} rows"
