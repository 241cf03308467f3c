"""The crash test: deliverers are killed and the mail server fails while a thousand letters go out. `make chaos`.

The seed fixes what every deliverer dies of and which faults a letter meets; in what order it all happens, the machine decides.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain, cycle
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from flows.days import now
from ledger.delivery import SENT_AGAIN
from ledger.ledger import Ledger, open_ledger
from ledger.records import CHANNEL, Attempt, Letter, LetterState, Posted
from notifications.policies import AFTER_A_DOUBT, AGAIN
from tests.chaos_deliverer import ON_THE_WAY, STEPS, work
from tests.chaos_server import Unfriendly, Unreliable
from tests.databases import postgresql
from tests.ledger_builders import PLAN, letter
from tests.mail_servers import answering

DELIVERERS = 3
KILLED = -9
OUTSIDE = "from outside"
KINDS = sorted(AFTER_A_DOUBT.keys() - {CHANNEL})
"""The kinds of mails; some are held after a doubt, some are sent again."""
PATIENCE_SECONDS = 900

# A deliverer is a fork of a process that has everything loaded, so that it is at work as soon as it is started.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["tests.chaos_deliverer"])


@dataclass(frozen=True)
class Fate:
    """What a deliverer dies of: a step after some passes, a kill from outside after some seconds, or nothing."""

    step: str = ""
    passes: int = 0
    seconds: float = 0.0


def fates(rounds: int, chance: Random) -> Iterator[Fate]:
    """Yield what each deliverer dies of: every step so many times, as often from outside, then they live."""
    first, *later = ([Fate(step, passes=chance.randint(0, 2 * number)) for step in STEPS] for number in range(rounds))
    outside = [Fate(OUTSIDE, seconds=chance.uniform(0.1, 1.0)) for _ in range(rounds * len(STEPS))]
    doomed = [*chain(*later), *outside]
    chance.shuffle(first)
    chance.shuffle(doomed)
    # Each step once before all else, or the letters may be gone before everybody has died.
    return chain(first, doomed, cycle([Fate()]))


@dataclass
class Deliverer:
    """A deliverer at work."""

    process: ForkServerProcess
    fate: Fate
    since: float = field(default_factory=monotonic)

    def is_due(self) -> bool:
        """Return whether it is to be killed now."""
        return self.fate.step == OUTSIDE and monotonic() >= self.since + self.fate.seconds


class Crew:
    """Deliverers at work; who dies is replaced at once, and none is left when it is over."""

    def __init__(self, url: str, server: str, folder: Path, fates: Iterator[Fate]) -> None:
        self._arguments, self._log, self._fates = (url, server, folder / "claimants"), folder / "errors.log", fates
        self.deaths: Counter[str] = Counter()
        self.killed: set[str] = set()
        """The process ids of those who were killed, as claimants' names have them."""
        self.broke_down: list[str] = []
        """What deliverers said that ended by an error, which none may."""

    def __enter__(self) -> Self:
        self.working = [self._start() for _ in range(DELIVERERS)]
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        for one in self.working:
            one.process.kill()
            one.process.join()

    def tend(self) -> None:
        """Kill whose time has come, and replace who is dead."""
        for one in self.working:
            if one.is_due():
                one.process.kill()
                one.process.join()
        self.working = [one if one.process.is_alive() else self._replaced(one) for one in self.working]

    def _replaced(self, one: Deliverer) -> Deliverer:
        code = one.process.exitcode
        if code == KILLED:
            self.deaths[one.fate.step] += 1
            self.killed.add(str(one.process.pid))
        elif code:
            self.broke_down.append(self._log.read_text())
        return self._start()

    def _start(self) -> Deliverer:
        fate = next(self._fates)
        started = _processes.Process(target=work, args=(*self._arguments, self._log, fate.step, fate.passes), daemon=True)
        started.start()
        return Deliverer(started, fate)


