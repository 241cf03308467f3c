"""Sending what is queued: each letter once, whatever answers and whatever breaks."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import Claim, Letter, LetterState, Outcome
from notifications.claimant import is_gone
from notifications.mailer import Mailer, MailMisconfigured, MailServerUnreachable
from notifications.outbox import KEPT_BACK, RETRY_PLAN, Delivery, RecipientNotAllowed, deliver
from tests.ledger_builders import DAY, NOW, PLAN, letter
from tests.mail_servers import Answers, answering, talking

SENDER = "plan@example.org"
MAIL = b"Subject: What is asked of you\r\n\r\nPlease answer.\r\n"


@dataclass
class Clock:
    """A clock that goes only when it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """Everything that a run of deliveries needs; the collaborators are real."""

    ledger: Ledger
    mailer: Mailer
    answers: Answers
    clock: Clock = field(default_factory=Clock)

    def post(self, *names: str, **changes: Any) -> None:
        """Queue a letter per name, each to an address of its own."""
        made = [letter(name, **{"content": MAIL, "address": f"{name}@example.org"} | changes) for name in names]
        assert len(self.ledger.post(made)) == len(names)

    def deliver(self, **changes: Any) -> Delivery:
        """Deliver what is due."""
        return deliver(self.ledger, self.mailer, **run(now=self.clock) | changes)

    def states(self) -> dict[str, LetterState]:
        """Return the state of each letter by its name."""
        return {posted.key.rpartition("/")[2]: posted.state for posted in self.ledger.outbox(PLAN)}

    def attempts(self) -> dict[str, int]:
        """Return how often each letter was tried, by its name."""
        return {posted.key.rpartition("/")[2]: posted.attempts for posted in self.ledger.outbox(PLAN)}

    def reasons(self) -> dict[str, str]:
        """Return why each letter is in its state, by its name."""
        return {posted.key.rpartition("/")[2]: posted.reason for posted in self.ledger.outbox(PLAN)}

    def wait(self, wait: timedelta) -> None:
        """Let time pass, and expect that no letter is due before its end."""
        self.clock.now += wait - timedelta(microseconds=1)
        assert self.deliver() == Delivery()
        self.clock.now += timedelta(microseconds=1)


def run(**changes: Any) -> dict[str, Any]:
    """Return what a run is told, which wants every letter and writes to example.org."""
    may_write_to = allowed("example.org")
    plain = {"plan": PLAN, "claimant": "one", "on": DAY, "now": Clock(), "unwanted": wanted, "may_write_to": may_write_to}
    return plain | changes


def wanted(_claim: Claim) -> None:
    """Want every letter."""


def allowed(*domains: str) -> Callable[[str], bool]:
    return lambda address: address.rpartition("@")[2] in domains


def never_gone(_claimant: str) -> bool:
    return False


@contextmanager
def office_at(ledger: Ledger, answers: Answers) -> Iterator[Office]:
    with answering(answers) as address, Mailer(f"smtp://{address}", SENDER) as mailer:
        yield Office(ledger, mailer, answers)


@pytest.fixture
def office(ledger: Ledger) -> Iterator[Office]:
    """An office whose mail server takes everything, unless a test changes its answers."""
    with office_at(ledger, Answers()) as office:
        yield office


def test_queued_letters_are_sent_and_what_the_server_said_is_kept(office: Office) -> None:
    office.post("a", "b")
    delivery = office.deliver()
    assert (delivery.sent, delivery.letters[0].said) == (2, "250 OK")
    assert [envelope.rcpt_tos for envelope in office.answers.got] == [["a@example.org"], ["b@example.org"]]
    assert [posted.reason for posted in office.ledger.outbox()] == ["250 OK", "250 OK"]


def test_sending_twice_sends_once(office: Office) -> None:
    office.post("a")
    office.deliver()
    assert office.deliver() == Delivery()
    assert len(office.answers.got) == 1


def test_no_more_are_tried_than_the_limit(office: Office) -> None:
    office.post("a", "b", "c")
    assert office.deliver(limit=2).sent == 2
    assert office.states() == {"a": LetterState.SENT, "b": LetterState.SENT, "c": LetterState.QUEUED}


