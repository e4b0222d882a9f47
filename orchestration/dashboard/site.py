"""Queries the published file, draws every chart and writes the page, swapped in as a whole."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jinja2
from markupsafe import Markup

from orchestration.dashboard.chart import Chart, KeyNumber, Row, Rows, Section
from orchestration.dashboard.figures import SMALL_SAMPLE
from orchestration.dashboard.sections import SECTIONS, STAGES
from orchestration.dashboard.sections.journey import FUNNEL
from orchestration.dashboard.sections.quality import VERDICTS
from orchestration.dashboard.vocabulary import (
    DOCUMENTS,
    ENGLISH,
    GERMAN,
    GERMAN_COLUMNS,
    MONTHS,
    WORDS,
    named,
)
from orchestration.dashboard.words import Number, Text, say
from orchestration.engine import connect
from orchestration.files import replace_durably, sync

_HERE = Path(__file__).parent
_FILES = ("style.css", "app.js")
_PERIODS = {"all": Text("everything", "alles"), "30": Text("30 days", "30 Tage"),
            "90": Text("90 days", "90 Tage"), "365": Text("a year", "ein Jahr")}  # fmt: skip
_SINCE_BEFORE = Text("on the period before", "zur Vorperiode")


@dataclass(frozen=True)
class Site:
    """What was written: the folder, its size, and the charts that found no rows."""

    folder: Path
    byte_count: int
    empty_charts: tuple[str, ...]


def build_site(published: Path, folder: Path, home: Path) -> Site:
    """Write the page for a published file.

    Args:
        published: DuckDB file that people query.
        folder: where the page goes; it appears when all files are written.
        home: folder from which people open the page; documents in it are linked.

    Returns:
        What was written.
    """
    with connect(published, read_only=True) as connection:
        version, at, newest = connection.execute(
            """
            select version, published_at, (select max(last_event_at)::date from quality.row_ledger)
            from quality.publication
            """
        ).fetchall()[0]
        rows = {chart.id: _rows(connection, chart.sql) for chart in _charts()}
        numbers = {
            section.id: [_number(connection, number) for number in section.numbers]
            for section in SECTIONS
        }
    charts = {chart.id: _drawn(chart, rows[chart.id]) for chart in _charts()}
    html = _page(version, at, newest, charts, numbers, _documents(home))
    _write(folder, html)
    return Site(
        folder,
        sum(file.stat().st_size for file in folder.iterdir()),
        tuple(chart for chart, found in rows.items() if not found),
    )


def is_up_to_date(folder: Path, home: Path) -> bool:
    """Whether a version's page is there, and this code made it with the documents of its home."""
    index = folder / "index.html"
    return index.exists() and _stamp(_documents(home)) in index.read_text(encoding="utf-8")


def _documents(home: Path) -> dict[str, Text]:
    """Names of the documents that are there, and what the page calls them."""
    return {name: label for name, label in DOCUMENTS.items() if (home / name).exists()}


def _stamp(documents: dict[str, Text]) -> str:
    """Changes with anything that would make another page of the same tables."""
    digest = hashlib.sha256(" ".join(documents).encode())
    for path in sorted(p for p in _HERE.rglob("*") if p.suffix in (".py", ".css", ".js", ".j2")):
        digest.update(f"\0{path.relative_to(_HERE)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _charts() -> Iterator[Chart]:
    for section in SECTIONS:
        yield from section.charts


# Rows ----------------------------------------------------------------------------------------


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    answer = connection.execute(sql)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in answer.fetchall()]


