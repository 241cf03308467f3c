"""A reader's due days as a file for calendars: one entry for what is due together, which later files move or take away.

The same reader, situation and day make the same bytes. An entry keeps its name when its due date moves, and its number rises by
the day, so that a calendar puts the newer one in its place.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from notifications.language import said
from notifications.letters import language_for
from notifications.message import Attachment, Sender, message_id
from notifications.render import one_line
from notifications.way_in import WayIn, way_in
from notifications.wording import amount_of
from plan.duties import Obligation
from plan.facts import CORRECTIVE_PLAN
from plan.ladder import Situation
from plan.model import Item, LongTermMeasure
from plan.owners import Person
from plan.phrase import Language, phrase
from plan.slip_ladder import followed_from, not_followed, plan_due, plan_for
from plan.standing import CHASED, ObligationStatus, standing
from plan.wording import capitalised, listed

if TYPE_CHECKING:
    from icalendar import Event

FILE_NAME = "due-days.ics"
MOST_CODES = 6
"""How many codes the name of an entry holds before it counts the others."""
_TO_COME = CHASED | {ObligationStatus.SCHEDULED}
"""The statuses in which a due day stands in the calendar; what is answered, waived or paused has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is due together: the same kind, period and due day."""

    name: str
    """What stays when the due day moves: period, kind, and the first code in the plan's order."""
    owed: tuple[Obligation, ...]
    open: tuple[Obligation, ...]
    """Those that still want an answer; none: the entry is cancelled."""


def calendar_file(
    to: Person, situation: Situation, *, day: date, base_url: str, sender: Sender, made_at: datetime
) -> Attachment | None:
    """Return the due days of what a reader owns, from a day on, or None if there are none.

    Args:      made_at: when the letter was made
    """
    from icalendar import Calendar  # noqa: PLC0415 - it takes long to load, and a rehearsal makes no calendar

    entries = list(entries_for(to, situation, day=day))
    if not entries:
        return None
    way = way_in("update", to, situation.plan, day=day, base_url=base_url, sender=sender, made_at=made_at)
    made, language = Calendar(), language_for(to, situation.roster)
    for name, value in {"prodid": f"-//plankeeper//{language.upper()}", "version": "2.0", "method": "PUBLISH"}.items():
        made.add(name, value)
    for entry in entries:
        event = _event(entry, situation, day=day, way=way, language=language)
        event.add("uid", message_id(sender.key, f"{situation.plan.id}/calendar/{to.address}/{entry.name}", sender.domain)[1:-1])
        event.add("dtstamp", made_at)
        made.add_component(event)
    parameters = {"method": "PUBLISH", "charset": "utf-8"}
    return Attachment(name=FILE_NAME, content=made.to_ical(), maintype="text", subtype="calendar", parameters=parameters)


def entries_for(to: Person, situation: Situation, *, day: date) -> Iterator[Entry]:
    """Yield what a reader's items owe from a day on, as far as it opens before the quarter is over; the first due first."""
    together: defaultdict[tuple[date, str, str], list[Obligation]] = defaultdict(list)
    for owed in _owed(to, situation, day=day):
        together[owed.due, owed.kind, str(owed.period)].append(owed)
    for (_, kind, period), all_owed in sorted(together.items()):
        still_open = tuple(owed for owed in all_owed if _is_to_come(owed, situation, day))
        yield Entry(name=f"{period}/{kind}/{all_owed[0].item}", owed=tuple(all_owed), open=still_open)


def _owed(to: Person, situation: Situation, *, day: date) -> Iterator[Obligation]:
    settings = situation.plan.settings
    ends = situation.plan.quarter_of(day).end(settings.fiscal_year_starts)
    for item in situation.plan.items.values():
        owner = situation.roster.owner(item.id, as_of=day)
        if owner is not None and owner.address == to.address:
            owed = (*situation.duties.of(item), *_corrective_plan(item, situation, day))
            yield from (one for one in owed if settings.begins_on <= one.opens_on < ends and one.due >= day)


def _corrective_plan(item: Item, situation: Situation, day: date) -> Iterator[Obligation]:
    """Yield the corrective plan that a slip asks for."""
    slip = situation.slips.get(item.id)
    if slip and isinstance(item, LongTermMeasure) and not not_followed(item, situation, as_of=day):
        since, due = followed_from(slip, situation), plan_due(slip, situation)
        period = situation.plan.quarter_of(since)
        yield Obligation(item=item.id, kind=CORRECTIVE_PLAN, period=period, opens_on=since, due=due)


def _is_to_come(owed: Obligation, at: Situation, day: date) -> bool:
    if owed.kind == CORRECTIVE_PLAN:
        slip = at.slips[owed.item]
        return slip.over_on is None and plan_for(slip, at.facts) is None
    return standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=day).status in _TO_COME


def _event(entry: Entry, situation: Situation, *, day: date, way: WayIn, language: Language) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - as above

    plan, (first, *more) = situation.plan, entry.open or entry.owed
    page = way.everything if more else way.to(first.item)
    items = (f"{owed.item} {plan.items[owed.item].title}" for owed in (first, *more))
    lines = (f"{plan.title}, {first.period}", *items, page)
    event = Event()
    event.add("dtstart", first.due)
    event.add("summary", said(_summary([first, *more]), language))
    event.add("description", "\n".join(map(one_line, lines)))
    event.add("url", page)
    event.add("class", "PRIVATE")  # who may look into the reader's calendar is not to answer in the reader's place
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if entry.open else "CANCELLED")
    event.add("sequence", max(0, (day - plan.first_year.start(plan.settings.fiscal_year_starts)).days))
    return event


def _summary(owed: Sequence[Obligation]) -> str:
    """Return what is due in few words, as in "2 check-ins due: 1.1A and 1.1B"."""
    codes = listed([one.item for one in owed], most=MOST_CODES)
    return phrase("{what} due: {codes}", what=capitalised(amount_of(owed[0].kind, len(owed))), codes=codes)
