"""Take in what a plan's sources say and what is filed: what is new becomes a fact, what jumps is held. Imports no Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from ledger.ledger import Ledger
from plan.collected import Collected, collected
from plan.facts import Facts, Reading
from plan.filed import new_evidence
from plan.plausible import doubt
from plan.restated import Change, Figure, Known, changes
from plan.sources import Source
from tasks.filed import filed_evidence
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

    Args:      as_of: the day on which it is asked; what it says became known then, unless it names another day
               at: the instant of recording
               dry_run: only say what it would change
    Raises:    SourceFailed: it does not give what it should; what was known stands
               SourceFaulty: some of it cannot be used; the rest was taken in
    """
    table = table_of(source, settings)
    said = collected(source, table, workplace.roster, as_of=as_of)
    sift = partial(_sift, said.readings, workplace)
    plan = workplace.plan.id
    if dry_run:
        held = frozenset((one.reading.item, one.reading.period, one.reading.value) for one in ledger.held(plan))
        found = sift(ledger.facts(plan, known_by=date.max), held)
    else:
        found = ledger.collect(plan, source.id, sift, recorded_at=at)
    gathered = Gathered(source=source.id, found_at=table.found_at, said=said, changes=found)
    if said.faults:
        raise SourceFaulty(gathered)
    return gathered


def gather_at_hand(workplace: Workplace, settings: Settings, ledger: Ledger, *, as_of: date, at: datetime) -> None:
    """Take in what those sources say that can be read without asking anybody, so that a first look has something to show.

    Raises:    SourceFailed: one does not give what it should
    """
    for source in workplace.plan.sources:
        if is_at_hand(source):
            gather(source, workplace, settings, ledger, as_of=as_of, at=at)


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

    Args:      as_of: the day on which it becomes known
               dry_run: only say what would come in
    """
    evidence, wrong = filed_evidence(settings, workplace, as_of=as_of)
    choose = partial(new_evidence, evidence)
    plan = workplace.plan.id
    if dry_run or not evidence:
        new = choose(ledger.facts(plan, known_by=date.max)) if evidence else ()
        return Filed(new=len(new), same=len(evidence) - len(new), wrong=wrong)
    chosen = ledger.take_in(plan, choose, recorded_at=at)
    return Filed(new=len(chosen), same=len(evidence) - len(chosen), wrong=wrong)


def _sift(readings: Sequence[Reading], workplace: Workplace, facts: Facts, held: frozenset[Figure]) -> tuple[Change, ...]:
    measures = {measure.id: measure for measure in workplace.plan.long_term_measures}

    def doubted(reading: Reading, known: Known) -> str:
        return doubt(measures[reading.item], reading, known)

    return changes(readings, facts, doubt=doubted, held=held)
