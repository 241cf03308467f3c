"""What can only be seen with plan, owners and calendar side by side: codes, offices, absences, hand-overs, reporting lines.

Each check yields findings: what, and where in which file.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Literal, NamedTuple

from plan.calendar import Calendar, lies_near
from plan.model import Deliverable, LongTermMeasure, Plan, Threshold, Trajectory
from plan.owners import Absence, Owners, Roster
from plan.periods import SchoolYear
from plan.places import Document, Path
from plan.sources import MeasureSource, Source


class Finding(NamedTuple):
    """Something wrong in a file."""

    file: Literal["plan", "owners", "calendar"]
    path: Path
    """In the plan as the file has it; in the others as the record has it, from which faulty parts are left out."""
    sentence: str
    blocks: bool = True
    """Whether the files cannot be worked with until it is mended; where people are missing, the work goes on without them."""
    hinges_on: tuple[Path, ...] = ()
    """What of the same file it follows from; it says nothing if one of these values is faulty itself."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """The codes and offices that the files name, faulty or not, so that one fault does not look like many."""

    codes: tuple[tuple[str, Path], ...]
    """Every code with its path, in the file's order; a code given twice is there twice."""
    read_past: frozenset[str]
    """The codes under a plan's keys that are given twice; no record has them."""
    offices: frozenset[str] | None
    """The codes of all offices; none: the owners file does not give them, or not in one place."""
    tells_owners: bool
    """Whether nothing of the owners file that says who owns what is faulty; else nobody can say what has no owner."""

    @classmethod
    def of(cls, plan: Document, owners: Document, *, tells_owners: bool) -> "Written":
        """Return what a plan file and an owners file name."""
        doubled = (_codes({path[-1]: value}, path[:-1]) for path, value in plan.doubled)
        offices = owners.value.get("offices") if isinstance(owners.value, dict) else None
        in_one_place = ("offices",) not in dict(owners.doubled)
        return cls(
            codes=tuple(_codes(plan.value, ())),
            read_past=frozenset(code for code, _ in chain.from_iterable(doubled)),
            offices=frozenset(offices) if isinstance(offices, dict) and in_one_place else None,
            tells_owners=tells_owners,
        )

    def path(self, code: str) -> Path:
        """Return where a code is first given."""
        return next((path for found, path in self.codes if found == code), ())


def findings(plan: Plan | None, owners: Owners | None, calendar: Calendar | None, written: Written) -> Iterator[Finding]:
    """Yield what every check that has its records finds."""
    if plan:
        yield from check_plan(plan, written)
    if owners:
        yield from check_offices(owners, written)
    if plan and calendar:
        yield from check_calendar(calendar, plan)
    if plan and owners:
        yield from check_ownership(plan, owners, written)


def check_plan(plan: Plan, written: Written) -> Iterator[Finding]:
    """Yield codes given twice, components of a measure that is not there, and years and days that cannot be meant."""
    counts = Counter(code for code, _ in written.codes)
    seen: set[str] = set()
    for code, path in written.codes:
        if code in seen:
            yield Finding("plan", path, f'code "{code}" is given {counts[code]} times; each item needs a code of its own')
        seen.add(code)
    yield from _components(plan, seen, written)
    yield from _years(plan, written)
    yield from _sources(plan, written)


def _years(plan: Plan, written: Written) -> Iterator[Finding]:
    both = (("first_year",), ("last_year",))
    if plan.last_year < plan.first_year:
        sentence = f"last_year ({plan.last_year}) lies before first_year ({plan.first_year}); correct one of them"
        yield Finding("plan", ("last_year",), sentence, hinges_on=both)
        return
    for measure in plan.long_term_measures:
        for path, named, day in _days_meant(measure, plan):
            if not lies_near(day, plan.first_year, plan.last_year):
                years = f"{plan.first_year} to {plan.last_year}"
                what = "day" if isinstance(measure.target, Deliverable) else "year"
                sentence = f"{named} lies too far from the plan's years, {years}; correct the {what}"
                yield Finding("plan", (*written.path(measure.id)[:-1], "target", *path), sentence, hinges_on=both)


def _days_meant(measure: LongTermMeasure, plan: Plan) -> Iterator[tuple[Path, str, date]]:
    """Yield where a target names a day or a school year, how it is written, and the day, or the last one of the year."""
    starts = plan.settings.fiscal_year_starts
    match measure.target:
        case Deliverable(by=day):
            yield ("by",), str(day), day
        case Threshold(by=SchoolYear() as year):
            yield ("by",), str(year), year.end(starts)
        case Trajectory(points=points):
            yield from ((("points", str(year)), str(year), year.end(starts)) for year in points)


