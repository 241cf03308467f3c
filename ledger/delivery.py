"""The outbox seen from the sending side: claim, fence, finish, and what to do when a deliverer is gone.

Whoever changes a letter names the attempt it acts for; a letter that was taken over meanwhile does not listen.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, insert, not_, or_, select, update

from ledger.database import lock
from ledger.letters import queue_letters
from ledger.records import CHANNEL, SUPPRESSED, Claim, Doubt, Letter, LetterState, Outcome, Word
from ledger.tables import AttemptRow, LetterRow, TellingRow
from ledger.words import append_word, is_paused

LEASE = timedelta(minutes=2)
"""How long a claim holds without word from the deliverer."""

NO_ANSWER_AFTER = timedelta(seconds=30 + 600 + 600 + 90)
"""From when on no answer to DATA can come any more: the server has 30 seconds to let the mail begin, 600 to take it in and 600
for its last word (RFC 5321, 4.5.3.2.6); the rest makes it 22 minutes."""

SOUGHT_FOR = timedelta(days=7)
"""How long evidence is sought for a held letter; no relay's log that is read need reach back further (docs/mail.md)."""

NOT_HANDED_OVER = "The deliverer was gone before it handed the letter over; it is sent again."
MAYBE_HANDED_OVER = "The deliverer was gone while it handed the letter over; the server may have accepted it."
SENT_AGAIN = "Whether the server accepted it never became known; it is sent again as the same mail."
LEFT_ALONE = "Whether the server accepted it never became known; it waits for somebody to say so, or to send it again."
BY_THE_SERVER = "the mail server"
"""Who suppresses an address."""


def claim(
    connection: Connection, claimant: str, *, plan: str, at: datetime, on: date, channel: str | None = None
) -> Claim | None:
    """Take the oldest letter that is to be sent by mail, or to a channel; None if there is none, or while mail is paused."""
    if is_paused(connection, plan):
        return None
    way = LetterRow.kind != CHANNEL if channel is None else (LetterRow.kind == CHANNEL) & (LetterRow.address == channel)
    due = (
        select(
            *(
                getattr(LetterRow, name)
                for name in ("key", "plan", "kind", "address", "content", "notices", "attempt", "put_off")
            )
        )
        .where(LetterRow.plan == plan, way, LetterRow.state == LetterState.QUEUED, LetterRow.next_attempt_at <= at)
        .order_by(LetterRow.made_at, LetterRow.key)
        .limit(1)
        .with_for_update(skip_locked=True)  # what another deliverer is just claiming; SQLite is locked as a whole
    )
    letter = connection.execute(due).first()
    if letter is None:
        return None
    taken = {"state": LetterState.SENDING, "reason": f"{claimant} is sending it.", "claimant": claimant, "claimed_on": on}
    times = {"next_attempt_at": None, "lease_until": at + LEASE, "data_at": None}
    number = letter.attempt + 1
    connection.execute(update(LetterRow).where(LetterRow.key == letter.key).values(attempt=number, **taken, **times))
    connection.execute(insert(AttemptRow).values(letter=letter.key, number=number, claimant=claimant, began_at=at))
    return Claim(
        key=letter.key,
        plan=letter.plan,
        kind=letter.kind,
        address=letter.address,
        content=letter.content,
        notices=letter.notices,
        claimant=claimant,
        attempt=number,
        put_off=letter.put_off,
    )


def cancel(connection: Connection, claim: Claim, *, reason: str, at: datetime) -> bool:
    """Give up a claimed letter that nobody wants any more and release what it did not tell; False if the claim was lost."""
    sending = LetterRow.state == LetterState.SENDING
    if not _close(
        connection, claim, Outcome(state=LetterState.CANCELLED, said=reason), sending, LetterRow.data_at.is_(None), at=at
    ):
        return False
    _release(connection, claim.key)
    return True


def fence(connection: Connection, claim: Claim, *, at: datetime) -> bool:
    """Note that DATA begins now; False if the claim was lost, or its DATA had begun before: do not begin."""
    holds = (*_mine(claim), LetterRow.state == LetterState.SENDING, LetterRow.lease_until > at, LetterRow.data_at.is_(None))
    return connection.execute(update(LetterRow).where(*holds).values(data_at=at)).rowcount == 1


