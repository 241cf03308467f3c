"""How mails look: colours that can be read, bars that every mail program draws, nothing wider than a telephone."""

from collections.abc import Iterator
from datetime import date
from os import environ
from re import DOTALL, findall, sub
from shutil import which

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from notifications.digest import write
from notifications.kinds import kind_of
from notifications.render import MAILS, Rendered
from plan.digests import tellings_of
from plan.facts import Facts
from plan.ladder import Notice
from plan.told import Told
from tests.builders import MADE_AT, SENDER, digest, notice, person, situation, slip
from tests.judgement_builders import line, of_measures, read
from tests.test_web_design import luminance

DAY = date(2025, 10, 1)
GROUNDS = {"sheet": (".sheet", "background"), "note": (".note", "background"), "press": (".press", "background")}


def colours() -> dict[str, dict[tuple[str, str], str]]:
    """Return every colour of the mails' styles by scheme, class and property."""
    shared = MAILS / "shared"
    light = _by_class((shared / "mail.css").read_text())
    (dark,) = findall(r"prefers-color-scheme: dark\) \{(.*)\}", (shared / "screens.css").read_text(), flags=DOTALL)
    return {"light": light, "dark": light | _by_class(dark)}


def _by_class(style: str) -> dict[tuple[str, str], str]:
    found = {}
    for selectors, rules in findall(r"([^{}@]+)\{([^{}]*)\}", style):
        for name, colour in findall(r"([\w-]+):[^;#]*(#[0-9a-f]{6})", rules):
            for selector in selectors.split(","):
                found[selector.strip(), name] = colour
    return found


# What is written on what; the greeting and plain paragraphs have the colour of the inside.
WRITTEN = [
    *((text, "sheet") for text in (".inside", ".plan", "h1", "h2", ".overdue", ".due", ".slipping", ".recovered", ".who")),
    *((text, "sheet") for text in (".asked", ".figures", ".code", ".term", "a", ".foot p")),
    (".inside", "note"),
    (".button", "press"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), WRITTEN)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    of = colours()[scheme]
    assert contrast(of[text, "color"], of[GROUNDS[ground]]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_bar_s_frame_and_what_fills_it_stand_out(scheme: str) -> None:
    of = colours()[scheme]
    border = of[".way", "border-color" if scheme == "dark" else "border"]
    assert contrast(border, of[".sheet", "background"]) >= 3
    assert contrast(of[".gone", "background"], of[".left", "background"]) >= 3


def test_every_colour_of_light_mails_has_one_in_the_dark() -> None:
    written = {text for text, _ in WRITTEN}
    dark = _by_class((MAILS / "shared" / "screens.css").read_text())
    assert {text for text, name in colours()["light"] if name == "color"} <= written
    assert written <= {text for text, name in dark if name == "color"}


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


AGO = digest(notice("1.1B"), day=date(2025, 9, 1))
KINDS: dict[str, tuple[Notice, Told]] = {
    "digest": (notice("1.1A"), Told(tellings_of(AGO, delivered_on=AGO.day))),
    "welcome": (notice("1.1A"), Told()),
    "escalation": (notice("1.1A", step="supervisor", height=4, to=person("academics")), Told()),
    "cabinet": (notice("1.1A", step="cabinet", height=5, to=person("superintendent")), Told()),
    "recovery": (slip("recovered", "m1", reason="It was restated."), Told()),
}


def mail(kind: str) -> Rendered:
    """Return a mail of a kind, about a measure that is half of its way or about an action for it."""
    measure = {"id": "m1", "title": "District accountability rating", "unit": "points", "target": line(88, 94)}
    of = of_measures(measure, actions=["1.1A", "1.1B"])
    one, told = KINDS[kind]
    at = situation(of, facts=Facts((read(90, "2024-25"),)), told=told)
    assert kind_of(digest(one, day=DAY), at) == kind
    return write(digest(one, day=DAY), situation=at, base_url="https://plan.example.org/", sender=SENDER, made_at=MADE_AT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bar_is_cells_that_every_mail_program_draws_with_the_numbers_in_words(kind: str) -> None:
    made = mail(kind)
    cells = [cell for cell in findall(r"<td[^>]*>", made.html) if 'class="gone"' in cell or 'class="left"' in cell]
    assert [(*findall(r'width="(\d+%)"', cell), *findall(r'bgcolor="#\w{6}"', cell)) for cell in cells] == [
        ("55%", 'bgcolor="#0e5a66"'),
        ("45%", 'bgcolor="#e4eae8"'),
    ]
    words = "Off track. 90 points against 91.6 expected in 2024-25; baseline 88."
    assert words in " ".join(sub(r"</?b>", "", made.html).split())
    assert f"[#####-----] {words}" in " ".join(made.text.split())


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


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_is_wider_than_a_telephone_and_nobody_is_kept_from_reading_it(kind: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.set_content(mail(kind).html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
    context.close()
