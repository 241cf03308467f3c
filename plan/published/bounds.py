"""Rules for what is to stay at a figure, above it or below it: "90% or better", "between 4-5", "(240+)", "will be at 75%"."""

import re
from collections.abc import Sequence
from decimal import Decimal

from plan.model import Threshold
from plan.published.figures import AMOUNT, UNIT, Told, amount, amounts
from plan.published.reading import (
    ANY_VERB,
    BETTER,
    IS_YEARLY,
    LOWER_IS_BETTER,
    THE,
    WORSE,
    Around,
    Reading,
    deadline,
    narrative,
)

_BETWEEN = re.compile(rf"\bbetween {THE}(?P<low>{AMOUNT})(?:{UNIT})? ?(?:-|and|to) ?(?P<high>{AMOUNT})(?!\w)")
_AT_LEAST = (
    rf"\((?P<n>{AMOUNT}) ?%? ?\+\)",
    rf"(?<![\w.-])(?P<n>{AMOUNT})(?:{UNIT})? ?\+(?!\w)",
    rf"\bat least (?P<n>{AMOUNT})(?!\w)",
    rf"\b(?:a )?minimum (?:of |is )?(?P<n>{AMOUNT})(?!\w)",
    rf"\b(?:no|not) (?:fewer|less|lower) than (?P<n>{AMOUNT})(?!\w)",
    rf"\bmeets? or exceeds? {THE}(?P<n>{AMOUNT})(?!\w)",
    rf"(?P<n>{AMOUNT})(?:{UNIT})?(?: [a-z]+){{0,2}}? {BETTER}\b",
    rf"{BETTER} (?:for|by|among|in) (?:at least )?(?P<n>{AMOUNT})(?!\w)",
    rf"\b(?P<strict>(?<!no )(?<!not )more than|above|over|greater than|higher than) (?P<n>{AMOUNT})(?!\w)",
    rf"\b(?P<strict>(?<!or )(?<!not )exceed(?:s|ing)?) (?P<n>{AMOUNT})(?!\w)",
)
_AT_MOST = (
    rf"\bat most (?P<n>{AMOUNT})(?!\w)",
    rf"\b(?:a )?maximum (?:of |is )?(?P<n>{AMOUNT})(?!\w)",
    rf"\b(?:no|not) (?:more|higher|greater) than (?P<n>{AMOUNT})(?!\w)",
    rf"\b(?:not|never) (?:to )?exceed (?P<n>{AMOUNT})(?!\w)",
    rf"(?P<n>{AMOUNT})(?:{UNIT})?(?: [a-z]+){{0,2}}? {WORSE}\b",
    rf"\b(?P<strict>(?<!no )(?<!not )(?:less|fewer|lower) than|below|under) (?P<n>{AMOUNT})(?!\w)",
)
_BARE_COUNT = re.compile(rf"\((?P<n>{AMOUNT})\)")


def bounds(said: Told, _around: Around) -> Reading | None:
    """Read "between 4-5", "90% or better", "(240+)", "at 8.8% or less" and their like."""
    notes: list[str] = []
    by = deadline(said, notes)
    between = list(_BETWEEN.finditer(said.text))
    if len(between) == 1:
        band = Threshold(kind="threshold", at_least=amount(between[0]["low"]), at_most=amount(between[0]["high"]), by=by)
        return Reading(target=band, notes=tuple(notes))
    least, most = _bound(said, _AT_LEAST, notes), _bound(said, _AT_MOST, notes)
    counts = list(_BARE_COUNT.finditer(said.text))
    if len(counts) == 1 and least:  # without a bound, a number in brackets may be anything
        least = {amount(counts[0]["n"])}
        notes.append(f"({counts[0]['n']}) is read as how many are to reach it")
    if len(least) > 1 or len(most) > 1:
        return narrative("it names more than one bound; make a measure of each")
    if not least and not most:
        return None
    low, high = next(iter(least), None), next(iter(most), None)
    return Reading(target=Threshold(kind="threshold", at_least=low, at_most=high, by=by), notes=tuple(notes))


def _bound(said: Told, patterns: Sequence[str], notes: list[str]) -> set[Decimal]:
    values: set[Decimal] = set()
    for pattern in patterns:
        for found in re.finditer(pattern, said.text):
            values.add(amount(found["n"]))
            if found.groupdict().get("strict"):
                notes.append(f'"{found["strict"]}" leaves {found["n"]} itself out, and a bound does not')
    return values


_TO_REACH = re.compile(
    rf"\b(?:to|be|is|are|at|of|reach(?:es|ing)?|achieve|attain|maintain|keep|remain|meet|earn|score) {THE}(?P<n>{AMOUNT})"
    rf"(?P<unit>{UNIT})?(?![\w%-])"
)
_SHARE_OF = re.compile(rf"(?<![\w.-])(?P<n>{AMOUNT}) ?(?:%|percent) of\b")


def to_reach(said: Told, _around: Around) -> Reading | None:
    """Read "to 4 by W", "will be at 75%", "90% of teachers will": one figure that is to be reached."""
    found = [*_TO_REACH.finditer(said.text), *_SHARE_OF.finditer(said.text)]
    values = {amount(one["n"]) for one in found}
    notes: list[str] = []
    by = deadline(said, notes)
    is_yearly = bool(IS_YEARLY.search(said.text))
    if len(values) != 1 or len(set(amounts(said.text))) != 1 or not (by or is_yearly or _in_percent(said)):
        return None
    verb = ANY_VERB.search(said.text)
    least = bool(verb["up"]) if verb else not LOWER_IS_BETTER.search(said.text)
    value = next(iter(values))
    if not verb:
        notes.append(f"the figure is read as at {'least' if least else 'most'} {value}")
    if by is None and not is_yearly:
        notes.append("no year is named: it is to be kept each year")
    low, high = (value, None) if least else (None, value)
    return Reading(target=Threshold(kind="threshold", at_least=low, at_most=high, by=by), notes=tuple(notes))


def _in_percent(said: Told) -> bool:
    return "%" in said.text or "percent" in said.text
