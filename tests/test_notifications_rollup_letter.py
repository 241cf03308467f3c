"""What the letter with a rollup says.

Letters are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_rollup_letter.py
"""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from notifications.digest import MOST_BYTES
from notifications.render import Rendered
from notifications.rollup.letter import write
from plan.rollup import Rollup
from tests.rollup_builders import bare_rollup, movement, rollup, saying

SNAPSHOTS = Path(__file__).parent / "snapshots"
RELEASE = "https://plan.example.org/rollup/2026-27-Q1"
ROSE = {"item": "1.1", "title": "Raise achievement", "kind": "objective", "was": "off_track", "now": "watch", "by": 1}


def written(one: Rollup, *, release_link: str = "") -> Rendered:
    return write(one, base_url="https://plan.example.org/", release_link=release_link)


def flowing(text: str) -> str:
    return " ".join(text.split())


def quarter() -> Rendered:
    return written(rollup(movements=(movement(), movement(**ROSE))))


def for_who_releases() -> Rendered:
    return written(rollup(), release_link=RELEASE)


def draft() -> Rendered:
    return written(rollup(is_draft=True))


def first() -> Rendered:
    return written(bare_rollup())


def annual() -> Rendered:
    return written(rollup(period="2025-26"))


LETTERS = [quarter, for_who_releases, draft, first, annual]


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(quarter, id="quarter"),
        pytest.param(for_who_releases, id="release"),
        pytest.param(draft, id="draft"),
        pytest.param(first, id="first"),
        pytest.param(annual, id="annual"),
    ],
)
@pytest.mark.parametrize("part", ["txt", "html"])
def test_a_letter_reads_as_its_snapshot(letter: Any, part: str, request: pytest.FixtureRequest) -> None:
    made = letter()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"rollup-{request.node.callspec.id.removeprefix(f'{part}-')}.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


def test_a_letter_says_where_the_plan_stands_what_moved_and_what_is_asked() -> None:
    text = flowing(quarter().text)
    assert "The plan as a whole Outcome: ◆ watch Implementation: ◆ at risk P1 Students Outcome:" in text
    assert "▼ fell District accountability rating: on track to off track (outcome)" in text
    assert "Ask for the missing plans. Items: 1.1-rating Offices: Director of Assessment" in text
    assert "The whole rollup is attached as PDF." in text


def test_only_who_may_release_the_boards_copy_is_shown_where() -> None:
    assert RELEASE in for_who_releases().text
    assert f'href="{RELEASE}"' in for_who_releases().html
    assert "elease" not in quarter().text + quarter().html


def test_a_draft_says_so_in_its_subject_and_twice_in_its_text() -> None:
    made = draft()
    assert made.subject == "Draft: Riverside ISD strategic plan, 2026-27 Q1: where the plan stands"
    assert "*** DRAFT ***" in made.text
    assert ">DRAFT</p>" in made.html
    assert "Draft, as of 19 October 2026: the period is not frozen yet." in made.html
    assert "draft" not in quarter().text.casefold()


def test_where_nothing_moved_and_nothing_is_asked_the_letter_says_so() -> None:
    text = flowing(first().text)
    assert "There is no earlier rollup to compare with." in text
    assert "Nothing is asked of the board." in text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("{{ plan }} {% raw %}", id="template"),
        pytest.param("</style><img src=x>", id="end-of-style"),
        pytest.param('" onclick="x', id="quote"),
    ],
)
def test_what_people_wrote_arrives_harmless(text: str) -> None:
    made = written(saying(text))
    assert text in flowing(made.text)
    assert not re.search(r"<script|<img|<[^<>]*\sonclick=", made.html)
    assert made.html.count("<h2") == quarter().html.count("<h2")
    assert len(made.subject.splitlines()) == 1


def test_line_ends_and_characters_that_turn_the_text_are_taken_out() -> None:
    made = written(saying("Due\r\nBcc: everyone\u2028x \u202egnp.exe\x00\x1b"))
    assert "Due Bcc: everyone x gnp.exe" in flowing(made.text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u2028-\u202e]", made.subject + made.text + made.html)


def test_very_long_words_make_no_letter_too_large() -> None:
    made = written(saying("w" * 10_000))
    assert len(made.html.encode()) < MOST_BYTES
    assert "w" * 500 not in made.html + made.text + made.subject


@pytest.mark.parametrize("letter", LETTERS)
def test_plain_text_is_wrapped(letter: Any) -> None:
    assert max(map(len, letter().text.splitlines())) <= 76
    assert "\n\n\n\n" not in letter().text


@pytest.mark.parametrize("letter", LETTERS)
def test_html_is_accessible_and_asks_nothing_of_the_network(letter: Any) -> None:
    page = letter().html
    assert page.count("<h1") == 1
    assert '<html lang="en">' in page
    assert page.count("<table") == page.count('role="presentation"') + page.count("<caption")
    assert page.count("<th ") == page.count('scope="')
    assert not re.search(r"<img|<link|<script|@import|url\(", page)
    assert {link.split(":")[0] for link in re.findall(r'(?:href|src|background)="([^"]*)"', page)} <= {"https"}
