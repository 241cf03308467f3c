"""Look at every address among the evidence that is still valid, and tell which do not answer."""

from dataclasses import dataclass
from typing import Any

from prefect import flow, unmapped
from prefect.states import Completed

from flows.days import TODAY, day_asked_now
from ledger.ledger import open_ledger
from plan import filed
from tasks.as_is import as_is
from tasks.links import link_shares, look_at, named_links, publish_links, reach_of
from tasks.pace import limit_pace
from tasks.settings import read_settings
from tasks.sources.reach import server_of, shown
from tasks.workplace import open_workplace

MOST_NAMED = 5
"""How many addresses the message names; the table has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """What became of the addresses."""

    addresses: int
    broken: tuple[str, ...] = ()
    """Those that do not answer, each with what it was given for."""
    is_done: bool = True
    """Whether they were asked, and not only counted."""

    def __str__(self) -> str:
        counted = f"{self.addresses} address{'' if self.addresses == 1 else 'es'}"
        if not self.is_done:
            return f"{counted} to look at; nothing was asked"
        if not self.addresses:
            return "no evidence that is still valid has an address"
        if not self.broken:
            return f"{counted} looked at, {'it answers' if self.addresses == 1 else 'all answer'}"
        more = len(self.broken) - MOST_NAMED
        named = ", ".join(self.broken[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"{counted} looked at, {len(self.broken)} {'does' if len(self.broken) == 1 else 'do'} not answer: {named}"


@flow(
    flow_run_name="links {as_of}",
    description="Asks every address among the evidence that is valid, one task run for each, and tells which do not answer.",
)
def links(as_of: str = TODAY, dry_run: bool = False) -> Any:
    """Look at the addresses of evidence. One that does not answer is told and fails nothing: what was given stays given.

    Args:
        as_of: the day to act for, as in 2026-10-22, or "today": the date that it is, however late the run comes
        dry_run: count the addresses, but ask none
    """
    settings = read_settings()
    workplace = open_workplace(settings)
    day = day_asked_now(as_of, workplace)  # a week is too long to wait for the next run, if the machine was off
    with open_ledger(settings.database) as ledger:
        facts = ledger.facts(workplace.plan.id, known_by=day)
    found = filed.links(facts, workplace.plan, as_of=day)
    if dry_run:
        return _completed(LookedAt(addresses=len(found), is_done=False))
    limit_pace(server_of(one.address) for one in found)
    taken = link_shares(found)
    runs = look_at.map([named_links(some) for some in taken], taken, unmapped(as_is(reach_of(settings))))
    answers = {address: said for run in runs for address, said in run.result().items()}
    publish_links(as_is(found), as_is(answers), as_is(workplace.asked(facts)), as_of=day)
    return _completed(LookedAt(addresses=len(found), broken=tuple(_named(one) for one in found if answers[one.address])))


def _completed(found: LookedAt) -> Any:
    return Completed(message=f"{found}.", data=found)


def _named(link: filed.Link) -> str:
    return f"{shown(link.address)} ({', '.join(dict.fromkeys(one.item for one in link.given))})"
