"""What an administrator decides of a letter: sent again, held, arrived; refused where its state does not allow it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from ledger.decided import words_open_to
from ledger.delivery import NO_ANSWER_AFTER
from ledger.ledger import Ledger, LetterStands, NoSuchLetter
from ledger.records import ARRIVED, CHANNEL, DAILY, HOLD, RETRY, ROLLUP, Attempt, Claim, LetterState, Outcome, Posted, Word
from notifications.policies import AFTER_A_DOUBT
from plan.told import Telling
from tests.ledger_builders import DAY, NOW, PLAN, letter

TOMORROW = DAY + timedelta(days=1)
LATER = NOW + timedelta(hours=1)
"""When an administrator speaks, unless a test says otherwise: no answer to a letter handed over at NOW can come any more."""


def word(says: str, *, key: str = letter().key, note: str = "Asked by phone.", at: datetime = LATER) -> Word:
    """Return what the office of planning says of a letter."""
    return Word(about="letter", subject=key, word=says, by="planning", note=note, said_at=at)


def claimed(ledger: Ledger, *, at: datetime = NOW, on: date = DAY) -> Claim:
    claim = ledger.claim("w", plan=PLAN, at=at, on=on)
    assert claim is not None
    return claim


def ending(state: LetterState) -> Callable[[Ledger], None]:
    """Return what brings a letter to where an attempt leaves it, its DATA begun at NOW."""

    def end(ledger: Ledger) -> None:
        claim = claimed(ledger)
        assert ledger.fence(claim, at=NOW)
        assert ledger.finish(claim, Outcome(state=state, said="So it ended."), at=NOW)

    return end


def leave(_ledger: Ledger) -> None:
    """Leave the letter queued."""


def cancel(ledger: Ledger) -> None:
    assert ledger.cancel(claimed(ledger), reason="Answered.", at=NOW)


def supersede(ledger: Ledger) -> None:
    assert ledger.supersede(PLAN, before=TOMORROW) == 1


def lose(ledger: Ledger) -> None:
    """Lose the deliverer while it hands the letter over."""
    assert ledger.fence(claimed(ledger), at=NOW)
    assert ledger.recover(at=NOW, is_gone=lambda _claimant: True) == (0, 1)


def hold(ledger: Ledger) -> None:
    """Lose the deliverer, and hear nothing until nothing can be heard any more."""
    lose(ledger)
    assert ledger.resolve(at=NOW + NO_ANSWER_AFTER, again=()) == (0, 1)


def hold_back(ledger: Ledger) -> None:
    """Hold a letter that was never handed over."""
    ledger.tell_letter(PLAN, word(HOLD, at=NOW))


def only(ledger: Ledger) -> tuple[Posted, tuple[Attempt, ...]]:
    """Return the only letter, and its attempts."""
    (posted,) = ledger.outbox()
    found = ledger.letter(PLAN, posted.key)
    assert found is not None
    return posted, found[2]


def told(ledger: Ledger, *, day: date) -> list[Telling]:
    """Return what the letter tells, as a run for a day finds it."""
    (one,) = letter().tellings
    return list(ledger.told(PLAN, day=day).of(one.kind, one.item, one.period, one.due).values())


def stands(state: str, done: str, may_be: str) -> str:
    return f"The letter is {state}, so it cannot be {done}; that is for letters that are: {may_be}."


def told_anew(state: str) -> str:
    why = "what it told counts as not told, and is chosen anew for a later day's letter"
    return f"The letter is {state}, so it cannot be sent again; {why}."


QUEUED, HELD, SENT = LetterState.QUEUED, LetterState.HELD, LetterState.SENT
AGAIN, FROM_AGAIN = "sent again", "queued, held, in doubt"
KEPT, FROM_KEPT = "held", "queued, in doubt"
THERE, FROM_THERE = "marked as arrived", "held, in doubt"
CASES = [
    pytest.param(leave, RETRY, QUEUED, id="queued-retry"),
    pytest.param(leave, HOLD, HELD, id="queued-hold"),
    pytest.param(leave, ARRIVED, stands("queued", THERE, FROM_THERE), id="queued-arrived"),
    pytest.param(claimed, RETRY, stands("sending", AGAIN, FROM_AGAIN), id="sending-retry"),
    pytest.param(claimed, HOLD, stands("sending", KEPT, FROM_KEPT), id="sending-hold"),
    pytest.param(claimed, ARRIVED, stands("sending", THERE, FROM_THERE), id="sending-arrived"),
    pytest.param(ending(SENT), RETRY, stands("sent", AGAIN, FROM_AGAIN), id="sent-retry"),
    pytest.param(ending(SENT), HOLD, stands("sent", KEPT, FROM_KEPT), id="sent-hold"),
    pytest.param(ending(SENT), ARRIVED, stands("sent", THERE, FROM_THERE), id="sent-arrived"),
    pytest.param(lose, RETRY, QUEUED, id="in-doubt-retry"),
    pytest.param(lose, HOLD, HELD, id="in-doubt-hold"),
    pytest.param(lose, ARRIVED, SENT, id="in-doubt-arrived"),
    pytest.param(hold, RETRY, QUEUED, id="held-retry"),
    pytest.param(hold, HOLD, stands("held", KEPT, FROM_KEPT), id="held-hold"),
    pytest.param(hold, ARRIVED, SENT, id="held-arrived"),
    pytest.param(hold_back, RETRY, QUEUED, id="held-back-retry"),
    pytest.param(hold_back, HOLD, stands("held", KEPT, FROM_KEPT), id="held-back-hold"),
    pytest.param(hold_back, ARRIVED, "The letter was never handed over, so it cannot have arrived.", id="held-back-arrived"),
    pytest.param(ending(LetterState.FAILED), RETRY, told_anew("failed"), id="failed-retry"),
    pytest.param(ending(LetterState.FAILED), HOLD, stands("failed", KEPT, FROM_KEPT), id="failed-hold"),
    pytest.param(ending(LetterState.FAILED), ARRIVED, stands("failed", THERE, FROM_THERE), id="failed-arrived"),
    pytest.param(cancel, RETRY, told_anew("cancelled"), id="cancelled-retry"),
    pytest.param(cancel, HOLD, stands("cancelled", KEPT, FROM_KEPT), id="cancelled-hold"),
    pytest.param(cancel, ARRIVED, stands("cancelled", THERE, FROM_THERE), id="cancelled-arrived"),
    pytest.param(supersede, RETRY, told_anew("skipped"), id="skipped-retry"),
    pytest.param(supersede, HOLD, stands("skipped", KEPT, FROM_KEPT), id="skipped-hold"),
    pytest.param(supersede, ARRIVED, stands("skipped", THERE, FROM_THERE), id="skipped-arrived"),
    pytest.param(ending(LetterState.EXPIRED), RETRY, told_anew("expired"), id="expired-retry"),
    pytest.param(ending(LetterState.EXPIRED), HOLD, stands("expired", KEPT, FROM_KEPT), id="expired-hold"),
    pytest.param(ending(LetterState.EXPIRED), ARRIVED, stands("expired", THERE, FROM_THERE), id="expired-arrived"),
]


@pytest.mark.parametrize(("bring", "says", "expected"), CASES)
def test_a_word_moves_a_letter_or_says_why_it_cannot(
    ledger: Ledger, bring: Callable[[Ledger], object], says: str, expected: LetterState | str
) -> None:
    ledger.post([letter()])
    bring(ledger)
    before, words = only(ledger), ledger.words(PLAN)
    if isinstance(expected, LetterState):
        ledger.tell_letter(PLAN, word(says))
        posted, _ = only(ledger)
        assert (posted.state, posted.reason) == (expected, "planning: Asked by phone.")
        assert ledger.words(PLAN) == (*words, word(says))
        return
    with pytest.raises(LetterStands) as stopped:
        ledger.tell_letter(PLAN, word(says))
    assert str(stopped.value) == expected
    assert (only(ledger), ledger.words(PLAN)) == (before, words)


@pytest.mark.parametrize(
    ("plan", "key"),
    [pytest.param(PLAN, "nothing", id="no-such-key"), pytest.param("another", letter().key, id="letter-of-another-plan")],
)
def test_a_letter_that_is_not_there_can_be_told_nothing(ledger: Ledger, plan: str, key: str) -> None:
    ledger.post([letter()])
    with pytest.raises(NoSuchLetter) as stopped:
        ledger.tell_letter(plan, word(HOLD, key=key))
    assert str(stopped.value) == f'There is no letter "{key}"; `plankeeper outbox list` shows those that are.'
    assert (only(ledger)[0].state, ledger.words(plan)) == (QUEUED, ())


@pytest.mark.parametrize("bring", [cancel, ending(LetterState.EXPIRED)], ids=["cancelled", "expired"])
@pytest.mark.parametrize("kind", sorted(AFTER_A_DOUBT.keys() - DAILY - {CHANNEL}))
def test_what_no_later_letter_tells_can_be_sent_again_after_it_expired_or_was_cancelled(
    ledger: Ledger, bring: Callable[[Ledger], object], kind: str
) -> None:
    made = letter(kind=kind, tellings=())
    ledger.post([made])
    bring(ledger)
    assert ledger.post([made]) == ()
    assert RETRY in words_open_to(only(ledger)[0], at=LATER)
    ledger.tell_letter(PLAN, word(RETRY))
    again = claimed(ledger, at=LATER, on=TOMORROW)
    assert (again.content, again.attempt, again.put_off) == (made.content, 2, 0)
    with pytest.raises(LetterStands, match="that are: queued, held, in doubt, failed, expired, cancelled"):
        ledger.tell_letter(PLAN, word(RETRY))


@pytest.mark.parametrize("kind", sorted(DAILY))
def test_no_daily_mail_that_expired_can_be_sent_again(ledger: Ledger, kind: str) -> None:
    ledger.post([letter(kind=kind)])
    ending(LetterState.EXPIRED)(ledger)
    assert words_open_to(only(ledger)[0], at=LATER) == ()


def test_a_word_without_a_note_is_its_own_reason(ledger: Ledger) -> None:
    ledger.post([letter()])
    ledger.tell_letter(PLAN, word(HOLD, note=""))
    assert only(ledger)[0].reason == "planning wanted it so."


# --- a letter in doubt -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says", [RETRY, HOLD])
def test_while_an_answer_may_come_a_letter_in_doubt_is_left_alone(ledger: Ledger, says: str) -> None:
    ledger.post([letter()])
    lose(ledger)
    just_before = NOW + NO_ANSWER_AFTER - timedelta(microseconds=1)
    with pytest.raises(LetterStands) as stopped:
        ledger.tell_letter(PLAN, word(says, at=just_before))
    assert str(stopped.value) == "The mail server may still answer, until 2026-10-22 13:52 UTC; decide after that."
    assert (only(ledger)[0].state, ledger.words(PLAN)) == (LetterState.IN_DOUBT, ())
    ledger.tell_letter(PLAN, word(says, at=NOW + NO_ANSWER_AFTER))
    assert only(ledger)[0].state is (QUEUED if says == RETRY else HELD)


def test_a_letter_in_doubt_can_be_known_to_have_arrived_at_any_time(ledger: Ledger) -> None:
    ledger.post([letter()])
    lose(ledger)
    ledger.tell_letter(PLAN, word(ARRIVED, at=NOW + timedelta(seconds=1)))
    posted, _ = only(ledger)
    assert (posted.state, posted.sent_at) == (SENT, NOW)  # it was sent when its DATA began, not when that became known
    assert ledger.doubts() == ()


@pytest.mark.parametrize(
    ("says", "state"),
    [
        pytest.param(RETRY, LetterState.IN_DOUBT, id="retry"),
        pytest.param(HOLD, LetterState.IN_DOUBT, id="hold"),
        pytest.param(ARRIVED, SENT, id="arrived"),
    ],
)
def test_an_attempt_in_doubt_ends_so_unless_its_letter_arrived(ledger: Ledger, says: str, state: LetterState) -> None:
    ledger.post([letter()])
    lose(ledger)
    assert [attempt.ended_at for attempt in only(ledger)[1]] == [None]
    ledger.tell_letter(PLAN, word(says))
    (attempt,) = only(ledger)[1]
    assert (attempt.ended_at, attempt.ended_as, attempt.said) == (LATER, state, "planning: Asked by phone.")


def send_again_by_policy(ledger: Ledger) -> None:
    lose(ledger)
    assert ledger.resolve(at=NOW + NO_ANSWER_AFTER, again=DAILY) == (1, 0)


def send_again_by_word(ledger: Ledger) -> None:
    lose(ledger)
    ledger.tell_letter(PLAN, word(RETRY, at=NOW + NO_ANSWER_AFTER))


def send_again_once_held(ledger: Ledger) -> None:
    hold(ledger)
    ledger.tell_letter(PLAN, word(RETRY, at=NOW + NO_ANSWER_AFTER))


SENT_AGAIN = [
    pytest.param(send_again_by_policy, id="by-policy"),
    pytest.param(send_again_by_word, id="by-word"),
    pytest.param(send_again_once_held, id="once-held"),
]


@pytest.mark.parametrize("held", [False, True], ids=["queued", "held"])
@pytest.mark.parametrize("bring", SENT_AGAIN)
def test_a_letter_queued_again_out_of_a_doubt_may_still_have_arrived(
    ledger: Ledger, bring: Callable[[Ledger], object], held: bool
) -> None:
    ledger.post([letter()])
    bring(ledger)
    if held:
        ledger.tell_letter(PLAN, word(HOLD))
    assert [doubt.data_at for doubt in ledger.doubts()] == [NOW]
    assert (ARRIVED in words_open_to(only(ledger)[0], at=LATER)) is held
    if held:
        ledger.tell_letter(PLAN, word(ARRIVED))
    else:
        assert ledger.confirm(letter().key, said="The relay took it.", at=LATER)
    assert (only(ledger)[0].state, only(ledger)[0].sent_at, ledger.doubts()) == (SENT, NOW, ())


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.EXPIRED])
def test_a_letter_that_the_server_refused_is_in_no_doubt_when_it_is_sent_again(ledger: Ledger, state: LetterState) -> None:
    ledger.post([letter(kind=ROLLUP)])
    ending(state)(ledger)
    ledger.tell_letter(PLAN, word(RETRY))
    assert ledger.doubts() == ()
    ledger.tell_letter(PLAN, word(HOLD))
    assert (ledger.doubts(), words_open_to(only(ledger)[0], at=LATER)) == ((), (RETRY,))


@pytest.mark.parametrize("bring", SENT_AGAIN)
def test_a_second_doubt_is_left_to_the_office_whoever_ended_the_first(
    ledger: Ledger, bring: Callable[[Ledger], object]
) -> None:
    ledger.post([letter()])
    bring(ledger)
    assert ledger.fence(claimed(ledger, at=LATER), at=LATER)
    assert ledger.recover(at=LATER, is_gone=lambda _claimant: True) == (0, 1)
    assert ledger.resolve(at=LATER + NO_ANSWER_AFTER, again=DAILY) == (0, 1)


@pytest.mark.parametrize("state", [LetterState.FAILED, LetterState.EXPIRED, LetterState.CANCELLED])
@pytest.mark.parametrize("bring", [leave, *SENT_AGAIN])
def test_what_a_letter_tells_stays_told_if_an_earlier_copy_may_have_arrived(
    ledger: Ledger, bring: Callable[[Ledger], object], state: LetterState
) -> None:
    ledger.post([letter()])
    bring(ledger)
    claim = claimed(ledger, at=LATER)
    if state is LetterState.CANCELLED:
        assert ledger.cancel(claim, reason="Answered.", at=LATER)
    else:
        assert ledger.fence(claim, at=LATER)
        assert ledger.finish(claim, Outcome(state=state, said="So it ended."), at=LATER)
    assert [one.delivered_on for one in told(ledger, day=TOMORROW)] == ([] if bring is leave else [DAY])


def test_what_the_deliverer_said_itself_of_its_attempt_stays(ledger: Ledger) -> None:
    ledger.post([letter()])
    ending(LetterState.IN_DOUBT)(ledger)
    ledger.tell_letter(PLAN, word(RETRY))
    (attempt,) = only(ledger)[1]
    assert (attempt.ended_as, attempt.said) == (LetterState.IN_DOUBT, "So it ended.")


def lost_and_told(ledger: Ledger, says: str) -> Claim:
    """Lose a deliverer in DATA that still lives, and have a word said; return its claim."""
    ledger.post([letter()])
    claim = claimed(ledger)
    ledger.fence(claim, at=NOW)
    ledger.recover(at=NOW, is_gone=lambda _claimant: True)
    ledger.tell_letter(PLAN, word(says))
    return claim


@pytest.mark.parametrize("says", [RETRY, HOLD, ARRIVED])
def test_a_refusal_that_a_deliverer_hears_after_a_word_changes_nothing(ledger: Ledger, says: str) -> None:
    claim = lost_and_told(ledger, says)
    before = only(ledger)
    assert not ledger.finish(claim, Outcome(state=LetterState.FAILED, said="550 no"), at=LATER)
    assert not ledger.fence(claim, at=LATER)
    assert only(ledger) == before


@pytest.mark.parametrize(("says", "listens"), [(RETRY, True), (HOLD, True), (ARRIVED, False)])
def test_that_it_was_accepted_is_heard_after_a_word_too_and_the_attempt_keeps_its_end(
    ledger: Ledger, says: str, listens: bool
) -> None:
    claim = lost_and_told(ledger, says)
    before = only(ledger)
    assert ledger.finish(claim, Outcome(state=SENT, said="250 OK"), at=LATER) is listens
    posted, tried = only(ledger)
    assert tried == before[1]
    assert (posted.state, posted.reason) == (SENT, "250 OK" if listens else before[0].reason)
    assert ledger.claim("w", plan=PLAN, at=LATER, on=TOMORROW) is None


# --- a letter that is sent again ---------------------------------------------------------------------------------------


def test_a_letter_that_is_sent_again_goes_out_at_once_and_is_put_off_from_the_beginning(ledger: Ledger) -> None:
    ledger.post([letter()])
    tomorrow = NOW + timedelta(days=1)
    for _ in range(3):
        later = Outcome(state=QUEUED, said="451 Later", next_attempt_at=NOW, puts_off=True)
        assert ledger.finish(claimed(ledger), later, at=NOW)
    last = Outcome(state=QUEUED, said="451 Later", next_attempt_at=tomorrow, puts_off=True)
    assert ledger.finish(claimed(ledger), last, at=NOW)
    assert ledger.claim("w", plan=PLAN, at=LATER, on=DAY) is None
    ledger.tell_letter(PLAN, word(RETRY))
    again = claimed(ledger, at=LATER)
    assert (again.put_off, again.attempt) == (0, 5)
    assert ledger.fence(again, at=LATER)


@pytest.mark.parametrize("bring", [leave, lose, hold], ids=["queued", "in-doubt", "held"])
def test_a_daily_letter_that_somebody_asked_for_goes_out_on_a_later_day_too(
    ledger: Ledger, bring: Callable[[Ledger], object]
) -> None:
    ledger.post([letter()])
    bring(ledger)
    ledger.tell_letter(PLAN, word(RETRY))
    assert ledger.supersede(PLAN, before=TOMORROW) == 0
    assert told(ledger, day=TOMORROW) == list(letter().tellings)  # told, so that no later letter tells it too
    claim = claimed(ledger, at=LATER, on=TOMORROW)
    later = Outcome(state=QUEUED, said="451 Later", next_attempt_at=LATER, puts_off=True)
    assert ledger.finish(claim, later, at=LATER)
    assert ledger.supersede(PLAN, before=TOMORROW) == 0
    assert claimed(ledger, at=LATER, on=TOMORROW).content == letter().content


def test_a_daily_letter_that_nobody_asked_for_is_superseded_beside_one_that_somebody_did(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b")])
    ledger.tell_letter(PLAN, word(RETRY))
    assert ledger.supersede(PLAN, before=TOMORROW) == 1
    assert {posted.key: posted.state for posted in ledger.outbox()} == {
        letter("a").key: QUEUED,
        letter("b").key: LetterState.SKIPPED,
    }


# --- a letter that is held ---------------------------------------------------------------------------------------------


def test_a_held_letter_is_neither_claimed_nor_superseded(ledger: Ledger) -> None:
    ledger.post([letter()])
    ledger.tell_letter(PLAN, word(HOLD))
    assert ledger.claim("w", plan=PLAN, at=LATER + timedelta(days=1), on=TOMORROW) is None
    assert ledger.supersede(PLAN, before=TOMORROW) == 0
    assert ledger.doubts() == ()  # the server never saw it


def test_what_a_held_letter_tells_counts_for_its_own_day_if_nobody_ever_claimed_it(ledger: Ledger) -> None:
    ledger.post([letter()])
    ledger.tell_letter(PLAN, word(HOLD))
    assert [one.delivered_on for one in told(ledger, day=TOMORROW)] == [DAY]
