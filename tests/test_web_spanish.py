"""Owners' pages and the public page for a browser that asks for Spanish; the check-in is compared with a snapshot.

After an intended change look at it and renew it: PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_web_spanish.py
"""

import os
import re
from html import unescape
from pathlib import Path

import pytest

from tasks.settings import Settings
from tasks.workplace import Workplace, open_workplace
from tests.owner_builders import link_of, press
from tests.web_builders import browser, record, settings

SPANISH = {"accept-language": "es-MX, es;q=0.9, en;q=0.5"}
SNAPSHOT = Path(__file__).parent / "snapshots" / "spanish-check-in.txt"
ENGLISH = re.compile(r"\b(the|and|of|is|are|was|has|have|for|with|this|that|you|your|not|on|by|due|open)\b", re.IGNORECASE)
"""Words that no Spanish sentence has."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home in which something has been recorded."""
    of = settings(tmp_path_factory.mktemp("home"))
    record(of)
    return of


@pytest.fixture(scope="module")
def path(home: Settings) -> str:
    """The path of an owner's link."""
    return link_of(home)


def words(page: str) -> str:
    """Return what a page says, a line for each element."""
    shown = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.DOTALL)
    return "\n".join(line for line in (unescape(re.sub("<[^>]+>", "", one)).strip() for one in shown.split("\n")) if line)


def without_names(text: str, files: Workplace) -> str:
    """Return a text without what the plan's own files say."""
    plan, offices = files.plan, files.owners.offices.values()
    parts = [*plan.items.values(), *plan.priorities, *(strand for one in plan.objectives for strand in one.strands)]
    names = [getattr(part, name, None) for part in parts for name in ("title", "wording", "unit", "student_group")]
    names += [office.title for office in offices] + [plan.title, plan.organisation]
    for one in sorted({" ".join(name.split()) for name in names if name}, key=len, reverse=True):
        text = text.replace(one, "")
    return text


def test_the_check_in_reads_as_its_snapshot(home: Settings, path: str) -> None:
    page = browser(home).get(f"{path}/2.3A", headers=SPANISH)
    assert page.headers["vary"] == "Accept-Language"
    assert '<html lang="es">' in page.text
    said = words(page.text) + "\n"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(said, encoding="utf-8")
    assert said == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.parametrize("at", ["", "/2.3A", "/2.3-turnover", "/2.2-pm3", "/2.3-tasb", "/2.3"])
def test_an_owners_page_says_nothing_but_names_in_english(home: Settings, path: str, at: str) -> None:
    page = browser(home).get(f"{path}{at}", headers=SPANISH)
    assert page.status_code == 200
    assert not ENGLISH.findall(without_names(" ".join(words(page.text).split()), open_workplace(home)))


@pytest.mark.parametrize("at", ["/plan", "/plan/1.1", "/plan/2.3"])
def test_the_public_page_says_nothing_but_names_in_english(home: Settings, at: str) -> None:
    page = browser(home).get(at, headers=SPANISH)
    assert page.status_code == 200
    assert page.headers["vary"] == "Accept-Language"
    assert not ENGLISH.findall(without_names(" ".join(words(page.text).split()), open_workplace(home)))


def test_what_is_wrong_is_said_in_spanish(home: Settings, path: str) -> None:
    answer = press(browser(home), f"{path}/2.3A", {"deed": "record"}, headers=SPANISH)
    assert answer.status_code == 422
    assert "Elija en qué estado está." in unescape(answer.text)


def test_a_choice_in_the_address_wins(home: Settings, path: str) -> None:
    assert "All that you owe" in browser(home).get(f"{path}?lang=en", headers=SPANISH).text
    assert "Todo lo que tiene pendiente" in browser(home).get(f"{path}?lang=es").text


def test_a_link_that_leads_nowhere_says_so_in_the_language_of_the_browser(home: Settings) -> None:
    answer = browser(home).get("/u/nothing", headers=SPANISH)
    assert (answer.status_code, "Este enlace no lleva a ninguna parte" in answer.text) == (404, True)


def test_a_form_that_is_too_large_is_refused_in_spanish(home: Settings, path: str) -> None:
    answer = browser(home).post(f"{path}/2.3A", headers=SPANISH | {"content-length": str(10**9)})
    assert answer.status_code == 413
    assert "envíe archivos más pequeños" in answer.text
