"""What each fault on the way of a letter leads to: its state, its next attempt, the sentence, and how many copies arrive."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from ledger.records import Claim, LetterState
from notifications.mailer import Mailer, MailError, MailMisconfigured, MailServerUnreachable
from notifications.outbox import RETRY_PLAN, Delivery, deliver
from notifications.policies import AGAIN
from tests.ledger_builders import DAY, NOW, PLAN, letter
from tests.mail_servers import CLOSED, LEAVES, OFFERS, RESET, SILENCE, certificate, talking

SENDER = "plan@example.org"
MAIL = b"Subject: What is asked of you\r\n\r\nPlease answer.\r\n"
A, B = "a@example.org", "b@example.org"
SHORTLY = 0.25
"""Seconds that a silent server is waited for, where a test does not want to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What befalls the first of two letters, and what is to come of it."""

    session: dict[str, str] | None = field(default_factory=dict)
    """The answers of the first connection that are not the usual ones; None: nobody listens."""
    sentence: str = ""
    """What the outbox says of the letter."""
    state: LetterState = LetterState.QUEUED
    again_after: timedelta | None = None
    """When it is tried again; None: never by itself."""
    counts: bool = False
    """Whether the attempt counts against the plan of retries."""
    ends_run: type[MailError] | None = None
    """Why the next letter is not tried; None: it is, and goes out."""
    suppresses: bool = False
    """Whether nothing is written to the address any more."""
    stored: int = 0
    """How many copies the server holds after the run."""
    url: str = "smtp://127.0.0.1"
    is_trusted: bool = True
    """Whether somebody vouches for the server's certificate."""
    content: bytes = MAIL
    silent: str = ""
    """What is not waited for as long as usual: "commands" or "answer"."""


SENT = Fault(state=LetterState.SENT, stored=1)
PUT_OFF = Fault(again_after=RETRY_PLAN[0], counts=True)
REFUSED = Fault(state=LetterState.FAILED)
DOUBTFUL = Fault(state=LetterState.IN_DOUBT)
UNREACHABLE = Fault(again_after=timedelta(), ends_run=MailServerUnreachable)
MISCONFIGURED = Fault(again_after=timedelta(), ends_run=MailMisconfigured)
UNTRUSTED = replace(MISCONFIGURED, is_trusted=False)
STARTTLS, SMTPS = "smtp+starttls://plan:hunter2@127.0.0.1", "smtps://plan:hunter2@127.0.0.1"
LOGIN = "smtp://plan:hunter2@127.0.0.1"

