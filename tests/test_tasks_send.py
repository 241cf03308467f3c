"""Sending what is queued: a refused address is left alone, its mail goes to the next in line, and lifting undoes that."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from ledger.ledger import Ledger
from ledger.records import ALERT, DIGEST, LIFTED, RECEIPT, RETRY, ROLLUP, LetterState, Word
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.flow_builders import DAY, PLAN, at, choose, send, steps
from tests.ledger_builders import letter
from tests.mail_servers import FINE, Answers, answering

OWNER, NEXT = "curriculum-instruction@example.org", "assessment-accountability@example.org"
"""Who answers for 1.1B, and the office's delegate."""
SAID = "550 5.1.1 No such user"


@dataclass
class Refusing(Answers):
    """A mail server that does not know one address."""

    unknown: str = OWNER

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address == self.unknown:
            return SAID
        return await super().handle_RCPT(server, session, envelope, address, options)

    def readers(self) -> list[str]:
        """Return who was written to, in order; who only heard of a refusal is left out."""
        return [envelope.rcpt_tos[0] for envelope in self.got if b", alert: " not in (envelope.content or b"")]


@contextmanager
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    """Have the settings name a server that does not know the owner's address."""
    server = Refusing()
    with answering(server) as address:
        monkeypatch.setenv("PLANKEEPER_SMTP_URL", f"smtp://{address}")
        monkeypatch.setenv("PLANKEEPER_MAIL_ALLOW", "example.org")
        yield server


def post(ledger: Ledger, *addresses: str, kind: str = DIGEST, name: str = "first") -> None:
    """Queue a letter to each address that tells nothing and is wanted by everybody."""
    made = {"plan": PLAN, "kind": kind, "day": DAY, "made_at": at(DAY), "notices": (), "tellings": ()}
    assert len(addresses) == len(ledger.post([letter(f"{name}/{to}", address=to, **made) for to in addresses]))


def sent(ledger: Ledger) -> list[tuple[LetterState, str]]:
    """Send what is due, and return how each letter of this run ended; alarms about them are left out."""
    delivery = send(read_settings(), open_workplace(read_settings()), ledger, DAY)
    return [
        (step.state, step.said)
        for step in delivery.letters
        if "/alert/address/" not in step.key and "/alert/letters/" not in step.key
    ]


def owner(ledger: Ledger) -> str:
    """Return who is written to for an action, as a run of the day finds it."""
    found = open_workplace(read_settings()).situation(ledger, as_of=DAY).roster.owner("1.1B", as_of=DAY)
    assert found is not None
    return found.address


def lift(ledger: Ledger) -> None:
    """Say that the owner may be written to again."""
    ledger.say(PLAN, Word(about="address", subject=OWNER, word=LIFTED, by="planning", note="Mended.", said_at=at(DAY)))


def test_mail_goes_to_the_next_in_line_from_a_refusal_until_it_is_lifted(
    book: Ledger, home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert owner(book) == OWNER
    post(book, OWNER, NEXT)
    with refusing(monkeypatch) as server:
        assert sorted(state for state, _ in sent(book)) == [LetterState.FAILED, LetterState.SENT]
    assert (server.readers(), owner(book)) == ([NEXT], NEXT)
    lift(book)
    assert owner(book) == OWNER


@pytest.mark.parametrize("kind", [DIGEST, ROLLUP, ALERT])
def test_a_letter_to_a_refused_address_is_cancelled_until_it_is_lifted(
    book: Ledger, home: object, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with refusing(monkeypatch) as server:
        post(book, OWNER)
        assert [state for state, _ in sent(book)] == [LetterState.FAILED]
        post(book, OWNER, kind=kind, name="second")
        ((state, said),) = sent(book)
        assert state is LetterState.CANCELLED
        assert said == f"A mail server refused {OWNER}, so nothing is written there; see `plankeeper outbox refused`."
        lift(book)
        server.unknown = ""
        post(book, OWNER, name="third")
        assert [state for state, _ in sent(book)] == [LetterState.SENT]
    assert server.readers() == [OWNER]


@pytest.mark.parametrize("kind", [RECEIPT, ALERT])
def test_what_no_later_letter_tells_goes_out_when_somebody_asks_for_it_after_the_refusal_is_lifted(
    book: Ledger, home: object, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with refusing(monkeypatch) as server:
        post(book, OWNER)
        sent(book)
        post(book, OWNER, kind=kind, name="second")
        assert [state for state, _ in sent(book)] == [LetterState.CANCELLED]
        lift(book)
        server.unknown = ""
        (cancelled,) = (one.key for one in book.outbox(PLAN) if one.state is LetterState.CANCELLED)
        asked = Word(about="letter", subject=cancelled, word=RETRY, by="planning", note="Lifted.", said_at=at(DAY))
        book.tell_letter(PLAN, asked)
        assert [state for state, _ in sent(book)] == [LetterState.SENT]
    assert server.readers() == [OWNER]


def test_a_refused_mail_does_not_make_its_address_a_refused_one(
    book: Ledger, home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with refusing(monkeypatch) as server:
        server.unknown, server.data = "", "554 5.6.0 Not such a mail"
        post(book, OWNER)
        assert [state for state, _ in sent(book)] == [LetterState.FAILED]
    assert owner(book) == OWNER


def test_what_a_refused_mail_told_is_told_anew_and_nobody_above_hears_of_it(
    book: Ledger, home: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [
        DAY + timedelta(days=after) for after in (0, 1, 4, 5)
    ]  # Thursday, Friday, Monday, and Tuesday, three working days later
    chosen = []
    with refusing(monkeypatch) as server:
        server.unknown = ""
        for day, answer in zip(days, ("554 5.7.1 SPF", FINE, FINE, FINE), strict=True):
            server.data = answer
            settings, workplace = read_settings(), open_workplace(read_settings())
            chosen.append(steps(choose(settings, workplace, book, day)))
            send(settings, workplace, book, day)
    assert set(chosen[0]) == set(chosen[1]) == set(server.readers())
    assert {step for one in chosen for taken in one.values() for step in taken} & {"supervisor", "cabinet"} == set()
    assert {one.state for one in book.outbox(PLAN) if one.day == DAY and one.kind != ALERT} == {LetterState.FAILED}
