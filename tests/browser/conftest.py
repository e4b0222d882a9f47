"""The page of the demo in headless Chromium (Debian's package)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.builders import Workshop

SCREENSHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def site(demo: Workshop) -> Path:
    """Folder of the page that the refresh of the demo made."""
    return demo.settings.published_dir / "dashboard"


@pytest.fixture
def page(browser: Browser, site: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page, opened from its file; a message on the console or a request away fails the test.

    A picture of how the test left it is kept in `screenshots/`, to be looked at.
    """
    opened = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    said: list[str] = []
    opened.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on(
        "request",
        lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else said.append(r.url),
    )
    opened.goto(f"{site.as_uri()}/index.html")
    yield opened
    opened.screenshot(path=SCREENSHOTS / f"{request.node.name}.png", full_page=True)
    opened.close()
    assert said == []
