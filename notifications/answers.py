"""What the links of a mail say that lead to an answer, and the address that opens a new mail to an owner."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from notifications.language import said
from plan.facts import CORRECTIVE_PLAN, DutyKind
from plan.ladder import Notice
from plan.phrase import Language, phrase
from plan.wording import joined, listed

MOST_CODES = 5
"""How many codes a subject names before it counts the others."""


def invitation(kind: DutyKind, code: str) -> str:
    """Return what the link to an answer for an item says."""
    return phrase("Give the plan for {code}", code=code) if kind == CORRECTIVE_PLAN else phrase("Answer for {code}", code=code)


def word_to_the_owner(notices: Sequence[Notice], *, language: Language) -> str:
    """Return the address of a mail to the owner of some notices; its subject says which.

    Args:      language: the owner's
    """
    codes = list(dict.fromkeys(notice.item for notice in notices))
    periods = list(dict.fromkeys(notice.period for notice in notices))
    subject = joined((listed(codes, most=MOST_CODES), listed(periods)), ", ")
    return _mailto(notices[0].owner.address, subject=said(subject, language))


def _mailto(address: str, *, subject: str) -> str:
    return f"mailto:{quote(address, safe='@')}?{urlencode({'subject': subject}, quote_via=quote, safe='', errors='replace')}"
