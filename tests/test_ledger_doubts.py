"""Letters that may have been accepted: found, confirmed by evidence, or ended by policy once no answer can come."""

from datetime import datetime, timedelta

import pytest

from ledger.delivery import NO_ANSWER_AFTER, SOUGHT_FOR
from ledger.ledger import Ledger
from ledger.records import Attempt, Claim, Doubt, LetterState, Outcome, Posted
from tests.ledger_builders import DAY, NOW, PLAN, letter

OVER = NOW + NO_ANSWER_AFTER
"""The first instant at which a doubt that began at NOW is over."""
AGAIN = {"rollup"}
ACCEPTED = Outcome(state=LetterState.SENT, said="250 OK: queued as 4F1")
SENT_AGAIN = "Whether the server accepted it never became known; it is sent again as the same mail."
LEFT_ALONE = "Whether the server accepted it never became known; it waits for somebody to say so, or to send it again."


def claimed(ledger: Ledger, *, at: datetime = NOW) -> Claim:
    claim = ledger.claim("w", plan=PLAN, at=at, on=DAY)
    assert claim is not None
    return claim


def doubted(ledger: Ledger, *, at: datetime = NOW, seconds: int = 0, lost: bool = True) -> Claim:
    """Claim the next letter, begin its DATA, and lose the deliverer, or only the connection."""
    claim = claimed(ledger, at=at)
    assert ledger.fence(claim, at=at + timedelta(seconds=seconds))
    if lost:
        assert ledger.recover(at=at, is_gone=lambda _claimant: True) == (0, 1)
    else:
        assert ledger.finish(claim, Outcome(state=LetterState.IN_DOUBT, said="Silence after DATA."), at=at)
    return claim


def found(ledger: Ledger, name: str = "a") -> tuple[Posted, tuple[Attempt, ...]]:
    """Return a letter and its attempts by its name."""
    letters = ledger.letter(PLAN, letter(name).key)
    assert letters is not None
    return letters[0], letters[2]


@pytest.mark.parametrize(
    ("kind", "ended", "state", "ended_as", "said"),
    [
        pytest.param("rollup", (1, 0), LetterState.QUEUED, LetterState.IN_DOUBT, SENT_AGAIN, id="sent-again"),
        pytest.param("digest", (0, 1), LetterState.HELD, LetterState.HELD, LEFT_ALONE, id="held"),
    ],
)
def test_a_doubt_ends_by_policy_at_the_instant_from_which_no_answer_can_come(
    ledger: Ledger, kind: str, ended: tuple[int, int], state: LetterState, ended_as: LetterState, said: str
) -> None:
    ledger.post([letter(kind=kind)])
    doubted(ledger)
    assert ledger.resolve(at=OVER - timedelta(microseconds=1), again=AGAIN) == (0, 0)
    assert found(ledger)[0].state is LetterState.IN_DOUBT
    assert ledger.resolve(at=OVER, again=AGAIN) == ended
    posted, (attempt,) = found(ledger)
    assert (posted.state, posted.reason) == (state, said)
    assert (attempt.ended_at, attempt.ended_as, attempt.said) == (OVER, ended_as, said)
    assert ledger.resolve(at=OVER + NO_ANSWER_AFTER, again=AGAIN) == (0, 0)
    assert found(ledger)[1] == (attempt,)


@pytest.mark.parametrize("kind", ["rollup", "digest"])
def test_an_attempt_that_its_deliverer_ended_in_doubt_keeps_its_own_words(ledger: Ledger, kind: str) -> None:
    ledger.post([letter(kind=kind)])
    doubted(ledger, lost=False)
    ledger.resolve(at=OVER, again=AGAIN)
    (attempt,) = found(ledger)[1]
    assert (attempt.ended_at, attempt.ended_as, attempt.said) == (NOW, LetterState.IN_DOUBT, "Silence after DATA.")


def test_a_letter_that_is_sent_again_is_the_same_mail_in_another_attempt(ledger: Ledger) -> None:
    ledger.post([letter(kind="rollup")])
    first = doubted(ledger)
    before = found(ledger)[0]
    ledger.resolve(at=OVER, again=AGAIN)
    assert ledger.claim("w", plan=PLAN, at=OVER - timedelta(microseconds=1), on=DAY) is None
    again = ledger.claim("w", plan=PLAN, at=OVER, on=DAY)
    assert again is not None
    assert (again.content, again.attempt, again.put_off) == (first.content, 2, 0)
    assert found(ledger)[0].message_id == before.message_id
    assert ledger.fence(again, at=OVER)
    assert not ledger.finish(first, ACCEPTED, at=OVER)


@pytest.mark.parametrize("lost", [True, False], ids=["deliverer-lost", "connection-lost"])
def test_a_letter_is_sent_again_by_itself_once_and_held_after_another_doubt(ledger: Ledger, lost: bool) -> None:
    ledger.post([letter(kind="rollup")])
    doubted(ledger, lost=lost)
    assert ledger.resolve(at=OVER, again=AGAIN) == (1, 0)
    doubted(ledger, at=OVER, lost=lost)
    assert ledger.resolve(at=OVER + NO_ANSWER_AFTER, again=AGAIN) == (0, 1)
    posted, attempts = found(ledger)
    assert (posted.state, posted.reason, len(attempts)) == (LetterState.HELD, LEFT_ALONE, 2)


def test_a_letter_that_was_put_off_before_its_first_doubt_is_sent_again(ledger: Ledger) -> None:
    ledger.post([letter(kind="rollup")])
    ledger.finish(claimed(ledger), Outcome(state=LetterState.QUEUED, said="451", next_attempt_at=NOW, puts_off=True), at=NOW)
    doubted(ledger)
    assert ledger.resolve(at=OVER, again=AGAIN) == (1, 0)


