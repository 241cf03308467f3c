"""Who answers for an item on a day: owner, delegate, supervisor, cabinet lead, plan administrator.

Offices own, people fill them; so an assignment survives turnover, and an absence changes only who is written to. What an
office owns can go to another as a whole, from a day on.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from plan.facts import Referral
from plan.model import Ladder, Plan, Role, Span
from plan.phrase import Language, phrase
from plan.record import UNPRINTABLE, Code, Day, Label, Record


def _address(text: str) -> str:
    name, at, domain = text.rpartition("@")
    plain = text.isascii() and not UNPRINTABLE.search(text) and not set(text) & set(' "(),:;<>[]\\')
    if text and not (name and at and "." in domain.strip(".") and "@" not in name and plain):
        raise PydanticCustomError(
            "address", '"{text}" is not a mail address; write one as in office@example.org', {"text": text}
        )
    return text.lower()  # two spellings are one person


class Office(Record):
    """An office of the organisation: who fills it, whom it reports to and what it owns."""

    title: Label
    person: Label | None = None
    """The name of who fills it; none: mails greet the office."""
    email: Annotated[
        str, Field(max_length=254), BeforeValidator(lambda text: "" if text is None else text), AfterValidator(_address)
    ] = ""
    """Where its mail goes; empty: nobody fills the office."""
    language: Language = "en"
    """In which language it is written to: en, English, or es, Spanish."""
    reports_to: Code | None = None
    delegate: Code | None = None
    """The office that stands in for it."""
    owns: tuple[Code, ...] = ()
    """Codes of priorities, objectives, strands or single items; the nearest assignment wins."""


class Absence(Span):
    """Days on which who fills an office is away."""

    office: Code
    delegate: Code | None = None
    """Who stands in this time; none: the office's own delegate."""


class Handover(Record):
    """Everything that an office owns, given to another one from a day on."""

    office: Code
    """The office that gives."""
    to: Code
    """The office that answers for all of it from then on."""
    first_day: Day
    """The first day on which it does; on the day before, the office that gives still did."""


