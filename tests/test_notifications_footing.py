"""What a new owner reads of an item that another office handed over."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from notifications.footing import footing, note
from plan.digests import tellings_of
from plan.ladder import Notice
from plan.owners import Handover
from tests.builders import digest, notice, owners, person, situation, slip

DAY = date(2026, 10, 27)
TAKEN_OVER: dict[str, Any] = {"to": person("planning"), "owner": person("planning")}


def said(*notices: Notice, first_day: date = DAY, day: date = DAY, told_on: date | None = None) -> str:
    """Return what the new owner reads above the items; `told_on`: when there had been a mail of the first before."""
    at = situation(answered_by=owners(handovers=(Handover(office="curriculum", to="planning", first_day=first_day),)))
    if told_on:
        for telling in tellings_of(digest(replace(notices[0], step="due"), day=told_on), delivered_on=told_on):
            at.told.add(telling)
    return note(notices, footing(notices[0], at, as_of=day), at, as_of=day)


def test_the_first_mail_says_whose_the_item_was() -> None:
    assert said(notice("1.1B", step="due", urgency="due", **TAKEN_OVER)) == (
        "Until 26 October 2026 this was asked of the Director of Curriculum."
    )


def test_it_stands_before_what_else_is_said() -> None:
    both = [notice(code, **TAKEN_OVER) for code in ("1.1A", "1.1B")]
    assert said(*both).startswith("Until 26 October 2026 these were asked of the Director of Curriculum.")


def test_a_slip_that_was_handed_over_says_so_too() -> None:
    next_day = date(2026, 10, 28)
    asked = (
        "A corrective plan is asked for: the cause, a step against it, the day by which that is done, and the effect expected."
    )
    assert said(slip(**TAKEN_OVER), first_day=next_day, day=next_day) == (
        f"Until 27 October 2026 this was asked of the Director of Curriculum. {asked}"
    )
    assert said(slip(**TAKEN_OVER), first_day=DAY) == asked


@pytest.mark.parametrize(
    "case",
    [
        pytest.param({"told_on": date(2026, 10, 26), "first_day": date(2026, 10, 20)}, id="not-in-the-second-mail"),
        pytest.param({"first_day": date(2026, 9, 30)}, id="not-of-what-was-never-asked-of-the-other"),
        pytest.param({"first_day": date(2026, 10, 28)}, id="not-before-the-hand-over"),
    ],
)
def test_nothing_is_said_where_it_would_not_be_news(case: dict[str, Any]) -> None:
    assert said(notice(step="due", urgency="due", **TAKEN_OVER), **case) == ""


def test_nothing_is_said_to_somebody_else_than_the_office_that_took_over() -> None:
    assert said(notice(step="due", urgency="due")) == ""
