"""The plan, its owners and its calendar as the settings name them, ready to be judged. Imports no Prefect."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.records import SUPPRESSED
from plan.assess import SLIPPED
from plan.calendar import Calendar
from plan.duties import Duties
from plan.facts import Facts
from plan.judgement import Judged
from plan.ladder import Situation
from plan.model import Plan
from plan.owners import Owners, Roster
from plan.periods import OutsideCalendar
from plan.phrase import phrase
from plan.places import Place, Problem
from plan.read import FileAsFound, Files, read, read_plan
from plan.slips import Slip, slips_after
from plan.told import Told
from tasks.settings import Settings

if TYPE_CHECKING:  # what knows SQL takes long to load, and is loaded by who opens a ledger
    from ledger.ledger import Ledger


class PlanHasProblems(Exception):
    """The plan's files cannot be worked with; run `plankeeper check` and mend what it lists."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Workplace:
    """What is worked with: a plan that can be read, who answers for it, and which days count."""

    plan: Plan
    owners: Owners
    calendar: Calendar
    duties: Duties
    roster: Roster
    problems: tuple[Problem, ...]
    """What `check` would list but the work can go on with, such as an office that nobody fills."""
    catches_mail: bool
    """Whether mail stays in the catcher; once it does not, what was only caught counts as never told."""

    def situation(self, ledger: "Ledger | None", *, as_of: date, told_since: bool = True, judging: bool = False) -> Situation:
        """Return all that decides about a day.

        Args:      ledger: None where nothing has been recorded yet
                   told_since: whether what was told for later days counts as told; False judges a past day as it was
                   judging: whether slips that the day's own judgement begins or ends count, as they do once assess has run
        """
        facts, told, slips, roster = Facts(), Told(), dict[str, Slip](), self.roster
        if ledger is not None:
            facts = ledger.facts(self.plan.id, known_by=as_of)
            told = ledger.told(self.plan.id, day=as_of, up_to=None if told_since else as_of, count_caught=self.catches_mail)
            slips = ledger.slips(self.plan.id, up_to=as_of)
            roster = replace(self.reachable(ledger), referrals=facts.referrals)
        statuses = Judged(self.duties, facts, as_of).statuses()
        # A slip begins and ends where assess keeps it, so that it has one first day; its arithmetic is always that of the day.
        counting = statuses if judging else (one for one in statuses if _lasts(one, slips))
        after = slips_after(slips, counting, day=as_of)
        return Situation(duties=self.duties, roster=roster, facts=facts, told=told, slips=after)

    def reachable(self, ledger: "Ledger") -> Roster:
        """Return who answers for what, without the addresses that a mail server refused and the links that were taken back."""
        refused, taken_back = frozenset(refused_addresses(ledger, self.plan.id)), ledger.taken_back(self.plan.id)
        return replace(self.roster, unreachable=refused, links_taken_back=taken_back) if refused or taken_back else self.roster

    def asked(self, facts: Facts) -> Roster:
        """Return who answers for what where facts are known: also by the referrals among them."""
        return replace(self.roster, referrals=facts.referrals)

    def today(self, now: datetime) -> date:
        """Return the date that an instant has where the plan is kept."""
        return now.astimezone(self.plan.settings.time_zone).date()

    def midnight(self, day: date) -> datetime:
        """Return the instant at which a day begins where the plan is kept."""
        return datetime.combine(day, time.min, self.plan.settings.time_zone)

    def covers(self, day: date) -> date:
        """Return a day that the calendar knows.

        Raises:    OutsideCalendar: it lies too far from the plan's years
        """
        days = self.duties.days
        if not days.start.replace(year=days.start.year + 1) <= day < days.end.replace(year=days.end.year - 1):
            raise OutsideCalendar(
                phrase(
                    "{day} lies too far from the plan's years, {first} to {last}",
                    day=day,
                    first=str(self.plan.first_year),
                    last=str(self.plan.last_year),
                )
            )
        return day


def refused_addresses(ledger: "Ledger", plan: str) -> dict[str, str]:
    """Return the addresses that nothing is written to because a mail server refused them, with what it said."""
    return {address: last.note for address, last in ledger.holding(plan, "address").items() if last.word == SUPPRESSED}


def _lasts(judged: tuple[str, str, str], slips: Mapping[str, Slip]) -> bool:
    """Return whether a measure had slipped before and is judged so still."""
    item, status, _ = judged
    slip = slips.get(item)
    return slip is not None and slip.over_on is None and status in SLIPPED


def read_files(settings: Settings) -> Files:
    """Read plan, owners and calendar; a file that is not there is a problem like any other."""
    paths = (settings.plan, settings.owners, settings.calendar)
    remedy = "correct PLANKEEPER_PLAN, PLANKEEPER_OWNERS or PLANKEEPER_CALENDAR, or put the file there"
    missing = tuple(problem for path in paths if (problem := _unreadable(path, remedy)))
    if missing:
        return Files(plan=None, owners=None, calendar=None, problems=missing)
    return read(*(FileAsFound(_shown(path), path.read_bytes()) for path in paths))


def read_plans(*paths: Path) -> tuple[Plan, ...]:
    """Return what plan files hold, each read by itself, without owners and calendar, and named as it was asked for.

    Raises:    PlanHasProblems: one of them has any that keeps it from being worked with; those of all files are listed
    """
    plans, problems = list[Plan](), list[Problem]()
    for path in paths:
        plan, found = _plan_alone(path)
        plans += [plan] if plan else []
        problems += found
    if any(problem.blocks for problem in problems):
        raise PlanHasProblems(tuple(dict.fromkeys(problems)))
    return tuple(plans)


def open_workplace(settings: Settings) -> Workplace:
    """Return what is worked with.

    Raises:    PlanHasProblems: the files cannot be worked with
    """
    files = read_files(settings)
    if files.plan is None or files.owners is None or files.calendar is None or any(p.blocks for p in files.problems):
        raise PlanHasProblems(files.problems)
    days = files.calendar.working_days(files.plan.first_year, files.plan.last_year)
    return Workplace(
        plan=files.plan,
        owners=files.owners,
        calendar=files.calendar,
        duties=Duties(files.plan, days),
        roster=Roster(files.plan, files.owners),
        problems=files.problems,
        catches_mail=settings.catches_mail,
    )


def _plan_alone(path: Path) -> tuple[Plan | None, tuple[Problem, ...]]:
    unreadable = _unreadable(path, "correct its path, or put the file there")
    return (None, (unreadable,)) if unreadable else read_plan(FileAsFound(str(path), path.read_bytes()))


def _unreadable(path: Path, remedy: str) -> Problem | None:
    try:
        path.open("rb").close()
    except OSError as error:
        said = (error.strerror or "it cannot be read").lower()
        return Problem(Place(_shown(path), 1, 1), f"the file cannot be read ({said}); {remedy}")
    return None


def _shown(path: Path) -> str:
    """Return a path as its reader would write it: from the folder they are in, if it is below."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
