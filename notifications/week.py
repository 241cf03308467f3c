"""The weekly mail to who keeps the plan: that plankeeper is alive, and what needs somebody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.records import WEEK, Letter, LetterState
from notifications.letters import language_for, letter_of, reader
from notifications.message import Sender
from notifications.render import Rendered, one_line, render
from notifications.rollup.wording import shortened
from notifications.way_in import way_in
from plan.answering import may_answer
from plan.ladder import Situation
from plan.owners import Person
from plan.phrase import phrase
from plan.wording import capitalised, counted, in_plain_words, in_words, listed, to_the_minute, with_weekday

MOST_LINES = 10
"""How many lines a heading has; the others are counted."""
MOST_CODES = 6
"""How many codes a line names before it counts the others."""
_LONGEST = 300
"""Characters of what a mail server, or a source, said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """Whether reminders ran in the week before."""

    ran: tuple[date, ...]
    missed: tuple[date, ...]
    """The working days without a run; together with the others all of the week's."""
    last: datetime | None
    """The end of the last run before this week, in the plan's time zone; None: there is no record of any."""
    accepted: int
    """How many mails a server took in that week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """A letter of which it is not certain that it reached somebody, or certain that it did not."""

    state: LetterState
    office: str
    address: str
    day: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """What the limit of mails in a week kept from a person until the week after."""

    office: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many answers of an office are overdue, and since when the oldest."""

    office: str
    answers: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What there is to say at the beginning of a week."""

    day: date
    heartbeat: Heartbeat
    loose: tuple[Loose, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    """Addresses that nothing is written to any more, each with the server's words."""
    held_back: tuple[HeldBack, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    """The office that owes most comes first."""
    held_readings: tuple[tuple[str, str], ...] = ()
    """Measures for which a source gave a figure that waits for a yes, each with why."""
    even_days: int = 0
    """For how many days of the week before, the evening's count of letters came out even."""
    uneven_days: tuple[tuple[date, str], ...] = ()
    """The other days that were counted, each with what the count said."""
    uncounted_days: tuple[date, ...] = ()
    """The working days of the week before that no count is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Something that needs somebody: what, what to do about it, and the cases."""

    title: str
    remedy: str
    lines: tuple[tuple[str, str], ...]
    """What it is about, and what is said of it."""
    more: str
    """How many further ones there are, in words; empty: none."""


def compose_week(
    week: Week, *, key: str, to: Person, situation: Situation, base_url: str, sender: Sender, made_at: datetime
) -> Letter:
    """Return the letter that carries the weekly mail, with the way to what its reader owes, if that is anything."""
    may = may_answer(to.address, situation.roster, as_of=week.day)
    way = way_in("update", to, situation.plan, day=week.day, base_url=base_url, sender=sender, made_at=made_at) if may else None
    return letter_of(
        write(week, to=to, situation=situation, base_url=base_url, all_owed=way.everything if way else ""),
        kind=WEEK,
        key=key,
        thread=WEEK,
        to=to,
        day=week.day,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
        grants=(way.grant,) if way else (),
    )


def write(week: Week, *, to: Person, situation: Situation, base_url: str, all_owed: str = "") -> Rendered:
    """Return what the weekly mail says.

    Args:      base_url: where the plan's pages are
               all_owed: the address of the page of all that the reader owes; empty: nothing
    """
    found = tuple(sections(week))
    return render(
        WEEK,
        language=language_for(to, situation.roster),
        plan_title=situation.plan.title,
        organisation=situation.plan.organisation,
        reader=reader(to, situation.roster),
        day=in_words(week.day),
        headline=headline(found),
        heartbeat=heartbeat(week.heartbeat),
        counted=counts(week),
        sections=found,
        base_url=base_url,
        all_owed=all_owed,
    )


def headline(found: Sequence[Section]) -> str:
    """Return what the mail comes to, as in "2 things need somebody"."""
    if not found:
        return phrase("nothing needs you")
    return phrase("1 thing needs somebody") if len(found) == 1 else phrase("{count} things need somebody", count=len(found))


def heartbeat(beat: Heartbeat) -> str:
    """Return the sentence on last week's runs, which tells at a glance that plankeeper is alive."""
    days, took = len(beat.ran) + len(beat.missed), _accepted(beat.accepted)
    if not days:
        return phrase("Last week had no working day, so no reminders were due; {took}.", took=took)
    ran = {"count": len(beat.ran), "days": counted(days, "working day"), "took": took}
    if beat.last is None:
        return phrase(
            "Reminders ran on {count} of {days} of last week, and there is no record of any run before; {took}.", **ran
        )
    return phrase(
        "Reminders ran on {count} of {days} of last week, the last time on {at}; {took}.", at=to_the_minute(beat.last), **ran
    )


def _accepted(mails: int) -> str:
    return phrase("1 mail was accepted") if mails == 1 else phrase("{count} mails were accepted", count=mails)


def counts(week: Week) -> str:
    """Return the sentence on the evenings' counts of last week."""
    days = week.even_days + len(week.uneven_days) + len(week.uncounted_days)
    if days == len(week.uncounted_days):
        return phrase("The letters of last week were not counted in any evening.")
    return phrase(
        "The evening's count of letters came out even for {count} of {days}.", count=week.even_days, days=counted(days, "day")
    )


def sections(week: Week) -> Iterator[Section]:
    """Yield what needs somebody, the gravest first; nothing that needs nobody."""
    found = (
        (phrase("Reminders that did not run"), _RUN_AGAIN, [(_named(day), "") for day in week.heartbeat.missed]),
        (
            phrase("Letters that the evening's count misses"),
            _DAILY,
            [(_named(day), said) for day, said in week.uneven_days],
        ),
        (phrase("Evenings without a count of letters"), _COUNT, [(_named(day), "") for day in week.uncounted_days]),
        (phrase("Mails that may not have arrived"), _DECIDE, [_loose(one) for one in week.loose]),
        (phrase("Addresses that were refused"), _CORRECT, [(address, said) for address, said in week.refused]),
        (phrase("Figures that wait for a yes"), _LET_IN, list(week.held_readings)),
        (phrase("Kept for this week by the limit of mails"), _LIMIT, [_held_back(one) for one in week.held_back]),
        (phrase("Answers that are overdue"), _SPEAK, [_overdue(one) for one in week.overdue]),
    )
    for title, remedy, lines in found:
        if lines:
            shown = tuple((one_line(about), shortened(one_line(said), _LONGEST)) for about, said in lines[:MOST_LINES])
            rest = len(lines) - len(shown)
            yield Section(title=title, remedy=remedy, lines=shown, more=phrase("and {count} more", count=rest) if rest else "")


_RUN_AGAIN = phrase("The next run makes up for what was missed. See in the Prefect UI why none came.")
_DAILY = phrase('The next run of "plankeeper run daily" on a working day makes up for what is missing.')
_COUNT = phrase(
    'The command "plankeeper run count --as-of DAY" counts a day that is over. See in the Prefect UI why none came.'
)
_DECIDE = phrase('Look at each with "plankeeper outbox show", or on the page of the outbox, and say what is to become of it.')
_CORRECT = phrase(
    'Nothing is written there any more. Correct the address in owners.yaml, or lift the refusal with "plankeeper outbox lift".'
)
_LET_IN = phrase('The command "plankeeper held list" shows them; accept or refuse each.')
_LIMIT = phrase("It goes out this week. Where that happens often, have somebody else own some of the items.")
_SPEAK = phrase("The reminders go on by themselves; a word with those who owe most may help.")


def _named(day: date) -> str:
    return capitalised(with_weekday(day))


def _loose(one: Loose) -> tuple[str, str]:
    state = capitalised(in_plain_words(one.state))
    said = phrase("{state}; of {day}. {why}", state=state, day=in_words(one.day), why=one.why)
    return f"{one.office}, {one.address}", said


def _held_back(one: HeldBack) -> tuple[str, str]:
    return one.office, listed(one.items, most=MOST_CODES)


def _overdue(one: Overdue) -> tuple[str, str]:
    answers = counted(one.answers, "answer")
    return one.office, phrase("{answers}, the oldest due {day}", answers=answers, day=in_words(one.since))
