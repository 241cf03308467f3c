"""What is said about mail is kept for good, and so is which runs ended; a grant is kept once and can be taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.ledger import Ledger
from ledger.records import HOLD, LIFTED, OFF, PAUSED, RESUMED, SUPPRESSED, About, Beat, Claim, Grant, LetterState, Outcome, Word
from tests.ledger_builders import CHIEF, DAY, NOW, PLAN, direct, letter, statements

REFUSED = Outcome(state=LetterState.FAILED, said="550 5.1.1 No such user", suppresses=True)


def word(about: About, says: str, subject: str = "", *, note: str = "") -> Word:
    """Return what the office of planning says."""
    return Word(about=about, subject=subject, word=says, by="planning", note=note, said_at=NOW)


def claimed(ledger: Ledger) -> Claim:
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim is not None
    return claim


def state(ledger: Ledger, name: str = "a") -> LetterState:
    """Return the state of a letter by its name."""
    found = ledger.letter(PLAN, letter(name).key)
    assert found is not None
    return found[0].state


# --- words -------------------------------------------------------------------------------------------------------------


def test_of_several_words_about_a_subject_the_last_one_holds(ledger: Ledger) -> None:
    said = [
        word("address", SUPPRESSED, "a@example.org", note="550"),
        word("address", SUPPRESSED, "b@example.org"),
        word("address", LIFTED, "a@example.org"),
        word("mail", PAUSED),
        word("address", SUPPRESSED, "a@example.org", note="551"),
        word("mail", RESUMED),
    ]
    for one in said:
        ledger.say(PLAN, one)
    assert ledger.holding(PLAN, "address") == {"a@example.org": said[4], "b@example.org": said[1]}
    assert ledger.holding(PLAN, "mail") == {"": said[5]}
    assert ledger.holding(PLAN, "overview") == {}
    assert ledger.words(PLAN) == tuple(said)


def test_the_last_word_is_the_one_kept_last_whatever_its_clock_said(ledger: Ledger) -> None:
    ledger.say(PLAN, replace(word("mail", PAUSED), said_at=NOW + timedelta(hours=1)))
    ledger.say(PLAN, word("mail", RESUMED))
    assert ledger.holding(PLAN, "mail")[""].word == RESUMED


def test_words_are_found_by_what_they_are_about_and_by_plan(ledger: Ledger) -> None:
    ours, other, off = (
        word("address", SUPPRESSED, "a@example.org"),
        word("address", SUPPRESSED, "b@example.org"),
        word("overview", OFF, "a@example.org"),
    )
    for one in (ours, other, off):
        ledger.say(PLAN, one)
    ledger.say("another", word("address", LIFTED, "a@example.org"))
    assert ledger.words(PLAN, about="address") == (ours, other)
    assert ledger.words(PLAN, subject="a@example.org") == (ours, off)
    assert ledger.words(PLAN, about="overview", subject="b@example.org") == ()
    assert ledger.holding(PLAN, "address")["a@example.org"] == ours


def somebody_says(ledger: Ledger, _claim: Claim) -> None:
    ledger.say(PLAN, word("mail", PAUSED))


def a_server_refuses(ledger: Ledger, claim: Claim) -> None:
    assert ledger.finish(claim, REFUSED, at=NOW)


def somebody_decides(ledger: Ledger, _claim: Claim) -> None:
    ledger.tell_letter(PLAN, word("letter", HOLD, letter("b").key))


@pytest.mark.parametrize("speak", [somebody_says, a_server_refuses, somebody_decides])
def test_words_are_said_one_after_the_other_so_that_the_last_number_seen_misses_none(
    ledger: Ledger, database_url: str, speak: Callable[[Ledger, Claim], None]
) -> None:
    ledger.post([letter("a"), letter("b")])
    claim = claimed(ledger)
    with statements() as seen:
        speak(ledger, claim)
    first, *others = (one for one in seen if not one.startswith(("BEGIN", "SET")))
    # The lock comes before the letter too: two who take them in different orders would wait for each other.
    assert "pg_advisory_xact_lock" in first or not database_url.startswith("postgresql")
    assert any(one.startswith("INSERT INTO word") for one in (first, *others))


@pytest.mark.parametrize("table", ["word", "beat"])
@pytest.mark.parametrize("change", ["UPDATE {} SET plan = 'rewritten'", "DELETE FROM {}"], ids=["update", "delete"])
def test_words_and_beats_are_append_only(ledger: Ledger, database_url: str, table: str, change: str) -> None:
    ledger.say(PLAN, word("mail", PAUSED))
    ledger.beat(PLAN, Beat(flow="deliver", day=DAY, ended_at=NOW, said="Done."))
    with (
        direct(database_url) as engine,
        engine.connect() as connection,
        pytest.raises(DBAPIError, match=f"{table} is append-only"),
    ):
        connection.execute(text(change.format(table)))


# --- beats -------------------------------------------------------------------------------------------------------------


def test_beats_are_found_by_flow_the_latest_first(ledger: Ledger) -> None:
    assert ledger.beats(PLAN, "deliver") == ()
    hours = [Beat(flow="deliver", day=DAY, ended_at=NOW + timedelta(hours=hour), said=f"Run {hour}.") for hour in (1, 0, 2)]
    remind = Beat(flow="remind", day=DAY, ended_at=NOW + timedelta(hours=1), said="3 mails.")
    for beat in (*hours, remind):
        ledger.beat(PLAN, beat)
    ledger.beat("another", hours[0])
    assert ledger.beats(PLAN, "deliver") == (hours[2], hours[0], hours[1])
    assert ledger.beats(PLAN, "deliver", "remind") == (hours[2], remind, hours[0], hours[1])
    assert ledger.beats(PLAN, "assess") == ()


# --- grants ------------------------------------------------------------------------------------------------------------


def grant(identity: str = "g1", **changes: Any) -> Grant:
    """Return leave for the chief to answer for an action."""
    plain = Grant(id=identity, plan=PLAN, scope="update", item="1.1A", office=CHIEF.office, address=CHIEF.address, made_at=NOW)
    return replace(plain, **changes)


def test_a_grant_is_kept_with_its_letter_and_only_with_it(ledger: Ledger) -> None:
    granted = grant(expires_on=DAY, item=None)
    ledger.post([letter("a", grants=(granted,))])
    ledger.post([letter("a", grants=(grant("g2"),)), letter("b", tellings=letter("a").tellings, grants=(grant("g3"),))])
    assert ledger.grant("g1") == granted
    assert (ledger.grant("g2"), ledger.grant("g3")) == (None, None)


def test_a_grant_that_several_letters_carry_is_kept_as_it_was_first(ledger: Ledger) -> None:
    ledger.post([letter("a", grants=(grant(), grant("g2"))), letter("b", grants=(grant(),))])
    ledger.post([letter("c", grants=(grant(made_at=NOW + timedelta(days=1)), grant("g3")))])
    assert [ledger.grant(identity) for identity in ("g1", "g2", "g3")] == [grant(), grant("g2"), grant("g3")]


def test_a_grant_is_taken_back_once_and_stays_so(ledger: Ledger) -> None:
    ledger.post([letter("a", grants=(grant(), grant("g2")))])
    assert ledger.revoke("g1", by="planning", at=NOW)
    assert not ledger.revoke("g1", by="planning", at=NOW + timedelta(days=1))
    assert not ledger.revoke("nothing", by="planning", at=NOW)
    ledger.post([letter("b", grants=(grant(),))])
    assert (ledger.grant("g1"), ledger.grant("g2")) == (grant(revoked_at=NOW), grant("g2"))


# --- what an attempt's end says and sets going -------------------------------------------------------------------------


def test_a_refused_address_is_kept_with_what_the_server_said(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert ledger.finish(claimed(ledger), REFUSED, at=NOW)
    by = "the mail server"
    said = Word(about="address", subject=CHIEF.address, word=SUPPRESSED, by=by, note=REFUSED.said, said_at=NOW)
    assert ledger.words(PLAN) == (said,)


def test_a_refused_mail_says_nothing_about_the_address(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert ledger.finish(claimed(ledger), replace(REFUSED, suppresses=False), at=NOW)
    assert ledger.words(PLAN) == ()


def test_the_letters_that_tell_of_an_end_are_queued_with_it(ledger: Ledger) -> None:
    ledger.post([letter()])
    alert = letter("alert", kind="alert", tellings=())
    assert ledger.finish(claimed(ledger), REFUSED, at=NOW, letters=[alert, letter("a")])  # the second is there already
    assert (state(ledger), state(ledger, "alert")) == (LetterState.FAILED, LetterState.QUEUED)


def test_an_end_that_comes_too_late_neither_suppresses_nor_queues(ledger: Ledger) -> None:
    ledger.post([letter()])
    lost = claimed(ledger)
    ledger.recover(at=NOW, is_gone=lambda _claimant: True)
    assert not ledger.finish(lost, REFUSED, at=NOW, letters=[letter("alert")])
    assert (ledger.words(PLAN), len(ledger.outbox()), state(ledger)) == ((), 1, LetterState.QUEUED)


def test_an_end_and_what_comes_of_it_are_kept_together_or_not_at_all(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    unkeepable = letter("alert", made_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="has no time zone"):
        ledger.finish(claim, REFUSED, at=NOW, letters=[unkeepable])
    assert (ledger.words(PLAN), len(ledger.outbox()), state(ledger)) == ((), 1, LetterState.SENDING)
    assert ledger.finish(claim, REFUSED, at=NOW)
