"""What everybody may know of a plan: statuses with reasons in figures and plain words, and nothing that somebody wrote."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.publication.pages import IN_A_FOLDER, publication
from plan.facts import (
    Acceptance,
    Acknowledgement,
    CheckIn,
    CorrectivePlan,
    Evidence,
    Fact,
    Facts,
    Implementation,
    Override,
    Progress,
    Reading,
    Referral,
    SentBack,
    Waiver,
    words_for,
)
from plan.model import Plan
from plan.public import HIDDEN, PublicMeasure, PublicPlan, public
from tests.builders import situation
from tests.judgement_builders import KNOWN, delivered, line, of_measures, override, proof, published, rated, read, year
from tests.plan_builders import Q1, check_in, shipped, tree

COUNTED = {"unit": "students", "target": {"kind": "threshold", "at_least": 1}}
FALLING = {"kind": "change", "direction": "decrease", "at_least": 5, "at_most": 10, "measured_in": "percent"}


def told(plan: Plan, *facts: Fact, as_of: date = KNOWN) -> PublicPlan:
    return public(situation(plan, facts=Facts(facts)), as_of=as_of)


def measure(target: dict[str, Any], *facts: Fact, as_of: date = KNOWN, **changed: Any) -> PublicMeasure:
    """Return what is told of measure m1, in percent unless said otherwise."""
    return told(of_measures({"target": target, **changed}), *facts, as_of=as_of).objectives[0].measures[0]


def each_year(**bounds: Any) -> dict[str, Any]:
    return {"kind": "threshold", **bounds}


@pytest.mark.parametrize(
    ("target", "facts", "status", "wanted", "reason"),
    [
        pytest.param(
            line(44, 60),
            [read(50.5)],
            "on_track",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "50.5 % in 2023-24; 50.4 expected for that year.",
            id="on-the-way",
        ),
        pytest.param(
            line(44, 60),
            [read(50)],
            "on_track",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "50 % in 2023-24; 50.4 expected for that year. That is 0.4 short of it, close enough to count as there.",
            id="close",
        ),
        pytest.param(
            line(44, 60),
            [read(48)],
            "off_track",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "48 % in 2023-24; 50.4 expected for that year. "
            "That is 62.5 % of the way that should have been gone from 44 by then.",
            id="behind",
        ),
        pytest.param(
            line(44, 60),
            [read(40)],
            "declined",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "40 % in 2023-24; 50.4 expected for that year. It started at 44, so it has moved away from the target.",
            id="declined",
        ),
        pytest.param(
            line(44, 60),
            [read(61)],
            "met",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "61 % in 2023-24 reaches the target of 60 %.",
            id="met",
        ),
        pytest.param(
            line(44, 60),
            [read(45, "2022-23")],
            "no_data",
            "from 44 in 2021-22 to 60 % in 2026-27",
            "The results for 2023-24 are due and not known yet. The last figure known is 45 %, for 2022-23.",
            id="not-known",
        ),
        pytest.param(
            each_year(at_least=90), [read(88)], "off_track", "90 % or more each year",
            "88 % in 2023-24; wanted: 90 or more each year. That misses it by 2.", id="below-a-bound",
        ),
        pytest.param(
            each_year(at_least=4, at_most=5), [read(4.5)], "on_track", "4 to 5 % each year",
            "4.5 % in 2023-24; wanted: 4 to 5 each year.", id="within-a-band",
        ),
        pytest.param(
            each_year(at_most=8.8, by="2026-27"), [read(8)], "on_track", "8.8 % at most by 2026-27",
            "8 % in 2023-24; wanted: 8.8 at most by 2026-27. It is reached already.", id="reached-early",
        ),
        pytest.param(
            each_year(at_least=75, by="2026-27"), [read(60)], "not_rated", "75 % or more by 2026-27",
            "60 % in 2023-24; wanted: 75 or more by 2026-27. The results for 2026-27 are not due yet.", id="by-a-year",
        ),
        pytest.param(
            each_year(at_least=75, by="2026-27"), [], "not_rated", "75 % or more by 2026-27",
            "The year that it is for is not over.", id="nothing-read",
        ),
        pytest.param(
            FALLING, [read(200, "2022-23"), read(185)], "on_track", "a fall of 5 to 10 % each year",
            "200 became 185 % in 2023-24. Wanted: a fall of 5 to 10 % each year.", id="a-change",
        ),
        pytest.param(
            FALLING, [read(200, "2022-23"), read(195)], "off_track", "a fall of 5 to 10 % each year",
            "200 became 195 % in 2023-24. Wanted: a fall of 5 to 10 % each year. That is 50 % of the change wanted.",
            id="half-a-change",
        ),
        pytest.param(
            {"kind": "change", "direction": "increase"}, [read(200, "2022-23"), read(195)], "declined", "a rise each year",
            "200 became 195 % in 2023-24. Wanted: a rise each year. It went the other way.", id="the-other-way",
        ),
        pytest.param(
            {"kind": "change", "direction": "increase", "at_least": 2}, [read(195)], "not_rated",
            "a rise of 2 % or more each year",
            "There is no figure of the year before 2023-24 to compare with.", id="first-year",
        ),
        pytest.param(
            {"kind": "deliverable", "by": "2024-06-30"}, [], "off_track", "done by 30 June 2024",
            "It was to be done by 30 June 2024, and has not been shown to be done.", id="not-delivered",
        ),
        pytest.param(
            {"kind": "deliverable", "by": "2024-06-30"}, [*delivered(on=date(2024, 7, 2))], "met", "done by 30 June 2024",
            "It was shown to be done on 2 July 2024; it was to be done by 30 June 2024.", id="delivered",
        ),
        pytest.param(
            {"kind": "deliverable", "by": "2025-06-30"}, [], "not_rated", "done by 30 June 2025",
            "It is to be done by 30 June 2025.", id="to-be-delivered",
        ),
        pytest.param(
            {"kind": "narrative"}, [], "not_rated", "rated each quarter", "It has not been rated yet.", id="not-rated",
        ),
        pytest.param(
            {"kind": "narrative"}, [rated(Progress.SOME_PROGRESS)], "watch", "rated each quarter",
            "Rated on 1 October 2024, for 2024-25 Q1: some progress.", id="rated",
        ),
    ],
)  # fmt: skip
def test_a_measure_is_told_with_its_status_and_the_figures_that_led_to_it(
    target: dict[str, Any], facts: list[Fact], status: str, wanted: str, reason: str
) -> None:
    found = measure(target, *facts)
    assert (found.status, found.wanted, found.reason) == (status, wanted, reason)


@pytest.mark.parametrize(
    ("target", "facts", "as_of", "reason"),
    [
        pytest.param(line(44, 60), [read(50, "2026-27", on=date(2027, 8, 1))], date(2027, 10, 1),
                     "50 % in 2026-27, the year in which 60 % were to be reached.", id="missed"),
        pytest.param(line(44, 60), [], date(2022, 1, 1),
                     "No results after 2021-22, from which it starts, are due yet.", id="start"),
        pytest.param(each_year(at_least=9), [], date(2022, 1, 1), "No year of the plan has results due yet.", id="bound"),
        pytest.param(FALLING, [], date(2022, 1, 1), "No year of the plan has results due yet.", id="change"),
        pytest.param(each_year(at_least=75, by="2026-27"), [read(60, "2026-27", on=date(2027, 8, 1))], date(2027, 10, 1),
                     "60 % in 2026-27; wanted: 75 or more by 2026-27.", id="bound-over"),
    ],
)  # fmt: skip
def test_before_the_first_results_and_after_the_last_there_is_a_sentence_too(
    target: dict[str, Any], facts: list[Fact], as_of: date, reason: str
) -> None:
    assert measure(target, *facts, as_of=as_of).reason == reason


def test_many_are_told_by_how_many_are_known_and_by_what_keeps_them_from_being_better() -> None:
    targets = [{"target": line(44, 60)} for _ in range(5)]
    facts = [read(61, item=f"m{at}") for at in range(1, 5)]
    assert told(of_measures(*targets), *facts).outcome.reason == "4 of 5 measures could be rated."
    one_is_off = told(of_measures(*targets), *facts, read(40, item="m5")).objectives[0].outcome
    assert one_is_off.status == "watch"
    assert one_is_off.reason == (
        "5 of 5 measures could be rated. One of them is off track or worse, so it is no better than “watch”."
    )
    few = told(of_measures(*targets), *facts[:1])
    assert few.outcome.reason == "1 of 5 measures could be rated, too few to say how it stands."
    assert few.implementation.reason == "No report on an action is due yet."
    assert told(of_measures({"target": {"kind": "narrative"}})).outcome.reason == "No measure has results due yet."


def test_actions_are_told_by_status_and_day_and_by_whether_evidence_shows_them() -> None:
    plan = of_measures(actions=["1.1A", "1.1B", "1.1C"])
    facts = [check_in("1.1A", on=date(2026, 10, 6)), check_in("1.1B", on=date(2026, 10, 7), said=Implementation.OFF_TRACK)]
    found = told(plan, *facts, proof(date(2026, 9, 1)), as_of=date(2026, 10, 22))
    assert [(one.id, one.status, one.reported_on, one.evidence) for one in found.objectives[0].actions] == [
        ("1.1A", "on_track", date(2026, 10, 6), "current"),
        ("1.1B", "off_track", date(2026, 10, 7), "needed"),
        ("1.1C", "not_reported", None, "needed"),
    ]
    assert found.implementation.reason == "2 of 3 actions were reported on, too few to say how it stands."
    assert found.updated_on == date(2026, 10, 7)


def test_one_action_that_fails_keeps_the_others_from_looking_well() -> None:
    codes = ["1.1A", "1.1B", "1.1C", "1.1D"]
    facts = [check_in(code, on=date(2026, 10, 6)) for code in codes[:3]]
    failing = check_in("1.1D", on=date(2026, 10, 6), said=Implementation.OFF_TRACK)
    found = told(of_measures(actions=codes), *facts, failing, as_of=date(2026, 10, 22)).objectives[0].implementation
    assert found.status == "at_risk"
    assert found.reason == (
        "4 of 4 actions were reported on. One of them is off track or worse, so it is no better than “at risk”."
    )


def test_a_progress_measure_is_told_by_its_newest_evidence_and_how_long_that_counts() -> None:
    plan = tree({"progress_measures": [{"id": "pm1", "title": "Minutes"}, {"id": "pm2", "title": "Visits"}]})
    facts = [proof(date(2026, 9, 1), item="pm1"), proof(date(2026, 9, 20), item="pm1")]
    found = told(plan, *facts, as_of=date(2026, 10, 22)).objectives[0].parts[0].progress_measures
    assert [(one.evidence, one.dated_on, one.valid_until) for one in found] == [
        ("current", date(2026, 9, 20), date(2027, 9, 20)),
        ("needed", None, None),
    ]
    over = told(plan, *facts, as_of=date(2027, 10, 22)).objectives[0].parts[0].progress_measures[0]
    assert (over.evidence, over.dated_on, over.valid_until) == ("expired", date(2026, 9, 20), None)


def test_evidence_that_was_sent_back_or_is_not_accepted_yet_is_told_of_by_no_day() -> None:
    given, back_on = proof(date(2026, 9, 20), item="pm1"), date(2026, 9, 30)
    about: dict[str, Any] = {"item": given.item, "period": given.period, "by": "x", "known_on": back_on}
    sent_back = SentBack(reference=given.reference, note="The end is missing.", **about)
    for facts, is_accepted_first, updated_on in (([given, sent_back], False, back_on), ([given], True, given.known_on)):
        plan = tree({"progress_measures": [{"id": "pm1", "title": "Minutes"}]}, evidence_acceptance=is_accepted_first)
        found = told(plan, *facts, as_of=date(2026, 10, 22))
        (one,) = found.objectives[0].parts[0].progress_measures
        assert (one.evidence, one.dated_on, one.valid_until, found.updated_on) == ("needed", None, None, updated_on)


def test_a_status_that_the_district_set_stands_beside_the_judged_one_without_name_or_note() -> None:
    found = measure(line(44, 60), read(40), override("watch", on=date(2024, 9, 1), until=date(2025, 1, 1)))
    assert (found.status, found.judged, found.set_until) == ("watch", "declined", date(2025, 1, 1))
    assert found.reason.startswith("40 % in 2023-24; 50.4 expected")


def test_words_of_their_own_that_somebody_set_as_a_status_are_not_told() -> None:
    found = measure(line(44, 60), read(40), override("ask Jo", on=date(2024, 9, 1), until=date(2025, 1, 1)))
    assert (found.status, found.set_until) == ("declined", None)


@pytest.mark.parametrize(
    ("source", "told_as"),
    [
        pytest.param("https://www.kvia.com/news/2024/?a=b#c", "kvia.com", id="a-public-site"),
        pytest.param("HTTP://Data.Texas.GOV:8080", "data.texas.gov", id="a-port-and-large-letters"),
        pytest.param("https://jane.doe:secret@example.org/x", "reported by the district", id="with-a-name-in-it"),
        pytest.param("https://jane.doe:1@example.org/x", "reported by the district", id="with-a-number-as-password"),
        pytest.param("https://10.1.2.3/x", "reported by the district", id="a-bare-address"),
        pytest.param("https://intranet/x", "reported by the district", id="a-machine-of-the-house"),
        pytest.param("mail of Jane Doe, see https://example.org", "reported by the district", id="somebodys-words"),
        pytest.param("", "reported by the district", id="nothing"),
        pytest.param("The state's report", "The state's report", id="as-the-plan-calls-it"),
    ],
)
def test_where_a_figure_comes_from_is_told_in_the_plans_words_or_as_a_public_site(source: str, told_as: str) -> None:
    named = [{"id": "state", "kind": "csv", "at": "state.csv", "title": "The state's report"}]
    plan = tree({"long_term_measures": [{"id": "m1", "title": "M", "unit": "percent", "target": line(44, 60)}]}, sources=named)
    years = told(plan, replace(read(50), source=source), read(44, "2021-22")).objectives[0].measures[0].years
    assert [one.source for one in years if one.source] == ["the plan, as its starting point", told_as]


def test_a_figure_is_told_with_the_day_from_which_it_was_known() -> None:
    years = measure(line(44, 60), read(50, on=date(2024, 8, 1)), read(51, on=date(2024, 9, 1))).years
    assert [(one.school_year, one.expected, one.reading, one.known_on) for one in years][:3] == [
        ("2021-22", (Decimal(44),), None, None),
        ("2022-23", (Decimal("47.2"),), None, None),
        ("2023-24", (Decimal("50.4"),), Decimal(51), date(2024, 9, 1)),
    ]


def test_what_became_known_later_is_not_told_of_a_past_day() -> None:
    assert measure(line(44, 60), read(61, on=date(2024, 10, 2)), as_of=KNOWN).status == "no_data"


def test_a_measure_that_left_the_plan_is_not_told() -> None:
    assert told(of_measures({"target": {"kind": "narrative"}}), rated(Progress.DISCONTINUED)).objectives[0].parts == ()


# --- counts that are too small ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "facts"),
    [
        pytest.param(each_year(at_least=100), [read(4)], id="the-judged-year"),
        pytest.param(each_year(at_least=1), [read(4)], id="a-bound-that-tells-the-count"),
        pytest.param(each_year(at_least=1, by="2026-27"), [read(3, "2022-23")], id="the-last-year-known"),
        pytest.param({"kind": "change", "direction": "increase"}, [read(4, "2022-23"), read(9)], id="the-year-before"),
        pytest.param(line(2, 60), [read(4)], id="a-share-of-the-way"),
    ],
)
def test_a_small_count_takes_the_status_and_the_reason_with_it(target: dict[str, Any], facts: list[Fact]) -> None:
    set_by_hand = override("on_track", on=date(2024, 9, 1), until=date(2025, 1, 1))
    found = told(of_measures({"target": target, "unit": "students"}, {"target": line(44, 60)}), *facts, set_by_hand)
    of = found.objectives[0].measures[0]
    assert (of.status, of.judged, of.set_until) == (HIDDEN, HIDDEN, None)
    assert of.reason == "Its figures are not shown, because so few students are counted that they could be recognised."
    assert [one.school_year for one in of.years if one.is_left_out] == [str(facts[0].period)]
    assert all((one.reading, one.known_on, one.source) == (None, None, "") for one in of.years if one.is_left_out)
    assert found.outcome.due == 1


def test_a_small_count_of_another_year_leaves_the_status_that_other_figures_led_to() -> None:
    found = measure(line(2, 60), read(4, "2022-23"), read(30), unit="students")
    assert found.status == "on_track"
    assert [one.reading for one in found.years] == [None, None, 30, None, None, None]


def test_the_last_figure_known_is_not_named_where_it_is_too_small() -> None:
    found = measure(line(20, 60), read(4, "2022-23"), unit="students")
    assert (found.status, found.reason) == ("no_data", "The results for 2023-24 are due and not known yet.")


def test_what_a_change_asks_for_is_not_told_where_it_is_reckoned_from_a_small_count() -> None:
    rising = {"kind": "change", "direction": "increase", "at_least": 2}
    found = measure(rising, read(4, "2021-22"), read(9, "2022-23"), read(12), unit="students")
    assert found.status == "on_track"
    assert [(one.expected, one.reading) for one in found.years] == [((), None), ((), 9), ((), 12)]


# --- the law ------------------------------------------------------------------------------------------------------------

MARK = "zqxj"
"""Stands in all that people write; no title, word or figure has it."""
WHOLE = of_measures(
    *({"id": code, **COUNTED, "part_of": "all"} for code in ("a", "b", "c")),
    {"id": "all", **COUNTED},
    {"id": "rate", "target": line(44, 60)},
    {"id": "rated", "target": {"kind": "narrative"}},
    {"id": "built", "target": {"kind": "deliverable", "by": "2026-09-30"}},
    actions=["1.1A", "1.1B"],
)
days = st.dates(date(2026, 8, 1), date(2026, 10, 22))
about: dict[str, Any] = {
    "item": st.sampled_from(sorted(WHOLE.items)),
    "period": st.just(Q1),
    "note": st.just(f"{MARK} note"),
    "by": st.just(f"{MARK} Jane Doe"),
    "known_on": days,
}
without_note = {name: one for name, one in about.items() if name != "note"}
counts = st.builds(
    Reading,
    **about | {"item": st.sampled_from(["a", "b", "c", "all"]), "period": st.sampled_from([year("2024-25"), year("2025-26")])},
    value=st.integers(0, 12).map(Decimal),
    source=st.sampled_from([f"{MARK} list", f"https://{MARK}:1@example.org", "https://example.org/" + MARK]),
)
check_ins = about["item"].flatmap(
    lambda item: st.builds(
        CheckIn,
        **about | {"item": st.just(item)},
        status=st.sampled_from(words_for(WHOLE.items[item])),
        obstacles=st.just(MARK),
    )
)
others = st.one_of(
    check_ins,
    st.builds(Evidence, **about, reference=st.just(f"{MARK}.pdf"), dated_on=days, sha256=st.just(MARK)),
    st.builds(Acknowledgement, **about, promised_on=days),
    st.builds(Referral, **about, asked=st.just(MARK)),
    st.builds(Waiver, **about),
    st.builds(Acceptance, **about),
    st.builds(SentBack, **about, reference=st.just(f"{MARK}.pdf"), sha256=st.just(MARK)),
    st.builds(CorrectivePlan, **without_note, cause=st.just(MARK), step=st.just(MARK), done_by=days, effect=st.just(MARK)),
    st.builds(
        Override, **about, status=st.sampled_from(["watch", "met", MARK]), until=days.map(lambda day: day.replace(year=2027))
    ),
)
known = st.tuples(st.lists(others, max_size=8), st.lists(counts, max_size=10)).map(lambda two: (*two[0], *two[1]))


def everything(facts: Iterable[Fact]) -> str:
    """Return all that is published of facts on 22 October 2026."""
    made = publication(told(WHOLE, *facts, as_of=date(2026, 10, 22)), IN_A_FOLDER)
    return b"".join((made.overview, *made.objectives.values(), made.files["plan.json"])).decode()


@settings(max_examples=40, deadline=None)
@given(known)
def test_nothing_that_somebody_wrote_is_published(facts: tuple[Fact, ...]) -> None:
    assert MARK not in everything(facts)


@settings(max_examples=25, deadline=None)
@given(known, st.integers(0, 4))
def test_whatever_a_small_count_is_the_same_is_published(facts: tuple[Fact, ...], other: int) -> None:
    changed = [replace(fact, value=Decimal(other)) if isinstance(fact, Reading) and fact.value < 5 else fact for fact in facts]
    assert everything(changed) == everything(facts)


def test_the_shipped_plan_is_told_whole() -> None:
    plan, owners, _ = shipped()
    found = public(situation(plan, owners, facts=Facts(published())), as_of=date(2026, 2, 2))
    measures = [measure for objective in found.objectives for measure in objective.measures]
    actions = [action for objective in found.objectives for action in objective.actions]
    progress = [one for objective in found.objectives for part in objective.parts for one in part.progress_measures]
    assert (len(found.priorities), len(found.objectives), len(actions), len(progress), len(measures)) == (4, 12, 42, 66, 48)
    assert measures[0].reason == (
        "86 points in 2024-25; 91.6 expected for that year. It started at 88, so it has moved away from the target."
    )
    assert [part.title for part in found.objectives[1].parts] == ["College", "Career", "Military"]
