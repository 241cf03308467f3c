"""What the commands print as JSON: the forms that other programs rely on (docs/schema and the changelog keep them stable)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ledger.records import Letter, Posted
from plan.digests import HeldBack
from plan.ladder import Notice, Situation
from plan.model import Action, Item, LongTermMeasure, Objective, Trajectory
from plan.standing import standing

NOT_RATED = "Measures are collected but not judged yet."


def status_form(situation: Situation, *, as_of: date) -> dict[str, Any]:
    """Return every status of the plan on a day."""
    plan = situation.plan
    return {
        "plan": plan.id,
        "as_of": as_of.isoformat(),
        "school_year": str(plan.school_year_of(as_of)),
        "quarter": str(plan.quarter_of(as_of)),
        "priorities": [
            {"id": priority.id, "title": priority.title, **_sums(list(priority.objectives), situation, as_of)}
            for priority in plan.priorities
        ],
        "objectives": [
            {
                "id": objective.id,
                "priority": plan.lines[objective.id][-1],
                "title": objective.title,
                **_sums([objective], situation, as_of),
                "reading": None,
                "obligation": _obligation(objective, situation, as_of),
            }
            for objective in plan.objectives
        ],
        "actions": [_action(action, situation, as_of) for action in plan.actions],
        "progress_measures": [
            {
                "id": measure.id,
                "objective": plan.lines[measure.id][-2],
                "title": measure.title,
                "owner": situation.roster.office_title(measure.id),
                "obligation": _obligation(measure, situation, as_of),
            }
            for measure in plan.progress_measures
        ],
        "measures": [_measure(measure, situation, as_of) for measure in plan.long_term_measures],
    }


def mail_form(letter: Letter, *, text: str | None = None, html: str | None = None) -> dict[str, Any]:
    """Return a mail; without text and HTML where they are not given."""
    said = {} if text is None or html is None else {"text": text, "html": html}
    return {
        "to": letter.address,
        "office": letter.office,
        "kind": letter.kind,
        "subject": letter.subject,
        "message_id": letter.message_id,
        **said,
        "notices": [notice_form(notice) for notice in letter.notices],
    }


def notice_form(notice: Notice) -> dict[str, Any]:
    """Return a notice."""
    return {
        "item": notice.item,
        "period": notice.period,
        "ladder": notice.ladder,
        "step": notice.step,
        "owes": notice.kind,
        "due": notice.due.isoformat(),
        "key": notice.key,
        "reason": notice.reason,
    }


def held_back_form(held_back: Iterable[HeldBack]) -> list[dict[str, Any]]:
    """Return what is held back."""
    return [{"to": held.notice.to.address, "item": held.notice.item, "reason": held.reason} for held in held_back]


def posted_form(posted: Posted) -> dict[str, Any]:
    """Return a letter of the outbox."""
    return {
        "key": posted.key,
        "to": posted.address,
        "kind": posted.kind,
        "day": posted.day.isoformat(),
        "subject": posted.subject,
        "state": posted.state.value,
        "attempts": posted.attempts,
        "made_at": posted.made_at.isoformat(),
        "sent_at": posted.sent_at.isoformat() if posted.sent_at else None,
        "message_id": posted.message_id,
        "reason": posted.reason,
        "notices": [notice_form(notice) for notice in posted.notices],
    }


def _action(action: Action, situation: Situation, as_of: date) -> dict[str, Any]:
    last = situation.facts.last_check_in(action.id)
    return {
        "id": action.id,
        "objective": situation.plan.lines[action.id][-2],
        "title": action.title,
        "owner": situation.roster.office_title(action.id),
        "obligation": _obligation(action, situation, as_of),
        "implementation": {
            "status": last.implementation.value if last else "not_rated",
            "reported_on": last.known_on.isoformat() if last else None,
            "reason": f"{last.by} said so for {last.period}. {last.note}".strip() if last else "No check-in has come in.",
        },
        "evidence": {"status": "not_rated", "reason": NOT_RATED},
        "outcome": "not_rated",
    }


def _obligation(item: Item, situation: Situation, as_of: date) -> dict[str, Any] | None:
    owed = situation.duties.current(item, as_of=as_of)
    if owed is None:
        return None
    judged = standing(owed, duties=situation.duties, facts=situation.facts, told=situation.told, as_of=as_of)
    return {
        "status": judged.status.value,
        "owes": owed.kind,
        "period": str(owed.period),
        "due": owed.due.isoformat(),
        "reason": judged.reason,
    }


def _measure(measure: LongTermMeasure, situation: Situation, as_of: date) -> dict[str, Any]:
    way = measure.target if isinstance(measure.target, Trajectory) else None
    last = situation.facts.last_reading(measure.id)
    return {
        "id": measure.id,
        "objective": situation.plan.lines[measure.id][-2],
        "title": measure.title,
        "unit": measure.unit,
        "kind": measure.target.kind,
        "steward": situation.roster.office_title(measure.id),
        "school_year": None,
        "reading": None,
        "baseline": _number(way.baseline) if way else None,
        "expected": None,
        "target": _number(way.target) if way else None,
        "target_year": str(list(way.points)[-1]) if way else None,
        "share": None,
        "shortfall": None,
        "status": "not_rated",
        "reason": NOT_RATED,
        "last_known": {
            "school_year": str(last.period),
            "value": _number(last.value),
            "known_on": last.known_on.isoformat(),
        }
        if last
        else None,
        "forecast": None,
        "obligation": _obligation(measure, situation, as_of),
    }


def _sums(objectives: Sequence[Objective], situation: Situation, as_of: date) -> dict[str, Any]:
    """Return outcome and implementation of objectives together: how many actions were reported of those that are due."""
    actions = [action for objective in objectives for part in objective.parts() for action in part.actions]
    due = [owed for action in actions if (owed := situation.duties.current(action, as_of=as_of)) and owed.opens_on <= as_of]
    reported = sum(1 for owed in due if situation.facts.given(owed.kind, owed.item, owed.period))
    said = f"{reported} of {len(due)} check-ins have come in."
    return {
        "outcome": {"status": "not_rated", "score": None, "rated": 0, "due": 0, "capped_by": None, "reason": NOT_RATED},
        "implementation": {"status": "not_rated", "score": None, "reported": reported, "due": len(due), "reason": said},
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