def test_a_run_sends_the_letters_of_its_plan_only(office: Office) -> None:
    office.post("ours")
    office.post("theirs", plan="another")
    assert office.deliver().sent == 1
    assert office.deliver() == Delivery()
    assert [posted.state for posted in office.ledger.outbox("another")] == [LetterState.QUEUED]
    (step,) = office.deliver(plan="another").letters
    assert (step.key, step.state) == (letter("theirs").key, LetterState.SENT)
    assert [envelope.rcpt_tos for envelope in office.answers.got] == [["ours@example.org"], ["theirs@example.org"]]


def test_a_refused_letter_has_failed_and_the_others_go_on(office: Office) -> None:
    office.post("a")
    office.answers.rcpt_for["a@example.org"] = "550 No such user"
    delivery = office.deliver()
    assert [step.state for step in delivery.letters] == [LetterState.FAILED]
    assert "550 No such user" in delivery.letters[0].said
    office.post("b")
    assert office.deliver().sent == 1
    assert office.states() == {"a": LetterState.FAILED, "b": LetterState.SENT}


@pytest.mark.parametrize(
    ("answers", "suppressed"),
    [
        pytest.param({"rcpt_for": {"a@example.org": "550 5.1.1 No"}}, ["a@example.org"], id="address"),
        pytest.param({"rcpt_for": {"a@example.org": "550 5.7.1 No"}}, [], id="address-for-another-reason"),
        pytest.param({"data": "550 5.1.1 No"}, [], id="mail"),
    ],
)
def test_only_a_refused_address_is_kept_as_refused(ledger: Ledger, answers: dict[str, Any], suppressed: list[str]) -> None:
    with office_at(ledger, Answers(**answers)) as office:
        office.post("a")
        office.deliver()
        assert office.states() == {"a": LetterState.FAILED}
        assert [word.subject for word in ledger.words(PLAN, about="address")] == suppressed


def test_a_relay_that_refuses_everybody_stops_the_run_and_costs_no_letter_and_no_address(office: Office) -> None:
    office.post("a", "b", "c")
    office.answers.rcpt = "550 5.7.1 relaying denied"
    for _ in range(len(RETRY_PLAN) + 2):
        with pytest.raises(
            MailMisconfigured, match=r"does not take mail for anybody, .*: 550 5.7.1 relaying denied; check"
        ) as ended:
            office.deliver()
    assert office.reasons() == {"a": str(ended.value), "b": "Waits to be sent.", "c": "Waits to be sent."}
    assert office.states() == dict.fromkeys("abc", LetterState.QUEUED)
    assert not office.ledger.words(PLAN, about="address")
    office.answers.rcpt = "250 OK"
    assert office.deliver().sent == 3
    assert [envelope.rcpt_tos for envelope in office.answers.got] == [[f"{name}@example.org"] for name in "abc"]


def test_an_owner_who_is_refused_beside_a_sender_whom_nobody_reads_keeps_no_other_letter_back(ledger: Ledger) -> None:
    nobody = {"a@example.org": "550 5.1.1 No such user", SENDER: "550 5.1.1 No such user"}
    with office_at(ledger, Answers(rcpt_for=nobody)) as office:
        office.post("a", "b")
        assert office.deliver().sent == 1
        assert office.states() == {"a": LetterState.QUEUED, "b": LetterState.SENT}
        for wait in RETRY_PLAN:
            office.wait(wait)
            office.deliver()
        assert office.states() == {"a": LetterState.EXPIRED, "b": LetterState.SENT}
        assert not office.ledger.words(PLAN, about="address")


def test_a_connection_that_closes_before_the_mail_begins_leaves_no_doubt(ledger: Ledger) -> None:
    with talking({"DATA": ""}, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a")
        assert office.deliver().deferred == 1
        assert ledger.recover(at=office.clock.now, is_gone=lambda _claimant: True) == (0, 0)
        office.wait(RETRY_PLAN[0])
        assert office.deliver().sent == 1
    assert talk.stored == ["a@example.org"]


def test_the_letters_that_tell_of_an_end_are_queued_with_it_and_go_out_like_others(office: Office) -> None:
    def alarms(claim: Claim, outcome: Outcome) -> tuple[Letter, ...]:
        alert = letter("alert", kind="alert", content=MAIL, address="planning@example.org", tellings=())
        return (alert,) if outcome.state is LetterState.EXPIRED else ()

    office.post("a")
    office.answers.data = "451 Later"
    for wait in RETRY_PLAN:
        assert office.deliver(alarms=alarms).deferred == 1
        office.clock.now += wait
    delivery = office.deliver(alarms=alarms, limit=1)
    assert [step.state for step in delivery.letters] == [LetterState.EXPIRED]
    assert office.states() == {"a": LetterState.EXPIRED, "alert": LetterState.QUEUED}
    office.answers.data = "250 OK"
    assert office.deliver(alarms=alarms).sent == 1


def no_words(_claim: Claim, _outcome: Outcome) -> tuple[Letter, ...]:
    """Fail to compose an alarm."""
    raise Crash


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        pytest.param({"data": "250 OK as 4F1"}, None, id="sent"),
        pytest.param({"data": "451 Later"}, None, id="put-off"),
        pytest.param({"mail": "451 Later"}, None, id="put-off-at-the-sender"),
        pytest.param({}, "1.1A was answered.", id="cancelled"),
    ],
)
def test_an_end_of_which_nobody_is_told_asks_for_no_alarm(book: Ledger, answers: dict[str, str], reason: str | None) -> None:
    with office_at(book, Answers(**answers)) as office:  # type: ignore[arg-type]
        office.post("a")
        (step,) = office.deliver(alarms=no_words, unwanted=lambda _claim: reason).letters
        assert office.states() == {"a": step.state}
        assert step.state is not LetterState.SENDING


