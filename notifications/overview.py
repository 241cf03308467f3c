"""The weekly overview as a mail: what is open, what is coming, and how everything else of the reader's stands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.records import OVERVIEW, Letter
from notifications.grants import granted, link, one_click
from notifications.layout import REST, YOURS_ALONE
from notifications.letters import language_for, letter_of, reader
from notifications.message import Sender
from notifications.render import Rendered, render
from notifications.way_in import way_in
from notifications.wording import the, when_due
from plan.facts import DutyKind
from plan.ladder import Situation
from plan.overview import AHEAD_DAYS, Asked, Coming, Overview, Own
from plan.phrase import phrase, template
from plan.standing import named, named_for
from plan.wording import capitalised, counted, in_plain_words, in_words, joined, listed, sentence

MOST_ITEMS = 40
"""How many items under one heading are told in full; of more, the codes. The HTML stays under what mail programs cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the mail shows it."""

    code: str
    title: str
    owes: tuple[str, ...]
    """What is asked and by when, or how what was asked last stands."""
    stands: str
    """Implementation and outcome in words; empty where it has neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items under a heading, in full as far as there is room."""

    title: str
    entries: tuple[Entry, ...]
    more: str
    """The codes of those that are not told in full."""


def compose(overview: Overview, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Letter:
    """Return the letter that carries an overview, with the link that turns it off."""
    grant = granted("unsubscribe", situation.plan.id, overview.to, key=sender.key, made_at=made_at)
    turn_off = link(grant, base_url=base_url, key=sender.key)
    to, plan, day = overview.to, situation.plan, overview.day
    way = way_in("update", to, plan, day=day, base_url=base_url, sender=sender, made_at=made_at)
    return letter_of(
        write(overview, situation=situation, base_url=base_url, turn_off=turn_off, all_owed=way.everything),
        kind=OVERVIEW,
        key=overview.key,
        thread=f"{OVERVIEW}/{overview.to.address}",
        to=overview.to,
        day=overview.day,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
        unsubscribe=one_click(turn_off),
        grants=(grant, way.grant),
    )


def write(overview: Overview, *, situation: Situation, base_url: str, turn_off: str, all_owed: str) -> Rendered:
    """Return what an overview says.

    Args:      base_url: where the plan's pages are
               turn_off: the address that turns the overview off; all_owed: that of the page of all that the reader owes
    """
    owners = situation.roster.owners
    settled = [own for own in overview.own if not own.asked]
    oldest_first = sorted((own for own in overview.own if own.asked), key=lambda own: own.asked[0].due)
    return render(
        OVERVIEW,
        language=language_for(overview.to, situation.roster),
        plan_title=situation.plan.title,
        organisation=situation.plan.organisation,
        reader=reader(overview.to, situation.roster),
        day=in_words(overview.day),
        lead=lead(overview),
        open=_section(phrase("Open and unanswered"), oldest_first, overview, situation),
        coming_title=phrase("Coming in the next {count} working days", count=AHEAD_DAYS),
        coming=tuple(_days(overview.coming, overview.day, situation)),
        rest=_section(phrase("Everything else that is yours"), settled, overview, situation),
        answers_read_by=the(owners.offices[owners.plan_administrator].title),
        rest_of_a_duty=REST,
        yours_alone=YOURS_ALONE,
        base_url=base_url,
        turn_off=turn_off,
        all_owed=all_owed,
    )


def lead(overview: Overview) -> str:
    """Return the sentence that says what there is, as in "Of the 9 items that you answer for, 2 are open and unanswered."."""
    items, open_now = counted(len(overview.own), "item"), [own for own in overview.own if own.asked]
    late = sum(1 for own in open_now if own.asked[0].due < overview.day)
    return phrase(_LEADS[len(open_now) == 1, late > 0], items=items, count=len(open_now), late=late)


_LEADS = {
    (True, True): template("Of the {items} that you answer for, {count} is open and unanswered, and past its due date."),
    (True, False): template("Of the {items} that you answer for, {count} is open and unanswered."),
    (False, True): template(
        "Of the {items} that you answer for, {count} are open and unanswered, {late} of them past the due date."
    ),
    (False, False): template("Of the {items} that you answer for, {count} are open and unanswered."),
}
"""What there is, by whether one item is open, and whether any is past its due date."""


def _section(title: str, own: Sequence[Own], overview: Overview, situation: Situation) -> Section:
    entries = tuple(_entry(one, overview.day, situation) for one in own[:MOST_ITEMS])
    return Section(title=title, entries=entries, more=listed([one.item for one in own[MOST_ITEMS:]]))


def _entry(own: Own, day: date, situation: Situation) -> Entry:
    owes = tuple(_asked(one, day, situation) for one in own.asked) or tuple(_owes(own))
    stands = sentence(capitalised(joined((_implementation(own), _outcome(own)), "; ")))
    return Entry(code=own.item, title=own.title, owes=owes, stands=stands if own.implementation or own.outcome else "")


def _implementation(own: Own) -> str:
    return phrase("implementation: {status}", status=in_plain_words(own.implementation)) if own.implementation else ""


def _outcome(own: Own) -> str:
    if own.outcome and own.outcome_of:
        return phrase("outcome of {item}: {status}", item=own.outcome_of, status=in_plain_words(own.outcome))
    return phrase("outcome: {status}", status=in_plain_words(own.outcome)) if own.outcome else ""


def _asked(asked: Asked, day: date, situation: Situation) -> str:
    what = named_for(asked.kind, asked.period) if asked.period else phrase("corrective plan")
    when = when_due(asked.due, day=day, days=situation.duties.days)
    return phrase("{what}: {status}, {when}", what=capitalised(what), status=in_plain_words(asked.status), when=when)


def _owes(own: Own) -> Iterator[str]:
    if own.owes is not None:
        what, status = capitalised(named(own.owes.obligation)), in_plain_words(own.owes.status)
        yield phrase("{what}: {status}", what=what, status=status)


def _days(coming: Sequence[Coming], day: date, situation: Situation) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each day to come in words, with what opens or is due on it."""
    by_day: defaultdict[date, list[Coming]] = defaultdict(list)
    for one in coming:
        by_day[one.day].append(one)
    for when, theirs in by_day.items():
        distance = counted(situation.duties.days.between(day, when), "working day")
        yield phrase("{day}, in {distance}", day=in_words(when), distance=distance), tuple(_on_a_day(theirs))


def _on_a_day(coming: Sequence[Coming]) -> Iterator[str]:
    alike: defaultdict[tuple[str, DutyKind], list[str]] = defaultdict(list)
    for one in coming:
        alike[one.what, one.kind].append(one.item)
    for (what, kind), codes in alike.items():
        owed = named_for(kind, listed(codes))
        yield phrase("Due: {what}", what=owed) if what == "due" else phrase("Opens: {what}", what=owed)
