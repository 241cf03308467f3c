"""Mails to an office that reads Spanish.

They are compared with tests/snapshots, text and HTML, exactly. After an intended change look at them and renew them:
PLANKEEPER_RENEW_SNAPSHOTS=1 python -m pytest tests/test_notifications_spanish.py
"""

import os
import re
from dataclasses import replace
from datetime import date, datetime, time
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import pytest

from ledger.records import Claim, Frozen, Letter, LetterState, Outcome
from notifications.alert import compose_alert
from notifications.answers import word_to_the_owner
from notifications.calendar import calendar_file
from notifications.digest import compose
from notifications.language import said
from notifications.overview import compose as compose_overview
from notifications.receipt import compose as compose_receipt
from notifications.week import compose_week
from plan.digests import tellings_of
from plan.facts import CheckIn, Facts, Implementation
from plan.judgement import Judged
from plan.ladder import Notice, Situation
from plan.owners import Roster
from plan.periods import Quarter
from plan.phrase import phrase
from plan.rollup import Ask
from plan.told import Told
from plan.watch import watch
from tasks.alarms import alarms
from tasks.board import Edition, cabinet_letters
from tasks.watch import silence
from tests.builders import MADE_AT, SENDER, digest, notice, owners, person, situation, slip
from tests.judgement_builders import read
from tests.rollup_builders import movement, rollup
from tests.test_notifications_overview import WEEK
from tests.test_notifications_receipt import receipt
from tests.test_notifications_rollup_letter import ROSE
from tests.test_notifications_week import BUSY, DUMB, FRIDAY, LOOSE
from tests.web_builders import settings

SNAPSHOTS = Path(__file__).parent / "snapshots"
BASE_URL = "https://plan.example.org/"
DAY, CLOSE = date(2026, 10, 27), date(2026, 12, 31)
ENGLISH = re.compile(r"\b(the|and|of|is|are|was|has|have|for|with|this|that|you|your|not|on|by|due|open)\b", re.IGNORECASE)
"""Words that no Spanish sentence has."""
KEPT = (LOOSE.why, DUMB.why, BUSY.uneven_days[0][1], "12 lies 74 points from the 86 of 2024-25")
"""What a server said, or the ledger kept as a text."""
NAMES = ("Director of Assessment", "Director of Curriculum", "Raise achievement")
HELD = phrase("{value}, from {source}. {reason}.", value=12, source="state", reason=KEPT[-1])


@cache
def spanish() -> Situation:
    """Return a situation in which all offices read Spanish."""
    language = {"language": "es"}
    offices = owners(
        curriculum=language | {"person": "Ana Ruiz"}, academics=language, superintendent=language, planning=language
    )
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


def cabinets_letter() -> Letter:
    reason = Judged(spanish().duties, spanish().facts, DAY).reason("1.1-rating")
    return _digest(slip("still-off", reason=reason, to=person("superintendent")), at=spanish(), day=CLOSE)


def recovery_letter() -> Letter:
    back = replace(spanish(), facts=Facts((read(93, "2025-26", item="1.1-rating"),)))
    reason = Judged(back.duties, back.facts, CLOSE).reason("1.1-rating")
    return _digest(slip("recovered", reason=reason), at=back, day=CLOSE)


def first_letter() -> Letter:
    request = replace(notice(step="request", height=0, urgency="upcoming"), reason="")
    return _digest(request, at=replace(spanish(), told=Told()), day=date(2026, 9, 30))


def _digest(one: Notice, *, at: Situation, day: date) -> Letter:
    return compose(digest(one, day=day), situation=at, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


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


def week_letter() -> Letter:
    week, to, here = replace(BUSY, held_readings=(("1.1-rating, 2025-26", HELD),)), person("planning"), BASE_URL.rstrip("/")
    return compose_week(week, key="week", to=to, situation=spanish(), base_url=here, sender=SENDER, made_at=MADE_AT)


def silence_letter() -> Letter:
    friday = datetime(2026, 10, 23, 7, 30, tzinfo=FRIDAY.tzinfo)
    seen = watch({friday.date(): friday}, spanish().duties.days, as_of=DAY, hour=time(12))
    to, of = person("planning"), spanish().roster
    return compose_alert(silence(seen), key="silence", to=to, roster=of, base_url=BASE_URL, sender=SENDER, made_at=MADE_AT)


def refusal_letter() -> Letter:
    lost = Claim(
        key="digest",
        plan="riverside-2023-2027",
        kind="digest",
        address=person().address,
        claimant="one",
        attempt=1,
        content=b"",
        notices=(),
    )
    refused = Outcome(state=LetterState.FAILED, said=KEPT[0], suppresses=True)
    at = settings(Path("nowhere"), secret_key="secret", base_url=BASE_URL)
    to_supervisor, _ = alarms(lost, refused, spanish().roster, at, on=DAY, made_at=MADE_AT)
    return to_supervisor


def rollup_letter() -> Letter:
    """Return the letter to who may release the board's copy."""
    roster = Roster(spanish().plan, spanish().roster.owners.model_copy(update={"board": ("academics",)}))
    reason = Judged(spanish().duties, spanish().facts, DAY).reason("1.1-rating")
    counted = phrase("{rated} of {due} measures rated", rated=2, due=3)
    rose = movement(**ROSE, reason=phrase("{said}, score {score}.", said=counted, score="2.00"))
    sentence = phrase("One measure has slipped without a corrective plan. Ask for a plan with a cause, a step and a day.")
    asked = Ask(sentence=sentence, items=("1.1-rating",), offices=("Director of Assessment",))
    told = rollup(movements=(movement(reason=reason), rose), asks=(asked,))
    kept = Frozen(plan=told.plan, period=told.period, frozen_on=told.frozen_on, frozen_at=MADE_AT, seal="", text="")
    at = settings(Path("nowhere"), secret_key="secret", base_url=BASE_URL.rstrip("/"))
    first, *_ = cabinet_letters(Edition(frozen=kept, rollup=told, pdf=b"%PDF"), roster, at, on=DAY, made_at=MADE_AT)
    return first


LETTERS = {
    "digest": owners_letter,
    "escalation": supervisors_letter,
    "cabinet": cabinets_letter,
    "recovery": recovery_letter,
    "welcome": first_letter,
    "receipt": receipt_letter,
    "overview": overview_letter,
    "week": week_letter,
    "silence": silence_letter,
    "rollup": rollup_letter,
    "refusal": refusal_letter,
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
    text = re.sub(r"plankeeper outbox \w+ .*? --by '[^']*'|\"plankeeper [^\"]*\"", "", text)
    for one in sorted((*names, *KEPT, *NAMES), key=len, reverse=True):
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
