"""The letters on evidence that somebody else than its owner looks at: that it waits, that it was sent back or accepted."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.records import RECEIPT, Letter
from notifications.answers import invitation
from notifications.digest import MOST_BYTES, thread_of
from notifications.footing import MOST_CODES, because_you
from notifications.given import Given, Line, brief, lines, open_again
from notifications.layout import YOURS_ALONE
from notifications.letters import language_for, letter_of, reader
from notifications.message import Sender
from notifications.receipt import IN_FULL, Table
from notifications.render import Rendered, render
from notifications.way_in import WayIn
from notifications.wording import the
from plan.assess import assess
from plan.facts import Acceptance, Evidence, SentBack
from plan.ladder import Situation
from plan.model import LongTermMeasure
from plan.owners import Person
from plan.phrase import phrase
from plan.standing import standing
from plan.wording import capitalised, in_plain_words, in_words, listed, with_days_in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTold:
    """Evidence that one person is told of."""

    key: str
    """Unique for plan, first fact and person."""
    to: Person
    pieces: tuple[Evidence, ...]
    """One or more: those that wait, that were accepted, or the one that was sent back."""
    decision: Acceptance | SentBack | None
    """What was decided of them; None where they wait for who is told to look at them."""
    concern: str
    """How it concerns who is told, as `because_you` knows it."""
    told_on: date
    way_in: WayIn


def compose(told: EvidenceTold, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Letter:
    """Return the letter that tells of evidence; the same evidence and instant make the same bytes."""
    return letter_of(
        write(told, situation=situation, base_url=base_url),
        kind=RECEIPT,
        key=told.key,
        thread=thread_of(str(told.pieces[0].period), told.to.address),
        to=told.to,
        day=told.told_on,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
        grants=(told.way_in.grant,),
    )


def write(told: EvidenceTold, *, situation: Situation, base_url: str) -> Rendered:
    """Return what a letter on evidence says; of very many pieces, the last ones only by the code of their item.

    Args:      situation: that with the evidence, and with what was decided; base_url: where the plan's pages are
    """
    mail = _Mail(told=told, situation=situation, base_url=base_url)
    tried = (_rendered(replace(mail, in_full=count, longest=longest)) for count, longest in IN_FULL)
    fitting = (written for written in tried if len(written.html.encode()) <= MOST_BYTES)
    return next(fitting, None) or _rendered(mail)


def _rendered(mail: "_Mail") -> Rendered:
    return render("evidence", language=language_for(mail.told.to, mail.situation.roster), mail=mail)


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """Evidence, put into words for its templates."""

    told: EvidenceTold
    situation: Situation
    base_url: str
    in_full: int = 1
    """How many pieces are told in full."""
    longest: int = 100
    """How many characters are shown of a text that somebody wrote."""

    @property
    def plan_title(self) -> str:
        return self.situation.plan.title

    @property
    def organisation(self) -> str:
        return self.situation.plan.organisation

    @property
    def period(self) -> str:
        return str(self.told.pieces[0].period)

    @property
    def reader(self) -> str:
        return reader(self.told.to, self.situation.roster)

    @property
    def about(self) -> str:
        """Return what happened in few words, as in "evidence sent back for 1.1A"."""
        match self.told.decision:
            case Acceptance():
                return phrase("evidence accepted for {codes}", codes=self._codes)
            case SentBack():
                return phrase("evidence sent back for {codes}", codes=self._codes)
        return phrase("evidence to look at for {codes}", codes=self._codes)

    @property
    def headline(self) -> str:
        match self.told.decision:
            case Acceptance():
                return phrase("Evidence is accepted")
            case SentBack():
                return phrase("Evidence was sent back")
        return phrase("Evidence waits for you")

    @property
    def lead(self) -> str:
        decision, codes = self.told.decision, self._codes
        if decision is None:
            return phrase(
                "Evidence was given for {codes}. It counts once you have accepted it. What does not show what it has to show, "
                "you send back with a note that says why.",
                codes=codes,
            )
        by, day = decision.by, in_words(decision.known_on)
        if isinstance(decision, Acceptance):
            return phrase("{by} looked at the evidence for {codes}, and accepted it on {day}.", by=by, codes=codes, day=day)
        return phrase(
            "{by} looked at a piece of the evidence for {codes}, and sent it back on {day}. It counts no more, and stays on "
            "record. Please give what is missing.",
            by=by,
            codes=codes,
            day=day,
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(self._table(piece) for piece in self.told.pieces[: self.in_full])

    @property
    def rest(self) -> str:
        """Return the items of the pieces that are not told in full."""
        return listed(list(dict.fromkeys(piece.item for piece in self.told.pieces[self.in_full :])))

    @property
    def stands(self) -> str:
        """Return what follows from a decision; empty where none was made."""
        item = self.situation.plan.items[self.told.pieces[0].item]
        match self.told.decision:
            case SentBack():
                return self._owed_again(self.told.pieces[0])
            case Acceptance() if isinstance(item, LongTermMeasure):
                at = self.situation
                judged = assess(item, at.facts, at.duties, as_of=self.told.told_on)
                status, reason = capitalised(in_plain_words(judged.status)), with_days_in_words(judged.reason)
                return phrase("{status}. {reason}", status=status, reason=reason)
        return ""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Return the pages on which something is to be done: what each link says, and its address."""
        way, codes = self.told.way_in, dict.fromkeys(piece.item for piece in self.told.pieces[: self.in_full])
        match self.told.decision:
            case Acceptance():
                return ()
            case SentBack():
                return tuple((invitation("evidence", code), way.to(code)) for code in codes)
        return tuple((phrase("Look at the evidence for {code}", code=code), way.to_look(code)) for code in codes)

    @property
    def everything(self) -> str:
        return self.told.way_in.everything

    @property
    def yours_alone(self) -> str:
        return YOURS_ALONE

    @property
    def answers_read_by(self) -> str:
        owners = self.situation.roster.owners
        return the(owners.offices[owners.plan_administrator].title)

    @property
    def why(self) -> str:
        return phrase("This mail came because you {reasons}.", reasons=because_you(self.told.concern, self._items))

    @property
    def _codes(self) -> str:
        return listed(self._items, most=MOST_CODES)

    @property
    def _items(self) -> list[str]:
        return list(dict.fromkeys(piece.item for piece in self.told.pieces))

    def _table(self, piece: Evidence) -> Table:
        decision, given = self.told.decision, Given(answer=piece, stands=None)
        why = (Line(name=phrase("Why"), words=brief(decision.note, self.longest)),) if isinstance(decision, SentBack) else ()
        return Table(
            code=piece.item,
            title=self.situation.plan.items[piece.item].title,
            what=capitalised(given.what),
            lines=(*why, *lines(piece, self.situation, longest=self.longest)),
        )

    def _owed_again(self, piece: Evidence) -> str:
        """Return what is owed for a piece that was sent back, and by when."""
        at, on = self.situation, self.told.told_on
        every = at.duties.of(at.plan.items[piece.item])
        owed = next((one for one in every if one.kind == "evidence" and one.period == piece.period), None)
        if owed is None:
            return phrase(
                "Evidence for {code} has no due day of its own: give another piece with its next check-in, or before. "
                "The action is shown as achieved only with evidence that counts.",
                code=piece.item,
            )
        return open_again(
            Given(answer=piece, stands=standing(owed, duties=at.duties, facts=at.facts, told=at.told, as_of=on)), at
        )
