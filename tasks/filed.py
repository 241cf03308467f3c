"""Evidence that is filed: files in folders by item and period, each known by what is in it. Imports no Prefect.

Each file stands for itself: a good one counts, and a bad one is told with its remedy.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import file_digest
from pathlib import Path

from plan.facts import Evidence
from plan.filed import item_named, owed_period
from plan.periods import Period
from plan.record import UNPRINTABLE
from tasks.listed import AddressesRefused, listed_evidence
from tasks.settings import Settings
from tasks.workplace import Workplace

ADDRESSES = "addresses.csv"
"""The list of addresses, in the folder of evidence itself."""
PASSED_OVER = frozenset({"thumbs.db", "desktop.ini"})
"""What systems put into folders by themselves, besides what begins with a dot; in small letters."""
LOCK = "~$"
"""What the names of the files begin with that office programs keep beside an open one."""


def filed_evidence(settings: Settings, workplace: Workplace, *, as_of: date) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """Return the evidence that is filed or listed, and a sentence on each thing that does not count.

    Args:      as_of: the day on which it becomes known; what is dated later does not count yet
    Returns:   files in the order of their names, then addresses; whether they are facts already is not asked.
               Nothing where there is no folder of evidence
    """
    if not settings.evidence.exists():
        return (), ()
    filing = _Filing(settings.evidence, workplace, as_of)
    evidence = (*filing.files(), *filing.addresses())
    return evidence, tuple(filing.problems)


class _NotTaken(Exception):
    """Something filed does not count; the sentence says why and what to do."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True)
class _Filing:
    """The folder of evidence, looked through once."""

    folder: Path
    workplace: Workplace
    as_of: date
    problems: list[str] = field(default_factory=list)

    def files(self) -> Iterator[Evidence]:
        """Yield each file that counts, as evidence."""
        for path in self._below(self.folder):
            if path != self.folder / ADDRESSES:
                try:
                    yield self._evidence(path)
                except _NotTaken as reason:
                    self._tell(reason.path, str(reason))

    def addresses(self) -> tuple[Evidence, ...]:
        """Return what is listed, or nothing where the list cannot be used."""
        path = self.folder / ADDRESSES
        if not path.is_file() or self._leads_out(path):
            return ()
        try:
            return listed_evidence(path, self.workplace, as_of=self.as_of, shown=self._shown(path))
        except AddressesRefused as refused:
            for problem in str(refused).split("\n"):
                self._keep(problem)
            return ()

    # --- the folder ----------------------------------------------------------------------------------------------------

    def _below(self, folder: Path) -> Iterator[Path]:
        """Yield all files in a folder and in those below it, in the order of their names."""
        try:
            entries = sorted(folder.iterdir())
        except OSError as error:
            self._tell(folder, f"it cannot be looked into ({_said(error)}); make it a folder that plankeeper may read")
            return
        for entry in entries:
            if not _is_passed_over(entry.name):
                yield from self._found(entry)

    def _found(self, entry: Path) -> Iterator[Path]:
        if self._leads_out(entry):
            self._tell(entry, "it leads out of the folder of evidence; put the file itself there")
        elif entry.is_dir() and entry.is_symlink():
            self._tell(entry, "it leads to another folder; put the files themselves here")
        elif entry.is_dir():
            yield from self._below(entry)
        elif entry.is_file():
            yield entry
        else:
            self._tell(entry, "it is no file; take it away")

    def _leads_out(self, path: Path) -> bool:
        return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(self._real_folder)

    @cached_property
    def _real_folder(self) -> Path:
        return Path(os.path.realpath(self.folder))

    # --- one file ------------------------------------------------------------------------------------------------------

    def _evidence(self, path: Path) -> Evidence:
        item, period = self._filed_under(path)
        reference = path.relative_to(self.folder).as_posix()
        if reference != _printable(reference):
            raise _NotTaken(path, "its name holds a character that cannot be shown; rename it")
        digest, dated_on = self._looked_at(path)
        return Evidence(
            item=item,
            period=period,
            reference=reference,
            dated_on=dated_on,
            note="",
            by=self.workplace.roster.office_title(item, as_of=self.as_of),
            known_on=self.as_of,
            sha256=digest,
        )

    def _filed_under(self, path: Path) -> tuple[str, Period]:
        """Return the item and the period that the folders name; where they name none, it is the folder that is told."""
        code, *below = path.relative_to(self.folder).parts
        if len(below) < len(("period", "file")):
            where = f"{self.folder.name}/<item>/<period>"
            raise _NotTaken(path, f"it lies in no folder of an item and a period; move it into {where}")
        told = self.folder / code
        try:
            item = item_named(code, self.workplace.plan)
            told /= below[0]
            return item, owed_period(below[0], item, self.workplace.duties)
        except ValueError as fault:
            raise _NotTaken(told, f"{fault}; nothing in this folder counts until it is renamed") from None

    def _looked_at(self, path: Path) -> tuple[str, date]:
        """Return the digest of what is in a file, and the day on which it was last changed."""
        try:
            with path.open("rb") as file:
                before = os.fstat(file.fileno())
                digest = file_digest(file, "sha256").hexdigest()
                after = os.fstat(file.fileno())
        except OSError as error:
            raise _NotTaken(path, f"the file cannot be read ({_said(error)}); let plankeeper read it") from None
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise _NotTaken(path, "the file was changed while it was read; it is read again the next time")
        if not after.st_size:
            raise _NotTaken(path, "the file is empty, so it shows nothing; save it again")
        dated_on = datetime.fromtimestamp(after.st_mtime, self.workplace.plan.settings.time_zone).date()
        if dated_on > self.as_of:
            raise _NotTaken(path, f"the file was changed on {dated_on}, after {self.as_of}; it counts from that day on")
        return digest, dated_on

    # --- problems ------------------------------------------------------------------------------------------------------

    def _tell(self, path: Path, sentence: str) -> None:
        self._keep(f"{self._shown(path)}: {sentence}")

    def _keep(self, problem: str) -> None:
        """Keep a problem as it can be shown; one of a folder only once, however many files are in it."""
        if _printable(problem) not in self.problems:
            self.problems.append(_printable(problem))

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder.parent).as_posix()


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", LOCK)) or name.casefold() in PASSED_OVER


def _printable(text: str) -> str:
    """Return text with what cannot be shown or stored replaced, such as a byte of another encoding."""
    return UNPRINTABLE.sub("?", text.encode(errors="replace").decode())


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
