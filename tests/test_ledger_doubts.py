"""Letters that may have been accepted: found, confirmed by evidence, or ended by policy once no answer can come."""

from datetime import timedelta

import pytest

from ledger.delivery import NO_ANSWER_AFTER
from ledger.ledger import Ledger
from ledger.records import Attempt, Claim, Doubt, LetterState, Outcome, Posted
from tests.ledger_builders import DAY, NOW, PLAN, letter

OVER = NOW + NO_ANSWER_AFTER
"""The first instant at which a doubt that began at NOW is over."""
AGAIN = {"rollup"}
SENT_AGAIN = "Whether the server accepted it never became known; it is sent again as the same mail."
LEFT_ALONE = "Whether the server accepted it never became known; it waits for somebody to say so, or to send it again."


def claimed(ledger: Ledger) -> Claim:
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim is not None
    return claim


def doubted(ledger: Ledger, *, seconds: int = 0, lost: bool = True) -> Claim:
    """Claim the next letter, begin its DATA, and lose the deliverer, or only the connection."""
    claim = claimed(ledger)
    assert ledger.fence(claim, at=NOW + timedelta(seconds=seconds))
    if lost:
        assert ledger.recover(at=NOW, is_gone=lambda _claimant: True) == (0, 1)
    else:
        assert ledger.finish(claim, Outcome(state=LetterState.IN_DOUBT, said="Silence after DATA."), at=NOW)
    return claim


def found(ledger: Ledger, name: str = "a") -> tuple[Posted, tuple[Attempt, ...]]:
    """Return a letter and its attempts by its name."""
    letters = ledger.letter(PLAN, letter(name).key)
    assert letters is not None
    return letters[0], letters[2]


@pytest.mark.parametrize(
    ("kind", "ended", "state", "said"),
    [
        pytest.param("rollup", (1, 0), LetterState.QUEUED, SENT_AGAIN, id="sent-again"),
        pytest.param("digest", (0, 1), LetterState.HELD, LEFT_ALONE, id="held"),
    ],
)
def test_a_doubt_ends_by_policy_at_the_instant_from_which_no_answer_can_come(
    ledger: Ledger, kind: str, ended: tuple[int, int], state: LetterState, said: str
) -> None:
    ledger.post([letter(kind=kind)])
    doubted(ledger)
    assert ledger.resolve(at=OVER - timedelta(microseconds=1), again=AGAIN) == (0, 0)
    assert found(ledger)[0].state is LetterState.IN_DOUBT
    assert ledger.resolve(at=OVER, again=AGAIN) == ended
    posted, (attempt,) = found(ledger)
    assert (posted.state, posted.reason) == (state, said)
    assert (attempt.ended_at, attempt.ended_as, attempt.said) == (OVER, state, said)
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
    assert not ledger.finish(first, Outcome(state=LetterState.SENT, said="250 OK"), at=OVER)


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


def test_evidence_about_a_letter_that_nobody_doubts_changes_nothing(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b")])
    ledger.fence(claimed(ledger), at=NOW)
    for name in ("a", "b", "none"):
        assert not ledger.confirm(letter(name).key, said="The relay took it.", at=OVER)
    assert [found(ledger, name)[0].state for name in "ab"] == [LetterState.SENDING, LetterState.QUEUED]
