"""A link from a mail that was opened: what its holder may answer, or look at, on the day. Changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from ledger.ledger import Ledger
from ledger.records import Grant, Scope
from notifications.grants import holds, named_in
from plan.answering import answered_by, may_answer, may_look
from plan.ladder import Situation
from plan.owners import Roster
from tasks.workplace import Workplace
from web.desk import Desk

UNDO_HOURS = 24
"""For how long what was recorded by a link can be taken back by it."""
SCOPES: tuple[Scope, ...] = ("update", "view")
"""What the links to these pages give leave to do."""


@dataclass(frozen=True)
class Opened:
    """A link that holds, and all that decides about what it shows."""

    token: str
    grant: Grant
    files: Workplace
    numbers: Mapping[str, int]
    """That of the last fact of each item, read before the situation: what comes in between is not taken for seen."""
    situation: Situation
    day: date
    at: datetime

    @property
    def path(self) -> str:
        """Return the path of the page that the link opens."""
        return f"/u/{self.token}"

    @property
    def may_change(self) -> bool:
        """Return whether it gives leave to answer; else only to look."""
        return self.grant.scope == "update"

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The items that it opens, in the plan's order."""
        at, address = self.situation, self.grant.address
        if self.may_change:
            found = may_answer(address, at.roster, as_of=self.day)
        else:
            found = may_look(address, at.roster, at.told, as_of=self.day)
        return tuple(code for code in found if self.grant.item in (None, code))

    @cached_property
    def handed_on(self) -> frozenset[str]:
        """The items that it opened before another office was named, which can still be taken back."""
        if not self.may_change or self._roster_before == self.situation.roster:
            return frozenset()
        before = may_answer(self.grant.address, self._roster_before, as_of=self.day)
        return frozenset(code for code in before if self.grant.item in (None, code)) - set(self.codes)

    def by(self, code: str) -> str:
        """Return how who holds it is kept as the author of an answer for an item."""
        roster = self._roster_before if code in self.handed_on else self.situation.roster
        return answered_by(self.grant.address, code, roster, as_of=self.day)

    @cached_property
    def _roster_before(self) -> Roster:
        """Who answered for what before the referrals that can still be taken back."""
        since, roster = self.day - timedelta(hours=UNDO_HOURS), self.situation.roster
        return replace(roster, referrals=tuple(one for one in roster.referrals if one.known_on < since))


def scope_of(token: str, desk: Desk) -> Scope | None:
    """Return what a link to these pages says that it gives leave to do; None if it leads to none of them."""
    return next((scope for scope in SCOPES if named_in(token, scope, key=desk.settings.key)), None)


def opened(token: str, desk: Desk, ledger: Ledger | None, *, at: datetime) -> Opened | None:
    """Return a link that was opened at an instant; None for whatever reason it does not hold, so that all look the same.

    Raises:    PlanHasProblems: the plan's files cannot be worked with now
    """
    scope = scope_of(token, desk)
    identity = scope and named_in(token, scope, key=desk.settings.key)
    grant = ledger.grant(identity) if ledger and identity else None
    if ledger is None or grant is None or scope is None:
        return None
    files = desk.workplace()
    day = files.today(at)
    is_known = any(office.email == grant.address for office in files.owners.offices.values())
    if grant.plan != files.plan.id or not is_known or not holds(grant, scope, on=day):
        return None
    numbers = ledger.pages.last_numbers(files.plan.id, files.plan.items)
    return Opened(token, grant, files, numbers, desk.situation(ledger, as_of=files.covers(day)), day, at)
