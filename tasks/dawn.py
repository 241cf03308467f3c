"""A day as it began: what a morning's run could know, for the evening's count. Imports no Prefect."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from ledger.ledger import Ledger
from ledger.records import SUPPRESSED
from plan.ladder import Situation
from tasks.workplace import Workplace


def dawn(workplace: Workplace, ledger: Ledger, evening: Situation, *, as_of: date) -> Situation:
    """Return the situation in which a day began where the plan is kept, with the evening's plan, owners and tellings.

    Recorded before is what counts, not known before: an answer of an earlier day may be written down during the day.
    """
    begins = workplace.midnight(as_of)
    plan = workplace.plan.id
    facts = ledger.facts(plan, known_by=as_of, recorded_before=begins)
    return replace(
        evening,
        facts=facts,
        slips=ledger.slips(plan, up_to=as_of - timedelta(days=1)),
        roster=replace(workplace.roster, unreachable=_refused(ledger, plan, before=begins), referrals=facts.referrals),
    )


def undone(workplace: Workplace, ledger: Ledger, evening: Situation, *, as_of: date) -> Situation:
    """Return the situation of an evening as it would be if nothing had been taken back during the day."""
    begins = workplace.midnight(as_of)
    facts = ledger.facts(workplace.plan.id, known_by=as_of, taken_back_before=begins)
    return replace(evening, facts=facts, roster=replace(evening.roster, referrals=facts.referrals))


def _refused(ledger: Ledger, plan: str, *, before: datetime) -> frozenset[str]:
    """Return the addresses that mail servers had refused, and nobody had lifted, before an instant."""
    last = {word.subject: word.word for word in ledger.words(plan, about="address") if word.said_at < before}
    return frozenset(address for address, word in last.items() if word == SUPPRESSED)
