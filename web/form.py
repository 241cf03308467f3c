"""What the check-in of one item shows: how it stands, what may be answered, and the form with what was filled in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from plan.assess import Assessment, shown, wanted
from plan.duties import Obligation
from plan.facts import Implementation, Progress, Reading, Said, words_for
from plan.filed import name_of
from plan.judgement import Judged
from plan.model import Action, Item, LongTermMeasure, Objective, ProgressMeasure, Trajectory
from plan.periods import Period, SchoolYear
from plan.phrase import phrase
from plan.plausible import doubt
from plan.slip_ladder import not_followed, plan_due, plan_for
from plan.standing import CHASED, ObligationStatus, Standing
from plan.targets import expected_value
from plan.wording import capitalised, in_plain_words, in_words, joined, unit_in_words, weekday, with_days_in_words
from tasks.check_in import Asked
from tasks.put_off import days_to_promise, offices_to_ask
from web.judgement import Verdict, verdicts
from web.opened import Opened
from web.views import stands
from web.wording import TONES, Tone, tone_of

AWAITED = CHASED | {ObligationStatus.PAUSED}
"""The statuses in which an answer is waited for."""
HINTS: dict[Said, str] = {
    Implementation.NOT_STARTED: phrase("Work has not begun."),
    Implementation.ON_TRACK: phrase("It goes as planned."),
    Implementation.AT_RISK: phrase("It may fall behind unless something changes."),
    Implementation.OFF_TRACK: phrase("It is behind, and will stay so as things are."),
    Implementation.ACHIEVED: phrase("It is done; evidence has to show it."),
    Implementation.NOT_ACHIEVED: phrase("It has ended without reaching its aim."),
    Implementation.CANCELLED: phrase("It is not pursued any more."),
    Progress.NO_PROGRESS: phrase("Nothing has moved."),
    Progress.SOME_PROGRESS: phrase("A beginning can be seen."),
    Progress.CONSIDERABLE_PROGRESS: phrase("A good part of the way is done."),
    Progress.SIGNIFICANT_PROGRESS: phrase("Most of the way is done."),
    Progress.ACCOMPLISHED: phrase("All of it is done."),
    Progress.DISCONTINUED: phrase("It leaves the plan, and is not asked for any more."),
}
"""What each status means, for who chooses it."""


_KINDS: dict[type[Item], str] = {
    Objective: phrase("objective"),
    Action: phrase("action"),
    ProgressMeasure: phrase("progress measure"),
    LongTermMeasure: phrase("long-term measure"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be chosen."""

    value: str
    words: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodShown:
    """A period that may be answered for."""

    query: str
    """What its link carries."""
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that stands beside the one that is asked for."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The status that a figure would give, and why; nothing of it is kept."""

    status: str
    tone: Tone
    reason: str
    doubt: str
    """Why the figure may be a slip of the pen; empty if nothing says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The form for one item and period."""

    kind: str
    """What is asked for: "check-in", "reading" or "evidence"; "corrective plan" where nothing else is."""
    title: str
    period: str
    statuses: tuple[Choice, ...]
    is_rated: bool
    figures: tuple[Figure, ...]
    unit: str
    slip: str
    """Why a corrective plan is asked for; empty where none is."""
    also: tuple[Choice, ...]
    offices: tuple[Choice, ...]
    days: tuple[Choice, ...]
    is_awaited: bool
    aside: str
    """How it stands where no answer is waited for, and what an answer does then; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One item, as its owner meets it."""

    code: str
    title: str
    wording: str
    kind: str
    above: str
    badge: str
    tone: Tone
    reason: str
    verdicts: tuple[Verdict, ...]
    last: str
    """What was said of it last; empty if nothing was."""
    periods: tuple[PeriodShown, ...]
    must_choose: bool
    """Whether it is not plain which period an answer would be for."""
    form: Form | None


def item_shown(code: str, link: Opened, asked: Asked | None) -> ItemShown:
    """Return an item of a link.

    Args:      asked: what it is asked for; None where only how it stands is shown
    """
    item, at = link.files.plan.items[code], link.situation
    now = _now(item, link)
    judged = Judged(at.duties, at.facts, link.day)
    objective = link.files.plan.objective_of(code)
    may = answerable(code, link) if link.may_change and code in link.codes else ()
    awaited = sum(1 for one in may if one.status in AWAITED)
    return ItemShown(
        code=code,
        title=item.title,
        wording=item.wording or "",
        kind=_KINDS[type(item)],
        above="" if objective is item else f"{objective.id} {objective.title}",
        badge=capitalised(in_plain_words(now.status)) if now else "",
        tone=TONES[now.status] if now else "quiet",
        reason=with_days_in_words(now.reason) if now else phrase("Nothing is owed for it."),
        verdicts=verdicts(item, judged),
        last=_last(code, link),
        periods=tuple(_period(one, asked) for one in may),
        must_choose=awaited > 1 or (bool(may) and asked is None),
        form=_form(item, link, asked) if asked else None,
    )


