"""The shipped files: what they hold, and an autumn with them in which nobody answers.

What is expected is worked out here from the files themselves, read as plain YAML, with working days counted on the
fingers; nothing of `plan` is asked for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml

from plan.digests import Post, due_notices
from plan.duties import Duties
from plan.facts import Facts
from plan.ladder import Notice, Situation
from plan.model import Change, Deliverable, LongTermMeasure, Narrative, Threshold, Trajectory
from plan.owners import Roster
from plan.told import Told
from tests.plan_builders import SHIPPED, every_day, run, shipped, tell

FIRST, LAST = date(2026, 8, 3), date(2026, 12, 18)

# --- what the files hold -----------------------------------------------------------------------------------------------


def test_the_plan_is_whole() -> None:
    plan, owners, _ = shipped()
    assert len(plan.priorities) == 4
    assert len(plan.objectives) == 12
    assert len(plan.actions) == 42
    assert len(plan.progress_measures) == 66
    assert len(plan.long_term_measures) == 48
    assert len(owners.offices) == 19


def test_every_code_is_given_once() -> None:
    plan, _, _ = shipped()
    strands = [part for objective in plan.objectives for part in objective.strands]
    codes = [*plan.items, *(priority.id for priority in plan.priorities), *(strand.id for strand in strands)]
    counts = (plan.objectives, plan.actions, plan.progress_measures, plan.long_term_measures, plan.priorities, strands)
    assert len(codes) == sum(len(items) for items in counts)
    assert max(Counter(codes).values()) == 1


def test_actions_carry_their_published_codes() -> None:
    plan, _, _ = shipped()
    strands = ("1.1", "1.2.1", "1.2.2", "1.2.3", "1.3", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4.1", "4.2", "4.3")
    assert [action.id for action in plan.actions] == [f"{strand}{letter}" for strand in strands for letter in "ABC"]


def test_every_title_is_short() -> None:
    plan, owners, _ = shipped()
    titles = [item.title for item in plan.items.values()] + [office.title for office in owners.offices.values()]
    assert max(len(title) for title in titles) <= 80
    assert min(len(title) for title in titles) > 3


def test_each_objective_has_as_many_measures_as_are_published() -> None:
    plan, _, _ = shipped()
    progress = Counter(plan.objective_of(measure.id).id for measure in plan.progress_measures)
    long_term = Counter(plan.objective_of(measure.id).id for measure in plan.long_term_measures)
    assert progress == {
        "1.1": 4,
        "1.2": 26,
        "1.3": 1,
        "2.1": 7,
        "2.2": 3,
        "2.3": 3,
        "3.1": 3,
        "3.2": 4,
        "3.3": 6,
        "4.1": 3,
        "4.2": 3,
        "4.3": 3,
    }
    assert long_term == {
        "1.1": 7,
        "1.2": 9,
        "1.3": 3,
        "2.1": 4,
        "2.2": 3,
        "2.3": 4,
        "3.1": 3,
        "3.2": 3,
        "3.3": 3,
        "4.1": 3,
        "4.2": 3,
        "4.3": 3,
    }


def figures(measure: LongTermMeasure) -> str:
    """Return a target's kind and figures as one line, exactly as many digits as the file has."""
    match measure.target:
        case Trajectory(points=points):
            return "trajectory " + ", ".join(f"{year} {value}" for year, value in points.items())
        case Threshold(at_least=low, at_most=high, by=by):
            given = (("at least", low), ("at most", high), ("by", by))
            return " ".join(("threshold", *(f"{word} {value}" for word, value in given if value is not None)))
        case Change(direction=direction, measured_in=measured_in, at_least=low, at_most=high):
            return f"{direction} {low}" + (f" to {high}" if high else "") + f" {measured_in}"
        case Deliverable(by=by):
            return f"by {by}"
        case Narrative():
            return "narrative"


