"""The files for spreadsheets: whole, complete, and never a formula."""

import csv
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest

from orchestration.exports import write_answer, write_exports
from tests.builders import Press

TEXTS = {
    "=1+1": "'=1+1",
    "+49 1": "'+49 1",
    "-2": "'-2",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "a=1": "a=1",
    "'already": "'already",
    "": "",
}
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(workbook: Path, number: int) -> list[list[str]]:
    """Texts and numbers of a sheet, row by row; fails where a cell is a formula."""
    with zipfile.ZipFile(workbook) as parts:
        sheet = ElementTree.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))
    assert not list(sheet.iter(f"{MAIN}f")), "no cell is a formula"
    assert not list(sheet.iter(f"{MAIN}hyperlink"))
    return [
        ["".join(cell.itertext()) for cell in row.iter(f"{MAIN}c")]
        for row in sheet.iter(f"{MAIN}row")
    ]


def sheet_names(workbook: Path) -> list[str]:
    with zipfile.ZipFile(workbook) as parts:
        book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    return [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]


@pytest.fixture
def texts(press: Press) -> Press:
    """A published table of texts that a spreadsheet would carry out, beside other types."""
    quoted = ", ".join("('" + text.replace("'", "''") + "')" for text in TEXTS)
    press.write(
        "drop table journey.steps",
        f"""create table journey.steps as
            select row_number() over () as n, word, -1.5::decimal(9, 2) as amount,
                   date '2026-01-02' as day, timestamp '2026-01-02 03:04:05' as at, true as yes,
                   ['=x'] as parts, null::varchar as nothing, 'nan'::double as odd
            from (values {quoted}) as t(word)""",
    )
    press.publish()
    return press


def export(press: Press, **options: int) -> Path:
    name = press.versions.current or ""
    written = write_exports(press.versions.file(name), press.versions.exports(name), **options)
    press.versions.point_to(name)
    return written.folder


def test_no_text_is_a_formula_and_numbers_stay_numbers(texts: Press) -> None:
    folder = export(texts)
    with (folder / "journey.steps.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["word"] for row in rows] == list(TEXTS.values())
    assert {row["amount"] for row in rows} == {"-1.50"}
    assert rows[0]["parts"] == '["=x"]'
    header, *written = cells(folder / "engagement.xlsx", sheet_names_index(folder, "steps"))
    assert header == ["n", "word", "amount", "day", "at", "yes", "parts", "nothing", "odd"]
    first = written[0]
    assert first[:3] == ["1", "'=1+1", "-1.5"]
    assert first[5:] == ["1", '["=x"]', "nan"], "no cell where there is no value"
    assert all(row[1][0] not in "=+-@\t\r" for row in written if row[1])


def sheet_names_index(folder: Path, name: str) -> int:
    return sheet_names(folder / "engagement.xlsx").index(name) + 1


def test_an_answer_is_written_in_its_order_and_without_formulas(tmp_path: Path) -> None:
    answer = """
        select * from (values (3, '=1+1', -5, [1]), (1, 'plain', 5, [2]), (2, '@x', 0, null))
            as v (id, word, number, list)
        order by id desc; """
    with duckdb.connect() as connection:
        write_answer(connection, answer, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["id", "word", "number", "list"], ["3", "'=1+1", "-5", "[1]"], ["2", "'@x", "0", ""],
            ["1", "plain", "5", "[2]"],
        ]  # fmt: skip


def test_every_published_table_is_a_file_and_the_small_ones_are_sheets(press: Press) -> None:
    press.publish()
    folder = export(press, small_rows=1000)
    assert sorted(path.name for path in folder.iterdir()) == [
        "dictionary.html",
        "engagement.xlsx",
        "journey.steps.csv",
        "quality.facts.csv",
        "quality.publication.csv",
        "quality.publication_tables.csv",
    ]
    assert (folder / "journey.steps.csv").read_text().count("\n") == 1001
    names = sheet_names(folder / "engagement.xlsx")
    assert names == ["what is what", "facts", "publication", "publication_tables"]


def test_a_version_that_has_them_keeps_them_and_the_link_follows(press: Press) -> None:
    press.publish()
    folder = export(press)
    before = (folder / "engagement.xlsx").stat().st_mtime_ns
    assert export(press) == folder
    assert (folder / "engagement.xlsx").stat().st_mtime_ns == before
    link = press.link.with_name("exports")
    assert link.resolve() == folder
    press.write("delete from journey.steps where n > 900")
    press.publish()
    assert export(press) != folder
    press.versions.roll_back()
    assert link.resolve() == folder


def test_a_draft_of_a_killed_run_is_replaced_and_versions_take_their_files_along(
    press: Press,
) -> None:
    press.publish()
    name = press.versions.current or ""
    draft = press.versions.exports(name).with_name(".exports.new")
    draft.mkdir()
    (draft / "half.csv").write_text("half")
    folder = export(press)
    assert not draft.exists()
    assert not (folder / "half.csv").exists()
    press.write("delete from journey.steps where n > 900")
    press.publish()
    press.versions.remove_others()
    assert not folder.exists(), "whoever is forgotten is not left in an earlier version's files"


def test_tables_of_one_name_in_two_schemas_have_sheets_of_their_own(press: Press) -> None:
    long = "a_table_with_a_name_that_is_too_long"
    press.write(
        f"create table journey.{long} as select 1 as n",
        f"create table quality.{long} as select 2 as n",
    )
    tables = press.tables
    for schema in ("journey", "quality"):
        tables.append(type(tables[0])(schema, long, "One row.", {}, ("n",)))
    press.publish()
    names = [name for name in sheet_names(export(press) / "engagement.xlsx") if "a_table" in name]
    assert len({name.lower() for name in names}) == 2
    assert all(len(name) <= 31 for name in names)


def test_the_dictionary_says_what_the_file_says_and_needs_no_network(press: Press) -> None:
    press.write("create table journey.step_notes as select 1 as n, 1 as note_id")
    kind = type(press.tables[0])
    press.tables.append(
        kind("journey", "step_notes", "One <b> note.", {"n": "Step."}, ("note_id",))
    )
    press.write("create table journey.replies as select 1 as note_id, 1 as reply_id")
    press.tables.append(kind("journey", "replies", "One reply.", {}, ("reply_id",)))
    press.publish()
    html = (export(press) / "dictionary.html").read_text(encoding="utf-8")
    assert "Number of the step (count)." in html
    assert "a row is named by <code>n</code>" in html
    assert "One &lt;b&gt; note." in html
    assert "Joins to journey.step_notes (note_id)." in html
    assert "://" not in html
    assert "src=" not in html
