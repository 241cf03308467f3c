"""Measures with their targets, what becomes known of them, and days on which they are judged; a test names only its case."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from plan.assess import Assessment, assess
from plan.digests import Post, due_notices
from plan.duties import Duties
from plan.facts import (
    Acceptance,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Facts,
    Override,
    Progress,
    Reading,
    Said,
)
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Plan, Trajectory
from plan.owners import Owners
from plan.periods import Period, Quarter, SchoolYear, WorkingDays
from plan.slips import slips_after
from tests.builders import situation
from tests.plan_builders import ROOT, shipped, tell, told_about, tree, weekdays

KNOWN = date(2024, 10, 1)
"""The results for 2023-24 are due and those for 2024-25 are not; 2023-24 is the second year of most ways here."""


def year(text: str) -> SchoolYear:
    """Return a school year as people write it."""
    return SchoolYear.parse(text)


def way(**points: Any) -> Trajectory:
    """Return a trajectory by the first calendar years of its points, as in way(y2021=44, y2026=60)."""
    values = {SchoolYear(int(name[1:])): Decimal(str(value)) for name, value in points.items()}
    return Trajectory(kind="trajectory", points=values, line_between=True)


def line(start: Any, end: Any) -> dict[str, Any]:
    """Return what people write for a way from 2021-22 to 2026-27."""
    return {"kind": "trajectory", "points": {"2021-22": start, "2026-27": end}}


def of_measures(*measures: dict[str, Any], actions: Sequence[str] = (), **settings: Any) -> Plan:
    """Return a plan whose one objective 1.1 has measures, named m1, m2 and so on unless they say otherwise, in percent."""
    numbered = [{"id": f"m{at}", "title": f"M{at}", "unit": "percent", **one} for at, one in enumerate(measures, 1)]
    asked = [{"id": code, "title": code} for code in actions]
    return tree({"long_term_measures": numbered, "actions": asked}, **settings)


def read(value: Any, of: str = "2023-24", *, on: date = date(2024, 8, 1), item: str = "m1") -> Reading:
    """Return a reading that became known on a day."""
    return Reading(item=item, period=year(of), value=Decimal(str(value)), source="", note="", by="assessment", known_on=on)


def said(status: Said, *, on: date, item: str = "m1", of: str = "2026-27 Q1", note: str = "") -> CheckIn:
    """Return what an owner or steward said on a day."""
    return CheckIn(item=item, period=Quarter.parse(of), status=status, note=note, by="curriculum", known_on=on)


def rated(progress: Progress, *, on: date = KNOWN, item: str = "m1", of: str = "2024-25 Q1") -> CheckIn:
    """Return a steward's rating of a narrative measure."""
    return said(progress, on=on, item=item, of=of)


def accepted(*, on: date, item: str = "m1") -> Acceptance:
    """Return that evidence was accepted on a day."""
    return Acceptance(item=item, period=year("2024-25"), note="", by="planning", known_on=on)


def delivered(*, on: date, item: str = "m1") -> tuple[Evidence, Acceptance]:
    """Return evidence that was given and accepted on a day."""
    return proof(on, item=item), accepted(on=on, item=item)


def proof(dated_on: date, *, item: str = "1.1A", on: date | None = None) -> Evidence:
    """Return evidence with its own date, known at once unless said otherwise."""
    return Evidence(
        item=item,
        period=Quarter.parse("2026-27 Q1"),
        reference="minutes.pdf",
        dated_on=dated_on,
        note="",
        by="curriculum",
        known_on=on or dated_on,
    )


def override(status: str, *, on: date, until: date, item: str = "m1", note: str = "The test changed.") -> Override:
    """Return a status that somebody set beside the judged one."""
    of = year("2024-25")
    return Override(item=item, period=of, status=status, until=until, note=note, by="Superintendent", known_on=on)


def corrective_plan(*, on: date, item: str = "m1") -> CorrectivePlan:
    """Return a corrective plan that came on a day."""
    period: Period = year("2025-26")
    return CorrectivePlan(
        item=item, period=period, cause="c", step="s", done_by=date(2027, 1, 15), effect="e", by="curriculum", known_on=on
    )


