"""Who owes what, office by office: since when, whom the ladder told last, what it does next, and who is silent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from plan.arrears import OVERDUE, Arrears, NextStep, Owes, arrears
from plan.owing import UNATTENDED_DAYS
from plan.owners import Owners
from plan.phrase import phrase
from plan.standing import ObligationStatus, named
from plan.told import Telling
from plan.wording import counted, in_plain_words, in_words, joined, listed, step_in_words
from web.answers import html
from web.desk import Desk
from web.language import language_of
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
    is_due: bool
    """Whether it was due on that day; else it opened."""
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

    def all(self, request: Request, state: str = "", office: str = "") -> Response:
        """Show what each office owes, the gravest first."""
        judged, owners = self.desk.judged(""), self.desk.workplace().owners
        if (state and state not in STATES) or (office and office not in owners.offices):
            raise NotOwing(
                phrase(
                    'Nothing is owed by the state "{state}" and the office "{office}"; the form names those.',
                    state=state[:40],
                    office=office[:40],
                )
            )
        with self.desk.ledger() as ledger:
            every = arrears(self.desk.situation(ledger, as_of=judged.day), as_of=judged.day)
        wanted = [one for one in every if office in ("", one.office)]
        shown = [office_shown(one, owners, state=state, as_of=judged.day) for one in wanted]
        return html(
            "owing",
            self.desk.masthead(),
            language=language_of(request),
            here="owing",
            judged=judged,
            summary=joined(summary(every)),
            offices=[one for one in shown if one.owes],
            known=[(one.office, one.title) for one in every if one.office],
            states=[(one, in_plain_words(one)) for one in STATES],
            state=state,
            office=office,
        )


def summary(every: Sequence[Arrears]) -> Iterator[str]:
    """Yield what there is to say of all offices together, in sentences."""
    owing = [one for one in every if one.owes]
    if not owing:
        yield phrase("Nothing is open: whatever was asked for has come.")
        return
    answers, overdue = sum(len(one.owes) for one in owing), sum(one.overdue for one in owing)
    owed = {"answers": counted(answers, "answer"), "overdue": overdue}
    if len(owing) == 1:
        yield phrase("1 office owes {answers}, {overdue} of them overdue.", **owed)
    else:
        yield phrase("{count} offices owe {answers}, {overdue} of them overdue.", count=len(owing), **owed)
    silent = [one.title for one in owing if one.is_silent]
    if silent:
        said = {"days": UNATTENDED_DAYS, "offices": listed(silent, most=4)}
        if len(silent) == 1:
            yield phrase("Of these 1 has been silent for {days} days or more: {offices}.", **said)
        else:
            yield phrase("Of these {count} have been silent for {days} days or more: {offices}.", count=len(silent), **said)


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
        return phrase("No office answers for it; give it one in owners.yaml.")
    if one.heard_on is None or one.silent_days is None:
        return phrase("Nothing has been heard from it.")
    ago = counted(one.silent_days, "day")
    return phrase("Last heard from on {day}, {days} ago.", day=in_words(one.heard_on), days=ago)


def _owed(one: Owes, owners: Owners, as_of: date) -> OwedShown:
    owed, status = one.standing.obligation, one.standing.status
    is_due = owed.due <= as_of
    return OwedShown(
        code=one.item,
        title=one.title,
        name=named(owed),
        since=in_words(owed.due if is_due else owed.opens_on),
        is_due=is_due,
        status=word(status),
        tone=TONES[status],
        reason=one.standing.reason,
        told=_told(one.told, owners),
        told_on=in_words(one.told[0].told_on) if one.told else "",
        next=_step_to(one.next.step, one.next.to) if one.next else "",
        next_on=_next_on(one.next, as_of) if one.next else "",
    )


def _told(tellings: Sequence[Telling], owners: Owners) -> str:
    """Return a step and to whom it was told; who has left the owners file is named by the address."""
    titles = {office.email: office.title for office in reversed(owners.offices.values()) if office.email}
    people = [titles.get(one.address, one.address) for one in tellings]
    return _step_to(tellings[0].step, people) if tellings else ""


def _step_to(step: str, people: Sequence[str]) -> str:
    return phrase("“{step}” to {people}", step=step_in_words(step), people=listed(people))


def _next_on(step: NextStep, as_of: date) -> str:
    return phrase("Today") if step.day == as_of else in_words(step.day)
