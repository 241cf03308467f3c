"""Days on which nothing ran are made up for by the next that does; the number of statements does not grow with the plan."""

from collections import Counter
from datetime import date
from pathlib import Path

from ledger.ledger import Ledger, open_ledger
from ledger.records import LetterState
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.flow_builders import DAY, choose, enlarged, inbox, past, send, steps, work
from tests.ledger_builders import statements
from tests.plan_builders import every_day

BACK_ON = date(2026, 11, 2)
"""The first working day after an outage from 15 to 30 October 2026."""


def test_after_an_outage_the_highest_step_goes_out_once_and_the_owner_is_told_before_those_above(home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        past(settings, workplace, ledger, every_day(date(2026, 9, 28), date(2026, 10, 14)))
        back = choose(settings, workplace, ledger, BACK_ON)
        delivery = send(settings, workplace, ledger, BACK_ON)
        days = every_day(date(2026, 11, 3), date(2026, 11, 5))
        after = {}
        for day in days:
            after[day] = choose(settings, workplace, ledger, day)
            send(settings, workplace, ledger, day)
    quarterly = [n for digest in back.digests for n in digest.notices if n.period == "2026-27 Q1"]
    assert {notice.step for notice in quarterly} == {"overdue"}
    assert {notice.passed_over for notice in quarterly} >= {()}
    assert delivery.sent == len(back.digests) == len(steps(back))
    assert not after[date(2026, 11, 3)].digests
    assert not after[date(2026, 11, 4)].digests
    above = {n.step for digest in after[date(2026, 11, 5)].digests for n in digest.notices if n.period == "2026-27 Q1"}
    assert above == {"supervisor"}
    caught = inbox(home)
    assert len(caught) == len(set(caught)) == len(back.digests) + len(after[date(2026, 11, 5)].digests)


def test_a_first_run_long_after_everything_was_due_tells_the_owners_first(home: Path) -> None:
    first = date(2026, 11, 23)
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        post = choose(settings, workplace, ledger, first)
        assert send(settings, workplace, ledger, first).sent == len(post.digests)
        following = {day: choose(settings, workplace, ledger, day) for day in every_day(date(2026, 11, 24), date(2026, 12, 2))}
    told = steps(post)
    assert set().union(*told.values()) == {"overdue"}
    assert all(n.to.address == n.owner.address or n.owner.address in told for d in post.digests for n in d.notices)
    assert {n.item for d in post.digests for n in d.notices} >= {action.id for action in workplace.plan.actions}
    climbed = {day: set().union(*steps(one).values()) for day, one in following.items() if one.digests}
    assert climbed
    assert min(climbed) == workplace.duties.days.offset(first, 3)
    assert climbed[min(climbed)] == {"supervisor"}
    assert len(inbox(home)) == len(set(inbox(home))) == len(post.digests)


def test_a_second_run_of_a_day_queues_and_sends_nothing(home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        assert len(choose(settings, workplace, ledger, DAY).digests) == send(settings, workplace, ledger, DAY).sent == 17
        assert choose(settings, workplace, ledger, DAY).digests == ()
        assert send(settings, workplace, ledger, DAY).letters == ()
        assert Counter(letter.state for letter in ledger.outbox()) == {LetterState.SENT: 17}
    assert len(inbox(home)) == 17


def test_ten_times_the_actions_take_no_more_statements(ledger: Ledger, home: Path) -> None:
    settings = read_settings()
    numbers = []
    for times in (1, 10):
        workplace = enlarged(times)
        assert len(workplace.plan.actions) == 42 * times
        with statements() as seen:
            post = work(settings, workplace, ledger, DAY)
            delivery = send(settings, workplace, ledger, DAY)
        assert delivery.sent == len(post.digests) == 17
        numbers.append(len(seen))
    assert numbers[0] == numbers[1] > 0
