"""What becomes of a doubt: every kind of letter has its policy."""

from ledger import records
from ledger.records import LetterState
from notifications.policies import AFTER_A_DOUBT, AGAIN

KINDS = {value for name, value in vars(records).items() if name.isupper() and isinstance(value, str)}
"""Every constant of the records that is a word."""
WORDS = {
    *(records.RETRY, records.HOLD, records.ARRIVED, records.SUPPRESSED, records.LIFTED),
    *(records.PAUSED, records.RESUMED, records.OFF, records.ON),
}


def test_every_kind_of_letter_has_a_policy_and_no_other_word_has_one() -> None:
    assert AFTER_A_DOUBT.keys() == KINDS - WORDS
    assert AFTER_A_DOUBT.keys() > records.DAILY


def test_after_a_doubt_a_letter_is_held_or_sent_again() -> None:
    assert set(AFTER_A_DOUBT.values()) == {LetterState.HELD, LetterState.QUEUED}


def test_nothing_that_a_later_digest_covers_is_sent_again() -> None:
    assert AGAIN.isdisjoint(records.DAILY)
    assert {records.ROLLUP, records.ALERT} == AGAIN
