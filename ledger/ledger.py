"""The ledger: one door to everything that is remembered. Each method is one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Self

from ledger import delivery
from ledger.database import Database, DatabaseBehind, DatabaseTooNew, DatabaseUnreachable
from ledger.facts import append_chosen, append_facts, select_facts
from ledger.held import Sift, append_collected, append_decision, select_held
from ledger.judgements import append_movements, select_history, select_movements, select_slips
from ledger.letters import count_letters, queue_letters, select_letters, select_told, skip_caught, skip_letters
from ledger.records import (
    Claim,
    Decision,
    Frozen,
    FrozenPeriod,
    HeldReading,
    Judgement,
    Letter,
    LetterState,
    Movement,
    Outcome,
    Posted,
    Release,
)
from ledger.revisions import has_tables, migrate
from ledger.rollups import append_release, append_rollup, select_file, select_periods, select_release, select_rollup
from plan.facts import Fact, Facts
from plan.restated import Change
from plan.slips import Slip
from plan.told import Told

__all__ = ["DatabaseBehind", "DatabaseTooNew", "DatabaseUnreachable", "Ledger", "open_ledger", "read_ledger"]


def open_ledger(url: str) -> "Ledger":
    """Open the ledger at a database's address; make it, or bring it up to date, if need be.

    Raises:    DatabaseUnreachable: the database does not answer
               DatabaseTooNew: a later version made it
    """
    database = Database(url, create=True)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Ledger(database)


def read_ledger(url: str) -> "Ledger | None":
    """Open the ledger for reading, or None if there is none yet; create and change nothing.

    Raises:    DatabaseUnreachable: the database does not answer
               DatabaseBehind: an earlier version made it
               DatabaseTooNew: a later version made it
    """
    database = Database(url, create=False)
    try:
        if database.exists and has_tables(database):
            return Ledger(database)
    except BaseException:
        database.close()
        raise
    database.close()
    return None


class Ledger:
    """Facts, judgements, rollups, what was told, and the outbox. Close it, or use it in a with statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # --- facts and judgements ------------------------------------------------------------------------------------------

    def add_facts(self, plan: str, facts: Sequence[Fact], *, recorded_at: datetime) -> None:
        """Append facts, all or none."""
        with self._database.writing() as connection:
            append_facts(connection, plan, facts, recorded_at=recorded_at)

    def take_in(self, plan: str, choose: Callable[[Facts], Sequence[Fact]], *, recorded_at: datetime) -> tuple[Fact, ...]:
        """Append the facts that are chosen beside all that are known, and return them.

        Args:      choose: returns those that are new, given all facts; asked while nobody else writes
        """
        with self._database.writing() as connection:
            return append_chosen(connection, plan, choose, recorded_at=recorded_at)

    def facts(self, plan: str, *, known_by: date) -> Facts:
        """Return the facts that were known on a day, that day included, in the order of adding."""
        with self._database.reading() as connection:
            return select_facts(connection, plan, known_by=known_by)

    def collect(self, plan: str, collected_from: str, sift: Sift, *, recorded_at: datetime) -> tuple[Change, ...]:
        """Append what the readings of a source change, and hold what jumps; both or neither.

        Args:      sift: says what they change, given all facts and the figures held before; asked while nobody else writes
        """
        with self._database.writing() as connection:
            return append_collected(connection, plan, collected_from, sift, recorded_at=recorded_at)

    def held(self, plan: str) -> tuple[HeldReading, ...]:
        """Return every reading that was ever held, first to last, with what was decided of it."""
        with self._database.reading() as connection:
            return select_held(connection, plan)

    def decide(self, plan: str, number: int, decision: Decision, *, recorded_at: datetime) -> HeldReading | None:
        """Keep what was decided of a held reading; a yes makes it a fact that became known on the day of the yes.

        Returns:   the reading with the decision that holds, an earlier one if there was one, and none if it cannot be let in
                   because another figure became known since; None if none has this number
        """
        with self._database.writing() as connection:
            return append_decision(connection, plan, number, decision, recorded_at=recorded_at)

    def record_judgements(self, plan: str, judgements: Sequence[Judgement], *, on: date) -> tuple[Movement, ...]:
        """Record what moved since the latest judgement of each aspect, and return all that moved on the day.

        A run for a day before the latest judgement of an aspect adds nothing to it.
        """
        with self._database.writing() as connection:
            return append_movements(connection, plan, judgements, on=on)

    def movements(self, plan: str, *, on: date) -> tuple[Movement, ...]:
        """Return what moved on a day, in the order of judging."""
        with self._database.reading() as connection:
            return select_movements(connection, plan, on=on)

    def history(self, plan: str, item: str, *, up_to: date) -> tuple[Movement, ...]:
        """Return what moved of one item by a day, that day included, first to last."""
        with self._database.reading() as connection:
            return select_history(connection, plan, item, up_to=up_to)

    def slips(self, plan: str, *, up_to: date) -> dict[str, Slip]:
        """Return the last slip of each measure, as its recorded outcomes up to a day tell it, that day included.

        What sums measures up is recorded as an outcome too: an objective or priority that turned off track is there as well.
        The reason is that of the last change of status; between two changes the arithmetic may have gone on.
        """
        with self._database.reading() as connection:
            return select_slips(connection, plan, up_to=up_to)

    # --- rollups -------------------------------------------------------------------------------------------------------

    def freeze(self, frozen: Frozen, files: Mapping[str, bytes]) -> Frozen:
        """Keep a rollup with its files for good and return it; if its period was frozen before, return what was kept then.

        Args:      files: their contents, by ending
        """
        with self._database.writing() as connection:
            return append_rollup(connection, frozen, files)

    def frozen(self, plan: str, period: str) -> Frozen | None:
        """Return the rollup of a period as it was frozen, or None."""
        with self._database.reading() as connection:
            return select_rollup(connection, plan, period)

    def frozen_file(self, plan: str, period: str, ending: str) -> bytes | None:
        """Return a file of a rollup as it was made when it was frozen, or None."""
        with self._database.reading() as connection:
            return select_file(connection, plan, period, ending)

    def frozen_periods(self, plan: str) -> tuple[FrozenPeriod, ...]:
        """Return which periods have been frozen, the latest first."""
        with self._database.reading() as connection:
            return select_periods(connection, plan)

    def release(self, release: Release, letters: Sequence[Letter]) -> tuple[str, ...] | None:
        """Keep the word that lets a rollup go to the board and queue the board's letters, both or neither.

        Returns:   the keys queued; None if it had been released before, and nothing was changed
        """
        with self._database.writing() as connection:
            return append_release(connection, release, letters)

    def released(self, plan: str, period: str) -> Release | None:
        """Return the word that let a rollup go to the board, or None."""
        with self._database.reading() as connection:
            return select_release(connection, plan, period)

    # --- letters, from the writing side --------------------------------------------------------------------------------

    def told(self, plan: str, *, day: date, up_to: date | None = None, count_caught: bool = True) -> Told:
        """Return what was told, as a run for a day finds it.

        Args:      day: what still waits in a letter of an earlier day does not count, since that run supersedes the letter
                   up_to: the last day that a telling may be for; None: all days
                   count_caught: whether what only the mail catcher took counts as told
        """
        with self._database.reading() as connection:
            return select_told(connection, plan, day=day, up_to=up_to, count_caught=count_caught)

    def post(self, letters: Sequence[Letter]) -> tuple[str, ...]:
        """Queue letters and what they tell; return the keys queued.

        A letter whose key is taken, or which tells what another letter tells, is left out whole.
        """
        with self._database.writing() as connection:
            return queue_letters(connection, letters)

    def supersede(self, plan: str, *, before: date) -> int:
        """Skip digests of earlier days that are still queued and release what they tell; return how many."""
        with self._database.writing() as connection:
            return skip_letters(connection, plan, before=before)

    def release_caught(self, plan: str) -> int:
        """Skip digests that only the mail catcher took and release what they tell, so that it is told anew; return how many."""
        with self._database.writing() as connection:
            return skip_caught(connection, plan)

    def outbox(self, plan: str | None = None) -> tuple[Posted, ...]:
        """Return the letters of a plan, or of all plans, newest first."""
        with self._database.reading() as connection:
            return select_letters(connection, plan)

    def counts(self) -> dict[LetterState, int]:
        """Return how many letters are in each state."""
        with self._database.reading() as connection:
            return count_letters(connection)

    # --- letters, from the sending side --------------------------------------------------------------------------------

    def claim(self, claimant: str, *, plan: str, at: datetime, on: date) -> Claim | None:
        """Take the oldest letter of a plan that is to be sent by now, or None if there is none.

        Args:      on: the day that a delivery counts for
        """
        with self._database.writing() as connection:
            return delivery.claim(connection, claimant, plan=plan, at=at, on=on)

    def cancel(self, claim: Claim, *, reason: str, at: datetime) -> bool:
        """Give up a letter that nobody wants any more and release what it tells; False if the claim was lost."""
        with self._database.writing() as connection:
            return delivery.cancel(connection, claim, reason=reason, at=at)

    def fence(self, claim: Claim, *, at: datetime) -> bool:
        """Note that DATA begins now; False if the claim was lost: do not begin."""
        with self._database.writing() as connection:
            return delivery.fence(connection, claim, at=at)

    def finish(self, claim: Claim, outcome: Outcome, *, at: datetime) -> bool:
        """Note how an attempt ended; False if the claim was lost."""
        with self._database.writing() as connection:
            return delivery.finish(connection, claim, outcome, at=at)

    def recover(self, *, at: datetime, is_gone: Callable[[str], bool]) -> tuple[int, int]:
        """Take letters back whose lease is over or whose claimant is gone.

        Returns:   how many are queued again, for they were certainly not accepted; how many are in doubt
        """
        with self._database.writing() as connection:
            return delivery.recover(connection, at=at, is_gone=is_gone)
