"""Who gave an answer, a stand-in with both names; and who is told that it was kept."""

from collections.abc import Callable
from datetime import date

from plan.owners import Office, Owners, Person, Roster
from plan.told import Told


def answered_by(by: str, item: str, roster: Roster, *, as_of: date) -> str:
    """Return how the author of an answer is kept: an office by its title, a stand-in also with whom it stands in for.

    Args:      by: an office as `offices_meant` knows it, or any other words, which stay; empty: the office that answers for it
    Returns:   as in "Director of Professional Learning (for Director of Recruitment)" where a delegate answers
    """
    owner, title = roster.accountable(as_of=as_of).get(item), roster.office_title(item, as_of=as_of)
    meant = offices_meant(by, roster.owners)
    if owner in meant or not by.strip():
        return title
    standing_in = next((office for office in roster.stand_ins(item, as_of=as_of) if office in meant), None)
    if standing_in is not None:
        return f"{roster.owners.offices[standing_in].title} (for {title})"
    return roster.owners.offices[meant[0]].title if meant else by.strip()


def told_of_answer(by: str, item: str, roster: Roster, *, as_of: date) -> tuple[Person, ...]:
    """Return who is told that an answer was kept: who is asked first, and a stand-in besides if the answer came from there.

    Args:      by: the author as `answered_by` gave it; as_of: the day on which the answer became known
    """
    stood_in = (one for one in roster.stand_ins(item, as_of=as_of) if answered_by(one, item, roster, as_of=as_of) == by)
    first = (roster.owner(item, as_of=as_of), *(next(iter(roster.readers((one,), as_of=as_of)), None) for one in stood_in))
    return tuple({person.address: person for person in first if person is not None}.values())


def may_answer(address: str, roster: Roster, *, as_of: date) -> tuple[str, ...]:
    """Return the items, in the plan's order, for which whoever reads mail at an address may answer on a day.

    Those are the items of which the address is asked, as owner, stand-in or delegate, and those of an office that it fills.
    """
    theirs = {code for code, office in roster.owners.offices.items() if address and office.email == address}
    accountable = roster.accountable(as_of=as_of)

    def is_asked(code: str) -> bool:
        return any(person.address == address for person in roster.people_in(("owner", "delegate"), code, as_of=as_of))

    return tuple(code for code in roster.plan.items if accountable.get(code) in theirs or is_asked(code))


def may_look(address: str, roster: Roster, told: Told, *, as_of: date) -> tuple[str, ...]:
    """Return the items, in the plan's order, that whoever reads mail at an address may look at on a day.

    Those are the items for which the address may answer, those of which it was told, all that is owned by offices below one
    that it fills, and everything for who keeps the plan and for who leads the cabinet.
    """
    theirs = {code for code, office in roster.owners.offices.items() if office.email == address}
    if theirs & {roster.owners.plan_administrator, roster.owners.cabinet_lead}:
        return tuple(roster.plan.items)
    known = {*may_answer(address, roster, as_of=as_of), *told.last_told(address)}
    accountable = roster.accountable(as_of=as_of)
    return tuple(
        code for code in roster.plan.items if code in known or not theirs.isdisjoint(roster.line_above(accountable.get(code)))
    )


def looks_after(code: str, roster: Roster, *, as_of: date) -> Person | None:
    """Return who says whether an item's evidence shows what it has to show: the objective's lead, never the owner.

    Where the lead owns the item, it is the first above the owner that somebody fills, else who keeps the plan; None if there is
    nobody but the owner.

    Source:    web.md; acceptance by the objective's lead, and by someone other than the owner
    """
    owner, accountable = roster.accountable(as_of=as_of).get(code), roster.accountable(as_of=as_of)
    lead = accountable.get(roster.plan.objective_of(code).id)
    in_turn = (lead, *roster.line_above(owner), roster.owners.plan_administrator)
    people = (person for office in in_turn if office for person in roster.readers((office,), as_of=as_of)[:1])
    own = {roster.owners.offices[owner].email} if owner else set()
    return next((person for person in people if person.office != owner and person.address not in own), None)


def offices_meant(words: str, owners: Owners) -> tuple[str, ...]:
    """Return the codes of the offices that words name: by code or title, else by who fills them or by address."""
    named = _plain(words)
    if not named:
        return ()
    ways: tuple[Callable[[str, Office], set[str]], ...] = (_called, _filled_by)
    found = (tuple(code for code, office in owners.offices.items() if named in names(code, office)) for names in ways)
    return next(filter(None, found), ())


def _called(code: str, office: Office) -> set[str]:
    return {_plain(code), _plain(office.title)}


def _filled_by(_code: str, office: Office) -> set[str]:
    return {_plain(office.person or ""), office.email}


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold().removeprefix("the ")