def _components(plan: Plan, seen: set[str], written: Written) -> Iterator[Finding]:
    others = {action.id for action in plan.actions} | {measure.id for measure in plan.progress_measures}
    others |= {objective.id for objective in plan.objectives} | {priority.id for priority in plan.priorities}
    measures = (seen - others) | written.read_past
    parts = {measure.id: measure.part_of for measure in plan.long_term_measures if measure.part_of is not None}
    for code, whole in parts.items():
        path = (*written.path(code)[:-1], "part_of")
        if whole not in measures or whole == code:
            yield Finding("plan", path, f'"{whole}" is not another long-term measure of this plan; correct part_of')
        elif whole in parts:
            sentence = f'"{whole}" is itself part of "{parts[whole]}"; a component belongs to a measure that is whole'
            yield Finding("plan", path, sentence)


def _sources(plan: Plan, written: Written) -> Iterator[Finding]:
    """Yield sources of the same code, ones that no measure names, and what keeps a measure's figures from being found."""
    sources: dict[str, Source] = {}
    for at, source in enumerate(plan.sources):
        if source.id in sources:
            yield Finding("plan", ("sources", at), f'source "{source.id}" is given twice; each needs a code of its own')
        sources.setdefault(source.id, source)
    named = {one.source for measure in plan.long_term_measures for one in measure.sources}
    for at, source in enumerate(plan.sources):
        if source.id not in named:
            sentence = f'no measure names the source "{source.id}"; write sources: [{source.id}] under those it has figures of'
            yield Finding("plan", ("sources", at), sentence, blocks=False, hinges_on=(("priorities",),))
    for measure in plan.long_term_measures:
        for at, one in enumerate(measure.sources):
            if sentence := _not_found(one, sources.get(one.source)):
                path = (*written.path(measure.id)[:-1], "sources", at)
                yield Finding("plan", path, sentence, hinges_on=(("sources",),))


def _not_found(one: MeasureSource, source: Source | None) -> str:
    """Return why a measure's figures could not be found in a source, or an empty text."""
    if source is None:
        return f'"{one.source}" is not a source of this plan; add it under sources, or correct it'
    taking = source.under(one)
    if taking.columns.value is None:
        return "nothing says in which column the figure stands; add value under columns, here or in the source"
    if taking.columns.school_year is None and taking.school_year is None:
        return "nothing says of which school year the figures are; add school_year, or a column of that name under columns"
    if taking.columns.school_year is not None and taking.school_year is not None:
        return "the school year is given, and a column is named for it besides; take one of them out, here or in the source"
    return ""


def check_calendar(calendar: Calendar, plan: Plan) -> Iterator[Finding]:
    """Yield public holidays that the library does not know by that name."""
    first, last = sorted((plan.first_year, plan.last_year))
    names = calendar.library_names(first, last)
    choice = f"choose from: {', '.join(names)}" if names else "check country and subdivision, for which none are known"
    for at, name in enumerate(calendar.holidays):
        if name not in names:
            sentence = f'"{name}" is not a public holiday here; {choice}'
            yield Finding("calendar", ("holidays", at), sentence, hinges_on=(("country",), ("subdivision",)))


def check_offices(owners: Owners, written: Written) -> Iterator[Finding]:
    """Yield offices that are unknown, unfilled or in a circle, and delegates who cannot stand in."""
    for key in ("plan_administrator", "cabinet_lead"):
        yield from _unknown_office(written, (key,), getattr(owners, key))
    for key in ("cabinet", "board"):
        for at, office in enumerate(getattr(owners, key)):
            yield from _unknown_office(written, (key, at), office)
    for office, record in owners.offices.items():
        path: Path = ("offices", office)
        yield from _unknown_office(written, (*path, "reports_to"), record.reports_to)
        yield from _unknown_office(written, (*path, "delegate"), record.delegate)
        if record.delegate == office:
            yield Finding("owners", (*path, "delegate"), f'office "{office}" cannot stand in for itself; name another office')
        if not record.email:
            sentence = f'nobody fills the office "{office}"; give it an email address'
            email: Path = (*path, "email")
            yield Finding("owners", email, sentence, blocks=False, hinges_on=(email,))
    yield from _circles(owners)
    for at, absence in enumerate(owners.absences):
        yield from _absence(owners, written, absence, ("absences", at))
    yield from _handovers(owners, written)


def check_ownership(plan: Plan, owners: Owners, written: Written) -> Iterator[Finding]:
    """Yield items that nobody answers for, codes owned twice or unknown, and owners whom nobody stands above."""
    known = {code for code, _ in written.codes} | written.read_past
    first: dict[str, str] = {}
    for office, record in owners.offices.items():
        for at, code in enumerate(record.owns):
            path: Path = ("offices", office, "owns", at)
            if code not in known:
                yield Finding("owners", path, f'"{code}" is not a code of the plan; correct it or take it out')
            elif code in first:
                yield Finding(
                    "owners", path, f'"{code}" is owned by "{first[code]}" already; only one office can answer for it'
                )
            first.setdefault(code, office)
    if written.tells_owners:
        roster = Roster(plan, owners)
        yield from _without_owner(plan, roster, written)
        yield from _without_supervisor(plan, roster)


