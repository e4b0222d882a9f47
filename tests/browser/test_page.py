"""What people see and do on the page, compared with SQL on the published file."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from orchestration.dashboard.sections import SECTIONS
from tests.builders import Workshop

pytestmark = pytest.mark.slow

NAMES = ["overview", *(section.id for section in SECTIONS)]


def go_to(page: Page, section: str) -> None:
    page.locator(f"nav a[href='#{section}']").click()
    expect(page.locator(f"section#{section}")).to_be_visible()


def test_the_page_is_small_and_needs_few_files(browser: Browser, site: Path) -> None:
    assert sum(file.stat().st_size for file in site.iterdir()) < 5_000_000
    requests: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{site.as_uri()}/index.html")
    page.close()
    assert len([url for url in requests if url.startswith("file:")]) == 4


@pytest.mark.parametrize("section", NAMES)
def test_every_chart_of_a_section_is_drawn(page: Page, section: str) -> None:
    go_to(page, section)
    plots = page.locator(f"section#{section} .plot")
    for i in range(plots.count()):
        expect(plots.nth(i).locator(".main-svg").first).to_be_visible()
    assert page.locator("main section:visible").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("section", NAMES)
def test_axe_finds_no_violation(page: Page, section: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme)  # pyright: ignore[reportArgumentType]
    go_to(page, section)
    found = Axe().run(page, options={"preload": False})
    assert found.violations_count == 0, found.generate_report()


def test_shown_numbers_are_those_of_the_published_tables(page: Page, demo: Workshop) -> None:
    with demo.published() as connection:
        ((audience,),) = connection.execute(
            "select people from journey.funnel_monthly where stage_rank = 1"
            " order by month desc limit 1"
        ).fetchall()
        ((score, low, high, n),) = connection.execute(
            "select score, ci_low, ci_high, n from customer_experience.cx_scores_monthly"
            " where metric = 'nps' and breakdown = 'all' and source = 'all'"
            " order by month desc limit 1"
        ).fetchall()
    number = page.locator("section#overview .number")
    shown = number.filter(has_text="Audience of the month").locator(".value").inner_text()
    assert shown == f"{audience:,}"
    nps = number.filter(has_text="Net promoter score")
    assert nps.locator(".value").inner_text() == f"{score:.1f}".replace("-", "−")
    said = f"{low:.1f} to {high:.1f} · n = {n:,}".replace("-", "−")
    assert nps.locator(".more").inner_text().startswith(said)


def test_a_filter_hides_other_platforms_and_shortens_the_period(page: Page) -> None:
    go_to(page, "brand")
    plot = "document.getElementById('plot-engagement-rate')"
    before = page.evaluate(f"{plot}.data.filter(t => t.visible !== false).length")
    points = page.evaluate(f"{plot}.data[0].x.length")
    page.locator("select[name=platform]").select_option("linkedin")
    page.locator("select[name=period]").select_option("30")
    left = page.evaluate(f"{plot}.data.filter(t => t.visible !== false).map(t => t.name)")
    assert before > 1
    assert left == ["LinkedIn"]
    assert 0 < page.evaluate(f"{plot}.data[0].x.length") < points


def test_a_filter_hides_other_segments(page: Page) -> None:
    go_to(page, "experience")
    page.locator("select[name=segment]").select_option("prospect")
    plot = "document.getElementById('plot-segments')"
    left = page.evaluate(f"{plot}.data.filter(t => t.visible !== false).map(t => t.name)")
    assert left == ["prospect"]
    unrelated = "document.getElementById('plot-nps-months')"
    assert page.evaluate(f"{unrelated}.data.every(t => t.visible !== false)")


def test_the_page_speaks_german_and_remembers_it(page: Page) -> None:
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("nav")).to_contain_text("Kundenerlebnis")
    expect(page).to_have_title("Engagement, Stufe für Stufe")
    value = page.locator("section#overview .number .value", has_text="%").first.inner_text()
    assert re.fullmatch(r"−?\d+,\d+ %", value), value
    columns = page.evaluate("Object.values(charts).flatMap(c => c.columns)")
    assert set(columns) <= set(page.evaluate("Object.keys(said.de_columns)"))
    go_to(page, "quality")
    headings = page.locator("[data-table=ledger] th").all_inner_texts()
    assert headings[:4] == ["Quelle", "Inhalt", "Dateien", "gelesen"]
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_an_old_copy_turns_red_by_itself(page: Page) -> None:
    badge = page.locator("#freshness")
    expect(badge).to_have_class("badge good")
    for hours, state in ((30, "warn"), (60, "bad")):
        page.evaluate(f"Date.now = () => new Date().getTime() + {hours} * 3600000; tellAge()")
        expect(badge).to_have_class(f"badge {state}")


def test_csv_has_the_rows_and_no_formulas(page: Page, tmp_path: Path) -> None:
    go_to(page, "brand")
    with page.expect_download() as download:
        page.locator("button[data-csv=engagement-rate]").click()
    download.value.save_as(tmp_path / "a.csv")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("week,platform,posts,engagement_rate_pct")
    assert len(lines) > 3
    cells = page.evaluate(
        "asCsv({columns: ['a'], rows: [['=1+1'], ['@x'], [-5], ['a\"b']]}).split('\\r\\n')"
    )
    assert cells == ["a", "'=1+1", "'@x", "-5", '"a""b"']


def test_the_shown_query_gives_the_rows(page: Page, demo: Workshop) -> None:
    go_to(page, "customer")
    figure = page.locator("figure#lifecycle")
    figure.get_by_text("SQL", exact=True).click()
    query = figure.locator("pre").inner_text()
    with demo.published() as connection:
        rows = connection.execute(query).fetchall()
    assert len(rows) == page.evaluate("charts['lifecycle'].rows.length")


def test_the_page_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for section in NAMES:
        go_to(page, section)
        # The charts take the new width when the browser has told them. Asked from here: the page's
        # content security policy forbids what waits within it.
        widths = (page.evaluate("document.documentElement.scrollWidth") for _ in range(100))
        assert any(width <= 360 or page.wait_for_timeout(100) for width in widths), section


def test_the_keyboard_reaches_the_sections(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("nav a[href='#journey']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("section#journey")).to_be_visible()


def test_paper_gets_all_sections(page: Page) -> None:
    page.emulate_media(media="print")
    for section in NAMES:
        expect(page.locator(f"section#{section}")).to_be_visible()
    expect(page.locator("nav")).to_be_hidden()
