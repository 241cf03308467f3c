"""The commands that write down what bears on a judgement: corrective plans, accepted evidence, overrides."""

from datetime import date
from typing import Annotated

import typer

from flows.days import now, read_day
from flows.exits import FactRefused
from flows.recorded import By, For, Item, KnownOn, Measure, Note, Receipted
from flows.recording import at_work_on, facts_known, in_words, keep, owed_for_fact, said_by
from plan.assess import MeasureStatus
from plan.facts import Acceptance, CorrectivePlan, Override, SentBack
from plan.judgement import Judged
from plan.ladder import Situation
from plan.looking import LEAST_WHY, is_own_office
from plan.model import LongTermMeasure
from plan.wording import listed
from tasks.workplace import Workplace


def plan(
    measure: Measure,
    cause: Annotated[str, typer.Option(help="Why it slipped.")],
    step: Annotated[str, typer.Option(help="What is done about it.")],
    done_by: Annotated[str, typer.Option("--done-by", help="The day by which that is done, as in 2026-12-01.")],
    effect: Annotated[str, typer.Option(help="What is expected of it.")],
    by: By = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down the corrective plan for a measure that has slipped.

    Example: plankeeper record plan 1.1-rating --cause "Two campuses fell back." --step "Tutoring there." --done-by 2026-12-01
    --effect "One point by spring."
    """
    workplace, day = at_work_on(known_on)
    _check_measure(measure, workplace)
    done = workplace.covers(read_day(done_by))
    if done < day:
        raise FactRefused(f"{done} lies before {day}, when the plan was made; give a later day.")
    said = {"cause": in_words(cause, "--cause"), "step": in_words(step, "--step"), "effect": in_words(effect, "--effect")}
    period, answering = workplace.plan.quarter_of(day), said_by(by, measure, workplace, day)
    answer = CorrectivePlan(item=measure, period=period, done_by=done, by=answering, known_on=day, **said)
    _tell_slip(measure, keep(workplace, answer, receipt=receipt))


def accept(
    item: Item,
    by: Annotated[str, typer.Option(help="Which office looked at the evidence; not the item's own.")],
    note: Note = "",
    period: For = "",
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down that somebody else than its owner looked at an item's evidence, and that it shows what it has to show.

    Example: plankeeper record accept 4.3-capacity-plan --by "Superintendent" --note "The board has it."
    """
    workplace, day = at_work_on(known_on)
    owed = owed_for_fact(workplace, item, period, day)
    known = facts_known(workplace, day)
    if is_own_office(by, item, workplace.asked(known), as_of=day):
        raise FactRefused(f"{by} answers for {item}; its evidence is accepted by another office.")
    if not known.evidence(item):
        raise FactRefused(f"No evidence for {item} was known on {day}; record it first: plankeeper record evidence {item}.")
    accepted = Acceptance(item=item, period=owed.period, note=note, by=in_words(by, "--by"), known_on=day)
    _tell(item, keep(workplace, accepted, receipt=receipt), workplace.today(now()))


def send_back(
    item: Item,
    reference: Annotated[str, typer.Argument(help="What the evidence is called, as it was recorded.")],
    by: Annotated[str, typer.Option(help="Which office looked at the evidence; not the item's own.")],
    note: Annotated[str, typer.Option(help="Why, in words for who gave it.")],
    known_on: KnownOn = "today",
    receipt: Receipted = True,
) -> None:
    """Write down that a piece of an item's evidence does not show what it has to show: it counts no more, and is owed again.

    Example: plankeeper record send-back 1.1-pm1 "Minutes of September" --by "Superintendent" --note "They end at item 3."
    """
    workplace, day = at_work_on(known_on)
    known = facts_known(workplace, day)
    if is_own_office(by, item, workplace.asked(known), as_of=day):
        raise FactRefused(f"{by} answers for {item}; its evidence is sent back by another office.")
    given = known.evidence(item)
    meant = next((one for one in reversed(given) if one.reference == reference), None)
    if meant is None:
        there = listed([f'"{one.reference}"' for one in given], most=10) or "none"
        raise FactRefused(f'No evidence for {item} that counts on {day} is called "{reference}"; there is: {there}.')
    if len(note.strip()) < LEAST_WHY:
        raise FactRefused(f"--note has to say in {LEAST_WHY} characters or more why it is sent back.")
    sent_back = SentBack(
        item=item,
        period=meant.period,
        reference=reference,
        sha256=meant.sha256,
        note=note.strip(),
        by=in_words(by, "--by"),
        known_on=day,
    )
    _tell(item, keep(workplace, sent_back, receipt=receipt), workplace.today(now()))


def override(
    measure: Measure,
    status: Annotated[MeasureStatus, typer.Option(help="The status that is to count.")],
    until: Annotated[str, typer.Option(help="The last day on which it counts, as in 2026-12-31.")],
    by: Annotated[str, typer.Option(help="Who decided it.")],
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    known_on: KnownOn = "today",
) -> None:
    """Set a measure's status beside the judged one, until a day; both are shown.

    Example: plankeeper record override 2.3-tasb --status watch --until 2026-12-31 --by Superintendent --reason "In review."
    """
    workplace, day = at_work_on(known_on)
    _check_measure(measure, workplace)
    last = workplace.covers(read_day(until))
    if last < day:
        raise FactRefused(f"{last} lies before {day}, from which it would count; give a later day.")
    period, said = workplace.plan.quarter_of(day), {"by": in_words(by, "--by"), "note": in_words(reason, "--reason")}
    at = keep(workplace, Override(item=measure, period=period, status=status, until=last, known_on=day, **said))
    _tell(measure, at, workplace.today(now()))


def _check_measure(code: str, workplace: Workplace) -> None:
    if not isinstance(workplace.plan.items.get(code), LongTermMeasure):
        raise FactRefused(f'"{code}" is not a long-term measure of the plan; plankeeper status lists them.')


def _tell(code: str, at: Situation, today: date) -> None:
    """Say how a measure stands now, by judgement and by what was set beside it; of all else what its evidence shows."""
    judged = Judged(at.duties, at.facts, today)
    if code not in judged.measures:
        typer.echo(judged.shown(code).reason)
        return
    found, override = judged.measures[code], judged.override(code)
    typer.echo(f"Judged {found.status.replace('_', ' ')}: {found.reason}")
    if override:
        typer.echo(f"Until {override.until} it counts as {override.status.replace('_', ' ')}.")


def _tell_slip(measure: str, at: Situation) -> None:
    slip = at.slips.get(measure)
    if slip is None or slip.over_on is not None:
        typer.echo(f"{measure} is in no slip now; the plan is kept all the same.")
    else:
        typer.echo(f"It answers the slip since {slip.since}.")
