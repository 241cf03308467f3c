"""The words, signs, colours and figures that page, paper, workbook and letter share, so that all of them say the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Literal

from plan.freeze import FREEZES_AFTER_DAYS
from plan.masking import LEAST_SHOWN
from plan.owing import UNATTENDED_DAYS
from plan.phrase import Phrase, finished, phrase, template
from plan.rollup import Aspect, MeasureLine, Missing, Movement, Rollup, Summed, Unattended, YearLine
from plan.sums import COVERAGE
from plan.wording import counted, in_plain_words, in_words, listed

Tone = Literal["good", "near", "bad", "unknown"]

DASH, MINUS, ELLIPSIS = "\u2013", "\u2212", "\u2026"
# A sign beside every word and every colour, each in all fonts that are embedded.
_SIGNS: dict[Tone, str] = {"good": "▲", "near": "◆", "bad": "▼", "unknown": DASH}
_TONES: dict[str, Tone] = {
    **dict.fromkeys(("met", "achieved", "on_track", "submitted", "current", "working"), "good"),
    **dict.fromkeys(("watch", "at_risk", "submitted_late", "expiring", "in_grace", "doing, not moving"), "near"),
    **dict.fromkeys(("moving without us", "overdue", "due"), "near"),
    **dict.fromkeys(("off_track", "declined", "missed", "not_achieved", "escalated", "exhausted", "expired", "stalled"), "bad"),
}
COLOURS: dict[Tone, str] = {"good": "#1b6e3c", "near": "#8a5a00", "bad": "#a3262a", "unknown": "#5b6470"}
"""Text colours with a contrast of 4.5:1 or more on white."""
TINTS: dict[Tone, str] = {"good": "#e4f2e9", "near": "#fbf0dc", "bad": "#f9e3e3", "unknown": "#eef0f2"}
"""Backgrounds on which the text colours keep that contrast."""
INK, QUIET, RULE, ACCENT = "#1c2733", "#5b6470", "#cfd5db", "#0b5470"
FONTS = Path(__file__).parent / "fonts"

HEADINGS = {
    "moved": phrase("What moved most"),
    "asked": phrase("What is asked of the board"),
    "slips": "Slips and corrective plans",
    "planned": "With a corrective plan",
    "unplanned": "Without a corrective plan",
    "over": "Back since the rollup before",
    "answers": "Late and missing answers",
    "missing": "What has not come",
    "unattended": "Unattended measures",
    "restatements": "Restated figures",
    "milestones": "Milestones until the next rollup",
    "scorecard": "Scorecard",
    "years": "All years side by side",
    "method": "How this was judged",
}
"""What the parts of a rollup are called; phrases where the letter has them too."""

# What a part says that has nothing to show.
NOTHING_ASKED = phrase("Nothing is asked of the board.")
NO_MEASURE, NO_FIGURES = "The plan has no measure.", "No measure has figures."
NO_MEASURE_OF_OBJECTIVE, NO_ACTION_OF_OBJECTIVE = "This objective has no measure.", "This objective has no action."
NO_SLIP, NONE_UNATTENDED = "No measure has slipped.", "No measure is unattended."
NOTHING_OWED, NOTHING_MISSING = "No answer was due, and none is missing.", "No answer is overdue."
_NONE_EARLIER = phrase("There is no earlier rollup to compare with.")

NOT_SHOWN = "not shown"
"""Stands for a figure that is known and masked."""
MASKED = "Some of its figures are not shown, so that no student can be made out."

SEAL_DIGITS = 12
"""How much of a seal is printed, so that a copy can be matched."""

BIGGEST = 3
"""How many movements the first page names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A status as it is shown: a word, a sign, and a tone that colours both."""

    word: str
    sign: str
    tone: Tone


def mark(status: str | None) -> Mark:
    """Return how a status is shown; what is not known is shown as unknown."""
    tone = _TONES.get(status or "", "unknown")
    word = in_plain_words(status) if status else phrase("not known")
    return Mark(word=word, sign=_SIGNS[tone], tone=tone)


def figure(value: Decimal | None, unit: str = "") -> str:
    """Return a figure as it is read, as in "1,234", "32.4 %" or "$1,200"; a dash where there is none."""
    if value is None:
        return DASH
    rounded = round(value, 2) + 0  # a zero has no sign
    text = f"{rounded:,.2f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return {"percent": f"{text} %", "dollars": f"${text}"}.get(unit, text)


def shown(year: YearLine) -> Decimal | None:
    """Return a year's reading, unless it is masked."""
    return None if year.is_masked else year.reading


def read(year: YearLine, unit: str = "") -> str:
    """Return a year's reading as it is read; "not shown" where it is masked, a dash where there is none."""
    return NOT_SHOWN if year.is_masked else figure(year.reading, unit)


