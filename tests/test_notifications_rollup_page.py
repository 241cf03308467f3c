"""The page of a rollup: what it says, and what it looks like in a browser."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from os import environ
from pathlib import Path
from re import search
from shutil import which

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from notifications.rollup import page as pages
from notifications.rollup.charts import draw
from notifications.rollup.page import MOST_IN_OBJECTIVE, page
from plan.rollup import Ask, ForecastLine, Rollup
from tests.rollup_builders import (
    EXPECTED,
    READINGS,
    SEAL,
    action,
    bare_rollup,
    elsewhere,
    measure,
    movement,
    office,
    rollup,
    saying,
    slip,
    unread,
    years,
)

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} =cmd|' /C calc'!A0 <img src=http://example.org/x>\r\n\u202e" + "x" * 10_000
VOID = {"meta", "link", "img"}
_HASH = f"""
from hashlib import sha256
from notifications.rollup.charts import draw
from notifications.rollup.page import page
print(sha256(page(of, draw(of), seal="{SEAL}")).hexdigest())
"""


def full(**changed: object) -> Rollup:
    """Return a draft of an annual rollup in which every part has something to show."""
    forecast = ForecastLine(at_target_year=Decimal(87), gain_needed_per_year=Decimal("7.3"), reached_in=None)
    masked = years(READINGS, EXPECTED, masked={"2022-23"})
    silent = rollup().unattended[0]
    of = rollup(
        period="2025-26",
        is_draft=True,
        measures=(
            measure(forecast=forecast),
            measure("1.1-masked", years=masked, is_masked=True, status="watch", judged="off_track"),
            measure("1.1-unread", years=years({}, EXPECTED), status="no_data"),
            measure("1.1-change", kind="change", years=years(READINGS, {}), target=None, target_year=None, status="met"),
            unread(),
        ),
        actions=(action(), action("1.1B", obligation="exhausted", implementation="not_reported")),
        movements=(movement(), movement(item="1.1B", kind="action", aspect="implementation", now="not_reported", by=None)),
        slips=(
            slip(),
            slip(measure="1.1-unread", plan=None, not_followed="Reminders begin later."),
            slip(measure="1.1-late", plan=None),
            slip(measure="1.1-back", over_on=date(2026, 10, 9), status="on_track"),
        ),
        unattended=(replace(silent, last_on=date(2026, 7, 6), days=105), silent),
    )
    return replace(of, **changed)  # type: ignore[arg-type]


@cache
def drawn(of: Rollup) -> bytes:
    """Return a rollup's page; many tests look at the same one."""
    return page(of, draw(of), seal=SEAL)


def shown(of: Rollup) -> str:
    return drawn(of).decode()


