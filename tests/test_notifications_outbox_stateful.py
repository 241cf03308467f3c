"""The outbox against a model of it: letters, deliverers, a server and an administrator do anything, in any order."""

import itertools
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text

from ledger.delivery import LEASE, NO_ANSWER_AFTER
from ledger.ledger import LetterStands, open_ledger
from ledger.letters import LEFT
from ledger.records import (
    ALERT,
    ARRIVED,
    DAILY,
    DIGEST,
    HOLD,
    PAUSED,
    RESUMED,
    RETRY,
    ROLLUP,
    WELCOME,
    Claim,
    LetterState,
    Outcome,
    Word,
)
from notifications.policies import AGAIN
from tasks.said import pause
from tests.ledger_builders import DAY, NOW, PLAN, direct, letter, telling

QUEUED, SENDING, SENT, IN_DOUBT, HELD = (
    LetterState.QUEUED,
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.IN_DOUBT,
    LetterState.HELD,
)
FAILED, CANCELLED, SKIPPED, EXPIRED = LetterState.FAILED, LetterState.CANCELLED, LetterState.SKIPPED, LetterState.EXPIRED
OFF_ITS_WAY = {FAILED, CANCELLED, EXPIRED}
CAN_BE_TOLD = {RETRY: {QUEUED, HELD, IN_DOUBT}, HOLD: {QUEUED, IN_DOUBT}, ARRIVED: {HELD, IN_DOUBT}}
NAMES, DELIVERERS = tuple("abcdefgh"), ("one", "other", "third")
BEFORE_DATA = ("put off", "kept back", "refused address", "expired")
"""How an attempt may end whose DATA did not begin."""
ENDS = (*BEFORE_DATA, "cancelled", *["only claimed"] * 3, *["dies"] * 2, *["in DATA"] * 4)
"""What may become of a letter at first; in DATA the server has the next word."""
SPANS = (timedelta(minutes=1), LEASE, NO_ANSWER_AFTER)


@dataclass
class Model:
    """What is expected of a letter, and what the server did with it."""

    name: str
    kind: str
    day: date
    made_at: datetime
    due: datetime | None
    state: LetterState = QUEUED
    attempt: int = 0
    put_off: int = 0
    claimant: str = ""
    claimed_on: date | None = None
    lease: datetime = NOW
    data_at: datetime | None = None
    asked_for: bool = False
    said_arrived: bool = False
    is_released: bool = False
    """Whether what it tells was released; that a letter is sent again later tells nothing."""
    unheard: set[int] = field(default_factory=set)
    """The attempts of which it never became known how they ended."""
    accepted: int = 0
    may_be_accepted: int = 1
    """How often the server may accept it: once, and once more for each time that it is sent again out of a doubt."""

    def becomes(self, state: LetterState, *, due: datetime | None = None) -> None:
        """Be in a state; what is off its way tells what it told only if an earlier copy may have arrived."""
        self.state, self.due = state, due
        self.is_released |= state is SKIPPED or (state in OFF_ITS_WAY and not self.was_in_doubt_before)

    @property
    def was_in_doubt_before(self) -> bool:
        """Return whether of an attempt before the last one it never became known how it ended."""
        return any(number < self.attempt for number in self.unheard)

    def is_superseded(self, day: date) -> bool:
        """Return whether a run for a day takes its place."""
        return self.kind in DAILY and self.state is QUEUED and self.day < day and not self.asked_for

    @property
    def tells(self) -> bool:
        """Return whether what it tells is told while its day lasts."""
        return not self.is_released

    @property
    def is_doubted(self) -> bool:
        """Return whether it may have been accepted."""
        return self.state in (IN_DOUBT, HELD, QUEUED) and self.data_at is not None


@dataclass
class Row:
    """What the database holds of a letter."""

    state: str
    attempt: int
    waits: bool
    has_lease: bool
    attempts: list[tuple[object, ...]] = field(default_factory=list)


def rows(connection: Connection) -> dict[str, Row]:
    """Return what the database holds of each letter."""
    letters = "SELECT key, state, attempt, next_attempt_at IS NOT NULL, lease_until IS NOT NULL FROM letter"
    found = {
        key: Row(state, attempt, bool(due), bool(lease))
        for key, state, attempt, due, lease in connection.execute(text(letters))
    }
    attempts = "SELECT letter, number, claimant, began_at, ended_at, ended_as, said FROM attempt ORDER BY letter, number"
    for key, *attempt in connection.execute(text(attempts)):
        found[key].attempts.append(tuple(attempt))
    return found


