"""The flow that counts: even after the day's run, and loud where something is missing."""

from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas.objects import State

from flows.count import KeysDiffer, count
from ledger.ledger import open_ledger
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.flow_builders import DAY, PLAN, past


def counted(*, dry_run: bool = False) -> State[Any]:
    state: Any = count(DAY.isoformat(), dry_run, return_state=True)
    assert isinstance(state, State)
    return state


@pytest.mark.usefixtures("prefect")
def test_a_day_is_counted_and_a_difference_fails_the_run(home: Path) -> None:
    settings = read_settings()
    failed = counted()
    with pytest.raises(KeysDiffer, match=r"0 in the outbox; \d+ missing: .*What is missing goes out with the next run"):
        failed.result()
    with open_ledger(settings.database) as ledger:
        past(settings, open_workplace(settings), ledger, [DAY])
        assert counted(dry_run=True).is_completed()
        even = counted()
        beats = [(beat.day, beat.said) for beat in ledger.beats(PLAN, "count")]
    assert even.message is not None
    assert even.message.endswith(" in the outbox; the difference is 0.")
    assert [day for day, _ in beats] == [DAY, DAY]
    assert beats[0][1] == even.message
    assert "missing" in beats[1][1]
