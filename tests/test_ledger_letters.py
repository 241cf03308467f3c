"""The outbox from the writing side: a letter is queued once, with what it tells, and taken back with it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import Letter, LetterState, Outcome
from plan.facts import CORRECTIVE_PLAN
from plan.periods import Quarter
from plan.told import Telling
from tests.ledger_builders import CHIEF, DAY, NOW, PLAN, letter, notice, telling

DUE = date(2026, 10, 14)


def tellings_of(ledger: Ledger, item: str = "a", *, day: date = DAY, up_to: date | None = None) -> list[Telling]:
    """Return what was told of an item, as a run for a day finds it."""
    return list(ledger.told(PLAN, day=day, up_to=up_to).of("check-in", item, str(Quarter.parse("2026-27 Q1")), DUE).values())


def end(ledger: Ledger, state: LetterState, *, on: date = DAY) -> None:
    """Let the next letter's attempt end in a state."""
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=on)
    assert claim is not None
    again = NOW + timedelta(minutes=1) if state is LetterState.QUEUED else None
    assert ledger.finish(claim, Outcome(state=state, said="So it ended.", next_attempt_at=again), at=NOW)


def test_a_letter_is_shown_as_it_was_posted(ledger: Ledger) -> None:
    assert ledger.post([letter()]) == (letter().key,)
    (posted,) = ledger.outbox()
    written = letter()
    assert (posted.key, posted.address, posted.office, posted.day) == (written.key, CHIEF.address, CHIEF.office, DAY)
    assert (posted.state, posted.attempts, posted.sent_at) == (LetterState.QUEUED, 0, None)
    assert (posted.made_at, posted.reason) == (NOW, "Waits to be sent.")
    assert posted.notices == written.notices


def test_notices_come_back_as_they_were(ledger: Ledger) -> None:
    slipped = notice(kind=CORRECTIVE_PLAN, ladder="slip", step="plan-missing", urgency="slipping")
    notices = (notice(), notice(title="Ñandú\u2028 <b>\\\"'", passed_over=(), urgency="due"), slipped)
    ledger.post([letter(notices=notices)])
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim is not None
    assert claim.notices == notices
    assert claim.content == letter().content
    assert [one.key for one in claim.notices] == [one.key for one in notices]


def test_a_letter_is_posted_once(ledger: Ledger) -> None:
    ledger.post([letter("a")])
    assert ledger.post([letter("a"), letter("b")]) == (letter("b").key,)
    assert [posted.key for posted in ledger.outbox()] == [letter("a").key, letter("b").key]


def test_no_letters_are_no_trouble(ledger: Ledger) -> None:
    assert ledger.post([]) == ()


def test_a_letter_without_tellings_is_posted(ledger: Ledger) -> None:
    assert ledger.post([letter(tellings=())]) == (letter().key,)


@pytest.mark.parametrize("batches", [1, 2])
def test_a_letter_that_tells_what_another_tells_is_left_out_whole(ledger: Ledger, batches: int) -> None:
    first = letter("a", tellings=(telling("t1", item="a"),))
    second = letter("b", tellings=(telling("t2", item="b"), telling("t1", item="a")))
    posted = ledger.post([first, second]) if batches == 1 else ledger.post([first]) + ledger.post([second])
    assert posted == (first.key,)
    assert tellings_of(ledger, "b") == []


def test_the_outbox_shows_the_newest_first_and_the_plans_apart(ledger: Ledger) -> None:
    later = letter("later", made_at=NOW + timedelta(seconds=1))
    foreign = letter("foreign", plan="another", made_at=NOW - timedelta(seconds=1))
    ledger.post([letter("b"), later, letter("a"), foreign])
    assert [posted.key.rpartition("/")[2] for posted in ledger.outbox()] == ["later", "a", "b", "foreign"]
    assert [posted.key.rpartition("/")[2] for posted in ledger.outbox("another")] == ["foreign"]


