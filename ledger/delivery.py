"""The outbox seen from the sending side: claim, fence, finish, and what to do when a deliverer is gone.

Whoever changes a letter names the attempt it acts for; a letter that was taken over meanwhile does not listen.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from ledger.records import ROLLUP, Claim, LetterState, Outcome
from ledger.tables import AttemptRow, LetterRow, TellingRow

LEASE = timedelta(minutes=2)
"""How long a claim holds without word from the deliverer."""

NO_ANSWER_AFTER = timedelta(seconds=600 + 60)
"""From when on no answer to DATA can come any more: it is waited for 600 seconds (RFC 5321, 4.5.3.2.6)."""

NOT_HANDED_OVER = "The deliverer was gone before it handed the letter over; it is sent again."
MAYBE_HANDED_OVER = "The deliverer was gone while it handed the letter over; the server may have accepted it."
SENT_AGAIN = "Whether the server accepted it never became known; it is sent again as the same mail."


def claim(connection: Connection, claimant: str, *, plan: str, at: datetime, on: date) -> Claim | None:
    """Take the oldest letter that is to be sent, or None if there is none."""
    due = (
        select(*(getattr(LetterRow, name) for name in ("key", "kind", "address", "content", "notices", "attempt", "put_off")))
        .where(LetterRow.plan == plan, LetterRow.state == LetterState.QUEUED, LetterRow.next_attempt_at <= at)
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
        kind=letter.kind,
        address=letter.address,
        content=letter.content,
        notices=letter.notices,
        claimant=claimant,
        attempt=number,
        put_off=letter.put_off,
    )


def cancel(connection: Connection, claim: Claim, *, reason: str, at: datetime) -> bool:
    """Give up a claimed letter that nobody wants any more and release its tellings; False if the claim was lost."""
    sending = LetterRow.state == LetterState.SENDING
    if not _close(
        connection, claim, Outcome(state=LetterState.CANCELLED, said=reason), sending, LetterRow.data_at.is_(None), at=at
    ):
        return False
    connection.execute(delete(TellingRow).where(TellingRow.letter == claim.key))
    return True


def fence(connection: Connection, claim: Claim, *, at: datetime) -> bool:
    """Note that DATA begins now; False if the claim was lost, or its DATA had begun before: do not begin."""
    holds = (*_mine(claim), LetterRow.state == LetterState.SENDING, LetterRow.lease_until > at, LetterRow.data_at.is_(None))
    return connection.execute(update(LetterRow).where(*holds).values(data_at=at)).rowcount == 1


def finish(connection: Connection, claim: Claim, outcome: Outcome, *, at: datetime) -> bool:
    """Note how an attempt ended; False if the claim was lost. A doubt about this very attempt may be resolved so."""
    return _close(connection, claim, outcome, LetterRow.state.in_((LetterState.SENDING, LetterState.IN_DOUBT)), at=at)


def recover(connection: Connection, *, at: datetime, is_gone: Callable[[str], bool]) -> tuple[int, int]:
    """Take letters back from deliverers that are gone; return how many are queued again and how many are in doubt.

    A rollup's letter that has been in doubt for so long that no answer can come is sent again, with the same Message-ID.
    """
    _send_doubtful_rollups_again(connection, at)
    lost = _lost(connection, at, is_gone)
    unsent = [letter.key for letter in lost if letter.data_at is None]
    doubtful = [letter.key for letter in lost if letter.data_at is not None]
    if unsent:
        again = {"state": LetterState.QUEUED, "next_attempt_at": at, "reason": NOT_HANDED_OVER}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(unsent)).values(**again))
        # The attempts in doubt stay open: their deliverer may still live, and say how they ended.
        ended = {"ended_at": at, "ended_as": LetterState.QUEUED, "said": NOT_HANDED_OVER}
        last = select(LetterRow.attempt).where(LetterRow.key == AttemptRow.letter).scalar_subquery()
        connection.execute(update(AttemptRow).where(AttemptRow.letter.in_(unsent), AttemptRow.number == last).values(**ended))
    if doubtful:
        doubt = {"state": LetterState.IN_DOUBT, "reason": MAYBE_HANDED_OVER}
        connection.execute(update(LetterRow).where(LetterRow.key.in_(doubtful)).values(**doubt))
    return len(unsent), len(doubtful)


def _send_doubtful_rollups_again(connection: Connection, at: datetime) -> None:
    """Queue the rollups' letters in doubt again: a board member may get one twice, but none goes without."""
    doubtful = (LetterRow.kind == ROLLUP, LetterRow.state == LetterState.IN_DOUBT, LetterRow.data_at <= at - NO_ANSWER_AFTER)
    again = {"state": LetterState.QUEUED, "next_attempt_at": at, "data_at": None, "reason": SENT_AGAIN}
    connection.execute(update(LetterRow).where(*doubtful).values(**again))


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
    if outcome.state is LetterState.EXPIRED:  # it reached nobody, so what it tells is chosen anew
        connection.execute(delete(TellingRow).where(TellingRow.letter == claim.key))
    attempt = (AttemptRow.letter == claim.key, AttemptRow.number == claim.attempt, AttemptRow.ended_at.is_(None))
    connection.execute(update(AttemptRow).where(*attempt).values(ended_at=at, ended_as=outcome.state, said=outcome.said))
    return True
