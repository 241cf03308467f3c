"""Who owes what on a day: the gravest first, whom the ladder told last, what it does next, and who is silent."""

from datetime import date, timedelta
from typing import Any

import pytest

from plan.arrears import Arrears, Owes, arrears, heard_from
from plan.digests import due_notices, tellings_of
from plan.duties import Obligation
from plan.facts import Acknowledgement, CheckIn, Facts, Implementation
from plan.ladder import Situation
from plan.periods import Quarter
from plan.slips import Slip
from plan.standing import ObligationStatus
from plan.told import Telling, Told
from tests.builders import owners, plan, situation

DAY = date(2026, 10, 22)
Q1 = Quarter.parse("2026-27 Q1")


def answered(item: str, by: str, on: date = date(2026, 10, 6)) -> CheckIn:
    return CheckIn(item=item, period=Q1, status=Implementation.ON_TRACK, note="", by=by, known_on=on)


def of_curriculum(at: Situation, *, as_of: date = DAY) -> Arrears:
    return next(one for one in arrears(at, as_of=as_of) if one.office == "curriculum")


def owed(item: str, at: Situation, *, as_of: date = DAY) -> Owes:
    return next(one for one in of_curriculum(at, as_of=as_of).owes if one.item == item)


def test_the_gravest_stands_first_and_what_came_is_not_owed() -> None:
    promise = Acknowledgement(
        item="1.1B", period=Q1, promised_on=date(2026, 10, 26), note="", by="curriculum", known_on=date(2026, 10, 20)
    )
    found = of_curriculum(situation(facts=Facts((answered("1.1A", "curriculum"), promise))))
    assert [(one.item, one.standing.status.value) for one in found.owes] == [
        ("1.1-rating", "overdue"),
        ("1.1C", "overdue"),
        ("1.1-pm1", "overdue"),
        ("1.1", "in_grace"),
        ("1.1B", "paused"),
    ]
    assert found.overdue == 3


def test_what_nobody_owns_stands_last_under_no_office() -> None:
    nobody = situation(answered_by=owners(curriculum={"owns": ()}, assessment={"owns": ("1.1A",)}))
    assert [(one.office, one.title) for one in arrears(nobody, as_of=DAY)] == [
        ("assessment", "Director of Assessment"),
        ("", "Nobody"),
    ]
    coming = arrears(nobody, as_of=DAY)[-1].owes[0].next
    assert coming is not None
    assert coming.to == ("Office of Strategic Planning",)


def test_the_next_step_is_the_one_that_the_ladder_takes() -> None:
    """Day by day, with each day's mail delivered, what was foretold is what comes."""
    at, foretold = situation(), list[tuple[date, str]]()
    taken: list[tuple[date, str]] = []
    day, last = date(2026, 9, 30), date(2026, 11, 10)
    while day <= last:
        coming = owed_on(at, day)
        if coming is not None and coming.next is not None:
            foretold.append((coming.next.day, coming.next.step))
        post = due_notices(at, as_of=day)
        for digest in post.digests:
            taken += {(day, notice.step) for notice in digest.notices if notice.item == "1.1A"}
            for telling in tellings_of(digest, delivered_on=day):
                at.told.add(telling)
        day += timedelta(days=1)
    assert sorted(set(foretold)) == sorted(set(taken))
    assert [step for _, step in sorted(set(taken))] == ["request", "reminder", "due", "overdue", "supervisor", "cabinet"]
    assert owed("1.1A", at, as_of=last).next is None
    assert owed("1.1A", at, as_of=last).standing.status is ObligationStatus.EXHAUSTED


def owed_on(at: Situation, day: date) -> Owes | None:
    return next((one for one in of_curriculum(at, as_of=day).owes if one.item == "1.1A"), None)


def told(step: str, on: date, **changed: Any) -> Telling:
    due: Obligation = situation().duties.of(plan().items["1.1A"])[12]
    assert (due.due, str(due.period)) == (date(2026, 10, 14), "2026-27 Q1")
    plain: dict[str, Any] = {
        "key": f"{step}/{on}/{changed.get('address')}",
        "item": "1.1A",
        "kind": "check-in",
        "period": "2026-27 Q1",
        "ladder": "late",
        "step": step,
        "due": due.due,
        "address": "curriculum@example.org",
        "told_on": on,
        "delivered_on": on,
    }
    return Telling(**plain | changed)


def test_whom_the_ladder_told_last_leaves_out_what_was_skipped() -> None:
    tellings = [
        told("due", date(2026, 10, 14)),
        told("overdue", DAY),
        told("overdue", DAY, address="assessment@example.org"),
        told("reminder", DAY, skipped=True),
    ]
    last = owed("1.1A", situation(told=Told(tellings))).told
    assert [(one.step, one.address) for one in last] == [
        ("overdue", "curriculum@example.org"),
        ("overdue", "assessment@example.org"),
    ]


def test_what_is_on_its_way_counts_as_delivered_today() -> None:
    on_its_way = situation(told=Told([told("overdue", DAY, delivered_on=None)]))
    coming = owed("1.1A", on_its_way).next
    assert coming is not None
    assert (coming.day, coming.step) == (DAY, "overdue")  # the delegate has not been told yet
    both = [told("overdue", DAY, delivered_on=None, address=f"{who}@example.org") for who in ("curriculum", "assessment")]
    coming = owed("1.1A", situation(told=Told(both))).next
    assert coming is not None
    assert (coming.day, coming.step) == (date(2026, 10, 27), "supervisor")
    assert coming.to == ("Director of Curriculum", "Chief Academic Officer")


def test_a_corrective_plan_that_has_not_come_is_owed_too() -> None:
    at = situation()
    slipping = Situation(
        duties=at.duties,
        roster=at.roster,
        facts=at.facts,
        told=at.told,
        slips={"1.1-rating": Slip(item="1.1-rating", since=date(2026, 9, 1), reason="86 against 90.")},
    )
    asked = next(one for one in of_curriculum(slipping).owes if one.standing.obligation.kind == "corrective plan")
    assert (asked.item, asked.standing.status.value) == ("1.1-rating", "overdue")
    assert asked.next is not None
    assert asked.next.step == "slip"


@pytest.mark.parametrize(
    ("by", "heard"),
    [
        pytest.param("Director of Curriculum", {"curriculum"}, id="title"),
        pytest.param("curriculum", {"curriculum"}, id="code"),
        pytest.param("Director of Assessment (for Director of Curriculum)", {"assessment", "curriculum"}, id="stand-in"),
        pytest.param("The consultants", set(), id="nobody-known"),
    ],
)
def test_an_office_is_heard_where_it_answers_or_another_answers_for_it(by: str, heard: set[str]) -> None:
    assert set(heard_from(Facts((answered("1.1A", by),)), owners())) == heard


@pytest.mark.parametrize(
    ("heard_on", "silent"),
    [
        pytest.param(None, True, id="never"),
        pytest.param(DAY - timedelta(days=89), False, id="89-days"),
        pytest.param(DAY - timedelta(days=90), True, id="90-days"),
    ],
)
def test_an_office_that_owes_something_is_silent_after_90_days(heard_on: date | None, silent: bool) -> None:
    facts = Facts((answered("1.1A", "curriculum", heard_on),)) if heard_on else Facts()
    assert of_curriculum(situation(facts=facts)).is_silent is silent


def test_who_owes_nothing_is_not_silent() -> None:
    assert not of_curriculum(situation(), as_of=date(2026, 7, 1)).is_silent