def finish(connection: Connection, claim: Claim, outcome: Outcome, *, at: datetime, letters: Sequence[Letter] = ()) -> bool:
    """Note how an attempt ended and queue the letters that tell of it; False if the claim was lost, and nothing is queued.

    A doubt about this very attempt may be resolved so. That it was accepted is heard even after the doubt was ended, as long as
    nobody has the letter in hand again.
    """
    if outcome.suppresses or letters:
        lock(connection, claim.plan)  # before the letter: who skips letters takes the two in this order
    listens: ColumnElement[bool] = LetterRow.state.in_((LetterState.SENDING, LetterState.IN_DOUBT))
    if outcome.state is LetterState.SENT:
        listens = or_(listens, _is_doubted())
    if not _close(connection, claim, outcome, listens, at=at):
        return False
    if outcome.suppresses:
        said = Word(about="address", subject=claim.address, word=SUPPRESSED, by=BY_THE_SERVER, note=outcome.said, said_at=at)
        append_word(connection, claim.plan, said)
    queue_letters(connection, letters)
    return True


def recover(connection: Connection, *, at: datetime, is_gone: Callable[[str], bool]) -> tuple[int, int]:
    """Take letters back from deliverers that are gone; return how many are queued again and how many are in doubt."""
    lost = _lost(connection, at, is_gone)
    unsent = [letter.key for letter in lost if letter.data_at is None]
    doubtful = [letter.key for letter in lost if letter.data_at is not None]
    if unsent:
        again = {"state": LetterState.QUEUED, "next_attempt_at": at, "reason": NOT_HANDED_OVER}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(unsent)).values(**again))
        end_last_attempts(connection, unsent, LetterState.QUEUED, NOT_HANDED_OVER, at=at)
    if doubtful:
        # The attempts in doubt stay open: their deliverer may still live, and say how they ended.
        doubt = {"state": LetterState.IN_DOUBT, "reason": MAYBE_HANDED_OVER}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(doubtful)).values(**doubt))
    return len(unsent), len(doubtful)


def select_doubts(connection: Connection) -> tuple[Doubt, ...]:
    """Return the letters of all plans that may have been accepted, the longest in doubt first.

    Those that are held are left out once SOUGHT_FOR lay between their hand-over and the latest attempt at any letter.
    """
    latest = connection.execute(select(func.max(AttemptRow.began_at))).scalar()
    sought = LetterRow.state != LetterState.HELD
    if latest is not None:
        sought = or_(sought, LetterRow.data_at >= latest - SOUGHT_FOR)
    wanted = select(LetterRow.key, LetterRow.message_id, LetterRow.data_at).where(_is_doubted(), sought)
    return tuple(Doubt(**row) for row in connection.execute(wanted.order_by(LetterRow.data_at, LetterRow.key)).mappings())


def confirm(connection: Connection, key: str, *, said: str, at: datetime) -> bool:
    """Note that a letter is known to have been accepted; False if it is neither in doubt, nor held or queued again since."""
    known = {"state": LetterState.SENT, "reason": said, "sent_at": LetterRow.data_at, "next_attempt_at": None}
    if connection.execute(update(LetterRow).where(LetterRow.key == key, _is_doubted()).values(**known)).rowcount != 1:
        return False
    end_last_attempts(connection, [key], LetterState.SENT, said, at=at)
    return True


def resolve(connection: Connection, *, at: datetime, again: Collection[str]) -> tuple[int, int]:
    """End the doubts to which no answer can come any more; return how many are sent again and how many are held.

    Args:      again: the kinds of letters that are sent again, with the same Message-ID, unless an earlier attempt had been in
                      doubt too; all others are held
    """
    is_over = (LetterRow.state == LetterState.IN_DOUBT, LetterRow.data_at <= at - NO_ANSWER_AFTER)
    wanted = select(LetterRow.key, LetterRow.kind, _was_in_doubt_before().label("once_more")).where(*is_over)
    doubts = connection.execute(wanted.with_for_update(skip_locked=True)).all()
    repeated = [doubt.key for doubt in doubts if doubt.kind in again and not doubt.once_more]
    left = [doubt.key for doubt in doubts if doubt.key not in repeated]
    if repeated:
        queued = {"state": LetterState.QUEUED, "next_attempt_at": at, "reason": SENT_AGAIN}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(repeated)).values(**queued))
        end_last_attempts(connection, repeated, LetterState.IN_DOUBT, SENT_AGAIN, at=at)
    if left:
        held = {"state": LetterState.HELD, "reason": LEFT_ALONE}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(left)).values(**held))
        end_last_attempts(connection, left, LetterState.HELD, LEFT_ALONE, at=at)
    return len(repeated), len(left)


