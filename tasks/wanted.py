"""Whether a letter is still wanted when it is about to be sent, asked of what is known at that moment."""

from dataclasses import dataclass, field
from datetime import date

from ledger.ledger import Ledger
from ledger.records import DAILY, OVERVIEW, ROLLUP, WEEK, Claim
from plan.digests import not_wanted
from plan.ladder import Situation
from tasks.board import is_only_to_be_caught, not_a_reader
from tasks.settings import Settings
from tasks.weekly import weekly_not_wanted
from tasks.workplace import Workplace


@dataclass(kw_only=True)
class Wanted:
    """Asks for each letter of a run; everything is read again only when something was added since the last one."""

    ledger: Ledger
    workplace: Workplace
    settings: Settings
    as_of: date
    _read: tuple[object, Situation] | None = field(default=None, init=False)

    def reason_against(self, claim: Claim) -> str | None:
        """Return why nothing in a letter is wanted any more, or None if something is."""
        situation = self.situation()
        if claim.address in situation.roster.unreachable:
            return f"A mail server refused {claim.address}, so nothing is written there; see `plankeeper outbox refused`."
        if is_only_to_be_caught(claim.key) and claim.kind not in DAILY and not self.settings.catches_mail:
            return "It was for the mail catcher, and mail goes to a real server now."
        if claim.kind == ROLLUP:
            return not_a_reader(claim.address, situation.roster, on=self.as_of)
        if claim.kind in (OVERVIEW, WEEK):
            return weekly_not_wanted(claim, self.ledger, as_of=self.as_of)
        reasons = [not_wanted(notice, situation, as_of=self.as_of) for notice in claim.notices]
        return None if None in reasons or not reasons else " ".join(dict.fromkeys(filter(None, reasons)))

    def situation(self) -> Situation:
        """Return all that decides about the day, as it is known now."""
        plan = self.workplace.plan.id
        # Looked at before reading, so that what is added meanwhile is noticed the next time.
        mark = self.ledger.mark(plan)
        if self._read is None or self._read[0] != mark:
            self._read = (mark, self.workplace.situation(self.ledger, as_of=self.as_of))
        return self._read[1]
