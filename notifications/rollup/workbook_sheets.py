"""What stands in each sheet of the workbook: columns and rows, worked out from nothing but the rollup."""

from collections.abc import Iterator

from notifications.rollup import wording
from notifications.rollup.parts import school_years
from notifications.rollup.wording import mark, shown
from notifications.rollup.workbook_cells import Cell, Column, Table
from plan.rollup import MeasureLine, Missing, OfficeLine, Rollup, SlipLine, Summed, YearLine

READINGS = "Readings"
EXPECTED, READING, SCHOOL_YEAR = 4, 5, 3
"""The columns of the sheet of readings that charts draw from."""

_CODE = Column(header="Measure", width=26)
_TITLE = Column(header="Title", width=30)
_STATUS = Column(header="Status", width=15)
_STEWARD = Column(header="Steward", width=24)
_REASON = Column(header="Reason", width=42)
_UNIT = Column(header="Unit", width=12)
_YEAR = Column(header="School year", width=9)


def tables(rollup: Rollup) -> Iterator[Table]:
    """Yield the sheets with records, in their order."""
    yield _priorities(rollup)
    yield _objectives(rollup)
    yield _actions(rollup)
    yield _measures(rollup)
    yield _readings(rollup)
    yield _movements(rollup)
    yield _slips(rollup)
    yield _answers_owed(rollup)
    yield _unattended(rollup)
    yield _restatements(rollup)
    yield _milestones(rollup)
    if rollup.is_annual:
        yield _scorecard(rollup)
        yield _years(rollup)
    yield _method(rollup)


def _priorities(rollup: Rollup) -> Table:
    return Table(
        name="Priorities",
        columns=(Column(header="Priority", width=10), _TITLE, *_summed_columns("Outcome"), *_summed_columns("Implementation")),
        rows=[(one.id, one.title, *_summed(one.outcome), *_summed(one.implementation)) for one in rollup.priorities],
        if_empty="The plan has no priority.",
    )


def _objectives(rollup: Rollup) -> Table:
    return Table(
        name="Objectives",
        columns=(
            Column(header="Objective", width=11),
            Column(header="Priority", width=9),
            _TITLE,
            Column(header="Lead", width=24),
            Column(header="In two words", width=18),
            *_summed_columns("Outcome"),
            *_summed_columns("Implementation"),
        ),
        rows=[
            (
                *(one.id, one.priority, one.title, one.lead, mark(one.reading)),
                *(*_summed(one.outcome), *_summed(one.implementation)),
            )
            for one in rollup.objectives
        ],
        if_empty="The plan has no objective.",
    )


def _summed_columns(aspect: str) -> tuple[Column, ...]:
    known = "Rated" if aspect == "Outcome" else "Reported"
    return (
        Column(header=aspect, width=17),
        Column(header=f"{aspect} score (of 4)", width=15),
        Column(header=known, width=9),
        Column(header=f"{known} of", width=9),
        Column(header=f"{aspect} capped by", width=16),
        Column(header=f"{aspect} reason", width=32),
    )


def _summed(one: Summed) -> tuple[Cell, ...]:
    return mark(one.status), one.score, one.known, one.due, one.capped_by, one.reason


def _actions(rollup: Rollup) -> Table:
    return Table(
        name="Actions",
        columns=(
            Column(header="Action", width=10),
            Column(header="Objective", width=11),
            _TITLE,
            Column(header="Owner", width=24),
            Column(header="Check-in", width=15),
            Column(header="Due", width=12),
            Column(header="Implementation", width=16),
            Column(header="Reported on", width=12),
            Column(header="Evidence", width=13),
            Column(header="Outcome", width=17),
            Column(header="Check-in reason", width=28),
            Column(header="Implementation reason", width=38),
            Column(header="Evidence reason", width=20),
        ),
        rows=[
            (
                *(one.id, one.objective, one.title, one.owner, mark(one.obligation), one.due, mark(one.implementation)),
                *(one.reported_on, mark(one.evidence), mark(one.outcome)),
                *(one.obligation_reason, one.implementation_reason, one.evidence_reason),
            )
            for one in rollup.actions
        ],
        if_empty="The plan has no action.",
    )


