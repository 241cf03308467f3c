"""What only the mail catcher took, once real mail goes out."""

from ledger.ledger import Ledger
from ledger.records import LetterState, Outcome
from tests.ledger_builders import DAY, NOW, PLAN, letter


def sent(ledger: Ledger, *, caught: bool) -> None:
    assert ledger.post([letter()])
    claim = ledger.claim("w", plan=PLAN, at=NOW, on=DAY)
    assert claim
    assert ledger.fence(claim, at=NOW)
    assert ledger.finish(claim, Outcome(state=LetterState.SENT, said="250 OK", caught=caught), at=NOW)


def digest_days(ledger: Ledger, *, count_caught: bool) -> int:
    return len(ledger.told(PLAN, day=DAY, count_caught=count_caught).digest_days(letter().address))


def test_what_was_only_caught_counts_as_told_until_real_mail_goes_out(ledger: Ledger) -> None:
    sent(ledger, caught=True)
    assert (digest_days(ledger, count_caught=True), digest_days(ledger, count_caught=False)) == (1, 0)


def test_what_a_server_took_counts_as_told_for_good(ledger: Ledger) -> None:
    sent(ledger, caught=False)
    assert ledger.release_caught(PLAN) == 0
    assert digest_days(ledger, count_caught=False) == 1


def test_what_was_only_caught_is_told_anew_after_its_release(ledger: Ledger) -> None:
    sent(ledger, caught=True)
    again = letter("again", tellings=letter().tellings, made_at=NOW)
    assert not ledger.post([again])
    assert ledger.release_caught(PLAN) == 1
    assert [(posted.state, posted.reason) for posted in ledger.outbox(PLAN)] == [
        (LetterState.SKIPPED, "It was only caught on this machine; its reader is told anew.")
    ]
    assert ledger.post([again]) == (again.key,)
    assert ledger.release_caught(PLAN) == 0
