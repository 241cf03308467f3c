"""What pages show, from a small plan."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.records import LetterState, Posted
from plan.duties import Duties, Obligation
from plan.ladder import Situation
from plan.model import Item
from plan.standing import ObligationStatus
from tests.builders import notice, owners, situation
from web.history import item_shown
from web.letters import letter_shown
from web.post import sheet
from web.views import plan_shown
from web.wording import STATES, TONES, moment, shares

DAY = date(2026, 10, 22)
AT = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)


class Nothing(Duties):
    """Duties of a plan that owes nothing."""

    def of(self, item: Item) -> tuple[Obligation, ...]:
        return ()

    def chased(self, item: Item, *, as_of: date) -> tuple[Obligation, ...]:
        return ()

    def current(self, item: Item, *, as_of: date) -> Obligation | None:
        return None


def owing_nothing() -> Situation:
    of = situation()
    return Situation(duties=Nothing(of.duties.plan, of.duties.days), roster=of.roster, facts=of.facts, told=of.told)


def test_a_plan_that_owes_nothing_is_shown_without_statuses() -> None:
    shown = plan_shown(owing_nothing(), as_of=DAY)
    assert [(tally.name, tally.total, tally.shares) for tally in shown.tallies] == [
        ("actions", 3, ()),
        ("progress measures", 1, ()),
        ("long-term measures", 1, ()),
        ("objectives", 1, ()),
    ]
    assert shown.priorities[0].objectives[0].line.owed is None
    assert item_shown(owing_nothing().plan.items["1.1A"], owing_nothing(), (), as_of=DAY).now is None


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2026, 10, 22), date(2027, 7, 1)])
def test_every_item_is_counted_once_in_each_count(day: date) -> None:
    shown = plan_shown(situation(), as_of=day)
    (priority,) = shown.priorities
    tallies = (*shown.tallies, priority.tally, *(objective.tally for objective in priority.objectives))
    assert all(sum(share.count for share in tally.shares) == tally.total for tally in tallies)
    assert sum(tally.total for tally in shown.tallies) == priority.tally.total == 6


def test_an_item_is_told_of_by_letters_up_to_the_day_only() -> None:
    letters = [posted(day, LetterState.SENT) for day in (date(2026, 10, 23), DAY)]
    shown = item_shown(situation().plan.items["1.1A"], situation(), letters, as_of=DAY)
    assert [word.day for word in shown.told] == ["22 October 2026"]
    assert item_shown(situation().plan.items["1.1B"], situation(), letters, as_of=DAY).told == ()


def test_every_status_and_every_state_has_its_word_and_tone() -> None:
    assert set(TONES) == set(ObligationStatus)
    assert set(STATES) == set(LetterState)


@given(st.lists(st.sampled_from(list(ObligationStatus))))
def test_the_bar_is_filled_without_gap_or_overlap(statuses: list[ObligationStatus]) -> None:
    at = 0
    for share in shares(statuses):
        assert share.before == at
        at += share.count
    assert at == len(statuses)


@given(st.integers(0, 450))
def test_the_pages_of_a_list_hold_every_entry_once_in_order(count: int) -> None:
    entries = list(range(count))
    pages = [sheet(entries, str(number + 1)).entries for number in range(sheet(entries, "1").of)]
    assert [entry for page in pages for entry in page] == entries


def test_an_instant_is_shown_in_the_plans_zone() -> None:
    denver = ZoneInfo("America/Denver")
    assert moment(datetime(2026, 11, 1, 6, 5, tzinfo=UTC), denver) == "1 November 2026, 00:05"
    assert moment(datetime(2026, 11, 1, 6, 5), denver) == "1 November 2026, 00:05"  # noqa: DTZ001 - as mails may give it


def test_a_letter_to_somebody_without_notices_goes_to_the_office() -> None:
    shown = letter_shown(posted(DAY, LetterState.HELD, with_notice=False), owners(), zone=UTC, at=AT)
    assert (shown.title, shown.state, shown.sent) == ("Director of Curriculum", "held", "")


def posted(day: date, state: LetterState, *, with_notice: bool = True) -> Posted:
    """Return a letter of the outbox."""
    return Posted(
        key=f"{day}",
        kind="digest",
        address="curriculum@example.org",
        office="curriculum",
        day=day,
        subject="What is asked of you",
        message_id="<1@example.org>",
        state=state,
        attempts=1,
        made_at=datetime(2026, 10, 22, tzinfo=UTC),
        sent_at=None,
        reason="",
        notices=(notice(),) if with_notice else (),
    )