def _measures(rollup: Rollup) -> Table:
    return Table(
        name="Measures",
        columns=(
            _CODE,
            Column(header="Objective", width=11),
            _TITLE,
            _STATUS,
            Column(header="Judged", width=15),
            _UNIT,
            _YEAR,
            Column(header="Reading", width=12),
            Column(header="Expected", width=12),
            Column(header="Baseline", width=12),
            Column(header="Target", width=12),
            Column(header="Target year", width=11),
            Column(header="Share of the way", width=10, is_share=True),
            Column(header="Shortfall", width=12),
            Column(header="Masked", width=9),
            Column(header="Wanted", width=24),
            _STEWARD,
            _REASON,
            Column(header="Last known", width=14),
            Column(header="Forecast", width=34),
        ),
        rows=[_measure(one) for one in rollup.measures],
        if_empty=wording.NO_MEASURE,
    )


def _measure(one: MeasureLine) -> tuple[Cell, ...]:
    return (
        *(one.id, one.objective, one.title, mark(one.status), mark(one.judged), one.unit, one.school_year),
        *(one.reading, one.expected, one.baseline, one.target, one.target_year, one.share, one.shortfall),
        *(_masked(one.is_masked), one.wanted, one.steward, one.reason, one.last_known, wording.forecast(one)),
    )


def _readings(rollup: Rollup) -> Table:
    return Table(
        name=READINGS,
        columns=(
            *(_CODE, _TITLE, _UNIT, _YEAR, Column(header="Expected", width=13), Column(header="Reading", width=13)),
            *(Column(header="Masked", width=9), Column(header="Known on", width=12), Column(header="Source", width=38)),
        ),
        rows=[_reading(measure, year) for measure in rollup.measures for year in measure.years],
        if_empty=wording.NO_FIGURES,
    )


def _reading(measure: MeasureLine, year: YearLine) -> tuple[Cell, ...]:
    return (
        *(measure.id, measure.title, measure.unit, year.school_year, year.expected, shown(year)),
        *(_masked(year.is_masked), year.known_on, year.source),
    )


def _masked(is_masked: bool) -> str | None:
    return "masked" if is_masked else None


def _movements(rollup: Rollup) -> Table:
    return Table(
        name="Movements",
        columns=(
            *(Column(header="Item", width=20), Column(header="Kind", width=11), _TITLE, Column(header="Of", width=15)),
            *(Column(header="Change", width=12), Column(header="Was", width=17), Column(header="Now", width=17)),
            *(Column(header="Points", width=8), _REASON),
        ),
        rows=[
            (
                *(one.item, one.kind, one.title, one.aspect, wording.change_of(one)),
                *(mark(one.was), mark(one.now), one.by, one.reason),
            )
            for one in rollup.movements
        ],
        if_empty=wording.no_movement(rollup),
    )


def _slips(rollup: Rollup) -> Table:
    return Table(
        name="Slips",
        columns=(
            *(_CODE, _TITLE, _STATUS, _STEWARD, Column(header="Since", width=12), Column(header="Back on", width=12)),
            *(Column(header="Plan due", width=12), Column(header="Plan came on", width=13), Column(header="Cause", width=26)),
            *(Column(header="Step", width=26), Column(header="Done by", width=12), Column(header="Effect", width=26)),
            *(Column(header="By", width=20), _REASON, Column(header="Why nobody is told", width=24)),
        ),
        rows=[_slip(one) for one in rollup.slips],
        if_empty=wording.NO_SLIP,
    )


def _slip(one: SlipLine) -> tuple[Cell, ...]:
    plan: tuple[Cell, ...] = (None,) * 6
    if one.plan:
        plan = (one.plan.known_on, one.plan.cause, one.plan.step, one.plan.done_by, one.plan.effect, one.plan.by)
    return (
        *(one.measure, one.title, mark(one.status), one.steward, one.since, one.over_on, one.plan_due),
        *(*plan, one.reason, one.not_followed),
    )


def _answers_owed(rollup: Rollup) -> Table:
    return Table(
        name="Answers owed",
        columns=(
            Column(header="Office", width=32),
            *(Column(header=header, width=9) for header in ("Asked", "On time", "Late", "Waived", "Not come")),
            *(Column(header="Item", width=20), _TITLE, Column(header="Owes", width=12), Column(header="Period", width=14)),
            *(Column(header="Due", width=12), _STATUS),
        ),
        rows=[row for office in rollup.offices for row in _office(office)],
        if_empty=wording.NOTHING_OWED,
    )


