"""What exit codes say: 0 fine, 1 the input has problems, 2 wrong usage, 3 a part of the world did not answer."""

from flows.days import NotADay
from flows.engine import NotStarted
from ledger.ledger import DatabaseBehind, DatabaseTooNew, DatabaseUnreachable, LetterStands, NoSuchLetter
from notifications.message import NotAnAddress
from notifications.outbox import RecipientNotAllowed
from notifications.verdicts import MailError
from plan.periods import OutsideCalendar
from plan.published.document import DocumentRefused
from tasks.answers import AnswersRefused
from tasks.board import NotWritten
from tasks.frozen import NotAPeriod, NotFrozenYet, SealBroken
from tasks.load import ReadingsRefused
from tasks.publication import NotOurs, NotPublished
from tasks.recipients import MailNotAllowed
from tasks.said import MailStands
from tasks.settings import SettingsRefused
from tasks.sources.failures import CollectingFailed, SourceDidNotAnswer, SourceFailed, SourcesDidNotAnswer
from tasks.workplace import PlanHasProblems

INPUT, USAGE, NO_ANSWER = 1, 2, 3


class FactRefused(ValueError):
    """It cannot be written down as it is; the sentence says what to correct."""


class NotInPlan(LookupError):
    """The plan has nothing of this code; `plankeeper status` lists what it has."""


class NotOneLetter(LookupError):
    """The words name no letter, or several; `plankeeper outbox list` shows what each is called."""


class RunFailed(Exception):
    """A flow run did not complete; the sentence says which part and why."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


EXIT_CODES: dict[type[Exception], int] = {
    PlanHasProblems: INPUT,
    AnswersRefused: INPUT,
    ReadingsRefused: INPUT,
    DocumentRefused: INPUT,
    FactRefused: INPUT,
    NotInPlan: INPUT,
    NotOneLetter: INPUT,
    NoSuchLetter: INPUT,
    LetterStands: INPUT,
    MailStands: INPUT,
    MailNotAllowed: INPUT,
    RecipientNotAllowed: INPUT,
    NotAnAddress: INPUT,
    NotFrozenYet: INPUT,
    NotWritten: NO_ANSWER,
    NotOurs: INPUT,
    NotPublished: NO_ANSWER,
    SealBroken: INPUT,
    SourcesDidNotAnswer: NO_ANSWER,
    CollectingFailed: INPUT,
    SourceDidNotAnswer: NO_ANSWER,
    SourceFailed: INPUT,
    NotADay: USAGE,
    NotAPeriod: USAGE,
    OutsideCalendar: USAGE,
    SettingsRefused: USAGE,
    DatabaseUnreachable: NO_ANSWER,
    DatabaseBehind: NO_ANSWER,
    DatabaseTooNew: NO_ANSWER,
    MailError: NO_ANSWER,
    NotStarted: NO_ANSWER,
}
"""What each failure that a user can mend exits with. Anything else is a fault of plankeeper's own, and shows its traceback."""

KNOWN: tuple[type[Exception], ...] = (RunFailed, *EXIT_CODES)


def exit_code(error: BaseException | None) -> int | None:
    """Return what a failure exits with, or what it came from; None if it is not one that a user can mend."""
    while error is not None:
        if isinstance(error, RunFailed):
            return error.code
        found = next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), None)
        if found is not None:
            return found
        error = error.__cause__
    return None
