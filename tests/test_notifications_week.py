"""The weekly mail to who keeps the plan.

Compared with tests/snapshots, text and HTML, exactly. After an intended change look at it and renew it:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_week.py
"""

import os
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.records import WEEK, LetterState
from notifications.grants import link
from notifications.render import Rendered
from notifications.week import (
    MOST_LINES,
    Heartbeat,
    HeldBack,
    Loose,
    Overdue,
    Week,
    compose_week,
    counts,
    headline,
    heartbeat,
    sections,
    write,
)
from tests.builders import MADE_AT, SENDER, person, situation

SNAPSHOTS = Path(__file__).parent / "snapshots"
DAYS = tuple(date(2026, 10, day) for day in range(26, 31))
FRIDAY = datetime(2026, 10, 30, 7, 30, tzinfo=ZoneInfo("America/Denver"))
ALIVE = Heartbeat(ran=DAYS, missed=(), last=FRIDAY, accepted=31)
QUIET = Week(day=date(2026, 11, 2), heartbeat=ALIVE, even_days=5)
LOOSE = Loose(
    state=LetterState.FAILED,
    office="Budget Director",
    address="budget@example.org",
    day=date(2026, 10, 28),
    why="550 5.1.1 No such mailbox",
)
DUMB = Loose(
    state=LetterState.IN_DOUBT,
    office="Chief Academic Officer",
    address="academics@example.org",
    day=date(2026, 10, 30),
    why="Nothing was heard after the mail was handed over.",
)
BUSY = Week(
    day=date(2026, 11, 2),
    heartbeat=Heartbeat(ran=DAYS[:1] + DAYS[2:], missed=DAYS[1:2], last=FRIDAY, accepted=31),
    loose=(DUMB, LOOSE),
    refused=(("budget@example.org", "550 5.1.1 No such mailbox"),),
    held_back=(HeldBack(office="Director of Curriculum", items=("1.1A", "1.1B", "1.1C")),),
    overdue=(
        Overdue(office="Director of Curriculum", answers=12, since=date(2026, 8, 31)),
        Overdue(office="Director of Assessment", answers=1, since=date(2026, 10, 14)),
    ),
    held_readings=(("1.1-rating, 2025-26", "12, from state. 12 lies 74 points from the 86 of 2024-25."),),
    even_days=3,
    uneven_days=((DAYS[1], "17 keys expected on 2026-10-27, 0 in the outbox; 17 missing."),),
    uncounted_days=DAYS[3:4],
)


def written(week: Week) -> Rendered:
    return write(week, to=person("planning"), situation=situation(), base_url="https://plan.example.org")


@pytest.mark.parametrize(("name", "week"), [("week-quiet", QUIET), ("week-busy", BUSY)])
@pytest.mark.parametrize("part", ["txt", "html"])
def test_the_weekly_mail_reads_as_its_snapshot(name: str, week: Week, part: str) -> None:
    made = written(week)
    content = f"Subject: {made.subject}\n\n{made.text}" if part == "txt" else made.html
    file = SNAPSHOTS / f"{name}.{part}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_bytes(content.encode())
    assert content.encode() == file.read_bytes()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        pytest.param(
            {},
            "Reminders ran on 5 of 5 working days of last week, the last time on Friday 30 October 2026 at 07:30; "
            "31 mails were accepted.",
            id="every-day",
        ),
        pytest.param(
            {"ran": (), "missed": DAYS, "last": datetime(2026, 10, 23, 5, 31, tzinfo=FRIDAY.tzinfo), "accepted": 0},
            "Reminders ran on 0 of 5 working days of last week, the last time on Friday 23 October 2026 at 05:31; "
            "0 mails were accepted.",
            id="stopped-before",
        ),
        pytest.param(
            {"ran": (), "missed": DAYS[:1], "last": None, "accepted": 1},
            "Reminders ran on 0 of 1 working day of last week, and there is no record of any run before; 1 mail was accepted.",
            id="never",
        ),
        pytest.param(
            {"ran": (), "missed": ()},
            "Last week had no working day, so no reminders were due; 31 mails were accepted.",
            id="break",
        ),
    ],
)
def test_the_first_line_tells_whether_reminders_run(changed: dict[str, Any], sentence: str) -> None:
    assert heartbeat(replace(ALIVE, **changed)) == sentence


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        pytest.param({}, "The evening's count of letters came out even for 5 of 5 days.", id="even"),
        pytest.param(
            {"even_days": 0, "uneven_days": BUSY.uneven_days},
            "The evening's count of letters came out even for 0 of 1 day.",
            id="uneven",
        ),
        pytest.param(
            {"even_days": 1, "uncounted_days": DAYS[1:]},
            "The evening's count of letters came out even for 1 of 5 days.",
            id="counted-once",
        ),
        pytest.param(
            {"even_days": 0, "uncounted_days": DAYS},
            "The letters of last week were not counted in any evening.",
            id="not-counted",
        ),
        pytest.param({"even_days": 0}, "The letters of last week were not counted in any evening.", id="break"),
    ],
)
def test_the_second_line_tells_whether_letters_are_missing(changed: dict[str, Any], sentence: str) -> None:
    assert counts(replace(QUIET, **changed)) == sentence


