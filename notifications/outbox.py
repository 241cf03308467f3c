"""Send what is queued, each letter once: claim, ask whether it is still wanted, hand over behind the fence, note what was said.

Whatever breaks off in between leaves the letter as `sending`; the ledger recovers it later by what it knows for certain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from ledger.ledger import Ledger
from ledger.records import Claim, Letter, LetterState, Outcome
from notifications.verdicts import (
    AddressRefused,
    ClaimLost,
    MailDeferred,
    MailInDoubt,
    MailMisconfigured,
    MailRefused,
    MailServerUnreachable,
)
from plan.phrase import phrase

RETRY_PLAN = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
"""How long a letter waits after each attempt that was put off; after the last it expires."""

KEPT_BACK = timedelta(minutes=1)
"""How long a letter that the settings keep back waits, so that it does not stand in the way of the others."""

_UNHEARD = frozenset({LetterState.FAILED, LetterState.EXPIRED})
"""The ends in which a letter reached nobody for good; only of these letters may tell."""

_LOST = "The claim was lost before this could be noted: "


class Carrier(Protocol):
    """What takes letters away: the mail server, or a channel besides mail."""

    def hand_over(self, address: str, content: bytes, before_data: Callable[[], bool]) -> str:
        """Hand a letter over and return what was said on accepting it; see `Mailer.hand_over`."""


Alarms = Callable[[Claim, Outcome], Sequence[Letter]]
"""Gives the letters that tell of an attempt after which its letter has failed or expired; it is asked for no other."""


def no_alarms(_claim: Claim, _outcome: Outcome) -> tuple[Letter, ...]:
    """Tell nobody."""
    return ()


class RecipientNotAllowed(Exception):
    """Mail may not go to this domain; add it to PLANKEEPER_MAIL_ALLOW, or correct the address in owners.yaml."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of one letter in one attempt; `sending` means that the claim was lost, and this attempt changed nothing."""

    key: str
    state: LetterState
    said: str
    is_allowed: bool = True
    """False where the settings keep the letter back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of the letters of one run, in the order of sending."""

    letters: tuple[Step, ...] = ()

    def count(self, state: LetterState) -> int:
        """Return how many letters ended in a state."""
        return sum(1 for letter in self.letters if letter.state is state)

    @property
    def sent(self) -> int:
        """How many the server accepted."""
        return self.count(LetterState.SENT)

    @property
    def deferred(self) -> int:
        """How many are queued again for later."""
        return self.count(LetterState.QUEUED)


