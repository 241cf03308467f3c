"""A published plan as it was found, before it is written as a plan file: a tree of texts, each with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from plan.model import Target
from plan.published.lines import Bullet


@dataclass(frozen=True, slots=True, order=True)
class Doubt:
    """Something that the import was not sure of: the line of the document, and a sentence on what it was taken for."""

    line: int
    sentence: str


def quoted(text: str) -> str:
    """Return a text in quotation marks, cut where it is long."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57].rstrip()}..."'


@dataclass(slots=True, kw_only=True)
class Entry:
    """An action or a progress measure."""

    code: str
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A long-term measure with its target."""

    code: str
    title: str
    wording: str
    line: int
    target: Target
    unit: str | None
    part_of: str | None = None
    student_group: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Part:
    """An objective, or a strand of one."""

    code: str
    text: str
    line: int
    strands: list["Part"] = field(default_factory=list)
    actions: list[Entry] = field(default_factory=list)
    progress: list[Bullet] = field(default_factory=list)
    long_term: list[Bullet] = field(default_factory=list)

    def parts(self) -> Iterator["Part"]:
        """Yield the part itself and its strands."""
        yield self
        yield from self.strands


@dataclass(slots=True, kw_only=True)
class Branch:
    """A priority."""

    code: str
    text: str
    line: int
    objectives: list[Part] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Outline:
    """All that a document says: the plan, what stands beside it, and what was not sure."""

    priorities: list[Branch] = field(default_factory=list)
    beside: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of what is no part of the plan's tree, such as a mission."""
    doubts: list[Doubt] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)
    """Every code that is taken, with the number that a second one like it would get."""

    def parts(self) -> Iterator[Part]:
        """Yield every objective and every strand."""
        for priority in self.priorities:
            for objective in priority.objectives:
                yield from objective.parts()

    def holds_a_plan(self) -> bool:
        """Return whether anything is to be done or to be reached."""
        return any(part.actions or part.progress or part.long_term for part in self.parts())

    def doubt(self, line: int, sentence: str) -> None:
        """Say what was not sure."""
        self.doubts.append(Doubt(line, sentence))

    def code(self, wanted: str, line: int) -> str:
        """Return a code that nothing else has, the wanted one if it is free."""
        clean = re.sub(r"[^A-Za-z0-9.-]+", "-", wanted).strip("-.")[:36].strip("-.") or "item"
        free = clean
        while free in self.codes:
            free = f"{clean[:30]}-{self.codes[clean]}"
            self.codes[clean] += 1
        if free != wanted:
            why = "is given twice" if clean == wanted else "is not written as a code is"
            self.doubt(line, f'the code "{wanted}" {why}; "{free}" was taken')
        self.codes[free] = 2
        return free
