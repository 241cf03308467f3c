"""What the outbox shows of letters: one in a list, one whole, and what people can say about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote

from ledger.decided import words_open_to
from ledger.records import ARRIVED, CHANNEL, HOLD, RETRY, Attempt, LetterState, Posted, Word
from notifications.accepted import queue_id
from plan.digests import HeldBack
from plan.ladder import Notice
from plan.owners import Owners
from plan.phrase import phrase
from plan.wording import in_plain_words, in_words, step_in_words
from web.wording import STATES, Tone, moment

BUTTONS = {RETRY: phrase("Send it again"), ARRIVED: phrase("It has arrived"), HOLD: phrase("Hold it back")}
"""What the button says for each word about a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a letter tells of one item."""

    code: str
    title: str
    owner: str
    said: str
    """The step, what it is about, and why it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterShown:
    """A letter of the outbox."""

    key: str
    ref: str
    """The key as it stands in addresses."""
    day: str
    title: str
    """The office that it goes to."""
    address: str
    subject: str
    state: str
    tone: Tone
    attempts: int
    reason: str
    made: str
    sent: str
    """When the server took it; empty until then."""
    told: tuple[Told, ...]
    buttons: tuple[tuple[str, str], ...]
    """Each word that it can be told, with what the button says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptShown:
    """One try to hand a letter over."""

    number: int
    began: str
    ended: str
    state: str
    tone: Tone
    said: str
    queue_id: str
    """Under which id the server queued it; empty where it named none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordShown:
    """What somebody said about a letter, an address or all mail."""

    when: str
    word: str
    by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who is not told today what they would have been told, and why not."""

    title: str
    address: str
    reason: str
    told: tuple[Told, ...]


def letter_shown(letter: Posted, owners: Owners, *, zone: tzinfo, at: datetime) -> LetterShown:
    """Return a letter as the outbox shows it at an instant."""
    state, tone = STATES[letter.state]
    return LetterShown(
        key=letter.key,
        ref=quote(letter.key),
        day=in_words(letter.day),
        title=_title(letter, owners),
        address=letter.address,
        subject=letter.subject,
        state=state,
        tone=tone,
        attempts=letter.attempts,
        reason=letter.reason,
        made=moment(letter.made_at, zone),
        sent=moment(letter.sent_at, zone) if letter.sent_at else "",
        told=tuple(told(notice) for notice in letter.notices),
        buttons=tuple((word, BUTTONS[word]) for word in words_open_to(letter, at=at)),
    )


def _title(letter: Posted, owners: Owners) -> str:
    """Return to whom a letter goes: the office that its reader fills, by its code if it is no more, or what else it is."""
    if letter.kind == CHANNEL:
        return phrase("Channel")
    if letter.notices:
        return letter.notices[0].to.title
    return owners.offices[letter.office].title if letter.office in owners.offices else letter.office


def attempts_shown(attempts: Sequence[Attempt], *, zone: tzinfo) -> Iterator[AttemptShown]:
    """Yield attempts as a letter's page lists them."""
    for one in attempts:
        state, tone = STATES[one.ended_as] if one.ended_as else (phrase("open"), "open")
        yield AttemptShown(
            number=one.number,
            began=moment(one.began_at, zone),
            ended=moment(one.ended_at, zone) if one.ended_at else phrase("Nothing was heard yet"),
            state=state,
            tone=tone,
            said=one.said or "",
            queue_id=queue_id(one.said or "") or "",
        )


def words_shown(words: Sequence[Word], *, zone: tzinfo) -> Iterator[WordShown]:
    """Yield what was said as a letter's page lists it."""
    for one in words:
        yield WordShown(when=moment(one.said_at, zone), word=BUTTONS.get(one.word, one.word), by=one.by, note=one.note)


def state_counts(counts: dict[LetterState, int]) -> tuple[tuple[str, str, Tone, int], ...]:
    """Return each state that a letter is in, with its word, its tone and how many there are."""
    return tuple((state.value, *STATES[state], counts[state]) for state in STATES if counts[state])


def waiting(held_back: Sequence[HeldBack]) -> tuple[Waiting, ...]:
    """Return who waits for what, by person."""
    people = dict.fromkeys((one.notice.to, one.reason) for one in held_back)
    return tuple(
        Waiting(
            title=person.title,
            address=person.address,
            reason=reason,
            told=tuple(told(one.notice) for one in held_back if (one.notice.to, one.reason) == (person, reason)),
        )
        for person, reason in people
    )


def told(notice: Notice) -> Told:
    """Return what a notice tells, in words."""
    what = phrase("{kind} for {period}", kind=in_plain_words(notice.kind), period=notice.period)
    said = phrase("{step}: {what}. {reason}", step=step_in_words(notice.step), what=what, reason=notice.reason)
    return Told(code=notice.item, title=notice.title, owner=notice.owner.title, said=said)
