"""The commands that write down what people said. Facts are only ever added; a correction is another fact."""

from typing import Annotated

import typer

from flows.days import read_day
from flows.exits import FactRefused
from flows.recording import at_work_on, in_words, keep_and_tell, owed_for_fact, owed_for_period, said_by
from plan.facts import Acknowledgement, CheckIn, Evidence, Implementation, Progress, Reading, Waiver
from plan.model import Deliverable, LongTermMeasure, Narrative
from plan.periods import SchoolYear
from tasks.answers import figure, status_said

Item = Annotated[str, typer.Argument(help="The item's code, as in 1.1A.")]
Measure = Annotated[str, typer.Argument(help="The measure's code, as in 1.1-rating.")]
Note = Annotated[str, typer.Option(help="What happened, in a sentence or two.")]
By = Annotated[str, typer.Option(help="Who said so: an office by its code or title, or other words; left out: the owner.")]
For = Annotated[
    str, typer.Option("--period", help='The quarter or school year, as in "2026-27 Q1"; left out: what is owed now.')
]
Receipted = Annotated[bool, typer.Option("--receipt/--no-receipt", help="Confirm by mail what was recorded.")]
KnownOn = Annotated[str, typer.Option("--known-on", help='The day it became known, as in 2026-10-12, or "today".')]


def check_in(
    item: Item,
    status: Annotated[
        str,
        typer.Option(
            help=f"Where it stands: {', '.join(Implementation)}; of a measure without figures: {', '.join(Progress)}.",
        ),
    ],
    note: Note = "",
    by: By = "",
    period: For = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down a check-in.

    Example: plankeeper record check-in 1.1A --status on_track --note "Runs on every campus."
    """
    if status not in {*Implementation, *Progress}:
        raise typer.BadParameter(f'"{status}" is none of the words for it; see --help.', param_hint="--status")
    workplace, day = at_work_on(known_on)
    owed = owed_for_fact(workplace, item, period, day)
    if owed.kind != "check-in":
        raise FactRefused(f"{item} owes no check-in; use: plankeeper record {owed.kind} {item}")
    try:
        stands = status_said(workplace.plan.items[item], status)
    except ValueError as error:
        raise FactRefused(f"{error}.") from None
    answering = said_by(by, item, workplace, day)
    said = CheckIn(item=item, period=owed.period, status=stands, note=note, by=answering, known_on=day)
    keep_and_tell(workplace, said, owed, receipt=receipt)


def reading(
    measure: Measure,
    year: Annotated[str, typer.Option(help="The school year that it holds for, as in 2024-25.")],
    value: Annotated[str, typer.Option(help="The figure, as in 86 or 8.8.")],
    source: Annotated[str, typer.Option(help="Where it is written: an address or a document.")],
    note: Note = "",
    by: By = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down a measure's reading. Another one for the same year restates it; both are kept.

    Example: plankeeper record reading 1.1-rating --year 2024-25 --value 86 --known-on 2026-01-15 --source "TAPR 2024-25"
    """
    workplace, day = at_work_on(known_on)
    item = workplace.plan.items.get(measure)
    if not isinstance(item, LongTermMeasure):
        raise FactRefused(f'"{measure}" is not a long-term measure of the plan; plankeeper status lists them.')
    if isinstance(item.target, Deliverable | Narrative):
        raise FactRefused(f"{measure} has no figures; its target is a {item.target.kind}.")
    try:
        school_year, number = SchoolYear.parse(year), figure(value)
    except ValueError as error:
        raise FactRefused(f"{error}.") from None
    if school_year.start(workplace.plan.settings.fiscal_year_starts) > day:
        raise FactRefused(f"{school_year} has not begun on {day}; a reading is of a year that has.")
    answering = said_by(by, measure, workplace, day)
    where = in_words(source, "--source")
    said = Reading(item=measure, period=school_year, value=number, source=where, note=note, by=answering, known_on=day)
    keep_and_tell(workplace, said, owed_for_period(workplace, measure, year), receipt=receipt)


def evidence(
    item: Item,
    reference: Annotated[str, typer.Argument(help="Where the evidence is: an address, or the name of a document.")],
    dated_on: Annotated[str, typer.Option(help="The evidence's own date; left out: the day it became known.")] = "",
    note: Note = "",
    by: By = "",
    period: For = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down evidence for an item.

    Example: plankeeper record evidence 1.1-pm1 "Common assessments, October 2026" --dated-on 2026-10-09
    """
    workplace, day = at_work_on(known_on)
    owed, dated = owed_for_fact(workplace, item, period, day), read_day(dated_on) if dated_on else day
    if dated > day:
        raise FactRefused(f"{dated} lies after {day}, when the evidence became known; give its own date.")
    said = Evidence(
        item=item,
        period=owed.period,
        reference=in_words(reference, "The reference"),
        dated_on=dated,
        note=note,
        by=said_by(by, item, workplace, day),
        known_on=day,
    )
    keep_and_tell(workplace, said, owed, receipt=receipt)


def acknowledge(
    item: Item,
    until: Annotated[str, typer.Option(help="The day by which the answer is promised, as in 2026-10-30.")],
    note: Note = "",
    by: By = "",
    period: For = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down a promise to answer by a day; reminders pause until then, 10 working days at most, twice at most.

    Example: plankeeper record acknowledge 1.1A --until 2026-10-30
    """
    workplace, day = at_work_on(known_on)
    owed = owed_for_fact(workplace, item, period, day)
    promised, answering = workplace.covers(read_day(until)), said_by(by, item, workplace, day)
    if promised < day:
        raise FactRefused(f"{promised} lies before {day}, when the promise was made; give a later day.")
    keep_and_tell(
        workplace,
        Acknowledgement(item=item, period=owed.period, promised_on=promised, note=note, by=answering, known_on=day),
        owed,
        receipt=receipt,
    )


def waive(
    item: Item,
    by: Annotated[str, typer.Option(help="Which office decided it.")],
    reason: Annotated[str, typer.Option(help="Why nothing is owed.")],
    period: For = "",
    known_on: KnownOn = "today",
) -> None:
    """Write down that an item owes nothing for a period, who decided it and why.

    Example: plankeeper record waive 4.2A --by "Chief Financial Officer" --reason "Finished in spring."
    """
    workplace, day = at_work_on(known_on)
    owed = owed_for_fact(workplace, item, period, day)
    why, decided_by = in_words(reason, "--reason"), in_words(by, "--by")
    keep_and_tell(workplace, Waiver(item=item, period=owed.period, note=why, by=decided_by, known_on=day), owed)