# --- an answer that comes later than any should ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rollup", "digest"])
@pytest.mark.parametrize("lost", [True, False], ids=["deliverer-lost", "connection-lost"])
def test_that_a_letter_was_accepted_is_heard_after_its_doubt_was_ended(ledger: Ledger, kind: str, lost: bool) -> None:
    ledger.post([letter(kind=kind)])
    claim = doubted(ledger, lost=lost)
    ledger.resolve(at=OVER, again=AGAIN)
    before = found(ledger)[1]
    late = OVER + timedelta(minutes=1)
    assert ledger.finish(claim, ACCEPTED, at=late)
    posted, attempts = found(ledger)
    assert (posted.state, posted.reason, posted.sent_at, attempts) == (LetterState.SENT, ACCEPTED.said, late, before)
    assert ledger.claim("w", plan=PLAN, at=late, on=DAY) is None
    assert not ledger.finish(claim, ACCEPTED, at=late)


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.EXPIRED, LetterState.QUEUED, LetterState.IN_DOUBT])
@pytest.mark.parametrize("kind", ["rollup", "digest"])
def test_nothing_else_is_heard_after_a_doubt_was_ended(ledger: Ledger, kind: str, state: LetterState) -> None:
    ledger.post([letter(kind=kind)])
    claim = doubted(ledger)
    ledger.resolve(at=OVER, again=AGAIN)
    before = found(ledger)
    due = OVER if state is LetterState.QUEUED else None
    assert not ledger.finish(claim, Outcome(state=state, said="Late.", next_attempt_at=due), at=OVER)
    assert found(ledger) == before


def test_a_letter_that_was_never_handed_over_does_not_hear_that_it_was_accepted(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = claimed(ledger)
    assert ledger.recover(at=NOW, is_gone=lambda _claimant: True) == (1, 0)
    assert not ledger.finish(claim, ACCEPTED, at=NOW)


def test_a_letter_is_in_doubt_from_its_own_beginning_of_data(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b")])
    doubted(ledger)
    doubted(ledger, seconds=1)
    assert ledger.resolve(at=OVER, again=AGAIN) == (0, 1)
    assert [found(ledger, name)[0].state for name in "ab"] == [LetterState.HELD, LetterState.IN_DOUBT]


# --- evidence ----------------------------------------------------------------------------------------------------------


def test_doubts_are_listed_the_longest_first_held_ones_too(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b"), letter("c", plan="another"), letter("d")])
    doubted(ledger, seconds=1)
    assert ledger.resolve(at=OVER + timedelta(seconds=1), again=AGAIN) == (0, 1)
    doubted(ledger)
    claimed(ledger)
    a, b = letter("a"), letter("b")
    assert ledger.doubts() == (
        Doubt(key=b.key, message_id=b.message_id, data_at=NOW),
        Doubt(key=a.key, message_id=a.message_id, data_at=NOW + timedelta(seconds=1)),
    )


@pytest.mark.parametrize("held", [False, True], ids=["in-doubt", "held"])
def test_evidence_ends_a_doubt(ledger: Ledger, held: bool) -> None:
    ledger.post([letter()])
    doubted(ledger)
    ledger.resolve(at=OVER if held else NOW, again=AGAIN)
    said = "The relay took it as 4D2."
    assert ledger.confirm(letter().key, said=said, at=OVER)
    posted, (attempt,) = found(ledger)
    assert (posted.state, posted.reason, posted.sent_at) == (LetterState.SENT, said, NOW)
    assert attempt.said == (LEFT_ALONE if held else said)
    assert not ledger.confirm(letter().key, said=said, at=OVER)
    assert ledger.doubts() == ()


def test_evidence_ends_the_doubt_about_a_letter_that_is_queued_again(ledger: Ledger) -> None:
    ledger.post([letter(kind="rollup")])
    doubted(ledger, seconds=5)
    ledger.resolve(at=OVER + timedelta(seconds=5), again=AGAIN)
    (before,) = found(ledger)[1]
    handed_over = NOW + timedelta(seconds=5)
    assert ledger.doubts() == (Doubt(key=letter().key, message_id=letter().message_id, data_at=handed_over),)
    assert ledger.confirm(letter().key, said="The relay took it.", at=OVER)
    posted, attempts = found(ledger)
    assert (posted.state, posted.sent_at, attempts) == (LetterState.SENT, handed_over, (before,))
    assert ledger.claim("w", plan=PLAN, at=OVER + timedelta(days=1), on=DAY) is None


@pytest.mark.parametrize(("later", "sought"), [(SOUGHT_FOR, True), (SOUGHT_FOR + timedelta(microseconds=1), False)])
def test_evidence_about_a_held_letter_is_sought_for_a_week_of_mail(ledger: Ledger, later: timedelta, sought: bool) -> None:
    ledger.post([letter("a"), letter("b"), letter("c")])
    doubted(ledger)
    ledger.resolve(at=OVER, again=AGAIN)
    doubted(ledger)
    claimed(ledger, at=NOW + later)
    keys = [doubt.key for doubt in ledger.doubts()]
    assert keys == [letter("a").key] * sought + [letter("b").key]  # that of b is open still
    assert ledger.confirm(letter("a").key, said="She read it.", at=OVER)


def test_evidence_about_a_letter_that_nobody_doubts_changes_nothing(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b")])
    ledger.fence(claimed(ledger), at=NOW)
    for name in ("a", "b", "none"):
        assert not ledger.confirm(letter(name).key, said="The relay took it.", at=OVER)
    assert [found(ledger, name)[0].state for name in "ab"] == [LetterState.SENDING, LetterState.QUEUED]