FAULTS = [
    # Nobody to talk to
    pytest.param(replace(UNREACHABLE, session=None, sentence="cannot be reached: .*refused"), id="connection-refused"),
    pytest.param(replace(UNREACHABLE, session={"hello": CLOSED}, sentence="broke off while connecting"), id="greeting-closed"),
    pytest.param(
        replace(UNREACHABLE, session={"hello": SILENCE}, sentence="broke off while connecting: .*timed out", silent="commands"),
        id="greeting-silent",
    ),
    pytest.param(
        replace(UNREACHABLE, session={"hello": f"421 Too busy{LEAVES}"}, sentence="does not serve us: 421 Too busy"),
        id="greeting-421",
    ),
    pytest.param(
        replace(MISCONFIGURED, session={"hello": f"554 Go away{LEAVES}"}, sentence="does not serve us: 554 Go away"),
        id="greeting-554",
    ),
    # Certificates
    pytest.param(replace(UNTRUSTED, url=STARTTLS, sentence="cannot be trusted: self-signed"), id="starttls-self-signed"),
    pytest.param(replace(UNTRUSTED, url=SMTPS, sentence="cannot be trusted: self-signed"), id="smtps-self-signed"),
    pytest.param(
        replace(UNTRUSTED, url=STARTTLS, session={"EHLO": "250 here"}, sentence="does not offer what PLANKEEPER_SMTP_URL asks"),
        id="starttls-stripped",
    ),
    # Login
    pytest.param(
        replace(MISCONFIGURED, url=LOGIN, session={"AUTH": "535 5.7.8 No"}, sentence="does not accept the login: 535 5.7.8 No"),
        id="login-535",
    ),
    pytest.param(
        replace(UNREACHABLE, url=LOGIN, session={"AUTH": "454 4.7.0 Later"}, sentence="does not serve us: 454 4.7.0 Later"),
        id="login-454",
    ),
    pytest.param(replace(UNREACHABLE, url=LOGIN, session={"AUTH": CLOSED}, sentence="broke off"), id="login-closed"),
    # MAIL: the sender
    pytest.param(
        replace(PUT_OFF, session={"MAIL": "451 4.3.0 Later"}, sentence=f"not take mail from {SENDER}: 451"), id="sender-451"
    ),
    pytest.param(
        replace(MISCONFIGURED, session={"MAIL": "553 5.1.8 Who"}, sentence=f"not take mail from {SENDER}: 553"), id="sender-553"
    ),
    pytest.param(replace(PUT_OFF, session={"MAIL": RESET}, sentence="broke off before the mail"), id="sender-cut"),
    # RCPT: the recipient
    pytest.param(
        replace(PUT_OFF, session={"RCPT": "450 4.2.1 Busy"}, sentence=f"not take mail for {A}: 450 4.2.1"), id="recipient-450"
    ),
    pytest.param(
        replace(REFUSED, session={"RCPT": "550 5.1.1 Who"}, sentence=f"not take mail for {A}: 550 5.1.1", suppresses=True),
        id="recipient-550",
    ),
    pytest.param(
        replace(REFUSED, session={"RCPT": "554 5.7.1 No relay"}, sentence=f"not take mail for {A}: 554 5.7.1"),
        id="recipient-554-for-another-reason",
    ),
    pytest.param(replace(PUT_OFF, session={"RCPT": CLOSED}, sentence="broke off before the mail"), id="recipient-closed"),
    pytest.param(
        replace(PUT_OFF, session={"RCPT": SILENCE}, sentence="broke off before the mail .*timed out", silent="commands"),
        id="recipient-silent",
    ),
    # DATA: the mail
    pytest.param(
        replace(PUT_OFF, session={"DATA": "451 4.3.0 Later"}, sentence="did not accept the mail: 451 4.3.0"), id="data-451"
    ),
    pytest.param(
        replace(REFUSED, session={"DATA": "554 5.6.0 Never"}, sentence="did not accept the mail: 554 5.6.0"), id="data-554"
    ),
    pytest.param(
        replace(DOUBTFUL, session={"DATA": SILENCE}, sentence="fell silent after DATA .*timed out", silent="commands"),
        id="data-silent",
    ),
    pytest.param(
        replace(
            DOUBTFUL,
            session={"in mail": SILENCE},
            content=MAIL + b"x" * 8_000_000,
            sentence="fell silent after DATA .*timed out",
            silent="answer",
        ),
        id="stops-reading-before-the-dot",
    ),
    # After the dot
    pytest.param(replace(PUT_OFF, session={".": "452 4.3.1 Full"}, sentence="did not accept the mail: 452"), id="answer-452"),
    pytest.param(replace(REFUSED, session={".": "554 5.7.1 Spam"}, sentence="did not accept the mail: 554"), id="answer-554"),
    pytest.param(
        replace(DOUBTFUL, session={".": RESET}, sentence="fell silent after DATA and may have accepted", stored=1),
        id="cut-after-acceptance",
    ),
    pytest.param(
        replace(DOUBTFUL, session={".": CLOSED}, sentence="fell silent after DATA and may have accepted", stored=1),
        id="closed-after-acceptance",
    ),
    pytest.param(
        replace(DOUBTFUL, session={".": SILENCE}, sentence="fell silent after DATA .*timed out", stored=1, silent="answer"),
        id="answer-later-than-any-wait",
    ),
    # Between two letters
    pytest.param(replace(SENT, session={"NOOP": CLOSED}, sentence="^250 OK$"), id="idle-connection-closed"),
    pytest.param(replace(SENT, session={"NOOP": RESET}, sentence="^250 OK$"), id="idle-connection-cut"),
    pytest.param(
        replace(SENT, session={".": f"250 OK\r\n421 Idle too long{LEAVES}"}, sentence="^250 OK$"),
        id="idle-connection-dismissed",
    ),
]


