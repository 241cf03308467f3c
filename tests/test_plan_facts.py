"""What has been said, and what has been told: found by what it is about, whatever the order it came in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.facts import Evidence, Fact, Facts, Implementation, Reading, Referral, SentBack
from plan.periods import Quarter, SchoolYear
from plan.told import Telling, Told
from tests.plan_builders import Q1, check_in, promise, waiver

Q2 = Quarter.parse("2026-27 Q2")
YEAR = SchoolYear(2025)
DUE = date(2026, 10, 14)


def reading(value: str, *, on: date) -> Reading:
    return Reading(item="1.1-rating", period=YEAR, value=Decimal(value), source="state", note="", by="assessment", known_on=on)


def evidence(*, on: date) -> Evidence:
    return Evidence(item="1.1-pm1", period=Q1, reference="minutes.pdf", dated_on=on, note="", by="assessment", known_on=on)


def telling(
    step: str = "due", address: str = "a@example.org", *, on: date = DUE, due: date = DUE, skipped: bool = False
) -> Telling:
    return Telling(
        key=f"{due}/{step}/{address}",
        item="1.1A",
        kind="check-in",
        period=str(Q1),
        ladder="late",
        step=step,
        due=due,
        address=address,
        told_on=on,
        delivered_on=on,
        skipped=skipped,
    )


# --- facts -------------------------------------------------------------------------------------------------------------


def test_what_became_known_later_does_not_count_yet() -> None:
    facts = Facts((check_in(on=date(2026, 10, 5)), check_in("1.1B", on=date(2026, 10, 6))))
    assert facts.known_by(date(2026, 10, 4)).every == ()
    assert facts.known_by(date(2026, 10, 5)).every == facts.every[:1]
    assert facts.known_by(date(2026, 10, 6)).every == facts.every


def test_something_is_given_on_the_day_on_which_it_first_came() -> None:
    facts = Facts((check_in(on=date(2026, 10, 9)), check_in(on=date(2026, 10, 5)), check_in(on=date(2026, 10, 7))))
    assert facts.given("check-in", "1.1A", Q1) == date(2026, 10, 5)


def test_a_restated_reading_was_given_when_the_first_came() -> None:
    facts = Facts((reading("85", on=date(2025, 8, 15)), reading("86", on=date(2026, 1, 20))))
    assert facts.given("reading", "1.1-rating", YEAR) == date(2025, 8, 15)


def test_readings_stand_by_year_each_as_it_was_restated_last() -> None:
    last_year = replace(reading("84", on=date(2026, 2, 1)), period=SchoolYear(2024))
    first, restated = reading("85", on=date(2025, 8, 15)), reading("86", on=date(2026, 1, 20))
    facts = Facts((restated, first, last_year))
    assert facts.readings("1.1-rating") == {YEAR: restated, last_year.period: last_year}
    assert facts.readings("1.1-meets") == {}


@pytest.mark.parametrize(
    ("kind", "item", "period"),
    [("check-in", "1.1B", Q1), ("check-in", "1.1A", Q2), ("evidence", "1.1A", Q1), ("reading", "1.1A", Q1)],
)
def test_what_was_given_for_one_thing_does_not_serve_another(kind: str, item: str, period: Quarter) -> None:
    facts = Facts((check_in(on=date(2026, 10, 5)), evidence(on=date(2026, 10, 5))))
    assert facts.given("check-in", "1.1A", Q1)
    assert facts.given("evidence", "1.1-pm1", Q1)
    assert facts.given(kind, item, period) is None  # type: ignore[arg-type]


# A piece of evidence and what becomes of it, day by day: given, sent back, given again.
GIVEN, SENT_BACK, AGAIN = date(2026, 10, 5), date(2026, 10, 7), date(2026, 10, 9)


def sent_back(*, on: date = SENT_BACK, item: str = "1.1-pm1", reference: str = "minutes.pdf", sha256: str = "") -> SentBack:
    return SentBack(
        item=item, period=Q1, reference=reference, sha256=sha256, note="Unsigned.", by="Chief Academic Officer", known_on=on
    )


@pytest.mark.parametrize(
    ("as_of", "counts", "given"),
    [
        pytest.param(date(2026, 10, 4), [], None, id="before"),
        pytest.param(date(2026, 10, 6), [GIVEN], GIVEN, id="given"),
        pytest.param(SENT_BACK, [], None, id="sent-back"),
        pytest.param(date(2026, 10, 8), [], None, id="still-missing"),
        pytest.param(AGAIN, [AGAIN], AGAIN, id="given-again"),
    ],
)
def test_evidence_that_was_sent_back_counts_no_more_until_it_is_given_again(
    as_of: date, counts: list[date], given: date | None
) -> None:
    facts = Facts((evidence(on=GIVEN), sent_back(), evidence(on=AGAIN))).known_by(as_of)
    assert [one.known_on for one in facts.evidence("1.1-pm1")] == counts
    assert facts.given("evidence", "1.1-pm1", Q1) == given
    assert facts.sent_back("1.1-pm1") == ((sent_back(),) if as_of >= SENT_BACK else ())


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(sent_back(item="1.1A"), id="another-item"),
        pytest.param(sent_back(reference="notes.pdf"), id="another-document"),
        pytest.param(sent_back(sha256="ab" * 32), id="another-file-of-the-name"),
        pytest.param(sent_back(on=date(2026, 10, 4)), id="before-it-was-given"),
    ],
)
def test_only_the_piece_of_evidence_that_is_meant_is_sent_back(other: SentBack) -> None:
    facts = Facts((other, evidence(on=GIVEN)))
    assert facts.evidence("1.1-pm1") == (evidence(on=GIVEN),)
    assert facts.given("evidence", "1.1-pm1", Q1) == GIVEN


def test_of_several_pieces_the_others_still_count() -> None:
    notes = replace(evidence(on=AGAIN), reference="notes.pdf")
    facts = Facts((evidence(on=GIVEN), notes, sent_back(on=date(2026, 10, 12))))
    assert facts.evidence("1.1-pm1") == (notes,)
    assert facts.given("evidence", "1.1-pm1", Q1) == AGAIN


def test_of_what_was_given_and_sent_back_on_one_day_the_order_of_adding_decides() -> None:
    given, back = evidence(on=GIVEN), sent_back(on=GIVEN)
    assert Facts((given, back)).evidence("1.1-pm1") == ()
    assert Facts((back, given)).evidence("1.1-pm1") == (given,)


def test_referrals_are_known_from_first_to_last() -> None:
    later, earlier = (
        Referral(item=item, period=Q1, asked="planning", note="", by="curriculum", known_on=day)
        for item, day in (("1.1A", AGAIN), ("1.1B", GIVEN))
    )
    assert Facts((later, check_in(on=GIVEN), earlier)).referrals == (earlier, later)


def test_promises_are_counted_from_first_to_last() -> None:
    second, first = promise(on=date(2026, 10, 7), until=DUE), promise(on=date(2026, 10, 5), until=DUE)
    facts = Facts((second, promise("1.1B", on=date(2026, 10, 1), until=DUE), first))
    assert facts.promises("1.1A", Q1) == (first, second)
    assert facts.promises("1.1A", Q2) == ()


def test_the_first_decision_that_nothing_is_owed_holds() -> None:
    facts = Facts((waiver(on=date(2026, 10, 9), note="second"), waiver(on=date(2026, 10, 5), note="first")))
    found = facts.waiver("1.1A", Q1)
    assert found is not None
    assert found.note == "first"
    assert facts.waiver("1.1A", Q2) is None


def test_of_two_check_ins_on_one_day_the_one_added_later_is_the_last() -> None:
    on = date(2026, 10, 5)
    facts = Facts(
        (check_in(on=on, said=Implementation.ON_TRACK), check_in(on=on, said=Implementation.AT_RISK), check_in("1.1B", on=on))
    )
    last = facts.last_check_in("1.1A")
    assert last is not None
    assert last.status is Implementation.AT_RISK
    assert facts.last_check_in("1.1C") is None


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (Implementation.NOT_STARTED, False),
        (Implementation.ON_TRACK, False),
        (Implementation.AT_RISK, False),
        (Implementation.OFF_TRACK, False),
        (Implementation.ACHIEVED, True),
        (Implementation.NOT_ACHIEVED, True),
        (Implementation.CANCELLED, True),
    ],
)
def test_the_work_ends_when_it_is_achieved_given_up_or_cancelled(said: Implementation, ends: bool) -> None:
    assert said.ends_the_work is ends


DAYS = st.dates(date(2026, 9, 1), date(2026, 9, 28))
FACTS: st.SearchStrategy[list[Fact]] = st.lists(DAYS, unique=True, max_size=8).flatmap(
    lambda days: st.tuples(
        *(
            st.sampled_from([check_in(on=day), promise(on=day, until=DUE), waiver(on=day), reading("85", on=day)])
            for day in days
        )
    ).map(list)
)


@given(FACTS, st.randoms(use_true_random=False), DAYS)
def test_the_order_in_which_facts_of_different_days_were_added_does_not_matter(
    facts: list[Fact], chance: object, day: date
) -> None:
    shuffled = facts.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = Facts(tuple(facts)).known_by(day), Facts(tuple(shuffled)).known_by(day)
    assert one.given("check-in", "1.1A", Q1) == other.given("check-in", "1.1A", Q1)
    assert one.promises("1.1A", Q1) == other.promises("1.1A", Q1)
    assert one.waiver("1.1A", Q1) == other.waiver("1.1A", Q1)
    assert one.last_check_in("1.1A") == other.last_check_in("1.1A")


# --- told --------------------------------------------------------------------------------------------------------------


def test_tellings_are_found_by_obligation_step_and_person() -> None:
    one, two = telling(), telling("overdue", on=date(2026, 10, 22))
    assert Told((one, two)).of("check-in", "1.1A", str(Q1), DUE) == {
        ("due", "a@example.org"): one,
        ("overdue", "a@example.org"): two,
    }


def test_a_moved_due_date_has_been_told_nothing() -> None:
    assert Told((telling(),)).of("check-in", "1.1A", str(Q1), date(2026, 10, 21)) == {}


def test_each_person_has_digest_days_of_their_own() -> None:
    told = Told((telling(), telling(address="b@example.org", on=date(2026, 10, 15))))
    assert told.digest_days("a@example.org") == {DUE}
    assert told.digest_days("b@example.org") == {date(2026, 10, 15)}


def test_what_was_only_skipped_was_no_digest() -> None:
    told = Told((telling("reminder", skipped=True),))
    assert told.digest_days("a@example.org") == set()
    assert ("reminder", "a@example.org") in told.of("check-in", "1.1A", str(Q1), DUE)


def test_asking_for_what_was_never_told_leaves_no_trace() -> None:
    told = Told()
    assert told.of("check-in", "1.1A", str(Q1), DUE) == {}
    assert told.digest_days("a@example.org") == set()
    assert told.of("check-in", "1.1A", str(Q1), DUE) == {}


@given(
    st.permutations(
        [telling(step, on=day) for step, day in (("request", date(2026, 9, 30)), ("reminder", date(2026, 10, 9)), ("due", DUE))]
    )
)
def test_the_order_of_telling_does_not_matter(tellings: list[Telling]) -> None:
    told = Told(tellings)
    assert {step for step, _ in told.of("check-in", "1.1A", str(Q1), DUE)} == {"request", "reminder", "due"}
    assert told.digest_days("a@example.org") == {date(2026, 9, 30), date(2026, 10, 9), DUE}
