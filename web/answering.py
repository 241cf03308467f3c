"""What the buttons of the owner's pages do: record, keep for later, put off, take back. Each does it whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from ledger.ledger import AnsweredMeanwhile, Ledger
from ledger.records import Draft, Withdrawal
from plan.duties import Obligation
from plan.facts import Acceptance, Answer, Facts, Reading
from plan.phrase import phrase
from plan.record import UNPRINTABLE
from plan.wording import joined
from tasks.check_in import CHECK_IN, PLAN, READING, Asked, Filled, Incomplete, answers
from tasks.evidence_store import FileRefused, keep
from tasks.put_off import days_to_promise, offices_to_ask, promise, referral
from tasks.receipts import receipts, withdrawal_receipts
from tasks.settings import Settings
from web.asked import number_in
from web.form import doubtful
from web.opened import Opened
from web.owed import waiting
from web.recorded import Submission
from web.uploads import Sent, Upload

TEXTS = tuple(dict.fromkeys((*CHECK_IN, *READING, "links", "dated_on", *PLAN)))
"""The fields of a check-in that hold a text; what else there is holds files and ticks."""
YES = "yes"
"""What a tick sends."""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """One press of a button."""

    link: Opened
    ledger: Ledger
    settings: Settings
    at: datetime
    sent: Sent

    def said(self, name: str) -> str:
        """Return what a field holds; empty where it was not sent."""
        return self.sent.fields.get(name, [""])[-1].strip()

    @cached_property
    def filled(self) -> Filled:
        """What was filled in, each line without what cannot be printed."""
        texts = {name: _printable(values[-1]) for name, values in self.sent.fields.items() if name != "also"}
        also = tuple(dict.fromkeys(_printable(code) for code in self.sent.fields.get("also", ())))
        return Filled(texts=texts, also=also, files=tuple((upload.name, "") for upload in self.sent.files))

    def record(self, asked: Asked) -> None:
        """Record what was filled in for an item.

        Raises:    Incomplete: something is missing or cannot be used
                   AnsweredMeanwhile: something was recorded since the page was made
        """
        said = answers(self.filled, asked)  # what is missing is said before a file is kept
        doubts = self._doubts(said)
        if doubts and self.said("believed") != YES:
            raise Incomplete({"believed": phrase("{doubts}. Look at it once more, and tick that it is right.", doubts=doubts)})
        if draft_of(asked, self.link, self.ledger) and self.said("sure") != YES:
            raise Incomplete({"sure": phrase("You began this earlier. Read it once more, and tick that it is to be recorded.")})
        files = tuple(map(self._kept, self.sent.files))
        found = answers(replace(self.filled, files=files), asked)
        # Of items that evidence shows besides, the page showed nothing, and nothing there can contradict it.
        besides = {one.item for one in found} - {asked.item.id}
        self._keep([(one, asked.owed) for one in found], self._last_numbers(besides), done=[asked])

    def record_lines(self) -> None:
        """Record every line that was begun, all or none.

        Raises:    Incomplete: a line is not whole, or none was begun
                   AnsweredMeanwhile: as above; or a line that was begun waits for no answer any more
        """
        lines = waiting(self.link)
        self._refuse_lines_besides({line.name for line, _ in lines})
        problems: dict[str, str] = {}
        found: list[tuple[Answer, Obligation | None]] = []
        done: list[Asked] = []
        for line, asked in lines:
            texts = {name: self.filled.texts.get(f"{line.name}/{name}", "") for name in (*CHECK_IN, *READING)}
            if any(texts.values()):
                try:
                    said = answers(Filled(texts=texts), asked)
                    found += [(one, asked.owed) for one in said]
                    done.append(asked)
                    if doubts := self._doubts(said):
                        once_more = phrase("{doubts}. If it is right all the same, record it on its own page.", doubts=doubts)
                        problems[f"{line.name}/figure"] = once_more
                except Incomplete as error:
                    problems |= {f"{line.name}/{name}": said for name, said in error.problems.items()}
        if not found and not problems:
            problems[""] = phrase("Nothing was recorded, since no line is filled in.")
        if problems:
            raise Incomplete(problems)
        self._keep(found, {}, done=done)

    def _doubts(self, said: Sequence[Answer]) -> str:
        return joined((doubtful(one, self.link) for one in said if isinstance(one, Reading)), ". ")

    def _refuse_lines_besides(self, names: set[str]) -> None:
        begun = {name.rpartition("/")[0] for name, text in self.filled.texts.items() if "/" in name and text}
        if begun - names:
            raise AnsweredMeanwhile("A line that was filled in waits for no answer any more; open the page again and look.")

    def put_off(self, asked: Asked, *, to_office: bool) -> None:
        """Record that another office is to be asked, or that the answer comes by a day; what was begun stays.

        Raises:    Incomplete: nothing is chosen
                   AnsweredMeanwhile: as above
        """
        at, texts, item = self.link.situation, self.filled.texts, asked.item.id
        said: Answer
        if to_office:
            office = at.roster.accountable(as_of=self.link.day).get(item)
            said = referral(texts, asked, offices_to_ask(self.link.files.owners, office))
        else:
            said = promise(texts, asked, days_to_promise(asked, at.facts, at.duties))
        self._keep([(said, asked.owed)], {}, done=())

    def save(self, asked: Asked) -> None:
        """Keep what was begun for later, in place of what was kept before; files are not kept.

        What is kept already stays as it is, with its time: by pressing the button again nobody has gone on.

        Raises:    Incomplete: nothing was begun
        """
        texts = {name: text for name, text in self.filled.texts.items() if name in TEXTS and text}
        if not texts and not self.filled.also:
            raise Incomplete({"": phrase("Nothing is filled in yet, so there is nothing to save.")})
        fields, kept = texts | {"also": " ".join(self.filled.also)}, draft_of(asked, self.link, self.ledger)
        if kept and kept.fields == fields:
            return
        self.ledger.pages.save_draft(
            Draft(
                plan=self._plan,
                address=self.link.grant.address,
                item=asked.item.id,
                period=str(asked.owed.period),
                fields=fields,
                saved_at=self.at,
            )
        )

    def take_back(self, submission: Submission) -> None:
        """Take back what was recorded of an item at one time.

        Raises:    Incomplete: it is not ticked, or its evidence was accepted since
                   NotThere: it was taken back before
        """
        if self.said("sure") != YES:
            said = phrase("Tick that it is to be taken back, and then press the button.")
            raise Incomplete({f"undo-{submission.numbers[0]}": said})
        code, gone = submission.code, submission.answers
        self._refuse_accepted(submission)
        owed = {one.period: one for one in self.link.situation.duties.of(self.link.files.plan.items[code])}
        left = Facts(tuple(fact for fact in self.link.situation.facts.every if fact not in gone))
        by = self.link.by(code)
        letters = withdrawal_receipts(
            submission.numbers[0],
            answers=[(one, owed.get(one.period)) for one in gone],
            by=by,
            situation=replace(self.link.situation, facts=left),
            settings=self.settings,
            recorded_on=self.link.day,
            made_at=self.at,
        )
        subject = f"{code}, {', '.join(sorted({str(one.period) for one in gone}))}"
        withdrawal = Withdrawal(numbers=submission.numbers, by=by, known_on=self.link.day)
        self.ledger.pages.withdraw(self._plan, withdrawal, subject=subject, recorded_at=self.at, letters=letters)

    def _refuse_accepted(self, submission: Submission) -> None:
        """Refuse to take back what somebody accepted: what was decided by it would stand on nothing."""
        pieces = self.link.situation.facts.pieces(submission.code)
        for piece in pieces:
            if piece.evidence in submission.answers and isinstance(piece.decision, Acceptance):
                said = phrase("{by} has accepted this evidence, so it stays; ask them to send it back.", by=piece.decision.by)
                raise Incomplete({f"undo-{submission.numbers[0]}": said})

    @property
    def _plan(self) -> str:
        return self.link.files.plan.id

    @property
    def _seen(self) -> dict[str, int]:
        """The number of the last fact of each item that the page showed; what cannot be read was not seen."""
        pairs = (one.rpartition(":") for one in self.said("seen").split())
        return {code: number_in(number) for code, _, number in pairs}

    def _last_numbers(self, items: set[str]) -> dict[str, int]:
        return self.ledger.pages.last_numbers(self._plan, items) if items else {}

    def _kept(self, upload: Upload) -> tuple[str, str]:
        try:
            return upload.name, keep(upload.name, upload.content, self.settings, self.ledger, at=self.at).sha256
        except FileRefused as error:
            raise Incomplete({"file": error.args[0]}) from None

    def _keep(
        self, found: Sequence[tuple[Answer, Obligation | None]], besides: dict[str, int], *, done: Sequence[Asked]
    ) -> None:
        facts, seen = [one for one, _ in found], self._seen
        situation = replace(self.link.situation, facts=Facts((*self.link.situation.facts.every, *facts)))
        self.ledger.pages.answer(
            self._plan,
            facts,
            seen={one.item: seen.get(one.item, -1) for one in facts} | besides,
            done=[(self.link.grant.address, one.item.id, str(one.owed.period)) for one in done],
            recorded_at=self.at,
            letters=lambda number: receipts(
                number,
                answers=found,
                situation=situation,
                settings=self.settings,
                recorded_on=self.link.day,
                made_at=self.at,
            ),
        )


def draft_of(asked: Asked, link: Opened, ledger: Ledger) -> Draft | None:
    """Return what was begun for an item and period and kept for later, or None."""
    wanted = asked.item.id, str(asked.owed.period)
    drafts = ledger.pages.drafts(link.files.plan.id, link.grant.address)
    return next((one for one in drafts if (one.item, one.period) == wanted), None)


def begun(draft: Draft) -> Filled:
    """Return what was kept for later as it was filled in."""
    return Filled(texts=draft.fields, also=tuple(draft.fields.get("also", "").split()))


def _printable(text: str) -> str:
    lines = (UNPRINTABLE.sub(" ", line).strip() for line in text.encode(errors="replace").decode().splitlines())
    return "\n".join(lines).strip()
