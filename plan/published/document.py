"""A published document as headings, lines and tables in its own order, each with the line of the file that it stands in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from plan.published.lines import Bullet, Line, nested
from plan.published.markup import LINE, as_html

MAX_CHARACTERS = 2_000_000
"""How long a document may be; a published plan has some ten thousand characters."""

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCK = re.compile(
    r"h[1-6]|p|div|section|article|main|header|footer|aside|blockquote|pre|dl|dt|dd|caption|center|form|"
    r"details|summary|figure|figcaption|nav|address|option|optgroup|fieldset|legend|hgroup|dialog|search",
    re.ASCII,
)
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_MARKED = frozenset({"i", "em", "b", "strong", "u", "a", "mark"})
_UNREAD = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe", "object"})
MAX_ROWS, MAX_COLUMNS = 200, 40
"""How many rows and columns a merged cell may span; more is a slip of the pen or worse."""


class DocumentRefused(ValueError):
    """The document cannot be imported, and nothing of it was; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the highest."""

    level: int
    text: str
    line: int


@dataclass(slots=True)
class Cell:
    """A cell of a table; a cell that a merged one covers is there, and empty."""

    line: int
    lines: list[Line] = field(default_factory=list)
    rows: int = 1
    """How many rows it spans."""
    columns: int = 1
    heads: bool = False
    """Whether the document itself calls it a heading."""

    def bullets(self) -> tuple[Bullet, ...]:
        """Return what stands in it, line by line, with what is nested."""
        return nested(self.lines)

    def text(self) -> str:
        """Return all of it as one line."""
        return " ".join(bullet.whole() for bullet in self.bullets())


@dataclass(slots=True)
class Table:
    """A table, row by row, each row as wide as the widest where cells are merged."""

    line: int
    rows: list[list[Cell]] = field(default_factory=list)

    def has_heading(self) -> bool:
        """Return whether the document itself calls all that its first row says a heading."""
        first = [cell for row in self.rows[:1] for cell in row if cell.text()]
        return bool(first) and all(cell.heads for cell in first)


Block = Heading | Bullet | Table


def read_document(text: str, *, is_html: bool) -> tuple[Block, ...]:
    """Return what a document holds, in its order; elements of no text are left out.

    Args:      is_html: whether it is a page of HTML; else it is Markdown, with whatever HTML stands in it
    Raises:    DocumentRefused: it is too long, or nested deeper than anything that was written by hand
    """
    if len(text) > MAX_CHARACTERS:
        size = f"{len(text):,} characters, and {MAX_CHARACTERS:,} can be read"
        raise DocumentRefused(f"the document has {size}; take out what is not the plan, such as pictures written out as text")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    tree = etree.fromstring(as_html(plain, is_html=is_html).encode(), parser)
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise DocumentRefused("the document is nested more than 250 deep; save it anew from the program that it was written in")
    return () if tree is None else _Walk().over(tree)


class _Walk:
    """Goes through a document's elements in order, without recursion, and keeps what is open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.lines: list[Line] = []
        """What stands outside of tables and is not yet a block."""
        self.tables: list[Table] = []
        self.cells: list[Cell | None] = []
        """For each open table the cell that is open in it."""
        self.lists: list[list[int]] = [[]]
        """For the page, and for each open cell, the number of the next entry of each open list; 0 where it is not numbered."""
        self.entries: list[list[Line | None]] = [[]]
        self.starts_new = True
        self.line = 1
        self.heading: Line | None = None

    def over(self, tree: etree._Element) -> tuple[Block, ...]:
        """Return what the elements under a tree hold."""
        unread = 0
        for event, element in etree.iterwalk(tree, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            unread += (tag in _UNREAD) * (1 if event == "start" else -1)
            if event == "start" and not unread:
                self._start(tag, element)
                self._text(element.text)
            elif event == "end":
                if not unread and tag not in _UNREAD:
                    self._end(tag)
                if not unread:
                    self._text(element.tail)
        self._flush()
        return tuple(self.blocks)

    # --- elements ------------------------------------------------------------------------------------------------------

    def _start(self, tag: str, element: etree._Element) -> None:
        self.line = int(element.get(LINE) or self.line) if (element.get(LINE) or "1").isdecimal() else self.line
        if tag in _LISTS:
            self._part(" ")
            self.lists[-1].append(_count(element.get("start"), MAX_ROWS) if tag == "ol" else 0)
            self.entries[-1].append(None)
        elif tag == "li":
            self._entry()
        elif tag in _MARKED:
            self._part()
        elif tag == "br":
            self._text_of_open("\n")
        elif _BLOCK.fullmatch(tag):
            self._block(tag)
        else:
            self._start_of_table(tag, element)

    def _start_of_table(self, tag: str, element: etree._Element) -> None:
        if tag == "table":
            if not self.tables:
                self._flush()
            self.tables.append(Table(self.line))
            self.cells.append(None)
        elif tag == "tr" and self.tables:
            self._close_cell()
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") and self.tables:
            self._close_cell()
            rows, columns = _count(element.get("rowspan"), MAX_ROWS), _count(element.get("colspan"), MAX_COLUMNS)
            self._open_cell(Cell(self.line, rows=rows, columns=columns, heads=tag == "th"))

    def _end(self, tag: str) -> None:
        if tag in _LISTS and self.lists[-1]:
            self.lists[-1].pop()
            self.entries[-1].pop()
            self.starts_new = not self.lists[-1]
        elif tag == "li":
            self.starts_new = True
            if self.entries[-1]:
                self.entries[-1][-1] = None
        elif tag in _MARKED:
            self._part()
        elif _BLOCK.fullmatch(tag):
            self.starts_new = True
        elif tag in ("td", "th", "tr") and self.tables:
            self._close_cell()
        elif tag == "table" and self.tables:
            self._close_cell()
            self.cells.pop()
            self.blocks.append(_spread(self.tables.pop()))

    # --- lines ---------------------------------------------------------------------------------------------------------

    def _here(self) -> list[Line]:
        cell = self.cells[-1] if self.cells else None
        return self.lines if cell is None else cell.lines

    def _entry(self) -> None:
        """Open an entry of a list."""
        number = self.lists[-1][-1] if self.lists[-1] else 0
        if number:
            self.lists[-1][-1] += 1
        entry = Line(self.line, depth=max(1, len(self.lists[-1])), number=number or None)
        self._here().append(entry)
        if self.entries[-1]:
            self.entries[-1][-1] = entry
        self.starts_new = False

    def _block(self, tag: str) -> None:
        """Open a paragraph or a heading; a paragraph within an entry of a list belongs to it."""
        within = self.entries[-1][-1] if self.entries[-1] else None
        if within is not None:
            within.parts.append(" ")
            return
        self.starts_new = True
        if tag in _HEADINGS:
            self._here().append(Line(self.line, heading=_HEADINGS[tag]))
            self.starts_new = False

    def _text(self, text: str | None) -> None:
        if text and text.strip():
            self._text_of_open(text)
        elif text:
            self._text_of_open(" ", opens=False)

    def _text_of_open(self, text: str, *, opens: bool = True) -> None:
        """Add text to the entry or paragraph that is open, or to a new one."""
        within = next((line for line in reversed(self.entries[-1]) if line is not None), None)
        here = self._here()
        if within is None and (self.starts_new or not here):
            if not opens or text == "\n":
                return
            here.append(Line(self.line))
            self.starts_new = False
        (within or here[-1]).parts[-1] += text if text == "\n" else re.sub(r"\s", " ", text)

    def _part(self, text: str = "") -> None:
        """Begin a new part of the line that is open, since its look changes here."""
        within = next((line for line in reversed(self.entries[-1]) if line is not None), None)
        here = self._here()
        if within is None and not self.starts_new and here:
            within = here[-1]
        if within is not None:
            within.parts.append(text)

    # --- cells and blocks ----------------------------------------------------------------------------------------------

    def _open_cell(self, cell: Cell) -> None:
        if not self.tables[-1].rows:
            self.tables[-1].rows.append([])
        self.tables[-1].rows[-1].append(cell)
        self.cells[-1] = cell
        self.lists.append([])
        self.entries.append([])
        self.starts_new = True

    def _close_cell(self) -> None:
        if self.cells[-1] is not None:
            self.cells[-1] = None
            self.lists.pop()
            self.entries.pop()
            self.starts_new = True

    def _flush(self) -> None:
        """Make blocks of what stood outside of tables until here."""
        self.blocks += _blocks(self.lines)
        self.lines, self.starts_new = [], True
        self.lists[0], self.entries[0] = [0] * len(self.lists[0]), [None] * len(self.entries[0])


def _blocks(lines: list[Line]) -> Iterator[Block]:
    waiting: list[Line] = []
    for line in lines:
        if line.heading is None:
            waiting.append(line)
            continue
        yield from nested(waiting)
        waiting = []
        if line.text():
            yield Heading(line.heading, line.text(), line.at)
    yield from nested(waiting)


def _count(written: str | None, most: int) -> int:
    """Return a count as an attribute gives it, from 1 to the most there may be; 1 where it gives none."""
    return min(most, max(1, int(written))) if written and re.fullmatch(r"\d{1,9}", written, re.ASCII) else 1


def _spread(table: Table) -> Table:
    """Return a table in which what merged cells cover is there as empty cells, so that columns stand under each other."""
    covered: dict[int, int] = {}
    rows: list[list[Cell]] = []
    for row in table.rows:
        spread: list[Cell] = []
        given = iter(row)
        cell = next(given, None)
        while cell is not None or covered.get(len(spread), 0):
            at = len(spread)
            if covered.get(at, 0):
                covered[at] -= 1
                spread.append(Cell(cell.line if cell else table.line))
            elif cell is not None:
                spread += [cell, *(Cell(cell.line) for _ in range(cell.columns - 1))]
                covered.update(dict.fromkeys(range(at, min(len(spread), MAX_COLUMNS)), cell.rows - 1))
                cell = next(given, None)
        rows.append(spread)
    return Table(table.line, rows)
