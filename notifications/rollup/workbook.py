"""The rollup as a workbook: all of it, in rows that can be sorted, summed up and drawn anew.

Figures stay in the unit that stands beside them: 86 percent is the number 86, with "percent" in the column of units. Only a
share of the way is a share.
"""

from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from notifications.rollup import wording
from notifications.rollup.wording import COLOURS, SEAL_DIGITS, shortened
from notifications.rollup.workbook_answers import write_answers
from notifications.rollup.workbook_cells import harmless, looks, write_table
from notifications.rollup.workbook_charts import write_charts
from notifications.rollup.workbook_sheets import tables
from plan.rollup import Rollup
from plan.wording import in_words

_LETTER = 1
_PORTRAIT = 110
"""Characters across that are printed in portrait; wider sheets lie."""
_LANDSCAPE = 250
"""Characters across that can be read on one page in landscape; wider sheets take two."""
_LONGEST_AT_THE_EDGE = 60
"""Characters of a title in a header or footer, which may hold 255 in all."""
_UNSCALED = {"scale_with_doc": False}
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(rollup: Rollup, *, seal: str) -> bytes:
    """Return a rollup as a workbook; the same one always as the same bytes.

    Args:      seal: the SHA-256 of the frozen rollup, in hexadecimal digits
    """
    content = BytesIO()
    with Workbook(content, _OPTIONS) as book:
        _describe(book, rollup, seal)
        for sheet in _sheets(book, rollup, seal):
            _set_up_page(sheet, rollup, seal)
    return content.getvalue()


def _sheets(book: Workbook, rollup: Rollup, seal: str) -> Iterator[Worksheet]:
    """Yield the sheets in their order, written and fitted to paper."""
    shown_as = looks(book)
    answers = write_answers(book, rollup, shown_as, seal=seal)
    answers.fit_to_pages(1, 1)
    yield answers
    charts = write_charts(book, rollup, shown_as)
    charts.set_landscape()
    charts.set_print_scale(65)  # not fitted to the width, for then a page would break within a chart
    yield charts
    for table in tables(rollup):
        sheet = write_table(book, table, shown_as)
        across = sum(column.width for column in table.columns)
        if across > _PORTRAIT:
            sheet.set_landscape()
        if across > _LANDSCAPE:
            sheet.repeat_columns(0)
        sheet.fit_to_pages(1 if across <= _LANDSCAPE else 2, 0)
        sheet.repeat_rows(0)
        yield sheet


def _set_up_page(sheet: Worksheet, rollup: Rollup, seal: str) -> None:
    plan = _at_the_edge(rollup.title)
    draft = f'&C&"Calibri,Bold"&14&K{COLOURS["bad"][1:]} DRAFT' if rollup.is_draft else ""
    sheet.set_paper(_LETTER)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.75)
    sheet.set_header(f"&L{plan}{draft}&R{in_words(rollup.frozen_on)}", _UNSCALED)
    title = _at_the_edge(wording.title(rollup))
    sheet.set_footer(f"&L&9{title}&C&9Page &P of &N&R&9Seal {seal[:SEAL_DIGITS]}", _UNSCALED)


def _at_the_edge(text: str) -> str:
    """Return a text for a header or footer, where an ampersand begins an instruction."""
    return shortened(harmless(text), _LONGEST_AT_THE_EDGE).replace("&", "&&")


def _describe(book: Workbook, rollup: Rollup, seal: str) -> None:
    texts = {
        "title": ("Draft: " if rollup.is_draft else "") + wording.title(rollup),
        "subject": rollup.title,
        "author": rollup.organisation,
        "company": rollup.organisation,
        "comments": wording.stand(rollup),
        "status": "Draft" if rollup.is_draft else "Frozen",
    }
    created = datetime.combine(rollup.frozen_on, time())  # else the clock's time, and other bytes each time
    book.set_properties({name: harmless(text) for name, text in texts.items()} | {"created": created})
    book.set_custom_property("Seal (SHA-256)", seal)