def end_last_attempts(connection: Connection, keys: Sequence[str], state: LetterState, said: str, *, at: datetime) -> None:
    """Close the last attempt of each letter, unless its deliverer said itself how it ended."""
    last = select(LetterRow.attempt).where(LetterRow.key == AttemptRow.letter).scalar_subquery()
    open_ = (AttemptRow.letter.in_(keys), AttemptRow.number == last, AttemptRow.ended_at.is_(None))
    connection.execute(update(AttemptRow).where(*open_).values(ended_at=at, ended_as=state, said=said))


def _lost(connection: Connection, at: datetime, is_gone: Callable[[str], bool]) -> Sequence[Row[Any]]:
    """Return the letters whose lease is over or whose deliverer is gone, locked."""
    sending = (
        select(LetterRow.key, LetterRow.claimant, LetterRow.lease_until, LetterRow.data_at)
        .where(LetterRow.state == LetterState.SENDING)
        .with_for_update(skip_locked=True)  # a deliverer is just finishing those
    )
    letters = connection.execute(sending).all()
    # Each is asked for once: asking may clear away the traces of a deliverer that is gone.
    gone = {claimant for claimant in {letter.claimant for letter in letters} if is_gone(claimant)}
    return [letter for letter in letters if letter.lease_until <= at or letter.claimant in gone]


def _is_doubted() -> ColumnElement[bool]:
    """Return whether a letter may have been accepted: in doubt, or held or queued again since."""
    open_ = LetterRow.state.in_((LetterState.IN_DOUBT, LetterState.HELD, LetterState.QUEUED))
    return and_(open_, LetterRow.data_at.is_not(None))


def _was_in_doubt_before() -> ColumnElement[bool]:
    """Return whether of an attempt before the last one it never became known how it ended."""
    earlier = (AttemptRow.letter == LetterRow.key, AttemptRow.number < LetterRow.attempt)
    return exists().where(*earlier, AttemptRow.ended_as.in_((LetterState.IN_DOUBT, LetterState.HELD)))


def _release(connection: Connection, key: str) -> None:
    """Release what a letter tells, to be chosen anew; unless an earlier copy of it may have arrived."""
    untold = select(LetterRow.key).where(LetterRow.key == key, not_(_was_in_doubt_before()))
    connection.execute(delete(TellingRow).where(TellingRow.letter.in_(untold)))


def _mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return LetterRow.key == claim.key, LetterRow.claimant == claim.claimant, LetterRow.attempt == claim.attempt


def _close(connection: Connection, claim: Claim, outcome: Outcome, *guards: ColumnElement[bool], at: datetime) -> bool:
    """Write an outcome into the letter and its attempt; False if the letter is not in this attempt's hands."""
    end: dict[str, Any] = {"state": outcome.state, "reason": outcome.said, "next_attempt_at": outcome.next_attempt_at}
    if outcome.state is LetterState.SENT:
        end |= {"sent_at": at, "caught": outcome.caught}
    if outcome.state is LetterState.QUEUED:
        end |= {"data_at": None, "put_off": LetterRow.put_off + int(outcome.puts_off)}
    if connection.execute(update(LetterRow).where(*_mine(claim), *guards).values(**end)).rowcount != 1:
        return False
    if outcome.state in (LetterState.FAILED, LetterState.EXPIRED):
        _release(connection, claim.key)
    attempt = (AttemptRow.letter == claim.key, AttemptRow.number == claim.attempt, AttemptRow.ended_at.is_(None))
    connection.execute(update(AttemptRow).where(*attempt).values(ended_at=at, ended_as=outcome.state, said=outcome.said))
    return True
