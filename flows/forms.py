"""What the commands print of mail as JSON: the forms that other programs rely on (the changelog keeps them stable)."""

from collections.abc import Iterable
from typing import Any

from ledger.records import Letter, Posted
from plan.digests import Digest, HeldBack
from plan.ladder import Notice


def mail_form(letter: Letter, *, text: str | None = None, html: str | None = None) -> dict[str, Any]:
    """Return a mail; without text and HTML where they are not given."""
    said = {} if text is None or html is None else {"text": text, "html": html}
    return {
        "to": letter.address,
        "office": letter.office,
        "kind": letter.kind,
        "subject": letter.subject,
        "message_id": letter.message_id,
        **said,
        "notices": [notice_form(notice) for notice in letter.notices],
    }


def rehearsed_form(digest: Digest, *, kind: str, subject: str, message_id: str) -> dict[str, Any]:
    """Return a mail of a rehearsal, of which no letter is made."""
    return {
        "to": digest.to.address,
        "office": digest.to.office,
        "kind": kind,
        "subject": subject,
        "message_id": message_id,
        "notices": [notice_form(notice) for notice in digest.notices],
    }


def notice_form(notice: Notice) -> dict[str, Any]:
    """Return a notice."""
    return {
        "item": notice.item,
        "period": notice.period,
        "ladder": notice.ladder,
        "step": notice.step,
        "owes": notice.kind,
        "due": notice.due.isoformat(),
        "key": notice.key,
        "reason": notice.reason,
    }


def held_back_form(held_back: Iterable[HeldBack]) -> list[dict[str, Any]]:
    """Return what is held back."""
    return [{"to": held.notice.to.address, "item": held.notice.item, "reason": held.reason} for held in held_back]


def posted_form(posted: Posted) -> dict[str, Any]:
    """Return a letter of the outbox."""
    return {
        "key": posted.key,
        "to": posted.address,
        "kind": posted.kind,
        "day": posted.day.isoformat(),
        "subject": posted.subject,
        "state": posted.state.value,
        "attempts": posted.attempts,
        "made_at": posted.made_at.isoformat(),
        "next_attempt_at": posted.next_attempt_at.isoformat() if posted.next_attempt_at else None,
        "sent_at": posted.sent_at.isoformat() if posted.sent_at else None,
        "message_id": posted.message_id,
        "reason": posted.reason,
        "notices": [notice_form(notice) for notice in posted.notices],
    }
