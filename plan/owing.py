"""Who owes what when a rollup freezes: slips and their corrective plans, answers by office, measures nobody speaks of."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from plan.assess import SLIPPED, MeasureStatus, first_day
from plan.duties import Obligation
from plan.facts import Acknowledgement, CheckIn, CorrectivePlan, Evidence, Reading
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import LongTermMeasure
from plan.phrase import phrase
from plan.rollup import Ask, MeasureLine, Missing, OfficeLine, PlanLine, SlipLine, Unattended
from plan.slip_ladder import not_followed, plan_due, plan_for
from plan.slips import BACK, Slip
from plan.standing import ObligationStatus, standing
from plan.sums import COVERAGE

UNATTENDED_DAYS = 90
"""Calendar days without a word from its steward after which a measure is unattended (rules.md 7)."""

_SETTLED = {
    ObligationStatus.SUBMITTED: "on_time",
    ObligationStatus.SUBMITTED_LATE: "late",
    ObligationStatus.WAIVED: "waived",
}
"""How what is owed was settled; in every other status it has not come."""
_Owed = tuple[Obligation, ObligationStatus]


@dataclass(frozen=True)
class Owing:
    """What is owed on a day, and what came since another day."""

    at: Situation
    judged: Judged
    since: date
    """The day after which something is new: the freezing of the rollup before."""
    slipping_since: Mapping[str, date] = field(default_factory=dict)
    """Since when each measure slips by the rollup before: between two rollups nobody may have kept it."""

    @property
    def as_of(self) -> date:
        """Return the day."""
        return self.judged.as_of

    def slips(self) -> Iterator[SlipLine]:
        """Yield the slips that last, and those that ended since, the oldest first."""
        lines = []
        for measure in self.at.plan.long_term_measures:
            slip = self.at.slips.get(measure.id) or self._lasting(measure)
            is_shown = slip and slip.since <= self.as_of and (slip.over_on is None or self.since < slip.over_on <= self.as_of)
            if slip and is_shown and not self.judged.has_left(measure):
                lines.append(self._slip(measure, slip))
        yield from sorted(lines, key=lambda one: (one.since, one.measure))

    def _lasting(self, measure: LongTermMeasure) -> Slip | None:
        """Return the slip that the rollup before told and that nothing has ended since, where no run kept it; or None."""
        since, judged = self.slipping_since.get(measure.id), self.judged.measures[measure.id]
        if since is None or self.judged.status(measure.id) in BACK:
            return None
        return Slip(item=measure.id, since=since, reason=judged.reason)

    def offices(self) -> Iterator[OfficeLine]:
        """Yield every office with something that was to be answered since, in the owners' order."""
        by_office: defaultdict[str, list[_Owed]] = defaultdict(list)
        for item in self.at.plan.items.values():
            for owed in self.at.duties.chased(item, as_of=self.as_of):
                if owed.due < self.as_of and not self._was_settled(owed):
                    by_office[self.at.roster.office_title(item.id, as_of=self.as_of)].append((owed, self._status(owed)))
        order = {office.title: place for place, office in enumerate(self.at.roster.owners.offices.values())}
        for office, owing in sorted(by_office.items(), key=lambda pair: order.get(pair[0], len(order))):
            yield self._office(office, owing)

    def unattended(self) -> Iterator[Unattended]:
        """Yield the measures of which nothing has been heard for 90 calendar days or more.

        Source:    rules.md 7
        """
        heard = self._heard_on()
        for measure in self.at.plan.long_term_measures:
            last = heard.get(measure.id)
            days = (self.as_of - last).days if last else None
            if (days is None or days >= UNATTENDED_DAYS) and not self._rests(measure):
                steward = self.at.roster.office_title(measure.id, as_of=self.as_of)
                yield Unattended(measure=measure.id, title=measure.title, steward=steward, last_on=last, days=days)

    def asks(self, measures: Sequence[MeasureLine], slips: Sequence[SlipLine], offices: Sequence[OfficeLine]) -> Iterator[Ask]:
        """Yield what the board is asked to take up: missing corrective plans, unanswered reminders, figures nobody has."""
        without = [one for one in slips if one.over_on is None and one.plan is None and not one.not_followed]
        if without:
            yield _ask(_unplanned(len(without)), [(one.measure, one.steward) for one in without])
        asked, missing = sum(line.asked for line in offices), sum(len(line.missing) for line in offices)
        if asked and asked - missing < COVERAGE * asked:
            late = [line.office for line in offices if line.missing]
            yield Ask(sentence=_few(missing, asked), items=(), offices=tuple(late))
        exhausted = [(one.item, line.office) for line in offices for one in line.missing if one.status == "exhausted"]
        if exhausted:
            yield _ask(_never_came(len(exhausted)), exhausted)
        resting = {measure.id for measure in self.at.plan.long_term_measures if self._rests(measure)}
        unknown = [(one.id, one.steward) for one in measures if one.status == MeasureStatus.NO_DATA and one.id not in resting]
        if unknown:
            yield _ask(_without_figures(len(unknown)), unknown)

    def _slip(self, measure: LongTermMeasure, slip: Slip) -> SlipLine:
        asked_by, since = plan_due(slip, self.at), self._slipped_on(measure, slip)
        plan = plan_for(replace(slip, since=since), self.at.facts)
        return SlipLine(
            measure=measure.id,
            title=measure.title,
            steward=self.at.roster.office_title(measure.id, as_of=self.as_of),
            status=self.judged.status(measure.id),
            since=since,
            over_on=slip.over_on,
            reason=slip.reason,
            plan_due=asked_by,
            plan=_plan(plan) if plan else None,
            not_followed=not_followed(measure, self.at, as_of=self.as_of) or "",
        )

    def _slipped_on(self, measure: LongTermMeasure, slip: Slip) -> date:
        """Return since when a measure slips: as the rollup before told, else as the facts tell, else as a run kept it."""
        told = self.slipping_since.get(measure.id)
        judged = self.judged.measures[measure.id]
        facts = first_day(judged, self.at.duties) if slip.over_on is None and judged.status in SLIPPED else None
        return min(day for day in (told, facts, slip.since) if day is not None)

    def _office(self, office: str, owing: Sequence[_Owed]) -> OfficeLine:
        settled = Counter(_SETTLED[status] for _, status in owing if status in _SETTLED)
        missing = sorted((pair for pair in owing if pair[1] not in _SETTLED), key=lambda pair: (pair[0].due, pair[0].item))
        return OfficeLine(
            office=office,
            asked=len(owing),
            on_time=settled["on_time"],
            late=settled["late"],
            waived=settled["waived"],
            missing=tuple(self._missing(owed, status) for owed, status in missing),
        )

    def _was_settled(self, owed: Obligation) -> bool:
        """Return whether something had been settled by the rollup before, so that it was told there."""
        if owed.due >= self.since:
            return False
        given = self.at.facts.given(owed.kind, owed.item, owed.period)
        return given <= self.since if given else self._status(owed) is ObligationStatus.WAIVED

    def _missing(self, owed: Obligation, status: ObligationStatus) -> Missing:
        title, period = self.at.plan.items[owed.item].title, str(owed.period)
        return Missing(item=owed.item, title=title, owes=owed.kind, period=period, due=owed.due, status=status)

    def _status(self, owed: Obligation) -> ObligationStatus:
        at = self.at
        return standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=self.as_of).status

    def _rests(self, measure: LongTermMeasure) -> bool:
        """Return whether nothing is expected of a measure: it has left the plan, is paused, or is met for good."""
        is_paused = measure.paused_until is not None and self.as_of < measure.paused_until
        is_done = measure.target.kind in ("deliverable", "narrative") and self.judged.status(measure.id) == MeasureStatus.MET
        return self.judged.has_left(measure) or is_paused or is_done

    def _heard_on(self) -> Mapping[str, date]:
        """Return the last day on which an owner gave something for an item, by code."""
        heard: dict[str, date] = {}
        for fact in self.at.facts.every:
            if isinstance(fact, CheckIn | Reading | Evidence | Acknowledgement | CorrectivePlan):
                heard[fact.item] = max(heard.get(fact.item, date.min), fact.known_on)
        return heard


