"""Files that people edit become records; what is wrong with them becomes problems, all at once. Never raises on bad data."""

from dataclasses import dataclass
from difflib import get_close_matches
from itertools import count, islice
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from plan import checks
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
    written = checks.Written.of(plan_file.document.value, owners_file.document.value)
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


class _Reading:
    """A document on its way to a record; a faulty part is left out, so that the rest can still be checked."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.left_out: set[Path] = set()

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

    def report(self, path: Path, sentence: str, *, blocks: bool = True) -> None:
        """Add a problem at a value, given by its path in the file."""
        self.document.report(self.document.place(path), sentence, blocks=blocks)

    def problems(self) -> list[Problem]:
        """Return the problems by place; of several at one place the first, which the others follow from."""
        first: dict[object, Problem] = {}
        for problem in self.document.problems:
            first.setdefault(problem.place, problem)
        return sorted(first.values(), key=lambda problem: problem.place)

    def written_path(self, loc: tuple[int | str, ...]) -> Path:
        """Return a path in the record as the file has it: without the names of target kinds, counting what was left out."""
        path: Path = ()
        value = self.document.value
        for part in loc:
            if isinstance(part, int) and isinstance(value, list):
                part = next(islice((at for at in count() if (*path, at) not in self.left_out), part, None))
            elif not isinstance(value, dict) or part not in value:
                continue
            value = value[part]
            path = (*path, part)
        return path

    def _take(self, faults: list[ErrorDetails], kind: type[Record]) -> None:
        """Report faults, except what follows from one already reported, and leave the faulty parts out."""
        keys = _keys(kind)
        found = [(self._place_of(fault), fault) for fault in faults]
        misspelt = {(*path[:-1], _meant(path[-1], keys)) for path, fault in found if fault["type"] == "extra_forbidden"}
        already = frozenset(self.left_out)
        for path, fault in found:
            missing = (*path, fault["loc"][-1]) if fault["type"] == "missing" else None
            emptied = fault["type"] == "too_short" and any(inside[: len(path)] == path != inside for inside, _ in found)
            follows = missing in misspelt or emptied or any(part[: len(path)] == path for part in already)
            if not follows:
                self.report(path, _sentence(fault, keys))
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


def _meant(key: str | int, keys: list[str]) -> str:
    """Return the key that an unknown one was probably meant to be, or an empty text; it may be known, and stand elsewhere."""
    return "" if key in keys else next(iter(get_close_matches(str(key), keys, n=1)), "")


def _sentence(fault: ErrorDetails, keys: list[str]) -> str:
    """Return a fault of the schema as a sentence with its remedy."""
    given, key = fault["input"], next(reversed(fault["loc"]), "")  # a fault of the whole file has no key
    allowed = fault.get("ctx", {})
    match fault["type"]:
        case "missing":
            return f'"{key}" is missing; add it'
        case "extra_forbidden":
            meant = _meant(key, keys)
            return f'unknown key "{key}"; ' + (f'did you mean "{meant}"?' if meant else "take it out")
        case "date_from_datetime_parsing" | "date_parsing" | "date_from_datetime_inexact" | "date_type":
            return f"{_shown(given)} is not a day of the calendar; write year-month-day, as in 2026-09-30"
        case "decimal_parsing" | "decimal_type" | "int_parsing" | "int_type" | "float_type" | "finite_number":
            return f'{_shown(given)} is not a number; write digits only, as in 91 or 8.8, and the unit under "unit"'
        case "tuple_type" | "list_type":
            return f"{_shown(given)} stands where a list belongs; write [a, b] or one line with a dash for each"
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"{_shown(given)} stands where keys and values belong; write key: value"
        case "string_type":
            return f"{_shown(given)} stands where a text belongs; write one line of text"
        case "string_too_long":
            return f"the text has {len(str(given))} characters, and {allowed['max_length']} are allowed; shorten it"
        case "string_too_short":
            return "the text is empty; write something, or take the key out"
        case "string_pattern_mismatch":
            return f"{_shown(given)} is not written as such a code is; use letters, digits, dots and hyphens"
        case "literal_error" | "union_tag_invalid" | "enum":
            choices = allowed.get("expected") or allowed.get("expected_tags")
            return f"{_shown(allowed.get('tag', given))} is not one of the choices; write {choices}"
        case "union_tag_not_found":
            return '"kind" is missing; add it, as in kind: trajectory'
        case "too_short":
            return "the list is empty; write at least one entry"
        case "bool_parsing" | "bool_type":
            return f"{_shown(given)} is neither yes nor no; write true or false"
        case "greater_than":
            return f"{_shown(given)} is too small; write more than {allowed['gt']}"
        case "greater_than_equal":
            return f"{_shown(given)} is too small; write {allowed['ge']} or more"
        case "zoneinfo_str":
            return f"{_shown(given)} is not a time zone; write one as in America/Denver"
        case "value_error":
            return f"{allowed['error']}"
        case _:
            return fault["msg"] if _is_ours(fault) else f"{_shown(given)} cannot stand here: {fault['msg'].lower()}"


def _is_ours(fault: ErrorDetails) -> bool:
    """Return whether a fault's message is a sentence of the model's own, which names its remedy."""
    return ";" in fault["msg"]


def _shown(value: object) -> str:
    text = "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else f'"{value}"'
    return "nothing" if value is None else text if len(text) <= 60 else f'{text[:56]}..."'


def _keys(kind: type[BaseModel]) -> list[str]:
    """Return every key that a record and the records in it may have."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [kind]
    while waiting:
        part = waiting.pop()
        if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
            seen.add(part)
            waiting += [field.annotation for field in part.model_fields.values()]
        waiting += get_args(part)
    return sorted({key for record in seen for key in record.model_fields})