def latest(measure: MeasureLine) -> str:
    """Return a measure's last reading with its year, as in "84.4 % in 2025-26"; a dash where there is none."""
    known = [year for year in measure.years if year.reading is not None or year.is_masked]
    return f"{read(known[-1], measure.unit)} in {known[-1].school_year}" if known else DASH


def overridden(measure: MeasureLine) -> str:
    """Return that a status was set by hand, in a sentence; empty where the judged one counts."""
    if measure.judged == measure.status:
        return ""
    return f"Judged {mark(measure.judged).word}; {mark(measure.status).word} was set beside it and counts."


def title(rollup: Rollup) -> str:
    """Return what a rollup is called, as in "Strategic plan rollup, 2025-26 Q1"."""
    if rollup.is_annual:
        return phrase("Annual report of the strategic plan, {period}", period=rollup.period)
    return phrase("Strategic plan rollup, {period}", period=rollup.period)


def stand(rollup: Rollup) -> str:
    """Return the sentence that says as of which day it holds."""
    day = in_words(rollup.frozen_on)
    if rollup.is_draft:
        return phrase("Draft, as of {day}: the period is not frozen yet", day=day)
    return phrase("As of {day}; what became known later is told in the next one", day=day)


def coverage(rollup: Rollup) -> tuple[str, ...]:
    """Return how much is known: of measures, actions and what was owed; and how many measures slip."""
    outcome = {"known": f"{rollup.outcome.known:,}", "due": f"{rollup.outcome.due:,}"}
    measures = phrase("{known} of {due} measures rated whose results are due", **outcome)
    return measures, reported(rollup.implementation), answered(rollup), slipping(rollup)


def answered(rollup: Rollup) -> str:
    """Return how much was given of what was to be answered since the rollup before."""
    asked = sum(line.asked for line in rollup.offices)
    if not asked:
        return phrase("No answers were due")
    of = {"given": sum(line.on_time + line.late for line in rollup.offices), "asked": asked}
    if rollup.before_frozen_on is None:
        return phrase("{given} of {asked} answers given that were due since the period before", **of)
    day = in_words(rollup.before_frozen_on)
    return phrase("{given} of {asked} answers given that were due since {day}", day=day, **of)


def slipping(rollup: Rollup) -> str:
    """Return how many measures slip, and how many of them have a corrective plan."""
    lasting = [one for one in rollup.slips if one.over_on is None]
    planned = sum(1 for one in lasting if one.plan)
    if not lasting:
        return phrase("No measure slips")
    if len(lasting) == 1:
        return phrase("1 measure slips, {planned} with a corrective plan", planned=planned)
    return phrase("{count} measures slip, {planned} with a corrective plan", count=len(lasting), planned=planned)


def rated(outcome: Summed) -> str:
    """Return how many measures are rated, as in "2 of 3 measures rated"."""
    return phrase("{rated} of {due} measures rated", rated=f"{outcome.known:,}", due=f"{outcome.due:,}")


def reported(implementation: Summed) -> str:
    """Return how many actions are reported, as in "2 of 3 actions reported"."""
    known, due = f"{implementation.known:,}", f"{implementation.due:,}"
    return phrase("{rated} of {due} actions reported", rated=known, due=due)


def biggest(rollup: Rollup) -> tuple[Movement, ...]:
    """Return the movements that the first page names: the greatest of measures, objectives and priorities."""
    told = [one for one in rollup.movements if one.by and one.kind != "action"]
    return tuple(told[:BIGGEST])


def no_movement(rollup: Rollup) -> str:
    """Return what the first page says instead of movements."""
    if rollup.before is None:
        return _NONE_EARLIER
    return phrase("No measure, objective or priority moved between two known statuses since {before}.", before=rollup.before)


def moved(one: Movement) -> str:
    """Return a movement in words, as in "Rating: on track to declined"."""
    return phrase("{title}: {was} to {now}", title=one.title, was=mark(one.was).word, now=mark(one.now).word)


_ASPECTS: dict[Aspect, str] = {"outcome": template("outcome"), "implementation": template("implementation")}


def aspect(one: Movement) -> str:
    """Return what of an item moved, as in "outcome"."""
    return phrase(_ASPECTS[one.aspect])


def change_of(one: Movement) -> Mark:
    """Return the sign of a movement: up, down, or neither where one of the two statuses is not known."""
    if not one.by:
        return Mark(word=phrase("changed"), sign=DASH, tone="unknown")
    if one.by > 0:
        return Mark(word=phrase("rose"), sign="▲", tone="good")
    return Mark(word=phrase("fell"), sign="▼", tone="bad")


