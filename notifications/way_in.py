"""The way in: links by which the reader of a mail answers on the plan's pages, or only looks at them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from urllib.parse import quote

from ledger.records import Grant, Scope
from notifications.grants import granted, link
from notifications.message import Sender
from plan.model import Plan
from plan.owners import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class WayIn:
    """One reader's links; all of them are of one grant."""

    grant: Grant
    everything: str
    """The address of the page that shows all that the reader owes, or may look at."""

    def to(self, code: str) -> str:
        """Return the address of the page of one item."""
        return f"{self.everything}/{quote(code, safe='')}"

    def to_look(self, code: str) -> str:
        """Return the address of the page on which an item's evidence is accepted or sent back."""
        return f"{self.everything}/look/{quote(code, safe='')}"


def way_in(scope: Scope, to: Person, plan: Plan, *, day: date, base_url: str, sender: Sender, made_at: datetime) -> WayIn:
    """Return a person's way in: the same one all through a quarter, and good until the last day of the quarter after it.

    Where one was taken back, the mails after that carry another.

    Args:      day: the day of the mail that carries it; sender: with whose key its proof is made
    """
    quarter = plan.quarter_of(day)
    last_day = quarter.after.end(plan.settings.fiscal_year_starts) - timedelta(days=1)
    give = partial(granted, scope, plan.id, to, key=sender.key, made_at=made_at, spans=(str(quarter), last_day))
    grant = next(one for version in count(1) if (one := give(version=version)).id not in sender.taken_back)
    return WayIn(grant=grant, everything=link(grant, base_url=base_url, key=sender.key))
