"""A small rollup, made in code; a test names only what it is about."""

import subprocess
import sys
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from os import environ
from pathlib import Path
from typing import Any

from plan.rollup import (
    ActionLine,
    Ask,
    ComingMilestone,
    MeasureLine,
    Missing,
    Movement,
    ObjectiveLine,
    OfficeLine,
    PlanLine,
    PriorityLine,
    Restatement,
    Rollup,
    SlipLine,
    Summed,
    Unattended,
    YearLine,
    written,
)

FROZEN_ON = date(2026, 10, 19)
SEAL = "0123456789abcdef" * 4
READINGS = {"2023-24": "88", "2025-26": "90.5"}
EXPECTED = {"2023-24": "88", "2024-25": "90", "2025-26": "92", "2026-27": "94"}

_ROOT = Path(__file__).parent.parent
_NAMES = ("title", "organisation", "lead", "owner", "steward", "office", "by", "wanted", "unit", "source")
_TOLD = ("reason", "implementation_reason", "cause", "step", "effect", "not_followed", "sentence")


def summed(status: str = "watch", **changed: Any) -> Summed:
    """Return what some statuses come to."""
    made = Summed(status=status, score=Decimal(2), known=2, due=3, capped_by=None, reason="2 of 3 measures rated, score 2.00.")
    return replace(made, **changed)


def year(school_year: str, reading: float | str | None = None, **changed: Any) -> YearLine:
    """Return a school year of a measure."""
    known_on = None if reading is None else date(int(school_year[:4]) + 1, 8, 15)
    figure = None if reading is None else Decimal(str(reading))
    made = YearLine(
        school_year=school_year, expected=None, reading=figure, known_on=known_on, source="the registrar", is_masked=False
    )
    return replace(made, **changed)


def years(readings: Mapping[str, str], expected: Mapping[str, str], *, masked: Collection[str] = ()) -> tuple[YearLine, ...]:
    """Return the school years of a measure, with what was read and expected."""
    last = max(readings, default="")
    return tuple(
        year(
            name,
            readings.get(name),
            expected=Decimal(expected[name]) if name in expected else None,
            is_masked=name in masked,
            is_projected=name > last,
        )
        for name in sorted({*readings, *expected, *masked})
    )


def measure(id: str = "1.1-rating", **changed: Any) -> MeasureLine:
    """Return a measure that began at 88, should be at 92 and is at 90.5; judged as its status says."""
    made = MeasureLine(
        id=id,
        objective="1.1",
        title="District accountability rating",
        unit="percent",
        kind="trajectory",
        wanted="from 88 in 2023-24 to 94 in 2026-27",
        steward="Director of Assessment",
        status="off_track",
        judged="off_track",
        reason="90.5 against 92 expected for 2025-26.",
        school_year="2025-26",
        reading=Decimal("90.5"),
        baseline=Decimal(88),
        expected=Decimal(92),
        target=Decimal(94),
        target_year="2026-27",
        share=Decimal("0.625"),
        shortfall=Decimal("1.5"),
        last_known="90.5 in 2025-26",
        years=years(READINGS, EXPECTED),
        forecast=None,
        is_masked=False,
    )
    return replace(made, **{"judged": changed.get("status", made.judged)} | changed)


def unread(id: str = "1.1-survey", **changed: Any) -> MeasureLine:
    """Return a measure without figures."""
    nothing = dict.fromkeys(("reading", "baseline", "expected", "target", "share", "shortfall", "last_known"))
    told = {"unit": "", "kind": "narrative", "years": (), "status": "not_rated"}
    return measure(id, **(nothing | told | {"title": "Stakeholder survey"} | changed))


def action(id: str = "1.1A", **changed: Any) -> ActionLine:
    """Return an action that is told of in time, without evidence."""
    made = ActionLine(
        id=id,
        objective="1.1",
        title="Gauge instruction",
        owner="Director of Curriculum",
        obligation="submitted",
        due=date(2026, 10, 14),
        obligation_reason="The check-in for 2026-27 Q1 came on 2026-10-02.",
        implementation="at_risk",
        reported_on=date(2026, 10, 2),
        implementation_reason="Two campuses began late.",
        evidence="needed",
        evidence_reason="No evidence has been given.",
        outcome="watch",
    )
    return replace(made, **changed)


def objective(**changed: Any) -> ObjectiveLine:
    """Return an objective whose actions go well while its measures do not."""
    made = ObjectiveLine(
        id="1.1",
        priority="P1",
        title="Raise achievement",
        lead="Chief Academic Officer",
        outcome=summed("off_track"),
        implementation=summed("on_track"),
        reading="doing, not moving",
    )
    return replace(made, **changed)


def movement(**changed: Any) -> Movement:
    """Return the fall of a measure by two points."""
    made = Movement(
        item="1.1-rating",
        title="District accountability rating",
        kind="measure",
        aspect="outcome",
        was="on_track",
        now="off_track",
        by=-2,
        reason="90.5 against 92 expected for 2025-26.",
    )
    return replace(made, **changed)


