"""The ledger: one door to everything that is remembered. Each method is one transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from types import TracebackType
from typing import Self

from ledger import delivery
from ledger.answers import AnsweredMeanwhile, NotThere
from ledger.audit import Auditor
from ledger.database import Database, DatabaseBehind, DatabaseTooNew, DatabaseUnreachable
from ledger.decided import LetterStands, NoSuchLetter, tell_letter
from ledger.facts import append_chosen, append_facts, select_facts, select_mark
from ledger.grants import revoke, select_grant, select_grants, select_revoked
from ledger.held import Sift, append_collected, append_decision, select_held
from ledger.judgements import append_movements, select_history, select_movements, select_slips
from ledger.letters import (
    count_letters,
    queue_letters,
    select_day,
    select_letter,
    select_letters,
    select_told,
    skip_caught,
    skip_letters,
)
from ledger.pages import PageSide
from ledger.records import (
    About,
    Attempt,
    Beat,
    Claim,
    Decision,
    Doubt,
    Frozen,
    FrozenPeriod,
    Grant,
    HeldReading,
    Judgement,
    Letter,
    LetterState,
    Movement,
    Outcome,
    Posted,
    Release,
    Word,
)
from ledger.revisions import has_tables, migrate
from ledger.rollups import append_release, append_rollup, select_file, select_periods, select_release, select_rollup
from ledger.words import append_beat, append_word, select_beats, select_holding, select_words
from plan.facts import Fact, Facts
from plan.restated import Change
from plan.slips import Slip
from plan.told import Told

__all__ = [
    "AnsweredMeanwhile",
    "DatabaseBehind",
    "DatabaseTooNew",
    "DatabaseUnreachable",
    "Ledger",
    "LetterStands",
    "NoSuchLetter",
    "NotThere",
    "open_ledger",
    "read_ledger",
]


def open_ledger(url: str, *, came_from: str = "") -> "Ledger":
    """Open the ledger at a database's address; make it, or bring it up to date, if need be.

    Args:      came_from: the way by which what a person changes comes in, for the audit log: a link, a page, the command
                   line; empty where a flow opens it, whose changes are no person's
    Raises:    DatabaseUnreachable: the database does not answer
               DatabaseTooNew: a later version made it
    """
    database = Database(url, create=True)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return Ledger(database, came_from=came_from)


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

    def __init__(self, database: Database, *, came_from: str = "") -> None:
        self._database = database
        self._audit = Auditor(came_from)
        self.pages = PageSide(database, self._audit)
        """What only pages ask and keep: answers by link, drafts, visits, files, the audit log."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # --- facts and judgements ------------------------------------------------------------------------------------------

    def add_facts(
        self,
        plan: str,
        facts: Sequence[Fact],
        *,
        recorded_at: datetime,
        letters: Callable[[int], Sequence[Letter]] = lambda _: (),
    ) -> tuple[str, ...]:
        """Append facts and queue the letters that tell of them, all or none; return the keys of the letters queued.

        Args:      letters: returns them, given the number of the first fact, which no other fact of the plan has
        """
        with self._database.writing() as connection:
            first = append_facts(connection, plan, facts, recorded_at=recorded_at)
            self._audit.facts(connection, plan, facts, at=recorded_at)
            return queue_letters(connection, letters(first))

    def take_in(
        self,
        plan: str,
        choose: Callable[[Facts], Sequence[Fact]],
        *,
        recorded_at: datetime,
        letters: Callable[[int, Sequence[Fact]], Sequence[Letter]] = lambda _, __: (),
    ) -> tuple[Fact, ...]:
        """Append the facts that are chosen beside all that are known, queue the letters that tell of them; return the facts.

        Args:      choose: returns those that are new, given all facts; asked while nobody else writes
                   letters: returns those to queue, given the number of the first fact and all that came in
        """
        with self._database.writing() as connection:
            first, chosen = append_chosen(connection, plan, choose, recorded_at=recorded_at)
            queue_letters(connection, letters(first, chosen))
            return chosen

    def facts(
        self, plan: str, *, known_by: date, recorded_before: datetime | None = None, taken_back_before: datetime | None = None
    ) -> Facts:
        """Return the facts that were known on a day, that day included, in the order of adding; none that was taken back by it.

        Args:      recorded_before: leaves out what was recorded, or taken back, from that instant on, whatever day it is of;
                   None: nothing
                   taken_back_before: what was taken back from that instant on counts all the same; None: it does not
        """
        with self._database.reading() as connection:
            return select_facts(
                connection,
                plan,
                known_by=known_by,
                recorded_before=recorded_before,
                taken_back_before=taken_back_before,
            )

    def mark(self, plan: str) -> tuple[int | None, ...]:
        """Return what changes whenever a fact, a judgement or a word is added, or a fact is taken back."""
        with self._database.reading() as connection:
            return select_mark(connection, plan)

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
            found = append_decision(connection, plan, number, decision, recorded_at=recorded_at)
            if found is not None and found.decision is decision:  # an earlier one, alike or not, stands
                subject = f"held reading {number} of {found.reading.item}, {found.reading.period}"
                self._audit.deed(connection, plan, decision.by, decision.verdict, subject, at=recorded_at)
            return found

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
            queued = append_release(connection, release, letters)
            if queued is not None:
                subject = f"rollup of {release.period}"
                self._audit.deed(connection, release.plan, release.by, "released", subject, at=release.released_at)
            return queued

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

    def outbox_of(self, plan: str, day: date, *, since: datetime, before: datetime) -> tuple[Posted, ...]:
        """Return the letters of a day, and those sent from an instant on and before another, newest first."""
        with self._database.reading() as connection:
            return select_day(connection, plan, day, since=since, before=before)

    def counts(self, plan: str) -> dict[LetterState, int]:
        """Return how many letters of a plan are in each state."""
        with self._database.reading() as connection:
            return count_letters(connection, plan)

    # --- letters, from the sending side --------------------------------------------------------------------------------

    def claim(self, claimant: str, *, plan: str, at: datetime, on: date, channel: str | None = None) -> Claim | None:
        """Take the oldest letter of a plan that is to be sent by now, or None if there is none.

        Args:      on: the day that a delivery counts for
                   channel: the name of a channel besides mail; None: the letters that go by mail
        """
        with self._database.writing() as connection:
            return delivery.claim(connection, claimant, plan=plan, at=at, on=on, channel=channel)

    def cancel(self, claim: Claim, *, reason: str, at: datetime) -> bool:
        """Give up a letter that nobody wants any more and release what it tells; False if the claim was lost."""
        with self._database.writing() as connection:
            return delivery.cancel(connection, claim, reason=reason, at=at)

    def fence(self, claim: Claim, *, at: datetime) -> bool:
        """Note that DATA begins now; False if the claim was lost: do not begin."""
        with self._database.writing() as connection:
            return delivery.fence(connection, claim, at=at)

    def finish(self, claim: Claim, outcome: Outcome, *, at: datetime, letters: Sequence[Letter] = ()) -> bool:
        """Note how an attempt ended and queue the letters that tell of it, both or neither; False if the claim was lost.

        That it was accepted is heard also after a doubt about it was ended, as long as nobody has the letter in hand again.
        """
        with self._database.writing() as connection:
            return delivery.finish(connection, claim, outcome, at=at, letters=letters)

    def recover(self, *, at: datetime, is_gone: Callable[[str], bool]) -> tuple[int, int]:
        """Take letters back whose lease is over or whose claimant is gone.

        Returns:   how many are queued again, for they were certainly not accepted; how many are in doubt
        """
        with self._database.writing() as connection:
            return delivery.recover(connection, at=at, is_gone=is_gone)

    def doubts(self) -> tuple[Doubt, ...]:
        """Return the letters of all plans that may have been accepted, the longest in doubt first.

        Those held are there for 7 days, and those queued again too while nobody has them in hand.
        """
        with self._database.reading() as connection:
            return delivery.select_doubts(connection)

    def confirm(self, key: str, *, said: str, at: datetime) -> bool:
        """Note that a letter in doubt, or held or queued again since, was accepted; False if it is none of them.

        Args:      said: the evidence, as a sentence
        """
        with self._database.writing() as connection:
            return delivery.confirm(connection, key, said=said, at=at)

    def resolve(self, *, at: datetime, again: Collection[str]) -> tuple[int, int]:
        """End the doubts to which no answer can come any more; return how many are sent again and how many are held.

        Args:      again: the kinds of letters that are sent again, each letter once; all others are held
        """
        with self._database.writing() as connection:
            return delivery.resolve(connection, at=at, again=again)

    # --- what people say about mail, and signs of life -----------------------------------------------------------------

    def letter(self, plan: str, key: str) -> tuple[Posted, bytes, tuple[Attempt, ...]] | None:
        """Return a letter with its bytes and its attempts, first to last; None if the plan has none of this key."""
        with self._database.reading() as connection:
            return select_letter(connection, plan, key)

    def tell_letter(self, plan: str, word: Word) -> None:
        """Do with a letter what a word says (RETRY, HOLD or ARRIVED), and keep the word.

        Raises:    NoSuchLetter: the plan has none of this key
                   LetterStands: its state does not allow it, or an answer from the server may still come
        """
        with self._database.writing() as connection:
            tell_letter(connection, plan, word)
            self._audit.word(connection, plan, word)

    def say(self, plan: str, word: Word) -> None:
        """Keep what was said about an address, about all mail or about the weekly overview."""
        with self._database.writing() as connection:
            append_word(connection, plan, word)
            self._audit.word(connection, plan, word)

    def words(self, plan: str, *, about: About | None = None, subject: str | None = None) -> tuple[Word, ...]:
        """Return all that was ever said about mail, first to last; of one kind or one subject if asked for."""
        with self._database.reading() as connection:
            return select_words(connection, plan, about=about, subject=subject)

    def holding(self, plan: str, about: About) -> dict[str, Word]:
        """Return the last word about each subject of a kind, by subject: it holds."""
        with self._database.reading() as connection:
            return select_holding(connection, plan, about)

    def beat(self, plan: str, beat: Beat) -> None:
        """Keep that a run came to its end."""
        with self._database.writing() as connection:
            append_beat(connection, plan, beat)

    def beats(self, plan: str, *flows: str, since: datetime | None = None) -> tuple[Beat, ...]:
        """Return which runs of some flows came to their end, from an instant on, the latest first."""
        with self._database.reading() as connection:
            return select_beats(connection, plan, flows=flows, since=since)

    def grant(self, identity: str) -> Grant | None:
        """Return a grant, also one that is over; None if there is none of this id."""
        with self._database.reading() as connection:
            return select_grant(connection, identity)

    def grants(self, plan: str) -> tuple[Grant, ...]:
        """Return every grant of a plan, also those that are over, the latest first."""
        with self._database.reading() as connection:
            return select_grants(connection, plan)

    def taken_back(self, plan: str) -> frozenset[str]:
        """Return the ids of the grants of a plan that were taken back."""
        with self._database.reading() as connection:
            return select_revoked(connection, plan)

    def revoke(self, identity: str, *, by: str, at: datetime) -> bool:
        """Take a grant back; False if there is none that holds. The pages refuse a link whose grant was taken back."""
        with self._database.writing() as connection:
            grant = select_grant(connection, identity)
            if grant is None or not revoke(connection, identity, at=at):
                return False
            self._audit.deed(connection, grant.plan, by, "link taken back", f"{grant.scope} {grant.address}", at=at)
            return True