@cache
def _weekdays() -> WorkingDays:
    return weekdays()


def duties_of(plan: Plan) -> Duties:
    """Return what a plan owes where only weekends are free."""
    return Duties(plan, _weekdays())


def assessed(target: dict[str, Any], *readings: Any, as_of: date = KNOWN, **changed: Any) -> Assessment:
    """Return measure m1 judged, in percent unless said otherwise, by what is known on the day."""
    plan = of_measures({"target": target, **changed})
    return assess(plan.long_term_measures[0], Facts(readings).known_by(as_of), duties_of(plan), as_of=as_of)


def judged(plan: Plan, *facts: Any, as_of: date = KNOWN) -> Judged:
    """Return a plan judged by what is known on the day."""
    return Judged(duties_of(plan), Facts(facts).known_by(as_of), as_of)


@cache
def published() -> tuple[Reading, ...]:
    """Return the district's published readings, as they are shipped."""
    with (ROOT / "plan" / "socorro-isd-readings.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Reading(
                item=row["measure"],
                period=year(row["school_year"]),
                value=Decimal(row["value"]),
                source=row["source"],
                note=row["note"],
                by="",
                known_on=date.fromisoformat(row["known_on"]),
            )
            for row in csv.DictReader(file)
        )


@cache
def shipped_duties() -> Duties:
    """Return what the shipped plan owes, on the shipped calendar."""
    plan, _, calendar = shipped()
    return Duties(plan, calendar.working_days(plan.first_year, plan.last_year))


def published_as_of(day: date) -> Judged:
    """Return the shipped plan judged on a day by what was published until then."""
    return Judged(shipped_duties(), Facts(published()).known_by(day), day)


# --- slips --------------------------------------------------------------------------------------------------------------

LOW, HIGH = 48, 60
"""Readings for 2025-26 that are off track, and met, on the way from 44 to 60; 56.8 is expected, from 31 August 2026 on."""


def slipping(
    codes: Iterable[str] = ("m1",), *, actions: Sequence[str] = (), answered_by: Owners | None = None, **settings: Any
) -> Situation:
    """Return a situation with measures on a way from 44 to 60, of which nothing is known; no weekly ceiling unless given."""
    measures = [{"id": code, "title": code, "target": line(44, 60)} for code in codes]
    plan = of_measures(*measures, actions=actions, **{"digests_per_week": "unlimited", **settings})
    return situation(plan, answered_by)


def low(*, item: str = "m1", on: date = date(2026, 8, 20)) -> Reading:
    """Return a reading for 2025-26 that is off track."""
    return read(LOW, "2025-26", on=on, item=item)


def high(*, item: str = "m1", on: date) -> Reading:
    """Return the same reading, corrected to one that meets the target."""
    return read(HIGH, "2025-26", on=on, item=item)


def on_day(at: Situation, *facts: Any, day: date) -> Situation:
    """Return the situation of a day: what is known by then, and the slips after its judgement."""
    at = replace(at, facts=Facts(facts).known_by(day))
    return replace(at, slips=slips_after(at.slips, Judged(at.duties, at.facts, day).statuses(), day=day))


def slip_days(at: Situation, days: Iterable[date], *facts: Any, undelivered: Iterable[date] = ()) -> dict[date, Post]:
    """Judge, choose and tell day by day; return the days on which mail went out or was held back.

    Args:      undelivered: days whose mail stays on its way for good
    """
    posts: dict[date, Post] = {}
    for day in days:
        at = on_day(at, *facts, day=day)
        post = due_notices(at, as_of=day)
        tell(post, at.told, delivered=day not in undelivered)
        if post != Post():
            posts[day] = post
    return posts


def slip_story(
    at: Situation, days: Iterable[date], *facts: Any, item: str = "m1", undelivered: Iterable[date] = ()
) -> list[str]:
    """Return "year-month-day step office" of what the slip ladder tells of a measure, in order."""
    told = told_about(item, slip_days(at, days, *facts, undelivered=undelivered))
    return sorted(f"{day:%y-%m-%d} {n.step} {n.to.office}" for day, n in told if n.ladder == "slip")