def test_a_week_in_which_nothing_needs_anybody_says_so_in_one_line() -> None:
    made = written(QUIET)
    assert "Nothing needs you this week." in made.text
    assert made.subject == "Riverside ISD strategic plan, week from 2 November 2026: nothing needs you"


@pytest.mark.parametrize("field", ["loose", "refused", "held_back", "overdue", "held_readings", "uneven_days"])
def test_each_thing_that_needs_somebody_is_told_with_what_to_do(field: str) -> None:
    (found,) = sections(replace(QUIET, **{field: getattr(BUSY, field)}))
    assert len(found.lines) == len(getattr(BUSY, field))
    assert found.remedy.endswith(".")
    assert headline([found]) == "1 thing needs somebody"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"heartbeat": BUSY.heartbeat}, id="reminders"),
        pytest.param({"even_days": 4, "uncounted_days": DAYS[1:2]}, id="count"),
    ],
)
def test_a_day_on_which_something_did_not_run_needs_somebody(changed: dict[str, Any]) -> None:
    (found,) = sections(replace(QUIET, **changed))
    assert found.lines == (("Tuesday 27 October 2026", ""),)


def test_of_many_cases_the_last_ones_are_counted() -> None:
    many = tuple(Overdue(office=f"Office {n}", answers=1, since=DAYS[0]) for n in range(MOST_LINES + 3))
    (found,) = sections(replace(QUIET, overdue=many))
    assert (len(found.lines), found.more) == (MOST_LINES, "and 3 more")


def test_what_a_server_said_is_text_on_one_line_and_not_too_long() -> None:
    said = replace(QUIET, refused=(("a@example.org", "550 <b>no</b>\r\nBcc: x" + "y" * 1000),))
    made = written(said)
    assert "<b>no</b>" not in made.html
    assert "y" * 300 not in made.text
    assert "550 <b>no</b> Bcc: x" in " ".join(made.text.split())


def test_the_letter_is_one_of_its_kind_and_has_no_button_that_turns_it_off() -> None:
    letter = compose_week(
        BUSY,
        key="riverside/week/2026-11-02/planning@example.org",
        to=person("planning"),
        situation=situation(),
        base_url="https://plan.example.org",
        sender=SENDER,
        made_at=MADE_AT,
    )
    assert (letter.kind, letter.day, letter.grants, letter.tellings) == (WEEK, BUSY.day, (), ())
    assert b"List-Unsubscribe" not in letter.content


def test_the_letter_leads_who_owes_something_to_all_of_it() -> None:
    of = {"key": "riverside/week/2026-11-02/x", "base_url": "https://plan.example.org", "sender": SENDER, "made_at": MADE_AT}
    letter = compose_week(BUSY, to=person(), situation=situation(), **of)  # type: ignore[arg-type]
    [grant] = letter.grants
    assert (grant.scope, grant.address) == ("update", "curriculum@example.org")
    page = link(grant, base_url="https://plan.example.org", key=SENDER.key)
    mail = message_from_bytes(letter.content, policy=policy.default)
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    assert [page in part for part in parts] == [True, True]
