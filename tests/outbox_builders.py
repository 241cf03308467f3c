"""An outbox with a letter in each state that somebody can decide on, for the commands and the pages."""

from datetime import date, datetime, timedelta
from typing import Any

from ledger.ledger import Ledger
from ledger.records import Letter, LetterState, Outcome
from tests import ledger_builders
from tests.ledger_builders import notice, telling

PLAN = "socorro-isd-2023-2027"
OFFICE = "Office of Strategic Planning"
DAY = date(2026, 10, 22)
MAIL = b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nTo: x@example.org\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>you</b>\r\n"

NAMES = ("held", "doubt", "sent", "failed", "refused", "waiting", "later")


def key(name: str, kind: str = "digest") -> str:
    """Return the key of the letter of a name."""
    return f"{PLAN}/{kind}/{DAY}/{name}@example.org"


def letter(name: str, *, at: datetime, **changes: Any) -> Letter:
    """Return a letter of the shipped plan to the address of its name, which tells one step."""
    plain = {
        "plan": PLAN,
        "key": key(name),
        "address": f"{name}@example.org",
        "office": "strategic-planning",
        "day": DAY,
        "subject": f"What is asked of {name}",
        "message_id": f"<{name}@mail.example.org>",
        "content": MAIL,
        "made_at": at,
        "notices": (notice(plan=PLAN),),
        "tellings": (telling(f"{PLAN}/{name}"),),
    }
    return ledger_builders.letter(name, **plain | changes)


def fill(ledger: Ledger, *, at: datetime) -> None:
    """Have one letter in each state that somebody can decide on; the doubt is 5 minutes old, the one held 30.

    Args:      at: an instant of the day after the letters were made
    """
    made = at - timedelta(hours=1)
    ledger.post([letter(name, at=made + timedelta(seconds=n)) for n, name in enumerate(NAMES)])
    begin(ledger, at=at - timedelta(minutes=30))
    ledger.recover(at=at - timedelta(minutes=25), is_gone=lambda _: False)
    ledger.resolve(at=at - timedelta(minutes=5), again=())
    begin(ledger, at=at - timedelta(minutes=5))
    ledger.recover(at=at - timedelta(minutes=2), is_gone=lambda _: False)
    for outcome in (
        Outcome(state=LetterState.SENT, said="250 2.0.0 Ok: queued as 4F1C2"),
        Outcome(state=LetterState.FAILED, said="554 <b>No</b>"),
        Outcome(state=LetterState.FAILED, said="550 No such mailbox", suppresses=True),
        Outcome(state=LetterState.QUEUED, said="451 Busy", next_attempt_at=at + timedelta(minutes=5), puts_off=True),
    ):
        finish(ledger, outcome, at=at - timedelta(minutes=1))


def begin(ledger: Ledger, *, at: datetime) -> None:
    """Have the oldest letter that is due claimed, and its DATA begun."""
    claim = ledger.claim("deliverer", plan=PLAN, at=at, on=DAY)
    assert claim is not None
    assert ledger.fence(claim, at=at)


def finish(ledger: Ledger, outcome: Outcome, *, at: datetime) -> None:
    """Have the oldest letter that is due tried, with an outcome."""
    claim = ledger.claim("deliverer", plan=PLAN, at=at, on=DAY)
    assert claim is not None
    assert ledger.fence(claim, at=at)
    assert ledger.finish(claim, outcome, at=at)


def states(ledger: Ledger) -> dict[str, LetterState]:
    """Return the state of each letter by its name."""
    return {one.address.partition("@")[0]: one.state for one in ledger.outbox(PLAN)}