def written(number: int) -> Letter:
    """Return one of the letters, each to an address of its own."""
    name, kind = f"letter{number:04}", KINDS[number % len(KINDS)]
    text = f"Message-ID: <{name}@example.org>\r\nSubject: What is asked of you\r\n\r\n{'.Please answer.' * 40}\r\n"
    made = {"kind": kind, "made_at": now(), "content": text.encode(), "notices": (), "tellings": ()}
    return letter(name, address=f"{name}@example.org", **made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one letter ended, and how often the server accepted it."""

    letter: Posted
    attempts: tuple[Attempt, ...]
    accepted: tuple[bytes, ...]
    content: bytes

    @property
    def is_lost(self) -> bool:
        """Return whether it stands as sent without having been accepted, or ended neither sent nor held."""
        return not self.accepted if self.letter.state is LetterState.SENT else self.letter.state is not LetterState.HELD

    @property
    def is_doubled(self) -> bool:
        """Return whether it was accepted more than once."""
        return len(self.accepted) > 1

    @property
    def may_be_doubled(self) -> bool:
        """Return whether policy sends it again, a doubt came before each further time, and it was always the same mail."""
        doubts = sum(attempt.ended_as is LetterState.IN_DOUBT or attempt.said == SENT_AGAIN for attempt in self.attempts)
        return self.letter.kind in AGAIN and len(self.accepted) <= 1 + doubts and len(set(self.accepted)) == 1

    def is_undecidable(self, killed: set[str]) -> bool:
        """Return whether nobody could know: its last deliverer was killed, or heard nothing after DATA."""
        last = self.attempts[-1]
        return last.ended_as is LetterState.IN_DOUBT or last.claimant.rsplit("-", 2)[1] in killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordeal:
    """What was done to the deliverers, and what became of the letters."""

    ended: Sequence[Ended]
    deaths: Counter[str]
    killed: set[str]
    injected: Counter[str]
    broke_down: Sequence[str]
    seconds: float

    @property
    def held(self) -> list[Ended]:
        """The letters that an administrator has to decide on."""
        return [one for one in self.ended if one.letter.state is LetterState.HELD]

    @property
    def doubled(self) -> list[Ended]:
        """The letters that were accepted more than once."""
        return [one for one in self.ended if one.is_doubled]

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what happened, figure by figure."""
        at_steps = self.deaths.total() - self.deaths[OUTSIDE]
        yield "letters", f"{len(self.ended):,}"
        yield "deliverers killed", f"{self.deaths.total()}: {self.deaths[OUTSIDE]} {OUTSIDE}, {at_steps} at a step"
        yield (
            "faults injected",
            f"{self.injected.total()}: {', '.join(f'{n} {name}' for name, n in self.injected.items() if n)}",
        )
        yield "attempts", f"{sum(len(one.attempts) for one in self.ended):,}"
        yield "accepted exactly once", f"{sum(len(one.accepted) == 1 for one in self.ended):,}"
        allowed = sum(one.may_be_doubled for one in self.doubled)
        yield "accepted again as the same mail, by policy after a doubt", str(allowed)
        yield "accepted twice otherwise", str(len(self.doubled) - allowed)
        yield "lost", str(sum(one.is_lost for one in self.ended))
        known = sum(one.is_undecidable(self.killed) for one in self.held)
        yield "held", f"{len(self.held)}, of which the server had accepted {sum(bool(one.accepted) for one in self.held)}"
        yield "held although it could be known", str(len(self.held) - known)
        yield "deliverers that broke down", str(len(self.broke_down))
        yield "seconds", f"{self.seconds:.0f}"

    def faults(self) -> list[str]:
        """Return everything that may not be, as sentences."""
        if self.broke_down:  # the run was broken off, so nothing else can be said
            return list(self.broke_down)
        said = [f"{one.letter.key} is lost: it is {one.letter.state}." for one in self.ended if one.is_lost]
        said += [f"{one.letter.key} was accepted {len(one.accepted)} times." for one in self.doubled if not one.may_be_doubled]
        said += [f"{one.letter.key} is held without a doubt." for one in self.held if not one.is_undecidable(self.killed)]
        said += [f"{one.letter.key} arrived changed." for one in self.ended if {one.content} < {one.content, *one.accepted}]
        return said


def ordeal(url: str, *, letters: int, rounds: int, seed: int) -> Ordeal:
    """Send letters while deliverers are killed and the server fails, until all are off their way, or a deliverer breaks down.

    Args:      rounds: how often a deliverer dies at each step, and as often from outside
    """
    server, began = Unreliable(seed=seed), monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="plankeeper-chaos-")))
        ledger = stack.enter_context(open_ledger(url))
        address = stack.enter_context(answering(server, speaks=Unfriendly))
        ledger.post([written(number) for number in range(letters)])
        crew = stack.enter_context(Crew(url, address, folder, fates(rounds, Random(seed))))
        while _is_on_the_way(ledger) and not crew.broke_down:
            crew.tend()
            assert monotonic() < began + PATIENCE_SECONDS, "The letters do not get off their way."
            sleep(0.02)
        return Ordeal(
            ended=[_ended(ledger, posted, server) for posted in ledger.outbox()],
            deaths=crew.deaths,
            killed=crew.killed,
            injected=server.injected,
            broke_down=crew.broke_down,
            seconds=monotonic() - began,
        )


def _is_on_the_way(ledger: Ledger) -> bool:
    counts = ledger.counts(PLAN)
    return any(counts[state] for state in ON_THE_WAY)


def _ended(ledger: Ledger, posted: Posted, server: Unreliable) -> Ended:
    found = ledger.letter(PLAN, posted.key)
    assert found
    accepted = tuple(server.accepted.get(posted.message_id, ()))
    return Ended(letter=posted, content=found[1], attempts=found[2], accepted=accepted)


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield the address of a new database of a kind."""
    if kind == "postgresql":
        with postgresql() as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="plankeeper-chaos-") as folder:
        yield f"sqlite:///{folder}/ledger.db"


def main() -> None:
    """Run the crash test, print what happened, and fail if anything was lost or doubled."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--letters", type=int, default=1000)
    asked.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    asked.add_argument(
        "--rounds", type=int, default=4, help="how often a deliverer dies at each step, and as often from outside"
    )
    asked.add_argument("--seed", type=int, default=1)
    said = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("It was broken off."))  # so that nothing is left behind then either
    kinds = ("sqlite", "postgresql") if said.database == "both" else (said.database,)
    ordeals = {}
    for kind in kinds:
        with database(kind) as url:
            ordeals[kind] = ordeal(url, letters=said.letters, rounds=said.rounds, seed=said.seed)
    title = f"{DELIVERERS} deliverers, seed {said.seed}, {os.cpu_count()} cores"
    table = Table("", *kinds, title=title, title_justify="left")
    for row in zip(*(one.rows() for one in ordeals.values()), strict=True):
        table.add_row(row[0][0], *(figure for _, figure in row))
    Console(width=140).print(table)
    faults = [f"{kind}: {fault}" for kind, one in ordeals.items() for fault in one.faults()]
    sys.exit("\n".join(faults) or None)


if __name__ == "__main__":
    main()