def _office(line: OfficeLine) -> Iterator[tuple[Cell, ...]]:
    """Yield an office's figures, and below them each item that has not come, without figures, so that sums stay right."""
    yield (line.office, line.asked, line.on_time, line.late, line.waived, len(line.missing), *(None,) * 6)
    yield from ((line.office, *(None,) * 5, *_missing(one)) for one in line.missing)


def _missing(one: Missing) -> tuple[Cell, ...]:
    return one.item, one.title, one.owes, one.period, one.due, mark(one.status)


def _unattended(rollup: Rollup) -> Table:
    return Table(
        name="Unattended",
        columns=(_CODE, _TITLE, _STEWARD, Column(header="Last heard on", width=14), Column(header="Days ago", width=10)),
        rows=[(one.measure, one.title, one.steward, one.last_on or wording.heard(one), one.days) for one in rollup.unattended],
        if_empty=wording.NONE_UNATTENDED,
    )


def _restatements(rollup: Rollup) -> Table:
    units = {one.id: one.unit for one in rollup.measures}
    return Table(
        name="Restatements",
        columns=(
            *(_CODE, _TITLE, _UNIT, _YEAR, Column(header="Was", width=12), Column(header="Now", width=12)),
            *(Column(header="Masked", width=9), Column(header="Known on", width=12), Column(header="Source", width=38)),
        ),
        rows=[
            (
                *(one.measure, one.title, units.get(one.measure), one.school_year, one.was, one.now),
                *(_masked(one.was is None or one.now is None), one.known_on, one.source),
            )
            for one in rollup.restatements
        ],
        if_empty=wording.no_restatement(rollup),
    )


def _milestones(rollup: Rollup) -> Table:
    return Table(
        name="Milestones",
        columns=(
            *(Column(header="Due", width=12), _CODE, _TITLE, Column(header="Milestone", width=14), _STEWARD),
            *(Column(header="Expected", width=12), _UNIT),
        ),
        rows=[(one.due, one.measure, one.title, one.name, one.steward, one.expected, one.unit) for one in rollup.milestones],
        if_empty=wording.until_next(rollup),
    )


def _scorecard(rollup: Rollup) -> Table:
    return Table(
        name="Scorecard",
        columns=(
            *(_CODE, _TITLE, Column(header="Wanted", width=30), _UNIT, Column(header="Baseline", width=12)),
            *(Column(header="Latest reading", width=12), Column(header="Of", width=10), Column(header="Target", width=12)),
            *(Column(header="Target year", width=11), Column(header="Share of the way", width=10, is_share=True), _STATUS),
            Column(header="Masked", width=9),
        ),
        rows=[_scored(one) for one in rollup.measures],
        if_empty=wording.NO_MEASURE,
    )


def _scored(one: MeasureLine) -> tuple[Cell, ...]:
    latest = next((year for year in reversed(one.years) if shown(year) is not None), None)
    reading = (shown(latest), latest.school_year) if latest else (None, None)
    return (
        *(one.id, one.title, one.wanted, one.unit, one.baseline, *reading, one.target, one.target_year, one.share),
        *(mark(one.status), _masked(one.is_masked)),
    )


def _years(rollup: Rollup) -> Table:
    figured = [one for one in rollup.measures if one.years]
    names = school_years(figured)
    pairs = (Column(header=f"{name} {what}", width=11) for name in names for what in ("expected", "reading"))
    return Table(
        name="Years",
        columns=(_CODE, _TITLE, _UNIT, *pairs),
        rows=[(one.id, one.title, one.unit, *_side_by_side(one, names)) for one in figured],
        if_empty=wording.NO_FIGURES,
    )


def _side_by_side(measure: MeasureLine, names: list[str]) -> Iterator[Cell]:
    known = {year.school_year: year for year in measure.years}
    for name in names:
        year = known.get(name)
        yield year.expected if year else None
        yield (_masked(year.is_masked) or year.reading) if year else None


def _method(rollup: Rollup) -> Table:
    return Table(
        name="Method",
        columns=(Column(header=wording.HEADINGS["method"], width=100),),
        rows=[(paragraph,) for paragraph in wording.method(rollup)],
        if_empty="",
    )