def _without_supervisor(plan: Plan, roster: Roster) -> Iterator[Finding]:
    offices = roster.owners.offices
    for office in sorted({tenure[code] for tenure in roster.tenures for code in plan.items if code in tenure}):
        above = list(roster.line_above(office))
        if all(o in offices and not offices[o].email for o in above):  # an office that is not there has been reported
            sentence = f'office "{office}" owns parts of the plan, but nobody above it can be told; set reports_to'
            line = [("offices", o, key) for o in (office, *above) for key in ("reports_to", "email")]
            yield Finding("owners", ("offices", office), sentence, blocks=False, hinges_on=tuple(line))


def _without_owner(plan: Plan, roster: Roster, written: Written) -> Iterator[Finding]:
    for kind, items in (
        ("action", plan.actions),
        ("progress measure", plan.progress_measures),
        ("long-term measure", plan.long_term_measures),
        ("objective", plan.objectives),
    ):
        for item in items:
            if item.id not in roster.tenures[0]:  # a hand-over leaves nothing without owner
                remedy = "add it, or its objective or priority, to owns of an office"
                yield Finding(
                    "plan", written.path(item.id), f"{kind} {item.id} has no owner; {remedy} in the owners file", blocks=False
                )


def _unknown_office(written: Written, path: Path, office: str | None) -> Iterator[Finding]:
    if office is not None and written.offices is not None and office not in written.offices:
        sentence = f'"{office}" is not an office of this file; add it under offices or correct it'
        yield Finding("owners", path, sentence, hinges_on=(path,))


def _circles(owners: Owners) -> Iterator[Finding]:
    reported: set[str] = set()
    for start in owners.offices:
        line = [start]
        while (above := owners.offices[line[-1]].reports_to) in owners.offices and above not in line:
            line.append(str(above))
        if above in line and not reported.intersection(line):
            circle = line[line.index(str(above)) :]
            reported.update(circle)
            turns = " -> ".join((*circle, circle[0]))
            sentence = f"the offices report in a circle ({turns}); one of them has to report to another office"
            yield Finding("owners", ("offices", circle[-1], "reports_to"), sentence)


def _absence(owners: Owners, written: Written, absence: Absence, path: Path) -> Iterator[Finding]:
    yield from _unknown_office(written, (*path, "office"), absence.office)
    yield from _unknown_office(written, (*path, "delegate"), absence.delegate)
    office = owners.offices.get(absence.office)
    stand_in = absence.delegate or (office.delegate if office else None)
    both: tuple[Path, ...] = ((*path, "delegate"), ("offices", absence.office, "delegate"))
    if office and stand_in is None:
        sentence = f'"{absence.office}" is away and nobody stands in; name a delegate'
        yield Finding("owners", path, sentence, blocks=False, hinges_on=both)
    for other in owners.absences:
        if other.office == stand_in and other.first_day <= absence.last_day and absence.first_day <= other.last_day:
            first, last = max(absence.first_day, other.first_day), min(absence.last_day, other.last_day)
            sentence = (
                f'"{stand_in}" stands in for "{absence.office}" but is away too, {first} to {last}; name another delegate'
            )
            yield Finding("owners", both[0], sentence, blocks=False, hinges_on=both)


def _handovers(owners: Owners, written: Written) -> Iterator[Finding]:
    gives: dict[tuple[date, str], str] = {}
    for at, one in enumerate(owners.handovers):
        path: Path = ("handovers", at)
        yield from _unknown_office(written, (*path, "office"), one.office)
        yield from _unknown_office(written, (*path, "to"), one.to)
        if one.to == one.office:
            yield Finding("owners", (*path, "to"), f'"{one.office}" cannot hand over to itself; name another office')
        elif (one.first_day, one.office) in gives:
            sentence = f'"{one.office}" hands over on {one.first_day} already; correct the day, or take one of the two out'
            yield Finding("owners", path, sentence)
        elif one.office in (circle := _chain(gives, one.first_day, one.to)):
            turns = " -> ".join((one.office, *circle))
            sentence = f"the offices hand over in a circle on {one.first_day} ({turns}); take one of these hand-overs out"
            yield Finding("owners", path, sentence)
        gives.setdefault((one.first_day, one.office), one.to)


def _chain(gives: dict[tuple[date, str], str], day: date, office: str) -> list[str]:
    """Return to which offices a day's hand-overs lead from one on, that one included; ends where they turn in a circle."""
    chain = [office]
    while (following := gives.get((day, chain[-1]))) is not None and following not in chain:
        chain.append(following)
    return chain


def _codes(value: object, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield each `id` below a plan's own, with its path."""
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and path:
            yield value["id"], (*path, "id")
        inside = ((key, inner) for key, inner in value.items() if (*path, key) != ("sources",))  # sources are no items
        yield from chain.from_iterable(_codes(inner, (*path, key)) for key, inner in inside)
    elif isinstance(value, list):
        yield from chain.from_iterable(_codes(inner, (*path, at)) for at, inner in enumerate(value))
