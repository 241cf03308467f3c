"""A small plan, its offices, and what is told of it; a test overrides only what it is about."""

from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from ledger.records import Letter
from notifications.message import Sender
from plan.calendar import Calendar
from plan.digests import Digest
from plan.duties import Duties
from plan.facts import CORRECTIVE_PLAN, Facts
from plan.ladder import Notice, Situation
from plan.model import Action, LongTermMeasure, Objective, Plan, Priority, ProgressMeasure, Settings, Threshold
from plan.owners import Absence, Handover, Office, Owners, Person, Roster
from plan.periods import SchoolYear
from plan.slip_ladder import PLAN_MISSING, RECOVERED, SLIP, STILL_OFF
from plan.told import Told

OFFICES: dict[str, dict[str, Any]] = {
    "superintendent": {"title": "Superintendent"},
    "planning": {"title": "Office of Strategic Planning", "reports_to": "superintendent"},
    "academics": {"title": "Chief Academic Officer", "reports_to": "superintendent"},
    "curriculum": {"title": "Director of Curriculum", "reports_to": "academics", "delegate": "assessment", "owns": ("P1",)},
    "assessment": {"title": "Director of Assessment", "reports_to": "academics"},
}

MADE_AT = datetime(2026, 10, 27, 13, 30, tzinfo=UTC)
SENDER = Sender(address="plan@example.org", name="Riverside ISD", reply_to="planning@example.org", key=b"secret")


def plan(*, titles: dict[str, str] | None = None, **settings: Any) -> Plan:
    """Return a plan of one objective: actions 1.1A to 1.1C, measures 1.1-pm1 and 1.1-rating; `titles` by code.

    A further code with a title is one more action, with a hyphen one more long-term measure like the rating.
    """
    called = {
        "1.1A": "Gauge instruction by a formative assessment plan",
        "1.1B": "Run campuswide tutoring",
        "1.1C": "Deliver academic initiatives to all students",
        "1.1-pm1": "Common assessment results",
        "1.1-rating": "District accountability rating",
        **(titles or {}),
    }
    actions = tuple(Action(id=code, title=title) for code, title in called.items() if "-" not in code)
    at_least_90 = Threshold(kind="threshold", at_least=Decimal(90))
    measures = tuple(
        LongTermMeasure(id=code, title=title, unit="points", target=at_least_90)
        for code, title in called.items()
        if "-" in code and code != "1.1-pm1"
    )
    evidence = ProgressMeasure(id="1.1-pm1", title=called["1.1-pm1"])
    objective = Objective(
        id="1.1", title="Student achievement", actions=actions, progress_measures=(evidence,), long_term_measures=measures
    )
    return Plan(
        id="riverside-2023-2027",
        title="Riverside ISD strategic plan",
        organisation="Riverside Independent School District",
        first_year=SchoolYear(2023),
        last_year=SchoolYear(2026),
        settings=Settings(**{"begins_on": date(2026, 7, 1), "time_zone": ZoneInfo("America/Denver"), **settings}),
        priorities=(Priority(id="P1", title="Students", objectives=(objective,)),),
    )


def owners(*, absences: tuple[Absence, ...] = (), handovers: tuple[Handover, ...] = (), **changed: dict[str, Any]) -> Owners:
    """Return five offices, all filled; `curriculum` owns everything, `academics` stands above it. Changes by office."""
    offices = {
        code: Office(**{"email": f"{code}@example.org", **record, **changed.get(code, {})}) for code, record in OFFICES.items()
    }
    return Owners(
        plan_administrator="planning",
        cabinet_lead="superintendent",
        offices=offices,
        absences=absences,
        handovers=handovers,
    )


def person(office: str = "curriculum") -> Person:
    """Return who fills one of the offices."""
    return Person(office=office, title=OFFICES[office]["title"], address=f"{office}@example.org")


def situation(
    of: Plan | None = None, answered_by: Owners | None = None, *, told: Told | None = None, facts: Facts | None = None
) -> Situation:
    """Return a situation in which nobody has answered anything, or only what the facts say."""
    of = of or plan()
    days = Calendar().working_days(of.first_year, of.last_year)
    roster = Roster(of, answered_by or owners())
    return Situation(duties=Duties(of, days), roster=roster, facts=facts or Facts(), told=told or Told())


def notice(item: str = "1.1A", **changed: Any) -> Notice:
    """Return a notice to the owner of an item that is overdue since 14 October 2026."""
    return Notice(
        **{
            "plan": "riverside-2023-2027",
            "item": item,
            "title": plan().items[item].title if item in plan().items else item,
            "kind": "check-in",
            "period": "2026-27 Q1",
            "step": "overdue",
            "height": 3,
            "due": date(2026, 10, 14),
            "urgency": "overdue",
            "to": person(),
            "owner": person(),
            "reason": "The check-in for 2026-27 Q1 was due on 2026-10-14, 9 working days ago, and has not come.",
            **changed,
        }
    )


def slip(step: str = SLIP, item: str = "1.1-rating", **changed: Any) -> Notice:
    """Return a notice of the slip ladder to the owner of a measure that went off track on 27 October 2026."""
    return notice(
        item,
        **{
            "kind": CORRECTIVE_PLAN,
            "period": "2026-27 Q2",
            "step": step,
            "height": (SLIP, PLAN_MISSING, STILL_OFF, RECOVERED).index(step),
            "due": date(2026, 11, 10),
            "urgency": "recovered" if step == RECOVERED else "slipping",
            "reason": "86 against 91.6 expected for 2025-26; the plan started at 88, so this is below where it began.",
            "ladder": "slip",
            **changed,
        },
    )


def text_of(letter: Letter) -> str:
    """Return the plain text of a letter, on one line."""
    mail = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def digest(*notices: Notice, day: date = date(2026, 10, 27)) -> Digest:
    """Return the digest of some notices to one person."""
    to = notices[0].to
    return Digest(key=f"riverside-2023-2027/digest/{day}/{to.address}", to=to, day=day, notices=notices)
