"""One letter of the outbox whole: for people and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from flows.forms import posted_form
from flows.looking import code, table, told_and_why, words
from ledger.decided import words_open_to
from ledger.ledger import Ledger
from ledger.records import Attempt, Posted, Word
from notifications.accepted import queue_id
from tasks.onward import onward
from tasks.said import pause
from tasks.workplace import Workplace, refused_addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A letter with everything that is known of it."""

    letter: Posted
    title: str
    """The office that it goes to."""
    content: bytes
    attempts: tuple[Attempt, ...]
    words: tuple[Word, ...]
    follows: str
    """What becomes of it next, in a sentence."""
    open_to: tuple[str, ...]
    """What it can be told."""


def whole(letter: Posted, workplace: Workplace, ledger: Ledger, *, at: datetime) -> Whole:
    """Return a letter with everything that is known of it at an instant."""
    plan = workplace.plan.id
    kept = ledger.letter(plan, letter.key)
    assert kept is not None  # it was found a moment ago, and none is ever removed
    now, content, attempts = kept
    office = workplace.owners.offices.get(now.office)
    refused = now.address in refused_addresses(ledger, plan)
    return Whole(
        letter=now,
        title=office.title if office else now.office,
        content=content,
        attempts=attempts,
        words=ledger.words(plan, about="letter", subject=now.key),
        follows=onward(now, paused=pause(ledger, plan) is not None, refused=refused, moment=instant),
        open_to=words_open_to(now, at=at),
    )


def short(key: str, plan: str) -> str:
    """Return what a letter is called at the command line: its key without the plan's id."""
    return key.removeprefix(f"{plan}/")


def instant(at: datetime) -> str:
    """Return an instant for people."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def whole_form(of: Whole) -> dict[str, Any]:
    """Return a letter for programs."""
    return posted_form(of.letter) | {
        "office": of.title,
        "next": of.follows,
        "may_be_told": list(of.open_to),
        "attempts_made": [
            {
                "number": one.number,
                "began_at": one.began_at.isoformat(),
                "ended_at": one.ended_at.isoformat() if one.ended_at else None,
                "ended_as": one.ended_as,
                "said": one.said,
                "queue_id": queue_id(one.said or ""),
            }
            for one in of.attempts
        ],
        "words": [{"word": one.word, "by": one.by, "note": one.note, "said_at": one.said_at.isoformat()} for one in of.words],
    }


def print_whole(of: Whole, out: Console, *, plan: str) -> None:
    """Print a letter for people."""
    name = short(of.letter.key, plan)
    out.print(of.letter.subject, style="bold")
    lines = Table.grid(padding=(0, 2))
    for label, text in _lines(of):
        lines.add_row(f"{label}:", text)
    out.print(lines)
    for part in (_attempts(of.attempts), _steps(of.letter), _words(of.words)):
        if part.row_count:
            out.print()
            out.print(part)
    if of.open_to:
        out.print()
    for word in of.open_to:
        out.print(f'plankeeper outbox {word} "{name}" --by OFFICE', soft_wrap=True)


def _lines(of: Whole) -> Iterator[tuple[str, str]]:
    letter = of.letter
    others = dict.fromkeys(notice.owner.title for notice in letter.notices if notice.owner.office != letter.office)
    yield "Key", letter.key
    yield "To", f"{letter.address}, {of.title}"
    if others:
        yield "About", f"what {', '.join(others)} owes"
    yield "Kind", f"{letter.kind} of {letter.day}"
    yield "State", f"{words(letter.state)}: {letter.reason}"
    yield "Next", of.follows
    yield "Message-ID", letter.message_id
    yield "Made", instant(letter.made_at)
    if letter.sent_at:
        yield "Sent", instant(letter.sent_at)


def _attempts(attempts: Sequence[Attempt]) -> Table:
    listed = table("Attempts", "no.", "began", "ended", "as", "what was said")
    for one in attempts:
        ended = instant(one.ended_at) if one.ended_at else "open"
        listed.add_row(str(one.number), instant(one.began_at), ended, words(one.ended_as or ""), told_and_why(*_said(one)))
    return listed


def _said(attempt: Attempt) -> tuple[str, str]:
    """Return what was said of an attempt, and under which id the server queued the letter, where it named one."""
    said = attempt.said or ""
    taken_as = queue_id(said)
    return said, f"queue id {taken_as}" if taken_as else ""


def _steps(letter: Posted) -> Table:
    listed = table("What it tells", "item", "step", "for", "whose", "why")
    for one in letter.notices:
        listed.add_row(code(one.item), one.step, one.period, one.owner.title, one.reason)
    return listed


def _words(said: Sequence[Word]) -> Table:
    listed = table("What was said about it", "when", "word", "by", "note")
    for one in said:
        listed.add_row(instant(one.said_at), one.word, one.by, one.note)
    return listed