def slip(**changed: Any) -> SlipLine:
    """Return a measure that slipped, with a corrective plan."""
    plan = PlanLine(
        known_on=date(2026, 10, 5),
        by="Director of Assessment",
        cause="Two campuses fell behind.",
        step="Tutoring twice a week.",
        done_by=date(2027, 2, 1),
        effect="3 points by spring.",
    )
    made = SlipLine(
        measure="1.1-rating",
        title="District accountability rating",
        steward="Director of Assessment",
        status="off_track",
        since=date(2026, 8, 20),
        over_on=None,
        reason="90.5 against 92 expected for 2025-26.",
        plan_due=date(2026, 9, 3),
        plan=plan,
        not_followed="",
    )
    return replace(made, **changed)


def office(**changed: Any) -> OfficeLine:
    """Return an office that owes one answer."""
    owed = Missing(item="1.1B", title="Tutor", owes="check-in", period="2026-27 Q1", due=date(2026, 10, 14), status="overdue")
    made = OfficeLine(office="Director of Curriculum", asked=3, on_time=1, late=1, waived=0, missing=(owed,))
    return replace(made, **changed)


def rollup(**changed: Any) -> Rollup:
    """Return a full quarter of a small plan: one priority, one objective, two measures, one action."""
    made = Rollup(
        plan="riverside-2023-2027",
        title="Riverside ISD strategic plan",
        organisation="Riverside Independent School District",
        period="2026-27 Q1",
        first_day=date(2026, 7, 1),
        last_day=date(2026, 9, 30),
        frozen_on=FROZEN_ON,
        is_draft=False,
        before="2025-26 Q4",
        before_frozen_on=date(2026, 7, 20),
        next_on=date(2027, 1, 21),
        inputs="f" * 64,
        outcome=summed(),
        implementation=summed("at_risk", reason="2 of 3 actions reported, score 2.00."),
        priorities=(PriorityLine(id="P1", title="Students", outcome=summed(), implementation=summed("at_risk")),),
        objectives=(objective(),),
        measures=(measure(), unread()),
        actions=(action(),),
        movements=(movement(),),
        slips=(slip(),),
        offices=(office(),),
        unattended=(
            Unattended(
                measure="1.1-survey", title="Stakeholder survey", steward="Director of Assessment", last_on=None, days=None
            ),
        ),
        restatements=(
            Restatement(
                measure="1.1-rating",
                title="District accountability rating",
                school_year="2025-26",
                was=Decimal(91),
                now=Decimal("90.5"),
                known_on=date(2026, 9, 1),
                source="the state",
            ),
        ),
        milestones=(
            ComingMilestone(
                measure="1.1-rating",
                title="District accountability rating",
                steward="Director of Assessment",
                name="2026-27",
                due=date(2026, 12, 31),
                expected=Decimal(94),
                unit="percent",
            ),
        ),
        asks=(Ask(sentence="Ask for the missing plans.", items=("1.1-rating",), offices=("Director of Assessment",)),),
    )
    return replace(made, **changed)


def bare_rollup(**changed: Any) -> Rollup:
    """Return a first quarter of a plan in which nothing is known and nothing happened."""
    empty: dict[str, Any] = {
        "before": None,
        "before_frozen_on": None,
        "measures": (unread(),),
        **dict.fromkeys(("movements", "slips", "offices", "unattended", "restatements", "milestones", "asks"), ()),
    }
    return rollup(**(empty | changed))


def saying(text: str, of: Rollup | None = None) -> Rollup:
    """Return a rollup in which all that people write says this."""
    said = _saying(of or rollup(), text)
    assert isinstance(said, Rollup)
    return said


def elsewhere(said: str, of: Rollup) -> str:
    """Return what a script prints that reads a rollup, in a process of another time zone, language and hash seed."""
    environment = {**environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(_ROOT)}
    script = f"import sys\nfrom plan.rollup import read_rollup\nof = read_rollup(sys.stdin.buffer.read().decode())\n{said}"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, input=written(of).encode(), capture_output=True, check=True, cwd=_ROOT, env=environment)
    return ended.stdout.decode().strip()


def _saying(part: Any, text: str) -> Any:
    """Return a part of a rollup with all in it that people write replaced, however deep it lies."""
    if isinstance(part, tuple):
        return tuple(text if isinstance(one, str) else _saying(one, text) for one in part)
    if not is_dataclass(part) or isinstance(part, type):
        return part
    found = {one.name: getattr(part, one.name) for one in fields(part)}
    told = {name for name, value in found.items() if name in _NAMES + _TOLD and isinstance(value, str)}
    return replace(part, **{name: text if name in told else _saying(value, text) for name, value in found.items()})
