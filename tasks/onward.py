"""What becomes of a letter next, in a sentence: by its state, by its kind, and by what was said about mail."""

from collections.abc import Callable
from datetime import datetime

from ledger.delivery import NO_ANSWER_AFTER
from ledger.records import LetterState, Posted
from notifications.policies import AGAIN

AT_REST: dict[LetterState, tuple[str, str]] = {
    LetterState.SENDING: ("It is being handed over; what the server says stands here in a moment.", ""),
    LetterState.SENT: ("Nothing more is to be done.", ""),
    LetterState.HELD: ("Nothing happens to it by itself: send it again, or say that it has arrived.", ""),
    LetterState.FAILED: ("It is not tried again by itself.", "Its steps count as told, so the next ones come on their days."),
    LetterState.CANCELLED: ("It does not go out.", "Its steps count as not told; what is still wanted is told anew."),
    LetterState.SKIPPED: ("It does not go out.", "Its steps count as not told; a later letter says what is still true."),
    LetterState.EXPIRED: ("It is not tried again.", "Its steps count as not told; what is still wanted is told anew."),
}
"""What follows from each state that no instant ends, and what that means for the steps in the letter."""


def onward(letter: Posted, *, paused: bool, refused: bool, moment: Callable[[datetime], str]) -> str:
    """Return what becomes of a letter next.

    Args:      paused: whether all mail of its plan is kept back
               refused: whether a mail server refused its address, and nobody lifted that
               moment: puts an instant into words
    """
    if letter.state is LetterState.QUEUED:
        return _queued(letter, paused=paused, refused=refused, moment=moment)
    if letter.state is LetterState.IN_DOUBT:
        return _in_doubt(letter, moment)
    follows, for_steps = AT_REST[letter.state]
    return f"{follows} {for_steps}" if letter.notices and for_steps else follows


def _queued(letter: Posted, *, paused: bool, refused: bool, moment: Callable[[datetime], str]) -> str:
    if paused:
        return "All mail is paused; it goes out once somebody lets mail go on."
    if refused:
        return "It will be cancelled, since its address was refused; lift that first if it is right after all."
    assert letter.next_attempt_at is not None  # the database keeps no queued letter without it
    if letter.attempts == 0:
        return "It goes out with the next delivery."
    return f"It is tried again with the first delivery from {moment(letter.next_attempt_at)} on."


def _in_doubt(letter: Posted, moment: Callable[[datetime], str]) -> str:
    assert letter.data_at is not None  # a doubt begins when a letter is handed over
    then = "sent again as the same mail" if letter.kind in AGAIN else "held"
    until = moment(letter.data_at + NO_ANSWER_AFTER)
    return f"In doubt since {moment(letter.data_at)}. Unless it is found that the server took it, it is {then} after {until}."