@dataclass
class Clock:
    """A clock that goes only when it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """A ledger with two letters, and runs that deliver them by a mailer of their own."""

    ledger: Ledger
    clock: Clock = field(default_factory=Clock)
    tried: dict[str, int] = field(default_factory=dict)
    """How often each letter had counted as put off when it was last tried."""

    def run(self, url: str, *, before: Callable[[str, Mailer], None] = lambda _name, _mailer: None) -> Delivery:
        """Deliver what is due; `before` is called before each letter."""

        def unwanted(claim: Claim) -> None:
            name = claim.key.rpartition("/")[2]
            self.tried[name] = claim.put_off
            before(name, mailer)

        with Mailer(url, SENDER) as mailer:
            return deliver(
                self.ledger,
                mailer,
                plan=PLAN,
                claimant="one",
                on=DAY,
                now=self.clock,
                unwanted=unwanted,
                may_write_to=lambda _address: True,
            )

    def states(self) -> dict[str, LetterState]:
        return {posted.key.rpartition("/")[2]: posted.state for posted in self.ledger.outbox(PLAN)}

    def reasons(self) -> dict[str, str]:
        return {posted.key.rpartition("/")[2]: posted.reason for posted in self.ledger.outbox(PLAN)}


def office_of(ledger: Ledger, content: bytes) -> Office:
    assert ledger.post([letter("a", address=A, content=content), letter("b", address=B, content=MAIL)])
    return Office(ledger)


def nobody() -> str:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def hurrying(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Mailer], None]:
    """Return what cuts the waiting for a silent server short at the first letter, and only there."""

    def before(name: str, mailer: Mailer) -> None:
        is_short = name == "a"
        mailer.kwargs["timeout"] = SHORTLY if is_short and fault.silent == "commands" else 30
        answer = SHORTLY if is_short and fault.silent == "answer" else 600
        monkeypatch.setattr("notifications.mailer.ANSWER_TIMEOUT_SECONDS", answer)

    return before


def check_the_run(office: Office, fault: Fault, url: str, before: Callable[[str, Mailer], None]) -> None:
    """Run once, with the fault, and compare what became of both letters."""
    if fault.ends_run:
        with pytest.raises(fault.ends_run) as ended:
            office.run(url, before=before)
        assert type(ended.value) is fault.ends_run
        assert office.reasons() == {"a": str(ended.value), "b": "Waits to be sent."}
        assert office.states() == {"a": fault.state, "b": LetterState.QUEUED}
        assert list(office.tried) == ["a"]
    else:
        assert [step.state for step in office.run(url, before=before).letters] == [fault.state, LetterState.SENT]
        assert office.states() == {"a": fault.state, "b": LetterState.SENT}
        assert office.reasons()["b"].startswith("250 OK")
    assert re.search(fault.sentence, office.reasons()["a"])
    assert "hunter2" not in office.reasons()["a"]
    assert list(office.ledger.holding(PLAN, "address")) == ([A] if fault.suppresses else [])


def check_what_follows(office: Office, fault: Fault, url: str) -> None:
    """Run again when the letter is due again, with the fault gone."""
    if fault.again_after is None:
        office.clock.now += timedelta(days=2)
        office.ledger.resolve(at=office.clock.now, again=AGAIN)
        assert office.run(url) == Delivery()
        assert office.states()["a"] is (LetterState.HELD if fault.state is LetterState.IN_DOUBT else fault.state)
        return
    if fault.again_after:
        office.clock.now += fault.again_after - timedelta(microseconds=1)
        assert office.run(url) == Delivery()
        office.clock.now += timedelta(microseconds=1)
    assert office.run(url).sent == (2 if fault.ends_run else 1)
    assert office.tried["a"] == int(fault.counts)


def check(fault: Fault, ledger: Ledger, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, tls = certificate(folder)
    office = office_of(ledger, fault.content)
    sessions = [{"EHLO": OFFERS} | session for session in (fault.session, {}, {}) if session is not None]
    with talking(*sessions, tls=tls, tls_from_the_start=fault.url.startswith("smtps:")) as talk:
        port = talk.address.rpartition(":")[2]
        if fault.is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(path))
        check_the_run(office, fault, f"{fault.url}:{nobody() if fault.session is None else port}", hurrying(fault, monkeypatch))
        assert talk.stored == [A] * fault.stored + ([] if fault.ends_run else [B])
        assert fault.is_trusted or not {"AUTH", "MAIL"} & set(talk.heard)
        talk.answer_late()
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        check_what_follows(office, fault, f"{fault.url}:{port}")
        again = fault.again_after is not None
        assert sorted(talk.stored) == [A] * (fault.stored + again) + [B]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_its_letter_and_the_next_one_as_the_table_says(
    fault: Fault, book: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(fault, book, tmp_path, monkeypatch)


ON_BOTH = {"greeting-421", "recipient-450", "cut-after-acceptance"}


@pytest.mark.parametrize("fault", [row for row in FAULTS if row.id in ON_BOTH])
def test_both_kinds_of_database_keep_what_a_fault_led_to(
    fault: Fault, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(fault, ledger, tmp_path, monkeypatch)


def test_the_table_tries_no_letter_again_of_which_the_server_may_hold_a_copy() -> None:
    assert not [row.id for row in FAULTS for fault in row.values if fault.stored and fault.again_after is not None]  # type: ignore[union-attr]


def test_of_several_letters_only_those_are_kept_back_whose_recipients_the_server_does_not_take(book: Ledger) -> None:
    names = ("a", "b", "c", "d", "e")
    assert book.post([letter(name, address=f"{name}@example.org", content=MAIL) for name in names])
    office = Office(book)
    session = {"rcpt TO:<b@example.org>": "550 5.1.1 Who", "rcpt TO:<c@example.org>": "450 4.2.1 Busy"}
    with talking(session, session, session, {}) as talk:
        office.run(f"smtp://{talk.address}")
        sent, queued, failed = LetterState.SENT, LetterState.QUEUED, LetterState.FAILED
        assert list(office.states().values()) == [sent, failed, queued, sent, sent]
        office.clock.now += RETRY_PLAN[0]
        office.run(f"smtp://{talk.address}")
        assert list(office.states().values()) == [sent, failed, sent, sent, sent]
    assert sorted(talk.stored) == [f"{name}@example.org" for name in "acde"]
