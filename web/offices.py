"""What the pages of people show: each office, who fills it, what it owns and owes, who is away, which links hold. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

from ledger.records import Grant, Scope
from notifications.grants import holds
from plan.arrears import Arrears
from plan.ladder import Situation
from plan.owners import Absence, Handover, Owners, Roster
from plan.phrase import phrase
from plan.wording import counted, in_words
from tasks.recipients import is_placeholder
from web.wording import Tone, moment

SCOPES: dict[Scope, str] = {
    "update": phrase("answer for what is owed"),
    "view": phrase("look at what is owed"),
    "unsubscribe": phrase("turn the weekly overview off"),
}
"""What a link gives leave to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office, as the owners file has it."""

    code: str
    title: str
    person: str
    """Who fills it, by name; empty where none is given."""
    address: str
    mark: str
    """What is wrong with the address, in a word; empty if nothing is."""
    tone: Tone
    reports_to: str
    stand_in: str
    owns: tuple[str, ...]
    """The codes that the owners file gives it."""
    items: tuple[tuple[str, str], ...]
    """Code and title of each item that it answers for on the day."""
    open: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Days on which who fills an office is away, and who stands in."""

    title: str
    days: str
    is_now: bool
    stand_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """That an office gives all that it owns to another one, on a day to come."""

    title: str
    to: str
    first_day: str
    items: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """An item for which another office is asked than the owners file says."""

    code: str
    title: str
    asked: str
    by_file: str
    """The office that the owners file has for it; empty if none."""
    since: str
    said_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that holds; never the link itself."""

    id: str
    may: str
    address: str
    since: str
    until: str
    """The last day on which it holds; empty if it never ends."""


def offices(situation: Situation, every: Iterable[Arrears], *, as_of: date) -> tuple[Office, ...]:
    """Return all offices, in the order of the owners file.

    Args:      every: what each of them owes on the day
    """
    owing = {one.office: one for one in every}
    return tuple(_office(code, situation, owing, as_of) for code in situation.roster.owners.offices)


def absences(owners: Owners, *, as_of: date) -> tuple[Away, ...]:
    """Return who is away, now or on days to come, by the day on which it begins."""
    to_come = (one for one in owners.absences if one.last_day >= as_of)
    return tuple(_away(one, owners, as_of) for one in sorted(to_come, key=lambda one: one.first_day))


def handovers(roster: Roster, *, as_of: date) -> tuple[HandedOver, ...]:
    """Return which offices hand over what they own on days to come, the next first."""
    to_come = (one for one in roster.owners.handovers if one.first_day > as_of)
    return tuple(_handed_over(one, roster) for one in sorted(to_come, key=lambda one: one.first_day))


def referrals(situation: Situation, *, as_of: date) -> tuple[Referred, ...]:
    """Return the items for which another office is asked than the owners file says, in the plan's order."""
    roster, by_file = situation.roster, owner_by_file(situation.roster, as_of=as_of)
    last = {one.item: one for one in situation.facts.referrals}
    asked = roster.accountable(as_of=as_of)
    return tuple(
        Referred(
            code=code,
            title=item.title,
            asked=_title(asked.get(code), roster.owners),
            by_file=_title(by_file.get(code), roster.owners),
            since=in_words(last[code].known_on),
            said_by=last[code].by,
            note=last[code].note,
        )
        for code, item in situation.plan.items.items()
        if code in last and asked.get(code) != by_file.get(code)
    )


def owner_by_file(roster: Roster, *, as_of: date) -> Mapping[str, str]:
    """Return who would answer for every code on a day if nothing had been referred."""
    return replace(roster, referrals=()).accountable(as_of=as_of)


def links(grants: Sequence[Grant], code: str, address: str, *, on: date, zone: tzinfo) -> tuple[Link, ...]:
    """Return the links of an office, or to its address, that hold on a day, the latest first."""
    theirs = (one for one in grants if one.office == code or one.address == address)
    return tuple(
        Link(
            id=one.id,
            may=SCOPES[one.scope],
            address=one.address,
            since=moment(one.made_at, zone),
            until=in_words(one.expires_on) if one.expires_on else "",
        )
        for one in theirs
        if holds(one, one.scope, on=on)
    )


def _office(code: str, situation: Situation, owing: Mapping[str, Arrears], as_of: date) -> Office:
    roster, record = situation.roster, situation.roster.owners.offices[code]
    accountable, owes = roster.accountable(as_of=as_of), owing.get(code)
    mark, tone = _mark(record.email, roster)
    return Office(
        code=code,
        title=record.title,
        person=record.person or "",
        address=record.email,
        mark=mark,
        tone=tone,
        reports_to=_title(record.reports_to, roster.owners),
        stand_in=_title(record.delegate, roster.owners),
        owns=record.owns,
        items=tuple((one.id, one.title) for one in situation.plan.items.values() if accountable.get(one.id) == code),
        open=len(owes.owes) if owes else 0,
        overdue=owes.overdue if owes else 0,
    )


def _mark(address: str, roster: Roster) -> tuple[str, Tone]:
    if not address:
        return phrase("nobody"), "late"
    if address in roster.unreachable:
        return phrase("refused"), "late"
    return (phrase("placeholder"), "soon") if is_placeholder(address) else ("", "quiet")


def _away(one: Absence, owners: Owners, as_of: date) -> Away:
    stand_in = one.delegate or owners.offices[one.office].delegate
    return Away(
        title=_title(one.office, owners),
        days=phrase("{first} to {last}", first=in_words(one.first_day), last=in_words(one.last_day)),
        is_now=one.first_day <= as_of,
        stand_in=_title(stand_in, owners),
    )


def _handed_over(one: Handover, roster: Roster) -> HandedOver:
    before = roster.accountable(as_of=one.first_day - timedelta(days=1))
    return HandedOver(
        title=_title(one.office, roster.owners),
        to=_title(one.to, roster.owners),
        first_day=in_words(one.first_day),
        items=counted(sum(before.get(code) == one.office for code in roster.plan.items), "item"),
    )


def _title(office: str | None, owners: Owners) -> str:
    return owners.offices[office].title if office in owners.offices and office is not None else office or ""