def forecast(measure: MeasureLine) -> str:
    """Return where a measure's readings lead, in a sentence; empty where they lead nowhere yet."""
    found, year = measure.forecast, measure.target_year
    if found is None or year is None:
        return ""
    is_reached = found.reached_in is not None and found.reached_in <= year
    value = found.at_target_year
    comes_to = "over 100 %" if measure.unit == "percent" and value > 100 else figure(value, measure.unit)
    target, needed = figure(measure.target, measure.unit), found.gain_needed_per_year
    if is_reached:
        return f"At its own pace it comes to {comes_to} in {year}, which reaches the target of {target}."
    points = " percentage points" if measure.unit == "percent" else ""
    rest = "" if needed is None else f"; {figure(needed)}{points} a year would be needed"
    return f"At its own pace it comes to {comes_to} in {year}, short of the target of {target}{rest}."


def chart_text(measure: MeasureLine) -> str:
    """Return what a measure's chart shows, for readers who do not see it."""
    read = [f"{year.school_year} {figure(shown(year), measure.unit)}" for year in measure.years if shown(year) is not None]
    wanted = [
        f"{year.school_year} {figure(year.expected, measure.unit)}" for year in measure.years if year.expected is not None
    ]
    readings = f"Readings: {listed(read)}." if read else "No reading is known."
    return f"{measure.title}, in {measure.unit}. {readings}" + (f" Expected: {listed(wanted)}." if wanted else "")


def method(rollup: Rollup) -> Iterator[str]:
    """Yield the paragraphs that say how all of it was judged."""
    when = (
        f"{FREEZES_AFTER_DAYS} working days after the results of the year are due"
        if rollup.is_annual
        else (f"{FREEZES_AFTER_DAYS} working days after the quarter closes")
    )
    yield (
        f"This rollup is frozen {when}. It holds what was known on that day, and the same rollup made later is the same to "
        "the last character. A figure that is corrected afterwards appears in the next rollup as a restatement, with the old "
        "and the new value."
    )
    yield (
        "A measure is judged by the latest school year whose results are due, against the value that the plan expects for that "
        "year: on track when it is there or nearly there, watch when a little short, off track when clearly short, declined "
        "when worse than where it began, met when the final target is reached, missed when the last year is over without it."
    )
    yield (
        "Statuses are summed up from measures to objectives, priorities and the plan, and likewise from actions. What failed "
        f"caps the sum at watch (at risk), and with less than {COVERAGE:.0%} known there is no status. What is unknown counts "
        "neither as zero nor as good. A forecast is the straight line through a measure's readings; no status depends on it."
    )
    yield (
        f"Counts of students below {LEAST_SHOWN} are not shown, nor what would let them be worked out. A measure is unattended "
        f"when nothing has been heard of it for {UNATTENDED_DAYS} days."
    )


def named(parts: Sequence[str]) -> str:
    """Return the items or the offices of an ask, the first twelve of many by name."""
    return listed(parts, most=12)


def owed(one: Missing) -> str:
    """Return what has not come, as in "check-in for 2026-27 Q1"."""
    return f"{one.owes} for {one.period}"


def missing_count(rollup: Rollup) -> str:
    """Return how much has not come, as in "3 answers have not come"."""
    number = sum(len(line.missing) for line in rollup.offices)
    return f"{counted(number, 'answer')} {'has' if number == 1 else 'have'} not come"


def heard(one: Unattended) -> str:
    """Return on which day something was heard of a measure last."""
    return in_words(one.last_on) if one.last_on else "never"


def restated(value: Decimal | None, unit: str) -> str:
    """Return a restated figure as it is read, or that it is not shown."""
    return NOT_SHOWN if value is None else figure(value, unit)


def no_restatement(rollup: Rollup) -> str:
    """Return what is said where no figure was restated."""
    return _NONE_EARLIER if rollup.before is None else f"No figure has been restated since {rollup.before}."


def next_rollup(rollup: Rollup) -> str:
    """Return when the next rollup comes."""
    return f"The next rollup is frozen on {in_words(rollup.next_on)}."


def until_next(rollup: Rollup) -> str:
    """Return when the next rollup comes, and that no milestone falls before it if none does."""
    return next_rollup(rollup) if rollup.milestones else f"{next_rollup(rollup)} No milestone falls before it."


def shortened(text: str, most: int) -> str:
    """Return a text of so many characters at most, in whatever language; one that was longer ends in an ellipsis."""
    return finished(partial(_cut, most), "{text}", text=text) if isinstance(text, Phrase) else _cut(most, text)


def _cut(most: int, text: str) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def more(count: int, one: str) -> str:
    """Return where the rest of a list is, as in "12 more measures are in the workbook."; empty if there is none."""
    if count <= 0:
        return ""
    return f"{count:,} more {one} is in the workbook." if count == 1 else f"{count:,} more {one}s are in the workbook."
