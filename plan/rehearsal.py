"""A span of days as it would go: each day's mail, delivered the same day, on top of the days before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from plan.digests import Post, due_notices, tellings_of
from plan.facts import Fact, Facts
from plan.judgement import Judged
from plan.ladder import Situation
from plan.slips import slips_after


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedDay:
    """A day and its mail."""

    day: date
    post: Post


def rehearse(situation: Situation, *, first: date, last: date, answers: Iterable[Fact] = ()) -> Iterator[RehearsedDay]:
    """Yield each day of a span, both ends included, with the mail that it would bring.

    Args:      situation: the start; its `told` grows with every day that is yielded
               answers: facts that come in during the span, each counting from its `known_on`
    """
    every = (*situation.facts.every, *answers)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    known = -1
    for day in days:
        facts = tuple(fact for fact in every if fact.known_on <= day)
        if len(facts) != known:  # facts are found by tables that are worth keeping while nothing new is known
            known, situation = len(facts), replace(situation, facts=Facts(facts))
        judged = Judged(situation.duties, situation.facts, day)
        situation = replace(situation, slips=slips_after(situation.slips, judged.statuses(), day=day))
        post = due_notices(situation, as_of=day)
        for digest in post.digests:
            for telling in tellings_of(digest, delivered_on=day):
                situation.told.add(telling)
        yield RehearsedDay(day=day, post=post)
