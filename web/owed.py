"""All that is owed by who holds a link: what waits for an answer, each with the line of a form, and what comes next. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from plan.facts import DutyKind
from plan.filed import name_of
from plan.judgement import Judged
from plan.phrase import phrase, template
from plan.standing import ObligationStatus, Standing, owed_next
from plan.wording import capitalised, in_plain_words, in_words, with_days_in_words
from tasks.check_in import Asked
from web.form import AWAITED, Choice, answerable, asked_of, slip_of, statuses
from web.judgement import Verdict, verdicts
from web.opened import Opened
from web.wording import TONES, Tone

MOST_LINES = 100
"""How many lines one form has; what is owed besides follows once these are answered."""

_OWED: dict[DutyKind, str] = {
    "check-in": template("Check-in for {period}, due {due}"),
    "reading": template("Figure for {period}, due {due}"),
    "evidence": template("Evidence for {period}, due {due}"),
}
_NEXT: dict[DutyKind, str] = {
    "check-in": template("Check-in for {period}: opens on {opens_on}, due {due}."),
    "reading": template("Figure for {period}: opens on {opens_on}, due {due}."),
    "evidence": template("Evidence for {period}: opens on {opens_on}, due {due}."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that waits for an answer."""

    code: str
    title: str
    name: str
    """What its fields are called in the form: item and period."""
    query: str
    """What the link to its own page carries."""
    what: str
    badge: str
    tone: Tone
    reason: str
    kind: str
    """"check-in" and "reading" are answered on the line; "evidence" and "corrective plan" on the item's own page."""
    statuses: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What comes next of an item that nothing is waited for."""

    code: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """An item of a link that only looks."""

    code: str
    title: str
    verdicts: tuple[Verdict, ...]


def waiting(link: Opened) -> tuple[tuple[Line, Asked], ...]:
    """Return what waits for an answer, what was due first first, each with what is asked."""
    found = [(one, asked) for code in link.codes for one, asked in _waiting_of(code, link)]
    order = {status: place for place, status in enumerate(TONES)}
    ordered = sorted(found, key=lambda pair: (pair[0].obligation.due, order[pair[0].status]))
    lines = [(_line(one, asked), asked) for one, asked in ordered]
    return tuple(lines[:MOST_LINES])


def slips(link: Opened) -> tuple[Line, ...]:
    """Return the measures for which a corrective plan is asked."""
    return tuple(_slip(code, said, link) for code in link.codes if (said := slip_of(link.files.plan.items[code], link)))


def coming(link: Opened) -> Iterator[Next]:
    """Yield what comes next of each item that no answer is waited for."""
    at, plan = link.situation, link.files.plan
    for code in link.codes:
        item = plan.items[code]
        one = owed_next(item, duties=at.duties, facts=at.facts, told=at.told, as_of=link.day)
        if one is not None and one.status is ObligationStatus.SCHEDULED:
            yield Next(code=code, title=item.title, sentence=_sentence(one))


def looked_at(link: Opened) -> Iterator[LookedAt]:
    """Yield every item of a link with how it stands."""
    judged = Judged(link.situation.duties, link.situation.facts, link.day)
    for code in link.codes:
        item = link.files.plan.items[code]
        yield LookedAt(code=code, title=item.title, verdicts=verdicts(item, judged))


def _waiting_of(code: str, link: Opened) -> Iterator[tuple[Standing, Asked]]:
    for one in answerable(code, link):
        if one.status in AWAITED:
            asked = asked_of(code, link, one.obligation.period)
            assert asked is not None  # it may be answered
            yield one, asked


def _line(one: Standing, asked: Asked) -> Line:
    owed = one.obligation
    said = {"period": owed.period, "due": in_words(owed.due)}
    return Line(
        code=owed.item,
        title=asked.item.title,
        name=f"{owed.item}/{name_of(owed.period)}",
        query=f"?period={name_of(owed.period)}",
        what=phrase(_OWED[owed.kind], **said),
        badge=capitalised(in_plain_words(one.status)),
        tone=TONES[one.status],
        reason=with_days_in_words(one.reason),
        kind=owed.kind,
        statuses=tuple(statuses(asked.item)) if owed.kind == "check-in" else (),
    )


def _slip(code: str, said: str, link: Opened) -> Line:
    item = link.files.plan.items[code]
    return Line(
        code=code,
        title=item.title,
        name=f"{code}/plan",
        query="",
        what=phrase("Corrective plan"),
        badge=phrase("Slipping"),
        tone="late",
        reason=said,
        kind="corrective plan",
    )


def _sentence(one: Standing) -> str:
    owed = one.obligation
    said = {"period": owed.period, "opens_on": in_words(owed.opens_on), "due": in_words(owed.due)}
    return phrase(_NEXT[owed.kind], **said)
