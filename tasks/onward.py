"""What becomes of a letter next, in a sentence: by its state, by its kind, and by what was said about mail."""

from collections.abc import Callable
from datetime import datetime

from ledger.delivery import NO_ANSWER_AFTER
from ledger.records import DAILY, LetterState, Posted
from notifications.policies import AGAIN
from plan.phrase import phrase, template
from plan.wording import joined

_TOLD_ANEW = phrase("Its steps count as not told; what is still wanted is told anew.")
AT_REST: dict[LetterState, tuple[str, str]] = {
    LetterState.SENDING: (phrase("It is being handed over; what the server says stands here in a moment."), ""),
    LetterState.SENT: (phrase("Nothing more is to be done."), ""),
    LetterState.HELD: (phrase("Nothing happens to it by itself: send it again, or say that it has arrived."), ""),
    LetterState.FAILED: (phrase("It is not tried again."), _TOLD_ANEW),
    LetterState.CANCELLED: (phrase("It does not go out."), _TOLD_ANEW),
    LetterState.SKIPPED: (
        phrase("It does not go out."),
        phrase("Its steps count as not told; a later letter says what is still true."),
    ),
    LetterState.EXPIRED: (phrase("It is not tried again."), _TOLD_ANEW),
}
"""What follows from each state that no instant ends, and what that means for the steps in the letter."""
ONLY_IF_ASKED = phrase("It does not go out by itself; send it again if it is still of use.")
"""What follows where a letter that is no daily mail failed, expired or was cancelled."""
AFTER_A_DOUBT = (
    template("In doubt since {since}. Unless it is found that the server took it, it is held after {until}."),
    template(
        "In doubt since {since}. Unless it is found that the server took it, it is sent again as the same mail after {until}."
    ),
    template(
        "In doubt since {since}. Unless it is found that the server took it, it is sent again as the same mail, or held if an "
        "earlier attempt was in doubt too, after {until}."
    ),
)
"""What follows for a letter that is never sent again by itself, for one that is, and for one that was tried before."""
_OFF_ITS_WAY = (LetterState.FAILED, LetterState.EXPIRED, LetterState.CANCELLED)


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
    if letter.state in _OFF_ITS_WAY and letter.kind not in DAILY:
        return ONLY_IF_ASKED
    follows, for_steps = AT_REST[letter.state]
    return joined((follows, for_steps if letter.notices else ""))


def _queued(letter: Posted, *, paused: bool, refused: bool, moment: Callable[[datetime], str]) -> str:
    if paused:
        return phrase("All mail is paused; it goes out once somebody lets mail go on.")
    if refused:
        return phrase("It will be cancelled, since its address was refused; lift that first if it is right after all.")
    assert letter.next_attempt_at is not None  # the database keeps no queued letter without it
    if letter.attempts == 0:
        return phrase("It goes out with the next delivery.")
    return phrase("It is tried again with the first delivery from {at} on.", at=moment(letter.next_attempt_at))


def _in_doubt(letter: Posted, moment: Callable[[datetime], str]) -> str:
    assert letter.data_at is not None  # a doubt begins when a letter is handed over
    then = AFTER_A_DOUBT[0 if letter.kind not in AGAIN else 1 if letter.attempts <= 1 else 2]
    return phrase(then, since=moment(letter.data_at), until=moment(letter.data_at + NO_ANSWER_AFTER))
