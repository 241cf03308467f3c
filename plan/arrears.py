"""What each office owes on a day, the gravest first: whom the ladder told last, what it does next, who is silent."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from plan.answering import offices_meant
from plan.digests import notices_about
from plan.duties import Obligation
from plan.facts import Acknowledgement, CheckIn, CorrectivePlan, Evidence, Facts, Reading, Referral
from plan.ladder import SPACING_DAYS, Notice, Situation
from plan.model import Item
from plan.owing import UNATTENDED_DAYS
from plan.owners import Owners
from plan.phrase import phrase
from plan.slip_ladder import missing_plan
from plan.standing import CHASED, PROMISE_DAYS, ObligationStatus, Standing, standing
from plan.told import Telling, Told

NOBODY = ""
"""The office of what nobody owns."""

_GRAVEST_FIRST = (
    ObligationStatus.EXHAUSTED,
    ObligationStatus.ESCALATED,
    ObligationStatus.OVERDUE,
    ObligationStatus.IN_GRACE,
    ObligationStatus.DUE,
    ObligationStatus.OPEN,
    ObligationStatus.PAUSED,
)
OVERDUE = frozenset({ObligationStatus.EXHAUSTED, ObligationStatus.ESCALATED, ObligationStatus.OVERDUE})
"""The statuses of what should have come before, the grace over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What a ladder does next if nothing comes in, on which day at the earliest, and whom it tells."""

    day: date
    step: str
    to: tuple[str, ...]
    """Titles of offices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owes:
    """Something that is asked for and has not come."""

    item: str
    title: str
    standing: Standing
    told: tuple[Telling, ...]
    """The last step that was told, one telling for each person; empty if none was."""
    next: NextStep | None
    """None where no step is to come, as after the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """All that an office owes on a day, the gravest first and then the oldest."""

    office: str
    title: str
    owes: tuple[Owes, ...]
    heard_on: date | None
    """The last day on which the office gave an answer, itself or by a stand-in; None: it never did."""
    silent_days: int | None
    """Calendar days since then."""

    @property
    def is_silent(self) -> bool:
        """Return whether it owes something and nothing was heard from it for 90 calendar days.

        Source:    rules.md 7
        """
        return bool(self.owes) and (self.silent_days is None or self.silent_days >= UNATTENDED_DAYS)

    @property
    def overdue(self) -> int:
        """Return how many answers are overdue, the grace over."""
        return sum(1 for one in self.owes if one.standing.status in OVERDUE)


def arrears(situation: Situation, *, as_of: date) -> tuple[Arrears, ...]:
    """Return every office that owns something, in the owners' order, also one that owes nothing; at last what nobody owns."""
    by_office: defaultdict[str, list[Owes]] = defaultdict(list)
    accountable = situation.roster.accountable(as_of=as_of)
    for item in situation.plan.items.values():
        by_office[accountable.get(item.id, NOBODY)] += _owed(item, situation, as_of)
    heard, offices = heard_from(situation.facts, situation.roster.owners), situation.roster.owners.offices
    return tuple(
        _of_office(office, offices[office].title if office else phrase("Nobody"), by_office[office], heard.get(office), as_of)
        for office in (*offices, NOBODY)
        if office in by_office
    )


def heard_from(facts: Facts, owners: Owners) -> dict[str, date]:
    """Return the last day on which each office answered, by code; who answers for another is heard from, and the other too."""
    heard: dict[str, date] = {}
    authors: dict[str, tuple[str, ...]] = {}
    for fact in facts.every:
        if isinstance(fact, CheckIn | Reading | Evidence | Acknowledgement | CorrectivePlan | Referral):
            if fact.by not in authors:
                authors[fact.by] = _offices_of(fact.by, owners)
            heard |= {office: max(heard.get(office, date.min), fact.known_on) for office in authors[fact.by]}
    return heard


def _offices_of(author: str, owners: Owners) -> tuple[str, ...]:
    """Return the offices that an author names, as in "Director of Staff (for Director of Schools)"."""
    stood_in = re.fullmatch(r"(.+) \(for (.+)\)", author)
    names = stood_in.groups() if stood_in else (author,)
    return tuple(office for name in names for office in offices_meant(name, owners))