def test_letters_are_counted_by_state(ledger: Ledger) -> None:
    ledger.post([letter("a"), letter("b"), letter("c"), letter("foreign", plan="another")])
    end(ledger, LetterState.SENT)
    counts = ledger.counts(PLAN)
    assert (counts[LetterState.QUEUED], counts[LetterState.SENT], counts[LetterState.HELD]) == (2, 1, 0)


# --- told --------------------------------------------------------------------------------------------------------------


def test_a_posted_letter_has_told_but_not_delivered(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert tellings_of(ledger) == list(letter().tellings)
    ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert tellings_of(ledger) == list(letter().tellings)


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.IN_DOUBT, LetterState.HELD])
def test_a_letter_that_left_for_good_counts_from_the_day_of_its_claim(ledger: Ledger, state: LetterState) -> None:
    ledger.post([letter()])
    end(ledger, state, on=DAY + timedelta(days=1))
    assert tellings_of(ledger) == [replace(letter().tellings[0], delivered_on=DAY + timedelta(days=1))]


def test_a_letter_that_waits_for_another_attempt_is_not_delivered(ledger: Ledger) -> None:
    ledger.post([letter()])
    end(ledger, LetterState.QUEUED)
    assert tellings_of(ledger) == list(letter().tellings)


def test_a_past_day_does_not_know_what_was_told_or_delivered_later(ledger: Ledger) -> None:
    ledger.post([letter()])
    end(ledger, LetterState.SENT, on=DAY + timedelta(days=1))
    assert tellings_of(ledger, up_to=DAY - timedelta(days=1)) == []
    assert tellings_of(ledger, up_to=DAY) == list(letter().tellings)
    assert tellings_of(ledger, up_to=DAY + timedelta(days=1))[0].delivered_on == DAY + timedelta(days=1)


@pytest.mark.parametrize("put_off", [False, True], ids=["never-tried", "put-off"])
def test_what_still_waits_in_a_letter_of_an_earlier_day_is_not_told(ledger: Ledger, put_off: bool) -> None:
    ledger.post([letter()])
    if put_off:
        end(ledger, LetterState.QUEUED)
    assert tellings_of(ledger, day=DAY - timedelta(days=1)) == list(letter().tellings)
    assert tellings_of(ledger, day=DAY) == list(letter().tellings)
    assert tellings_of(ledger, day=DAY + timedelta(days=1)) == []
    assert tellings_of(ledger, day=DAY + timedelta(days=1), up_to=DAY) == []


def test_what_is_just_being_sent_stays_told_on_later_days(ledger: Ledger) -> None:
    ledger.post([letter()])
    assert ledger.claim("w", plan=PLAN, at=NOW, on=DAY) is not None
    assert tellings_of(ledger, day=DAY + timedelta(days=9)) == list(letter().tellings)


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.IN_DOUBT, LetterState.HELD])
def test_what_left_for_good_stays_told_on_later_days(ledger: Ledger, state: LetterState) -> None:
    ledger.post([letter()])
    end(ledger, state)
    assert tellings_of(ledger, day=DAY + timedelta(days=9)) == [replace(letter().tellings[0], delivered_on=DAY)]


def test_a_run_finds_told_what_it_finds_after_superseding(ledger: Ledger) -> None:
    """A preview, which changes nothing, chooses what the run itself will choose."""
    tomorrow = DAY + timedelta(days=1)
    names = ("sent", "waits", "waits-for-tomorrow")
    ledger.post([letter(name, day=tomorrow if name == "waits-for-tomorrow" else DAY) for name in names])
    end(ledger, LetterState.SENT)
    before = {name: tellings_of(ledger, name, day=tomorrow) for name in names}
    assert [name for name, told in before.items() if told] == ["sent", "waits-for-tomorrow"]
    assert ledger.supersede(PLAN, before=tomorrow) == 1
    assert {name: tellings_of(ledger, name, day=tomorrow) for name in names} == before


def test_steps_that_were_passed_over_are_told_as_skipped(ledger: Ledger) -> None:
    passed_over = telling("t0", step="due", item="a", skipped=True)
    ledger.post([letter(tellings=(passed_over, telling("t1", item="a")))])
    assert passed_over in tellings_of(ledger)


