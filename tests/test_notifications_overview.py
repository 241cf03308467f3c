"""The weekly overview as a mail.

Compared with tests/snapshots, text and HTML, exactly. After an intended change look at it and renew it:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_overview.py
"""

import os
import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from ledger.records import OVERVIEW
from notifications.digest import MOST_BYTES
from notifications.grants import granted, link
from notifications.overview import MOST_ITEMS, compose, lead, write
from notifications.render import Rendered
from notifications.way_in import way_in
from plan.duties import Obligation
from plan.facts import CORRECTIVE_PLAN
from plan.overview import Asked, Coming, Overview, Own
from plan.periods import Quarter
from plan.standing import ObligationStatus, Standing
from tests.builders import MADE_AT, SENDER, owners, person, plan, situation

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAY = date(2026, 10, 19)
SECURE, LOCAL = "https://plan.example.org", "http://127.0.0.1:8765"
GRANT = granted("unsubscribe", "riverside-2023-2027", person(), key=SENDER.key, made_at=MADE_AT)
WAY_IN = way_in("update", person(), plan(), day=DAY, base_url="https://plan.example.org", sender=SENDER, made_at=MADE_AT)
LATE = Asked(kind="check-in", period="2026-27 Q1", due=date(2026, 10, 14), status="in_grace")
OPEN = Asked(kind="check-in", period="2026-27 Q1", due=date(2026, 10, 21), status="open")
READING = Asked(kind="reading", period="2025-26", due=date(2026, 8, 31), status="escalated")
CORRECTIVE = Asked(kind=CORRECTIVE_PLAN, period="", due=date(2026, 10, 23), status="open")
GIVEN = Standing(
    obligation=Obligation(
        item="1.1B", kind="check-in", period=Quarter.parse("2026-27 Q1"), opens_on=date(2026, 9, 30), due=date(2026, 10, 14)
    ),
    status=ObligationStatus.SUBMITTED_LATE,
    reason="",
)


def own(code: str, *asked: Asked, implementation: str = "", outcome: str = "", of: str = "", title: str = "") -> Own:
    title = title or plan().items[code].title
    owes = None if asked else GIVEN
    return Own(item=code, title=title, asked=asked, owes=owes, implementation=implementation, outcome=outcome, outcome_of=of)


def overview(*items: Own, coming: tuple[Coming, ...] = ()) -> Overview:
    key = f"riverside-2023-2027/overview/2026-10-19/{person().address}"
    return Overview(key=key, to=person(), day=DAY, own=items, coming=coming)


WEEK = overview(
    own("1.1", OPEN, implementation="insufficient_data", outcome="declined"),
    own("1.1A", LATE, implementation="on_track", outcome="declined", of="1.1"),
    own("1.1B", implementation="at_risk", outcome="declined", of="1.1"),
    own("1.1-pm1"),
    own("1.1-rating", READING, CORRECTIVE, outcome="declined"),
    coming=(
        Coming(day=date(2026, 10, 21), what="due", kind="check-in", item="1.1"),
        Coming(day=date(2026, 10, 23), what="due", kind=CORRECTIVE_PLAN, item="1.1-rating"),
        Coming(day=date(2026, 10, 30), what="opens", kind="check-in", item="1.1A"),
        Coming(day=date(2026, 10, 30), what="opens", kind="check-in", item="1.1B"),
    ),
)


def written(of: Overview = WEEK, *, base_url: str = SECURE) -> Rendered:
    at = situation(plan(), owners(curriculum={"person": "Ana Ruiz"}))
    turn_off = link(GRANT, base_url=base_url, key=SENDER.key)
    return write(of, situation=at, base_url=base_url, turn_off=turn_off, all_owed=WAY_IN.everything)


@pytest.mark.parametrize("part", ["txt", "html"])
def test_the_overview_reads_as_its_snapshot(part: str) -> None:
    made = written()
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"overview.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        pytest.param([own("1.1A", OPEN)], "Of the 1 item that you answer for, 1 is open and unanswered.", id="one"),
        pytest.param(
            [own("1.1A", LATE), own("1.1B")],
            "Of the 2 items that you answer for, 1 is open and unanswered, and past its due date.",
            id="one-late",
        ),
        pytest.param(
            [own("1.1A", LATE), own("1.1C", OPEN), own("1.1B")],
            "Of the 3 items that you answer for, 2 are open and unanswered, 1 of them past the due date.",
            id="two",
        ),
    ],
)
def test_the_first_sentence_says_what_there_is(items: list[Own], sentence: str) -> None:
    assert lead(overview(*items)) == sentence


def test_what_has_been_due_longest_comes_first() -> None:
    text = written().text
    assert text.index("1.1-rating  District") < text.index("1.1A  Gauge") < text.index("1.1  Student") < text.index("1.1B  Run")


def test_text_and_html_both_name_every_item_and_how_to_turn_it_off() -> None:
    made, turn_off = written(), link(GRANT, base_url=SECURE, key=SENDER.key)
    for said in (made.text, made.html):
        assert all(f"{one.item}" in said and one.title in said for one in WEEK.own)
        assert turn_off in said
        assert WAY_IN.everything in said
        flowing = " ".join(re.sub("<[^>]+>", "", said).split())
        assert "A duty can be paused or delegated, never dropped" in flowing


def test_whatever_a_title_holds_is_text() -> None:
    made = written(overview(own("1.1A", OPEN, title="<b>Read</b> & write")))
    assert "<b>Read</b>" not in made.html
    assert "<b>Read</b> & write" in made.text


def test_of_very_many_items_the_last_ones_are_named_by_code_and_the_mail_stays_small() -> None:
    items = [own(f"1.1-m{n}", OPEN, LATE, title="&" * 80, implementation="not_started", outcome="x") for n in range(100)]
    rest = [own(f"1.1-r{n}", title="&" * 80) for n in range(100)]
    made = written(overview(*items, *rest))
    assert len(made.html.encode()) < MOST_BYTES
    assert made.text.count("&" * 80) == 2 * MOST_ITEMS
    assert all(f"{one.item}" in made.text and one.item in made.html for one in (*items, *rest))


def parsed(base_url: str) -> EmailMessage:
    letter = compose(WEEK, situation=situation(), base_url=base_url, sender=SENDER, made_at=MADE_AT)
    assert (letter.kind, letter.key, letter.notices, letter.grants) == (OVERVIEW, WEEK.key, (), (GRANT, WAY_IN.grant))
    return message_from_bytes(letter.content, policy=policy.default)


def test_the_letter_lets_a_mail_program_turn_it_off_where_the_pages_are_secure() -> None:
    mail = parsed(SECURE)
    assert mail["List-Unsubscribe"] == f"<{link(GRANT, base_url=SECURE, key=SENDER.key)}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed(LOCAL)["List-Unsubscribe"] is None


def test_the_overviews_of_a_person_form_a_thread_and_each_is_a_mail_of_its_own() -> None:
    later = replace(WEEK, key=WEEK.key.replace("10-19", "10-26"), day=date(2026, 10, 26))
    first, second = (
        message_from_bytes(
            compose(one, situation=situation(), base_url=SECURE, sender=SENDER, made_at=MADE_AT).content, policy=policy.default
        )
        for one in (WEEK, later)
    )
    assert first["References"] == second["References"]
    assert first["Message-ID"] != second["Message-ID"]
