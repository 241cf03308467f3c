"""Evidence that is filed: the names of its folders, what of it is new, and which addresses still count."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.facts import Evidence, Facts
from plan.filed import item_named, links, name_of, new_evidence, owed_period, period_named
from plan.periods import Period, Quarter, SchoolYear
from plan.standing import standing
from plan.told import Told
from tests.judgement_builders import duties_of
from tests.plan_builders import Q1, tree

DAY = date(2026, 10, 22)
PLAN = tree(
    {
        "actions": [{"id": "1.1A", "title": "A"}],
        "progress_measures": [{"id": "pm", "title": "P"}, {"id": "half", "title": "H", "cadence": "half-year"}],
        "long_term_measures": [
            {"id": "built", "title": "B", "target": {"kind": "deliverable", "by": "2024-12-31"}},
            {"id": "rating", "title": "R", "unit": "points", "target": {"kind": "threshold", "at_least": 90}},
        ],
    }
)
DUTIES = duties_of(PLAN)
SOME, OTHER = "a1" * 32, "b2" * 32


def filed(item: str = "pm", *, period: Period = Q1, reference: str = "pm/minutes.pdf", sha256: str = SOME) -> Evidence:
    """Return evidence that is looked at on the day."""
    return Evidence(item=item, period=period, reference=reference, dated_on=DAY, note="", by="x", known_on=DAY, sha256=sha256)


def listed(address: str = "https://example.org/minutes", *, item: str = "pm", dated_on: date = DAY) -> Evidence:
    """Return evidence that is an address."""
    return replace(filed(item, reference=address, sha256=""), dated_on=dated_on)


# --- the names of folders ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "period"),
    [
        pytest.param("2026-27-Q1", Q1, id="as-a-folder"),
        pytest.param("2026-27 Q1", Q1, id="as-people-write-it"),
        pytest.param("2026-27", SchoolYear(2026), id="school-year"),
    ],
)
def test_a_period_may_be_named_as_a_folder_or_as_people_write_it(text: str, period: Period) -> None:
    assert period_named(text) == period


@pytest.mark.parametrize("text", ["", "autumn", "2026-27-Q5", "2026-27-q1", "2026-28", "2026-27--Q1", "2026-27-Q1 "])
def test_what_names_no_period_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"is neither a quarter nor a school year") as refused:
        period_named(text)
    said = f'"{text}" is neither a quarter nor a school year; write it as in 2026-27-Q1 or 2026-27'
    assert str(refused.value) == said


@given(st.builds(SchoolYear, st.integers(1900, 2199)), st.integers(1, 4))
def test_the_name_of_a_periods_folder_reads_as_the_period(year: SchoolYear, number: int) -> None:
    for period in (year, Quarter(year, number)):
        assert period_named(name_of(period)) == period
        assert " " not in name_of(period)


def test_what_is_no_item_is_a_sentence() -> None:
    assert item_named("pm", PLAN) == "pm"
    with pytest.raises(ValueError, match=r'^"PM" is not an item of the plan; plankeeper status lists them$'):
        item_named("PM", PLAN)


@pytest.mark.parametrize(
    ("code", "text", "period"),
    [
        pytest.param("pm", "2026-27-Q3", Quarter(SchoolYear(2026), 3), id="progress-measure-by-quarter"),
        pytest.param("1.1A", "2023-24-Q1", Quarter(SchoolYear(2023), 1), id="action-by-quarter"),
        pytest.param("half", "2026-27-Q2", Quarter(SchoolYear(2026), 2), id="by-half-year"),
        pytest.param("built", "2024-25", SchoolYear(2024), id="deliverable-by-its-year"),
        pytest.param("rating", "2025-26", SchoolYear(2025), id="readings-by-year"),
    ],
)
def test_evidence_is_filed_for_what_the_item_owes(code: str, text: str, period: Period) -> None:
    assert owed_period(text, code, DUTIES) == period


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        pytest.param(
            "pm",
            "2026-27",
            "pm owes nothing for 2026-27; choose of what it owes: 2026-27-Q1, 2026-27-Q2, 2026-27-Q3, 2026-27-Q4",
            id="year-for-quarters",
        ),
        pytest.param(
            "half",
            "2026-27-Q1",
            "half owes nothing for 2026-27 Q1; choose of what it owes: 2026-27-Q2, 2026-27-Q4",
            id="half-year",
        ),
        pytest.param("built", "2026-27", "built owes nothing for 2026-27; choose of what it owes: 2024-25", id="another-year"),
    ],
)
def test_a_period_for_which_nothing_is_owed_is_told_with_those_near_it(code: str, text: str, said: str) -> None:
    with pytest.raises(ValueError, match="owes nothing for") as refused:
        owed_period(text, code, DUTIES)
    assert str(refused.value) == said


# --- what is new -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("again", "is_new"),
    [
        pytest.param(filed(), False, id="looked-at-again"),
        pytest.param(filed(reference="pm/renamed.pdf"), False, id="renamed"),
        pytest.param(replace(filed(), dated_on=DAY + timedelta(days=9)), False, id="only-its-date-is-another"),
        pytest.param(filed(sha256=OTHER), True, id="changed"),
        pytest.param(filed("half", period=Q1.after), True, id="given-for-another-item-too"),
        pytest.param(filed(period=Q1.after), True, id="given-for-another-quarter-too"),
        pytest.param(listed("pm/minutes.pdf"), True, id="an-address-is-no-file"),
    ],
)
def test_a_file_is_known_by_what_is_in_it_for_its_item_and_period(again: Evidence, is_new: bool) -> None:
    assert new_evidence([again], Facts((filed(),))) == ((again,) if is_new else ())


def test_an_address_is_known_by_itself_whoever_wrote_it_down() -> None:
    known = Facts((replace(listed(), by="planning", note="By hand."),))
    assert new_evidence([listed(), listed("https://example.org/other")], known) == (listed("https://example.org/other"),)


def test_of_two_files_with_the_same_in_them_the_first_counts() -> None:
    assert new_evidence([filed(reference="pm/a.pdf"), filed(reference="pm/b.pdf")], Facts()) == (filed(reference="pm/a.pdf"),)


ANY = st.builds(
    filed,
    st.sampled_from(["pm", "1.1A"]),
    period=st.sampled_from([Q1, Q1.after]),
    reference=st.sampled_from(["a.pdf", "b.pdf", "https://example.org/a"]),
    sha256=st.sampled_from([SOME, OTHER, ""]),
)


@given(st.lists(ANY), st.lists(ANY), st.randoms())
def test_looking_again_adds_nothing_whatever_the_order(known: list[Evidence], found: list[Evidence], chance: Random) -> None:
    added = new_evidence(found, Facts(tuple(known)))
    again = list(found)
    chance.shuffle(again)
    assert new_evidence(again, Facts((*known, *added))) == ()
    assert set(added) <= set(found)


# --- what it does ------------------------------------------------------------------------------------------------------


def test_a_filed_file_settles_the_evidence_of_its_quarter_and_of_no_other() -> None:
    facts = Facts((replace(filed(), known_on=date(2026, 10, 9), dated_on=date(2026, 10, 9)),))
    owed = [one for one in DUTIES.of(PLAN.items["pm"]) if one.period in (Q1, Q1.after)]
    day = date(2027, 1, 4)  # the second quarter's evidence has been asked for since 31 December
    found = [standing(one, duties=DUTIES, facts=facts, told=Told(), as_of=day) for one in owed]
    assert [one.status for one in found] == ["submitted", "open"]
    assert found[0].reason == "The evidence for 2026-27 Q1 came on 2026-10-09; it was due on 2026-10-14."


# --- addresses ---------------------------------------------------------------------------------------------------------


def test_each_address_among_valid_evidence_is_looked_at_once_for_all_that_it_was_given_for() -> None:
    given_for = (listed(item="1.1A"), listed(item="pm"))
    facts = Facts((given_for[1], filed(), listed("HTTP://example.org/x"), given_for[0], listed("Minutes of https://a.example")))
    found = links(facts, PLAN, as_of=DAY)
    assert [(link.address, link.given) for link in found] == [
        ("https://example.org/minutes", given_for),
        ("HTTP://example.org/x", (listed("HTTP://example.org/x"),)),
    ]


@pytest.mark.parametrize(
    ("dated_on", "found"),
    [
        pytest.param(date(2025, 10, 23), 1, id="last-day-of-validity"),
        pytest.param(date(2025, 10, 22), 0, id="no-longer-valid"),
    ],
)
def test_an_address_that_shows_nothing_any_more_is_not_looked_at(dated_on: date, found: int) -> None:
    assert len(links(Facts((listed(dated_on=dated_on),)), PLAN, as_of=DAY)) == found


def test_an_address_of_what_is_not_in_the_plan_any_more_is_not_looked_at() -> None:
    assert links(Facts((listed(item="gone"),)), PLAN, as_of=DAY) == ()
