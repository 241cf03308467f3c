"""Nobody is kept out: every page, narrow and light, wide and dark, in a real browser, as axe-core judges it.

The plan is a small one, so that every page can be judged in a few seconds; the templates are those of any plan.
"""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from re import findall
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from axe_playwright_python.base import AxeResults  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from ledger.ledger import Ledger, open_ledger
from ledger.records import Judgement, Withdrawal
from plan.facts import CheckIn, Evidence, Fact, Implementation, Reading, Referral
from plan.periods import SchoolYear
from tasks.said import pause_mail
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.flow_builders import choose
from tests.outbox_builders import fill
from tests.test_web_outbox import chromium as chromium  # noqa: PLC0414 - for pytest to find
from tests.test_web_outbox import looking_in
from tests.web_builders import AT, DAY, HERE, PLAN, QUARTER, browser, catch, mail, settings

SMALL = """
id: socorro-isd-2023-2027
title: Riverside
organisation: Riverside Independent School District
first_year: 2023-24
last_year: 2026-27
settings: {begins_on: 2026-07-01, time_zone: America/Denver, digests_per_week: 1}
priorities:
  - id: P1
    title: Students
    objectives:
      - id: "1.1"
        title: Growth
        actions: [{id: 1.1A, title: Tutor every student who asks for it}, {id: 1.1B, title: Gauge what is taught}]
        progress_measures: [{id: 1.1-pm1, title: Results of common assessments}]
        long_term_measures:
          - id: 1.1-rating
            title: Rating
            unit: points
            target: {kind: trajectory, points: {2023-24: 88, 2026-27: 94}}
"""
OFFICES = """
plan_administrator: strategic-planning
cabinet_lead: superintendent
offices:
  superintendent: {title: Superintendent, email: superintendent@example.org}
  strategic-planning: {title: Office of Strategic Planning, email: planning@example.net, reports_to: superintendent}
  academics: {title: Chief Academic Officer, person: Ana Ruiz, email: academics@example.org, delegate: schools, owns: [P1]}
  schools: {title: Director of Schools, reports_to: academics}
absences: [{office: academics, first_day: 2026-10-20, last_day: 2026-10-30}]
handovers: [{office: academics, to: schools, first_day: 2026-12-01}]
"""
SAID: tuple[Fact, ...] = (
    CheckIn(
        item="1.1A",
        period=QUARTER,
        status=Implementation.AT_RISK,
        note="It began late.",
        by="Chief Academic Officer",
        known_on=date(2026, 10, 6),
        obstacles="Two tutors are missing.",
    ),
    Evidence(
        item="1.1-pm1",
        period=QUARTER,
        reference="Minutes",
        dated_on=date(2026, 9, 28),
        note="",
        by="academics",
        known_on=date(2026, 10, 7),
    ),
    *(
        Reading(
            item="1.1-rating",
            period=SchoolYear(year),
            value=Decimal(value),
            source="The state",
            note="",
            by="schools",
            known_on=date(year + 1, 8, 20),
        )
        for year, value in ((2023, 88), (2024, 86))
    ),
    Referral(item="1.1B", period=QUARTER, asked="schools", note="They do.", by="academics", known_on=date(2026, 10, 19)),
)


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a small plan with something on every page."""
    home = tmp_path_factory.mktemp("axe")
    (home / "plan.yaml").write_text(SMALL)
    (home / "owners.yaml").write_text(OFFICES)
    found = settings(home, plan=home / "plan.yaml", owners=home / "owners.yaml")
    with open_ledger(found.database, came_from="pages, from 127.0.0.1") as ledger:
        lived_in(found, ledger)
    catch(found, mail("Read <this>"))
    return found


def lived_in(found: Settings, ledger: Ledger) -> None:
    """Have facts, one of them taken back, judgements, letters in every state, and mail paused."""
    ledger.add_facts(PLAN, SAID, recorded_at=AT)
    (first, *_) = ledger.pages.recorded(PLAN, "1.1A")
    back = Withdrawal(numbers=(first.number,), by="Chief Academic Officer", known_on=date(2026, 10, 7))
    ledger.pages.withdraw(PLAN, back, subject="1.1A", recorded_at=AT, letters=())
    ledger.record_judgements(PLAN, [Judgement(item="1.1A", aspect="obligation", status="open", reason="It opened.")], on=DAY)
    fill(ledger, at=AT)
    choose(found, open_workplace(found), ledger, DAY - timedelta(days=1))
    pause_mail(ledger, PLAN, by="Superintendent", note="Wrong dates.", at=AT)


@pytest.fixture(scope="module")
def pages(of: Settings) -> dict[str, str]:
    """Every page that links lead to from the first one, and some that refuse, by path."""
    looking, waiting, found = browser(of), ["/", "/?as_of=2026-10-05"], dict[str, str]()
    while waiting:
        path = waiting.pop()
        found[path] = looking.get(path).text
        links = {unescape(link).partition("#")[0] for link in findall(r'href="(/[^"]*)"', found[path])}
        waiting += sorted(link for link in links if is_page(link) and link not in found and link not in waiting)
    return found | {
        path: looking.get(path).text for path in ("/nothing", "/?as_of=x", "/owing?state=open", "/audit?who=nobody")
    }


def is_page(link: str) -> bool:
    """Return whether a link leads to a page of ours, as it is today."""
    return not (link.startswith("/static/") or "/looks/" in link or link.endswith("/html") or "as_of" in link)


def kind(path: str) -> tuple[str, ...]:
    """Return what pages of one look have in common; each item is a look of its own."""
    asked = urlsplit(path)
    first, *more = asked.path.split("/")[1:]
    return first, *(more if first == "items" else ["..."] * len(more)), *(name for name, _ in parse_qsl(asked.query))


def test_no_page_keeps_anybody_out_or_is_wider_than_its_window(chromium: Browser, of: Settings, pages: dict[str, str]) -> None:
    """On a telephone in the light; each look of a page also on a wide screen in the dark."""
    assert len(pages) > 40
    looks = {kind(path): path for path in pages}
    showing = looking_in(chromium, of, bypass_csp=True)
    # Each page is put in the place of the one before: to go to it takes the browser four times as long, and axe anew each time.
    showing.goto(HERE)
    showing.evaluate(Axe().axe_script)
    for path, page in pages.items():
        showing.set_content(page)
        on(showing, 360, "light")
        showing.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        judged(showing, path, width=360)
        if path in looks.values():
            on(showing, 1200, "dark")
            judged(showing, path, width=1200)


def on(page: Page, width: int, scheme: Any) -> None:
    """Show a page as wide and as light or dark as that."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)


def judged(page: Page, path: str, *, width: int) -> None:
    """Find a page, with everything on it unfolded, as wide as its window, in its own style and open to everybody."""
    assert page.evaluate("document.documentElement.scrollWidth") == width, path
    assert page.evaluate("document.styleSheets.length") == 1, path
    found = AxeResults(page.evaluate("axe.run({resultTypes: ['violations']})"))
    assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