def asked_of(code: str, link: Opened, period: Period | None = None) -> Asked | None:
    """Return what is asked of an item: for a period that may be answered, else for the oldest that waits for an answer.

    Returns:   None if the period may not be answered, or nothing waits for one
    """
    item, may = link.files.plan.items[code], answerable(code, link)
    waiting = [one for one in may if one.status in AWAITED]
    if period is not None:
        chosen = next((one for one in may if one.obligation.period == period), None)
    else:
        chosen = next(iter(waiting), None)
    plan_only = chosen is None and period is None and bool(slip_of(item, link))
    owed = link.situation.duties.current(item, as_of=link.day) if plan_only else chosen and chosen.obligation
    return _asked(item, owed, link, is_settled=chosen not in waiting, plan_only=plan_only) if owed else None


def answerable(code: str, link: Opened) -> tuple[Standing, ...]:
    """Return what may be answered for an item: all that was opened since reminders began, and the next.

    The next one may be answered once its own time has begun.
    """
    found: list[Standing] = []
    for one in _every(link.files.plan.items[code], link):
        if one.status is ObligationStatus.SCHEDULED:
            return (*found, one) if _has_begun(one.obligation, link) else tuple(found)
        if one.status not in (ObligationStatus.NOT_CHASED, ObligationStatus.WAIVED):
            found.append(one)
    return tuple(found)


def slip_of(item: Item, link: Opened) -> str:
    """Return why a corrective plan is asked for, in words; empty if none is asked for."""
    slip = link.situation.slips.get(item.id)
    if slip is None or slip.over_on is not None or not isinstance(item, LongTermMeasure):
        return ""
    if plan_for(slip, link.situation.facts) or not_followed(item, link.situation, as_of=link.day):
        return ""
    asked = phrase("A corrective plan is asked for by {day}.", day=in_words(plan_due(slip, link.situation)))
    judged = Judged(link.situation.duties, link.situation.facts, link.day)
    return joined((with_days_in_words(judged.as_phrase(item.id, slip.reason)), asked))


def preview(reading: Reading, given: Assessment, link: Opened) -> Preview:
    """Return the status that a figure would give, in words."""
    return Preview(
        status=capitalised(in_plain_words(given.status)),
        tone=tone_of(given.status),
        reason=with_days_in_words(given.reason),
        doubt=doubtful(reading, link),
    )


def doubtful(reading: Reading, link: Opened) -> str:
    """Return why a figure is hard to believe beside those of other years, or an empty text."""
    readings, measure = link.situation.facts.readings(reading.item), link.situation.plan.items[reading.item]
    assert isinstance(measure, LongTermMeasure)  # of nothing else there are readings
    return doubt(measure, reading, {year: one.value for year, one in readings.items() if year != reading.period})


def _every(item: Item, link: Opened) -> Iterator[Standing]:
    return (stands(one, link.situation, as_of=link.day) for one in link.situation.duties.of(item))


def _now(item: Item, link: Opened) -> Standing | None:
    """Return how the oldest that waits for an answer stands, else what was opened last or opens first."""
    waiting = next((one for one in _every(item, link) if one.status in AWAITED), None)
    current = link.situation.duties.current(item, as_of=link.day)
    return waiting or (stands(current, link.situation, as_of=link.day) if current else None)


def _has_begun(owed: Obligation, link: Opened) -> bool:
    """Return whether an answer can be true before it is asked for: of a figure or a quarter once its time has begun."""
    return owed.kind == "evidence" or owed.period.start(link.files.plan.settings.fiscal_year_starts) <= link.day


def _asked(item: Item, owed: Obligation, link: Opened, *, is_settled: bool, plan_only: bool) -> Asked:
    return Asked(
        item=item,
        owed=owed,
        by=link.by(item.id),
        day=link.day,
        quarter=link.files.plan.quarter_of(link.day),
        is_settled=is_settled,
        plan_only=plan_only,
        also={code: period for code in link.codes if code != item.id and (period := _period_now(code, owed.period, link))},
    )


