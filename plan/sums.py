"""Many statuses become one: the outcome and the implementation of objectives, priorities and the plan.

Unknown is neither zero nor green: it counts against coverage, and with too little coverage there is no status at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from plan.phrase import phrase, template
from plan.wording import in_plain_words

Noun = Literal["measures", "actions"]
POINTS = {
    "met": 4,
    "achieved": 4,
    "on_track": 3,
    "watch": 2,
    "at_risk": 2,
    "off_track": 1,
    "declined": 0,
    "missed": 0,
    "not_achieved": 0,
}
"""What each status is worth (rules.md 6)."""
COVERAGE = Decimal("0.8")
"""The share of the weight due that has to be rated for a status."""
NO_STATUS = NOT_RATED, INSUFFICIENT = "not_rated", "insufficient_data"
"""What a sum is called where nothing is due, and where too little of it is rated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The words that a score becomes, best first, each with the score from which it holds."""

    best: str
    from_score: tuple[tuple[Decimal, str], ...]
    capped: str
    """The best that is left when a child has failed."""

    def word(self, score: Decimal, *, all_best: bool) -> str:
        """Return the word of a score; the best one only when every child has it."""
        if all_best:
            return self.best
        return next(word for least, word in self.from_score if score >= least)


OUTCOME = Scale(
    best="met",
    from_score=(
        (Decimal("2.5"), "on_track"),
        (Decimal("1.5"), "watch"),
        (Decimal("0.5"), "off_track"),
        (Decimal(0), "declined"),
    ),
    capped="watch",
)
IMPLEMENTATION = Scale(
    best="achieved",
    from_score=(
        (Decimal("2.5"), "on_track"),
        (Decimal("1.5"), "at_risk"),
        (Decimal("0.5"), "off_track"),
        (Decimal(0), "not_achieved"),
    ),
    capped="at_risk",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What is summed up: a measure, an action, or what has been summed up already."""

    code: str
    status: str
    weight: Decimal = Decimal(1)
    rated: int = 1
    due: int = 1
    capped_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One status for many, with its score, its counts and the child that capped it."""

    status: str
    score: Decimal | None
    rated: int
    due: int
    capped_by: str | None
    reason: str


def sum_up(children: Sequence[Child], scale: Scale, *, noun: Noun) -> Sum:
    """Return one status for children by their weighted points.

    Args:      noun: what is counted, in the plural, for the reason ("measures", "actions")
    Source:    rules.md 6
    """
    due = [child for child in children if child.due]
    rated = [child for child in due if child.status in POINTS]
    counts = {"rated": sum(child.rated for child in due), "due": sum(child.due for child in due)}
    said = phrase(_COUNTED[noun], **counts)
    if not due:
        return Sum(status=NOT_RATED, score=None, capped_by=None, reason=phrase(_NONE_DUE[noun]), **counts)
    weight, weight_due = sum((child.weight for child in rated), Decimal(0)), sum((child.weight for child in due), Decimal(0))
    if not rated or weight < COVERAGE * weight_due:
        few = phrase("{said}, fewer than {share} of their weight, so no status is given.", said=said, share=f"{COVERAGE:.0%}")
        return Sum(status=INSUFFICIENT, score=None, capped_by=None, reason=few, **counts)
    score = sum((child.weight * _points(child) for child in rated), Decimal(0)) / weight
    word = scale.word(score, all_best=len(rated) == len(due) and all(child.status == scale.best for child in rated))
    worst = min(rated, key=_points)
    failed = POINTS[worst.status] <= POINTS["off_track"]
    capped_by = (worst.capped_by or worst.code) if failed else None
    if failed and POINTS[word] > POINTS[scale.capped]:
        capped = phrase(
            "{said}, score {score}; {item} is {status}, so it is {at_best} at best.",
            said=said,
            score=f"{score:.2f}",
            item=capped_by,
            status=in_plain_words(worst.status),
            at_best=in_plain_words(scale.capped),
        )
        return Sum(status=scale.capped, score=score, capped_by=capped_by, reason=capped, **counts)
    reason = phrase("{said}, score {score}.", said=said, score=f"{score:.2f}")
    return Sum(status=word, score=score, capped_by=capped_by, reason=reason, **counts)


_COUNTED: dict[Noun, str] = {
    "measures": template("{rated} of {due} measures rated"),
    "actions": template("{rated} of {due} actions reported"),
}
_NONE_DUE: dict[Noun, str] = {
    "measures": template("No measures are due yet."),
    "actions": template("No actions are due yet."),
}


def _points(child: Child) -> Decimal:
    """Return what a child is worth: by its status, so that what capped it counts for its parent too."""
    return Decimal(POINTS[child.status])
