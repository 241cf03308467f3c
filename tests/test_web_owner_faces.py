"""How the owner's pages look and feel: on a telephone, in the dark, by keyboard alone and without JavaScript."""

import threading
from collections.abc import Iterator
from pathlib import Path
from re import findall

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.owner_builders import link_of, recorded
from tests.test_notifications_faces import chromium as chromium  # noqa: PLC0414 - for pytest to find
from tests.test_web_design import STYLE
from tests.web_builders import AT, settings
from web.__main__ import listen, server

NOTE = "Talks began on all campuses."
OF_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The home of a server that runs, and the address that an owner's link opens."""
    of = settings(tmp_path / "home")
    path, serving = link_of(of), server(of, now=lambda: AT)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield of.home, f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
        finally:
            serving.should_exit = True
            thread.join(30)


def faults(page: Page, width: int) -> list[str]:
    """Return what keeps anybody from using a page as it stands, and whether it is wider than its window."""
    page.wait_for_load_state()  # a press returns as soon as the next page begins, which may be before its style is there
    found = Axe().run(page, options=OF_AXE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [str(one["id"]) for one in found.response["violations"]] + ([f"{wide} wide"] if wide > width else [])


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1200, "light")])
def test_nobody_is_kept_from_using_the_pages(width: int, scheme: str, served: tuple[Path, str], chromium: Browser) -> None:
    _, link = served
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    for at in (link, f"{link}/2.2-pm3", f"{link}/2.3-turnover"):
        page.goto(at)
        assert faults(page, width) == [], at
    page.locator("#figure").fill("9.9")
    page.get_by_role("button", name="See what this figure would give").click()
    assert "Off track" in page.get_by_role("status").inner_text()
    assert faults(page, width) == []
    page.goto(f"{link}/2.3A")
    page.get_by_role("button", name="Record it").click()
    assert faults(page, width) == []
    page.get_by_label("At risk").check()
    page.get_by_label("What happened in this time?").fill(NOTE)
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("Take it back").first.click()
    assert faults(page, width) == []
    used = {
        name
        for names in page.evaluate("[...document.querySelectorAll('[class]')].map(one => one.className)")
        for name in names.split()
    }
    assert used <= set(findall(r"\.([a-z]+)", STYLE))
    context.close()


def focus(page: Page, name: str, *, backwards: bool = False) -> None:
    """Press the tabulator until the control of a name has the focus."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.locator(f'[name="{name}"]:focus, button[value="{name}"]:focus').count():
            return
    pytest.fail(f"{name} cannot be reached by keyboard")


def test_a_check_in_is_given_by_keyboard_alone_without_javascript(served: tuple[Path, str], chromium: Browser) -> None:
    home, link = served
    context = chromium.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{link}/2.3A")
    focus(page, "status")
    page.keyboard.press("Space")
    focus(page, "note")
    page.keyboard.type(NOTE)
    focus(page, "record")
    page.keyboard.press("Enter")
    page.get_by_text("Recorded on 22 October 2026, 07:30.").wait_for()
    (kept,) = recorded(settings(home), "2.3A")
    assert kept.fact.note == NOTE  # type: ignore[union-attr]
    context.close()
