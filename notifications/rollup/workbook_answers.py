"""The first sheet of the workbook: where the plan stands, what moved, and what is asked, to be read and printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from notifications.rollup import wording
from notifications.rollup.wording import mark
from notifications.rollup.workbook_cells import LINE, MOST_LINES, Cell, Looks, lines, said, write_cell
from plan.rollup import Ask, Movement, Rollup, Summed

_WIDTHS = (12, 46, 20, 20, 36)
_ALL = len(_WIDTHS)
_HEIGHTS = {"title": 28.0, "draft": 28.0, "heading": 30.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A cell that reaches over some columns."""

    cell: Cell
    columns: int = 1
    look: str = "text"


Spans = tuple[Span, ...]


def write_answers(book: Workbook, rollup: Rollup, shown_as: Looks, *, seal: str) -> Worksheet:
    """Write the first sheet, and return it."""
    sheet = book.add_worksheet("Answers")
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    for number, row in enumerate(_rows(rollup, seal)):
        _write(sheet, number, row, shown_as)
    sheet.hide_gridlines(2)
    return sheet


def _rows(rollup: Rollup, seal: str) -> Iterator[Spans]:
    if rollup.is_draft:
        yield _line("DRAFT", "draft")
    yield _line(wording.title(rollup), "title")
    yield _line(f"{rollup.title}, {rollup.organisation}", "strong")
    yield _line(f"{wording.stand(rollup)}.", "quiet")
    yield _line("How much is known", "heading")
    yield from (_line(f"{sentence}.") for sentence in wording.coverage(rollup))
    yield _line("Where the plan stands", "heading")
    yield _cells("", "", "Outcome", "Implementation", "Rated, and reported", look="header")
    yield _standing("Plan", rollup.title, rollup.outcome, rollup.implementation)
    yield from (_standing(one.id, one.title, one.outcome, one.implementation) for one in rollup.priorities)
    yield _line(wording.HEADINGS["moved"], "heading")
    yield from [_moved(one) for one in wording.biggest(rollup)] or [_line(wording.no_movement(rollup))]
    yield _line(wording.HEADINGS["asked"], "heading")
    yield from [row for ask in rollup.asks for row in _asked(ask)] or [_line(wording.NOTHING_ASKED)]
    yield _line("")
    yield _line(f"{wording.next_rollup(rollup)} Seal {seal[: wording.SEAL_DIGITS]}.", "quiet")


def _line(text: str, look: str = "text") -> Spans:
    return (Span(cell=text, columns=_ALL, look=look),)


def _cells(*cells: Cell, look: str = "text") -> Spans:
    return tuple(Span(cell=cell, look=look) for cell in cells)


def _standing(code: str, title: str, outcome: Summed, implementation: Summed) -> Spans:
    known = f"{wording.rated(outcome)}, {wording.reported(implementation)}"
    return (Span(cell=code, look="strong"), *_cells(title, mark(outcome.status), mark(implementation.status), known))


def _moved(one: Movement) -> Spans:
    words = f"{wording.moved(one)} ({one.aspect})"
    return (Span(cell=wording.change_of(one)), Span(cell=words), Span(cell=one.reason, columns=_ALL - 2))


def _asked(ask: Ask) -> Iterator[Spans]:
    yield _line(ask.sentence, "strong")
    for name, named in (("Items", wording.named(ask.items)), ("Offices", wording.named(ask.offices))):
        if named:
            yield (Span(cell=name, look="quiet"), Span(cell=named, columns=_ALL - 1))


def _write(sheet: Worksheet, number: int, row: Spans, shown_as: Looks) -> None:
    """Write a row and its height, which no program works out for cells that reach over several columns."""
    place, needed = 0, 1
    for span in row:
        if span.columns > 1:
            sheet.merge_range(number, place, number, place + span.columns - 1, "", shown_as[span.look])
        write_cell(sheet, number, place, span.cell, shown_as, look=span.look)
        needed = max(needed, lines(said(span.cell), sum(_WIDTHS[place : place + span.columns])))
        place += span.columns
    sheet.set_row(number, _height(row, needed))


def _height(row: Sequence[Span], needed: int) -> float:
    of_a_line = _HEIGHTS.get(row[0].look, LINE)
    return min(of_a_line * needed, LINE * MOST_LINES)
