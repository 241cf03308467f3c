"""Hints to the Prefect server that answers came in, so that they are judged within a minute. Loads no Prefect.

A hint may be lost: the answers stand in the ledger, and the next run judges them.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock, Timer
from uuid import uuid4

import httpx

from tasks.settings import prefect_api

CHECK_IN = "plankeeper.check-in"
"""The event: answers of a plan were recorded."""
GATHERED_SECONDS = 10
"""How long after an answer others are waited for, so that all are told in one event and judged in one run."""
PATIENCE_SECONDS = 3
"""How long the server may take to hear of it."""

_log = logging.getLogger(__name__)


def resource(plan: str) -> str:
    """Return what events about a plan call it."""
    return f"plankeeper.plan.{plan}"


def in_a_while(work: Callable[[], object]) -> None:
    """Have something done besides, a while from now; the end of the pages does not wait for it."""
    timer = Timer(GATHERED_SECONDS, work)
    timer.daemon = True
    timer.start()


class Hints:
    """Gathers the answers of a while, and tells of all at once, besides the answer to whoever sent one."""

    def __init__(
        self,
        tell: Callable[[Mapping[str, int]], object],
        later: Callable[[Callable[[], object]], object] = in_a_while,
    ) -> None:
        """Take who is told.

        Args:      tell: is given the number of submissions by plan
                   later: has something done besides, a while from now
        """
        self._tell, self._later = tell, later
        self._lock = Lock()
        self._answers = Counter[str]()

    def answered(self, plan: str) -> None:
        """Note that answers of a plan were recorded; the first of a while begins it."""
        with self._lock:
            is_first = not self._answers
            self._answers[plan] += 1
        if is_first:
            self._later(self._tell_all)

    def _tell_all(self) -> None:
        with self._lock:
            # Whatever comes from here on begins another while: the run that this one starts may not see it any more.
            answers, self._answers = self._answers, Counter()
        self._tell(answers)


class Events:
    """Tells a Prefect server by events; that it does not hear is said once, until it hears again."""

    def __init__(self, api_url: str, login: str, now: Callable[[], datetime]) -> None:
        """Take where the server is.

        Args:      login: as Prefect writes it, user:password; empty where none is asked for
        """
        user, _, password = login.partition(":")
        self._url, self._login, self._now = f"{api_url}/events", (user, password) if login else None, now
        self._is_heard = True

    def tell(self, answers: Mapping[str, int]) -> None:
        """Tell how many submissions came for each plan."""
        events = [self._event(plan, number) for plan, number in answers.items()]
        try:
            with httpx.Client(timeout=PATIENCE_SECONDS, trust_env=False, auth=self._login) as client:
                client.post(self._url, json=events).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if self._is_heard:
                why = str(error).partition("\n")[0]  # of an answer, httpx says on a second line where to read about it
                sentence = "Prefect was not told that answers came in; its next run judges them: %s"
                _log.warning(sentence, why, extra={"action": "answers_not_told"})
            self._is_heard = False
        else:
            self._is_heard = True

    def _event(self, plan: str, number: int) -> dict[str, object]:
        return {
            "id": str(uuid4()),
            "event": CHECK_IN,
            "occurred": self._now().isoformat(),
            "resource": {"prefect.resource.id": resource(plan)},
            "payload": {"submissions": number},
        }


def hinting(now: Callable[[], datetime]) -> Callable[[str], object]:
    """Return what notes that answers of a plan were recorded; nothing comes of it where no Prefect server is named."""
    api_url, login = prefect_api()
    return Hints(Events(api_url, login, now).tell).answered if api_url else unheard


def unheard(_plan: str) -> None:
    """Tell nobody."""
