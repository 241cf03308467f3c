"""What a rule over wording returns, what it knows of the sentence's surroundings, and the words that many rules look for."""

import re
from dataclasses import dataclass
from decimal import Decimal

from plan.model import Narrative, Target, Trajectory
from plan.periods import SchoolYear
from plan.published.figures import WHEN, Told, is_calendar_year, is_end_of_year, school_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A figure that another sentence of the same objective says was reached in a school year."""

    text: str
    value: Decimal
    year: SchoolYear


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known around a sentence: the plan's years, the measure that it is a component of, what other sentences say."""

    first_year: SchoolYear
    last_year: SchoolYear
    whole: Trajectory | None = None
    known: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read from a sentence, and what had to be assumed for it."""

    target: Target
    notes: tuple[str, ...] = ()
    unit: str | None = None
    """What the figures count, where that follows from the rule and not from the sentence."""


UP = r"increas(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|gr[eo]w(?:s|ing)?|improv(?:e|es|ed|ing)|expand(?:s|ed|ing)?|rise"
DOWN = r"decreas(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|lower(?:s|ed|ing)?|narrow(?:s|ed|ing)?|clos(?:e|es|ed|ing)|shrink|cut"
_YEARLY = (
    r"annually|yearly|year[- ](?:over|to|after)[- ]year|per annum|a year|"
    r"(?:each|every|per) (?:and every )?(?:school |fiscal |academic |calendar )?year"
)
VERB = rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b"
ANY_VERB = re.compile(VERB)
IS_YEARLY = re.compile(rf"\b(?:{_YEARLY})\b")
THE = r"(?:at least |at most |no more than |a minimum of |about |approximately |at |the |an? )?"
END = r"(?:the )?(?:(?:end|close) of )?(?:the )?(?:(?:school |academic |fiscal |calendar )?year )?"
BY = re.compile(rf"\b(?P<word>by|for|in|during|through|until|before|no later than) {END}(?P<when>{WHEN})")
LOWER_IS_BETTER = re.compile(
    r"turnover|drop-?outs?|absen|truan|suspen|expul|referral|incident|vacanc|\bgaps?\b|complaint|error|spending|\bcosts?\b"
)
BETTER, WORSE = r"or (?:better|more|above|higher|greater)", r"or (?:less|fewer|below|lower|under)"
PERCENTAGE = re.compile(r"\bpercent|%|\brates?\b|\bshares?\b|proportion")


def narrative(why: str) -> Reading:
    """Return that a sentence has no target that a rule is sure of, and why."""
    return Reading(target=Narrative(kind="narrative"), notes=(why,))


def year_of(when: str | None, notes: list[str]) -> SchoolYear | None:
    """Return the school year that a year or a day in braces means, with a note where a bare year was named."""
    if when is None:
        return None
    year = school_year(when)
    if is_calendar_year(when):
        notes.append(f"{when[2:-1]} is taken as the school year that ends in it, {year}")
    elif is_end_of_year(when):
        notes.append(f"the end of {when[2:-1]} lies in {year}, whose end is taken")
    return year


def deadline(said: Told, notes: list[str], *, but: str | None = None) -> SchoolYear | None:
    """Return the year by which something is to be reached: the only one named after "by", else after "for" or "in"."""
    every = [found for found in BY.finditer(said.text) if found["when"] != but]
    by = [found for found in every if found["word"] == "by"] or every
    return year_of(by[0]["when"], notes) if len({found["when"] for found in by}) == 1 else None
