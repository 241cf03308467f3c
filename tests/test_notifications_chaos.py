"""The crash test in small: a deliverer dies at each step, and from outside, while the mail server fails. See `make chaos`."""

from tests.chaos import OUTSIDE, ordeal
from tests.chaos_deliverer import STEPS


def test_deliverers_that_die_at_every_step_lose_no_letter_and_send_none_twice(database_url: str) -> None:
    gone_through = ordeal(database_url, letters=40, rounds=1, seed=4)
    assert gone_through.faults() == []
    assert set(gone_through.deaths) == {*STEPS, OUTSIDE}
    assert gone_through.injected.total() > 0
    assert len(gone_through.ended) == 40
