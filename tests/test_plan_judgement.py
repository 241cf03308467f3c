"""A whole plan judged on a day: what counts for each measure, what they come to, and that judging again says the same."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.duties import Duties
from plan.facts import CheckIn, Fact, Facts, Implementation, Progress
from plan.judgement import Judged
from plan.model import Deliverable, Narrative, Plan
from plan.periods import SchoolYear
from tests.judgement_builders import (
    KNOWN,
    corrective_plan,
    delivered,
    judged,
    line,
    of_measures,
    override,
    proof,
    published,
    published_as_of,
    rated,
    read,
    said,
    shipped_duties,
)
from tests.plan_builders import weekdays

WAY = {"target": line(44, 60)}
"""50.4 is expected for 2023-24, the year that is judged on the day used here."""
ON_TRACK, WATCH, OFF_TRACK, DECLINED, MET = 52, "49.8", 46, 40, 60


def word(status: Implementation, code: str = "1.1A", *, on: date = date(2024, 9, 2)) -> CheckIn:
    return said(status, on=on, item=code, of="2024-25 Q1")


# --- overrides ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "status"),
    [
        pytest.param(date(2024, 10, 9), "declined", id="the-day-before-it-was-made"),
        pytest.param(date(2024, 10, 10), "watch", id="the-day-it-was-made"),
        pytest.param(date(2024, 11, 15), "watch", id="its-end-day"),
        pytest.param(date(2024, 11, 16), "declined", id="the-day-after-its-end"),
    ],
)
def test_an_override_counts_until_its_end_day(as_of: date, status: str) -> None:
    at = judged(
        of_measures(WAY), read(DECLINED), override("watch", on=date(2024, 10, 10), until=date(2024, 11, 15)), as_of=as_of
    )
    assert (at.status("m1"), at.measures["m1"].status) == (status, "declined")


def test_an_override_stands_beside_the_judged_status_with_its_name_reason_and_end_day() -> None:
    at = judged(of_measures(WAY), read(DECLINED), override("watch", on=KNOWN, until=date(2024, 11, 15)))
    assert list(at.statuses()) == [
        (
            "m1",
            "watch",
            "Superintendent set it, until 2024-11-15: The test changed. Judged: " + at.measures["m1"].reason,
        )
    ]


def test_of_two_overrides_the_later_one_counts() -> None:
    first = override("watch", on=date(2024, 9, 2), until=date(2025, 3, 1))
    second = override("on_track", on=date(2024, 9, 3), until=date(2024, 9, 20))
    found = [
        judged(of_measures(WAY), read(OFF_TRACK), first, second, as_of=day).status("m1") for day in (date(2024, 9, 5), KNOWN)
    ]
    assert found == ["on_track", "off_track"]


def test_an_override_counts_in_the_objective() -> None:
    plan = of_measures(WAY)
    assert judged(plan, read(DECLINED)).outcomes["1.1"].status == "declined"
    assert judged(plan, read(DECLINED), override("on_track", on=KNOWN, until=KNOWN)).outcomes["1.1"].status == "on_track"


# --- measures and their objective --------------------------------------------------------------------------------------


def test_a_measure_that_failed_caps_its_objective_and_is_named() -> None:
    at = judged(of_measures(WAY, WAY, WAY), read(MET), read(MET, item="m2"), read(OFF_TRACK, item="m3"))
    assert (at.outcomes["1.1"].status, at.outcomes["1.1"].capped_by) == ("watch", "m3")
    assert at.outcomes["1.1"].reason == "3 of 3 measures rated, score 3.00; m3 is off track, so it is watch at best."


def test_the_leaf_that_failed_is_named_by_the_priority_and_the_plan() -> None:
    at = judged(of_measures(WAY, WAY), read(OFF_TRACK), read(DECLINED, item="m2"))
    priority, whole = at.outcomes["P1"], at.whole[0]
    assert (priority.status, priority.capped_by) == (whole.status, whole.capped_by) == ("off_track", "m2")


def test_a_measures_weight_counts() -> None:
    plan = of_measures(WAY, {**WAY, "weight": 3})
    light, heavy = (judged(plan, read(a), read(b, item="m2")).outcomes["1.1"].score for a, b in ((MET, WATCH), (WATCH, MET)))
    assert (light, heavy) == (Decimal("2.5"), Decimal("3.5"))


def test_exactly_80_percent_is_enough() -> None:
    known = [read(ON_TRACK, item=f"m{at}") for at in range(1, 5)]
    assert judged(of_measures(*[WAY] * 5), *known).outcomes["1.1"].status == "on_track"
    assert judged(of_measures(*[WAY] * 6), *known).outcomes["1.1"].status == "insufficient_data"


def test_what_nobody_rated_yet_is_not_due() -> None:
    at = judged(of_measures(WAY, {"target": {"kind": "narrative"}, "unit": None}), read(ON_TRACK))
    assert (at.outcomes["1.1"].status, at.outcomes["1.1"].due) == ("on_track", 1)


def test_a_discontinued_measure_leaves_the_plan() -> None:
    plan = of_measures(WAY, {"target": {"kind": "narrative"}, "unit": None})
    before = judged(plan, read(ON_TRACK), rated(Progress.NO_PROGRESS, item="m2", on=date(2024, 9, 2)))
    assert (before.outcomes["1.1"].status, before.outcomes["1.1"].due) == ("watch", 2)
    after = judged(plan, read(ON_TRACK), rated(Progress.DISCONTINUED, item="m2"))
    assert (after.outcomes["1.1"].status, after.outcomes["1.1"].due) == ("on_track", 1)


# --- actions and their objective ---------------------------------------------------------------------------------------

AUTUMN = date(2026, 10, 15)
"""The first check-ins that are chased were due the day before."""


def test_an_action_counts_once_its_first_check_in_is_late() -> None:
    plan = of_measures(actions=["1.1A"])
    found = [judged(plan, as_of=day).implementations["1.1"] for day in (AUTUMN - timedelta(days=1), AUTUMN)]
    assert [(one.status, one.due) for one in found] == [("not_rated", 0), ("insufficient_data", 1)]


def test_an_action_that_reports_early_counts_at_once() -> None:
    found = judged(of_measures(actions=["1.1A"]), word(Implementation.ON_TRACK)).implementations["1.1"]
    assert (found.status, found.rated, found.due) == ("on_track", 1, 1)


def test_not_started_counts_against_coverage_and_not_as_zero() -> None:
    plan = of_measures(actions=["1.1A", "1.1B"])
    found = judged(plan, word(Implementation.ON_TRACK), word(Implementation.NOT_STARTED, "1.1B")).implementations["1.1"]
    assert (found.status, found.rated, found.due) == ("insufficient_data", 1, 2)


def test_a_cancelled_action_leaves_the_plan() -> None:
    plan = of_measures(actions=["1.1A", "1.1B"])
    found = judged(plan, word(Implementation.ACHIEVED), word(Implementation.CANCELLED, "1.1B"), proof(KNOWN, on=KNOWN))
    assert (found.implementations["1.1"].status, found.implementations["1.1"].due) == ("achieved", 1)


def test_evidence_is_judged_beside_what_was_reported() -> None:
    at = judged(of_measures(actions=["1.1A"]), word(Implementation.ON_TRACK), proof(date(2023, 9, 1)))
    assert (at.reported["1.1A"].status, at.shown("1.1A").status) == ("on_track", "expired")


def test_the_implementation_of_the_plan_names_the_action_that_capped_it() -> None:
    at = judged(
        of_measures(actions=["1.1A", "1.1B"]), word(Implementation.NOT_ACHIEVED), word(Implementation.OFF_TRACK, "1.1B")
    )
    assert (at.whole[1].status, at.whole[1].capped_by, at.whole[1].due) == ("off_track", "1.1A", 2)


# --- two words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        pytest.param(ON_TRACK, Implementation.ON_TRACK, "working", id="on-track-and-on-track"),
        pytest.param(MET, Implementation.ON_TRACK, "working", id="met-and-on-track"),
        pytest.param(WATCH, Implementation.ON_TRACK, "doing, not moving", id="watch-and-on-track"),
        pytest.param(DECLINED, Implementation.ACHIEVED, "doing, not moving", id="done-but-nothing-moved"),
        pytest.param(ON_TRACK, Implementation.AT_RISK, "moving without us", id="on-track-and-at-risk"),
        pytest.param(OFF_TRACK, Implementation.OFF_TRACK, "stalled", id="off-track-both"),
        pytest.param(None, Implementation.ON_TRACK, None, id="outcome-not-known"),
        pytest.param(ON_TRACK, None, None, id="implementation-not-known"),
        pytest.param(ON_TRACK, Implementation.NOT_STARTED, None, id="not-started"),
    ],
)
def test_an_objective_is_read_in_two_words(value: Any, status: Implementation | None, words: str | None) -> None:
    facts = [*([] if value is None else [read(value)]), *([] if status is None else [word(status)])]
    if status is Implementation.ACHIEVED:
        facts.append(proof(KNOWN, on=KNOWN))
    assert judged(of_measures(WAY, actions=["1.1A"]), *facts).reading("1.1") == words


# --- the shipped plan, and judging again -------------------------------------------------------------------------------


def test_what_little_is_published_gives_the_shipped_plan_no_status() -> None:
    at = published_as_of(date(2025, 9, 30))
    assert at.outcomes["1.1"].status == "insufficient_data"
    assert at.outcomes["1.1"].reason == "1 of 7 measures rated, fewer than 80% of their weight, so no status is given."
    assert {one.status for one in at.implementations.values()} == {"not_rated"}


def everything(at: Judged) -> tuple[Any, ...]:
    """Return all that is said of a plan on a day."""
    plan = at.duties.plan
    said_of = [(o.id, at.reading(o.id)) for o in plan.objectives]
    proofs = [(a.id, at.shown(a.id)) for a in plan.actions]
    return at.measures, at.reported, list(at.statuses()), at.outcomes, at.implementations, at.whole, said_of, proofs


def some_fact(plan: Plan, day: date, random: Random) -> Fact:
    """Return something that somebody says on a day."""
    measure, action = random.choice(plan.long_term_measures), random.choice(plan.actions)
    quarter = plan.quarter_of(day)
    about_actions = (
        said(random.choice(list(Implementation)), on=day, item=action.id, of=str(quarter)),
        proof(day - timedelta(days=random.randint(0, 400)), item=action.id, on=day),
    )
    about_measures = (
        override(random.choice(("watch", "on_track")), on=day, until=day + timedelta(days=40), item=measure.id),
        corrective_plan(on=day, item=measure.id),
    )
    match measure.target:
        case Narrative():
            given: Fact = rated(random.choice(list(Progress)), on=day, item=measure.id, of=str(quarter))
        case Deliverable():
            given = random.choice(delivered(on=day, item=measure.id))
        case _:
            of = SchoolYear(day.year - random.randint(1, 3))
            given = read(random.randint(0, 100), str(of), on=day, item=measure.id)
    return random.choice((*about_actions, *about_measures, given, given, given))


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 1_000_000))
def test_a_past_day_judged_again_says_the_same_whatever_became_known_later_and_in_whatever_order(seed: int) -> None:
    random, duties = Random(seed), shipped_duties()
    taken = {reading.known_on for reading in published()}  # of two facts on one day their order would decide
    free = [day for n in range(730) if (day := date(2024, 9, 1) + timedelta(days=n)) not in taken]
    days = sorted(random.sample(free, 400))
    facts = [*published(), *(some_fact(duties.plan, day, random) for day in days)]
    asked = sorted(random.sample(range(730), 4))
    for day in (date(2024, 9, 1) + timedelta(days=n) for n in asked):
        then = Judged(duties, Facts(tuple(fact for fact in facts if fact.known_on <= day)), day)
        now = Judged(duties, Facts(tuple(random.sample(facts, len(facts)))).known_by(day), day)
        assert everything(now) == everything(then)
        assert repr(everything(now)) == repr(everything(then))


# --- day after day -----------------------------------------------------------------------------------------------------


def found(at: Judged) -> list[tuple[Any, ...]]:
    """Return what counts for each measure, and the figures that a day changes; to compare all of it takes long."""
    measures = at.measures.values()
    return [*at.statuses(), *((one.reason, one.school_year, one.reading, one.expected, one.last_known) for one in measures)]


def judged_day_by_day(at: Judged, last: date) -> None:
    """Walk from day to day, and find on each what is found when it is judged by itself."""
    while at.as_of < last:
        at = at.on_the_next_day()
        turns_alike = found(at) == found(Judged(at.duties, at.facts, at.as_of))
        assert turns_alike, at.as_of  # the day says it; to show all that differs takes minutes


def test_measures_of_every_kind_turn_on_the_same_days_as_if_each_day_were_judged_by_itself() -> None:
    least = {"kind": "threshold", "at_least": 50}
    plan = of_measures(
        WAY,
        {"target": {"kind": "trajectory", "points": {"2021-22": 44, "2027-28": 60}}, "results_by": "11-30"},
        {"target": least, "results_by": "12-31"},
        {"target": {**least, "by": "2025-26"}},
        {"target": {"kind": "change", "direction": "increase"}, "results_by": "07-01"},
        {"target": {"kind": "deliverable", "by": "2025-03-14"}},
        {"target": {"kind": "narrative"}},
    )
    readings = [read(44 + n, f"20{21 + n}-{22 + n}", item=f"m{m}", on=date(2022, 1, 3)) for n in range(7) for m in range(1, 6)]
    closed = frozenset(date(2025, 12, 29) + timedelta(days=n) for n in range(5))
    duties = Duties(plan, replace(weekdays(), closed=closed))
    facts = Facts((*readings, override("watch", on=date(2022, 1, 3), until=date(2024, 10, 9))))
    judged_day_by_day(Judged(duties, facts, date(2022, 7, 1)), date(2028, 12, 31))


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 1_000_000), st.dates(date(2023, 7, 1), date(2027, 6, 30)))
def test_the_shipped_plan_turns_on_the_same_days_as_if_each_day_were_judged_by_itself(seed: int, first: date) -> None:
    random, duties = Random(seed), shipped_duties()
    said_before = [some_fact(duties.plan, first - timedelta(days=random.randint(0, 700)), random) for _ in range(100)]
    facts = Facts((*published(), *said_before)).known_by(first)
    judged_day_by_day(Judged(duties, facts, first), first + timedelta(days=70))
