"""Evidence that is filed by item and period: what it is filed under, what of it is new, which addresses still count."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from plan.duties import Duties
from plan.facts import Evidence, Facts
from plan.implementation import ends_on
from plan.model import Plan
from plan.periods import Period, SchoolYear, read_period


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address among the evidence that is still valid, with all that was given by it."""

    address: str
    given: tuple[Evidence, ...]


def period_named(text: str) -> Period:
    """Read "2026-27-Q1", "2026-27 Q1" or "2026-27".

    Raises:    ValueError: it is neither a quarter nor a school year
    """
    try:
        return read_period(re.sub(r"-(?=Q\d$)", " ", text))
    except ValueError:
        said = f'"{text}" is neither a quarter nor a school year'
        raise ValueError(f"{said}; write it as in 2026-27-Q1 or 2026-27") from None


def name_of(period: Period) -> str:
    """Return the name that a folder for a period has."""
    return str(period).replace(" ", "-")


def item_named(code: str, plan: Plan) -> str:
    """Read the code of an item.

    Raises:    ValueError: there is none of this code
    """
    if code not in plan.items:
        raise ValueError(f'"{code}" is not an item of the plan; plankeeper status lists them')
    return code


def owed_period(text: str, code: str, duties: Duties) -> Period:
    """Read a period for which an item owes something.

    Raises:    ValueError: it is no period, or the item owes nothing for it
    """
    period = period_named(text)
    owed = [one.period for one in duties.of(duties.plan.items[code])]
    if period in owed:
        return period
    near = [one for one in owed if _year(one) == _year(period)] or owed
    raise ValueError(f"{code} owes nothing for {period}; choose of what it owes: {', '.join(map(name_of, near))}")


def new_evidence(filed: Iterable[Evidence], facts: Facts) -> tuple[Evidence, ...]:
    """Return the evidence that is no fact yet, in its order.

    The same file, by its digest, or the same address, is one fact for an item and period, whenever it is looked at and
    whatever the file is called by then. A file that was changed is another one.

    Args:      facts: all that is known, also what became known later than the day that is worked for
    """
    known = {_same(fact) for fact in facts.every if isinstance(fact, Evidence)}
    first: dict[tuple[str, Period, str, str], Evidence] = {}
    for one in filed:
        first.setdefault(_same(one), one)
    return tuple(one for same, one in first.items() if same not in known)


def links(facts: Facts, plan: Plan, *, as_of: date) -> tuple[Link, ...]:
    """Return the addresses among the evidence that is valid on a day, for what is in the plan, in its order."""
    given: dict[str, list[Evidence]] = {}
    for one in (evidence for code in plan.items for evidence in facts.evidence(code)):
        is_valid = as_of < ends_on(one, plan.settings.evidence_valid_months)
        if is_valid and one.reference.casefold().startswith(("https://", "http://")):
            given.setdefault(one.reference, []).append(one)
    return tuple(Link(address=address, given=tuple(evidence)) for address, evidence in given.items())


def _same(one: Evidence) -> tuple[str, Period, str, str]:
    """Return what makes evidence the same: its digest, and only where it has none its reference."""
    return one.item, one.period, one.sha256, "" if one.sha256 else one.reference


def _year(period: Period) -> SchoolYear:
    return period if isinstance(period, SchoolYear) else period.year
