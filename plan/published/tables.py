"""Plans that stand in tables: one table for all, its columns priority to measure, or a table under the heading of each goal."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from plan.published.document import Block, Cell, Heading, Table
from plan.published.growing import Growing, without_continued
from plan.published.lines import DASHES, Bullet
from plan.published.outline import Outline, quoted
from plan.published.roles import Role, column_roles, label_of

_ACTION = re.compile(rf"(?:^|(?<=\s))(?P<code>(?P<stem>\d+(?:\.\d+)+)\s?(?P<letter>[A-Za-z]))\s*[:.){DASHES}]\s*")
_PAGE = re.compile(r"(?:page\s+)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?", re.IGNORECASE)
"""What a new page leaves between two tables."""
LONGEST_STRAND = 40
HEADING_ROWS = 3
"""Within how many rows a table's heading is looked for; a title may stand above it."""


def from_tables(blocks: Sequence[Block]) -> Outline | None:
    """Return the plan that stands in tables with columns that tell what they hold; None where no table does."""
    if not any(isinstance(block, Table) and _heading_of(block) for block in blocks):
        return None
    reading = _Tables()
    for block in blocks:
        reading.take(block)
    return reading.outline if reading.begun else None


def _heading_of(table: Table) -> tuple[int, dict[int, Role]] | None:
    """Return in which row a table's columns are headed, and what each holds."""
    for at, row in enumerate(table.rows[:HEADING_ROWS]):
        roles = column_roles(cell.text() for cell in row)
        if roles:
            return at, roles
    return None


