"""A document's text as HTML in which each element says the line of the file that it stands in.

Published plans come as HTML, as Markdown, and as Markdown in which a table's rows are lines, its cells divided by tabs.
"""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt

from plan.published.roles import column_roles

LINE = "data-line"
"""The attribute that holds an element's line."""

_OPENS = re.compile(r"<([A-Za-z][A-Za-z0-9]*)(?=[\s/>])|\n")
_TAGS = re.compile(r"<[^>]*>")
_SPANS = re.compile(r"<(/?)(?:p|ul|ol|li|div)\b", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]\n]{1,500})\]\([^()\s]{0,500}\)")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").disable(["code", "link", "image", "reference"])
"""Indented text is text. Links are taken by their words before, since reading many open brackets takes a parser for ever."""


def as_html(text: str, *, is_html: bool) -> str:
    """Return a document as HTML with lines; they count from 1."""
    if is_html:
        return _with_lines(text, 1)
    return "\n".join(_table(rows) if rows else _rendered(between, first) for first, between, rows in _pieces(text.split("\n")))


def looks_like_html(text: str) -> bool:
    """Return whether a text is a page of HTML."""
    return bool(re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html)\b", text[:500], re.IGNORECASE))


_Row = tuple[int, list[str]]


def _pieces(lines: list[str]) -> Iterator[tuple[int, list[str], list[_Row]]]:
    """Yield what lies between tables with the number of its first line, and the rows of each table, by turns."""
    at = start = 0
    while at < len(lines):
        cells = lines[at].split("\t")
        if len(cells) < 3 or not column_roles(_TAGS.sub("", cell).strip() for cell in cells):
            at += 1
            continue
        yield start + 1, lines[start:at], []
        rows, at = _rows(lines, at, len(cells))
        yield 0, [], rows
        start = at
    yield start + 1, lines[start:], []


def _rows(lines: list[str], at: int, width: int) -> tuple[list[_Row], int]:
    """Return the rows that follow a heading of tabbed cells, and where they end: at a line that is no row any more.

    A blank line, as a new page leaves it, ends nothing; nor does a line within a cell whose elements are still open.
    """
    rows: list[_Row] = []
    while at < len(lines):
        line = lines[at]
        if "\t" in line:
            cells = line.split("\t")
            rows.append((at + 1, [*cells[: width - 1], " ".join(cells[width - 1 :])]))
        elif rows and _is_open(rows[-1][1][-1]):
            rows[-1][1][-1] += "\n" + line
        elif line.strip():
            break
        at += 1
    return rows, at


def _is_open(cell: str) -> bool:
    return sum(-1 if found[1] else 1 for found in _SPANS.finditer(cell)) > 0


def _table(rows: list[_Row]) -> str:
    made = (
        f'<tr {LINE}="{line}">' + "".join(f'<td {LINE}="{line}">{_with_lines(cell, line)}</td>' for cell in cells) + "</tr>"
        for line, cells in rows
    )
    return f"<table>{''.join(made)}</table>"


def _rendered(lines: list[str], first: int) -> str:
    """Return Markdown as HTML, each block with its line."""
    tokens = _MARKDOWN.parse(_LINK.sub(r"\1", "\n".join(lines)))
    for token in tokens:
        if token.map and token.type == "html_block":
            token.content = _with_lines(token.content, first + token.map[0])
        elif token.map and token.nesting == 1:
            token.attrSet(LINE, str(first + token.map[0]))
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _with_lines(text: str, first: int) -> str:
    """Return HTML in which each element that opens says its line."""
    line = first

    def told(found: re.Match[str]) -> str:
        nonlocal line
        if found[0] == "\n":
            line += 1
            return "\n"
        return f'<{found[1]} {LINE}="{line}"'

    return _OPENS.sub(told, text)
