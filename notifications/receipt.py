"""The receipt: what was written down of one or several answers, what that settles, and what is owed next.

Answers that were taken back get one too: it says who took them back, and what is owed again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.records import RECEIPT, Letter
from notifications.digest import MOST_BYTES, thread_of
from notifications.footing import BECAUSE, MOST_CODES, because_you
from notifications.given import Given, Line, lines, open_again, settled
from notifications.layout import YOURS_ALONE
from notifications.letters import language_for, letter_of, reader
from notifications.message import Sender
from notifications.render import Rendered, render
from notifications.way_in import WayIn
from notifications.wording import the
from plan.ladder import Situation
from plan.owners import Person
from plan.phrase import phrase
from plan.standing import Standing, named
from plan.wording import capitalised, in_words, joined, listed, with_days_in_words

IN_FULL = ((240, 4_000), (240, 500), (40, 200), (20, 200), (10, 200), (5, 200))
"""How many answers are told in full, and how many characters are shown of a text that somebody wrote, tried in this order until
the HTML is small enough; at last it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Answers that were written down, or taken back, at one time, as one person is told of them."""

    key: str
    """Unique for plan, first answer and person."""
    to: Person
    given: tuple[Given, ...]
    """One or more, in the order of giving."""
    concerns: Mapping[str, str]
    """For each item, how it concerns the reader, as `BECAUSE` knows it; missing where the reader keeps the plan."""
    is_readers_own: bool
    """Whether it was the office of who is told that answered, or took back."""
    recorded_on: date
    follows: Mapping[str, Standing | None]
    """For each item, how its first obligation stands that is not settled; None where nothing more is asked for."""
    taken_back_by: str = ""
    """Who took the answers back; empty where they were given."""
    way_in: WayIn | None = None
    """The links of a reader who answers for one of the items, or did until it was passed on just now."""
    answerable: tuple[str, ...] = ()
    """The items whose pages they open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One answer as the mail shows it."""

    code: str
    title: str
    what: str
    """What kind of answer it is, and for when."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is said of an item; the code is empty where the mail is about one item only."""

    code: str
    said: str


def compose(receipt: Receipt, *, situation: Situation, base_url: str, sender: Sender, made_at: datetime) -> Letter:
    """Return the letter that carries a receipt; the same receipt and instant make the same bytes."""
    to = receipt.to
    return letter_of(
        write(receipt, situation=situation, base_url=base_url),
        kind=RECEIPT,
        key=receipt.key,
        thread=thread_of(str(receipt.given[0].answer.period), to.address),
        to=to,
        day=receipt.recorded_on,
        roster=situation.roster,
        sender=sender,
        made_at=made_at,
        grants=(receipt.way_in.grant,) if receipt.way_in else (),
    )


def write(receipt: Receipt, *, situation: Situation, base_url: str) -> Rendered:
    """Return what a receipt says; of very many answers, the last ones only by code.

    Args:      base_url: where the plan's pages are
    """
    mail = _Mail(receipt=receipt, situation=situation, base_url=base_url)
    tried = (_rendered(replace(mail, in_full=count, longest=longest)) for count, longest in IN_FULL)
    fitting = (written for written in tried if len(written.html.encode()) <= MOST_BYTES)
    return next(fitting, None) or _rendered(replace(mail, in_full=1, longest=100))


def _rendered(mail: "_Mail") -> Rendered:
    return render("receipt", language=language_for(mail.receipt.to, mail.situation.roster), mail=mail)


