"""What the run of a day publishes: the plan with four statuses side by side, the check-ins given, and what moved."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.records import Movement
from plan.facts import CheckIn, Evidence, Facts, Implementation, Waiver
from plan.judgement import Judged
from plan.ladder import Situation
from plan.owners import Roster
from plan.periods import Quarter
from plan.told import Told
from tasks.judge import EVIDENCE, IMPLEMENTATION, OBLIGATION, OUTCOME, assessed
from tasks.publish import MOST_LINES, check_ins, movements
from tasks.standings import PartStanding, standings
from tests.plan_builders import duties_of, shipped

DAY = date(2026, 10, 22)
Q1 = Quarter.parse("2026-27 Q1")
MOVED = Movement(item="1.1-rating", aspect="outcome", was="on_track", status="off_track", reason="86 | <b>91.6</b>", day=DAY)


def situation(*facts: CheckIn | Evidence | Waiver) -> Situation:
    """Return the shipped plan with some facts."""
    plan, owners, _ = shipped()
    return Situation(duties=duties_of(plan), roster=Roster(plan, owners), facts=Facts(facts), told=Told())


def check_in(item: str) -> CheckIn:
    """Return a check-in of the day."""
    return CheckIn(item=item, period=Q1, status=Implementation.AT_RISK, note="", by="chief", known_on=DAY)


@pytest.fixture(scope="module")
def parts() -> dict[str, PartStanding]:
    """Every part of the plan on a day, two things said of 1.1A."""
    evidence = Evidence(item="1.1A", period=Q1, reference="Minutes", dated_on=DAY, note="", by="chief", known_on=DAY)
    return {one.code: one for one in standings(assessed(situation(check_in("1.1A"), evidence), as_of=DAY))}


def test_every_part_of_the_plan_is_there_once_in_its_order(parts: dict[str, PartStanding]) -> None:
    plan, _, _ = shipped()
    assert list(parts)[:4] == [plan.id, "P1", "1.1", "1.1A"]
    assert set(parts) == {plan.id, *(one.id for one in plan.priorities), *plan.items}


def test_an_action_has_four_statuses_with_their_reasons(parts: dict[str, PartStanding]) -> None:
    row = parts["1.1A"].row()
    assert list(row) == ["item", "title", "office", "obligation", "implementation", "evidence", "outcome", "why"]
    assert (row["obligation"], row["implementation"], row["evidence"]) == ("submitted late", "at risk", "current")
    assert row["outcome"] == "insufficient data"
    assert "chief reported at risk on 2026-10-22" in row["why"]
    assert '"Minutes" of 2026-10-22 is valid' in row["why"]


def test_what_a_part_cannot_have_is_empty(parts: dict[str, PartStanding]) -> None:
    assert (parts["P1"].obligation, parts["P1"].evidence) == ("", "")
    assert (parts["1.1-rating"].implementation, parts["1.1-rating"].evidence, parts["1.1-rating"].outcome) == (
        "",
        "",
        "no_data",
    )
    assert (parts["1.1-pm1"].implementation, parts["1.1-pm1"].evidence, parts["1.1-pm1"].outcome) == ("", "needed", "")
    assert parts["1.1"].obligation


def test_judgements_are_of_all_aspects_and_each_once() -> None:
    judgements = assessed(situation(), as_of=DAY).judgements
    keys = [(one.item, one.aspect) for one in judgements]
    assert len(set(keys)) == len(keys)
    counts = {
        aspect: sum(1 for one in judgements if one.aspect == aspect)
        for aspect in (OBLIGATION, OUTCOME, IMPLEMENTATION, EVIDENCE)
    }
    milestones = [one for one in judgements if one.aspect.startswith("milestone ")]
    assert len(milestones) == len(Judged(situation().duties, Facts(), DAY).milestones)
    assert len(judgements) == len(milestones) + sum(counts.values())
    assert counts == {"obligation": 168, "outcome": 48 + 12 + 4 + 1, "implementation": 42, "evidence": 42}


def test_check_ins_are_counted_without_those_that_nobody_wants() -> None:
    waiver = Waiver(item="1.1C", period=Q1, note="Closed.", by="x", known_on=DAY)
    owed = assessed(situation(check_in("1.1A"), check_in("1.1B"), waiver), as_of=DAY).owed
    every = sum(1 for one in owed if one.standing.obligation.kind == "check-in")
    assert check_ins(owed) == (2, every - 1, "2026-27 Q1")
    assert check_ins(assessed(situation(), as_of=date(2026, 7, 2)).owed)[:2] == (0, 0)


def test_movements_say_from_what_to_what_and_why() -> None:
    plan, _, _ = shipped()
    first = replace(MOVED, item="P1", was=None, status="insufficient_data")
    lines = movements([MOVED, first], plan, as_of=DAY).splitlines()
    assert lines[2] == "2 statuses changed."
    assert lines[6] == (
        r"| 1.1-rating | District accountability rating | outcome | on track | off track | 86 \| \<b\>91.6\</b\> |"
    )
    assert lines[7].startswith("| P1 |  | outcome | not judged before | insufficient data |")


def test_very_many_movements_are_counted_and_a_quiet_day_is_short() -> None:
    plan, _, _ = shipped()
    many = movements([MOVED] * (MOST_LINES + 2), plan, as_of=DAY)
    assert many.count("| 1.1-rating |") == MOST_LINES
    assert many.endswith("And 2 more; `plankeeper explain` shows those of an item.")
    assert movements([], plan, as_of=DAY) == "# What moved on 2026-10-22\n\n0 statuses changed."
