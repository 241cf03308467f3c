"""What a measure's figures count: percent, points, dollars, or whatever its sentence counts."""

import re

from plan.model import Change, Deliverable, Narrative, Target
from plan.published.figures import AMOUNT, Told, told
from plan.published.reading import PERCENTAGE

UNSURE = "what its figures count is not said; correct the unit"
_NUMBER_OF = re.compile(
    r"\bnumber of (?:the )?([a-z/ -]+?)(?= (?:from|to|by|in|with|who|that|at|for|will|is|are)\b|[,.;:(]|\d|$)"
)
_AFTER_FIGURE = re.compile(
    rf"(?:{AMOUNT})\+?\)? (?:(?!(?:or|in|per|to|by|for|of|with|and|at)\b)[a-z]+ ){{0,3}}?([a-z]{{3,}}(?<!s)(?<!us)s)\b"
)
_PEOPLE = re.compile(r"\b(students|seniors|graduates|learners|teachers|employees|families|parents|schools|campuses)\b")
_POINTS = re.compile(r"\bratings?\b|\bscores?\b|\bindex\b|\bpoints?\b")
_UNITS = (
    ("percentage points", re.compile(r"\bgaps?\b")),
    (
        "dollars",
        re.compile(r"\$|\bdollars?\b|\bspending\b|\bfund balance\b|\brevenues?\b|\bsalar(?:y|ies)\b|\bexpenditures?\b"),
    ),
    ("percent", PERCENTAGE),
)
"""Units that are told by words of the sentence, the surest first."""
_NOT_COUNTED = frozenset({"levels", "years", "times", "less", "points", "grades", "hours"})


def unit_of(sentence: str, target: Target) -> tuple[str | None, str | None]:
    """Return what a measure's figures count, and a note where the sentence does not tell; None where it has no figures."""
    if isinstance(target, Narrative | Deliverable):
        return None, None
    said = told(sentence)
    changes_by_percent = isinstance(target, Change) and target.measured_in == "percent"
    for unit, words in _UNITS:
        if words.search(said.text) and not (changes_by_percent and unit in ("percent", "points")):
            return unit, None
    if found := counted(said):
        return found, None
    if not changes_by_percent and _POINTS.search(said.text):
        return "points", None
    people = _PEOPLE.search(said.text)
    return (people[0], None) if people else ("count", UNSURE)


def counted(said: Told) -> str | None:
    """Return what is counted, in one word or two, as in "meetings" of "number of intentional meetings"."""
    for pattern in (_NUMBER_OF, _AFTER_FIGURE):
        for found in pattern.finditer(said.text):
            words = [word for word in found[1].split() if word not in ("in", "place")]
            noun = next((word for word in reversed(words) if word.endswith("s")), "")
            if noun and noun not in _NOT_COUNTED:
                at = re.search(rf"\b{re.escape(noun)}\b", said.as_published, re.IGNORECASE)
                return at[0] if at and at[0][1:] != noun[1:] else noun  # MOUs, but paths
    return None
