"""What an administrator decides of a letter: send it now, leave it, it has arrived. Kept with whose word it was."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from ledger.database import lock
from ledger.delivery import NO_ANSWER_AFTER, confirm, end_last_attempts
from ledger.records import ARRIVED, DAILY, HOLD, RETRY, LetterState, Posted, Word
from ledger.tables import LetterRow
from ledger.words import append_word
from plan.phrase import phrase, template
from plan.wording import in_plain_words, joined

_FROM = {
    RETRY: (LetterState.QUEUED, LetterState.HELD, LetterState.IN_DOUBT),
    HOLD: (LetterState.QUEUED, LetterState.IN_DOUBT),
    ARRIVED: (LetterState.HELD, LetterState.IN_DOUBT),
}
"""The states in which a letter can be told each word."""
_OFF_ITS_WAY = (LetterState.FAILED, LetterState.EXPIRED, LetterState.CANCELLED)
"""Where a letter that is no daily mail can be sent again from too: no later one tells what it tells."""
_TOLD_ANEW = (*_OFF_ITS_WAY, LetterState.SKIPPED)
"""Where what a daily mail tells counts as not told."""
_CLOSED = {
    RETRY: template("The letter is {state}, so it cannot be sent again; that is for letters that are: {others}."),
    HOLD: template("The letter is {state}, so it cannot be held; that is for letters that are: {others}."),
    ARRIVED: template("The letter is {state}, so it cannot be marked as arrived; that is for letters that are: {others}."),
}


class LetterStands(Exception):
    """The letter cannot be told that in the state in which it is; see `plankeeper outbox show`."""


class NoSuchLetter(LookupError):
    """There is no letter of this key; see `plankeeper outbox list`."""


def words_open_to(letter: Posted, *, at: datetime) -> tuple[str, ...]:
    """Return which of RETRY, ARRIVED and HOLD a letter can be told at an instant, the one that does most first."""
    return tuple(
        word
        for word in (RETRY, ARRIVED, HOLD)
        if _stands(word, letter.kind, letter.state, data_at=letter.data_at, at=at) is None
    )


def tell_letter(connection: Connection, plan: str, word: Word) -> None:
    """Do with a letter what a word says, and keep the word.

    Raises:    NoSuchLetter: the plan has none of this key
               LetterStands: its state does not allow it, or an answer from the server may still come
    """
    lock(connection, plan)  # before the letter: who skips letters takes the two in this order
    wanted = select(LetterRow.kind, LetterRow.state, LetterRow.data_at).where(
        LetterRow.plan == plan, LetterRow.key == word.subject
    )
    letter = connection.execute(wanted.with_for_update()).one_or_none()
    if letter is None:
        raise NoSuchLetter(
            phrase('There is no letter "{key}"; `plankeeper outbox list` shows those that are.', key=word.subject)
        )
    stands = _stands(word.word, letter.kind, letter.state, data_at=letter.data_at, at=word.said_at)
    if stands is not None:
        raise LetterStands(stands)
    _do(connection, word, letter.state)
    append_word(connection, plan, word)


def _stands(word: str, kind: str, state: LetterState, *, data_at: datetime | None, at: datetime) -> str | None:
    """Return why a letter in a state cannot be told a word, or None if it can."""
    open_to = (*_FROM[word], *(_OFF_ITS_WAY if word == RETRY and kind not in DAILY else ()))
    if state not in open_to:
        return _closed(word, kind, state, open_to)
    if word == ARRIVED:
        return phrase("The letter was never handed over, so it cannot have arrived.") if data_at is None else None
    answered_by = data_at + NO_ANSWER_AFTER if state is LetterState.IN_DOUBT and data_at else at
    if answered_by > at:
        until = f"{answered_by:%Y-%m-%d %H:%M} UTC"
        return phrase("The mail server may still answer, until {until}; decide after that.", until=until)
    return None


def _closed(word: str, kind: str, state: LetterState, open_to: tuple[LetterState, ...]) -> str:
    """Return that a letter in a state is not open to a word."""
    if word == RETRY and kind in DAILY and state in _TOLD_ANEW:
        return phrase(
            "The letter is {state}, so it cannot be sent again; what it told counts as not told, and is chosen anew for a "
            "later day's letter.",
            state=in_plain_words(state),
        )
    others = joined((in_plain_words(one) for one in open_to), ", ")
    return phrase(_CLOSED[word], state=in_plain_words(state), others=others)


def _do(connection: Connection, word: Word, state: LetterState) -> None:
    said = f"{word.by}: {word.note}" if word.note else f"{word.by} wanted it so."
    if word.word == ARRIVED:
        confirm(connection, word.subject, said=said, at=word.said_at)
        return
    values: dict[str, Any] = {"state": LetterState.HELD, "next_attempt_at": None}
    if word.word == RETRY:
        again = {"put_off": 0, "asked_for": True}
        values = {"state": LetterState.QUEUED, "next_attempt_at": word.said_at, **again}
        if state in _OFF_ITS_WAY:  # the server answered: nothing is in doubt
            values["data_at"] = None
    connection.execute(update(LetterRow).where(LetterRow.key == word.subject).values(reason=said, **values))
    # Only the attempt of a letter in doubt can be open here; how it ended never became known.
    end_last_attempts(connection, [word.subject], LetterState.IN_DOUBT, said, at=word.said_at)
