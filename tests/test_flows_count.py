"""The flow that counts: even after the day's run, and loud where something is missing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

from flows.count import KeysDiffer, count
from ledger.ledger import open_ledger
from ledger.records import LetterState, Outcome
from tasks.settings import read_settings
from tasks.week import EVEN, UNEVEN
from tasks.workplace import open_workplace
from tests.flow_builders import DAY, PLAN, at, choose, past


def counted(*, dry_run: bool = False) -> State[Any]:
    state: Any = count(DAY.isoformat(), dry_run, return_state=True)
    assert isinstance(state, State)
    return state


@pytest.mark.usefixtures("prefect")
def test_a_day_is_counted_and_a_difference_fails_the_run(home: Path) -> None:
    settings = read_settings()
    failed = counted()
    with pytest.raises(KeysDiffer, match=r"0 in the outbox; \d+ missing: .*What is missing goes out with"):
        failed.result()
    with open_ledger(settings.database) as ledger:
        past(settings, open_workplace(settings), ledger, [DAY])
        assert counted(dry_run=True).is_completed()
        even = counted()
        beats = ledger.beats(PLAN, EVEN, UNEVEN)
    assert even.message is not None
    assert even.message.endswith(" in the outbox; the difference is 0.")
    assert [(beat.day, beat.flow) for beat in beats] == [(DAY, EVEN), (DAY, UNEVEN)]
    assert beats[0].said == even.message
    assert "missing" in beats[1].said


@pytest.mark.usefixtures("home", "prefect")
def test_visits_to_the_pages_are_forgotten_after_a_day() -> None:
    today = datetime.now(UTC)  # noqa: TID251 - the flow reads the real clock
    spans = [today - timedelta(days=1, minutes=5), today - timedelta(hours=23)]
    with open_ledger(read_settings().database) as ledger:
        for visitor, since in zip("ab", spans, strict=True):
            ledger.pages.visit(visitor, since=since)
        for dry_run, left in ((True, [1, 1]), (False, [0, 1])):
            counted(dry_run=dry_run)
            assert [ledger.pages.visits(visitor, since=since) for visitor, since in zip("ab", spans, strict=True)] == left


@pytest.mark.usefixtures("home", "prefect")
def test_a_count_that_comes_late_counts_its_own_day() -> None:
    late = datetime.now(UTC) - timedelta(days=3)  # noqa: TID251 - as a server does that comes back after three days
    with get_client(sync_client=True) as client:
        scheduled = client.create_flow_run(count, state=Scheduled(scheduled_time=late))
    state: Any = run_flow(count, flow_run=scheduled, parameters={"as_of": "today", "dry_run": False}, return_type="state")
    settings = read_settings()
    with open_ledger(settings.database) as ledger:
        (beat,) = ledger.beats(PLAN, EVEN, UNEVEN)
    assert beat.day == open_workplace(settings).today(late)
    assert state.is_completed() is (beat.flow == EVEN)


@pytest.mark.usefixtures("prefect")
def test_what_an_expired_digest_told_is_missing_and_goes_out_the_next_working_day_only(home: Path) -> None:
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        choose(settings, workplace, ledger, DAY)
        claim = ledger.claim("deliverer", plan=PLAN, at=at(DAY), on=DAY)
        assert claim
        assert ledger.finish(claim, Outcome(state=LetterState.EXPIRED, said="451 Later"), at=at(DAY))
        before = len(ledger.outbox(PLAN))
        choose(settings, workplace, ledger, DAY)
        assert len(ledger.outbox(PLAN)) == before
        with pytest.raises(KeysDiffer, match=r"missing: .*goes out with `plankeeper run daily` of the next working day;"):
            counted().result()
        post = choose(settings, workplace, ledger, DAY + timedelta(days=1))
    assert claim.address in {digest.to.address for digest in post.digests}
