"""Files that people edit become records; what is wrong with them becomes problems, all at once. Never raises on bad data."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count, islice
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plan import checks, faults
from plan.calendar import Calendar
from plan.model import Plan
from plan.owners import Owners
from plan.places import Document, Path, Problem, compose
from plan.record import Record

AnyRecord = TypeVar("AnyRecord", bound=Record)

STAND_INS: dict[Path, Any] = {
    ("id",): "unnamed",
    ("title",): "unnamed",
    ("organisation",): "unnamed",
    ("first_year",): "2020-21",
    ("last_year",): "2029-30",
    ("settings",): {"begins_on": "2020-07-01", "time_zone": "UTC"},
    ("settings", "begins_on"): "2020-07-01",
    ("settings", "time_zone"): "UTC",
    ("priorities",): [],
    ("plan_administrator",): "unnamed",
    ("cabinet_lead",): "unnamed",
    ("offices",): {},
}
"""What a faulty value that cannot be left out counts as, only so that the rest of its file can still be checked."""


@dataclass(frozen=True, slots=True)
class FileAsFound:
    """A file as it was found: how to name it, and its bytes."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the three files hold. A record is None where its file is beyond reading; then there are problems."""

    plan: Plan | None
    owners: Owners | None
    calendar: Calendar | None
    problems: tuple[Problem, ...]
    """In the order of files, lines and columns."""


@lru_cache(maxsize=4)  # each part of a day's work asks for the same files
def read(plan: FileAsFound, owners: FileAsFound, calendar: FileAsFound) -> Files:
    """Read plan, owners and calendar, and check each on its own and all against each other."""
    plan_file, owners_file, calendar_file = (_Reading(compose(s.file, s.content)) for s in (plan, owners, calendar))
    files = plan_file.record(Plan), owners_file.record(Owners), calendar_file.record(Calendar)
    tells_owners = all(map(_tells_who_owns, owners_file.faulty()))
    written = checks.Written.of(plan_file.document, owners_file.document, tells_owners=tells_owners)
    by_name = {"plan": plan_file, "owners": owners_file, "calendar": calendar_file}
    for finding in checks.findings(*files, written):
        by_name[finding.file].take(finding)
    return Files(
        plan=files[0],
        owners=files[1],
        calendar=files[2],
        problems=tuple(problem for reading in by_name.values() for problem in reading.problems()),
    )


def read_plan(plan: FileAsFound) -> tuple[Plan | None, tuple[Problem, ...]]:
    """Read a plan file alone, and check what can be checked without owners and calendar.

    Returns:   the plan, None where the file is beyond reading; and its problems by line and column
    """
    reading = _Reading(compose(plan.file, plan.content))
    record = reading.record(Plan)
    written = checks.Written.of(reading.document, Document(file=""), tells_owners=False)
    for finding in checks.findings(record, None, None, written):
        reading.take(finding)
    return record, tuple(reading.problems())


def _tells_who_owns(left_out: Path) -> bool:
    """Return whether an owners file still tells who owns what, without a part of it."""
    return left_out[:1] != ("offices",) or (len(left_out) > 2 and not faults.stands_for(left_out[2], "owns"))