class Outbox(RuleBasedStateMachine):
    """The outbox of one plan, and everybody who has to do with it."""

    claims = Bundle("claims")

    def __init__(self, url: str) -> None:
        super().__init__()
        self.ledger, self.at, self.day = open_ledger(url), NOW, DAY
        self.letters: dict[str, Model] = {}
        self.in_data: dict[tuple[str, int], tuple[Claim, datetime]] = {}
        """The hand-overs that the server did not answer yet, and when they began; an answer may come later than any should."""
        self.began: set[tuple[str, int]] = set()
        """All hand-overs that ever began."""
        self.alive = {name: f"{name}-0" for name in DELIVERERS}
        self.gone: set[str] = set()
        self.refused: set[str] = set()
        self.paused = False
        self.stood: tuple[object, ...] = ()
        self.attempts: dict[str, list[tuple[object, ...]]] = {}
        self.look = direct(url)
        self.engine = self.look.__enter__()

    def teardown(self) -> None:
        """Close the database, in which only those addresses are refused that the server named while a claim held."""
        assert self.ledger.holding(PLAN, "address").keys() == self.refused
        self.look.__exit__(None, None, None)
        self.ledger.close()

    # --- the writing side ----------------------------------------------------------------------------------------------

    @initialize()
    def post_some(self) -> None:
        """Begin with letters that are held after a doubt, and some that are sent again."""
        for name, kind in zip(NAMES, (DIGEST, ROLLUP, WELCOME, ALERT), strict=False):
            self.post(name, 1, kind)

    @precondition(lambda self: len(self.letters) < 2 * len(NAMES))
    @rule(name=st.sampled_from(NAMES), round_=st.integers(1, 2), kind=st.sampled_from([DIGEST, WELCOME, ROLLUP, ALERT]))
    def post(self, name: str, round_: int, kind: str) -> None:
        """Post a letter, perhaps again, perhaps one that tells what another tells."""
        tells = (telling(f"tell-{name}", item=name, told_on=self.day),)
        made = letter(
            f"{name}{round_}", kind=kind, day=self.day, made_at=self.at, tellings=tells, address=f"{name}@example.org"
        )
        taken = made.key in self.letters or any(one.name == name and one.tells for one in self.letters.values())
        assert self.ledger.post([made]) == (() if taken else (made.key,))
        if not taken:
            self.letters[made.key] = Model(name=name, kind=kind, day=self.day, made_at=self.at, due=self.at)

    @rule()
    def another_day(self) -> None:
        """Let a run for the next day take the place of what still waits."""
        self.day += timedelta(days=1)
        old = [one for one in self.letters.values() if one.is_superseded(self.day)]
        assert self.ledger.supersede(PLAN, before=self.day) == len(old)
        for one in old:
            one.becomes(SKIPPED)

    @rule(span=st.sampled_from(SPANS), recovers=st.booleans(), resolves=st.booleans())
    def time_passes(self, span: timedelta, recovers: bool, resolves: bool) -> None:
        """Let time pass, and perhaps a run begin."""
        self.at += span
        if recovers:
            self.recover()
        if resolves:
            self.resolve()

    # --- the sending side ----------------------------------------------------------------------------------------------

    @rule(target=claims, deliverer=st.sampled_from(DELIVERERS), ends=st.sampled_from(ENDS))
    def try_the_next(self, deliverer: str, ends: str) -> object:
        """Claim the oldest letter that is due and do something with it; unless mail is paused, which is noticed once."""
        assert (pause(self.ledger, PLAN) is not None) is self.paused
        if self.paused:
            self._say(RESUMED)
            return multiple()
        claim = self._claim(self.alive[deliverer])
        if claim is None:
            return multiple()
        if ends in BEFORE_DATA:
            self._finish(claim, ends)
        elif ends == "cancelled":
            self._cancel(claim)
        elif ends != "only claimed":
            self._fence(claim)
        if ends == "dies":
            self.dies(deliverer, accepts=claim.attempt % 2 == 0)
        return claim

    def _claim(self, claimant: str) -> Claim | None:
        waiting = ((one.made_at, key) for key, one in self.letters.items() if one.due is not None and one.due <= self.at)
        expected = min(waiting, default=(None, None))[1]
        claim = self.ledger.claim(claimant, plan=PLAN, at=self.at, on=self.day)
        assert (claim.key if claim else None) == expected
        if claim:
            one = self.letters[claim.key]
            one.may_be_accepted += one.data_at is not None
            one.becomes(SENDING)
            one.data_at = None
            one.attempt, one.claimant, one.claimed_on, one.lease = one.attempt + 1, claimant, self.day, self.at + LEASE
            assert (claim.attempt, claim.put_off, claim.claimant) == (one.attempt, one.put_off, claimant)
        return claim

    def _holds(self, claim: Claim, *states: LetterState) -> bool:
        one = self.letters[claim.key]
        return one.attempt == claim.attempt and one.state in states

    @rule(claim=claims, does=st.sampled_from(["fence", "cancel", *BEFORE_DATA]))
    def take_up_an_old_claim(self, claim: Claim, does: str) -> None:
        """Go on with any claim that a living deliverer ever had, and that did not come to DATA."""
        if claim.claimant in self.gone or (claim.key, claim.attempt) in self.began:
            return
        if does == "fence":
            self._fence(claim)
        elif does == "cancel":
            self._cancel(claim)
        else:
            self._finish(claim, does)

    def _fence(self, claim: Claim) -> None:
        one = self.letters[claim.key]
        may = self._holds(claim, SENDING) and one.lease > self.at and one.data_at is None
        assert self.ledger.fence(claim, at=self.at) is may
        if may:
            assert not self.ledger.fence(claim, at=self.at)
            one.data_at = self.at
            self.in_data[claim.key, claim.attempt] = claim, self.at
            self.began.add((claim.key, claim.attempt))

    def _cancel(self, claim: Claim) -> None:
        one = self.letters[claim.key]
        may = self._holds(claim, SENDING) and one.data_at is None
        assert self.ledger.cancel(claim, reason="Answered.", at=self.at) is may
        if may:
            one.becomes(CANCELLED)

    @precondition(lambda self: self.in_data)
    @rule(draw=st.data(), says=st.sampled_from(["accepted", "put off", "refused mail", "in doubt"]), accepts=st.booleans())
    def the_server_answers(self, draw: st.DataObject, says: str, accepts: bool) -> None:
        """Have the server answer a hand-over, which its deliverer hears; or have the line die in DATA, or after it accepted."""
        claim, since = self.in_data.pop(draw.draw(st.sampled_from(sorted(self.in_data))))
        if says == "accepted" or (says == "in doubt" and accepts):
            self._accept(claim, since)
        self._finish(claim, says)

    @precondition(lambda self: any(one.state is SENDING for one in self.letters.values()))
    @rule(deliverer=st.sampled_from(DELIVERERS), accepts=st.booleans())
    def dies(self, deliverer: str, accepts: bool) -> None:
        """Kill a deliverer wherever it is; another one takes its place, and finds what it left behind."""
        name, number = self.alive[deliverer].split("-")
        self.gone.add(self.alive[deliverer])
        for key, (claim, since) in list(self.in_data.items()):
            if claim.claimant == self.alive[deliverer]:
                del self.in_data[key]
                if accepts:
                    self._accept(claim, since)
        self.alive[deliverer] = f"{name}-{int(number) + 1}"
        self.recover()

    def _accept(self, claim: Claim, since: datetime) -> None:
        one, is_late = self.letters[claim.key], since <= self.at - NO_ANSWER_AFTER
        in_hand = one.state in (SENDING, IN_DOUBT) or one.said_arrived
        assert in_hand or is_late, f"It is accepted although it is {one.state}."
        one.accepted += 1

    def _finish(self, claim: Claim, says: str) -> None:
        again = self.at + timedelta(minutes=1)
        outcome = {
            "accepted": Outcome(state=SENT, said="250 OK"),
            "put off": Outcome(state=QUEUED, said="451 Later", next_attempt_at=again, puts_off=True),
            "kept back": Outcome(state=QUEUED, said="It may not go there.", next_attempt_at=again),
            "refused address": Outcome(state=FAILED, said="550 No such user", suppresses=True),
            "refused mail": Outcome(state=FAILED, said="554 Not such a mail"),
            "in doubt": Outcome(state=IN_DOUBT, said="Silence."),
            "expired": Outcome(state=EXPIRED, said="Put off 6 times."),
        }[says]
        one, holds = self.letters[claim.key], self._holds(claim, SENDING, IN_DOUBT)
        if says == "accepted" and one.attempt == claim.attempt:
            holds |= one.is_doubted
        note(f"{claim.key} {claim.attempt} {says}")
        assert self.ledger.finish(claim, outcome, at=self.at) is holds
        if holds:
            one.becomes(outcome.state, due=outcome.next_attempt_at)
            one.data_at = None if outcome.state is QUEUED else one.data_at
            one.put_off += outcome.puts_off
            one.unheard |= {one.attempt} if says == "in doubt" else set()
            self.refused |= {claim.address} if outcome.suppresses else set()

    # --- what takes letters back, and ends doubts ----------------------------------------------------------------------

    def recover(self) -> None:
        """Take back what deliverers that are gone left behind."""
        lost = [
            one for one in self.letters.values() if one.state is SENDING and (one.lease <= self.at or one.claimant in self.gone)
        ]
        unsent, doubtful = [one for one in lost if one.data_at is None], [one for one in lost if one.data_at is not None]
        assert self.ledger.recover(at=self.at, is_gone=self.gone.__contains__) == (len(unsent), len(doubtful))
        for one in unsent:
            one.becomes(QUEUED, due=self.at)
        for one in doubtful:
            one.becomes(IN_DOUBT)

    def resolve(self) -> None:
        """End the doubts to which no answer can come any more."""
        over = [one for one in self.letters.values() if one.state is IN_DOUBT and self._is_over(one)]
        again = [one for one in over if one.kind in AGAIN and not one.was_in_doubt_before]
        held = [one for one in over if one not in again]
        assert self.ledger.resolve(at=self.at, again=AGAIN) == (len(again), len(held))
        for one in over:
            one.unheard.add(one.attempt)
        for one in again:
            one.becomes(QUEUED, due=self.at)
        for one in held:
            one.becomes(HELD)

    def _is_over(self, one: Model) -> bool:
        return one.data_at is not None and one.data_at <= self.at - NO_ANSWER_AFTER

    @precondition(lambda self: any(one.accepted for one in self.letters.values()))
    @rule(draw=st.data())
    def evidence_comes(self, draw: st.DataObject) -> None:
        """Find in the relay's log a letter that the server accepted."""
        key = draw.draw(st.sampled_from(sorted(key for key, one in self.letters.items() if one.accepted)))
        one = self.letters[key]
        doubted = one.is_doubted
        assert (key in {doubt.key for doubt in self.ledger.doubts()}) is doubted
        assert self.ledger.confirm(key, said="The relay took it.", at=self.at) is doubted
        if doubted:
            one.becomes(SENT)

    # --- the administrator ---------------------------------------------------------------------------------------------

    @precondition(lambda self: not self.paused)
    @rule()
    def pause(self) -> None:
        """Keep all mail back."""
        self._say(PAUSED)

    def _say(self, says: str) -> None:
        self.paused = says == PAUSED
        self.ledger.say(PLAN, Word(about="mail", subject="", word=says, by="planning", note="", said_at=self.at))

    @precondition(lambda self: self.letters)
    @rule(draw=st.data(), says=st.sampled_from([RETRY, HOLD, ARRIVED]), late=st.booleans(), overnight=st.booleans())
    def decide(self, draw: st.DataObject, says: str, late: bool, overnight: bool) -> None:
        """Tell a letter something, which does it or is refused whole; perhaps when no answer can come, or late in the day."""
        if late:
            self.time_passes(NO_ANSWER_AFTER, recovers=False, resolves=False)
        doubted = [key for key, one in self.letters.items() if self._is_open_to(one, says)]
        key = draw.draw(st.sampled_from(sorted(self.letters)) | st.sampled_from(sorted(doubted or self.letters)))
        one, words = self.letters[key], self.ledger.words(PLAN, subject=key)
        word = Word(about="letter", subject=key, word=says, by="planning", note="", said_at=self.at)
        if not self._can_be_told(one, says):
            with pytest.raises(LetterStands):
                self.ledger.tell_letter(PLAN, word)
            assert self.ledger.words(PLAN, subject=key) == words
            return
        self.ledger.tell_letter(PLAN, word)
        assert self.ledger.words(PLAN, subject=key) == (*words, word)
        one.unheard |= {one.attempt} if one.state is IN_DOUBT and says != ARRIVED else set()
        {RETRY: self._retried, HOLD: self._held, ARRIVED: self._arrived}[says](one)
        if overnight:
            self.another_day()

    def _is_open_to(self, one: Model, says: str) -> bool:
        return one.state in CAN_BE_TOLD[says] or (says == RETRY and one.state in OFF_ITS_WAY and one.kind not in DAILY)

    def _can_be_told(self, one: Model, says: str) -> bool:
        if not self._is_open_to(one, says):
            return False
        if says == ARRIVED:
            return one.data_at is not None
        return one.state is not IN_DOUBT or self._is_over(one)

    def _retried(self, one: Model) -> None:
        one.data_at = None if one.state in OFF_ITS_WAY else one.data_at
        one.becomes(QUEUED, due=self.at)
        one.put_off, one.asked_for = 0, True

    def _held(self, one: Model) -> None:
        one.becomes(HELD)

    def _arrived(self, one: Model) -> None:
        one.said_arrived = True
        one.becomes(SENT)

    # --- what always holds ---------------------------------------------------------------------------------------------

    @invariant()
    def every_letter_is_where_it_should_be(self) -> None:
        """No letter is lost: it is in the state that is expected, and has what takes it out of it."""
        with self.engine.connect() as connection:
            found = rows(connection)
        assert {key: (row.state, row.attempt) for key, row in found.items()} == {
            key: (one.state, one.attempt) for key, one in self.letters.items()
        }
        assert all(row.waits is (row.state == QUEUED) for row in found.values())
        assert all(row.has_lease for row in found.values() if row.state == SENDING)
        for key, row in found.items():
            self._grows(self.attempts.get(key, []), row)
        self.attempts = {key: row.attempts for key, row in found.items()}

    def _grows(self, before: list[tuple[object, ...]], row: Row) -> None:
        """Check that attempts have no gap, stay as they were but for their end, and end when the letter moves on."""
        assert [number for number, *_ in row.attempts] == list(range(1, row.attempt + 1))
        for old, new in itertools.zip_longest(before, row.attempts):
            assert old is None or old[:3] == new[:3]
            assert old is None or old[3] is None or old == new
        open_ = [number for number, _, _, ended_at, *_ in row.attempts if ended_at is None]
        assert open_ in ([], [row.attempt])
        assert not open_ or row.state in (SENDING, IN_DOUBT)
        assert open_ or row.state != SENDING

    @invariant()
    def the_server_accepts_a_letter_once(self) -> None:
        """It accepts it again only where a doubt was ended by sending it again; and what counts as sent, it has accepted."""
        for key, one in self.letters.items():
            assert one.accepted <= one.may_be_accepted, key
            assert one.may_be_accepted <= 1 + (one.kind in AGAIN) or one.asked_for
            assert one.state is not SENT or one.said_arrived or one.accepted

    @invariant()
    def what_is_told_fits_the_letters(self) -> None:
        """A step is told while its letter may still reach somebody, and delivered once that is off its way."""
        day = self.day + timedelta(days=len(self.began) % 2)  # now today, now tomorrow: both at each step take too long
        stand = (day, *((key, one.state, one.claimed_on, one.asked_for) for key, one in self.letters.items()))
        if stand == self.stood:
            return
        self.stood = stand
        told = self.ledger.told(PLAN, day=day)
        found = [one for name in NAMES for one in told.of("check-in", name, "2026-27 Q1", date(2026, 10, 14)).values()]
        assert {one.item: one.delivered_on for one in found} == {
            one.name: (one.claimed_on or one.day) if one.state in LEFT else None
            for one in self.letters.values()
            if one.tells and not one.is_superseded(day)
        }


def test_whatever_happens_a_letter_leaves_once_and_none_is_lost(migrated_file: Path, tmp_path: Path) -> None:
    numbers = itertools.count()

    class OnAFileOfItsOwn(Outbox):
        def __init__(self) -> None:
            path = tmp_path / f"{next(numbers)}.db"
            shutil.copyfile(migrated_file, path)
            super().__init__(f"sqlite:///{path}")

    run_state_machine_as_test(OnAFileOfItsOwn, settings=settings(max_examples=settings().max_examples // 2))
