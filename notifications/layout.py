"""What a digest shows, in order: sections, groups of which the same is said, and the items in them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ledger.records import Grant, Scope
from notifications.answers import invitation, word_to_the_owner
from notifications.bars import Bar, bars_for, hidden_in
from notifications.footing import BECAUSE, Footing, because_you, footing, introduction, note
from notifications.letters import language_for
from notifications.message import Sender
from notifications.render import one_line
from notifications.sections import Entry, Group, Rest, Section
from notifications.way_in import WayIn, way_in
from notifications.wording import HEADINGS, Heading, called, heading, the, what_there_is, when_due
from plan.digests import Digest
from plan.judgement import Judged
from plan.ladder import Notice, Situation
from plan.owners import Person
from plan.phrase import Language, phrase
from plan.slip_ladder import PLAN_WITHIN_DAYS, RECOVERED, STILL_OFF
from plan.standing import named_for
from plan.wording import capitalised, in_words, joined, listed

YOURS_ALONE = phrase("The links are yours alone: whoever gets this mail from you can answer in your place.")
MOST_CARDS = 5
"""How many items under one heading have a button each; where there are more, they stand in rows with links."""
REST = phrase(
    "A duty can be paused or delegated, never dropped: who is asked says on its page, or by a reply, until which day it should "
    "rest, or who answers instead."
)


def period_of(digest: Digest) -> str:
    """Return the period that a digest is about: that of what is due last. It names the subject and the thread."""
    return max(digest.notices, key=lambda notice: (notice.due, notice.period)).period


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A digest, laid out for its templates."""

    digest: Digest
    situation: Situation
    base_url: str
    sender: Sender
    made_at: datetime

    @property
    def plan_title(self) -> str:
        """Return what the plan is called."""
        return self.situation.plan.title

    @property
    def language(self) -> Language:
        """Return the language in which the reader is written to."""
        return language_for(self.digest.to, self.situation.roster)

    @property
    def organisation(self) -> str:
        """Return whose plan it is."""
        return self.situation.plan.organisation

    @property
    def period(self) -> str:
        """Return the period that the subject names."""
        return period_of(self.digest)

    @property
    def reader(self) -> str:
        """Return the person's name, or the title of the office where no name is known."""
        to = self.digest.to
        return self.situation.roster.owners.offices[to.office].person or to.title

    @property
    def headline(self) -> str:
        """Return what the mail is: a request, or news."""
        return "What is asked of you" if any(on.asks for on in self._footings.values()) else "What there is to know"

    @property
    def lead(self) -> str:
        """Return the sentence that says what there is."""
        return what_there_is(self.digest.notices, day=self.digest.day, owners=self.situation.roster.owners)

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Return what the links give leave to do."""
        return tuple(way.grant for way in (self.answering, self.looking) if way)

    @cached_property
    def answering(self) -> WayIn | None:
        """Return the links with which the reader answers; None for who is only told."""
        return self._way_in("update") if any(on.answers for on in self._footings.values()) else None

    @cached_property
    def looking(self) -> WayIn | None:
        """Return the links with which the reader looks at what is asked of others; None for who is told nothing of theirs."""
        return self._way_in("view") if any(not on.answers for on in self._footings.values()) else None

    def _way_in(self, scope: Scope) -> WayIn:
        day, by, made_at = self.digest.day, self.sender, self.made_at
        return way_in(scope, self.digest.to, self.situation.plan, day=day, base_url=self.base_url, sender=by, made_at=made_at)

    @property
    def answers_read_by(self) -> str:
        """Return the office that keeps the plan."""
        owners = self.situation.roster.owners
        return the(owners.offices[owners.plan_administrator].title)

    @property
    def rest_of_a_duty(self) -> str:
        """Return what can be done with a duty that nobody can answer now."""
        return REST

    @property
    def if_passed_on(self) -> str:
        """Return what passing the mail on would mean."""
        if self.answering:
            return YOURS_ALONE
        return phrase("The links only show how things stand; whoever gets this mail from you can look too.")

    @property
    def greeting(self) -> str:
        """Return what the first mail to somebody is."""
        return phrase(
            "This is the first mail to you about {plan}. It asks for what is due from you. How it works:", plan=self.plan_title
        )

    @property
    def terms(self) -> dict[str, str]:
        """Return what the first mail explains, by what it is about."""
        return {
            phrase("Who writes"): phrase(
                "{office}, which keeps the plan. Replies go to {address}.",
                office=capitalised(self.answers_read_by),
                address=self.sender.reply_to,
            ),
            phrase("How to answer"): phrase(
                "Open an item's page: it asks a few questions, without an account or a password. "
                "Or just reply, in your own words."
            ),
            phrase("Your links"): YOURS_ALONE,
            phrase("How often"): joined(
                (self._how_often, phrase("It comes on working days, and only when there is something to say."))
            ),
            phrase("If you cannot"): REST,
        }

    @property
    def _how_often(self) -> str:
        limit = self.situation.plan.settings.digests_per_week
        if limit == "unlimited":
            return phrase("You get at most one such mail a day.")
        return phrase("You get at most one such mail a day, and at most {limit} in a week.", limit=limit)

    @property
    def why(self) -> str:
        """Return why this mail came, and how often one may come."""
        codes = {because: self._codes_with(because) for because in BECAUSE}
        reasons = [because_you(because, theirs) for because, theirs in codes.items() if theirs]
        came = phrase("This mail came because you {reasons}.", reasons=listed(reasons))
        return joined((came, self._how_often))

    def sections(self, in_full: int) -> tuple[Section, ...]:
        """Return the first notices under their headings; a heading without any is left out."""
        shown = self.digest.notices[:in_full]
        under = {name: [n for n in shown if heading(n, day=self.digest.day) == name] for name in HEADINGS}
        return tuple(self._section(name, notices) for name, notices in under.items() if notices)

    def rest(self, in_full: int) -> tuple[Rest, ...]:
        """Return the notices after the first, by due date."""
        by_due: defaultdict[str, list[str]] = defaultdict(list)
        for notice in self.digest.notices[in_full:]:
            by_due[in_words(notice.due)].append(notice.item)
        return tuple(Rest(due=due, codes=listed(codes)) for due, codes in by_due.items())

    def _section(self, name: Heading, notices: Sequence[Notice]) -> Section:
        today = all(notice.due == self.digest.day for notice in notices)
        titles: dict[Heading, str] = {
            "overdue": phrase("Overdue"),
            "slipping": phrase("Off track"),
            "due": phrase("Due today") if today else phrase("Due now"),
            "upcoming": phrase("Coming up"),
            "recovered": phrase("Back on track"),
        }
        groups = tuple(self._groups(notices))
        return Section(name=name, title=titles[name], compact=len(notices) > MOST_CARDS, groups=groups)

    def _groups(self, notices: Sequence[Notice]) -> Iterator[Group]:
        by_footing: defaultdict[Footing, list[Notice]] = defaultdict(list)
        for notice in notices:
            by_footing[self._footings[notice]].append(notice)
        introductions = [introduction(on) for on in by_footing]
        mixed = any(introduction(on) or not (on.answers or self._is_own(on)) for on in by_footing)
        said = ""
        for on in sorted(by_footing, key=lambda on: introductions.index(introduction(on))):
            yield self._group(by_footing[on], on, said=said, mixed=mixed)
            said = introduction(on)

    def _group(self, notices: Sequence[Notice], on: Footing, *, said: str, mixed: bool) -> Group:
        new, owner = introduction(on), called(on.owner, self.situation.roster.owners)
        return Group(
            introduction="" if new == said else new,
            heading=self._heading(on, mixed=mixed),
            note=note(notices, on, self.situation, as_of=self.digest.day),
            owner=owner,
            write_to_owner=self._write_to(on.owner, notices) if on.asks and not on.answers else "",
            entries=tuple(self._entry(notice, on) for notice in notices),
        )

    def _write_to(self, owner: Person, notices: Sequence[Notice]) -> str:
        return word_to_the_owner(notices, language=language_for(owner, self.situation.roster))

    def _heading(self, on: Footing, *, mixed: bool) -> str:
        if on.concern == "stand-in":
            return ""
        if not self._is_own(on):
            return capitalised(called(on.owner, self.situation.roster.owners))
        own = phrase("Asked of you") if on.answers else phrase("Your own")
        return own if mixed else ""

    def _is_own(self, on: Footing) -> bool:
        return on.owner.address.casefold() == self.digest.to.address.casefold()

    def _entry(self, notice: Notice, on: Footing) -> Entry:
        way = self.answering if on.answers else self.looking
        assert way is not None  # each footing has its way
        return Entry(
            code=notice.item,
            title=notice.title,
            reason=one_line(self._judged.as_phrase(notice.item, notice.reason))
            if on.step and notice.item not in self._hidden
            else "",
            bars=self._bars.get(notice, ()),
            asked=self._asked(notice, on),
            invitation=invitation(notice.kind, notice.item) if on.answers else "",
            page=way.to(notice.item),
        )

    def _asked(self, notice: Notice, on: Footing) -> str:
        if on.step == RECOVERED:
            return ""
        if on.step == STILL_OFF:
            return self._plan_came(notice)
        what = phrase("Corrective plan") if on.step else capitalised(named_for(notice.kind, notice.period))
        return joined((what, when_due(notice.due, day=self.digest.day, days=self.situation.duties.days)), ", ")

    def _plan_came(self, notice: Notice) -> str:
        """Return whether a corrective plan came since the slip, whose day follows from the day by which it was asked for."""
        since = self.situation.duties.days.offset(notice.due, -PLAN_WITHIN_DAYS)
        plans = self.situation.facts.corrective_plans(notice.item)
        came = next((plan.known_on for plan in plans if since <= plan.known_on <= self.digest.day), None)
        if came:
            return phrase("Corrective plan given on {day}", day=in_words(came))
        return phrase("No corrective plan has come; it was due {day}", day=in_words(notice.due))

    @cached_property
    def _footings(self) -> dict[Notice, Footing]:
        return {notice: footing(notice, self.situation, as_of=self.digest.day) for notice in self.digest.notices}

    @cached_property
    def _bars(self) -> dict[Notice, tuple[Bar, ...]]:
        return bars_for(self.digest.notices, self._judged)

    @cached_property
    def _hidden(self) -> frozenset[str]:
        return hidden_in(self._judged)

    @cached_property
    def _judged(self) -> Judged:
        return Judged(self.situation.duties, self.situation.facts, self.digest.day)

    def _codes_with(self, because: str) -> list[str]:
        return list(dict.fromkeys(notice.item for notice, on in self._footings.items() if on.because == because))
