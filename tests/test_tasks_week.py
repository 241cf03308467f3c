"""What the weekly mail tells of the ledger: the week before, from its Monday to its Sunday, and what waits now."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ledger.ledger import Ledger
from ledger.records import CHANNEL, HOLD, SUPPRESSED, Beat, Letter, LetterState, Outcome, Word
from notifications.week import Week
from plan.restated import Change
from tasks.judge import owed_now
from tasks.settings import Settings
from tasks.week import EVEN, LATE, UNEVEN, week_of
from tests.flow_builders import PLAN, at, enlarged, past, workplace_of
from tests.ledger_builders import READING, letter
from tests.plan_builders import shipped

MONDAY = date(2026, 11, 2)
LAST_WEEK = tuple(date(2026, 10, day) for day in range(26, 31))
NO = Outcome(state=LetterState.FAILED, said="550 No such mailbox")
YES = Outcome(state=LetterState.SENT, said="250 OK")
DUMB = Outcome(state=LetterState.IN_DOUBT, said="Nothing was heard.")


@pytest.fixture
def ledger(book: Ledger) -> Ledger:
    """A ledger of one kind of database: what it keeps is tested elsewhere."""
    return book


def told(ledger: Ledger, day: date = MONDAY) -> Week:
    """Return what a weekly mail of the shipped plan tells."""
    workplace = enlarged(1)
    return week_of(workplace, ledger, workplace.situation(ledger, as_of=day), as_of=day)


def beat(ledger: Ledger, flow: str, day: date, said: str, *, hour: int = 13, minute: int = 30) -> None:
    """Have a run of a flow come to its end."""
    ended_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    ledger.beat(PLAN, Beat(flow=flow, day=day, ended_at=ended_at, said=said))


def sent(ledger: Ledger, name: str, outcome: Outcome, day: date, **changed: str) -> str:
    """Have a letter written on a day and come to an end; return its key."""
    made = replace(_plain(name, day), **changed)  # type: ignore[arg-type]
    ledger.post([made])
    channel = made.address if made.kind == CHANNEL else None
    claim = ledger.claim("deliverer", plan=PLAN, at=at(day), on=day, channel=channel)
    assert claim
    assert ledger.fence(claim, at=at(day))
    assert ledger.finish(claim, outcome, at=at(day))
    return made.key


def _plain(name: str, day: date) -> Letter:
    return letter(
        name, plan=PLAN, office="budget", address="budget@example.org", day=day, made_at=at(day), tellings=(), notices=()
    )


def test_a_day_counts_as_run_however_often_and_a_day_without_a_run_is_missed(ledger: Ledger) -> None:
    for day in (*LAST_WEEK[:2], *LAST_WEEK[3:], MONDAY):
        beat(ledger, "remind", day, "17 digests chosen.", hour=11)
        beat(ledger, "remind", day, "0 digests chosen.")
    found = told(ledger).heartbeat
    assert (found.ran, found.missed) == ((*LAST_WEEK[:2], *LAST_WEEK[3:]), (LAST_WEEK[2],))
    assert found.last is not None
    assert f"{found.last:%Y-%m-%d %H:%M}" == "2026-10-30 07:30"  # of last week, and where the plan is kept


def test_a_break_has_no_working_day_and_a_last_run_before_it(ledger: Ledger) -> None:
    beat(ledger, "remind", date(2026, 12, 18), "17 digests chosen.", hour=14)
    found = told(ledger, date(2027, 1, 4)).heartbeat
    assert (found.ran, found.missed) == ((), ())
    assert found.last is not None
    assert found.last.date() == date(2026, 12, 18)


def test_without_any_record_there_is_none(ledger: Ledger) -> None:
    assert told(ledger).heartbeat.last is None
    assert told(ledger).heartbeat.missed == LAST_WEEK


def test_mails_count_by_the_day_on_which_they_were_accepted(ledger: Ledger) -> None:
    for name, day in (("before", date(2026, 10, 25)), ("first", LAST_WEEK[0]), ("last", LAST_WEEK[4]), ("after", MONDAY)):
        sent(ledger, name, YES, day)
    sent(ledger, "refused", NO, LAST_WEEK[1])
    sent(ledger, "elsewhere", YES, LAST_WEEK[1], kind=CHANNEL, address="team")
    assert told(ledger).heartbeat.accepted == 2


def test_what_was_lost_since_last_monday_and_every_doubt_is_told_unless_it_was_left_as_it_is(ledger: Ledger) -> None:
    sent(ledger, "lost-before", NO, date(2026, 10, 23))
    sent(ledger, "lost", NO, LAST_WEEK[0])
    sent(ledger, "doubt", DUMB, date(2026, 9, 1))
    left = sent(ledger, "left", DUMB, date(2026, 9, 2))
    word = Word(about="letter", subject=left, word=HOLD, by="planning", note="", said_at=at(LAST_WEEK[0]))
    ledger.tell_letter(PLAN, word)
    found = told(ledger).loose
    assert {(one.state, one.day, one.office, one.why) for one in found} == {
        (LetterState.FAILED, LAST_WEEK[0], "Budget Director", "550 No such mailbox"),
        (LetterState.IN_DOUBT, date(2026, 9, 1), "Budget Director", "Nothing was heard."),
    }


def test_refused_addresses_are_told_with_the_servers_words(ledger: Ledger) -> None:
    said = Word(about="address", subject="x@example.org", word=SUPPRESSED, by="server", note="550 No", said_at=at(MONDAY))
    ledger.say(PLAN, said)
    assert told(ledger).refused == (("x@example.org", "550 No"),)


def test_what_the_limit_kept_back_at_the_end_of_last_week_is_told(ledger: Ledger) -> None:
    plan, owners, calendar = shipped()
    limited = plan.model_copy(update={"settings": plan.settings.model_copy(update={"digests_per_week": 1})})
    workplace = workplace_of(limited, owners, calendar)
    day, next_monday = date(2026, 10, 13), date(2026, 10, 19)
    past(Settings(), workplace, ledger, [day])
    found = week_of(workplace, ledger, workplace.situation(ledger, as_of=next_monday), as_of=next_monday).held_back
    assert found  # on 14 October the check-ins were due, and everyone had had the mail of the week
    assert all(one.items for one in found)
    assert "1.1B" in next(one for one in found if one.office == "Director of Curriculum and Instruction").items
    assert told(ledger).held_back == ()


def test_overdue_answers_are_counted_by_office_the_most_first(ledger: Ledger) -> None:
    found = told(ledger).overdue
    situation = enlarged(1).situation(ledger, as_of=MONDAY)
    late = Counter(one.office for one in owed_now(situation, as_of=MONDAY) if one.standing.status in LATE)
    assert {one.office: one.answers for one in found} == late
    assert [one.answers for one in found] == sorted((one.answers for one in found), reverse=True)
    assert all(one.since < MONDAY for one in found)


def test_figures_that_wait_for_a_yes_are_told_with_why(ledger: Ledger) -> None:
    reading = replace(READING, item="1.1-rating")
    change = Change(reading=reading, kind="held", was=None, reason="88 lies far from 12")
    ledger.collect(PLAN, "state", lambda _facts, _held: (change,), recorded_at=at(MONDAY))
    assert told(ledger).held_readings == (("1.1-rating, 2026-27", "88.0, from state. 88 lies far from 12."),)


@pytest.mark.parametrize(
    ("said", "even", "uneven"),
    [
        pytest.param([(EVEN, "3 keys expected.")], 1, (), id="even"),
        pytest.param([(UNEVEN, "3 keys expected; 3 missing.")], 0, ("3 keys expected; 3 missing.",), id="uneven"),
        pytest.param([(UNEVEN, "3 missing."), (EVEN, "3 keys expected.")], 1, (), id="made-up-for"),
        pytest.param([(EVEN, "3 keys expected."), (UNEVEN, "3 missing.")], 0, ("3 missing.",), id="lost-since"),
    ],
)
def test_the_last_count_of_a_day_is_the_one_that_is_told(
    said: list[tuple[str, str]], even: int, uneven: tuple[str, ...], ledger: Ledger
) -> None:
    for minute, (flow, words) in enumerate(said):
        beat(ledger, flow, LAST_WEEK[2], words, minute=minute)
    beat(ledger, UNEVEN, MONDAY, "5 missing.")  # this week's
    found = told(ledger)
    assert (found.even_days, found.uneven_days) == (even, tuple((LAST_WEEK[2], words) for words in uneven))


def test_working_days_that_were_not_counted_are_told(ledger: Ledger) -> None:
    for day in (LAST_WEEK[0], LAST_WEEK[3]):
        beat(ledger, EVEN, day, "5 keys expected.")
    found = told(ledger)
    assert (found.even_days, found.uncounted_days) == (2, (*LAST_WEEK[1:3], LAST_WEEK[4]))


def test_a_break_leaves_no_day_uncounted(ledger: Ledger) -> None:
    assert told(ledger, date(2027, 1, 4)).uncounted_days == ()
