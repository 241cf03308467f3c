"""Who gave an answer: the office that answers for the item, one that stands in for it, with both names, or anybody else."""

from collections.abc import Callable
from datetime import date

from plan.owners import Office, Owners, Roster


def answered_by(by: str, item: str, roster: Roster, *, as_of: date) -> str:
    """Return how the author of an answer is kept: an office by its title, a stand-in also with whom it stands in for.

    Args:      by: an office as `offices_meant` knows it, or any other words, which stay; empty: the office that answers for it
    Returns:   as in "Director of Professional Learning (for Director of Recruitment)" where a delegate answers
    """
    owner, title = roster.accountable(as_of=as_of).get(item), roster.office_title(item, as_of=as_of)
    meant = offices_meant(by, roster.owners)
    if owner in meant or not by.strip():
        return title
    standing_in = next((office for office in meant if roster.stands_in(office, item, as_of=as_of)), None)
    if standing_in is not None:
        return f"{roster.owners.offices[standing_in].title} (for {title})"
    return roster.owners.offices[meant[0]].title if meant else by.strip()


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
