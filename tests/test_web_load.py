"""The load test in small: owners check in at once on the real pages, and each presses twice. See `make load`."""

from tests.load import rush


def test_of_owners_who_check_in_at_once_and_press_twice_each_is_kept_once(database_url: str) -> None:
    rushed = rush(database_url, owners=20)
    assert rushed.faults() == []
    assert len(rushed.came) == 20