def _period_now(code: str, period: Period, link: Opened) -> Period | None:
    """Return the period for which another item would get the same evidence: the same one if it owes for it."""
    duties, item = link.situation.duties, link.files.plan.items[code]
    current = duties.current(item, as_of=link.day)
    return period if any(one.period == period for one in duties.of(item)) else current.period if current else None


def _period(one: Standing, asked: Asked | None) -> PeriodShown:
    period = one.obligation.period
    return PeriodShown(
        query=name_of(period),
        words=phrase("{period}: {status}", period=period, status=in_plain_words(one.status)),
        is_chosen=asked is not None and not asked.plan_only and asked.owed.period == period,
    )


def _last(code: str, link: Opened) -> str:
    last = link.situation.facts.last_check_in(code)
    if last is None:
        return ""
    said = {"status": in_plain_words(last.status), "by": last.by, "day": in_words(last.known_on), "note": last.note}
    return phrase("Last said, for {period}: {status}. {note} ({by}, {day})", period=last.period, **said)


def _form(item: Item, link: Opened, asked: Asked) -> Form:
    owners, situation = link.files.owners, link.situation
    office = situation.roster.accountable(as_of=link.day).get(item.id)
    kind = "corrective plan" if asked.plan_only else asked.owed.kind
    is_awaited = not asked.is_settled
    return Form(
        kind=kind,
        title=_title(kind, asked),
        period="" if asked.plan_only else name_of(asked.owed.period),
        statuses=tuple(statuses(item)) if kind == "check-in" else (),
        is_rated=words_for(item) is Progress,
        figures=tuple(_beside(item, asked.owed.period, link)) if kind == "reading" else (),
        unit=unit_in_words(item.unit or "") if isinstance(item, LongTermMeasure) else "",
        slip=slip_of(item, link),
        also=tuple(Choice(value=code, words=f"{code} {link.files.plan.items[code].title}") for code in asked.also),
        offices=tuple(Choice(value=code, words=title) for code, title in offices_to_ask(owners, office).items()),
        days=tuple(_day(day) for day in days_to_promise(asked, situation.facts, situation.duties)) if is_awaited else (),
        is_awaited=is_awaited,
        aside="" if is_awaited or asked.plan_only else _aside(asked, link),
    )


def _aside(asked: Asked, link: Opened) -> str:
    one = stands(asked.owed, link.situation, as_of=link.day)
    reason = with_days_in_words(one.reason)
    if one.status is ObligationStatus.SCHEDULED:
        return phrase("{reason} You may answer already.", reason=reason)
    return phrase("{reason} What you record now counts instead; both are kept.", reason=reason)


def _title(kind: str, asked: Asked) -> str:
    if asked.plan_only:
        return phrase("Your corrective plan")
    titles = {
        "check-in": phrase("Your check-in for {period}", period=asked.owed.period),
        "reading": phrase("The figure for {period}", period=asked.owed.period),
    }
    return titles.get(kind) or phrase("Your evidence for {period}", period=asked.owed.period)


def statuses(item: Item) -> Iterator[Choice]:
    """Yield the statuses that can be chosen for an item, in their order."""
    for one in words_for(item):
        yield Choice(value=one, words=capitalised(in_plain_words(one)), hint=HINTS[one])


def _day(day: date) -> Choice:
    return Choice(value=day.isoformat(), words=phrase("{weekday}, {day}", weekday=weekday(day), day=in_words(day)))


def _beside(item: Item, period: Period, link: Opened) -> Iterator[Figure]:
    """Yield last year's figure and what is expected of this one."""
    assert isinstance(item, LongTermMeasure)  # what else there is owes no reading
    assert isinstance(period, SchoolYear)
    readings, before = link.situation.facts.readings(item.id), period.before
    known = readings.get(before)
    points = item.target.points if isinstance(item.target, Trajectory) else {}
    value = known.value if known else points.get(before)
    name = phrase("Last year, {year}", year=before)
    yield Figure(name=name, value=phrase("not known") if value is None else shown(value))
    if isinstance(item.target, Trajectory):
        expected = expected_value(item.target, period)
        yield Figure(name=phrase("Expected, {year}", year=period), value=shown(expected))
    else:
        yield Figure(name=phrase("Wanted"), value=wanted(item.target))
    if period in readings:
        yield Figure(name=phrase("Known so far, {year}", year=period), value=shown(readings[period].value))
