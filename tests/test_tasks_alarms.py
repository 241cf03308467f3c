"""Who hears of letters that reached nobody: told once, with the remedy, in the same transaction as what became known."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ledger.columns import NaiveInstant
from ledger.ledger import Ledger, open_ledger
from ledger.records import ALERT, CHANNEL, ROLLUP, Claim, LetterState, Outcome, Posted
from notifications.outbox import RETRY_PLAN
from tasks.alarms import alarms
from tasks.send import recover, send_letters
from tasks.settings import Settings, read_settings
from tasks.workplace import Workplace, open_workplace
from tests.flow_builders import DAY, PLAN, at, choose, send
from tests.ledger_builders import letter
from tests.mail_servers import Answers, answering

REFUSED = "curriculum-instruction@example.org"
LATER = at(DAY, 14)
"""An instant after the builder's letters were made."""
SUPERVISOR, KEEPER = "chief-academic-officer@example.org", "strategic-planning@example.org"


class Particular(Answers):
    """A server that does not know one address."""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address == REFUSED:
            return "550 5.1.1 No such user here"
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def refusing(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have mail go to a server that does not know one address; return what it got."""
    answers = Particular()
    with answering(answers) as address:
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp://{address}")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        yield answers


def of_kind(ledger: Ledger, kind: str) -> list[Posted]:
    return [one for one in ledger.outbox(PLAN) if one.kind == kind]


def test_a_refused_address_is_told_to_its_supervisor_and_to_who_keeps_the_plan_once(refusing: Answers) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        choose(settings, workplace, ledger, DAY)
        send(settings, workplace, ledger, DAY)
        send(settings, workplace, ledger, DAY)
        told = of_kind(ledger, ALERT)
        (failed,) = (one for one in ledger.outbox(PLAN) if one.state is LetterState.FAILED)
    assert failed.address == REFUSED
    assert {one.address: one.state for one in told} == {SUPERVISOR: LetterState.SENT, KEEPER: LetterState.SENT}
    assert {one.subject for one in told} == {
        "Socorro ISD Strategic Plan 2023-2027, alert: Mail to Director of Curriculum and Instruction is refused"
    }
    assert Counter(to for envelope in refusing.got for to in envelope.rcpt_tos if to == REFUSED) == {}


def test_an_alarm_that_cannot_be_queued_leaves_the_letter_as_it_was(home: Path) -> None:
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        ledger.post([letter(plan=PLAN)])
        claim = ledger.claim("one", plan=PLAN, at=LATER, on=DAY)
        assert claim is not None
        unfit = replace(letter("alarm", plan=PLAN, tellings=()), made_at=at(DAY).replace(tzinfo=None))
        with pytest.raises(NaiveInstant):
            ledger.finish(claim, REFUSAL, at=LATER, letters=[unfit])
        assert [one.state for one in ledger.outbox(PLAN)] == [LetterState.SENDING]
        assert ledger.holding(PLAN, "address") == {}


REFUSAL = Outcome(state=LetterState.FAILED, said="550 5.1.1 No such user here", suppresses=True)
ENDS = [
    pytest.param("digest", REFUSAL, {SUPERVISOR, KEEPER}, id="address-refused"),
    pytest.param("digest", Outcome(state=LetterState.FAILED, said="554 No"), {KEEPER}, id="mail-refused"),
    pytest.param(ROLLUP, Outcome(state=LetterState.EXPIRED, said="451 Later"), {KEEPER}, id="expired"),
    pytest.param("digest", Outcome(state=LetterState.SENT, said="250"), set(), id="sent"),
    pytest.param("digest", Outcome(state=LetterState.IN_DOUBT, said="silence"), set(), id="in-doubt"),
    pytest.param("digest", Outcome(state=LetterState.QUEUED, said="451", next_attempt_at=at(DAY)), set(), id="put-off"),
    pytest.param(ALERT, REFUSAL, set(), id="an-alarm-itself"),
    pytest.param(CHANNEL, REFUSAL, set(), id="a-channel"),
]


def claimed(kind: str, address: str = REFUSED) -> Claim:
    one = {"key": f"{PLAN}/{kind}/x", "plan": PLAN, "claimant": "one", "content": b"", "notices": ()}
    return Claim(kind=kind, address=address, attempt=1, **one)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "outcome", "told"), ENDS)
def test_each_end_is_told_to_whom_it_concerns(kind: str, outcome: Outcome, told: set[str], home: Path) -> None:
    settings, roster = read_settings(), open_workplace(read_settings()).roster
    found = alarms(claimed(kind), outcome, roster, settings, on=DAY, made_at=at(DAY))
    assert {one.address for one in found} == told
    assert len({one.key for one in found}) == len(found)


def test_whoever_cannot_be_reached_is_not_told_of_it(home: Path) -> None:
    roster = open_workplace(read_settings()).roster
    found = alarms(claimed("digest", KEEPER), REFUSAL, roster, read_settings(), on=DAY, made_at=at(DAY))
    assert {one.address for one in found} == {"superintendent@example.org"}


def test_a_letter_that_expires_is_told_and_never_silently(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(Answers(rcpt="451 4.3.0 Later")) as address:
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp://{address}")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        settings = read_settings()
        workplace, now = open_workplace(settings), LATER
        with open_ledger(settings.database) as ledger:
            ledger.post([letter(plan=PLAN, kind=ROLLUP, address="superintendent@example.org", notices=(), tellings=())])
            for wait in (*RETRY_PLAN, timedelta()):
                sent_at(settings, workplace, ledger, now)
                now += wait
            (alarm,) = of_kind(ledger, ALERT)
            assert [one.state for one in of_kind(ledger, ROLLUP)] == [LetterState.EXPIRED]
    assert (alarm.address, alarm.subject, alarm.state) == (
        KEEPER,
        "Socorro ISD Strategic Plan 2023-2027, alert: A mail reached nobody",
        LetterState.QUEUED,
    )


def sent_at(settings: Settings, workplace: Workplace, ledger: Ledger, now: Any) -> None:
    send_letters.fn(ledger, workplace, settings, as_of=DAY, now=lambda: now)


def test_a_doubt_ends_by_the_relays_log_before_it_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    log = home / "mail.log"
    log.write_text(
        "Oct 22 12:00:00 relay postfix/cleanup[7]: 4F1C2A9B: message-id=<a@example.org>\n"
        "Oct 22 12:00:00 relay postfix/qmgr[5]: 4F1C2A9B: from=<plan@example.org>, size=900, nrcpt=1 (queue active)\n"
    )
    monkeypatch.setenv("PLANKEEPER_RELAY_LOG", str(log))
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        ledger.post([letter("a", plan=PLAN), letter("b", plan=PLAN)])
        for _ in range(2):
            claim = ledger.claim("gone", plan=PLAN, at=LATER, on=DAY)
            assert claim is not None
            assert ledger.fence(claim, at=LATER)
        recover(ledger, settings, at=LATER + timedelta(hours=1))
        states = {one.message_id: (one.state, one.reason) for one in ledger.outbox(PLAN)}
    assert states["<a@example.org>"][0] is LetterState.SENT
    assert "4F1C2A9B" in states["<a@example.org>"][1]
    assert states["<b@example.org>"][0] is LetterState.HELD
