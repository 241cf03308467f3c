"""The parts of a workbook in Excel's format, and one sheet of them alone.

What is given to a reader of workbooks here is put together anew, from parts that were read within bounds.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import cache, reduce

from tasks.sources.archive import Archive, Attributes, Made, read_elements
from tasks.sources.cells import quoted
from tasks.sources.failures import SourceFailed

SAVE_ANEW = "save the sheet with the figures alone as a new workbook"
WORKBOOK = Made(what="workbook", program="Excel", remedy=SAVE_ANEW)

_WORKBOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet with cells."""

    name: str
    is_hidden: bool
    part: str
    """Where its cells stand in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How far a sheet's cells reach, and the faults that stand in it."""

    rows: int
    columns: int
    faults: dict[tuple[int, int], str]
    """What stands in cells whose formula failed, such as #N/A, by row and column, both counted from 1."""


# --- the file ----------------------------------------------------------------------------------------------------------


class Package(Archive):
    """The parts of a workbook."""

    def __init__(self, content: bytes) -> None:
        """Open a workbook.

        Raises:    SourceFailed: it is damaged, has no workbook in it, or is larger than an honest one
        """
        super().__init__(content, WORKBOOK)
        if _WORKBOOK not in self:
            raise SourceFailed("the workbook has no xl/workbook.xml, as one in Excel's format has; save it as .xlsx")
        self.counts_from_1904 = False
        self._links = self._read_links()
        self.sheets = self._read_sheets()

    def alone(self, cells: bytes) -> io.BytesIO:
        """Return a workbook of one sheet, with these cells and the texts and formats of this workbook."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("_rels/.rels", _links([("officeDocument", _WORKBOOK)]))
            archive.writestr(_WORKBOOK, _workbook(counts_from_1904=self.counts_from_1904))
            linked = [("worksheet", "worksheets/sheet1.xml")]
            archive.writestr("xl/worksheets/sheet1.xml", cells)
            for kind in ("sharedStrings", "styles"):
                for target in self._of_kind(kind):
                    archive.writestr(f"xl/{kind}.xml", self.part(target))
                    linked.append((kind, f"{kind}.xml"))
            archive.writestr(_LINKS, _links(linked))
        made.seek(0)
        return made

    def _read_links(self) -> dict[str, tuple[str, str]]:
        """Return the kind of each linked part and where it stands, by the link's id."""
        found: dict[str, tuple[str, str]] = {}

        def keep(name: str, of: Attributes) -> None:
            if name == "Relationship" and of.get("TargetMode") != "External":
                kind = of.get("Type", "").rpartition("/")[2]
                found[of.get("Id", "")] = kind, posixpath.normpath(posixpath.join("/xl", of.get("Target", ""))).lstrip("/")

        self.read_elements(_LINKS, keep)
        return found

    def _read_sheets(self) -> tuple[Sheet, ...]:
        found: list[Sheet] = []

        def keep(name: str, of: Attributes) -> None:
            if name == "workbookPr":
                self.counts_from_1904 = of.get("date1904") in ("1", "true")
            kind, part = self._links.get(next((of[key] for key in of if key.endswith(":id")), ""), ("", ""))
            if name == "sheet" and kind == "worksheet":
                found.append(Sheet(name=of.get("name", ""), is_hidden=of.get("state", "visible") != "visible", part=part))

        self.read_elements(_WORKBOOK, keep)
        return tuple(found)

    def _of_kind(self, kind: str) -> list[str]:
        return [part for of_kind, part in self._links.values() if of_kind == kind and part in self][:1]


def _links(linked: list[tuple[str, str]]) -> str:
    each = (f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{part}"/>' for n, (kind, part) in enumerate(linked, 1))
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(each)}</Relationships>'


def _workbook(*, counts_from_1904: bool) -> str:
    sheet = '<sheets><sheet name="only" sheetId="1" r:id="rId1"/></sheets>'
    epoch = f'<workbookPr date1904="{int(counts_from_1904)}"/>'
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{epoch}{sheet}</workbook>'


# --- what stands in a part ---------------------------------------------------------------------------------------------


def extent(cells: bytes, *, part: str) -> Extent:
    """Return how far a sheet's cells reach that have something in them.

    Raises:    SourceFailed: the sheet is damaged, or its cells do not stand in their order
    """
    scan = _Scan()
    read_elements(cells, scan.start, part=part, made=WORKBOOK)
    if scan.faults:  # texts are asked for only now, because they take long
        scan.row = 0
        read_elements(cells, scan.start, part=part, made=WORKBOOK, text=scan.text)
    return Extent(rows=scan.last, columns=scan.widest, faults=scan.faults)


class _Scan:
    """The walk over the cells of a sheet, row by row."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.last = self.widest = 0
        self.faults: dict[tuple[int, int], str] = {}
        self._is_fault = False
        self._reads = False

    def start(self, name: str, of: Attributes) -> None:
        self._reads = False
        if name == "c":
            self._to_cell(of)
        elif name in ("v", "is"):  # a cell without is only formatted, and those may reach very far
            self.last, self.widest = self.row, max(self.widest, self.column)
            if self._is_fault:
                self._reads = True
                self.faults[self.row, self.column] = ""
        elif name == "row":
            row = int(of["r"]) if of.get("r", "").isdecimal() else self.row + 1
            if row <= self.row:
                raise SourceFailed(_DISORDERED)
            self.row, self.column = row, 0

    def text(self, text: str) -> None:
        if self._reads:
            self.faults[self.row, self.column] += text

    def _to_cell(self, of: Attributes) -> None:
        row, column = _position(of["r"]) if "r" in of else (self.row, self.column + 1)
        if row != self.row or column <= self.column:
            raise SourceFailed(_DISORDERED)
        self.column, self._is_fault = column, of.get("t") == "e"


_DISORDERED = "the workbook is damaged: the cells of the sheet do not stand in their order; open it and save it again"


def _position(cell: str) -> tuple[int, int]:
    """Return the row and the column of a cell, as in B3, both counted from 1."""
    found = _CELL.fullmatch(cell)
    if found is None:
        raise SourceFailed(f"the workbook is damaged: there is no cell {quoted(cell)}; open it and save it again")
    return int(found[2]), _column(found[1])


@cache
def _column(letters: str) -> int:
    return reduce(lambda number, letter: number * 26 + ord(letter) - 64, letters, 0)