def _plain(value: Any) -> Any:
    """Dates as ISO text and decimals as numbers: that is what JSON and Plotly know."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def _number(connection: duckdb.DuckDBPyConnection, number: KeyNumber) -> dict[str, Any]:
    rows = _rows(connection, number.sql)
    if not rows or rows[0]["value"] is None:
        needs = say("needs {what}", "braucht {what}", what=number.needs)
        return {"label": number.label, "value": Text("–", "–"), "more": needs, "is_small": True}
    row = rows[0]
    is_small = (row.get("n") or SMALL_SAMPLE) < SMALL_SAMPLE

    def in_unit(name: str) -> Number:
        return Number(row[name], number.unit, number.decimals)

    more: list[Text] = []
    if row.get("low") is not None:
        more.append(say("{a} to {b}", "{a} bis {b}", a=in_unit("low"), b=in_unit("high")))
    if row.get("n") is not None:
        small = Text(", few", ", wenige") if is_small else Text("", "")
        more.append(say("n = {n}{few}", "n = {n}{few}", n=Number(row["n"]), few=small))
    is_open = _is_open(connection, row)
    if row.get("before") is not None and not is_open:
        points = number.unit == " %"
        change = Number(row["value"] - row["before"], "" if points else number.unit,
                        number.decimals, signed=True)  # fmt: skip
        what = Text(" points", " Punkte") if points else Text("", "")
        wave = _period({"month": row.get("before_month")})
        since = say("since {w}", "seit {w}", w=wave) if wave else _SINCE_BEFORE
        more.append(say("{c}{p} {s}", "{c}{p} {s}", c=change, p=what, s=since))
    if period := _period(row):
        more.append(say("{p} so far", "{p} bisher", p=period) if is_open else period)
    return {
        "label": number.label,
        "value": Text(in_unit("value").said("en"), in_unit("value").said("de")),
        "more": Text(" · ".join(m.en for m in more), " · ".join(m.de for m in more)),
        "is_small": is_small,
    }


def _is_open(connection: duckdb.DuckDBPyConnection, row: Row) -> bool:
    """Whether the data end before the month or week of a row does."""
    ends = "last_day(?::date)" if row.get("month") else "?::date + 6"
    query = f"select {ends} > max(last_event_at)::date from quality.row_ledger"
    first_day = row.get("month") or row.get("week")
    answer = connection.execute(query, [first_day]).fetchone()
    return bool(answer and answer[0])


def _period(row: Row) -> Text | None:
    if month := row.get("month"):
        return Text(*(f"{names[int(month[5:7]) - 1]} {month[:4]}" for names in MONTHS))
    week = row.get("week")
    return say("week of {d}", "Woche ab {d}", d=week) if week else None


# Charts --------------------------------------------------------------------------------------


def _drawn(chart: Chart, rows: Rows) -> dict[str, Any]:
    """A chart with all that its place on the page needs."""
    columns = list(rows[0]) if rows else []
    figure = None
    if chart.figure and rows:
        figure = json.loads(chart.figure(rows).to_json() or "{}")
    n = chart.sample(rows) if chart.sample and rows else None
    return {
        "id": chart.id,
        "sql": chart.sql.strip(),
        "rows": rows,
        "columns": columns,
        "figure": figure,
        "finding": chart.finding(rows) if rows else _nothing(chart),
        "definition": chart.definition,
        "n": say("n = {n}.", "n = {n}.", n=Number(n)) if n else None,
        "is_wide": chart.is_wide,
    }


def _nothing(chart: Chart) -> Text:
    """What stands above a chart without rows."""
    if chart.needs:
        return say(
            "No data yet: needs {what}", "Noch keine Daten: braucht {what}", what=chart.needs
        )
    return chart.empty or WORDS["no_rows"]


# Page ----------------------------------------------------------------------------------------


def _page(
    version: str,
    at: datetime,
    newest: date | None,
    charts: dict[str, dict[str, Any]],
    numbers: dict[str, list[dict[str, Any]]],
    documents: dict[str, Text],
) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    funnel = charts[FUNNEL.id] | {"id": f"overview-{FUNNEL.id}"}
    return environment.get_template("page.html.j2").render(
        title=WORDS["title"],
        words=WORDS,
        version=version,
        stamp=_stamp(documents),
        documents=documents,
        published_at=at.isoformat(timespec="seconds") + "Z",
        data_until=say("Data until {d}", "Daten bis {d}", d=newest.isoformat()) if newest else None,
        checks=_checks(charts["checks"]["rows"]),
        sections=[
            _overview(numbers, [funnel]),
            *(_section(section, numbers[section.id], charts) for section in SECTIONS),
        ],
        filters=_filters(charts),
        charts_json=_script_json({c["id"]: _compact(c) for c in [funnel, *charts.values()]}),
        words_json=_script_json({"en": ENGLISH, "de": GERMAN, "de_columns": GERMAN_COLUMNS}),
    )


def _compact(chart: dict[str, Any]) -> dict[str, Any]:
    """What the browser needs of a chart; the names of columns stand once."""
    rows = [[row[name] for name in chart["columns"]] for row in chart["rows"]]
    return {"figure": chart["figure"], "columns": chart["columns"], "rows": rows}


def _overview(
    numbers: dict[str, list[dict[str, Any]]], charts: list[dict[str, Any]]
) -> dict[str, Any]:
    groups = [
        {"title": stage.question, "section": stage.id, "numbers": numbers[stage.id]}
        for stage in STAGES
    ]
    return {
        "id": "overview",
        "title": WORDS["overview"],
        "question": WORDS["overview_question"],
        "numbers": groups,
        "charts": charts,
    }


def _section(
    section: Section, numbers: list[dict[str, Any]], charts: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "question": section.question,
        "numbers": [{"title": None, "section": section.id, "numbers": numbers}] if numbers else [],
        "charts": [charts[chart.id] for chart in section.charts],
    }


def _checks(rows: Rows) -> dict[str, Any]:
    """The badge: rules that hold, else those that are broken, else those that only warn."""
    count = {v: sum(r["checks"] for r in rows if r["verdict"] == v) for v in VERDICTS}
    if n := count["broken"]:
        one = Text("1 check broken", "1 Prüfung verletzt")
        many = say("{n} checks broken", "{n} Prüfungen verletzt", n=Number(n))
        return {"state": "bad", "text": one if n == 1 else many}
    if n := count["warns"]:
        one = Text("1 check warns", "1 Prüfung warnt")
        many = say("{n} checks warn", "{n} Prüfungen warnen", n=Number(n))
        return {"state": "warn", "text": one if n == 1 else many}
    every = Number(count["holds"])
    return {"state": "good", "text": say("{n} checks hold", "{n} Prüfungen bestanden", n=every)}


def _filters(charts: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Period, platform and segment, with what the charts can be filtered by."""
    found: dict[str, list[str]] = {"platform": [], "segment": []}
    for chart in charts.values():
        for trace in (chart["figure"] or {}).get("data", []):
            for name, value in (trace.get("meta") or {}).items():
                if value not in found[name]:
                    found[name].append(value)
    everything = {"value": "all", "label": Text("all", "alle")}
    periods = [{"value": value, "label": label} for value, label in _PERIODS.items()]
    choices = [{"name": "period", "label": WORDS["period"], "options": periods}]
    for name, values in found.items():
        options = [everything, *({"value": v, "label": named(v)} for v in values)]
        if values:
            choices.append({"name": name, "label": WORDS[name], "options": options})
    return choices


def _script_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


# Files ---------------------------------------------------------------------------------------


def _write(folder: Path, html: str) -> None:
    """Write all files beside the folder, which then appears whole."""
    import plotly

    draft, former = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "former"))
    for leftover in (draft, former):
        shutil.rmtree(leftover, ignore_errors=True)
    draft.mkdir(parents=True)
    library = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    for file in (library, *(_HERE / "static" / name for name in _FILES)):
        shutil.copyfile(file, draft / file.name)
    (draft / "index.html").write_text(html, encoding="utf-8")
    for file in draft.iterdir():
        sync(file)
    if folder.exists():
        folder.rename(former)
    replace_durably(draft, folder)
    shutil.rmtree(former, ignore_errors=True)