class _Tables(Growing):
    def __init__(self) -> None:
        super().__init__()
        self.roles: dict[int, Role] = {}
        self.headings: list[str] = []
        self.begun = False
        """Whether the document itself names a priority or an objective."""
        self.coded = False
        """Whether actions have codes here, so that one without is odd."""
        self.parted = False
        """Whether something stands between the last table of the plan and here, other than the number of a page."""

    def take(self, block: Block) -> None:
        """Take the next block of the document."""
        self.parted = self.parted or not (isinstance(block, Table) or _PAGE.fullmatch(block.text))
        if isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Heading):
            self._heading(block.text, block.line)
        elif not self._heading(block.text, block.line, only_labelled=True):
            self.beside([block])

    def _heading(self, text: str, line: int, *, only_labelled: bool = False) -> bool:
        """Begin what a heading names; return whether it names a part of the plan."""
        label = label_of(text)
        if label and label.word and (label.text or label.number) and label.role in ("priority", "objective"):
            self._begin(label.role, without_continued(text), line)
            return True
        if not only_labelled:
            self.outline.beside.append((line, text))
        return False

    def _begin(self, role: Role, text: str, line: int) -> None:
        label = label_of(text)
        fits = label is not None and (label.role == role or not label.word)
        words = (label.text if label and fits else "") or text
        self.begun = True
        if role == "priority":
            self.start_priority(label if fits else None, words, line)
        else:
            self.start_objective(label if fits else None, words, line)

    # --- rows ----------------------------------------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        """Read a table's rows, where they are the plan's; keep those of another table beside it."""
        found = _heading_of(table)
        if found is None and not self._goes_on(table):
            self.beside(chain.from_iterable(cell.bullets() for row in table.rows for cell in row))
            self.parted = True
            return
        self.parted = False
        start = 0
        if found:
            start, self.roles = found[0] + 1, found[1]
            self.headings = [cell.text() for cell in table.rows[found[0]]]
            for row in table.rows[: found[0]]:
                self._alone(row)
        cells = (cell for row in table.rows[start:] for _, cell in self._cells(row, "action"))
        self.coded = any(_ACTION.search(cell.text()) for cell in cells)
        for at in range(start, len(table.rows)):
            self._row(table, at)

    def _goes_on(self, table: Table) -> bool:
        """Return whether a table without the plan's columns goes on where the one above it ended, as after a new page."""
        width = max((len(row) for row in table.rows), default=0)
        if self.parted or table.has_heading() or width != len(self.headings):
            return False
        first = next((cell for row in table.rows for cell in row if cell.text()), None)
        if first:
            self.outline.doubt(first.line, f"the table of {quoted(first.text())} is taken to go on with the table above")
        return True

    def _row(self, table: Table, at: int) -> None:
        row = table.rows[at]
        texts = [cell.text() for cell in row]
        if texts[: len(self.headings)] == self.headings[: len(texts)] or not any(texts):
            return
        if len([text for text in texts if text]) == 1 and row[0].columns > 1:
            self._alone(row)
            return
        for role, cell in chain(self._cells(row, "priority"), self._cells(row, "objective")):
            if text := cell.text():
                self._begin(role, without_continued(text), cell.line)
        for _, cell in self._cells(row, "action"):
            self._actions(cell.bullets())
        for role, cell in chain(self._cells(row, "progress"), self._cells(row, "long_term")):
            self._measures(cell, role, spans=self._spans_strands(table, at, cell))
        self._asides(row)

    def _cells(self, row: Sequence[Cell], wanted: Role) -> Iterator[tuple[Role, Cell]]:
        return ((wanted, cell) for column, cell in enumerate(row) if self.roles.get(column) == wanted)

    def _alone(self, row: Sequence[Cell]) -> None:
        """Read a row that is one cell over all columns, such as the title of a goal."""
        for cell in row:
            if (text := cell.text()) and not self._heading(text, cell.line, only_labelled=True):
                self.outline.beside.append((cell.line, text))

    def _spans_strands(self, table: Table, at: int, cell: Cell) -> bool:
        """Return whether a merged cell lies beside the actions of more than one strand."""
        below = table.rows[at : at + cell.rows]
        stems = {
            found["stem"] for row in below for _, one in self._cells(row, "action") for found in _ACTION.finditer(one.text())
        }
        return len(stems) > 1

    # --- actions -------------------------------------------------------------------------------------------------------

    def _actions(self, bullets: Iterable[Bullet]) -> None:
        """Read the actions of a cell; what stands before the first code of a strand is the strand's name."""
        name = ""
        for at, bullet in enumerate(bullets):
            text = bullet.whole()
            found = list(_ACTION.finditer(text))
            lead = text[: found[0].start()].strip() if found else text
            if not found:
                name = self._uncoded(bullet, name, first=at == 0)
                continue
            name = self._lead(f"{name} {lead}".strip(), found[0]["stem"], bullet.line)
            for one, after in zip(found, [*found[1:], None], strict=True):
                words = text[one.end() : after.start() if after else None].strip()
                self._strand(one["stem"], name, bullet.line)
                self.add_action(f"{one['stem']}{one['letter']}", words, bullet.line)
                name = ""
        if name:
            self._without_code(name, bullet.line)

    def _uncoded(self, bullet: Bullet, name: str, *, first: bool) -> str:
        """Read a line of actions that has no code; return the name of a strand, if it may be one."""
        text, label = bullet.whole(), label_of(bullet.whole())
        is_labelled = label is not None and label.role == "action" and bool(label.text)
        goes_on = first and text[:1].islower()
        if self.coded and not (bullet.listed or is_labelled or goes_on) and _may_name(text):
            return f"{name} {text}".strip()
        if name:
            self._without_code(name, bullet.line)
        if label and is_labelled:
            numbers = label.number if label.number and "." in label.number else None
            self.add_action(numbers, label.text, bullet.line, letter=f"-{label.number}" if label.number else "")
        elif goes_on and self.go_on(text):
            self.outline.doubt(bullet.line, f"{quoted(text)} is taken to go on with the action above it")
        elif bullet.listed or not self.coded:
            self.add_action(None, text, bullet.line)
        else:
            self._without_code(text, bullet.line)
        return ""

    def _lead(self, lead: str, stem: str, line: int) -> str:
        """Return what stands before a code, if it names a strand; else go on with the action before it."""
        deeper = self.objective is not None and stem.startswith(f"{self.objective.code}.")
        if deeper and len(lead) <= LONGEST_STRAND:
            return lead.strip(" :")
        if lead and self.go_on(lead):
            self.outline.doubt(line, f"{quoted(lead)} is taken to go on with the action above it")
        elif lead:
            self.outline.beside.append((line, lead))
            self.outline.doubt(line, f"{quoted(lead)} stands before the first action; it is kept beside the plan")
        return ""

    def _strand(self, stem: str, name: str, line: int) -> None:
        """Go to the strand, or the objective, that an action's code names."""
        objective = self.objective
        if objective is None or stem == objective.code:
            self.part = objective
        elif stem.startswith(f"{objective.code}."):
            self.start_strand(stem, name, line)
        else:
            self.outline.doubt(line, f'the action\'s code begins with "{stem}", and the objective is "{objective.code}"')

    def _without_code(self, text: str, line: int) -> None:
        self.add_action(None, text, line)
        self.outline.doubt(line, f"{quoted(text)} has no code; it is taken as an action of its own")

    # --- measures and the rest -----------------------------------------------------------------------------------------

    def _measures(self, cell: Cell, role: Role, *, spans: bool) -> None:
        bullets = cell.bullets()
        if not bullets:
            return
        part = self.open_part(cell.line)
        if spans and self.objective is not None and part is not self.objective:
            self.outline.doubt(
                cell.line, f'one cell of measures lies beside several strands; they stand under "{self.objective.code}"'
            )
            part = self.objective
        held = part.progress if role == "progress" else part.long_term
        for at, bullet in enumerate(bullets):
            if at == 0 and held and not bullet.listed and bullet.text[:1].islower():
                held[-1] = _joined(held[-1], bullet)
                self.outline.doubt(cell.line, f"{quoted(bullet.text)} is taken to go on with the measure above it")
            else:
                held.append(bullet)

    def _asides(self, row: Sequence[Cell]) -> None:
        """Add what else a row says, such as who is responsible, to the words of its last action."""
        for column, cell in enumerate(row):
            text = cell.text()
            if not text or self.roles.get(column, "aside") != "aside":
                continue
            heading = self.headings[column].strip(" :") if column < len(self.headings) else ""
            said = f"{heading}: {text}" if heading else text
            if not self.go_on(f"({said})"):
                self.outline.beside.append((cell.line, said))


def _joined(above: Bullet, below: Bullet) -> Bullet:
    if above.inside:
        inside = (*above.inside[:-1], _joined(above.inside[-1], below))
        return Bullet(line=above.line, text=above.text, parts=above.parts, listed=above.listed, inside=inside)
    text = f"{above.text} {below.text}"
    return Bullet(line=above.line, text=text, parts=(text,), listed=above.listed, number=above.number, inside=below.inside)


def _may_name(text: str) -> bool:
    """Return whether a line may be the name of a strand: it is short, and no sentence."""
    return len(text) <= LONGEST_STRAND and not text.endswith((".", ";"))
