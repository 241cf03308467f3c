"""Answers by a page: kept if nothing came in meanwhile, all together or not at all, and taken back for the days to come."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.ledger import AnsweredMeanwhile, Ledger, NotThere, open_ledger
from ledger.records import Draft, Letter, LetterState, Recorded, Withdrawal
from plan.facts import Fact
from tests.ledger_builders import (
    CHECK_IN,
    DAY,
    EVERY_KIND,
    EVIDENCE,
    NOW,
    PLAN,
    QUARTER,
    READING,
    REFERRAL,
    SENT_BACK,
    letter,
)

OWNER = "owner@example.org"
LATER = NOW + timedelta(hours=2)
NEXT_DAY = DAY + timedelta(days=1)
PLANS = count(1)


def answer(ledger: Ledger, *facts: Fact, seen: dict[str, int] | None = None, **changed: Any) -> tuple[str, ...]:
    """Answer with facts as a page does that was opened a moment ago, or when so much was seen."""
    shown = ledger.pages.last_numbers(PLAN, {fact.item for fact in facts}) if seen is None else seen
    given: dict[str, Any] = {"seen": shown, "recorded_at": NOW, "letters": no_letters} | changed
    return ledger.pages.answer(PLAN, facts, **given)


def no_letters(_number: int) -> Sequence[Letter]:
    return ()


def back(*numbers: int, known_on: date = DAY) -> Withdrawal:
    """Return the withdrawal of facts."""
    return Withdrawal(numbers=numbers, by="chief", known_on=known_on)


def take_back(ledger: Ledger, *numbers: int, known_on: date = DAY, **changed: Any) -> tuple[str, ...]:
    """Take facts back, a while after they were recorded."""
    given: dict[str, Any] = {"subject": "1.1A", "recorded_at": LATER, "letters": ()} | changed
    return ledger.pages.withdraw(PLAN, back(*numbers, known_on=known_on), **given)


def known(ledger: Ledger, known_by: date = DAY, **asked: Any) -> tuple[Fact, ...]:
    """Return the facts that were known on a day."""
    return ledger.facts(PLAN, known_by=known_by, **asked).every


def draft(**changed: Any) -> Draft:
    """Return what the owner began to answer for 1.1A."""
    begun = Draft(plan=PLAN, address=OWNER, item="1.1A", period=str(QUARTER), fields={"note": "Half", "é": ""}, saved_at=NOW)
    return replace(begun, **changed)


def begun(ledger: Ledger) -> list[Draft]:
    """Return the owner's drafts by item and period."""
    return sorted(ledger.pages.drafts(PLAN, OWNER), key=lambda one: (one.item, one.period))


# --- what was seen -------------------------------------------------------------------------------------------------------


def test_an_item_is_seen_by_its_last_fact_of_whatever_kind(ledger: Ledger) -> None:
    assert ledger.pages.last_numbers(PLAN, ["1.1A", "1.1-rating"]) == {"1.1A": 0, "1.1-rating": 0}
    ledger.add_facts(PLAN, [CHECK_IN, READING, replace(EVIDENCE, item="1.1A"), REFERRAL], recorded_at=NOW)
    assert ledger.pages.last_numbers(PLAN, ["1.1A", "1.1-rating", "1.1A"]) == {"1.1A": 4, "1.1-rating": 2}
    assert ledger.pages.last_numbers("another", ["1.1A"]) == {"1.1A": 0}


def test_an_answer_is_kept_with_its_letters_which_know_its_first_number(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, [READING], recorded_at=NOW)
    numbers: list[int] = []

    def receipts(number: int) -> Sequence[Letter]:
        numbers.append(number)
        return [letter("receipt")]

    facts = (CHECK_IN, replace(EVIDENCE, item="1.1A"), SENT_BACK)
    assert answer(ledger, *facts, letters=receipts) == (letter("receipt").key,)
    assert numbers == [2]
    assert known(ledger) == (READING, *facts)
    assert [one.state for one in ledger.outbox(PLAN)] == [LetterState.QUEUED]


@pytest.mark.parametrize("again", EVERY_KIND, ids=lambda fact: type(fact).__name__)
def test_whatever_came_in_meanwhile_for_the_item_keeps_an_answer_out(again: Fact, ledger: Ledger) -> None:
    ledger.pages.save_draft(draft())
    ledger.add_facts(PLAN, [replace(again, item="1.1A")], recorded_at=NOW)
    with pytest.raises(AnsweredMeanwhile, match=r"^Something was recorded for 1\.1A since this page was opened"):
        answer(ledger, CHECK_IN, READING, seen={"1.1A": 0, "1.1-rating": 0}, letters=lambda _: [letter()])
    assert len(known(ledger)) == 1
    assert ledger.outbox(PLAN) == ()
    assert ledger.pages.drafts(PLAN, OWNER) == (draft(),)


