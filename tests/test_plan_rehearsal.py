"""A span of days as it would go."""

from dataclasses import replace
from datetime import date

from plan.digests import Post
from plan.facts import Facts
from plan.rehearsal import rehearse
from tests.builders import situation
from tests.plan_builders import check_in, every_day, only, promise, run

FIRST, LAST = date(2026, 9, 28), date(2026, 11, 20)
ANSWERS = (check_in("1.1B", on=date(2026, 10, 12)), promise(on=date(2026, 10, 20), until=date(2026, 10, 26)))


def test_each_day_of_the_span_comes_once_with_its_mail() -> None:
    at = situation(only(["1.1A"]))
    days = [rehearsed.day for rehearsed in rehearse(at, first=FIRST, last=LAST)]
    assert days == list(every_day(FIRST, LAST))


def test_a_rehearsal_goes_as_daily_runs_with_mail_delivered_the_same_day_do() -> None:
    plan = only(["1.1A", "1.1B"])
    rehearsed = {
        one.day: one.post for one in rehearse(situation(plan), first=FIRST, last=LAST, answers=ANSWERS) if one.post != Post()
    }
    assert rehearsed == run(situation(plan), every_day(FIRST, LAST), said=Facts(ANSWERS))


def test_what_was_said_before_the_span_counts_in_it() -> None:
    at = situation(only(["1.1A"]))
    given = check_in(on=date(2026, 9, 1))
    items = {
        notice.item
        for one in rehearse(replace(at, facts=Facts((given,))), first=FIRST, last=LAST)
        for digest in one.post.digests
        for notice in digest.notices
    }
    assert items == {"1.1"}