def deliver(  # noqa: PLR0913 - a run needs that many, and each is named where it is called
    ledger: Ledger,
    carrier: Carrier,
    *,
    plan: str,
    claimant: str,
    on: date,
    now: Callable[[], datetime],
    unwanted: Callable[[Claim], str | None],
    may_write_to: Callable[[str], bool],
    alarms: Alarms = no_alarms,
    catches: bool = False,
    channel: str | None = None,
    limit: int = 1000,
) -> Delivery:
    """Send the letters that are due until none is left, or so many were tried; return what became of each.

    Args:      alarms: gives the letters that tell that a letter reached nobody; they are queued with that end, both or
                       neither. What it raises is raised once the end alone is noted.
               catches: whether the mail server is the mail catcher, so that what it takes is read by nobody
               channel: the name of the channel that the carrier is; None: it is the mail server
    Raises:    RecipientNotAllowed: letters go where mail may not go; they wait a minute, and all others have been tried
               MailMisconfigured: no mail can go out as things are set up; the letter is queued again, none is tried after it
               MailServerUnreachable: no mail can go out now; the same
    """
    round_ = _Round(
        ledger=ledger,
        carrier=carrier,
        now=now,
        unwanted=unwanted,
        may_write_to=may_write_to,
        alarms=alarms,
        catches=catches,
        channel=channel,
    )
    letters: list[Step] = []
    while len(letters) < limit and (step := round_.next(plan, claimant, on=on)):
        letters.append(step)
    kept_back = dict.fromkeys(step.said for step in letters if not step.is_allowed)
    if kept_back:
        raise RecipientNotAllowed(" ".join(kept_back))
    return Delivery(letters=tuple(letters))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """What every letter of a run has in common."""

    ledger: Ledger
    carrier: Carrier
    now: Callable[[], datetime]
    unwanted: Callable[[Claim], str | None]
    may_write_to: Callable[[str], bool]
    alarms: Alarms
    catches: bool
    channel: str | None

    def next(self, plan: str, claimant: str, *, on: date) -> Step | None:
        claim = self.ledger.claim(claimant, plan=plan, at=self.now(), on=on, channel=self.channel)
        if claim is None:
            return None
        reason = self.unwanted(claim)
        if reason is not None:
            return self._cancelled(claim, reason)
        if not self.may_write_to(claim.address):
            later = self.now() + KEPT_BACK
            outcome = Outcome(state=LetterState.QUEUED, said=_not_allowed(claim.address), next_attempt_at=later)
            return replace(self._finish(claim, outcome), is_allowed=False)
        return self._tried(claim)

    def _tried(self, claim: Claim) -> Step:
        try:
            outcome = self._outcome(claim)
        except ClaimLost as error:
            return _step(claim, LetterState.SENDING, str(error))
        except (MailServerUnreachable, MailMisconfigured) as error:
            self._finish(claim, Outcome(state=LetterState.QUEUED, said=str(error), next_attempt_at=self.now()))
            raise
        return self._finish(claim, outcome)

    def _outcome(self, claim: Claim) -> Outcome:
        """Hand a letter over and return how that ended."""
        try:
            said = self.carrier.hand_over(claim.address, claim.content, lambda: self.ledger.fence(claim, at=self.now()))
        except AddressRefused as error:
            return Outcome(state=LetterState.FAILED, said=str(error), suppresses=True)
        except MailRefused as error:
            return Outcome(state=LetterState.FAILED, said=str(error))
        except MailInDoubt as error:
            return Outcome(state=LetterState.IN_DOUBT, said=str(error))
        except MailServerUnreachable:
            raise
        except MailDeferred as error:
            return _put_off(claim, str(error), at=self.now())
        return Outcome(state=LetterState.SENT, said=said, caught=self.catches)

    def _cancelled(self, claim: Claim, reason: str) -> Step:
        held = self.ledger.cancel(claim, reason=reason, at=self.now())
        return _step(claim, LetterState.CANCELLED, reason) if held else _step(claim, LetterState.SENDING, _LOST + reason)

    def _finish(self, claim: Claim, outcome: Outcome) -> Step:
        """Note how an attempt ended and queue the letters that tell of it; the end is noted even if those cannot be made."""
        try:
            letters = self.alarms(claim, outcome) if outcome.state in _UNHEARD else ()
        except BaseException:
            self._note(claim, outcome, ())
            raise
        return self._note(claim, outcome, letters)

    def _note(self, claim: Claim, outcome: Outcome, letters: Sequence[Letter]) -> Step:
        held = self.ledger.finish(claim, outcome, at=self.now(), letters=letters)
        said = outcome.said
        return _step(claim, outcome.state, said) if held else _step(claim, LetterState.SENDING, _LOST + said)


def _put_off(claim: Claim, said: str, *, at: datetime) -> Outcome:
    if claim.put_off >= len(RETRY_PLAN):
        last = phrase("Put off {count} times, the last time: {said}", count=claim.put_off + 1, said=said)
        return Outcome(state=LetterState.EXPIRED, said=last)
    return Outcome(state=LetterState.QUEUED, said=said, next_attempt_at=at + RETRY_PLAN[claim.put_off], puts_off=True)


def _step(claim: Claim, state: LetterState, said: str) -> Step:
    return Step(key=claim.key, state=state, said=said)


def _not_allowed(address: str) -> str:
    domain = _domain(address)
    return f"Mail may not go to {domain}; add {domain} to PLANKEEPER_MAIL_ALLOW, or correct the address in owners.yaml."


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().casefold()
