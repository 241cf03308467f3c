"""The audit log: who changed what, when and from where, the latest first."""

from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ledger.records import AuditEntry
from plan.phrase import phrase, template
from plan.record import UNPRINTABLE
from web.answers import html
from web.desk import Desk
from web.language import language_of
from web.post import PER_SHEET, Sheet, sheet_of
from web.wording import moment

MOST_LETTERS = 100
"""How long the words may be that are looked for; the rest is cut off."""


_DEEDS = (
    *(template("check in"), template("reading"), template("evidence"), template("acknowledgement"), template("referral")),
    *(template("corrective plan"), template("waiver"), template("acceptance"), template("sent back"), template("override")),
    *(template("taken back"), template("accepted"), template("refused"), template("released"), template("link taken back")),
    *(template("retry"), template("hold"), template("arrived"), template("lifted"), template("paused"), template("resumed")),
    *(template("off"), template("on")),
)
"""What the log says that somebody did, as far as it is known in other languages."""
_ABOUT = {
    "letter": template("letter {name}"),
    "address": template("address {name}"),
    "overview": template("overview {name}"),
    "mail": template("mail"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that somebody changed."""

    when: str
    who: str
    did: str
    subject: str
    came_from: str


@dataclass(frozen=True)
class Audit:
    """The page of the audit log."""

    desk: Desk

    def all(self, request: Request, who: str = "", subject: str = "", page: str = "1") -> Response:
        """Show what people changed, of those whose name and subject hold the words that are asked for."""
        head, wanted = self.desk.masthead(), {"who": _words(who), "subject": _words(subject)}
        listed = self._sheet(wanted, page)
        return html(
            "audit",
            head,
            language=language_of(request),
            here="audit",
            sheet=listed,
            entries=[_shown(one, head.zone) for one in listed.entries],
            query=urlencode({name: words for name, words in wanted.items() if words}),
            who=wanted["who"],
            subject=wanted["subject"],
        )

    def _sheet(self, wanted: dict[str, str], page: str) -> Sheet[AuditEntry]:
        plan = self.desk.workplace().plan.id
        with self.desk.ledger() as ledger:
            if ledger is None:
                return sheet_of(0, lambda _: (), page)
            asked = ledger.pages
            total = asked.audited(plan, **wanted)
            return sheet_of(total, lambda start: asked.audit(plan, most=PER_SHEET, skipping=start, **wanted), page)


def _words(text: str) -> str:
    """Return words that are looked for, as the log has them: printable, and without space around them."""
    return UNPRINTABLE.sub(" ", text)[:MOST_LETTERS].strip()


def _shown(one: AuditEntry, zone: tzinfo) -> Entry:
    did = one.did
    said = phrase(did) if did in _DEEDS else did
    return Entry(when=moment(one.at, zone), who=one.who, did=said, subject=_subject(one.subject), came_from=one.came_from)


def _subject(text: str) -> str:
    """Return what something was done to; of a word about mail, what it is about in words."""
    about, _, name = text.partition(" ")
    return phrase(_ABOUT[about], name=name) if about in _ABOUT else text
