"""What a chart, a number and a section of the page are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestration.dashboard.words import Text

if TYPE_CHECKING:
    import plotly.graph_objects as go

Row = dict[str, Any]
Rows = Sequence[Row]


def last_full_week(rows: Rows) -> str | None:
    """First day of the newest `week` of the rows that is not open; None where there is none."""
    return max((row["week"] for row in rows if not row["is_open"]), default=None)


@dataclass(frozen=True)
class Chart:
    """A query, the figure of its rows and the sentence that says what they show.

    Without a figure the rows stand as a table. `sample` gives how many stand behind the sentence.
    `needs` says what has to be delivered for there to be rows; where none is good news, `empty`
    does.
    """

    id: str
    sql: str
    finding: Callable[[Rows], Text]
    definition: Text
    figure: "Callable[[Rows], go.Figure] | None" = None
    sample: Callable[[Rows], int | None] | None = None
    is_wide: bool = False
    needs: Text | None = None
    empty: Text | None = None


@dataclass(frozen=True)
class KeyNumber:
    """One number with its change and interval.

    The query gives one row: `value`, and where they make sense `before` (the complete period
    before, or that of `before_month` where not each month has one), `low`, `high`, `n`, and the
    first day of its `month` or `week`. Of a period that is not over the change is not shown.
    `needs` says what has to be delivered for there to be a number.
    """

    label: Text
    sql: str
    needs: Text
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class Section:
    """A stage of the funnel, the question that it answers, its numbers and charts."""

    id: str
    title: Text
    question: Text
    numbers: Sequence[KeyNumber] = ()
    charts: Sequence[Chart] = field(default_factory=tuple)
