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
    judged: Judged | None = None
    for day in days:
        known = tuple(fact for fact in every if fact.known_on <= day)
        if judged is None or len(known) > len(judged.facts.every):
            judged = Judged(situation.duties, Facts(known), day)
        else:  # while nothing new is known, the tables of the facts and most of what they tell are worth keeping
            judged = judged.on_the_next_day()
        slips = slips_after(situation.slips, judged.statuses(), day=day)
        situation = replace(situation, facts=judged.facts, slips=slips)
        post = due_notices(situation, as_of=day)
        for digest in post.digests:
            for telling in tellings_of(digest, delivered_on=day):
                situation.told.add(telling)
        yield RehearsedDay(day=day, post=post)