def test_what_came_in_for_other_items_or_plans_does_not(ledger: Ledger) -> None:
    seen = ledger.pages.last_numbers(PLAN, ["1.1A"])
    ledger.add_facts(PLAN, [READING], recorded_at=NOW)
    ledger.add_facts("another", [CHECK_IN], recorded_at=NOW)
    answer(ledger, CHECK_IN, seen=seen)
    assert known(ledger) == (READING, CHECK_IN)


def test_the_same_form_sent_again_changes_nothing_also_after_it_was_taken_back(ledger: Ledger) -> None:
    answer(ledger, CHECK_IN, seen={"1.1A": 0})
    with pytest.raises(AnsweredMeanwhile):
        answer(ledger, CHECK_IN, seen={"1.1A": 0})
    take_back(ledger, 1)
    with pytest.raises(AnsweredMeanwhile):
        answer(ledger, CHECK_IN, seen={"1.1A": 0})
    assert known(ledger) == ()
    answer(ledger, CHECK_IN)  # on the page as it is now
    assert known(ledger) == (CHECK_IN,)


def test_of_two_who_press_at_once_exactly_one_is_kept(database_url: str) -> None:
    with open_ledger(database_url) as ledger:
        ledger.add_facts(PLAN, [CHECK_IN], recorded_at=NOW)
    rounds, together = 10, Barrier(2)

    def press(name: str) -> int:
        kept = 0
        with open_ledger(database_url) as own:
            for _ in range(rounds):
                seen = own.pages.last_numbers(PLAN, ["1.1A"])
                together.wait(timeout=60)
                try:
                    answer(own, replace(CHECK_IN, by=name), replace(EVIDENCE, item="1.1A", by=name), seen=seen)
                    kept += 1
                except AnsweredMeanwhile:
                    pass
                together.wait(timeout=60)
        return kept

    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(press, ["one", "other"]))
    assert sum(kept) == rounds
    with open_ledger(database_url) as ledger:
        authors = [fact.by for fact in known(ledger)][1:]
    assert len(authors) == 2 * rounds
    assert all(authors[start] == authors[start + 1] for start in range(0, 2 * rounds, 2))


# --- taken back ----------------------------------------------------------------------------------------------------------


def test_a_fact_that_was_taken_back_counts_until_the_day_before_and_days_before_are_judged_as_they_were(ledger: Ledger) -> None:
    monday, tuesday, wednesday = (date(2026, 10, day) for day in (19, 20, 21))
    early = replace(CHECK_IN, known_on=monday)
    answer(ledger, early)
    take_back(ledger, 1, known_on=wednesday)
    assert [known(ledger, day) for day in (monday, tuesday, wednesday, DAY)] == [(early,), (early,), (), ()]


def test_before_the_instant_of_the_withdrawal_the_ledger_knew_of_none(ledger: Ledger) -> None:
    answer(ledger, CHECK_IN)
    take_back(ledger, 1)
    assert known(ledger, recorded_before=LATER) == (CHECK_IN,)
    assert known(ledger, recorded_before=LATER + timedelta(microseconds=1)) == ()
    assert known(ledger, recorded_before=NOW) == ()


def test_several_are_taken_back_together_or_none_is(ledger: Ledger) -> None:
    answer(ledger, CHECK_IN, replace(EVIDENCE, item="1.1A"), replace(REFERRAL, item="1.1A"))
    assert take_back(ledger, 2, letters=[letter("receipt")]) == (letter("receipt").key,)
    for numbers in ((1, 2), (2, 3), (2,), (), (1, 4), (0,), (4,)):
        with pytest.raises(NotThere, match="nothing was changed; open the page again"):
            take_back(ledger, *numbers, letters=[letter("another")])
    assert known(ledger) == (CHECK_IN, REFERRAL)
    assert len(ledger.outbox(PLAN)) == 1
    take_back(ledger, 1, 3)
    assert known(ledger) == ()


def test_of_one_plan_nothing_of_another_is_taken_back(ledger: Ledger) -> None:
    for plan in (PLAN, "another"):
        ledger.add_facts(plan, [CHECK_IN], recorded_at=NOW)
    take_back(ledger, 1)
    assert known(ledger) == ()
    assert ledger.facts("another", known_by=DAY).every == (CHECK_IN,)