class _Reading:
    """A document on its way to a record; a faulty part is left out, so that the rest can still be checked."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.left_out: set[Path] = set(document.spoiled)
        self.faulty_places = {problem.place for problem in document.problems}

    def record(self, kind: type[AnyRecord]) -> AnyRecord | None:
        """Return the record, or None if what is faulty cannot be left out."""
        if self.document.value is None:
            return None
        before = -1
        while before < len(self.left_out) and () not in self.left_out:
            before = len(self.left_out)
            try:
                return kind.model_validate(_without(self.document.value, self.left_out))
            except ValidationError as error:
                self._leave_out(error.errors(include_url=False), kind)
        return None

    def faulty(self) -> set[Path]:
        """Return the paths of what was left out, and of keys given twice."""
        return self.left_out | {path for path, _ in self.document.doubled}

    def take(self, finding: checks.Finding) -> None:
        """Report what a check found, unless it follows from a fault that is reported already."""
        if not any(map(self._is_faulty, finding.hinges_on)):
            path = finding.path if finding.file == "plan" else self.written_path(finding.path)
            self.report(path, finding.sentence, blocks=finding.blocks)

    def report(self, path: Path, sentence: str, *, blocks: bool = True, besides: bool = False) -> None:
        """Add a problem at a value, given by its path in the file.

        Args:      besides: it counts although there is a problem at that place already; else it follows from that one
        """
        place = self.document.place(path)
        if besides or place not in self.faulty_places:
            self.document.report(place, sentence, blocks=blocks)
        self.faulty_places.add(place)

    def problems(self) -> list[Problem]:
        """Return the problems by place."""
        return sorted(self.document.problems, key=lambda problem: problem.place)

    def written_path(self, loc: tuple[int | str, ...]) -> Path:
        """Return a path in the record as the file has it: without the names of target kinds, counting what was left out."""
        path: Path = ()
        value = self.document.value
        for part in loc:
            if isinstance(part, int) and isinstance(value, list):
                kept = (at for at in count() if (*path, at) not in self.left_out)
                path = (*path, next(islice(kept, part, None)))
            elif isinstance(value, dict) and part in value:
                path = (*path, part)
            else:
                continue
            value = value[path[-1]]
        return path

    def _leave_out(self, found: list[ErrorDetails], kind: type[Record]) -> None:
        """Leave the faulty parts out, and report each fault that does not follow from one already reported."""
        keys = faults.keys_of(kind)
        placed = [(self._place_of(fault), fault) for fault in found]
        misspelt = {(*path[:-1], faults.meant(path[-1], keys)) for path, fault in placed if fault["type"] == "extra_forbidden"}
        already = frozenset(self.left_out)
        for path, fault in placed:
            missing = (*path, fault["loc"][-1]) if fault["type"] == "missing" else None
            emptied = fault["type"] == "too_short" and any(inside[: len(path)] == path != inside for inside, _ in placed)
            follows = missing in misspelt or emptied or any(part[: len(path)] == path for part in already)
            if not follows:
                self.report(path, faults.sentence(fault, keys), besides=missing is not None)
            self.left_out.add(missing if missing in STAND_INS else path)

    def _is_faulty(self, loc: Path) -> bool:
        """Return whether a value of the record, given by its path there, is faulty in the file, or its key misspelt."""
        inside = self._faulty_inside.get(self.written_path(loc[:-1]), ())
        return any(faults.stands_for(key, str(loc[-1])) for key in inside)

    @cached_property
    def _faulty_inside(self) -> dict[Path, set[int | str]]:
        """For every path, once the record is read, which of the keys right inside it are faulty or hold something faulty."""
        inside: defaultdict[Path, set[int | str]] = defaultdict(set)
        for path in self.faulty():
            for depth, key in enumerate(path):
                inside[path[:depth]].add(key)
        return inside

    def _place_of(self, fault: ErrorDetails) -> Path:
        """Return the path of what is faulty; of what is missing, the path of where it is missing."""
        return self.written_path(fault["loc"][:-1] if fault["type"] == "missing" else fault["loc"])


def _without(value: Any, left_out: set[Path], path: Path = ()) -> Any:
    if isinstance(value, dict):
        inner = ((key, (*path, key)) for key in value)
        kept = {key: _without(value[key], left_out, at) for key, at in inner if at not in left_out}
        return kept | {at[-1]: STAND_INS[at] for at in STAND_INS if at[:-1] == path and at in left_out}
    if isinstance(value, list):
        places = ((at, (*path, at)) for at in range(len(value)))
        return [_without(value[at], left_out, inside) for at, inside in places if inside not in left_out]
    return value
