"""What the paper says after the priorities: slips, missing answers, unattended measures, restatements and milestones.

Each list is told as its first lines and a sentence on the rest of them.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from notifications.rollup import parts, wording
from notifications.rollup.gravest import Cut, cut, cut_offices
from notifications.rollup.paper_plan import marked
from notifications.rollup.parts import Slips
from plan.owing import UNATTENDED_DAYS
from plan.rollup import ComingMilestone, Missing, OfficeLine, PlanLine, Restatement, Rollup, SlipLine, Unattended
from plan.wording import counted, in_words

MOST_LINES = 40
"""How many lines of a list are printed."""

_T = TypeVar("_T")
_Told = dict[str, Any]


def slips(rollup: Rollup) -> _Told:
    """Return the slips that have a corrective plan, those that have none, and those that are over."""
    found = parts.slips(rollup)
    return {
        "summary": _slipped(found) if rollup.slips else wording.NO_SLIP,
        "planned": _lines(found.planned, "slip", _slip),
        "unplanned": _lines(found.unplanned, "slip", _slip),
        "over": _lines(found.over, "slip", _slip),
    }


def offices(rollup: Rollup) -> _Told:
    """Return what each office owed, and what has not come, the oldest first."""
    missing = parts.missing(rollup)
    return {
        "asked": _cut_lines(cut_offices(rollup.offices, MOST_LINES), "office", _office),
        "nothing_owed": "" if rollup.offices else wording.NOTHING_OWED,
        "missing": _lines(missing, "missing answer", _missing),
        "summary": f"{wording.missing_count(rollup)}." if missing else wording.NOTHING_MISSING,
    }


def unattended(rollup: Rollup) -> _Told:
    """Return the measures of which nothing is heard."""
    number = len(rollup.unattended)
    heard = f"Nothing has been heard of {counted(number, 'measure')} for {UNATTENDED_DAYS} days or more."
    return {
        "summary": heard if number else wording.NONE_UNATTENDED,
        "measures": _lines(rollup.unattended, "unattended measure", _unattended),
    }


def restatements(rollup: Rollup) -> _Told:
    """Return the figures that became others since the rollup before."""
    units = {one.id: one.unit for one in rollup.measures}
    return {
        "summary": "" if rollup.restatements else wording.no_restatement(rollup),
        "figures": _lines(rollup.restatements, "restatement", lambda one: _restatement(one, units.get(one.measure, ""))),
    }


def milestones(rollup: Rollup) -> _Told:
    """Return the milestones that come before the next rollup."""
    return {"summary": wording.until_next(rollup), "coming": _lines(rollup.milestones, "milestone", _milestone)}


def _lines(lines: Sequence[_T], what: str, as_told: Callable[[_T], _Told]) -> _Told:
    return _cut_lines(cut(lines, MOST_LINES), what, as_told)


def _cut_lines(found: Cut[_T], what: str, as_told: Callable[[_T], _Told]) -> _Told:
    return {"lines": [as_told(one) for one in found.lines], "rest": wording.more(found.more, what)}


def _slipped(slips: Slips) -> str:
    planned, lasting = len(slips.planned), len(slips.planned) + len(slips.unplanned)
    came_back = f"{counted(len(slips.over), 'measure') if slips.over else 'none'} came back since the rollup before."
    if not lasting:
        return f"No measure is slipping; {came_back}"
    have = "measure has" if lasting == 1 else "measures have"
    return f"{lasting:,} {have} slipped, {planned:,} with a corrective plan; {came_back}"


def _slip(one: SlipLine) -> _Told:
    return {
        "id": one.measure,
        "title": one.title,
        "steward": one.steward,
        "mark": marked(one.status),
        "since": f"since {in_words(one.since)}",
        "over": in_words(one.over_on) if one.over_on else "",
        "reason": " ".join(filter(None, (one.reason, one.not_followed))),
        "plan_due": in_words(one.plan_due),
        "plan": _plan(one.plan) if one.plan else None,
    }


def _plan(plan: PlanLine) -> _Told:
    return {
        "cause": plan.cause,
        "step": plan.step,
        "done_by": in_words(plan.done_by),
        "effect": plan.effect,
        "by": plan.by,
        "known": in_words(plan.known_on),
    }


def _office(line: OfficeLine) -> _Told:
    counts = (line.asked, line.on_time, line.late, line.waived, len(line.missing))
    return {"office": line.office, "counts": [f"{count:,}" for count in counts]}


def _missing(owed: tuple[str, Missing]) -> _Told:
    office, one = owed
    return {
        "id": one.item,
        "title": one.title,
        "office": office,
        "owes": wording.owed(one),
        "due": in_words(one.due),
        "mark": marked(one.status),
    }


def _unattended(one: Unattended) -> _Told:
    return {
        "id": one.measure,
        "title": one.title,
        "steward": one.steward,
        "last": wording.heard(one),
        "days": wording.DASH if one.days is None else f"{one.days:,}",
    }


def _restatement(one: Restatement, unit: str) -> _Told:
    return {
        "id": one.measure,
        "title": one.title,
        "year": one.school_year,
        "was": wording.restated(one.was, unit),
        "now": wording.restated(one.now, unit),
        "known": in_words(one.known_on),
        "source": one.source,
    }


def _milestone(one: ComingMilestone) -> _Told:
    return {
        "id": one.measure,
        "title": one.title,
        "steward": one.steward,
        # A deliverable's milestone is named after its day, which stands in the table anyway.
        "name": "" if one.name == one.due.isoformat() else one.name,
        "expected": wording.figure(one.expected, one.unit),
        "due": in_words(one.due),
    }
