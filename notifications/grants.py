"""Links that give leave to do one thing: made with the letter that carries them, checked when they are opened.

A link holds the grant's id and a proof that only the holder of the key can make, so that a stolen database opens nothing.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import date, datetime
from hashlib import sha256
from typing import get_args

from ledger.records import Grant, Scope
from plan.owners import Person

ID_BYTES, PROOF_BYTES = 8, 16
"""They make 11 and 22 characters: with a usual base address the whole link stays under 77, so that no header breaks it."""


_TOKEN = re.compile(r"([A-Za-z0-9_-]{11})\.([A-Za-z0-9_-]{22})")


def granted(
    scope: Scope,
    plan: str,
    to: Person,
    *,
    key: bytes,
    made_at: datetime,
    spans: tuple[str, date] | None = None,
    version: int = 1,
) -> Grant:
    """Return the grant for a person; with the same of all but the instant it always has the same id, as bytes of a letter want.

    Args:      spans: the name of the span in which it is given, and the last day on which it holds; None: it never ends
               version: one more than that of the grant in whose place it comes
    """
    span, expires_on = spans or ("", None)
    said = "\n".join(filter(None, ("grant", plan, scope, to.address, span, str(version) if version > 1 else "")))
    return Grant(
        id=_code(key, said, ID_BYTES),
        plan=plan,
        scope=scope,
        item=None,
        office=to.office,
        address=to.address,
        made_at=made_at,
        version=version,
        expires_on=expires_on,
    )


def link(grant: Grant, *, base_url: str, key: bytes) -> str:
    """Return the address that opens a grant."""
    return f"{base_url.rstrip('/')}/u/{grant.id}.{_proof(grant.scope, grant.id, key)}"


def named_in(token: str, scope: Scope, *, key: bytes) -> str | None:
    """Return the id of the grant that the end of a link names; None unless its proof is one for the scope.

    What is compared is the text as it came: of several texts that decode to the same bytes only one is right.
    """
    found = _TOKEN.fullmatch(token)
    return found[1] if found and hmac.compare_digest(found[2], _proof(scope, found[1], key)) else None


def named_in_any(token: str, *, key: bytes) -> str | None:
    """Return the id of the grant that the end of a link names with the proof of whatever scope, or None."""
    found = (named_in(token, scope, key=key) for scope in get_args(Scope))
    return next(filter(None, found), None)


def holds(grant: Grant, scope: Scope, *, on: date) -> bool:
    """Return whether a grant gives leave on a day: it is for the scope, not taken back, and its last day is not over."""
    return grant.scope == scope and grant.revoked_at is None and (grant.expires_on is None or on <= grant.expires_on)


def one_click(link: str) -> str:
    """Return the link for a mail program's own button; empty where it may have none.

    RFC 8058 (3.1) lets only an HTTPS address be pressed by a program. An address without it, as on the machine where nothing
    is set up yet, gets no header at all: no server of a mail program could open it, and its token would travel in the clear.
    """
    return link if link.startswith("https://") else ""


def _proof(scope: Scope, identity: str, key: bytes) -> str:
    return _code(key, f"{scope}|{identity}", PROOF_BYTES)


def _code(key: bytes, text: str, size: int) -> str:
    return urlsafe_b64encode(hmac.digest(key, text.encode(), sha256)[:size]).decode().rstrip("=")
