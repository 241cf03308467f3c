"""Plans that stand in headings and lists: numbered goals with what is nested in them, or one labelled line after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan.published.document import Block, Heading, Table
from plan.published.growing import Growing, without_continued
from plan.published.lines import Bullet
from plan.published.outline import Outline
from plan.published.roles import Label, Role, label_of

PARAGRAPH = 10
"""How deep a paragraph stands; headings stand above it by their level, entries of lists below it."""
LONGEST_HEADING_OF_A_LIST = 60


@dataclass(frozen=True, slots=True)
class _Line:
    bullet: Bullet
    depth: int
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class _Open:
    depth: int
    role: Role
    heads: bool
    """Whether it only heads what comes below it, as "Strategies:" does."""


def from_lists(blocks: Sequence[Block]) -> Outline | None:
    """Return the plan that stands in headings and lists that tell what they are; None where they do not."""
    reading = _Lists()
    for block in blocks:
        for line in _lines(block):
            reading.take(line)
    return reading.outline if reading.outline.holds_a_plan() and reading.tells() else None


def _lines(block: Block) -> Iterator[_Line]:
    match block:
        case Heading(level=level, text=text, line=line):
            yield _Line(Bullet(line=line, text=text, parts=(text,), listed=False), level, is_heading=True)
        case Bullet():
            yield from _of_bullet(block, PARAGRAPH + block.listed)
        case Table():
            for row in block.rows:
                for cell in row:
                    for bullet in cell.bullets():
                        yield from _of_bullet(bullet, PARAGRAPH + bullet.listed)


def _of_bullet(bullet: Bullet, depth: int) -> Iterator[_Line]:
    waiting = [(bullet, depth)]
    while waiting:
        one, at = waiting.pop()
        yield _Line(one, at)
        waiting += [(inner, at + 1) for inner in reversed(one.inside)]


class _Lists(Growing):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[_Open] = []
        self.told: set[Role] = set()
        """What lines call themselves in words, or by a code such as 1.2A."""

    def tells(self) -> bool:
        """Return whether lines say what they are, so that this is a plan and not just any list with numbers."""
        return len(self.told - {"aside"}) > 1 and not self.told.isdisjoint({"priority", "objective"})

    def take(self, line: _Line) -> None:
        """Take the next line: what it calls itself counts, else where it stands."""
        while self.open and self.open[-1].depth >= line.depth:
            self.open.pop()
        label = self._label(line)
        self.told |= _told(label) if label else set()
        if label is None:
            self._unlabelled(line)
        elif label.text or (label.number and label.role in ("priority", "objective", "action")):
            self._labelled(line, label)
        else:
            if label.role == "aside":
                self._aside(line)
            self.open.append(_Open(line.depth, label.role, heads=True))

    def _label(self, line: _Line) -> Label | None:
        """Return what a line calls itself; a number alone counts only where goals and objectives are looked for."""
        label = label_of(line.bullet.text)
        if label is None and line.bullet.number and not self.open and not line.is_heading:
            return Label(role="priority", number=str(line.bullet.number), text=line.bullet.text, word="")
        if label is None or label.word:
            return label
        inside = self.open[-1].role if self.open else None
        return None if inside in ("progress", "long_term", "aside") else label

    def _labelled(self, line: _Line, label: Label) -> None:
        self._add(label.role, without_continued(label.text) or line.bullet.text, line, label)
        self.open.append(_Open(line.depth, label.role, heads=False))

    def _unlabelled(self, line: _Line) -> None:
        """Read a line by what is open above it: under "Strategies:" it is one, under a goal it is an objective."""
        above = self.open[-1] if self.open else None
        if above is None or above.role == "aside":
            self._aside(line)
            return
        if above.heads:
            self._add(above.role, line.bullet.text, line, None)
            self.open.append(_Open(line.depth, above.role, heads=False))
            return
        if above.role in ("progress", "long_term"):
            self._nest(above.role, line.bullet)
        elif above.role == "action":
            self.go_on(line.bullet.text)
        elif not (line.bullet.listed or line.is_heading):
            self.outline.beside.append((line.bullet.line, line.bullet.text))
        else:
            role: Role = "objective" if above.role == "priority" else "action"
            self._add(role, line.bullet.text, line, None)
            self.open.append(_Open(line.depth, role, heads=False))

    def _aside(self, line: _Line) -> None:
        if self.go_on(line.bullet.text):
            return
        self.outline.beside.append((line.bullet.line, line.bullet.text))

    def _add(self, role: Role, text: str, line: _Line, label: Label | None) -> None:
        at = line.bullet.line
        match role:
            case "priority":
                self.start_priority(label, text, at)
            case "objective":
                self.start_objective(label, text, at)
            case "action":
                self._action(text, at, label)
            case "progress":
                self.open_part(at).progress.append(_alone(line.bullet, text))
            case "long_term":
                self.open_part(at).long_term.append(_alone(line.bullet, text))
            case "aside":
                said = line.bullet.text
                if not self.go_on(f"({said})"):
                    self.outline.beside.append((at, said))

    def _action(self, text: str, at: int, label: Label | None) -> None:
        number = label.number if label else None
        if number and "." in number:
            self.add_action(number, text, at)
        else:
            initial = label.word.split()[-1][0].lower() if label and label.word else ""
            self.add_action(None, text, at, letter=f"-{initial}{number}" if number else "")

    def _nest(self, role: Role, bullet: Bullet) -> None:
        """Put a line inside the measure above it."""
        part = self.open_part(bullet.line)
        held = part.progress if role == "progress" else part.long_term
        if not held:  # another part began in between
            held.append(_alone(bullet, bullet.text))
            return
        above = held[-1]
        inside = (*above.inside, _alone(bullet, bullet.text))
        held[-1] = Bullet(line=above.line, text=above.text, parts=above.parts, listed=above.listed, inside=inside)


def _told(label: Label) -> set[Role]:
    """Return what a line says of a plan by calling itself so: a goal or an objective only counts with its words."""
    if not label.word:
        return {"objective", "action"} if label.number and label.number[-1].isalpha() and "." in label.number else set()
    is_part = label.role in ("priority", "objective")
    return {label.role} if label.text or not is_part else set()


def _alone(bullet: Bullet, text: str) -> Bullet:
    """Return a line without what is nested in it, which comes by itself, and without the words by which it calls itself."""
    parts = bullet.parts if text == bullet.text else (text,)
    return Bullet(line=bullet.line, text=text, parts=parts, listed=bullet.listed)
