"""Rules for what is to change each year against the year before."""

import re
from decimal import Decimal

from plan.model import Change
from plan.published.figures import AMOUNT, UNIT, Told, amount, amounts
from plan.published.reading import ANY_VERB, BETTER, DOWN, IS_YEARLY, PERCENTAGE, UP, VERB, Around, Reading, narrative

_BAND = rf"(?P<low>{AMOUNT})(?P<one>{UNIT})?(?: ?(?:-|to|and) ?(?P<high>{AMOUNT}))?(?P<unit>{UNIT})?"
_ANNUAL_CHANGE = re.compile(rf"\bannual (?:(?:{UP}|{DOWN}|growth|reductions?)\b)")
_AT_MOST = ("up to ", "at most ", "no more than ")
CHANGE = re.compile(
    rf"{VERB}(?:(?!\b(?:{UP}|{DOWN})\b).)*?\bby (?P<bound>at least |a minimum of |up to |at most |no more than )?"
    rf"(?:between |from )?{_BAND}(?P<after> {BETTER})?(?![\w%{{])"
)


def yearly_change(said: Told, _around: Around) -> Reading | None:
    """Read "decrease by 5-10% each year" and "annually increase"."""
    if not IS_YEARLY.search(said.text) and not _ANNUAL_CHANGE.search(said.text):
        return None
    every = list(CHANGE.finditer(said.text))
    if len(every) > 1:
        return narrative("it names more than one change a year; make a measure of each")
    if not every:
        return _any_change(said)
    return _banded(every[0], said)


def _banded(found: re.Match[str], said: Told) -> Reading:
    """Return the change of an amount, or of a band from one to another."""
    low, high = amount(found["low"]), amount(found["high"]) if found["high"] else None
    if high is None and found["bound"] in _AT_MOST:
        low, high = Decimal(0), low
    in_percent = unit_of_change(found) in ("%", "percent")
    of_a_percentage = in_percent and is_a_percentage(said, found)
    change = Change(
        kind="change",
        direction="increase" if found["up"] else "decrease",
        measured_in="percent" if in_percent and not of_a_percentage else "absolute",
        at_least=low,
        at_most=high,
    )
    if of_a_percentage:
        note = "the measure is a percentage itself, so the change is counted in percentage points"
        return Reading(target=change, notes=(note,), unit="percent")
    return Reading(target=change)


def unit_of_change(found: re.Match[str]) -> str:
    """Return the unit as it stands after a change's amount; empty where there is none."""
    return (found["unit"] or found["one"] or "").strip()


def is_a_percentage(said: Told, found: re.Match[str]) -> bool:
    """Return whether the measure is one, by the words before its change."""
    return bool(PERCENTAGE.search(said.text[: found.start("low")]))


def _any_change(said: Told) -> Reading | None:
    """Read an increase or decrease that is wanted each year without an amount."""
    verb = ANY_VERB.search(said.text)
    growth = re.search(r"annual (?:(?P<up>growth)|(?P<down>reductions?))", said.text)
    found = verb or growth
    if not found or any(amounts(said.text)):
        return None
    note = f"no amount is named: any {'increase' if found['up'] else 'decrease'} against the year before counts"
    change = Change(kind="change", direction="increase" if found["up"] else "decrease")
    return Reading(target=change, notes=(note,))
