"""The outbox from the sending side: one deliverer has a letter, a dead one loses it, and nothing leaves twice."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ledger.delivery import LEASE
from ledger.ledger import Ledger, open_ledger
from ledger.records import Claim, LetterState, Outcome, Posted
from tests.ledger_builders import DAY, NOW, PLAN, direct, letter, telling

SENT = Outcome(state=LetterState.SENT, said="250 2.0.0 Ok: queued as 4D2")
LATER = NOW + timedelta(minutes=5)
DEFERRED = Outcome(state=LetterState.QUEUED, said="421 busy", next_attempt_at=LATER, puts_off=True)
KEPT_BACK = Outcome(state=LetterState.QUEUED, said="Mail may not go there.", next_attempt_at=LATER)


def nobody(_claimant: str) -> bool:
    """Say that no deliverer is gone."""
    return False


def claimed(ledger: Ledger, claimant: str = "w", *, at: datetime = NOW, on: date = DAY) -> Claim:
    """Claim the next letter, which there is."""
    claim = ledger.claim(claimant, plan=PLAN, at=at, on=on)
    assert claim is not None
    return claim


def only(ledger: Ledger) -> Posted:
    """Return the only letter."""
    (posted,) = ledger.outbox()
    return posted


def attempts(url: str) -> list[tuple[object, ...]]:
    """Return the attempts as (number, claimant, has ended, state, said)."""
    with direct(url) as engine, engine.connect() as connection:
        found = connection.execute(
            text("SELECT number, claimant, ended_at IS NOT NULL, ended_as, said FROM attempt ORDER BY letter, number")
        )
        return [(number, claimant, bool(ended), *rest) for number, claimant, ended, *rest in found]


# --- claim -------------------------------------------------------------------------------------------------------------


def test_the_oldest_letter_is_claimed_first(ledger: Ledger) -> None:
    ledger.post([letter("new", made_at=NOW), letter("old", made_at=NOW - timedelta(hours=1)), letter("b", made_at=NOW)])
    keys = [claimed(ledger).key.rpartition("/")[2] for _ in range(3)]
    assert keys == ["old", "b", "new"]
    assert ledger.claim("w", plan=PLAN, at=NOW, on=DAY) is None


def test_only_letters_of_the_plan_are_claimed(ledger: Ledger) -> None:
    ledger.post([letter("ours"), letter("theirs", plan="another", made_at=NOW - timedelta(hours=1))])
    assert claimed(ledger).key == letter("ours").key
    assert ledger.claim("w", plan=PLAN, at=NOW, on=DAY) is None
    assert ledger.claim("w", plan="a third", at=NOW, on=DAY) is None
    theirs = ledger.claim("w", plan="another", at=NOW, on=DAY)
    assert theirs is not None
    assert theirs.key == letter("theirs").key


def test_a_letter_is_not_claimed_before_its_time(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert ledger.claim("w", plan=PLAN, at=NOW - timedelta(microseconds=1), on=DAY) is None
    assert claimed(ledger).attempt == 1


def test_a_claimed_letter_says_who_has_it(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger, "host-7")
    assert (claim.key, claim.address, claim.claimant) == (letter().key, letter().address, "host-7")
    assert (claim.attempt, claim.put_off) == (1, 0)
    posted = only(ledger)
    assert (posted.state, posted.attempts, posted.reason) == (LetterState.SENDING, 1, "host-7 is sending it.")


def test_two_deliverers_never_get_the_same_letter(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter(f"{number:03}") for number in range(200)])
    together = Barrier(2)

    def deliver(claimant: str) -> list[str]:
        with open_ledger(database_url) as own:
            together.wait(timeout=30)
            return [claim.key for claim in all_claims(own, claimant)]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(deliver, ["one", "other"])
    assert len(one) + len(other) == len({*one, *other}) == 200


def all_claims(ledger: Ledger, claimant: str) -> Iterator[Claim]:
    """Claim until nothing is left."""
    while claim := ledger.claim(claimant, plan=PLAN, at=NOW, on=DAY):
        yield claim


# --- fence and finish --------------------------------------------------------------------------------------------------


def test_a_letter_is_sent(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    assert ledger.fence(claim, at=NOW)
    assert ledger.finish(claim, SENT, at=LATER)
    posted = only(ledger)
    assert (posted.state, posted.sent_at, posted.reason) == (LetterState.SENT, LATER, SENT.said)
    assert attempts(database_url) == [(1, "w", True, "sent", SENT.said)]


def test_a_deferred_letter_is_tried_again_from_its_next_instant_on(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    first = claimed(ledger)
    assert ledger.fence(first, at=NOW)
    assert ledger.finish(first, DEFERRED, at=NOW)
    with direct(database_url) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT data_at FROM letter")).scalar_one() is None
    assert ledger.claim("w", plan=PLAN, at=LATER - timedelta(microseconds=1), on=DAY) is None
    second = claimed(ledger, at=LATER)
    assert second.attempt == 2
    assert ledger.fence(second, at=LATER)
    assert ledger.finish(second, SENT, at=LATER)
    assert attempts(database_url) == [(1, "w", True, "queued", "421 busy"), (2, "w", True, "sent", SENT.said)]


def test_a_claim_says_how_often_its_letter_was_put_off(ledger: Ledger) -> None:
    ledger.post([letter()])
    put_off = []
    for outcome in (KEPT_BACK, DEFERRED, KEPT_BACK, DEFERRED, KEPT_BACK):
        claim = claimed(ledger, at=LATER)
        put_off.append(claim.put_off)
        assert ledger.finish(claim, outcome, at=NOW)
    assert put_off == [0, 0, 1, 1, 2]
    assert (claimed(ledger, at=LATER).put_off, only(ledger).attempts) == (2, 6)


def test_a_letter_is_put_off_on_its_own(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b")])
    assert ledger.finish(claimed(ledger), DEFERRED, at=NOW)
    assert claimed(ledger).put_off == 0
    assert claimed(ledger, at=LATER).put_off == 1


def test_a_deferral_that_comes_too_late_does_not_put_off(ledger: Ledger) -> None:
    ledger.post([letter()])
    lost = claimed(ledger)
    ledger.recover(at=NOW + LEASE, is_gone=nobody)
    assert not ledger.finish(lost, DEFERRED, at=NOW + LEASE)
    assert claimed(ledger, at=NOW + LEASE).put_off == 0


def test_data_begins_once_in_an_attempt(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    assert [ledger.fence(claim, at=NOW), ledger.fence(claim, at=NOW)] == [True, False]


@pytest.mark.parametrize(
    ("late", "holds"),
    [pytest.param(timedelta(microseconds=-1), True, id="lease-runs"), pytest.param(timedelta(0), False, id="lease-over")],
)
def test_data_begins_only_while_the_lease_runs(ledger: Ledger, late: timedelta, holds: bool) -> None:
    ledger.post([letter()])
    assert ledger.fence(claimed(ledger), at=NOW + LEASE + late) is holds


def test_a_claim_that_was_taken_over_can_do_nothing_more(ledger: Ledger) -> None:
    ledger.post([letter()])
    lost = claimed(ledger, "slow")
    assert ledger.recover(at=NOW + LEASE, is_gone=nobody) == (1, 0)
    assert not ledger.fence(lost, at=NOW)
    assert not ledger.finish(lost, SENT, at=NOW)
    taken_over = claimed(ledger, "slow", at=NOW + LEASE)  # even by the same deliverer: the attempt is another
    assert not ledger.fence(lost, at=NOW + LEASE)
    assert not ledger.finish(lost, SENT, at=NOW + LEASE)
    assert not ledger.cancel(lost, reason="Not wanted.", at=NOW + LEASE)
    assert ledger.fence(taken_over, at=NOW + LEASE)


def test_another_deliverers_name_opens_nothing(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger, "one")
    forged = replace(claim, claimant="other")
    assert not ledger.fence(forged, at=NOW)
    assert not ledger.finish(forged, SENT, at=NOW)


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.EXPIRED, LetterState.SENT])
def test_a_letter_ends_once(ledger: Ledger, state: LetterState) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    assert ledger.finish(claim, Outcome(state=state, said="550 no such user"), at=NOW)
    assert not ledger.finish(claim, SENT, at=NOW)
    assert ledger.claim("w", plan=PLAN, at=LATER, on=DAY) is None


def test_a_doubt_is_resolved_by_the_attempt_that_it_is_about(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    doubt = Outcome(state=LetterState.IN_DOUBT, said="The connection ended after DATA.")
    assert ledger.finish(claim, doubt, at=NOW)
    assert ledger.finish(claim, Outcome(state=LetterState.HELD, said="Left to an administrator."), at=LATER)
    assert (only(ledger).state, only(ledger).sent_at) == (LetterState.HELD, None)
    assert attempts(database_url) == [(1, "w", True, "in_doubt", doubt.said)]


def test_a_letter_cannot_be_put_back_without_an_instant_to_try_it_again(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    with pytest.raises(IntegrityError, match="letter_queued_is_due_ck"):
        ledger.finish(claim, Outcome(state=LetterState.QUEUED, said="421 busy"), at=NOW)
    assert only(ledger).state is LetterState.SENDING


# --- cancel ------------------------------------------------------------------------------------------------------------


def test_a_cancelled_letter_tells_nothing_any_more(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter("a", tellings=(telling("t1"), telling("t2"))), letter("b")])
    claim = claimed(ledger)
    assert ledger.cancel(claim, reason="The check-in has come.", at=NOW)
    assert attempts(database_url) == [(1, "w", True, "cancelled", "The check-in has come.")]
    assert not ledger.fence(claim, at=NOW)
    assert ledger.post([letter("c", tellings=(telling("t1"), telling("t2")))]) == (letter("c").key,)
    assert ledger.post([letter("d", tellings=letter("b").tellings)]) == ()


def test_a_letter_whose_data_began_cannot_be_cancelled(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    ledger.fence(claim, at=NOW)
    assert not ledger.cancel(claim, reason="Not wanted.", at=NOW)
    assert only(ledger).state is LetterState.SENDING


# --- recover -----------------------------------------------------------------------------------------------------------


def test_a_letter_whose_lease_runs_is_left_to_its_deliverer(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    assert ledger.recover(at=NOW + LEASE - timedelta(microseconds=1), is_gone=nobody) == (0, 0)
    assert ledger.fence(claim, at=NOW)


def test_a_letter_that_was_not_handed_over_is_queued_again(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    claimed(ledger)
    at = NOW + LEASE
    assert ledger.recover(at=at, is_gone=nobody) == (1, 0)
    assert only(ledger).state is LetterState.QUEUED
    assert ledger.claim("w", plan=PLAN, at=at - timedelta(microseconds=1), on=DAY) is None
    assert claimed(ledger, at=at).attempt == 2
    said = "The deliverer was gone before it handed the letter over; it is sent again."
    assert attempts(database_url) == [(1, "w", True, "queued", said), (2, "w", False, None, None)]


def test_a_deliverer_that_is_gone_does_not_put_its_letter_off(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert ledger.finish(claimed(ledger), DEFERRED, at=NOW)
    for _ in range(3):
        assert claimed(ledger, at=LATER).put_off == 1
        assert ledger.recover(at=LATER, is_gone=lambda _claimant: True) == (1, 0)
    assert (claimed(ledger, at=LATER).attempt, only(ledger).attempts) == (5, 5)


def test_letters_of_every_plan_are_recovered(ledger: Ledger) -> None:
    ledger.post([letter("ours"), letter("theirs", plan="another")])
    for plan in (PLAN, "another"):
        assert ledger.claim("w", plan=plan, at=NOW, on=DAY) is not None
    assert ledger.recover(at=NOW + LEASE, is_gone=nobody) == (2, 0)


def test_a_letter_that_may_have_been_handed_over_is_never_queued_blindly(ledger: Ledger) -> None:
    ledger.post([letter()])
    ledger.fence(claimed(ledger), at=NOW)
    assert ledger.recover(at=NOW + LEASE, is_gone=nobody) == (0, 1)
    assert only(ledger).state is LetterState.IN_DOUBT
    assert "may have accepted it" in only(ledger).reason
    assert ledger.claim("w", plan=PLAN, at=NOW + timedelta(days=1), on=DAY) is None
    assert ledger.recover(at=NOW + timedelta(days=1), is_gone=nobody) == (0, 0)


def test_a_slow_deliverer_may_still_say_how_its_attempt_ended(ledger: Ledger, database_url: str) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    ledger.fence(claim, at=NOW)
    ledger.recover(at=NOW + LEASE, is_gone=nobody)
    assert ledger.finish(claim, SENT, at=NOW + 2 * LEASE)
    assert only(ledger).state is LetterState.SENT
    assert attempts(database_url) == [(1, "w", True, "sent", SENT.said)]


def test_only_the_letters_of_the_deliverer_that_is_gone_are_taken_back_and_it_is_asked_for_once(ledger: Ledger) -> None:
    ledger.post([letter(name) for name in "abcd"])
    claims = [claimed(ledger, claimant) for claimant in ("gone", "gone", "alive", "gone")]
    ledger.fence(claims[1], at=NOW)
    asked: list[str] = []

    def is_gone(claimant: str) -> bool:
        asked.append(claimant)
        return claimant == "gone"

    assert ledger.recover(at=NOW, is_gone=is_gone) == (2, 1)
    assert sorted(asked) == ["alive", "gone"]
    states = [posted.state.value for posted in ledger.outbox()]
    assert states == ["queued", "in_doubt", "sending", "queued"]


KILLED = """
import os, signal, sys
from datetime import date, datetime
from ledger.ledger import open_ledger
url, plan, at, day, fenced = sys.argv[1:]
ledger = open_ledger(url)
claim = ledger.claim("killed", plan=plan, at=datetime.fromisoformat(at), on=date.fromisoformat(day))
if fenced == "fenced":
    ledger.fence(claim, at=datetime.fromisoformat(at))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("fenced", "expected"), [("before", (1, 0)), ("fenced", (0, 1))])
def test_a_killed_deliverers_letter_is_recovered(
    ledger: Ledger, database_url: str, fenced: str, expected: tuple[int, int]
) -> None:
    ledger.post([letter()])
    arguments = [sys.executable, "-c", KILLED, database_url, PLAN, NOW.isoformat(), DAY.isoformat(), fenced]
    killed = subprocess.run(arguments, cwd=Path(__file__).parents[1], check=False)
    assert killed.returncode == -9
    assert only(ledger).state is LetterState.SENDING
    assert ledger.recover(at=NOW, is_gone=lambda claimant: claimant == "killed") == expected
