"""How often somebody may come: counted in the ledger, by the minutes and hours of the clock.

The ledger learns no address and no link of anybody: each is counted under a name that only the key can make of it.
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import ceil

from ledger.kept import KeptLedger
from ledger.ledger import Ledger
from plan.phrase import phrase, template
from plan.wording import counted
from tasks.settings import Settings

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often one visitor may do something within a span."""

    name: str
    most: int
    span: timedelta
    sentence: str
    """What is said to who came once more; `most` and `wait` stand in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """That somebody has come too often, in a sentence, and in how many seconds they may come again."""

    seconds: int
    sentence: str


REQUESTS = Limit(  # of a client, under all links together; also of links that lead nowhere, so that nobody tries them out
    name="requests",
    most=60,
    span=MINUTE,
    sentence=template(
        "From your address more than {most} requests came within a minute. Nothing was changed; ask again in {wait}."
    ),
)
POSTS = Limit(  # of a grant and page, from wherever: who owes much answers item after item within the hour
    name="posts",
    most=10,
    span=HOUR,
    sentence=template(
        "From this page more than {most} forms were sent by this link within an hour. Nothing was changed; go back in your "
        "browser, and send it again in {wait}."
    ),
)
PASSWORDS = Limit(  # of a client: the refused ones
    name="passwords",
    most=10,
    span=MINUTE,
    sentence=template(
        "From your address {most} passwords were refused within a minute. Until it is over none is looked at; "
        "try again in {wait}."
    ),
)


class Limits:
    """Counts visitors, and says who has to wait. Who is counted first makes the ledger, so that nobody goes uncounted."""

    def __init__(self, settings: Settings, now: Callable[[], datetime], *, kept: KeptLedger | None = None) -> None:
        """Take what is counted in.

        Args:      kept: the ledger that the pages keep open; None: another one
        """
        self._settings, self._now, self._kept = settings, now, kept or KeptLedger(settings.database)
        self._over: dict[str, datetime] = {}  # whom the ledger found over a limit, and until when: a flood need not be counted

    def count(self, limit: Limit, whom: str) -> Wait | None:
        """Count a visit; return how long the visitor has to wait, or None if this was not one too many.

        Args:      whom: an address, or a grant and page, as the limit wants
        Raises:    DatabaseUnreachable, DatabaseBehind, DatabaseTooNew: nothing can be counted
        """
        at, visitor = self._now(), self._visitor(limit, whom)
        if at < self._over.get(visitor, at):
            return _wait(limit, at)
        with self._ledger() as ledger:
            times = ledger.pages.visit(visitor, since=_since(limit, at))
        if times <= limit.most:
            return None
        waiting = {one: until for one, until in self._over.items() if at < until}
        self._over = waiting | {visitor: _since(limit, at) + limit.span}
        return _wait(limit, at)

    def reached(self, limit: Limit, whom: str) -> Wait | None:
        """Return how long a visitor has to wait who did something as often as may be; None if it may be done once more.

        Raises:    DatabaseUnreachable, DatabaseBehind, DatabaseTooNew: as above
        """
        at = self._now()
        with self._ledger() as ledger:
            times = ledger.pages.visits(self._visitor(limit, whom), since=_since(limit, at))
        return _wait(limit, at) if times >= limit.most else None

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        # Read first, for only a flow or a command brings an older database up to date.
        with self._kept.reading() as there:
            if there:
                yield there
                return
        with self._kept.writing(came_from="") as made:
            yield made

    def _visitor(self, limit: Limit, whom: str) -> str:
        return hmac.digest(self._settings.key, f"visit\n{limit.name}\n{whom}".encode(), sha256).hex()[:32]


def _since(limit: Limit, at: datetime) -> datetime:
    """Return when the span of an instant began: with a full minute or hour of the clock."""
    seconds = int(limit.span.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def _wait(limit: Limit, at: datetime) -> Wait:
    seconds = ceil((_since(limit, at) + limit.span - at).total_seconds())
    wait = counted(seconds, "second") if seconds <= 60 else counted(ceil(seconds / 60), "minute")
    sentence = limit.sentence
    return Wait(seconds=seconds, sentence=phrase(sentence, most=limit.most, wait=wait))
