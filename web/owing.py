"""Who owes what, office by office: since when, whom the ladder told last, what it does next, and who is silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from plan.arrears import OVERDUE, Arrears, NextStep, Owes, arrears
from plan.owing import UNATTENDED_DAYS
from plan.owners import Owners
from plan.standing import ObligationStatus, named
from plan.told import Telling
from plan.wording import counted, in_words, listed
from web.answers import html
from web.desk import Desk
from web.wording import TONES, Tone, word

STATES: dict[str, frozenset[ObligationStatus]] = {
    "overdue": OVERDUE,
    "due": frozenset({ObligationStatus.DUE, ObligationStatus.IN_GRACE}),
    "open": frozenset({ObligationStatus.OPEN}),
    "paused": frozenset({ObligationStatus.PAUSED}),
}
"""The states that the page can be asked for; what is due today, or in its days of grace, counts as due."""


class NotOwing(LookupError):
    """Nothing can be asked for by that state or office; choose one that the form of the page names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedShown:
    """Something that an office owes."""

    code: str
    title: str
    name: str
    since: str
    since_then: str
    """What happened on that day: it was due, or opened."""
    status: str
    tone: Tone
    reason: str
    told: str
    """The step that was told last and to whom; empty if none was."""
    told_on: str
    next: str
    """The step that comes next and to whom; empty if none does."""
    next_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeShown:
    """An office with what it owes, as far as that was asked for."""

    code: str
    title: str
    heard: str
    is_silent: bool
    owes: tuple[OwedShown, ...]


@dataclass(frozen=True)
class Owing:
    """The page of what is owed."""

    desk: Desk

    def all(self, state: str = "", office: str = "") -> Response:
        """Show what each office owes, the gravest first."""
        judged, owners = self.desk.judged(""), self.desk.workplace().owners
        if (state and state not in STATES) or (office and office not in owners.offices):
            raise NotOwing(f'Nothing is owed by the state "{state[:40]}" and the office "{office[:40]}"; the form names those.')
        with self.desk.ledger() as ledger:
            every = arrears(self.desk.situation(ledger, as_of=judged.day), as_of=judged.day)
        wanted = [one for one in every if office in ("", one.office)]
        shown = [office_shown(one, owners, state=state, as_of=judged.day) for one in wanted]
        return html(
            "owing",
            self.desk.masthead(),
            here="owing",
            judged=judged,
            summary=" ".join(summary(every)),
            offices=[one for one in shown if one.owes],
            known=[(one.office, one.title) for one in every if one.office],
            states=list(STATES),
            state=state,
            office=office,
        )


def summary(every: Sequence[Arrears]) -> Iterator[str]:
    """Yield what there is to say of all offices together, in sentences."""
    owing = [one for one in every if one.owes]
    if not owing:
        yield "Nothing is open: whatever was asked for has come."
        return
    answers, overdue = sum(len(one.owes) for one in owing), sum(one.overdue for one in owing)
    owe = "owes" if len(owing) == 1 else "owe"
    yield f"{counted(len(owing), 'office')} {owe} {counted(answers, 'answer')}, {overdue} of them overdue."
    silent = [one.title for one in owing if one.is_silent]
    if silent:
        been = "has been" if len(silent) == 1 else "have been"
        yield f"Of these {len(silent)} {been} silent for {UNATTENDED_DAYS} days or more: {listed(silent, most=4)}."


def office_shown(one: Arrears, owners: Owners, *, state: str, as_of: date) -> OfficeShown:
    """Return an office with what it owes in a state; in any if the state is empty."""
    wanted = STATES.get(state, frozenset(ObligationStatus))
    return OfficeShown(
        code=one.office,
        title=one.title,
        heard=_heard(one),
        is_silent=one.is_silent,
        owes=tuple(_owed(owes, owners, as_of) for owes in one.owes if owes.standing.status in wanted),
    )


def _heard(one: Arrears) -> str:
    if not one.office:
        return "No office answers for it; give it one in owners.yaml."
    if one.heard_on is None or one.silent_days is None:
        return "Nothing has been heard from it."
    return f"Last heard from on {in_words(one.heard_on)}, {counted(one.silent_days, 'day')} ago."


def _owed(one: Owes, owners: Owners, as_of: date) -> OwedShown:
    owed, status = one.standing.obligation, one.standing.status
    is_due = owed.due <= as_of
    return OwedShown(
        code=one.item,
        title=one.title,
        name=named(owed),
        since=in_words(owed.due if is_due else owed.opens_on),
        since_then="due" if is_due else "opened",
        status=word(status),
        tone=TONES[status],
        reason=one.standing.reason,
        told=_told(one.told, owners),
        told_on=in_words(one.told[0].told_on) if one.told else "",
        next=f"“{one.next.step}” to {listed(one.next.to)}" if one.next else "",
        next_on=_next_on(one.next, as_of) if one.next else "",
    )


def _told(tellings: Sequence[Telling], owners: Owners) -> str:
    """Return a step and to whom it was told; who has left the owners file is named by the address."""
    titles = {office.email: office.title for office in reversed(owners.offices.values()) if office.email}
    people = [titles.get(one.address, one.address) for one in tellings]
    return f"“{tellings[0].step}” to {listed(people)}" if tellings else ""


def _next_on(step: NextStep, as_of: date) -> str:
    return "Today" if step.day == as_of else in_words(step.day)
