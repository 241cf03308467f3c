"""What somebody filled in becomes answers: all or nothing, with a sentence on each field that will not do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.duties import Duties, Obligation
from plan.facts import Answer, CheckIn, CorrectivePlan, DutyKind, Evidence, Facts, Implementation, Progress, Reading
from plan.model import Action, Deliverable, Item, LongTermMeasure, Narrative, ProgressMeasure, Trajectory
from plan.periods import Period, Quarter, SchoolYear
from tasks.check_in import LEAST_LETTERS, MOST_LETTERS, MOST_LINKS, Asked, Filled, Incomplete, answers, would_give
from tasks.put_off import days_to_promise, promise, referral
from tests.plan_builders import duties_of, tree
from tests.plan_builders import promise as promised

DAY = date(2026, 10, 22)
Q1 = Quarter.parse("2026-27 Q1")
YEAR = SchoolYear.parse("2025-26")
OTHER = Quarter.parse("2026-27 Q2")
NOTE = "All campuses have begun."
WAY = Trajectory(kind="trajectory", points={SchoolYear(2021): Decimal(88), SchoolYear(2026): Decimal(94)})


def asked(item: Item, kind: DutyKind, period: Period = Q1, **more: Any) -> Asked:
    owed = Obligation(item=item.id, kind=kind, period=period, opens_on=date(2026, 9, 30), due=date(2026, 10, 14))
    return Asked(item=item, owed=owed, by="Director of Curriculum", day=DAY, quarter=OTHER, **more)


ACTION = asked(Action(id="1.1A", title="Assess"), "check-in")
MEASURE = LongTermMeasure(id="1.1-rating", title="Rating", unit="points", target=WAY)
RATING = asked(MEASURE, "reading", YEAR)
NARRATED = asked(LongTermMeasure(id="1.1-survey", title="Survey", target=Narrative(kind="narrative")), "check-in")
WATCHED = asked(ProgressMeasure(id="1.1-pm1", title="Progress"), "evidence")
DONE = asked(LongTermMeasure(id="1.1-study", title="Study", target=Deliverable(kind="deliverable", by=DAY)), "evidence", YEAR)
KEPT: dict[str, Any] = {"by": "Director of Curriculum", "known_on": DAY}
PLANNED = {"cause": "Late tests", "step": "Test sooner", "done_by": "2026-11-30", "effect": "Two points by spring"}


def problems(filled: Filled, of: Asked) -> dict[str, str]:
    """Return what is said of a form that will not do, by field."""
    with pytest.raises(Incomplete) as error:
        answers(filled, of)
    return error.value.problems


def texts(**fields: str) -> Filled:
    return Filled(texts=fields)


def test_a_status_and_a_note_are_a_check_in() -> None:
    filled = texts(status="on_track", note=f"  {NOTE}\n\nTwo  more follow. ", obstacles="Too few rooms")
    assert answers(filled, ACTION) == (
        CheckIn(
            item="1.1A",
            period=Q1,
            status=Implementation.ON_TRACK,
            note=f"{NOTE} Two more follow.",
            obstacles="Too few rooms",
            **KEPT,
        ),
    )


def test_a_measure_without_figures_is_rated_in_its_own_words() -> None:
    (said,) = answers(texts(status="some_progress", note=NOTE), NARRATED)
    assert isinstance(said, CheckIn)
    assert said.status is Progress.SOME_PROGRESS
    assert problems(texts(status="on_track", note=NOTE), NARRATED) == {"status": "Choose how far it has come."}


def test_a_figure_and_its_source_are_a_reading() -> None:
    assert answers(texts(figure="1,234.5 %", source="State report, 2026-08-14"), RATING) == (
        Reading(item="1.1-rating", period=YEAR, value=Decimal("1234.5"), source="State report, 2026-08-14", note="", **KEPT),
    )


@pytest.mark.parametrize(
    ("of", "filled", "expected"),
    [
        pytest.param(
            ACTION,
            Filled(),
            {"status": "Choose where it stands.", "note": "Say what happened, in a sentence or two."},
            id="a-bare-press",
        ),
        pytest.param(ACTION, texts(status="done", note=NOTE), {"status": "Choose where it stands."}, id="no-such-status"),
        pytest.param(
            ACTION,
            texts(status="on_track", note="Fine.    "),
            {"note": "Say a little more: 10 characters at least."},
            id="short",
        ),
        pytest.param(
            ACTION,
            texts(status="on_track", note="x" * 4_001),
            {"note": "Say it in 4000 characters at most; it has 4001."},
            id="endless",
        ),
        pytest.param(
            RATING,
            Filled(),
            {"figure": "Give the figure.", "source": "Say where the figure is written: which report, of which day."},
            id="no-figure",
        ),
        pytest.param(
            RATING,
            texts(figure="eighty", source="Report"),
            {"figure": "Write the figure in digits, as in 86 or 8.8."},
            id="in-words",
        ),
        pytest.param(
            WATCHED,
            Filled(),
            {
                "file": "Choose a file, or give the address of what shows it.",
                "dated_on": "Give the evidence's own date: the day that stands on it.",
            },
            id="no-evidence",
        ),
        pytest.param(
            WATCHED,
            texts(links="https://example.org/a", dated_on="2026-10-23"),
            {"dated_on": "Evidence cannot be of a day that has not come; give its own date."},
            id="of-tomorrow",
        ),
        pytest.param(
            WATCHED,
            texts(links="https://example.org/a", dated_on="10/22/2026"),
            {"dated_on": "Write the day as year-month-day, as in 2026-10-22."},
            id="another-way-of-writing",
        ),
        pytest.param(
            ACTION,
            texts(status="on_track", note=NOTE, dated_on="2026-10-01"),
            {"file": "Choose a file, or give the address of what shows it."},
            id="only-the-day-of-evidence",
        ),
        pytest.param(
            ACTION,
            replace(texts(status="on_track", note=NOTE, links="https://example.org/a", dated_on="2026-10-01"), also=("9.9",)),
            {"also": "9.9 is none of your items; open the page again."},
            id="for-the-item-of-another",
        ),
        pytest.param(
            RATING,
            texts(figure="86", source="Report", cause="Late tests"),
            {
                "step": "Say what is to be done about it, and by whom.",
                "done_by": "Give the day by which the step is done.",
                "effect": "Say which figure is to change by it, and by when.",
            },
            id="half-a-corrective-plan",
        ),
        pytest.param(
            RATING,
            texts(**PLANNED | {"done_by": "2026-10-21"}),
            {"done_by": "That day is over; give the day by which the step will be done."},
            id="a-step-of-yesterday",
        ),
    ],
)
def test_what_is_missing_is_said_of_each_field(of: Asked, filled: Filled, expected: dict[str, str]) -> None:
    assert problems(filled, of) == expected


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "ftp://example.org/a",
        "//example.org/a",
        "https://",
        "https://user:word@example.org/",
        "https://[::1",
        "minutes.pdf",
        "data:text/html,x",
    ],
)
def test_only_an_address_of_a_page_is_one(link: str) -> None:
    said = problems(texts(links=f"https://example.org/a\n{link}", dated_on="2026-10-01"), WATCHED)
    assert said == {"links": f'"{link}" is not an address; it begins with https:// or http://, one on each line.'}


def test_each_file_and_address_is_evidence_for_each_item_that_it_shows() -> None:
    of = replace(WATCHED, also={"1.1B": OTHER})
    filled = Filled(
        texts={"links": "https://example.org/a\nhttps://example.org/a", "dated_on": "2026-10-01", "note": "Minutes"},
        also=("1.1B",),
        files=(("minutes.pdf", "ab" * 32),),
    )
    found = [one for one in answers(filled, of) if isinstance(one, Evidence)]
    assert [(one.item, one.period, one.reference, one.sha256) for one in found] == [
        ("1.1-pm1", Q1, "minutes.pdf", "ab" * 32),
        ("1.1-pm1", Q1, "https://example.org/a", ""),
        ("1.1B", OTHER, "minutes.pdf", "ab" * 32),
        ("1.1B", OTHER, "https://example.org/a", ""),
    ]
    assert {(one.dated_on, one.note) for one in found} == {(date(2026, 10, 1), "Minutes")}


def test_a_check_in_brings_its_evidence_with_it() -> None:
    filled = Filled(texts={"status": "achieved", "note": NOTE, "dated_on": "2026-10-22"}, files=(("a.pdf", ""),))
    assert [type(one) for one in answers(filled, ACTION)] == [CheckIn, Evidence]


def test_evidence_alone_is_enough_only_where_no_answer_is_waited_for() -> None:
    alone = texts(links="https://example.org/a", dated_on="2026-10-01")
    assert set(problems(alone, ACTION)) == {"status", "note"}
    assert [type(one) for one in answers(alone, replace(ACTION, is_settled=True))] == [Evidence]
    assert set(problems(Filled(), replace(ACTION, is_settled=True))) == {"status", "note"}


def test_a_corrective_plan_may_come_with_a_figure_or_alone() -> None:
    expected = CorrectivePlan(
        item="1.1-rating",
        period=OTHER,
        cause="Late tests",
        step="Test sooner",
        done_by=date(2026, 11, 30),
        effect="Two points by spring",
        **KEPT,
    )
    assert answers(texts(**PLANNED), RATING) == (expected,)
    assert answers(texts(figure="86", source="Report", **PLANNED), RATING)[1:] == (expected,)
    assert set(problems(Filled(), replace(RATING, plan_only=True))) == set(PLANNED)


def test_a_deliverable_is_shown_by_evidence() -> None:
    (said,) = answers(texts(links="https://example.org/study", dated_on="2026-10-20"), DONE)
    assert (said.item, said.period) == ("1.1-study", YEAR)


FIELDS = ("status", "note", "obstacles", "figure", "source", "links", "dated_on", "cause", "step", "done_by", "effect")
KINDS = (ACTION, RATING, NARRATED, WATCHED, DONE, replace(RATING, plan_only=True), replace(ACTION, is_settled=True))
words = st.one_of(st.text(max_size=40), st.sampled_from(["on_track", "2026-10-01", "86", "https://example.org", "x" * 5_000]))


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(FIELDS), words),
    st.lists(st.sampled_from(["1.1B", "9.9"]), unique=True),
    st.sampled_from(KINDS),
)
def test_whatever_is_filled_in_is_answered_whole_or_refused_with_a_sentence(
    fields: dict[str, str], also: list[str], of: Asked
) -> None:
    said, faults = answered(Filled(texts=fields, also=tuple(also)), replace(of, also={"1.1B": OTHER}))
    assert bool(said) is not bool(faults)
    assert all(sentence.endswith(".") for sentence in faults.values())
    for one in said:
        assert one.known_on == DAY
        assert one.item in (of.item.id, *also)
        if isinstance(one, CheckIn):
            assert LEAST_LETTERS <= len(one.note) <= MOST_LETTERS
        if isinstance(one, Evidence):
            assert one.dated_on <= DAY
            assert one.reference.startswith(("https://", "http://"))


def answered(filled: Filled, of: Asked) -> tuple[tuple[Answer, ...], dict[str, str]]:
    """Return the answers that a form holds, or what is said of it."""
    try:
        return answers(filled, of), {}
    except Incomplete as error:
        return (), error.problems


# --- what a figure would give --------------------------------------------------------------------------------------------


def duties() -> Duties:
    return duties_of(tree({"long_term_measures": [MEASURE.model_dump(mode="json", exclude_none=True)]}))


@pytest.mark.parametrize(
    ("figure", "status"), [("94", "met"), ("93", "on_track"), ("92.1", "watch"), ("90", "off_track"), ("87", "declined")]
)
def test_a_figure_gives_the_status_that_its_year_would_have(figure: str, status: str) -> None:
    reading, judged = would_give(texts(figure=figure), RATING, Facts(), duties())
    assert reading.value == Decimal(figure)
    assert judged.status == status
    assert judged.school_year == YEAR


def test_a_figure_that_is_none_gives_no_status() -> None:
    with pytest.raises(Incomplete) as error:
        would_give(texts(figure="x"), RATING, Facts(), duties())
    assert set(error.value.problems) == {"figure"}


# --- later, and not me ---------------------------------------------------------------------------------------------------


def test_ten_working_days_can_be_promised_and_no_more() -> None:
    days = days_to_promise(ACTION, Facts(), duties())
    assert (days[0], days[-1], len(days)) == (date(2026, 10, 23), date(2026, 11, 5), 10)
    (said,) = [promise({"promised_on": "2026-11-05", "promise_note": " Waiting\nfor it "}, ACTION, days)]
    assert (said.promised_on, said.note, said.period) == (date(2026, 11, 5), "Waiting for it", Q1)
    for text in ("", "2026-11-06", "2026-10-22", "tomorrow"):
        with pytest.raises(Incomplete, match="Choose the day by which you answer, at most 10 working days ahead"):
            promise({"promised_on": text}, ACTION, days)


def test_from_a_free_day_ten_working_days_can_be_promised_too() -> None:
    days = days_to_promise(replace(ACTION, day=date(2026, 10, 24)), Facts(), duties())
    assert (days[0], days[-1], len(days)) == (date(2026, 10, 26), date(2026, 11, 6), 10)


def test_a_third_promise_is_refused_with_a_sentence() -> None:
    twice = Facts(tuple(promised(on=date(2026, 10, day), until=date(2026, 10, day + 2), period=Q1) for day in (12, 16)))
    assert days_to_promise(ACTION, twice, duties()) == ()
    with pytest.raises(Incomplete, match="Two promises were made for it, and no third one counts"):
        promise({"promised_on": "2026-10-26"}, ACTION, ())


def test_a_referral_names_an_office_that_can_be_asked() -> None:
    offices = {"curriculum": "Director of Curriculum"}
    said = referral({"asked": "curriculum", "referral_note": "It moved there."}, ACTION, offices)
    assert (said.asked, said.note, said.item, said.period) == ("curriculum", "It moved there.", "1.1A", Q1)
    for text in ("", "board"):
        with pytest.raises(Incomplete, match="Choose the office that is to be asked"):
            referral({"asked": text}, ACTION, offices)
    with pytest.raises(Incomplete, match="Say it in 4000 characters at most"):
        referral({"asked": "curriculum", "referral_note": "x" * 4_001}, ACTION, offices)


def test_so_many_addresses_are_given_at_most() -> None:
    links = [f"https://example.org/{number}" for number in range(MOST_LINKS + 1)]
    said = problems(texts(links="\n".join(links), dated_on="2026-10-01"), WATCHED)
    assert said == {"links": "Give 20 addresses at most; put the others into a file."}
    assert len(answers(texts(links="\n".join(links[1:]), dated_on="2026-10-01"), WATCHED)) == MOST_LINKS