def test_of_two_who_take_back_at_once_exactly_one_does(database_url: str) -> None:
    with open_ledger(database_url) as ledger:
        ledger.add_facts(PLAN, [CHECK_IN], recorded_at=NOW)
    together = Barrier(2)

    def press(_name: str) -> bool:
        with open_ledger(database_url) as own:
            together.wait(timeout=60)
            try:
                take_back(own, 1)
            except NotThere:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, ["one", "other"])) == [False, True]


def test_all_that_was_recorded_of_an_item_is_found_with_what_was_taken_back(ledger: Ledger) -> None:
    answer(ledger, CHECK_IN, READING)
    answer(ledger, replace(EVIDENCE, item="1.1A"), recorded_at=LATER)
    take_back(ledger, 1, known_on=NEXT_DAY)
    assert ledger.pages.recorded(PLAN, "1.1A") == (
        Recorded(number=1, fact=CHECK_IN, recorded_at=NOW, withdrawn=back(1, known_on=NEXT_DAY)),
        Recorded(number=3, fact=replace(EVIDENCE, item="1.1A"), recorded_at=LATER),
    )
    assert ledger.pages.recorded("another", "1.1A") == ()


def test_the_mark_moves_when_something_is_added_or_taken_back(ledger: Ledger) -> None:
    marks = [ledger.mark(PLAN)]
    answer(ledger, CHECK_IN)
    marks.append(ledger.mark(PLAN))
    take_back(ledger, 1)
    marks.append(ledger.mark(PLAN))
    answer(ledger, CHECK_IN)
    marks.append(ledger.mark(PLAN))
    assert len(set(marks)) == 4


@given(deeds=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=8))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_known_on_a_day_never_changes_afterwards(deeds: list[tuple[int, int]], book: Ledger) -> None:
    """Each deed answers, or takes one of the first answers back, so many days after the one before it."""
    plan, day = f"plan {next(PLANS)}", DAY
    before: dict[date, tuple[Fact, ...]] = {}
    for number, days in deeds:
        before = {one: book.facts(plan, known_by=one).every for one in (*before, day - timedelta(days=1))}
        day += timedelta(days=days)
        try:
            if number:
                book.pages.withdraw(plan, back(number, known_on=day), subject="1.1A", recorded_at=NOW, letters=())
            else:
                book.add_facts(plan, [replace(CHECK_IN, known_on=day)], recorded_at=NOW)
        except NotThere:
            pass
        past = {one: facts for one, facts in before.items() if one < day}
        assert {one: book.facts(plan, known_by=one).every for one in past} == past


# --- begun and left ------------------------------------------------------------------------------------------------------


def test_a_draft_takes_the_place_of_the_one_before_and_is_nobody_elses(ledger: Ledger) -> None:
    others = (draft(item="1.1B"), draft(address="other@example.org"), draft(plan="another"), draft(period="2026-27 Q2"))
    for one in (draft(fields={"note": "First"}), *others, draft(saved_at=LATER)):
        ledger.pages.save_draft(one)
    assert begun(ledger) == [draft(saved_at=LATER), draft(period="2026-27 Q2"), draft(item="1.1B")]
    assert ledger.pages.drafts("another", OWNER) == (draft(plan="another"),)
    assert known(ledger) == ()


def test_an_answer_ends_the_drafts_that_it_was_made_of_and_no_others(ledger: Ledger) -> None:
    kept = (draft(item="1.1B"), draft(address="other@example.org"), draft(period="2026-27 Q2"))
    for one in (draft(), draft(item="1.1-rating", period=str(READING.period)), *kept):
        ledger.pages.save_draft(one)
    answer(
        ledger,
        CHECK_IN,
        READING,
        replace(CHECK_IN, item="1.1B"),
        done=[(OWNER, "1.1A", str(QUARTER)), (OWNER, "1.1-rating", str(READING.period))],
    )
    assert begun(ledger) == [kept[2], kept[0]]
    assert ledger.pages.drafts(PLAN, "other@example.org") == (kept[1],)


def test_of_two_drafts_saved_at_once_one_is_kept(database_url: str) -> None:
    together = Barrier(2)

    def save(note: str) -> None:
        with open_ledger(database_url) as own:
            for _ in range(10):
                together.wait(timeout=60)
                own.pages.save_draft(draft(fields={"note": note}))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, ["one", "other"]))
    with open_ledger(database_url) as ledger:
        assert [one.fields["note"] for one in ledger.pages.drafts(PLAN, OWNER)] in (["one"], ["other"])


@pytest.mark.parametrize("fact", [REFERRAL, SENT_BACK, replace(CHECK_IN, obstacles="No bus <yet>; \u00d1")])
def test_what_is_said_by_pages_alone_comes_back_as_it_was(fact: Fact, ledger: Ledger) -> None:
    answer(ledger, fact)
    assert known(ledger) == (fact,)
