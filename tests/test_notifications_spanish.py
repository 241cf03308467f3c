"""Mails to an office that reads Spanish.

They are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_spanish.py
"""

import os
import re
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import pytest

from ledger.records import Letter
from notifications.answers import word_to_the_owner
from notifications.calendar import calendar_file
from notifications.digest import compose
from notifications.language import said
from notifications.overview import compose as compose_overview
from notifications.receipt import compose as compose_receipt
from plan.digests import tellings_of
from plan.facts import CheckIn, Facts, Implementation
from plan.judgement import Judged
from plan.ladder import Situation
from plan.periods import Quarter
from plan.told import Told
from tests.builders import MADE_AT, SENDER, digest, notice, owners, person, situation, slip
from tests.judgement_builders import read
from tests.test_notifications_overview import WEEK
from tests.test_notifications_receipt import receipt

SNAPSHOTS = Path(__file__).parent / "snapshots"
BASE_URL = "https://plan.example.org/"
DAY = date(2026, 10, 27)
ENGLISH = re.compile(r"\b(the|and|of|is|are|was|has|have|for|with|this|that|you|your|not|on|by|due|open)\b", re.IGNORECASE)
"""Words that no Spanish sentence has."""


@cache
def spanish() -> Situation:
    """Return a situation in which all offices read Spanish."""
    language = {"language": "es"}
    offices = owners(curriculum=language | {"person": "Ana Ruiz"}, academics=language, superintendent=language)
    told = Told(tellings_of(digest(notice("1.1C", step="request"), day=date(2026, 9, 30)), delivered_on=date(2026, 9, 30)))
    facts = Facts((read(86, "2025-26", item="1.1-rating"),))
    return situation(answered_by=offices, told=told, facts=facts)


def owners_letter() -> Letter:
    due_today = notice("1.1B", step="due", height=2, urgency="due", due=DAY)
    reading = notice("1.1-rating", kind="reading", period="2025-26", step="reminder", height=1, urgency="upcoming")
    slipped = slip(reason=Judged(spanish().duties, spanish().facts, DAY).reason("1.1-rating"))
    notices = (notice("1.1A"), due_today, slipped, replace(reading, due=date(2026, 11, 2)))
    return compose(digest(*notices, day=DAY), situation=spanish(), base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def supervisors_letter() -> Letter:
    above = [notice(code, step="supervisor", height=4, to=person("academics")) for code in ("1.1A", "1.1B")]
    return compose(digest(*above, day=DAY), situation=spanish(), base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def receipt_letter() -> Letter:
    checked_in = CheckIn(
        item="1.1A",
        period=Quarter.parse("2026-27 Q1"),
        status=Implementation.ON_TRACK,
        note="Se aplica en todos los planteles.",
        by="Director of Curriculum",
        known_on=date(2026, 10, 12),
    )
    given = receipt(checked_in, at=spanish())
    return compose_receipt(given, situation=spanish(), base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def overview_letter() -> Letter:
    return compose_overview(WEEK, situation=spanish(), base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


LETTERS = {
    "digest": owners_letter,
    "escalation": supervisors_letter,
    "receipt": receipt_letter,
    "overview": overview_letter,
}


@pytest.mark.parametrize("part", ["text", "html"])
@pytest.mark.parametrize("name", LETTERS)
def test_a_spanish_mail_reads_as_its_snapshot(name: str, part: str) -> None:
    mail = message_from_bytes(LETTERS[name]().content, policy=policy.default)
    body = mail.get_body(("plain",) if part == "text" else ("html",))
    assert body is not None
    content = body.get_content().replace("\r\n", "\n")
    shown = f"{mail['Subject']}\n\n{content}" if part == "text" else content
    file = SNAPSHOTS / f"spanish-{name}.{'txt' if part == 'text' else 'html'}"
    if os.environ.get("PLANKEEPER_RENEW_SNAPSHOTS") == "1":
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LETTERS)
def test_nothing_but_names_is_left_in_english(name: str) -> None:
    mail = message_from_bytes(LETTERS[name]().content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    text = " ".join(f"{mail['Subject']} {body.get_content()}".split())
    names = [item.title for item in spanish().plan.items.values()]
    names += [office.title for office in spanish().roster.owners.offices.values()]
    for one in sorted(names, key=len, reverse=True):
        text = text.replace(one, "")
    assert not ENGLISH.findall(text)


def test_the_days_in_the_calendar_are_named_in_spanish() -> None:
    found = calendar_file(person(), spanish(), day=DAY, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)
    assert found is not None
    named = re.findall(r"^SUMMARY:.*$", found.content.decode().replace("\r\n ", ""), re.MULTILINE)
    assert named
    assert all("por vencer: " in one for one in named)


def test_a_reason_that_the_ledger_kept_as_a_text_is_said_in_spanish_while_it_holds() -> None:
    judged = Judged(spanish().duties, spanish().facts, DAY)
    reason = judged.reason("1.1-rating")
    kept = slip(reason=str(reason))
    assert type(kept.reason) is str
    assert said(judged.as_phrase("1.1-rating", kept.reason), "es").startswith("86 para 2025-26; se espera")
    assert judged.as_phrase("1.1-rating", "Something else.") == "Something else."


def test_who_writes_to_an_owner_names_the_items_in_the_owners_language() -> None:
    both = [notice("1.1A"), notice("1.1B")]
    assert "1.1A%20y%201.1B" in word_to_the_owner(both, language="es")
    assert "1.1A%20and%201.1B" in word_to_the_owner(both, language="en")
