"""All that the paper of a rollup says, in its order: words, signs and figures, which the template only lays out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from notifications.rollup import wording
from notifications.rollup.paper_lists import milestones, offices, restatements, slips, unattended
from notifications.rollup.paper_plan import marked, priorities, summed
from notifications.rollup.paper_text import LACKING, fit
from notifications.rollup.paper_years import all_years
from notifications.rollup.wording import ELLIPSIS, shortened
from plan.rollup import Ask, Movement, PriorityLine, Rollup, Summed
from plan.wording import listed

# The first page is one page, so its texts are shorter and its lists are, too.
_MOST_PRIORITIES, _MOST_ASKS, _BRIEF, _BRIEFER = 8, 4, 150, 80


def told(rollup: Rollup, pictures: Mapping[str, str], *, seal: str) -> dict[str, Any]:
    """Return everything that the paper says, fit to be printed.

    Args:      pictures: the names of the files of charts, by measure
    """
    said: dict[str, Any] = fit(
        {
            "title": wording.title(rollup),
            "plan": rollup.title,
            "organisation": rollup.organisation,
            "stand": f"{wording.stand(rollup)}.",
            "headings": wording.HEADINGS,
            "seal": seal[: wording.SEAL_DIGITS],
            "answers": _answers(rollup),
            "priorities": priorities(rollup, pictures),
            "slips": slips(rollup),
            "offices": offices(rollup),
            "unattended": unattended(rollup),
            "restatements": restatements(rollup),
            "milestones": milestones(rollup),
            "annual": all_years(rollup) if rollup.is_annual else None,
            "method": list(wording.method(rollup)),
        }
    )
    return said | {"notes": list(_notes(str(said))), "looks": _looks(rollup)}


def _looks(rollup: Rollup) -> dict[str, Any]:
    return {
        "draft": rollup.is_draft,
        "day": [rollup.frozen_on.year, rollup.frozen_on.month, rollup.frozen_on.day],
        "ink": wording.INK,
        "quiet": wording.QUIET,
        "rule": wording.RULE,
        "accent": wording.ACCENT,
        "colours": wording.COLOURS,
        "tints": wording.TINTS,
    }


def _notes(said: str) -> Iterator[str]:
    """Yield what a reader has to know of how texts were made fit."""
    if LACKING in said:
        yield f"{LACKING} stands for a character that this typeface lacks; the workbook has the text as it was written."
    if ELLIPSIS in said:
        yield f"A text that ends in {ELLIPSIS} is longer than printed here; the workbook has all of it."


def _answers(rollup: Rollup) -> dict[str, Any]:
    biggest = wording.biggest(rollup)
    return {
        "organisation": shortened(rollup.organisation, _BRIEFER),
        "plan": shortened(rollup.title, _BRIEFER),
        "outcome": _briefly(rollup.outcome),
        "implementation": _briefly(rollup.implementation),
        "coverage": wording.coverage(rollup),
        "priorities": [_priority(one) for one in rollup.priorities[:_MOST_PRIORITIES]],
        "more_priorities": _more_priorities(len(rollup.priorities) - _MOST_PRIORITIES),
        "movements": [_movement(one) for one in biggest],
        "no_movement": "" if biggest else wording.no_movement(rollup),
        "all_movements": _all_movements(rollup),
        "asks": [_ask(one) for one in rollup.asks[:_MOST_ASKS]],
        "nothing_asked": "" if rollup.asks else wording.NOTHING_ASKED,
        "more_asks": wording.more(len(rollup.asks) - _MOST_ASKS, "question"),
    }


def _briefly(found: Summed) -> dict[str, Any]:
    said = summed(found)
    return said | {"reason": shortened(said["reason"], _BRIEF)}


def _priority(one: PriorityLine) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": shortened(one.title, _BRIEFER),
        "outcome": marked(one.outcome.status),
        "measures": wording.rated(one.outcome),
        "implementation": marked(one.implementation.status),
        "actions": wording.reported(one.implementation),
    }


def _more_priorities(more: int) -> str:
    if more <= 0:
        return ""
    return "1 more priority follows on its own page." if more == 1 else f"{more:,} more priorities follow on their own pages."


def _movement(one: Movement) -> dict[str, Any]:
    return {
        "mark": asdict(wording.change_of(one)),
        "said": shortened(wording.moved(one), _BRIEF),
        "reason": shortened(one.reason, _BRIEF),
    }


def _all_movements(rollup: Rollup) -> str:
    number = len(rollup.movements)
    if rollup.before is None or not number:
        return ""
    changed = "1 status" if number == 1 else f"{number:,} statuses"
    return f"{changed} changed since {rollup.before}; beside each stands what it was."


def _ask(one: Ask) -> dict[str, Any]:
    return {
        "sentence": shortened(one.sentence, _BRIEF),
        "items": shortened(wording.named(one.items), 2 * _BRIEF),
        "offices": shortened(listed(one.offices, most=8), 2 * _BRIEF),
    }