# --- what went out, and what waits -------------------------------------------------------------------------------------


def test_letters_of_a_day_are_found_beside_those_sent_in_its_span(ledger: Ledger) -> None:
    end_of_span = NOW + timedelta(hours=1)
    sent = {"1-before": NOW - timedelta(microseconds=1), "2-at-first": NOW, "3-at-the-end": end_of_span}
    ledger.post([letter(name, day=DAY - timedelta(days=1), made_at=NOW - timedelta(hours=1)) for name in sent])
    tomorrow = DAY + timedelta(days=1)
    ledger.post([letter("of-the-day"), letter("of-another", day=tomorrow), letter("foreign", plan="another")])
    for at in sent.values():
        claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
        assert claim is not None
        ledger.finish(claim, Outcome(state=LetterState.SENT, said="250"), at=at)
    found = ledger.outbox_of(PLAN, DAY, since=NOW, before=end_of_span)
    assert [posted.key.rpartition("/")[2] for posted in found] == ["of-the-day", "2-at-first"]
    assert found == tuple(posted for posted in ledger.outbox(PLAN) if posted in found)


def test_letters_of_earlier_days_are_skipped_and_what_they_tell_is_told_again(ledger: Ledger) -> None:
    tomorrow = DAY + timedelta(days=1)
    ledger.post([letter("a"), letter("today", day=tomorrow), letter("foreign", plan="another")])
    assert ledger.supersede(PLAN, before=tomorrow) == 1
    assert {posted.key.rpartition("/")[2]: posted.state for posted in ledger.outbox()} == {
        "a": LetterState.SKIPPED,
        "today": LetterState.QUEUED,
        "foreign": LetterState.QUEUED,
    }
    assert "A later digest says it all." in {posted.reason for posted in ledger.outbox(PLAN)}
    assert tellings_of(ledger, "a") == []
    assert len(tellings_of(ledger, "today")) == 1
    assert ledger.post([letter("again", tellings=letter("a").tellings)]) == (letter("again").key,)


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.IN_DOUBT])
def test_letters_that_left_are_not_skipped(ledger: Ledger, state: LetterState) -> None:
    ledger.post([letter()])
    end(ledger, state)
    assert ledger.supersede(PLAN, before=DAY + timedelta(days=9)) == 0
    assert len(tellings_of(ledger)) == 1


def test_a_letter_that_is_being_sent_is_not_skipped(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim is not None
    assert ledger.supersede(PLAN, before=DAY + timedelta(days=9)) == 0
    assert ledger.fence(claim, at=NOW)


# --- two at once -------------------------------------------------------------------------------------------------------


def test_two_who_post_the_same_letters_at_once_queue_each_once(ledger: Ledger, database_url: str) -> None:
    letters = [letter(f"{number:03}") for number in range(60)]
    together = Barrier(2)

    def post(mine: Sequence[Letter]) -> list[str]:
        with open_ledger(database_url) as own:
            together.wait(timeout=30)
            return [key for start in range(0, 60, 6) for key in own.post(mine[start : start + 6])]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(post, [letters, letters])
    assert sorted(first + second) == [one.key for one in letters]
    assert len(ledger.outbox()) == 60


def test_two_who_tell_the_same_in_different_letters_at_once_tell_it_once(database_url: str) -> None:
    together = Barrier(2)

    def post(who: str) -> int:
        with open_ledger(database_url) as own:
            together.wait(timeout=30)
            mine = [letter(f"{who}-{number}", tellings=(telling(f"t{number}"),)) for number in range(20)]
            return sum(len(own.post([one])) for one in mine)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(post, ["one", "other"])) == 20


def test_a_letter_that_expired_told_nobody_so_that_it_is_told_anew(ledger: Ledger) -> None:
    ledger.post([letter()])
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim
    assert ledger.finish(claim, Outcome(state=LetterState.EXPIRED, said="Put off 6 times."), at=NOW)
    assert tellings_of(ledger, day=DAY) == []
    assert ledger.post([letter("tomorrow", tellings=letter().tellings)])