def _of_office(code: str, title: str, owes: Sequence[Owes], heard_on: date | None, as_of: date) -> Arrears:
    return Arrears(
        office=code,
        title=title,
        owes=tuple(sorted(owes, key=_rank)),
        heard_on=heard_on,
        silent_days=(as_of - heard_on).days if heard_on else None,
    )


def _rank(one: Owes) -> tuple[int, date]:
    return _GRAVEST_FIRST.index(one.standing.status), one.standing.obligation.due


def _owed(item: Item, situation: Situation, as_of: date) -> Iterator[Owes]:
    found = [*_unanswered(item, situation, as_of), *_plan_asked_for(item, situation, as_of)]
    ahead = _ahead(item, [one.obligation for one in found], situation, as_of) if found else {}
    for one in found:
        owed = one.obligation
        told = situation.told.of(owed.kind, owed.item, str(owed.period), owed.due)
        yield Owes(item=item.id, title=item.title, standing=one, told=_last(told), next=ahead.get(owed))


def _unanswered(item: Item, situation: Situation, as_of: date) -> Iterator[Standing]:
    for owed in situation.duties.chased(item, as_of=as_of):
        at = standing(owed, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of)
        if at.status in CHASED | {ObligationStatus.PAUSED}:
            yield at


def _plan_asked_for(item: Item, situation: Situation, as_of: date) -> Iterator[Standing]:
    owed = missing_plan(item, situation, as_of=as_of)
    if owed is not None:
        status = ObligationStatus.OVERDUE if owed.due < as_of else ObligationStatus.OPEN
        since = situation.slips[item.id].since
        reason = phrase("It slips since {since}; a corrective plan is asked for by {due}.", since=since, due=owed.due)
        yield Standing(obligation=owed, status=status, reason=reason)


def _last(told: Mapping[tuple[str, str], Telling]) -> tuple[Telling, ...]:
    """Return the tellings of the step that was told last; skipped ones were not told."""
    tellings = [telling for telling in told.values() if not telling.skipped]
    last = max(tellings, key=lambda one: one.told_on, default=None)
    return tuple(one for one in tellings if last and (one.step, one.told_on) == (last.step, last.told_on))


def _ahead(item: Item, owed: Sequence[Obligation], situation: Situation, as_of: date) -> dict[Obligation, NextStep]:
    """Return what the ladders do next for each obligation, if nothing comes in and what is on its way arrives today."""
    days, later = situation.duties.days, replace(situation, told=_arrived(situation.told, item, owed, as_of))
    ahead: dict[Obligation, NextStep] = {}
    day, last = days.on_or_after(as_of), max(_last_day(one, situation, as_of) for one in owed)
    while day <= last and len(ahead) < len(owed):
        notices = notices_about(item, later, as_of=day)
        for one in owed:
            told = [notice for notice in notices if (notice.kind, notice.period) == (one.kind, str(one.period))]
            if told and one not in ahead:
                ahead[one] = _next_step(told, day)
        day = days.on_or_after(day + timedelta(days=1))
    return ahead


def _next_step(notices: Sequence[Notice], day: date) -> NextStep:
    return NextStep(day=day, step=notices[0].step, to=tuple(notice.to.title for notice in notices))


def _arrived(told: Told, item: Item, owed: Sequence[Obligation], as_of: date) -> Told:
    """Return what was told of an item, all of it delivered."""
    tellings = (one for owes in owed for one in told.of(owes.kind, item.id, str(owes.period), owes.due).values())
    return Told(one if one.delivered_on or one.skipped else replace(one, delivered_on=as_of) for one in tellings)


def _last_day(owed: Obligation, situation: Situation, as_of: date) -> date:
    """Return the day by which every ladder has come to its end, a promise and the spacing of its steps counted in."""
    days, rungs = situation.duties.days, situation.plan.settings.ladder_on(owed.opens_on).rungs
    last = max(as_of, days.offset(owed.due, rungs[-1].day))
    return days.offset(last, PROMISE_DAYS + len(rungs) * SPACING_DAYS)
