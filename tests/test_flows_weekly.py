"""The week's mails: written on the first working day of a week, once, and sent by whoever delivers next."""

from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from mailbox import Maildir
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State
from pydantic import SecretStr

from flows.days import now
from flows.started import Flow
from flows.weekly import weekly
from ledger.ledger import Ledger, open_ledger
from ledger.records import OFF, ON, OVERVIEW, WEEK, Claim, LetterState, Word
from tasks.send import send_letters
from tasks.settings import Settings, read_settings
from tasks.wanted import Wanted
from tasks.weekly import choose_overviews, compose_overviews, compose_the_week, turned_off
from tasks.workplace import Workplace, open_workplace
from tests.flow_builders import PLAN, at, past, send

FRIDAY, SUNDAY, MONDAY, TUESDAY = date(2026, 10, 30), date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)
"""On the Friday everybody is told what is overdue; on the Monday there is no news for anybody."""
KEEPER = "strategic-planning@example.org"


def run(day: date, *, dry_run: bool = False) -> State[Any]:
    state: Any = weekly(day.isoformat(), dry_run, return_state=True)
    assert isinstance(state, State)
    assert state.is_completed()
    return state


def word(address: str, said: str) -> Word:
    return Word(about="overview", subject=address, word=said, by=address, note="", said_at=at(MONDAY, 8))


def compose(settings: Settings, workplace: Workplace, ledger: Ledger, day: date) -> tuple[str, ...]:
    """Write and queue the mails of a week, as the flow does; return their keys."""
    situation = workplace.situation(ledger, as_of=day)
    chosen = choose_overviews.fn(situation, ledger, as_of=day)
    letters = (
        *compose_overviews.fn(chosen, situation, settings, made_at=at(day)),
        *compose_the_week.fn(situation, workplace, ledger, settings, as_of=day, made_at=at(day)),
    )
    return ledger.post(letters)


def states(ledger: Ledger) -> Counter[tuple[str, LetterState]]:
    """Return how many letters of each of the two kinds are in each state."""
    return Counter((one.kind, one.state) for one in ledger.outbox(PLAN) if one.kind in (OVERVIEW, WEEK))


@pytest.mark.usefixtures("prefect")
def test_on_the_first_working_day_of_a_week_each_is_written_to_once(home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        past(settings, workplace, ledger, [FRIDAY])
        assert "not a working day; nothing was written" in str(run(SUNDAY).message)
        assert "; 0 queued" in str(run(MONDAY, dry_run=True).message)
        assert states(ledger) == {}
        first, second = run(MONDAY), run(MONDAY)
        written = states(ledger)
        owners = written[OVERVIEW, LetterState.QUEUED]
        assert owners > 10
        assert written == {(OVERVIEW, LetterState.QUEUED): owners, (WEEK, LetterState.QUEUED): 1}
        assert str(first.message).startswith(f"{owners} overviews")
        assert str(first.message).endswith(f"1 mail to who keeps the plan; {owners + 1} queued.")
        assert str(second.message).endswith("; 0 queued.")
        third = run(TUESDAY)
        assert third.message == "the mails of the week were written on 2026-11-02; nothing was written."
        assert states(ledger) == written
        send_letters.fn(ledger, workplace, settings, as_of=MONDAY, now=now)
        assert states(ledger) == {(OVERVIEW, LetterState.SENT): owners, (WEEK, LetterState.SENT): 1}
    mails = [message_from_bytes(one.as_bytes(), policy=default) for one in Maildir(home / "inbox", create=False)]
    weeks = [one for one in mails if ", week from 2 November 2026: " in one["Subject"]]
    assert len(mails) == owners + 1
    assert [one["To"].addresses[0].addr_spec for one in weeks] == [KEEPER]


@pytest.mark.usefixtures("prefect", "home")
def test_a_later_day_of_the_week_makes_up_for_a_monday_that_was_missed() -> None:
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        past(settings, open_workplace(settings), ledger, [FRIDAY])
        run(MONDAY, dry_run=True)
        assert "1 mail to who keeps the plan" in str(run(TUESDAY).message)
        keys = [one.key for one in ledger.outbox(PLAN) if one.kind in (OVERVIEW, WEEK)]
        assert len(keys) > 10
        assert all(f"/{MONDAY}/" in key for key in keys)
        assert "were written on 2026-11-03" in str(run(TUESDAY + timedelta(days=1)).message)


def test_it_can_be_run_by_its_name() -> None:
    assert Flow("weekly") is Flow.WEEKLY
    assert weekly.name == Flow.WEEKLY


@pytest.fixture
def told(home: Path, book: Ledger) -> tuple[Settings, Workplace, Ledger]:
    """A plan of which everybody was told on Friday what is overdue."""
    settings = read_settings()
    workplace = open_workplace(settings)
    past(settings, workplace, book, [FRIDAY])
    return settings, workplace, book


def test_who_turned_it_off_gets_none_until_it_is_on_again(told: tuple[Settings, Workplace, Ledger]) -> None:
    settings, workplace, ledger = told
    address = "budget@example.org"
    ledger.say(PLAN, word(address, OFF))
    keys = compose(settings, workplace, ledger, MONDAY)
    assert keys
    assert not [key for key in keys if address in key]
    assert turned_off(ledger, PLAN) == {address}
    ledger.say(PLAN, word(address, ON))
    assert compose(settings, workplace, ledger, MONDAY) == (f"{PLAN}/overview/2026-11-02/{address}/caught",)


def test_who_turns_it_off_while_it_waits_does_not_get_it(told: tuple[Settings, Workplace, Ledger]) -> None:
    settings, workplace, ledger = told
    waiting = len(compose(settings, workplace, ledger, MONDAY))
    ledger.say(PLAN, word("budget@example.org", OFF))
    send(settings, workplace, ledger, MONDAY)
    assert states(ledger)[OVERVIEW, LetterState.CANCELLED] == 1
    assert sum(states(ledger).values()) == waiting
    (reason,) = (one.reason for one in ledger.outbox(PLAN) if one.state is LetterState.CANCELLED)
    assert reason == "The weekly overview was turned off for budget@example.org."


def test_what_still_waits_when_its_week_is_over_is_not_sent(told: tuple[Settings, Workplace, Ledger]) -> None:
    settings, workplace, ledger = told
    compose(settings, workplace, ledger, MONDAY)
    send(settings, workplace, ledger, date(2026, 11, 9))
    assert {state for _, state in states(ledger)} == {LetterState.CANCELLED}


def test_what_was_for_the_catcher_never_goes_to_a_real_server(told: tuple[Settings, Workplace, Ledger]) -> None:
    settings, workplace, ledger = told
    keys = compose(settings, workplace, ledger, MONDAY)
    real = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:9")})
    claims = [
        Claim(key=key, plan=PLAN, kind=key.split("/")[1], address=KEEPER, content=b"", notices=(), claimant="", attempt=1)
        for key in keys
    ]
    caught, sent = (
        {Wanted(ledger=ledger, workplace=workplace, settings=of, as_of=MONDAY).reason_against(one) for one in claims}
        for of in (settings, real)
    )
    assert caught == {None}
    assert sent == {"It was for the mail catcher, and mail goes to a real server now."}
