"""Take in what a plan's sources say and what is filed: what is new becomes a fact, what jumps is held. Imports no Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from ledger.held import figures_held
from ledger.ledger import Ledger
from ledger.records import Letter
from plan.collected import Collected, collected
from plan.facts import Fact, Facts, Reading
from plan.filed import new_evidence
from plan.plausible import doubt
from plan.restated import Change, Held, Known, changes
from plan.sources import Source
from tasks.filed import filed_evidence
from tasks.looking import Looking
from tasks.settings import Settings
from tasks.sources.failures import SourceFailed
from tasks.sources.given import is_at_hand, table_of
from tasks.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came of a source."""

    source: str
    """Its code."""
    found_at: str
    said: Collected
    changes: tuple[Change, ...]


class SourceFaulty(SourceFailed):
    """Some of what a source gives cannot be used; what can be has been taken in, and each line says what cannot."""

    def __init__(self, gathered: Gathered) -> None:
        super().__init__("\n".join(gathered.said.faults))
        self.gathered = gathered

    def __reduce__(self) -> tuple[type["SourceFaulty"], tuple[Gathered]]:
        return type(self), (self.gathered,)


def gather(
    source: Source,
    workplace: Workplace,
    settings: Settings,
    ledger: Ledger,
    *,
    as_of: date,
    at: datetime,
    dry_run: bool = False,
) -> Gathered:
    """Ask a source and take in what it says of the measures that name it.

    Args:      as_of: the day that is collected for; what became known later is left for a later day
               at: the instant of asking; what the source does not date became known on that day
               dry_run: only say what it would change
    Raises:    SourceFailed: it does not give what it should; what was known stands
               SourceFaulty: some of it cannot be used; the rest was taken in
    """
    table = table_of(source, settings)
    plan = workplace.plan.id
    roster = workplace.asked(ledger.facts(plan, known_by=as_of))
    said = collected(source, table, roster, as_of=as_of, asked_on=workplace.today(at))
    choose = partial(sift, said.readings, workplace)
    if dry_run:
        found = choose(ledger.facts(plan, known_by=date.max), figures_held(ledger.held(plan)))
    else:
        found = ledger.collect(plan, source.id, choose, recorded_at=at)
    gathered = Gathered(source=source.id, found_at=table.found_at, said=said, changes=found)
    if said.faults:
        raise SourceFaulty(gathered)
    return gathered


def gather_at_hand(workplace: Workplace, settings: Settings, ledger: Ledger, *, as_of: date, at: datetime) -> tuple[str, ...]:
    """Take in what those sources say that can be read without asking anybody, so that a first look has something to show.

    Returns:   a sentence on each that does not give what it should
    """
    failed = []
    for source in filter(is_at_hand, workplace.plan.sources):
        try:
            gather(source, workplace, settings, ledger, as_of=as_of, at=at)
        except SourceFailed as error:
            failed.append(f"{source.id}: {error}")
    return tuple(failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What came of the folder of evidence."""

    new: int
    same: int
    wrong: tuple[str, ...]
    """A sentence on each thing in it that does not count."""


def gather_filed(
    workplace: Workplace, settings: Settings, ledger: Ledger, *, as_of: date, at: datetime, dry_run: bool = False
) -> Filed:
    """Take in what is filed as evidence; each file and address comes in once, and what does not count is told.

    Who has to look evidence through before it counts gets a letter that it waits, whatever came in of it in one.

    Args:      as_of: the day that is collected for; for a past one nothing is looked at, since nothing could be known then
               at: the instant of looking; what is filed becomes known on that day
               dry_run: only say what would come in
    """
    today = workplace.today(at)
    if as_of < today:
        return Filed(new=0, same=0, wrong=())
    plan = workplace.plan.id
    asked = replace(workplace, roster=workplace.asked(ledger.facts(plan, known_by=today)))
    evidence, wrong = filed_evidence(settings, asked, as_of=today)
    choose = partial(new_evidence, evidence)
    if dry_run or not evidence:
        new = choose(ledger.facts(plan, known_by=date.max)) if evidence else ()
        return Filed(new=len(new), same=len(evidence) - len(new), wrong=wrong)
    before = workplace.situation(ledger, as_of=today)

    def letters(first: int, new: Sequence[Fact]) -> tuple[Letter, ...]:
        known = replace(before, facts=Facts((*before.facts.every, *new)))
        return Looking(number=first, situation=known, settings=settings, on=today, at=at).waits(new)

    chosen = ledger.take_in(plan, choose, recorded_at=at, letters=letters)
    return Filed(new=len(chosen), same=len(evidence) - len(chosen), wrong=wrong)


def sift(readings: Sequence[Reading], workplace: Workplace, facts: Facts, held: Held) -> tuple[Change, ...]:
    """Return what readings change, each doubted as its measure says."""
    measures = {measure.id: measure for measure in workplace.plan.long_term_measures}

    def doubted(reading: Reading, known: Known) -> str:
        return doubt(measures[reading.item], reading, known)

    return changes(readings, facts, doubt=doubted, held=held)
