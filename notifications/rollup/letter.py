"""The letter that brings the rollup to one reader: where the plan stands, what moved, what is asked; the rest is attached."""

from dataclasses import dataclass

from notifications.render import Rendered, one_line, render
from notifications.rollup import wording
from notifications.rollup.wording import COLOURS, TINTS, Mark, mark, shortened
from plan.phrase import Language, phrase
from plan.rollup import Ask, Movement, PriorityLine, Rollup

_LONGEST = 400
"""Characters of a text that somebody wrote; mail programs cut off letters that are too large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the plan or a priority stands."""

    title: str
    outcome: Mark
    implementation: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A movement: the sign, what moved from where to where, and why."""

    change: Mark
    words: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the board, of which items, and which offices they belong to."""

    sentence: str
    items: str
    offices: str


def write(rollup: Rollup, *, base_url: str, release_link: str = "", language: Language = "en") -> Rendered:
    """Return what the letter with a rollup says.

    Args:      base_url: where the plan's pages are
               release_link: where the board's copy is released, for who may do so; empty for everybody else
               language: the one of the reader's office; what of a rollup is plain text stays as it is
    """
    return render(
        "rollup",
        language=language,
        plan_title=_brief(rollup.title),
        organisation=_brief(rollup.organisation),
        period=rollup.period,
        is_draft=rollup.is_draft,
        title=wording.title(rollup),
        stand=wording.stand(rollup),
        coverage=wording.coverage(rollup),
        plan=_of_the_plan(rollup),
        priorities=[_of_a_priority(one) for one in rollup.priorities],
        movements=[_moved(one) for one in wording.biggest(rollup)],
        no_movement=wording.no_movement(rollup),
        asks=[_asked(one) for one in rollup.asks],
        nothing_asked=wording.NOTHING_ASKED,
        headings=wording.HEADINGS,
        colours=COLOURS,
        tints=TINTS,
        base_url=base_url,
        release_link=release_link,
    )


def _of_the_plan(rollup: Rollup) -> Standing:
    outcome, implementation = mark(rollup.outcome.status), mark(rollup.implementation.status)
    return Standing(title=phrase("The plan as a whole"), outcome=outcome, implementation=implementation)


def _of_a_priority(one: PriorityLine) -> Standing:
    return Standing(
        title=_brief(f"{one.id} {one.title}"), outcome=mark(one.outcome.status), implementation=mark(one.implementation.status)
    )


def _moved(one: Movement) -> Moved:
    words = phrase("{moved} ({aspect})", moved=wording.moved(one), aspect=wording.aspect(one))
    return Moved(change=wording.change_of(one), words=_brief(words), reason=_brief(one.reason))


def _asked(one: Ask) -> Asked:
    items, offices = wording.named(one.items), wording.named(one.offices)
    return Asked(sentence=_brief(one.sentence), items=_brief(items), offices=_brief(offices))


def _brief(text: str) -> str:
    return shortened(one_line(text), _LONGEST)
