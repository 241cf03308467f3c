"""Files that people edit become records; what is wrong with them becomes problems, all at once. Never raises on bad data."""

from dataclasses import dataclass
from itertools import count, islice
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plan import checks, faults
from plan.calendar import Calendar
from plan.model import Plan, Record
from plan.owners import Owners
from plan.places import Document, Path, Problem, compose

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
class Source:
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


def read(plan: Source, owners: Source, calendar: Source) -> Files:
    """Read plan, owners and calendar, and check each on its own and all against each other."""
    plan_file, owners_file, calendar_file = (_Reading(compose(s.file, s.content)) for s in (plan, owners, calendar))
    files = plan_file.record(Plan), owners_file.record(Owners), calendar_file.record(Calendar)
    whole = checks.Whole(
        years=plan_file.tells("first_year", "last_year"),
        region=calendar_file.tells("country", "subdivision"),
        ownership=all(map(_tells_who_owns, owners_file.faulty())),
    )
    written = checks.Written.of(plan_file.document, owners_file.document, whole)
    by_name = {"plan": plan_file, "owners": owners_file, "calendar": calendar_file}
    for finding in checks.findings(*files, written):
        reading = by_name[finding.file]
        path = finding.path if finding.file == "plan" else reading.written_path(finding.path)
        reading.report(path, finding.sentence, blocks=finding.blocks)
    return Files(
        plan=files[0],
        owners=files[1],
        calendar=files[2],
        problems=tuple(problem for reading in by_name.values() for problem in reading.problems()),
    )


def _tells_who_owns(left_out: Path) -> bool:
    """Return whether an owners file still tells who owns what and who stands above whom, without a part of it."""
    if left_out[:1] != ("offices",):
        return True
    return len(left_out) > 2 and not faults.stands_for(left_out[2], ["owns", "reports_to"])


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
                self._take(error.errors(include_url=False), kind)
        return None

    def faulty(self) -> set[Path]:
        """Return the paths of what was left out, and of keys given twice."""
        return self.left_out | {path for path, _ in self.document.doubled}

    def tells(self, *keys: str) -> bool:
        """Return whether nothing of some keys of the file is faulty, be it only that one of them is misspelt."""
        return not any(faults.stands_for(path[0], list(keys)) for path in self.faulty() if path)

    def report(self, path: Path, sentence: str, *, blocks: bool = True, besides: bool = False) -> None:
        """Add a problem at a value, given by its path in the file.

        Args:      besides: it counts although there is a problem at that place already; else it follows from that one
        """
        place = self.document.place(path)
        if besides or not (place in self.faulty_places or path in self.document.spoiled):
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

    def _take(self, found: list[ErrorDetails], kind: type[Record]) -> None:
        """Report faults, except what follows from one already reported, and leave the faulty parts out."""
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
