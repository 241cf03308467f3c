"""YAML text as plain values, with the place of each; what is doubtful in the text itself becomes a problem.

Every scalar stays text, so that a code like 1.10 or a word like "no" is what the editor wrote; the schema decides what it
means. Aliases, tags and keys given twice are refused.
"""

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from typing import Any

import yaml

from plan.record import UNPRINTABLE

MAX_DEPTH = 40
"""How deep mappings and lists may be nested; a plan needs about ten."""

NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""What ends a line for YAML."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file that people edit; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a file that people edit: where, and a sentence with the remedy."""

    place: Place
    sentence: str
    blocks: bool = True
    """Whether the files cannot be worked with until it is mended."""

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass
class Document:
    """A file's values, the place of each value and key by its path, and the problems of the text."""

    file: str
    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spoiled: set[Path] = field(default_factory=set)
    """Paths of values that the text does not really give, such as an alias; what is wrong there has been said."""
    doubled: list[tuple[Path, Any]] = field(default_factory=list)
    """Path and value of each key that was given before; the value is read past."""

    def place(self, path: Path) -> Place:
        """Return where a value stands, or the nearest thing around it that is in the file."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1, 1))

    def report(self, place: Place, sentence: str, *, blocks: bool = True) -> None:
        """Add a problem, as one line, whatever the file's own words in it hold."""
        self.problems.append(Problem(place, UNPRINTABLE.sub(" ", sentence), blocks))


def compose(file: str, content: bytes) -> Document:
    """Return what a YAML file holds; never raises, whatever bytes it holds."""
    document = Document(file)
    content = content.removeprefix(BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        place = _place_after(file, content[: error.start])
        document.problems.append(Problem(place, "this is not UTF-8 text; save the file in the encoding UTF-8"))
        return document
    builder = _Builder(document)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except _Refused as refused:
        document.problems.append(Problem(refused.place, refused.sentence))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark and mark.index < len(text) else _place_after(file, content)
        said = error.problem or error.context or "it cannot be read"
        document.problems.append(Problem(place, f"this is not YAML: {said}; look at this line and the one above it"))
    except yaml.reader.ReaderError as error:
        place = _place_after(file, content[: error.position])  # the parser counts bytes
        document.problems.append(Problem(place, "this character may not stand in YAML; delete it"))
    else:
        document.value = builder.value
        if document.value is None and not document.problems:
            document.problems.append(
                Problem(Place(file, 1, 1), "the file is empty; see docs/administrators.md for what belongs in it")
            )
    return document


def _place_after(file: str, before: bytes) -> Place:
    """Return the place that follows the bytes before it."""
    lines = LINE_END.split(before.decode(errors="ignore"))
    return Place(file, len(lines), len(lines[-1]) + 1)


class _Refused(Exception):
    """The text holds something that is not allowed; take it out."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place, self.sentence = place, sentence


@dataclass
class _Open:
    """A mapping or list that is being read."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None
    drops: bool = False
    """Whether the next value belongs to a key given twice, and is only read past."""


class _Builder:
    """Builds values from the parser's events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.value: Any = None
        self.open: list[_Open] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event of the parser."""
        assert event.start_mark is not None  # the parser marks every event
        place = Place(self.document.file, event.start_mark.line + 1, event.start_mark.column + 1)
        self._refuse(event, place)
        match event:
            case yaml.MappingStartEvent():
                self._enter({}, place)
            case yaml.SequenceStartEvent():
                self._enter([], place)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.open.pop()
            case yaml.ScalarEvent():
                plain = event.implicit[0]
                self._scalar(None if plain and event.value in NOTHING else event.value, place)
            case yaml.AliasEvent():
                self._scalar(None, place, spoiled=True)
            case yaml.DocumentStartEvent():
                self.documents += 1

    def _refuse(self, event: yaml.Event, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._problem(place, f'"*{event.anchor}" is an alias; write the value out where it is needed')
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self._problem(place, f'"&{event.anchor}" is an anchor; write each value out where it is needed')
        elif (tag := getattr(event, "tag", None)) is not None:
            self._problem(place, f'"{tag}" is a tag; leave it out, the key alone says what the value means')
        if isinstance(event, yaml.DocumentStartEvent) and self.documents:
            raise _Refused(place, 'a second document starts here; keep one, and delete the line "---"')
        if len(self.open) >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            raise _Refused(place, f"this is nested more than {MAX_DEPTH} deep; nothing in such a file needs that")

    def _problem(self, place: Place, sentence: str) -> None:
        self.document.report(place, sentence)

    def _enter(self, value: dict[str, Any] | list[Any], place: Place) -> None:
        if self.open and isinstance(self.open[-1].value, dict) and self.open[-1].key is None:
            raise _Refused(place, "a key has to be plain text; if this is a value, put its key and a colon before it")
        path = self._add(value, place)
        self.open.append(_Open(value, path))

    def _scalar(self, value: str | None, place: Place, *, spoiled: bool = False) -> None:
        inside = self.open[-1] if self.open else None
        if inside is None or isinstance(inside.value, list) or inside.key is not None:
            path = self._add(value, place)
            if spoiled:
                self.document.spoiled.add(path)
            return
        inside.key = value or ""
        inside.drops = inside.key in inside.value
        path = (*inside.path, inside.key)
        if inside.drops:
            first = self.document.places[path].line
            self._problem(place, f'key "{inside.key}" is given twice, first in line {first}; delete one of them')
        else:
            self.document.places[path] = place

    def _add(self, value: Any, place: Place) -> Path:
        if not self.open:
            self.value = value
            self.document.places[()] = place
            return ()
        inside = self.open[-1]
        if isinstance(inside.value, list):
            path: Path = (*inside.path, len(inside.value))
            inside.value.append(value)
            self.document.places[path] = place
            return path
        key, inside.key = str(inside.key), None
        path = (*inside.path, key)
        if inside.drops:
            self.document.doubled.append((path, value))
            return ("given twice", *path)  # a path of its own: the first one's places stay
        inside.value[key] = value
        return path