def test_a_doubt_asks_for_no_alarm(book: Ledger) -> None:
    with talking({".": ""}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(book, mailer, Answers())
        office.post("a")
        office.deliver(alarms=no_words)
    assert office.states() == {"a": LetterState.IN_DOUBT}


def test_an_end_is_noted_though_its_alarm_cannot_be_composed_and_that_is_not_silent(office: Office) -> None:
    office.post("a", "b")
    office.answers.rcpt_for["a@example.org"] = "550 5.1.1 No such user"
    with pytest.raises(Crash):
        office.deliver(alarms=no_words)
    assert office.states() == {"a": LetterState.FAILED, "b": LetterState.QUEUED}
    assert "550 5.1.1 No such user" in office.reasons()["a"]
    assert [word.subject for word in office.ledger.words(PLAN, about="address")] == ["a@example.org"]
    assert office.deliver(alarms=no_words).sent == 1


def test_a_letter_expires_though_its_alarm_cannot_be_composed(book: Ledger) -> None:
    with office_at(book, Answers(data="451 Later")) as office:
        office.post("a")
        for wait in RETRY_PLAN:
            office.deliver(alarms=no_words)
            office.clock.now += wait
        with pytest.raises(Crash):
            office.deliver(alarms=no_words)
        assert office.states() == {"a": LetterState.EXPIRED}


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_letters_that_are_put_off_are_each_tried_once_in_a_run(office: Office, stage: str) -> None:
    office.post("a", "b")
    setattr(office.answers, stage, "451 Later")
    assert office.deliver().deferred == 2
    assert office.deliver() == Delivery()
    assert [posted.attempts for posted in office.ledger.outbox()] == [1, 1]


def test_a_connection_that_breaks_off_puts_one_letter_off_and_the_others_go_on(ledger: Ledger) -> None:
    with talking({"MAIL": ""}, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a", "b")
        delivery = office.deliver()
    assert [step.state for step in delivery.letters] == [LetterState.QUEUED, LetterState.SENT]
    assert "broke off before the mail was handed over" in delivery.letters[0].said


def test_a_letter_that_is_put_off_is_tried_by_the_plan_until_it_expires(office: Office) -> None:
    office.post("a")
    office.answers.data = "451 Later"
    for wait in RETRY_PLAN:
        assert office.deliver().deferred == 1
        office.clock.now += wait - timedelta(seconds=1)
        assert office.deliver() == Delivery()
        office.clock.now += timedelta(seconds=1)
    last = office.deliver()
    assert [step.state for step in last.letters] == [LetterState.EXPIRED]
    assert last.letters[0].said.startswith("Put off 6 times, the last time: ")
    assert office.states() == {"a": LetterState.EXPIRED}


def test_a_letter_that_is_put_off_goes_out_when_the_server_can(office: Office) -> None:
    office.post("a")
    office.answers.data = "451 Later"
    office.deliver()
    office.answers.data = "250 OK"
    office.clock.now += RETRY_PLAN[0]
    assert office.deliver().sent == 1


@pytest.mark.parametrize(
    "sessions",
    [
        pytest.param([{"hello": "421 Too busy"}], id="greeting"),
        pytest.param([{"hello": ""}], id="no-greeting"),
        pytest.param([{"EHLO": "", "HELO": ""}], id="hello"),
    ],
)
def test_a_server_that_cannot_be_reached_ends_the_run_and_every_letter_waits_for_the_next(
    ledger: Ledger, sessions: list[dict[str, str]]
) -> None:
    with talking(*sessions, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a", "b")
        with pytest.raises(MailServerUnreachable) as stopped:
            office.deliver()
        assert office.reasons() == {"a": str(stopped.value), "b": "Waits to be sent."}
        assert office.attempts() == {"a": 1, "b": 0}
        assert office.deliver().sent == 2


def test_a_server_that_is_not_there_is_not_asked_for_the_other_letters(ledger: Ledger) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
    with Mailer(url, SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a", "b")
        with pytest.raises(MailServerUnreachable, match="refused"):
            office.deliver()
        assert (office.states(), office.attempts()) == (dict.fromkeys("ab", LetterState.QUEUED), {"a": 1, "b": 0})
        with pytest.raises(MailServerUnreachable, match="refused"):
            office.deliver()  # the next run asks again, for the letter that is due
        assert office.attempts() == {"a": 2, "b": 0}


def test_a_server_that_goes_away_during_a_run_ends_it(ledger: Ledger) -> None:
    with talking({"NOOP": ""}, {"hello": "421 Too busy"}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a", "b", "c")
        with pytest.raises(MailServerUnreachable, match="421 Too busy"):
            office.deliver()
    assert office.states() == {"a": LetterState.SENT, "b": LetterState.QUEUED, "c": LetterState.QUEUED}
    assert office.attempts() == {"a": 1, "b": 1, "c": 0}


def test_a_server_that_is_away_for_long_lets_no_letter_expire(ledger: Ledger) -> None:
    sessions = [{"hello": "421 Too busy"}] * (len(RETRY_PLAN) + 1)
    with talking(*sessions, {}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a")
        for wait in (*RETRY_PLAN, timedelta()):
            with pytest.raises(MailServerUnreachable):
                office.deliver()
            office.clock.now += wait
        assert office.states() == {"a": LetterState.QUEUED}
        assert office.deliver().sent == 1


def test_neither_a_wrong_configuration_nor_a_crash_counts_against_the_plan_of_retries(office: Office) -> None:
    office.post("a")
    office.answers.mail = "550 Not yours"
    for _ in range(len(RETRY_PLAN) + 1):
        with pytest.raises(MailMisconfigured):
            office.deliver()
    for _ in range(3):
        with pytest.raises(Crash):
            office.deliver(unwanted=crash)
        assert office.ledger.recover(at=office.clock.now, is_gone=lambda _claimant: True) == (1, 0)
    office.answers.mail, office.answers.data = "250 OK", "451 Later"
    assert office.deliver().deferred == 1
    assert office.attempts() == {"a": 10}
    office.wait(RETRY_PLAN[0])
    assert office.deliver().deferred == 1
    office.wait(RETRY_PLAN[1])
    office.answers.data = "250 OK"
    assert office.deliver().sent == 1


def test_a_domain_that_is_not_allowed_does_not_count_against_the_plan_of_retries(office: Office) -> None:
    office.post("a")
    for _ in range(len(RETRY_PLAN) + 1):
        with pytest.raises(RecipientNotAllowed):
            office.deliver(may_write_to=allowed())
        office.wait(KEPT_BACK)
    office.answers.data = "451 Later"
    assert office.deliver().deferred == 1
    office.wait(RETRY_PLAN[0])
    assert office.deliver().deferred == 1


def test_what_kept_a_letter_back_in_between_does_not_start_the_plan_of_retries_again(office: Office) -> None:
    office.post("a")
    office.answers.data = "451 Later"
    assert office.deliver().deferred == 1
    office.wait(RETRY_PLAN[0])
    with pytest.raises(RecipientNotAllowed):
        office.deliver(may_write_to=allowed())
    office.wait(KEPT_BACK)
    assert office.deliver().deferred == 1
    office.wait(RETRY_PLAN[1])
    assert office.deliver().deferred == 1


class Crash(Exception):
    """Something that nobody expects."""


def crash(_claim: Claim) -> None:
    """Break off where the letter is asked for."""
    raise Crash


def test_silence_after_data_leaves_a_doubt_that_is_not_sent_again(ledger: Ledger) -> None:
    with talking({".": ""}) as talk, Mailer(f"smtp://{talk.address}", SENDER) as mailer:
        office = Office(ledger, mailer, Answers())
        office.post("a")
        assert office.deliver().count(LetterState.IN_DOUBT) == 1
        office.clock.now += timedelta(days=1)
        assert ledger.recover(at=office.clock.now, is_gone=never_gone) == (0, 0)
        assert office.deliver() == Delivery()
        assert office.states() == {"a": LetterState.IN_DOUBT}


def test_an_unwanted_letter_is_cancelled_and_what_it_told_is_free_again(office: Office) -> None:
    office.post("a", "b")
    reason = "1.1A was answered."
    delivery = office.deliver(unwanted=lambda claim: reason if claim.key.endswith("/a") else None)
    assert [step.state for step in delivery.letters] == [LetterState.CANCELLED, LetterState.SENT]
    assert delivery.letters[0].said == reason
    assert {posted.key: posted.reason for posted in office.ledger.outbox()}[f"{PLAN}/digest/{DAY}/a"] == reason
    assert office.ledger.post([letter("again", tellings=letter("a").tellings)])
    assert not office.ledger.post([letter("once more", tellings=letter("b").tellings)])


def test_nothing_goes_to_a_domain_that_is_not_allowed(office: Office) -> None:
    office.post("a", "b")
    sentence = r"^Mail may not go to example\.org; add example\.org to PLANKEEPER_MAIL_ALLOW, or correct the address"
    with pytest.raises(RecipientNotAllowed, match=sentence):
        office.deliver(may_write_to=allowed("example.com"))
    assert not office.answers.got
    assert office.states() == {"a": LetterState.QUEUED, "b": LetterState.QUEUED}
    assert office.deliver() == Delivery()
    office.wait(KEPT_BACK)
    assert office.deliver().sent == 2


def test_a_letter_that_may_not_go_does_not_stand_in_the_way_of_the_others(office: Office) -> None:
    office.ledger.post([letter("a", address="chief@elsewhere.example"), letter("b")])
    with pytest.raises(RecipientNotAllowed, match=r"elsewhere\.example"):
        office.deliver(may_write_to=allowed("example.org"))
    assert office.states() == {"a": LetterState.QUEUED, "b": LetterState.SENT}


def test_a_wrong_configuration_stops_the_run_and_leaves_the_letters_queued(ledger: Ledger) -> None:
    with office_at(ledger, Answers(mail="550 Not yours")) as office:
        office.post("a", "b")
        with pytest.raises(MailMisconfigured, match="550 Not yours"):
            office.deliver()
        assert office.states() == {"a": LetterState.QUEUED, "b": LetterState.QUEUED}
        assert [posted.key for posted in ledger.outbox() if "550 Not yours" in posted.reason] == [f"{PLAN}/digest/{DAY}/a"]
        office.answers.mail = "250 OK"
        assert office.deliver().sent == 2


# --- claims that are lost ----------------------------------------------------------------------------------------------


def taken_over(office: Office) -> None:
    """Let the lease run out and another deliverer claim the letter."""
    office.clock.now += timedelta(minutes=3)
    assert office.ledger.recover(at=office.clock.now, is_gone=never_gone) == (1, 0)
    assert office.ledger.claim("another", plan=PLAN, at=office.clock.now, on=DAY) is not None


def test_a_letter_that_was_taken_over_is_left_to_the_other(office: Office) -> None:
    office.post("a")
    (step,) = office.deliver(unwanted=lambda _: taken_over(office)).letters
    assert (step.state, office.answers.got) == (LetterState.SENDING, [])
    assert step.said == "The claim was lost before the mail was handed over; nothing was sent."


def test_a_claim_whose_lease_ran_out_sends_nothing_and_blames_nobody(office: Office) -> None:
    def slow(_claim: Claim) -> None:
        office.clock.now += timedelta(minutes=3)

    office.post("a")
    (step,) = office.deliver(unwanted=slow).letters
    assert (step.state, office.answers.got) == (LetterState.SENDING, [])
    assert step.said == "The claim was lost before the mail was handed over; nothing was sent."


def test_a_letter_that_was_taken_over_is_not_cancelled(office: Office) -> None:
    def too_late(_claim: Claim) -> str:
        taken_over(office)
        return "1.1A was answered."

    office.post("a")
    delivery = office.deliver(unwanted=too_late)
    assert [step.said for step in delivery.letters] == ["The claim was lost before this could be noted: 1.1A was answered."]
    assert office.states() == {"a": LetterState.SENDING}


def test_an_outcome_that_comes_too_late_changes_nothing(office: Office) -> None:
    class TooSlow(Mailer):
        def hand_over(self, _address: str, _content: bytes, _before_data: Callable[[], bool]) -> str:
            taken_over(office)
            return "250 OK"

    office.post("a")
    (step,) = deliver(office.ledger, TooSlow("smtp://127.0.0.1:1", SENDER), **run()).letters
    assert (step.state, step.said) == (LetterState.SENDING, "The claim was lost before this could be noted: 250 OK")
    assert office.states() == {"a": LetterState.SENDING}


# --- what breaks off ---------------------------------------------------------------------------------------------------


class BrokenFence(Mailer):
    """A mailer whose program breaks as soon as the fence is passed."""

    def hand_over(self, address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        def crash() -> bool:
            assert before_data()
            raise Crash

        return super().hand_over(address, content, crash)


def test_what_breaks_between_claim_and_fence_is_sent_later(office: Office) -> None:
    office.post("a")
    with pytest.raises(Crash):
        office.deliver(unwanted=crash)
    assert office.states() == {"a": LetterState.SENDING}
    assert office.deliver() == Delivery()
    office.clock.now += timedelta(minutes=3)
    assert office.ledger.recover(at=office.clock.now, is_gone=never_gone) == (1, 0)
    assert office.deliver().sent == 1


def test_what_breaks_between_fence_and_data_is_in_doubt(office: Office) -> None:
    office.post("a")
    with BrokenFence(f"smtp://{office.mailer.server}", SENDER) as mailer, pytest.raises(Crash):
        deliver(office.ledger, mailer, **run())
    office.clock.now += timedelta(minutes=3)
    assert office.ledger.recover(at=office.clock.now, is_gone=never_gone) == (0, 1)
    assert office.deliver() == Delivery()
    assert not office.answers.got


DELIVER_AND_DIE = """
import os, signal, sys
from datetime import date, datetime
from pathlib import Path
from ledger.ledger import open_ledger
from notifications.claimant import Claimant
from notifications.mailer import Mailer
from notifications.outbox import deliver

database, smtp_url, folder, moment, plan, now, on = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Mortal(Mailer):
    def hand_over(self, address, content, before_data):
        if moment == "before-fence":
            die()
        said = super().hand_over(address, content, lambda: before_data() and (moment != "after-fence" or die()))
        die()

with open_ledger(database) as ledger, Mortal(smtp_url, "plan@example.org") as mailer, Claimant(Path(folder)) as claimant:
    deliver(ledger, mailer, plan=plan, claimant=claimant.name, on=date.fromisoformat(on),
            now=lambda: datetime.fromisoformat(now), unwanted=lambda claim: None, may_write_to=lambda address: True)
"""


@pytest.mark.parametrize(
    ("moment", "recovered", "arrived"),
    [
        pytest.param("before-fence", (1, 0), 1, id="before-fence"),
        pytest.param("after-fence", (0, 1), 0, id="after-fence"),
        pytest.param("after-data", (0, 1), 1, id="after-data"),
    ],
)
def test_a_killed_deliverer_is_recovered_from_at_once_and_nothing_goes_out_twice(
    office: Office, database_url: str, tmp_path: Path, moment: str, recovered: tuple[int, int], arrived: int
) -> None:
    office.post("a")
    url, folder = f"smtp://{office.mailer.server}", str(tmp_path / "claimants")
    arguments = [database_url, url, folder, moment, PLAN, NOW.isoformat(), DAY.isoformat()]
    assert subprocess.run([sys.executable, "-c", DELIVER_AND_DIE, *arguments], check=False).returncode == -signal.SIGKILL
    assert office.ledger.recover(at=NOW, is_gone=partial(is_gone, Path(folder))) == recovered
    assert office.deliver().sent == recovered[0]
    assert len(office.answers.got) == arrived


def test_two_deliverers_send_a_hundred_letters_once_each(office: Office, database_url: str) -> None:
    names = [f"owner{number}" for number in range(100)]
    office.post(*names)

    def deliver_all(claimant: str) -> int:
        with open_ledger(database_url) as ledger, Mailer(f"smtp://{office.mailer.server}", SENDER) as mailer:
            return deliver(ledger, mailer, **run(claimant=claimant)).sent

    with ThreadPoolExecutor() as threads:
        assert sum(threads.map(deliver_all, ("one", "other"))) == 100
    assert sorted(envelope.rcpt_tos[0] for envelope in office.answers.got) == sorted(f"{name}@example.org" for name in names)