class Owners(Record):
    """All offices, and which of them keep the plan as a whole."""

    plan_administrator: Code
    cabinet_lead: Code
    cabinet: tuple[Code, ...] = ()
    """The offices that get each rollup when it is frozen; none: only the two above."""
    board: tuple[Code, ...] = ()
    """The offices that get each rollup once the plan administrator has released it."""
    offices: dict[Code, Office]
    absences: tuple[Absence, ...] = ()
    handovers: tuple[Handover, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone to write to: the office that is filled, how it is called, and the address."""

    office: str
    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """The office that answered for an item before a hand-over, and the last day on which it did."""

    office: str
    last_day: date


@dataclass(frozen=True)
class Roster:
    """A plan with its owners: resolves every role for every item, on a day."""

    plan: Plan
    owners: Owners
    unreachable: frozenset[str] = frozenset()
    """Addresses that a mail server refused: as if nobody filled their offices, until somebody lifts it."""
    links_taken_back: frozenset[str] = frozenset()
    """The ids of links that lead nowhere any more: mails carry others in their place."""
    referrals: tuple[Referral, ...] = ()
    """Items for which another office was named, first to last: each is asked from that day on, until the next referral."""

    def readers(self, offices: tuple[str, ...], *, as_of: date) -> tuple[Person, ...]:
        """Return who is written to for offices, stand-ins besides while somebody is away, each address once."""
        people = (person for office in offices for person in self._filling(office, as_of))
        return tuple({person.address: person for person in people}.values())

    def accountable(self, *, as_of: date) -> dict[str, str]:
        """Return for every code of the plan the office that answers for it on a day; a code that nobody owns is left out."""
        return self.tenures[bisect_right(self._days_of_change, as_of)]

    @cached_property
    def tenures(self) -> tuple[dict[str, str], ...]:
        """Who answers for every code: at first, and from each day of hand-overs and referrals on, in their order."""
        assigned = {code: office for office, record in self.owners.offices.items() for code in record.owns}
        nearest = {code: next((assigned[c] for c in line if c in assigned), None) for code, line in self.plan.lines.items()}
        found = [{code: office for code, office in nearest.items() if office is not None}]
        for day in self._days_of_change:
            goes_to = {one.office: one.to for one in self.owners.handovers if one.first_day == day}
            handed_over = {code: goes_to.get(office, office) for code, office in found[-1].items()}
            found.append(handed_over | {one.item: one.asked for one in self._referred if one.known_on == day})
        return tuple(found)

    @cached_property
    def _days_of_change(self) -> tuple[date, ...]:
        days = {*(one.first_day for one in self.owners.handovers), *(one.known_on for one in self._referred)}
        return tuple(sorted(days))

    @cached_property
    def _referred(self) -> tuple[Referral, ...]:
        """The referrals that can be followed: plan and owners may have changed since."""
        return tuple(one for one in self.referrals if one.item in self.plan.items and one.asked in self.owners.offices)

    def predecessor(self, code: str, *, as_of: date) -> Predecessor | None:
        """Return who answered for an item before it was handed over, or referred, to its owner of a day, or None."""
        for at in reversed(range(bisect_right(self._days_of_change, as_of))):
            before = self.tenures[at].get(code)
            if before is not None and before != self.tenures[at + 1][code]:
                return Predecessor(office=before, last_day=self._days_of_change[at] - timedelta(days=1))
        return None

    def office_title(self, code: str, *, as_of: date) -> str:
        """Return the title of the office that answers for an item on a day, or "nobody"."""
        office = self.accountable(as_of=as_of).get(code)
        return self.owners.offices[office].title if office else phrase("nobody")

    def owner(self, code: str, *, as_of: date) -> Person | None:
        """Return who is asked first: owner, else delegate, objective lead, plan administrator; None if there is nobody.

        Source:    rules.md 3: "the first that exists"
        """
        return next(iter(self.people("owner", code, as_of=as_of)), None)

    def people(self, role: Role, code: str, *, as_of: date) -> tuple[Person, ...]:
        """Return who is written to for a role; while someone is away, the stand-in besides, each address once."""
        return self.people_in((role,), code, as_of=as_of)

    def people_in(self, roles: tuple[Role, ...], code: str, *, as_of: date) -> tuple[Person, ...]:
        """Return who is written to for several roles, in their order, each address once."""
        # Many items share an owner and a lead, and everything else about the answer follows from these and who is away.
        office, lead = self._office_and_lead(code, as_of)
        asked = (roles, office, lead, self._away(as_of))
        found = self._resolved.get(asked)
        if found is None:
            people = [person for role in roles for person in self._in_role(role, office, lead, as_of)]
            found = self._resolved[asked] = tuple({person.address: person for person in reversed(people)}.values())[::-1]
        return found

    def _office_and_lead(self, code: str, as_of: date) -> tuple[str | None, str | None]:
        accountable = self.accountable(as_of=as_of)
        return accountable.get(code), accountable.get(self.plan.lines[code][-2])

    def _away(self, as_of: date) -> frozenset[int]:
        """Return which absences a day lies in, by their place in the file."""
        if as_of not in self._absent:
            absences = enumerate(self.owners.absences)
            self._absent[as_of] = frozenset(at for at, one in absences if one.first_day <= as_of <= one.last_day)
        return self._absent[as_of]

    @cached_property
    def _absent(self) -> dict[date, frozenset[int]]:
        return {}

    @cached_property
    def _resolved(self) -> dict[tuple[tuple[Role, ...], str | None, str | None, frozenset[int]], tuple[Person, ...]]:
        return {}

    def told_by(self, ladder: Ladder, late: int, code: str, *, as_of: date) -> frozenset[tuple[str, str]]:
        """Return step and address of everyone whom the rungs tell of an item that are reached so many working days late.

        As long as it is the same set it is the same object, so that who asks again need not compare.
        """
        # The day from which it applies tells a ladder from the plan's others; comparing all its rungs takes long.
        reached = bisect_right(ladder.days, late)
        office, lead = self._office_and_lead(code, as_of)
        asked = (ladder.applies_from, reached, office, lead, self._away(as_of))
        found = self._told_by.get(asked)
        if found is None:
            rungs = ladder.rungs[:reached]
            told = ((rung.step, person) for rung in rungs for person in self.people_in(rung.to, code, as_of=as_of))
            found = self._told_by[asked] = frozenset((step, person.address) for step, person in told)
        return found

    @cached_property
    def _told_by(self) -> dict[tuple[date, int, str | None, str | None, frozenset[int]], frozenset[tuple[str, str]]]:
        return {}

    def _in_role(self, role: Role, office: str | None, lead: str | None, as_of: date) -> Iterator[Person]:
        match role:
            case "owner":
                in_turn = (office, self._own_delegate(office), lead, self.owners.plan_administrator)
                yield from next(filter(None, (self._filling(o, as_of) for o in in_turn)), ())
            case "delegate":
                yield from self._filling(self._stand_in(office, as_of) or self._own_delegate(office), as_of)
            case "supervisor":
                yield from next(filter(None, (self._filling(o, as_of) for o in self.line_above(office))), ())
            case "cabinet_lead":
                yield from self._filling(self.owners.cabinet_lead, as_of)
            case _:
                yield from self._filling(self.owners.plan_administrator, as_of)

    def line_above(self, office: str | None) -> Iterator[str]:
        """Yield the offices above an office, nearest first; stops where the line ends or turns in a circle."""
        seen = {office}
        while office in self.owners.offices:
            office = self.owners.offices[office].reports_to
            if office is None or office in seen:
                return
            seen.add(office)
            yield office

    def stand_ins(self, code: str, *, as_of: date) -> tuple[str, ...]:
        """Return the offices that stand in for the one that answers for an item: while that one is away, and always."""
        owner = self.accountable(as_of=as_of).get(code)
        found = (self._stand_in(owner, as_of), self._own_delegate(owner))
        return tuple(dict.fromkeys(office for office in found if office and office in self.owners.offices))

    def _filling(self, office: str | None, as_of: date) -> tuple[Person, ...]:
        """Return who fills an office, with the stand-in while away; empty if nobody can be written to."""
        holder = self._person(office)
        stand_in = self._person(self._stand_in(office, as_of))
        return tuple(person for person in (holder, stand_in) if person)

    def _stand_in(self, office: str | None, as_of: date) -> str | None:
        absence = next((a for a in self.owners.absences if a.office == office and a.first_day <= as_of <= a.last_day), None)
        return (absence.delegate or self._own_delegate(office)) if absence else None

    def _own_delegate(self, office: str | None) -> str | None:
        record = self.owners.offices.get(office) if office else None
        return record.delegate if record else None

    def _person(self, office: str | None) -> Person | None:
        record = self.owners.offices.get(office) if office else None
        if office is None or record is None or not record.email or record.email in self.unreachable:
            return None
        return Person(office=office, title=record.title, address=record.email)
