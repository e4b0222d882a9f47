"""Pure functions from rows to Plotly figures; colours and fonts of the page come in the browser.

A trace's `meta` says which platform or segment it shows: the page's filters read it. A point of
a small sample is grey, one of a period that is not over yet is hatched or hollow.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go

from orchestration.dashboard.vocabulary import FUNNEL_BAR

Row = dict[str, Any]
Rows = Sequence[Row]

# Okabe and Ito: told apart by people with any kind of colour vision.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31")
SMALL_SAMPLE = 30
SMALL_COLOUR = "#9a9a9a"
LEVEL_COLOURS = {
    "low": "#bdbdbd", "medium": "#56B4E9", "high": "#0072B2",
    "poor": "#D55E00", "fair": "#E69F00", "good": "#56B4E9", "excellent": "#009E73",
    "negative": "#D55E00", "neutral": "#bdbdbd", "mixed": "#CC79A7", "positive": "#009E73",
}  # fmt: skip


def trend(
    rows: Rows,
    x: str,
    y: str,
    by: str | None = None,
    unit: str = "",
    filter_by: str | None = None,
    low: str | None = None,
    high: str | None = None,
    n: str | None = None,
    band: tuple[float, float] | None = None,
    is_open: str | None = None,
) -> go.Figure:
    """Lines over time, one per group.

    Args:
        rows: one row per group and date.
        x: column of ISO dates.
        y: column of values.
        by: column that names the group.
        unit: stands behind the values.
        filter_by: filter of the page that the group belongs to, such as `platform`.
        low: column of the lower bound of an interval.
        high: column of its upper bound.
        n: column of the sample's size.
        band: values between which a level lies, drawn behind the lines.
        is_open: column that says whether the period is not over yet.
    """
    figure = _figure(unit)
    for number, (group, own) in enumerate(_groups(rows, by)):
        colour = COLOURS[number % len(COLOURS)]
        small = [n is not None and (row[n] or 0) < SMALL_SAMPLE for row in own]
        hollow = [is_open is not None and bool(row[is_open]) for row in own]
        figure.add_scatter(
            x=[row[x] for row in own],
            y=[row[y] for row in own],
            name=group,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={
                "size": 7,
                "color": [SMALL_COLOUR if s else colour for s in small],
                "symbol": ["circle-open" if h else "circle" for h in hollow],
            },
            error_y=_interval(own, y, low, high),
            customdata=[row[n] for row in own] if n else None,
            hovertemplate=f"%{{x}}<br>%{{y:,.2f}}{unit}" + ("<br>n = %{customdata}" if n else ""),
            connectgaps=False,
            meta=_meta(filter_by, group),
        )
    if band:
        figure.add_hrect(y0=band[0], y1=band[1], fillcolor="#009E73", opacity=0.12, line_width=0)
    figure.update_layout(meta={"time": True}, showlegend=by is not None)
    _date_axis(figure, [row[x] for row in rows])
    return figure


def bars(
    rows: Rows,
    x: str,
    y: str,
    by: str | None = None,
    unit: str = "",
    filter_by: str | None = None,
    stacked: bool = False,
    is_open: str | None = None,
    is_time: bool = True,
) -> go.Figure:
    """Columns, grouped or stacked; those of a period that is not over yet are hatched."""
    figure = _figure(unit)
    for number, (group, own) in enumerate(_groups(rows, by)):
        colour = LEVEL_COLOURS.get(group, COLOURS[number % len(COLOURS)])
        hatched = [is_open is not None and bool(row[is_open]) for row in own]
        figure.add_bar(
            x=[row[x] for row in own],
            y=[row[y] for row in own],
            name=group,
            marker={
                "color": colour,
                "pattern": {"shape": ["/" if h else "" for h in hatched], "fillmode": "overlay"},
            },
            hovertemplate=f"%{{x}}<br>%{{y:,}}{unit}",
            meta=_meta(filter_by, group),
        )
    figure.update_layout(
        barmode="relative" if stacked else "group",
        meta={"time": is_time},
        showlegend=by is not None,
    )
    if is_time:
        _date_axis(figure, [row[x] for row in rows])
    return figure


def ranking(
    rows: Rows,
    label: str,
    y: str,
    unit: str = "",
    low: str | None = None,
    high: str | None = None,
    n: str | None = None,
) -> go.Figure:
    """Bars from top to bottom, with intervals; those of small samples are grey."""
    own = list(reversed(rows))
    figure = _figure(unit, axis="x")
    figure.add_bar(
        x=[row[y] for row in own],
        y=[row[label] for row in own],
        orientation="h",
        marker_color=[
            SMALL_COLOUR if n and (row[n] or 0) < SMALL_SAMPLE else COLOURS[0] for row in own
        ],
        error_x=_interval(own, y, low, high),
        customdata=[row[n] for row in own] if n else None,
        hovertemplate=f"%{{y}}<br>%{{x:,.1f}}{unit}" + ("<br>n = %{customdata}" if n else ""),
    )
    figure.update_layout(showlegend=False)
    figure.update_yaxes(automargin=True, dtick=1)
    return figure


def funnel(rows: Rows, stage: str, people: str) -> go.Figure:
    """Stages from wide to narrow, with the share of the first and of the one before."""
    figure = _figure("")
    figure.add_funnel(
        y=[row[stage] for row in rows],
        x=[row[people] for row in rows],
        texttemplate=FUNNEL_BAR.en,
        textposition="auto",
        marker={"color": COLOURS[0], "opacity": [1 - 0.1 * i for i in range(len(rows))]},
        connector={"fillcolor": "rgba(120,140,160,0.25)"},
    )
    figure.update_yaxes(automargin=True, showgrid=False)
    figure.update_layout(showlegend=False)
    return figure


def heatmap(rows: Rows, x: str, y: str, z: str, unit: str = "", n: str | None = None) -> go.Figure:
    """A value for each pair; the pairs that are missing stay empty."""
    columns = list(dict.fromkeys(_short(row[x]) for row in rows))
    lines = list(dict.fromkeys(_short(row[y]) for row in rows))
    cells = {(_short(row[x]), _short(row[y])): row for row in rows}

    def grid(name: str) -> list[list[Any]]:
        return [[cells.get((c, line), {}).get(name) for c in columns] for line in lines]

    figure = _figure("")
    figure.add_heatmap(
        x=columns,
        y=lines,
        z=grid(z),
        colorscale=[[0, "#eef4f8"], [1, "#0072B2"]],
        showscale=False,
        text=[[_cell(value, unit) for value in line] for line in grid(z)],
        texttemplate="%{text}",
        customdata=grid(n) if n else None,
        hovertemplate=f"%{{y}}, %{{x}}<br>%{{z:,.1f}}{unit}"
        + ("<br>n = %{customdata}" if n else "")
        + "<extra></extra>",
        xgap=2,
        ygap=2,
    )
    figure.update_xaxes(type="category", side="top", automargin=True)
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    return figure


def sankey(rows: Rows, source: str, target: str, value: str) -> go.Figure:
    """Streams from one column of names to another; wide is many."""
    lefts = list(dict.fromkeys(row[source] for row in rows))
    rights = list(dict.fromkeys(row[target] for row in rows))
    figure = _figure("")
    figure.add_sankey(
        node={
            "label": [*lefts, *rights],
            "color": [COLOURS[i % len(COLOURS)] for i in range(len(lefts))]
            + ["#8a8a8a"] * len(rights),
            "pad": 14,
            "thickness": 14,
        },
        link={
            "source": [lefts.index(row[source]) for row in rows],
            "target": [len(lefts) + rights.index(row[target]) for row in rows],
            "value": [row[value] for row in rows],
            "color": "rgba(120,140,160,0.30)",
        },
    )
    return figure


# ---------------------------------------------------------------------------------------------


def _figure(unit: str, axis: str = "y") -> go.Figure:
    figure = go.Figure(layout={"template": "none", "margin": {"l": 48, "r": 12, "t": 12, "b": 36}})
    (figure.update_xaxes if axis == "x" else figure.update_yaxes)(
        ticksuffix=unit, rangemode="tozero"
    )
    return figure


def _date_axis(figure: go.Figure, dates: list[str]) -> None:
    """Dates in digits, which every language reads; months where there is nothing finer."""
    if all(day.endswith("-01") for day in dates):
        figure.update_xaxes(tickformat="%Y-%m", dtick="M1" if len(set(dates)) <= 12 else None)
    elif all(date.fromisoformat(day).weekday() == 0 for day in dates):
        weeks = (date.fromisoformat(max(dates)) - date.fromisoformat(min(dates))).days // 7 + 1
        every = timedelta(weeks=max(1, round(weeks / 8)))  # ticks on Mondays, about eight of them
        figure.update_xaxes(
            tickformat="%m-%d\n%Y", tick0=min(dates), dtick=every // timedelta(milliseconds=1)
        )
    else:
        figure.update_xaxes(tickformat="%m-%d\n%Y")


def _cell(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.0f}{unit}"


def _short(value: Any) -> str:
    """The first of a month stands for the month."""
    text = str(value)
    return text[:7] if len(text) == 10 and text.endswith("-01") else text


def _groups(rows: Rows, by: str | None) -> Iterable[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[by]) if by else "", []).append(row)
    return groups.items()


def _meta(filter_by: str | None, group: str) -> dict[str, str]:
    return {filter_by: group} if filter_by else {}


def _interval(rows: Rows, y: str, low: str | None, high: str | None) -> dict[str, Any] | None:
    if low is None or high is None:
        return None
    known = [None not in (row[y], row[low], row[high]) for row in rows]
    return {
        "type": "data",
        "symmetric": False,
        "array": [row[high] - row[y] if k else 0 for row, k in zip(rows, known, strict=True)],
        "arrayminus": [row[y] - row[low] if k else 0 for row, k in zip(rows, known, strict=True)],
        "thickness": 1,
        "width": 3,
    }
