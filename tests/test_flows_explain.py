"""`explain`: the rule that decided, the arithmetic, who was told, and what moved; nothing that `status` would say otherwise."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.rules_in_words import arithmetic, rule
from ledger.ledger import open_ledger
from plan.assess import MeasureStatus, assess
from plan.digests import due_notices
from plan.facts import (
    Acceptance,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Facts,
    Implementation,
    Override,
    Progress,
    Reading,
)
from plan.periods import Quarter, SchoolYear
from tasks.gather import gather_at_hand
from tasks.judge import assessed
from tasks.letters import letters_of
from tasks.settings import read_settings
from tasks.workplace import Workplace, open_workplace
from tests.commands import Plankeeper
from tests.flow_builders import PLAN, at, mark_sent
from tests.plan_builders import duties_of, tree

Q1 = Quarter.parse("2026-27 Q1")
SLIPPED_ON = date(2026, 9, 8)


def keep(*facts: Fact) -> None:
    """Append facts to the ledger."""
    with open_ledger(read_settings().database) as ledger:
        ledger.add_facts(PLAN, facts, recorded_at=at(SLIPPED_ON))


@pytest.fixture
def workplace(home: str) -> Workplace:
    """The shipped plan, with the published readings in the ledger."""
    settings = read_settings()
    found = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        gather_at_hand(found, settings, ledger, as_of=SLIPPED_ON, at=at(SLIPPED_ON))
    return found


def reading(value: str, known_on: date, *, item: str = "1.1-rating", year: int = 2025) -> Reading:
    """Return a reading of the rating for 2025-26."""
    figure = Decimal(value)
    return Reading(item=item, period=SchoolYear(year), value=figure, source="TAPR", note="", by="x", known_on=known_on)


def work(workplace: Workplace, day: date) -> None:
    """Judge a day, and send its letters."""
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        judged = assessed(workplace.situation(ledger, as_of=day, told_since=False), as_of=day)
        ledger.record_judgements(PLAN, judged.judgements, on=day)
        situation = workplace.situation(ledger, as_of=day)
        ledger.post(list(letters_of(due_notices(situation, as_of=day), situation, settings, made_at=at(day))))
        mark_sent(workplace, ledger, day)


def explained(plankeeper: Plankeeper, code: str, day: str) -> Any:
    """Return what is explained of a part of the plan."""
    said = plankeeper("explain", code, "--as-of", day, "--format", "json")
    assert said.code == 0, said
    return json.loads(said.out)


def printed(plankeeper: Plankeeper, code: str, day: str) -> str:
    """Return what is printed of a part of the plan, in one line."""
    return " ".join(plankeeper("explain", code, "--as-of", day).out.split())


# --- measures ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("workplace")
def test_the_rating_is_explained_step_by_step(plankeeper: Plankeeper) -> None:
    form = explained(plankeeper, "1.1-rating", "2026-02-01")
    assert (form["status"], form["rule"]) == ("declined", "The reading is worse than the baseline by more than the tolerance.")
    assert form["arithmetic"] == [
        "Expected for 2024-25: 88 + (94 - 88) x 3/5 = 91.6, on the line from 2021-22 to 2026-27.",
        "Share of the way: (86 - 88) / (91.6 - 88) = -2 / 3.6 = -0.5556.",
        "Shortfall: 91.6 - 86 = 5.6; the tolerance is 0.5.",
        "Against the beginning: 2 worse than the baseline of 88, more than the tolerance.",
    ]
    assert [(one["school_year"], one["expected"], one["reading"]) for one in form["years"]] == [
        ("2021-22", 88, 88),
        ("2022-23", 89.2, None),
        ("2023-24", 90.4, 83),
        ("2024-25", 91.6, 86),
        ("2025-26", 92.8, None),
        ("2026-27", 94, None),
    ]
    assert form["years"][3]["before"] == [{"value": 85, "known_on": "2025-08-15"}]
    assert [(one["milestone"], one["due"], one["status"]) for one in form["milestones"]] == [
        ("2022-23", "2023-08-31", "no_data"),
        ("2023-24", "2024-09-03", "declined"),
        ("2024-25", "2025-09-02", "declined"),
        ("2025-26", "2026-08-31", "not_rated"),
        ("2026-27", "2027-08-31", "not_rated"),
    ]
    assert form["figures"]["tolerance"] == 0.5
    assert form["slip"] is None


@pytest.mark.usefixtures("workplace")
def test_the_printed_explanation_says_the_same(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    said = printed(plankeeper, "1.1-rating", "2026-02-01")
    assert "Judged: declined. 86 against 91.6 expected for 2024-25; the plan started at 88, so this is below where it" in said
    assert "Rule: The reading is worse than the baseline by more than the tolerance." in said
    assert "Share of the way: (86 - 88) / (91.6 - 88) = -2 / 3.6 = -0.5556." in said
    assert "85 on 2025-08-15" in said
    assert "2025-26 2026-08-31 not rated 92.8 is expected for 2025-26, whose results are due on 2026-08-31." in said
    assert "At this pace 84.67 in 2026-27, against 94; it never reaches the target. Needed from here: +4 a year." in said
    assert "What moved: nothing has been judged and kept by then." in said


def test_a_slip_is_told_with_its_plan_its_letters_and_its_movements(workplace: Workplace, plankeeper: Plankeeper) -> None:
    work(workplace, date(2026, 8, 28))
    told = explained(plankeeper, "1.1-rating", "2026-08-28")["slip"]
    assert (told["since"], told["over_on"], told["corrective_plans"]) == ("2026-08-28", None, [])
    assert told["corrective_plan_due"] == "2026-09-14"
    assert [(one["day"], one["step"], one["state"]) for one in told["told"]] == [("2026-08-28", "slip", "sent")]
    plan = {"cause": "Two campuses.", "step": "Tutoring.", "effect": "A point."}
    day = date(2026, 9, 10)
    keep(CorrectivePlan(item="1.1-rating", period=Q1, done_by=date(2026, 12, 1), by="chief", known_on=day, **plan))
    keep(reading("93", date(2026, 9, 14)))
    work(workplace, date(2026, 9, 14))
    form = explained(plankeeper, "1.1-rating", "2026-09-14")
    assert form["slip"]["over_on"] == "2026-09-14"
    assert form["slip"]["corrective_plans"][0]["step"] == "Tutoring."
    assert [one["step"] for one in form["slip"]["told"]] == ["slip", "recovered"]
    outcome = [(one["day"], one["from"], one["to"]) for one in form["movements"] if one["aspect"] == "outcome"]
    assert outcome == [("2026-08-28", None, "declined"), ("2026-09-14", "declined", "on_track")]
    said = printed(plankeeper, "1.1-rating", "2026-09-14")
    assert "Since 2026-08-28, over on 2026-09-14; a corrective plan is asked for by 2026-09-14." in said
    assert "Corrective plan of 2026-09-10 by chief: Tutoring. Done by 2026-12-01." in said
    assert '2026-08-28: "slip" to Director of Assessment and Accountability, sent.' in said
    assert "Who was told" in said


def test_a_slip_that_nobody_heard_of_says_so(workplace: Workplace, plankeeper: Plankeeper) -> None:
    with open_ledger(read_settings().database) as ledger:
        day = date(2026, 7, 4)
        judged = assessed(workplace.situation(ledger, as_of=day), as_of=day)
        ledger.record_judgements(PLAN, judged.judgements, on=day)
    said = printed(plankeeper, "1.1-rating", "2026-07-04")
    assert "No corrective plan has come. Nobody has been told." in said


@pytest.mark.usefixtures("workplace")
def test_what_was_set_is_shown_beside_what_was_judged(plankeeper: Plankeeper) -> None:
    until, day = date(2026, 10, 30), date(2026, 10, 1)
    keep(Override(item="1.1-rating", period=Q1, status="watch", until=until, note="[b]Under review.", by="Board", known_on=day))
    form = explained(plankeeper, "1.1-rating", "2026-10-22")
    assert form["override"] == {"status": "watch", "until": "2026-10-30", "by": "Board", "reason": "[b]Under review."}
    assert form["overrides"][0]["known_on"] == "2026-10-01"
    said = printed(plankeeper, "1.1-rating", "2026-10-22")
    assert "Set by Board until 2026-10-30, and counts: watch. [b]Under review." in said
    assert explained(plankeeper, "1.1-rating", "2026-10-31")["override"] is None


@pytest.mark.parametrize(
    "code", ["4.3-capacity-plan", "3.1-voice", "1.2.1-completion", "1.2.3-njrotc", "1.1-gap-emergent-bilingual"]
)
def test_every_kind_of_measure_is_explained(code: str, plankeeper: Plankeeper) -> None:
    form = explained(plankeeper, code, "2026-10-22")
    assert form["rule"].endswith(".")
    assert form["reason"] in printed(plankeeper, code, "2026-10-22")


# --- actions, objectives, priorities, the plan -------------------------------------------------------------------------


@pytest.mark.usefixtures("workplace")
def test_an_action_is_explained_by_its_four_statuses_and_what_it_owed(plankeeper: Plankeeper) -> None:
    day = date(2026, 10, 12)
    keep(
        CheckIn(item="1.1A", period=Q1, status=Implementation.ON_TRACK, note="", by="chief", known_on=day),
        Evidence(item="1.1A", period=Q1, reference="Minutes", dated_on=day, note="", by="chief", known_on=day),
    )
    form = explained(plankeeper, "1.1A", "2026-10-22")
    statuses = {name: form[name]["status"] for name in ("obligation", "implementation", "evidence", "outcome")}
    assert statuses == {
        "obligation": "submitted",
        "implementation": "on_track",
        "evidence": "current",
        "outcome": "insufficient_data",
    }
    assert form["outcome"]["objective"] == "1.1"
    assert [one["period"] for one in form["obligations"]][-1] == "2026-27 Q1"
    said = printed(plankeeper, "1.1A", "2026-10-22")
    assert "Implementation: on track. chief reported on track on 2026-10-12, for 2026-27 Q1." in said
    assert "Before reminders began: 12 more." in said
    assert "evidence" in explained(plankeeper, "1.1-pm1", "2026-10-22")


@pytest.mark.usefixtures("workplace")
def test_an_objective_is_explained_by_its_children(plankeeper: Plankeeper) -> None:
    form = explained(plankeeper, "1.1", "2026-02-01")
    outcome, children = form["outcome"], {one["id"]: one for one in form["outcome"]["children"]}
    assert outcome["coverage"] == {"weight_rated": 1, "weight_due": 7, "share": 0.1429, "needed": 0.8}
    assert (outcome["rated"], outcome["due"]) == (1, 7)
    assert (children["1.1-rating"]["points"], children["1.1-rating"]["counts"]) == (0, "counts")
    assert (children["1.1-meets"]["points"], children["1.1-meets"]["counts"]) == (None, "due, not known")
    assert form["implementation"]["children"][0]["counts"] == "not due"
    assert form["implementation"]["coverage"]["share"] is None
    said = printed(plankeeper, "1.1", "2026-02-01")
    assert "Outcome: 1 of 7 by weight are known, 14%, and 80% is needed" in said
    assert "Implementation: 0 of 0 by weight are known, nothing is due" in said


@pytest.mark.usefixtures("workplace")
def test_the_child_that_holds_it_down_is_named_and_the_two_words_are_said(plankeeper: Plankeeper) -> None:
    day = date(2026, 10, 5)
    codes = [one["id"] for one in explained(plankeeper, "3.1", "2026-10-22")["outcome"]["children"]]
    keep(
        *(CheckIn(item=c, period=Q1, status=Progress.SIGNIFICANT_PROGRESS, note="", by="x", known_on=day) for c in codes[1:]),
        CheckIn(item=codes[0], period=Q1, status=Progress.NO_PROGRESS, note="", by="x", known_on=day),
    )
    actions = [one["id"] for one in explained(plankeeper, "3.1", "2026-10-22")["implementation"]["children"]]
    keep(*(CheckIn(item=c, period=Q1, status=Implementation.ON_TRACK, note="", by="x", known_on=day) for c in actions))
    form = explained(plankeeper, "3.1", "2026-10-22")
    assert form["outcome"]["capped_by"] == codes[0]
    assert form["reading"] == "doing, not moving"
    said = printed(plankeeper, "3.1", "2026-10-22")
    assert f"held down by {codes[0]}" in said
    assert "In two words: doing, not moving" in said


@pytest.mark.usefixtures("workplace")
def test_who_has_left_does_not_count(plankeeper: Plankeeper) -> None:
    day = date(2026, 10, 5)
    keep(
        CheckIn(item="3.1-voice", period=Q1, status=Progress.DISCONTINUED, note="", by="x", known_on=day),
        CheckIn(item="3.1A", period=Q1, status=Implementation.CANCELLED, note="", by="x", known_on=day),
    )
    form = explained(plankeeper, "3.1", "2026-10-22")
    counts = {one["id"]: one["counts"] for kind in ("outcome", "implementation") for one in form[kind]["children"]}
    assert (counts["3.1-voice"], counts["3.1A"], counts["3.1B"]) == ("not due", "not due", "due, not known")


@pytest.mark.parametrize(("code", "children"), [("P1", ["1.1", "1.2", "1.3"]), (PLAN, ["P1", "P2", "P3", "P4"])])
def test_a_priority_and_the_plan_are_explained(code: str, children: list[str], plankeeper: Plankeeper) -> None:
    form = explained(plankeeper, code, "2026-10-22")
    assert [one["id"] for one in form["outcome"]["children"]] == children
    assert form["outcome"]["due"] >= form["outcome"]["rated"]
    assert "by weight are known" in printed(plankeeper, code, "2026-10-22")


@pytest.mark.usefixtures("workplace")
def test_sums_and_coverage_are_those_of_the_status(plankeeper: Plankeeper) -> None:
    form = json.loads(plankeeper("status", "--as-of", "2026-10-22", "--format", "json").out)
    for one in (*form["objectives"], *form["priorities"]):
        found = explained(plankeeper, one["id"], "2026-10-22")
        for kind in ("outcome", "implementation"):
            children = found[kind].pop("children")
            coverage = found[kind].pop("coverage")
            assert found[kind] == one[kind]
            assert all((child["points"] is None) is (child["counts"] != "counts") for child in children)
            assert coverage["weight_due"] == sum(child["weight"] for child in children if child["counts"] != "not due")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("1.1-ratings", '"1.1-ratings" is not in the plan; did you mean "1.1-rating"?\n'),
        ("nothing-like-it", '"nothing-like-it" is not in the plan; plankeeper status lists what is.\n'),
        ("1.2.1", "1.2.1 only groups actions and measures; ask for one of them, or for 1.2.\n"),
    ],
)
def test_what_the_plan_has_not_is_a_sentence(code: str, said: str, plankeeper: Plankeeper) -> None:
    answer = plankeeper("explain", code)
    assert (answer.code, answer.out, answer.err) == (1, "", said)


# --- rules and arithmetic ----------------------------------------------------------------------------------------------

TARGETS: dict[str, dict[str, Any]] = {
    "up": {"kind": "trajectory", "points": {"2023-24": 40, "2026-27": 60}},
    "down": {"kind": "trajectory", "points": {"2022-23": 12, "2026-27": 4}},
    "listed": {"kind": "trajectory", "points": {"2023-24": 40, "2024-25": 44, "2025-26": 52, "2026-27": 60}},
    "kept": {"kind": "threshold", "at_least": 4, "at_most": 5},
    "reached": {"kind": "threshold", "at_least": 75, "by": "2025-26"},
    "change": {"kind": "change", "direction": "decrease", "measured_in": "percent", "at_least": 5, "at_most": 10},
    "done": {"kind": "deliverable", "by": "2025-12-31"},
    "told": {"kind": "narrative"},
}
MEASURES = [{"id": code, "title": code, "unit": "percent", "target": target} for code, target in TARGETS.items()]
DUTIES = duties_of(tree({"long_term_measures": MEASURES}))


def facts_about(code: str) -> Iterator[st.SearchStrategy[Fact]]:
    """Yield what may be known of a measure."""
    known_on = st.dates(date(2023, 7, 1), date(2028, 1, 1))
    values = st.decimals(0, 100, places=1)
    years = st.integers(2022, 2027).map(SchoolYear)
    said: dict[str, Any] = {"item": st.just(code), "note": st.just(""), "by": st.just("x"), "known_on": known_on}
    yield st.builds(Reading, period=years, value=values, source=st.just("x"), **said)
    yield st.builds(CheckIn, period=st.just(Q1), status=st.sampled_from(Progress), **said)
    yield st.builds(Acceptance, period=st.just(Q1), **said)


@given(st.data(), st.sampled_from(DUTIES.plan.long_term_measures), st.dates(date(2023, 7, 1), date(2029, 1, 1)))
def test_every_status_has_its_rule_and_no_step_fails(data: st.DataObject, measure: Any, day: date) -> None:
    facts = Facts(tuple(data.draw(st.lists(st.one_of(*facts_about(measure.id)), max_size=6)))).known_by(day)
    judged = assess(measure, facts, DUTIES, as_of=day)
    assert rule(judged).endswith(".")
    assert all(step.endswith(".") for step in arithmetic(judged))


@pytest.mark.parametrize(
    ("code", "readings", "day", "status", "steps"),
    [
        (
            "down",
            {2023: "9.5"},
            date(2024, 12, 1),
            MeasureStatus.ON_TRACK,
            [
                "Expected for 2023-24: 12 + (4 - 12) x 1/4 = 10, on the line from 2022-23 to 2026-27.",
                "Share of the way: (9.5 - 12) / (10 - 12) = -2.5 / -2 = 1.2500.",
                "Shortfall: none; the reading is on the right side of what is expected.",
                "Against the beginning: not worse than the baseline.",
            ],
        ),
        (
            "listed",
            {2024: "39.8"},
            date(2025, 12, 1),
            MeasureStatus.OFF_TRACK,
            [
                "Expected for 2024-25: 44, as the plan lists it.",
                "Share of the way: (39.8 - 40) / (44 - 40) = -0.2 / 4 = -0.0500.",
                "Shortfall: 44 - 39.8 = 4.2; the tolerance is 0.5.",
                "Against the beginning: 0.2 worse than the baseline of 40, not more than the tolerance.",
            ],
        ),
        ("listed", {}, date(2025, 12, 1), MeasureStatus.NO_DATA, ["Expected for 2024-25: 44, as the plan lists it."]),
        (
            "kept",
            {2024: "3.8"},
            date(2025, 12, 1),
            MeasureStatus.WATCH,
            ["Shortfall: 0.2 outside the bound; the tolerance is 0.5."],
        ),
        (
            "change",
            {2023: "80", "2024": "76.4"},
            date(2025, 12, 1),
            MeasureStatus.WATCH,
            [
                "Change: 76.4 - 80 = -3.6, which is -4.5 %; wanted: decrease.",
                "Share of the wanted change: 0.9000.",
            ],
        ),
    ],
    ids=["down", "inside-the-tolerance-of-the-baseline", "nothing-known", "threshold", "change"],
)
def test_the_steps_lead_to_the_status(
    code: str, readings: dict[Any, str], day: date, status: MeasureStatus, steps: list[str]
) -> None:
    measure = next(one for one in DUTIES.plan.long_term_measures if one.id == code)
    known = tuple(reading(value, date(2024, 1, 1), item=code, year=int(year)) for year, value in readings.items())
    judged = assess(measure, Facts(known), DUTIES, as_of=day)
    assert judged.status == status
    assert list(arithmetic(judged)) == steps