@dataclass(frozen=True, kw_only=True)
class _Mail:
    """A receipt, put into words for its templates."""

    receipt: Receipt
    situation: Situation
    base_url: str
    in_full: int = 1
    """How many answers are told in full."""
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
        return str(self.receipt.given[0].answer.period)

    @property
    def reader(self) -> str:
        return reader(self.receipt.to, self.situation.roster)

    @property
    def is_taken_back(self) -> bool:
        return bool(self.receipt.taken_back_by)

    @property
    def about(self) -> str:
        """Return what happened in few words, as in "check-in recorded for 1.1A"."""
        parts = {"kind": self.receipt.given[0].kind, "count": self._count, "codes": self._codes}
        return {
            (False, False): phrase("{kind} recorded for {codes}", **parts),
            (False, True): phrase("{count} answers recorded for {codes}", **parts),
            (True, False): phrase("{kind} taken back for {codes}", **parts),
            (True, True): phrase("{count} answers taken back for {codes}", **parts),
        }[self.is_taken_back, self._count > 1]

    @property
    def headline(self) -> str:
        ours = {
            (False, False): phrase("Your answer is recorded"),
            (False, True): phrase("Your {count} answers are recorded", count=self._count),
            (True, False): phrase("Your answer is taken back"),
            (True, True): phrase("Your {count} answers are taken back", count=self._count),
        }
        others = {
            (False, False): phrase("An answer is recorded"),
            (False, True): phrase("{count} answers are recorded", count=self._count),
            (True, False): phrase("An answer is taken back"),
            (True, True): phrase("{count} answers are taken back", count=self._count),
        }
        return (ours if self.receipt.is_readers_own else others)[self.is_taken_back, self._count > 1]

    @property
    def lead(self) -> str:
        receipt = self.receipt
        kind, who, day = receipt.given[0].kind, receipt.taken_back_by, in_words(receipt.recorded_on)
        parts = {"kind": kind, "count": self._count, "codes": self._codes, "day": day, "who": who}
        said = {
            (False, False): phrase("The {kind} of {codes} was recorded on {day}.", **parts),
            (False, True): phrase("{count} answers for {codes} were recorded on {day}.", **parts),
            (True, False): phrase(
                "The {kind} of {codes} was taken back on {day} by {who}. It no longer counts, and stays on record.",
                **parts,
            ),
            (True, True): phrase(
                "{count} answers for {codes} were taken back on {day} by {who}. They no longer count, and stay on record.",
                **parts,
            ),
        }[self.is_taken_back, self._count > 1]
        return joined((phrase("Thank you."), said)) if receipt.is_readers_own and not self.is_taken_back else said

    @property
    def tables(self) -> tuple[Table, ...]:
        titles = {code: item.title for code, item in self.situation.plan.items.items()}
        return tuple(
            Table(
                code=one.answer.item,
                title=titles[one.answer.item],
                what=capitalised(one.what),
                lines=lines(one.answer, self.situation, longest=self.longest),
            )
            for one in self._shown
        )

    @property
    def rest(self) -> str:
        """Return the items of the answers that are not told in full."""
        return listed(list(dict.fromkeys(one.answer.item for one in self.receipt.given[self.in_full :])))

    @property
    def settled(self) -> tuple[Remark, ...]:
        """Return what the answers settle, or how things stand without them; what is the same for several only once."""
        says = open_again if self.is_taken_back else settled
        return self._remarks((one.answer.item, says(one, self.situation)) for one in self._shown)

    @property
    def following(self) -> tuple[Remark, ...]:
        follows = self.receipt.follows
        return self._remarks((one.answer.item, self._next(one.answer.item, follows[one.answer.item])) for one in self._shown)

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Return the page of each item for which the reader may answer, by its code."""
        receipt, shown = self.receipt, {one.answer.item for one in self._shown}
        return tuple((code, receipt.way_in.to(code)) for code in receipt.answerable if code in shown) if receipt.way_in else ()

    @property
    def links_lead(self) -> str:
        """Return what can be done by the links; only one's own answers can be taken back by them."""
        if self.is_taken_back:
            return phrase("You can answer anew:")
        if self.receipt.is_readers_own:
            return phrase("For 24 hours the answer can be taken back on its page:")
        return phrase("You can answer yourself, too:")

    @property
    def yours_alone(self) -> str:
        return YOURS_ALONE

    @property
    def everything(self) -> str:
        return self.receipt.way_in.everything if self.receipt.way_in else ""

    @property
    def answers_read_by(self) -> str:
        owners = self.situation.roster.owners
        return the(owners.offices[owners.plan_administrator].title)

    @property
    def why(self) -> str:
        concerns = self.receipt.concerns
        if not concerns:
            return phrase(
                "This mail came because your office keeps the plan: somebody else is to be asked for {codes}.",
                codes=self._codes,
            )
        of = {concern: [code for code, its in concerns.items() if its == concern] for concern in BECAUSE}
        reasons = [because_you(concern, codes) for concern, codes in of.items() if codes]
        return phrase("This mail came because you {reasons}, and tells what was recorded.", reasons=listed(reasons))

    @property
    def _shown(self) -> tuple[Given, ...]:
        return self.receipt.given[: self.in_full]

    @property
    def _count(self) -> int:
        return len(self.receipt.given)

    @property
    def _codes(self) -> str:
        return listed(list(dict.fromkeys(one.answer.item for one in self.receipt.given)), most=MOST_CODES)

    def _next(self, code: str, follows: Standing | None) -> str:
        if follows is None:
            return phrase("Nothing more is asked for {code}.", code=code)
        owed = follows.obligation
        if any(one.stands and one.stands.obligation == owed for one in self.receipt.given):
            return phrase("The {what} itself, due on {day}.", what=named(owed), day=in_words(owed.due))
        return with_days_in_words(follows.reason)

    def _remarks(self, said: Iterable[tuple[str, str]]) -> tuple[Remark, ...]:
        is_about_one = len(self.receipt.follows) == 1
        return tuple(Remark(code="" if is_about_one else code, said=words) for code, words in dict.fromkeys(said))