class Read(HTMLParser):
    """What a page says, and what it is made of; fails where elements do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.headings: list[int] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if search(r"^h[1-6]$", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self._open and self._open[-1] != "style":
            self.texts.append(text)

    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


def read(of: Rollup) -> Read:
    return Read(shown(of))


def test_the_first_part_answers_where_the_plan_is_what_moved_and_what_is_asked() -> None:
    text = read(full()).text()
    order = [
        "Riverside Independent School District",
        "Annual report of the strategic plan, 2025-26",
        "Draft, as of 19 October 2026",
        "Outcome ◆ watch",
        "2 of 3 measures rated whose results are due",
        "Priorities",
        "What moved most",
        "▼ fell District accountability rating: on track to off track",
        "What is asked of the board",
        "Ask for the missing plans.",
        "Raise achievement",
    ]
    places = [text.index(part) for part in order[3:]]
    assert places == sorted(places)
    assert all(part in text for part in order)


def test_every_part_of_a_rollup_is_told() -> None:
    text = read(full()).text()
    for part in (
        "Tutoring twice a week. 1 February 2027 Director of Assessment",
        "Nobody is told: Reminders begin later.",
        "Back since the rollup before",
        "1 answer has not come.",
        "check-in for 2026-27 Q1",
        "6 July 2026",
        "91 % 90.5 %",
        "31 December 2026 94 %",
        "Every measure against its published target",
        "Judged off track; watch was set beside it and counts.",
        "so that no student can be made out",
        "not shown 2023-24 88 % 88 %",
        "90.5 % in 2025-26",
        "At its own pace it comes to 87 % in 2026-27",
        "The next rollup is frozen on 21 January 2027. Seal 0123456789ab",
    ):
        assert part in text, part


def test_a_part_without_anything_says_so() -> None:
    text = read(bare_rollup(period="2025-26", measures=(), actions=())).text()
    for part in (
        "What moved most There is no earlier rollup to compare with.",
        "Nothing is asked of the board.",
        "This objective has no measure.",
        "This objective has no action.",
        "No measure has slipped.",
        "No answer was due, and none is missing.",
        "No measure is unattended.",
        "Restated figures There is no earlier rollup to compare with.",
        "The next rollup is frozen on 21 January 2027. No milestone falls before it.",
        "The plan has no measure.",
        "No measure has figures.",
    ):
        assert part in text, part
    assert "No figure has been restated since 2025-26 Q4." in read(rollup(restatements=())).text()


def test_slips_that_all_have_a_plan_or_have_none_say_so() -> None:
    assert "No measure that slipped has a corrective plan." in read(rollup(slips=(slip(plan=None),))).text()
    assert "Every measure that slipped has a corrective plan." in read(rollup(slips=(slip(),))).text()


def test_an_office_that_owes_nothing_leaves_no_list_of_what_has_not_come() -> None:
    assert "No answer is overdue." in read(rollup(offices=(office(missing=()),))).text()


def test_an_ask_that_names_no_office_has_no_line_for_offices() -> None:
    asked = rollup(asks=(Ask(sentence="Settle who owns the new actions.", items=("1.1A",), offices=()),))
    assert "Offices:" not in read(asked).text()
    assert "Offices: Director of Assessment" in read(rollup()).text()


def test_a_restated_figure_that_is_masked_is_not_shown() -> None:
    restated = replace(rollup().restatements[0], now=None)
    assert "2025-26 91 % not shown 1 September 2026" in read(rollup(restatements=(restated,))).text()


def test_a_quarter_has_no_scorecard() -> None:
    assert "Scorecard" not in shown(rollup())
    assert "Draft" not in read(rollup()).text()


def test_a_measure_has_a_chart_with_its_figures_in_words_or_a_row() -> None:
    of = full()
    charts = [image["alt"] or "" for image in read(of).all("img")]
    assert len(charts) == len(draw(of)) == 3
    assert charts[0].startswith("District accountability rating, in percent. Readings: 2023-24 88 % and 2025-26 90.5 %.")
    assert "Measures without a chart" in read(of).text()
    assert "Measures without a figure to draw" in read(rollup(measures=(unread(),))).text()


def test_of_too_many_the_gravest_are_shown_and_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 2)
    measures = (*(unread(f"m{n}", title=f"Good {n}", status="on_track") for n in range(MOST_IN_OBJECTIVE)),)
    grave = unread("grave", title="Gravest of all", status="missed")
    done = [action(f"a{n}", title=f"Action {n}", implementation="achieved") for n in range(MOST_IN_OBJECTIVE)]
    actions = (*done, action("z", title="Last"))
    slips = tuple(slip(measure=f"s{n}") for n in range(5))
    text = read(rollup(measures=(*measures, grave), actions=actions, slips=slips)).text()
    assert text.index("Gravest of all") < text.index("Good 0")
    assert text.index("Last z") < text.index("Action 0")
    assert "1 more measure is in the workbook." in text
    assert "1 more action is in the workbook." in text
    assert "3 more slips are in the workbook." in text


def test_nothing_leads_or_loads_from_outside() -> None:
    found = read(full())
    leads = [value or "" for _, attrs in found.elements for name, value in attrs.items() if name in ("src", "href", "srcset")]
    assert leads
    assert all(lead.startswith(("#", "data:")) for lead in leads)
    assert "url(http" not in shown(full())
    assert "@import" not in shown(full())
    policy = next(attrs["content"] for attrs in found.all("meta") if "http-equiv" in attrs)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:")


def test_headings_descend_step_by_step_and_every_anchor_is_there() -> None:
    found = read(full())
    assert found.headings.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False))
    ids = [attrs["id"] for _, attrs in found.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {(link["href"] or "").removeprefix("#") for link in found.all("a")} <= set(ids)
    assert len(found.all("caption")) == len(found.all("table"))
    assert all(cell.get("scope") in ("col", "row") for cell in found.all("th"))


def test_what_people_wrote_stays_text_on_one_line() -> None:
    html = shown(full(title=HOSTILE, organisation=HOSTILE, measures=(measure(title=HOSTILE, steward=HOSTILE, reason=HOSTILE),)))
    assert "<script" not in html
    assert "\u202e" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} =cmd|&#39; /C calc&#39;!A0" in html
    assert "example.org/x&gt; xxx" in html


def test_the_page_is_the_same_in_another_process_zone_and_language() -> None:
    of = full()
    assert elsewhere(_HASH, of) == sha256(page(of, draw(of), seal=SEAL)).hexdigest()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test is skipped, except where all tests have to run."""
    path = which("chromium") or which("chromium-browser")
    if path is None:
        if environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not skip what needs it", pytrace=False)
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def looking(chromium: Browser) -> Iterator[Page]:
    """A page in light colours, as wide as a desktop's."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def saved(of: Rollup, folder: Path) -> str:
    """Return the address of a rollup's page in a file."""
    (folder / "rollup.html").write_bytes(drawn(of))
    return (folder / "rollup.html").as_uri()


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nobody_is_kept_from_reading_it(width: int, colours: str, looking: Page, tmp_path: Path) -> None:
    looking.set_viewport_size({"width": width, "height": 900})
    looking.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    looking.goto(saved(full(), tmp_path))
    looking.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    found = Axe().run(looking)
    assert found.violations_count == 0, found.generate_report()


def test_a_browser_asks_for_nothing_but_the_file_itself(looking: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    looking.on("request", lambda request: asked.append(request.url))
    address = saved(full(title=HOSTILE), tmp_path)
    looking.goto(address, wait_until="networkidle")
    assert [url for url in asked if not url.startswith("data:")] == [address]


def test_the_fonts_and_the_charts_that_are_inside_are_shown(looking: Page, tmp_path: Path) -> None:
    looking.goto(saved(full(), tmp_path))
    assert looking.evaluate("document.fonts.ready.then(all => [...all].map(font => font.status))") == ["loaded", "loaded"]
    assert looking.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


@pytest.mark.parametrize("width", [360, 768, 1100, 1920])
def test_a_page_is_never_wider_than_its_window(width: int, looking: Page, tmp_path: Path) -> None:
    looking.set_viewport_size({"width": width, "height": 800})
    for of in (full(), saying(HOSTILE, full())):
        looking.goto(saved(of, tmp_path))
        looking.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert looking.evaluate("document.documentElement.scrollWidth") <= width


def test_what_people_wrote_runs_nowhere(looking: Page, tmp_path: Path) -> None:
    opened: list[str] = []

    def close(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    looking.on("dialog", close)
    looking.goto(saved(saying(HOSTILE, full()), tmp_path))
    assert opened == []
    assert looking.evaluate("document.scripts.length") == 0
    assert "<script>alert(1)</script> {{ 7*7 }}" in looking.inner_text("main")
