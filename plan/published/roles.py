"""What the words over a column, or at the start of a line, say that it holds: a goal, an objective, an action, a measure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from plan.published.lines import DASHES

Role = Literal["priority", "objective", "action", "progress", "long_term", "aside"]

_COLUMNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("aside", re.compile(r"responsib|time\s?line|timeframe|resource|budget|funding|\bstaff\b|\bstatus\b", re.IGNORECASE)),
    ("progress", re.compile(r"progress|formative|milestone|indicator|evidence|data source|monitor", re.IGNORECASE)),
    ("long_term", re.compile(r"long[- ]?term|outcome|target|summative|success|metric|measure|\bkpis?\b", re.IGNORECASE)),
    ("objective", re.compile(r"\bobjectives?\b", re.IGNORECASE)),
    ("action", re.compile(r"\bactions?\b|\bstrateg(?:y|ies)\b|initiative|activit", re.IGNORECASE)),
    ("priority", re.compile(r"\bpriorit|\bgoals?\b|\bpillars?\b|focus areas?", re.IGNORECASE)),
)
"""The first that fits counts, so that "long term measures (SMART goal)" are measures and no goal."""

_WORDS: tuple[tuple[Role, str], ...] = (
    ("aside", r"(?:staff|persons?|staff members?|party|parties) responsible(?: for [a-z ]+)?|responsib(?:le|ility)[a-z ]*"),
    ("aside", r"time\s?lines?|time\s?frames?|resources?|budget|funding(?: sources?)?|title i[a-z ,0-9-]*"),
    ("progress", r"progress (?:measures?|monitoring)|milestones?|(?:leading )?indicators?|formative (?:reviews?|measures?)"),
    ("progress", r"evidence|evaluation data sources?|(?:strategy's )?expected results?(?:/impact)?"),
    ("long_term", r"(?:long[- ]term |performance |success |outcome )?measures?(?: of success)?|(?:long[- ]term )?targets?"),
    ("long_term", r"outcomes?|metrics?|summative (?:evaluations?|measures?)|key performance indicators?|kpis?|results?"),
    ("objective", r"(?:strategic |performance |specific )?objectives?"),
    ("action", r"(?:key |strategic )?(?:strateg(?:y|ies)|actions?(?: steps?)?|initiatives?|activit(?:y|ies))"),
    ("priority", r"(?:strategic |district |board |student )?(?:goals?|priorit(?:y|ies)|pillars?|focus areas?)"),
)
_DOTTED = rf"\s+#?(?P<dotted>\d{{1,2}}(?:\.\d+)+[A-Z]?)(?!\w)(?:\s*[:.){DASHES}](?!\d)\s*|\s+(?!(?-i:[a-z]))|\s*$)"
"""A number with a dot, which a mark or only a space may follow; small letters after a space go on with a sentence."""
_SIMPLE = rf"(?:\s+#?(?P<number>\d{{1,2}}[A-Z]?|[A-Z])(?![.{DASHES}]\d))?(?:\s*[:.{DASHES}]\s*|\s*$)"
_LABELS = tuple(
    (role, re.compile(rf"(?P<word>{words})(?:{_DOTTED}|{_SIMPLE})(?P<text>.*)", re.IGNORECASE | re.DOTALL))
    for role, words in _WORDS
)
_NUMBERED = re.compile(
    rf"(?P<code>[A-Z]?\d{{1,2}}(?:\.\d+)*(?:\s?[A-Z])?)(?![\w%])(?:\s*[.:){DASHES}]\s*|\s+)(?P<text>\D.*)", re.DOTALL
)
_FIT: dict[int, Role] = {1: "priority", 2: "objective", 3: "action"}
_CODED_AS_HEADING = re.compile(r"\b(?:goal|objective|strategy|action|priority)\s*\d", re.IGNORECASE)
LONGEST_COLUMN_HEADING = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What the start of a line says that the line is."""

    role: Role
    number: str | None
    """As published, as in "1", "1.2" or "1.2A"; None where there is none."""
    text: str
    """What follows; empty where the line only heads what comes below."""
    word: str
    """The word itself, as in "Goal"; empty where only a number tells."""


def column_role(heading: str) -> Role | None:
    """Return what a column holds, by its heading; None where the heading does not tell."""
    return next((role for role, words in _COLUMNS if words.search(heading)), None)


def column_roles(headings: Iterable[str]) -> dict[int, Role] | None:
    """Return what each column of a table holds, by its place; None where the row is no heading of a plan's table."""
    texts = list(headings)
    if any(len(text) > LONGEST_COLUMN_HEADING or _CODED_AS_HEADING.search(text) for text in texts):
        return None
    roles = {at: role for at, text in enumerate(texts) if text and (role := column_role(text))}
    told = set(roles.values()) - {"aside"}
    return roles if len(told) >= 2 and told & {"action", "progress", "long_term"} else None


def label_of(text: str) -> Label | None:
    """Return what a line calls itself, as in "Goal 1: ...", "Strategies:" or "1.2A - ..."; None where it does not."""
    for role, pattern in _LABELS:
        found = pattern.fullmatch(text)
        if found:
            return Label(role=role, number=found["dotted"] or found["number"], text=found["text"], word=found["word"])
    return numbered(text)


def numbered(text: str) -> Label | None:
    """Return what a line is by its own number: P1 or 1. a priority, 1.2 an objective, 1.2A or 1.2.1 an action."""
    found = _NUMBERED.fullmatch(text)
    if not found:
        return None
    code = found["code"].replace(" ", "")
    depth = code.count(".") + 1 + (code[-1].isalpha() and len(code) > 1)
    role = "priority" if code[0].isalpha() else _FIT.get(depth, "action")
    return Label(role=role, number=code, text=found["text"].strip(), word="")
