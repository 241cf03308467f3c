"""Letters through a real Postfix: sent once, refused for good reasons, and known by its log where nothing was heard."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from ledger.ledger import Ledger
from ledger.records import Claim, Letter, LetterState
from notifications.digest import compose
from notifications.mailer import Mailer, MailMisconfigured
from notifications.message import Sender
from notifications.outbox import Delivery, deliver
from plan.owners import Person
from tasks.relay_log import delivered_according_to_log
from tasks.settings import Settings
from tests.builders import MADE_AT, OFFICES, digest, notice, person, situation
from tests.commands import eventually
from tests.mail_relay import DOMAIN, REFUSED, USER, Relay, breaking, or_skip, relaying

pytestmark = pytest.mark.mta

SENDER = f"plan@{DOMAIN}"


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    or_skip()
    with relaying() as running:
        yield running


@pytest.fixture
def trusted(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever verifies the relay's certificate finds it good."""
    monkeypatch.setenv("SSL_CERT_FILE", str(relay.certificate))


Post = Callable[..., list[Letter]]


@pytest.fixture
def post(book: Ledger, request: pytest.FixtureRequest) -> Post:
    """Queue a real digest for each person; their Message-IDs are the test's own."""
    sender = Sender(address=SENDER, name="Riverside ISD", reply_to=SENDER, key=request.node.name.encode())

    def post(*people: Person) -> list[Letter]:
        digests = [digest(notice(to=one, owner=one)) for one in people]
        to_compose = partial(compose, situation=situation(), base_url="https://plan.example.org/", made_at=MADE_AT)
        letters = [to_compose(one, sender=sender) for one in digests]
        assert len(book.post(letters)) == len(people)
        return letters

    return post


def wanted(_claim: Claim) -> None:
    """Want every letter."""


def send(book: Ledger, url: str) -> Delivery:
    with Mailer(url, SENDER) as mailer:
        return deliver(
            book,
            mailer,
            plan="riverside-2023-2027",
            claimant="one",
            on=MADE_AT.date(),
            now=lambda: MADE_AT,
            unwanted=wanted,
            may_write_to=lambda _address: True,
        )


def known(book: Ledger, relay: Relay) -> dict[str, str]:
    """Return what the relay's log says of the letters in doubt."""
    return delivered_according_to_log(Settings(relay_log=relay.log), [doubt.message_id for doubt in book.doubts()])


def states(book: Ledger) -> list[LetterState]:
    return [posted.state for posted in book.outbox()]


def arrived(relay: Relay, letter: Letter) -> list[bytes]:
    """Return the mails in the mailbox that are a letter, as they were before Postfix put its own lines on top."""
    sent = letter.content.replace(b"\r\n", b"\n")
    return [mail[-len(sent) :] for mail in relay.delivered() if letter.message_id.encode() in mail]


def test_every_letter_arrives_once_and_byte_for_byte(book: Ledger, post: Post, relay: Relay, trusted: None) -> None:
    letters = post(*map(person, OFFICES))
    delivery = send(book, relay.url())
    assert delivery.sent == len(letters)
    queue_ids = {posted.message_id: posted.reason.removeprefix("250 2.0.0 Ok: queued as ") for posted in book.outbox()}
    for letter in letters:
        queue_id = queue_ids[letter.message_id]
        assert eventually(partial(relay.logged, f" {queue_id}: removed\n"))
        assert relay.logged(f" {queue_id}: client=localhost[127.0.0.1], sasl_method=PLAIN, sasl_username={USER}\n")
        assert relay.logged(f" {queue_id}: message-id={letter.message_id}\n")
        assert arrived(relay, letter) == [letter.content.replace(b"\r\n", b"\n")]
    assert send(book, relay.url()) == Delivery()


def test_a_wrong_password_stops_the_run_and_the_letter_waits_for_the_right_one(
    book: Ledger, post: Post, relay: Relay, trusted: None
) -> None:
    post(person())
    with pytest.raises(MailMisconfigured, match="does not accept the login: 535"):
        send(book, relay.url(password="guessed"))
    assert states(book) == [LetterState.QUEUED]
    assert send(book, relay.url()).sent == 1


def test_a_certificate_that_nobody_vouches_for_is_not_shown_the_password(book: Ledger, post: Post, relay: Relay) -> None:
    post(person())
    before = len(relay.log.read_text())
    with pytest.raises(MailMisconfigured, match="cannot be trusted: self-signed"):
        send(book, relay.url())
    assert states(book) == [LetterState.QUEUED]
    assert eventually(partial(relay.logged, "disconnect from", after=before))
    assert "sasl" not in relay.log.read_text()[before:].casefold()


def test_a_doubt_is_over_when_the_log_shows_that_postfix_took_the_letter(book: Ledger, post: Post, relay: Relay) -> None:
    (letter,) = post(person())
    with breaking(relay.port, before_the_end=False) as line:
        assert send(book, relay.url(scheme="smtp", port=line.port)).count(LetterState.IN_DOUBT) == 1
    (answer,) = line.unheard
    said = eventually(lambda: known(book, relay))[letter.message_id]
    assert answer.startswith("250 ")
    assert said.startswith(f"Postfix took it as {answer.split()[-1]} on ")
    assert book.confirm(letter.key, said=said, at=MADE_AT + timedelta(minutes=5))
    assert [(posted.state, posted.reason) for posted in book.outbox()] == [(LetterState.SENT, said)]
    eventually(lambda: arrived(relay, letter))


@pytest.mark.parametrize(
    ("address", "before_the_end", "logged"),
    [
        pytest.param("curriculum@example.org", True, "lost connection after DATA", id="cut-off-before-its-end"),
        pytest.param(REFUSED, False, "reject: END-OF-MESSAGE", id="refused-and-not-heard"),
    ],
)
def test_a_doubt_stays_where_postfix_saw_a_letter_and_did_not_take_it(
    address: str, before_the_end: bool, logged: str, book: Ledger, post: Post, relay: Relay
) -> None:
    (letter,) = post(replace(person(), address=address))
    before = len(relay.log.read_text())
    with breaking(relay.port, before_the_end=before_the_end) as line:
        assert send(book, relay.url(scheme="smtp", port=line.port)).count(LetterState.IN_DOUBT) == 1
    for words in (f"message-id={letter.message_id}", logged, "disconnect from"):
        assert eventually(partial(relay.logged, words, after=before))
    assert known(book, relay) == {}
    assert states(book) == [LetterState.IN_DOUBT]
    assert arrived(relay, letter) == []