PUBLISHED = {
    "1.1-rating": "trajectory 2021-22 88, 2026-27 94",
    "1.1-approaches": "trajectory 2021-22 77, 2026-27 90",
    "1.1-meets": "trajectory 2021-22 46, 2026-27 60",
    "1.1-masters": "trajectory 2021-22 20, 2026-27 30",
    "1.1-gap-special-education": "decrease 0 absolute",
    "1.1-gap-emergent-bilingual": "decrease 0 absolute",
    "1.1-gap-economically-disadvantaged": "decrease 0 absolute",
    "1.2.1-ccmr": "trajectory 2021-22 56, 2022-23 63, 2023-24 70, 2024-25 77, 2025-26 84, 2026-27 91",
    "1.2.1-certification": "trajectory 2021-22 32, 2026-27 67",
    "1.2.1-completion": "threshold at least 75 by 2026-27",
    "1.2.1-credit-hours": "threshold at least 500 by 2026-27",
    "1.2.2-certificates": "threshold at least 240 by 2026-27",
    "1.2.2-associate-degrees": "threshold at least 320 by 2026-27",
    "1.2.3-njrotc": "threshold at least 125",
    "1.2.3-asvab": "threshold at least 90",
    "1.2.3-enlistment": "threshold at least 90",
    "1.3-decision-making": "increase 0 absolute",
    "1.3-self-awareness": "increase 0 absolute",
    "1.3-self-management": "increase 0 absolute",
    "2.1-positions-filled": "trajectory 2022-23 96, 2026-27 99",
    "2.1-mous": "trajectory 2022-23 3, 2026-27 5",
    "2.1-meetings": "trajectory 2021-22 2, 2026-27 6",
    "2.1-distant-meetings": "threshold at least 4 by 2026-27",
    "2.2-online-orientation": "narrative",
    "2.2-pathway-options": "trajectory 2022-23 0, 2026-27 3",
    "2.2-staffing-meetings": "trajectory 2021-22 2, 2026-27 4",
    "2.3-t-tess": "threshold at least 90",
    "2.3-climate": "threshold at least 4 at most 5",
    "2.3-tasb": "narrative",
    "2.3-turnover": "threshold at most 8.8",
    "3.1-engagement": "narrative",
    "3.1-communication": "narrative",
    "3.1-voice": "narrative",
    "3.2-outreach": "narrative",
    "3.2-support": "narrative",
    "3.2-voter-approval": "narrative",
    "3.3-advertising": "narrative",
    "3.3-social-media": "narrative",
    "3.3-media": "narrative",
    "4.1-facilities": "by 2026-12-31",
    "4.1-feedback": "by 2028-12-31",
    "4.1-funding-plan": "by 2024-12-31",
    "4.2-assessment": "by 2024-12-31",
    "4.2-equity": "narrative",
    "4.2-budget-understanding": "narrative",
    "4.3-capacity-plan": "by 2024-12-31",
    "4.3-energy": "decrease 5 to 10 percent",
    "4.3-fund-balance": "increase 3 to 5 percent",
}


def test_every_figure_is_the_published_one() -> None:
    plan, _, _ = shipped()
    assert {measure.id: figures(measure) for measure in plan.long_term_measures} == PUBLISHED


def test_the_components_of_the_rating_and_the_student_groups_are_marked() -> None:
    plan, _, _ = shipped()
    parts = {measure.id: measure.part_of for measure in plan.long_term_measures if measure.part_of}
    assert parts == dict.fromkeys(("1.1-approaches", "1.1-meets", "1.1-masters"), "1.1-rating")
    groups = [measure.student_group for measure in plan.long_term_measures if measure.student_group]
    assert groups == ["Special Education", "Emergent Bilingual", "Economically Disadvantaged"]


def test_the_shipped_plan_begins_on_the_first_day_of_its_last_year_and_keeps_mountain_time() -> None:
    plan, _, _ = shipped()
    assert (plan.settings.begins_on, plan.settings.time_zone.key) == (date(2026, 7, 1), "America/Denver")
    assert (str(plan.first_year), str(plan.last_year)) == ("2023-24", "2026-27")


def test_all_shipped_addresses_are_placeholders_and_each_its_own() -> None:
    _, owners, _ = shipped()
    addresses = [office.email for office in owners.offices.values()]
    assert all(address.endswith("@example.org") for address in addresses)
    assert len(set(addresses)) == len(addresses)


# --- an autumn in which nobody answers: what the rules call for, counted independently ---------------------------------


class Step(NamedTuple):
    """One step told to one office."""

    day: date
    code: str
    period: str
    step: str
    office: str


LABOR_DAY, VETERANS_DAY, NEW_YEAR = date(2026, 9, 7), date(2026, 11, 11), date(2027, 1, 1)
THANKSGIVING, DAY_AFTER, CHRISTMAS = date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 25)
HOLIDAYS = {LABOR_DAY, VETERANS_DAY, THANKSGIVING, DAY_AFTER, CHRISTMAS, NEW_YEAR, date(2027, 1, 18)}


@cache
def written(at: int) -> Any:
    """Return one of the shipped files as plain values, all of them text."""
    return yaml.load(SHIPPED[at].read_bytes(), Loader=yaml.BaseLoader)


