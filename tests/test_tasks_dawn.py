"""A day as it began: what was recorded, judged and refused before it, by the clock of where the plan is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.judgements import OUTCOME
from ledger.ledger import Ledger
from ledger.records import LIFTED, SUPPRESSED, Judgement, Withdrawal, Word
from plan.facts import Fact, Facts, Referral
from plan.ladder import Situation
from plan.tally import Tally, tally
from tasks.dawn import dawn, undone
from tasks.settings import Settings
from tests.flow_builders import DAY, PLAN, at, enlarged, past
from tests.plan_builders import Q1, check_in

WORKPLACE = enlarged(1)
MIDNIGHT = datetime(2026, 10, 22, 6, tzinfo=UTC)
"""When the day begins in Denver."""
MOMENT = timedelta(seconds=1)
ADDRESS = "curriculum-instruction@example.org"


def evening(ledger: Ledger) -> Situation:
    return WORKPLACE.situation(ledger, as_of=DAY, told_since=False)


def at_dawn(ledger: Ledger) -> Situation:
    return dawn(WORKPLACE, ledger, evening(ledger), as_of=DAY)


def counted(ledger: Ledger) -> Tally:
    at_noon = undone(WORKPLACE, ledger, evening(ledger), as_of=DAY)
    return tally(evening(ledger), at_dawn(ledger), undone=at_noon, as_of=DAY)


def say(ledger: Ledger, word: str, said_at: datetime) -> None:
    said = Word(about="address", subject=ADDRESS, word=word, by="server", note="550 No", said_at=said_at)
    ledger.say(PLAN, said)


def test_facts_count_from_when_they_were_recorded(book: Ledger) -> None:
    early, late = check_in("1.1A", on=DAY), check_in("1.1B", on=date(2026, 10, 1))
    book.add_facts(PLAN, [early], recorded_at=MIDNIGHT - MOMENT)
    book.add_facts(PLAN, [late], recorded_at=MIDNIGHT)
    assert at_dawn(book).facts == Facts((early,))
    assert evening(book).facts == Facts((early, late))


def test_addresses_are_refused_that_were_so_before(book: Ledger) -> None:
    say(book, SUPPRESSED, MIDNIGHT - MOMENT)
    say(book, LIFTED, MIDNIGHT)
    assert at_dawn(book).roster.unreachable == {ADDRESS}
    assert evening(book).roster.unreachable == frozenset()


def test_slips_are_those_that_were_judged_before(book: Ledger) -> None:
    for day in (DAY - timedelta(days=1), DAY):
        item = "1.1-rating" if day < DAY else "1.2-rating"
        one = Judgement(item=item, aspect=OUTCOME, status="off_track", reason="85 is short of 91.6.")
        book.record_judgements(PLAN, [one], on=day)
    assert set(book.slips(PLAN, up_to=DAY)) == {"1.1-rating", "1.2-rating"}
    assert set(at_dawn(book).slips) == {"1.1-rating"}


def test_after_the_days_run_an_answer_of_an_earlier_day_and_a_refusal_are_no_difference(book: Ledger) -> None:
    past(Settings(), WORKPLACE, book, [DAY])
    whole = counted(book)
    assert whole.is_even
    book.add_facts(PLAN, [check_in("1.1A", on=DAY - timedelta(days=1))], recorded_at=at(DAY, 18))
    say(book, SUPPRESSED, at(DAY, 19))
    found = counted(book)
    assert found.is_even
    assert (found.found, found.expected) == (whole.found, whole.expected)
    assert found.only_at_dawn > 0


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(check_in("1.1A", on=DAY), id="answered"),
        pytest.param(Referral(item="1.1A", period=Q1, asked="budget", note="", by="x", known_on=DAY), id="referred"),
    ],
)
def test_what_was_said_before_the_days_run_and_taken_back_after_it_is_no_difference(said: Fact, book: Ledger) -> None:
    book.add_facts(PLAN, [said], recorded_at=MIDNIGHT)
    past(Settings(), WORKPLACE, book, [DAY])
    whole = counted(book)
    taken_back = Withdrawal(numbers=(1,), by="x", known_on=DAY)
    book.pages.withdraw(PLAN, taken_back, subject="1.1A", recorded_at=at(DAY, 18), letters=[])
    found = counted(book)
    assert (whole.is_even, found.is_even, found.found) == (True, True, whole.found)
    assert found.only_since > whole.only_since