def _ask(sentence: str, about: Sequence[tuple[str, str]]) -> Ask:
    items, offices = (tuple(dict.fromkeys(names)) for names in zip(*about, strict=True))
    return Ask(sentence=sentence, items=items, offices=offices)


def _unplanned(count: int) -> str:
    if count == 1:
        return phrase("One measure has slipped without a corrective plan. Ask for a plan with a cause, a step and a day.")
    return phrase(
        "{count} measures have slipped without corrective plans. Ask for a plan with a cause, a step and a day.", count=count
    )


def _few(missing: int, asked: int) -> str:
    return phrase(
        "{missing} of the {asked} answers that were due have not come. Ask the offices for them.", missing=missing, asked=asked
    )


def _never_came(count: int) -> str:
    if count == 1:
        return phrase("One answer never came, though every reminder was sent. Decide who answers for them from now on.")
    return phrase(
        "{count} answers never came, though every reminder was sent. Decide who answers for them from now on.", count=count
    )


def _without_figures(count: int) -> str:
    if count == 1:
        return phrase("One measure has no figure though results are due. Settle who supplies them, and by when.")
    return phrase(
        "{count} measures have no figures though results are due. Settle who supplies them, and by when.", count=count
    )


def _plan(plan: CorrectivePlan) -> PlanLine:
    said = {"by": plan.by, "cause": plan.cause, "step": plan.step, "effect": plan.effect}
    return PlanLine(known_on=plan.known_on, done_by=plan.done_by, **said)