@cache
def working_days() -> tuple[date, ...]:
    breaks = [(date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"])) for one in written(2)["breaks"]]
    span = (date(2026, 7, 1) + timedelta(days=n) for n in range(300))
    return tuple(
        day
        for day in span
        if day.weekday() < 5 and day not in HOLIDAYS and not any(first <= day <= last for first, last in breaks)
    )


def after(day: date, count: int) -> date:
    return working_days()[working_days().index(day) + count]


def codes() -> Iterator[tuple[str, str, dict[str, Any], tuple[str, ...]]]:
    """Yield (kind, code, item, line up to the priority) of everything that owes something."""
    for priority in written(0)["priorities"]:
        for objective in priority["objectives"]:
            line = (objective["id"], priority["id"])
            yield "objective", objective["id"], objective, line
            for part in (objective, *objective.get("strands", ())):
                inside = line if part is objective else (part["id"], *line)
                for kind in ("actions", "progress_measures", "long_term_measures"):
                    for item in part.get(kind, ()):
                        yield kind, item["id"], item, (item["id"], *inside)


def dues(kind: str, item: dict[str, Any]) -> dict[str, date]:
    """Return the due date of each period in which something opens within the autumn or just before it."""
    quarters = {"2026-27 Q1": date(2026, 9, 30), "2026-27 Q2": date(2026, 12, 18)}
    target = item.get("target", {}).get("kind")
    if kind == "objective":
        return {quarter: after(closes_on, 15) for quarter, closes_on in quarters.items()}
    if kind != "long_term_measures" or target == "narrative":
        return {quarter: after(closes_on, 10) for quarter, closes_on in quarters.items()}
    if target == "deliverable":
        return {"2026-27": date(2027, 1, 4)} if item["target"]["by"] == "2026-12-31" else {}
    return {"2025-26": date(2026, 8, 31)}


@cache
def answering(line: tuple[str, ...]) -> tuple[str, dict[str, set[str]]]:
    """Return the owner's office, and who is told each step."""
    offices = written(1)["offices"]
    owner = next(office for code in line for office, record in offices.items() if code in record.get("owns", ()))
    delegate, above = offices[owner]["delegate"], offices[owner]["reports_to"]
    cabinet = {above, written(1)["cabinet_lead"], written(1)["plan_administrator"]}
    alone = {key: {owner} for key in ("request", "reminder", "due")}
    return owner, {**alone, "overdue": {owner, delegate}, "supervisor": {owner, above}, "cabinet": cabinet}


STEPS = {"request": -10, "reminder": -3, "due": 0, "overdue": 6, "supervisor": 9, "cabinet": 12}


def expected() -> set[Step]:
    return {
        Step(after(due, days), code, period, step, office)
        for kind, code, item, line in codes()
        for period, due in dues(kind, item).items()
        for step, days in STEPS.items()
        if FIRST <= after(due, days) <= LAST
        for office in answering(line)[1][step]
    }


def autumn(**changed: Any) -> Situation:
    plan, owners, calendar = shipped()
    plan = plan.model_copy(update={"settings": plan.settings.model_copy(update=changed)})
    days = calendar.working_days(plan.first_year, plan.last_year)
    return Situation(duties=Duties(plan, days), roster=Roster(plan, owners), facts=Facts(), told=Told())


def every_notice(posts: dict[date, Post]) -> Iterator[tuple[date, Notice]]:
    return ((day, notice) for day, post in posts.items() for digest in post.digests for notice in digest.notices)


def told(posts: dict[date, Post]) -> list[Step]:
    return [Step(day, n.item, n.period, n.step, n.to.office) for day, n in every_notice(posts)]


@cache
def unanswered() -> dict[date, Post]:
    return run(autumn(digests_per_week="unlimited"), every_day(FIRST, LAST))


def test_in_an_autumn_without_answers_exactly_the_steps_of_the_rules_are_told_on_their_days_to_the_right_people() -> None:
    assert Counter(told(unanswered())) == Counter(expected())


def test_every_action_climbs_all_six_steps_of_the_first_quarter_and_is_asked_for_the_second() -> None:
    days = ["09-30 request", "10-09 reminder", "10-14 due", "10-22 overdue", "10-27 supervisor", "10-30 cabinet"]
    climbed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in told(unanswered()):
        climbed[one.code, one.period].add(f"{one.day:%m-%d} {one.step}")
    plan, _, _ = shipped()
    for action in plan.actions:
        assert climbed[action.id, "2026-27 Q1"] == set(days)
        assert climbed[action.id, "2026-27 Q2"] == {"12-18 request"}


def test_no_mail_goes_out_on_a_weekend_a_holiday_or_in_a_break() -> None:
    assert set(unanswered()) <= set(working_days())


def test_nobody_gets_two_digests_on_one_day() -> None:
    for post in unanswered().values():
        assert max(Counter(digest.to.address for digest in post.digests).values()) == 1
        assert post.held_back == ()


def test_with_three_digests_a_week_nothing_is_lost_either() -> None:
    limited, open_ended = run(autumn(), every_day(FIRST, LAST)), unanswered()
    steps = {(one.code, one.period, one.step, one.office) for one in told(limited)}
    assert steps == {(one.code, one.period, one.step, one.office) for one in told(open_ended)}
    weeks = Counter((digest.to.office, day.isocalendar().week) for day, post in limited.items() for digest in post.digests)
    assert max(weeks.values()) <= 3


# --- a first run in the middle of the quarter --------------------------------------------------------------------------

NOVEMBER = date(2026, 11, 23)


def owned() -> dict[str, set[str]]:
    """Return for each office the codes of what it owes for the first quarter and for last year's results."""
    by_office: defaultdict[str, set[str]] = defaultdict(set)
    for kind, code, item, line in codes():
        if dues(kind, item).keys() & {"2026-27 Q1", "2025-26"}:
            by_office[answering(line)[0]].add(code)
    return by_office


def test_a_first_run_in_november_tells_each_owner_once_and_nobody_above() -> None:
    post = due_notices(autumn(), as_of=NOVEMBER)
    digests = {digest.to.office: digest for digest in post.digests}
    assert len(digests) == len(post.digests)
    assert post.held_back == ()
    for office, expected_codes in owned().items():
        assert {n.item for n in digests[office].notices if n.owner.office == office} == expected_codes
    for digest in post.digests:
        assert {n.step for n in digest.notices} == {"overdue"}
        assert all(digest.to.office in answering(line_of(n.item))[1]["overdue"] for n in digest.notices)


def line_of(wanted: str) -> tuple[str, ...]:
    return next(line for _, code, _, line in codes() if code == wanted)


def test_after_a_first_run_in_november_the_ladder_climbs_at_its_own_spacing() -> None:
    posts = run(autumn(), every_day(NOVEMBER, date(2026, 12, 4)))
    days: defaultdict[str, set[date]] = defaultdict(set)
    for one in told(posts):
        days[one.step].add(one.day)
    assert days == {"overdue": {NOVEMBER}, "supervisor": {date(2026, 12, 1)}, "cabinet": {date(2026, 12, 4)}}
    quarter = {one for one in told(posts) if one.step == "cabinet" and one.period == "2026-27 Q1"}
    plan, _, _ = shipped()
    assert {action.id for action in plan.actions} <= {one.code for one in quarter}


# --- an outage ---------------------------------------------------------------------------------------------------------

BACK = date(2026, 11, 2)


def after_the_outage() -> tuple[Situation, Post]:
    at = autumn()
    run(at, every_day(FIRST, date(2026, 10, 14)))
    return at, due_notices(at, as_of=BACK)


def test_after_an_outage_of_two_weeks_nothing_is_lost_and_nobody_gets_a_burst() -> None:
    _, post = after_the_outage()
    assert max(Counter(digest.to.address for digest in post.digests).values()) == 1
    assert post.held_back == ()
    found = {(n.item, n.step, n.to.office) for digest in post.digests for n in digest.notices}
    assert found == {
        (code, "overdue", office)
        for kind, code, item, line in codes()
        if "2026-27 Q1" in dues(kind, item)
        for office in answering(line)[1]["overdue"]
    }


def test_after_an_outage_the_steps_that_were_never_told_are_recorded_as_skipped() -> None:
    at, post = after_the_outage()
    tell(post, at.told)
    action = at.told.of("check-in", "1.1A", "2026-27 Q1", date(2026, 10, 14))
    summary = at.told.of("check-in", "1.1", "2026-27 Q1", date(2026, 10, 21))
    assert {step for (step, _), telling in action.items() if telling.skipped} == set()
    assert {step for (step, _), telling in summary.items() if telling.skipped} == {"reminder", "due"}


def test_after_an_outage_the_ladder_climbs_on() -> None:
    at, _ = after_the_outage()
    steps = {f"{one.day:%m-%d} {one.step}" for one in told(run(at, every_day(BACK, LAST))) if one.code == "1.1A"}
    assert steps == {"11-02 overdue", "11-05 supervisor", "11-10 cabinet", "12-18 request"}


@pytest.mark.parametrize(
    "day", [date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 11), date(2026, 9, 7)]
)
def test_a_run_on_a_free_day_writes_to_nobody(day: date) -> None:
    assert due_notices(autumn(), as_of=day) == Post()


def test_the_first_working_day_after_a_break_brings_one_catch_up_digest() -> None:
    at = autumn()
    post = run(at, every_day(date(2026, 11, 28), date(2026, 11, 30)))[date(2026, 11, 30)]
    assert max(Counter(digest.to.address for digest in post.digests).values()) == 1
