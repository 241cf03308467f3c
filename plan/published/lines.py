"""Lines of a document as bullets: what was typed as "•" or "○" is one too, and what is nested stands inside."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

DASHES = "\u2013\u2014-"
"""The three kinds of dash, as they stand in a class of characters of a pattern."""
_MARKS = "•●▪■◾‣➢➤✓·"
_INNER_MARKS = "○◦▫□o"
_MARK = re.compile(rf"([{_MARKS}{_INNER_MARKS}])\s+|([{_MARKS}○◦▫□])|[*{DASHES}]\s+")
_TYPED = re.compile(rf"(?:^|\s)(?=[{_MARKS}○◦▫□]\s)")
_NO_TEXT = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
"""What prints nothing: it has no place in a plan file, and may turn the reading direction."""


@dataclass(slots=True)
class Line:
    """A line as it stands in the document, in parts whose look differs; a line break is kept as one."""

    at: int
    parts: list[str] = field(default_factory=lambda: [""])
    depth: int = 0
    """How many lists are around it; 0: it is no entry of a list."""
    number: int | None = None
    heading: int | None = None

    def text(self) -> str:
        """Return the line as plain text."""
        return plain("".join(self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """A line with what is nested in it."""

    line: int
    text: str
    """Its own text, as one line."""
    parts: tuple[str, ...]
    """The same, divided where the look changes; none is empty."""
    listed: bool
    """Whether it is an entry of a list, by its element or by a typed mark."""
    number: int | None = None
    """Its number in a numbered list."""
    inside: tuple["Bullet", ...] = ()

    def whole(self) -> str:
        """Return its text and all that is nested in it."""
        inside = "; ".join(bullet.whole() for bullet in self.inside)
        return f"{self.text} {inside}".strip() if inside else self.text


def plain(text: str) -> str:
    """Return a text as one plain line, without characters that print nothing."""
    return " ".join(_NO_TEXT.sub("", text).split())


def nested(lines: Iterable[Line]) -> tuple[Bullet, ...]:
    """Return lines as bullets, each inside the one that it is nested in; lines without text are left out."""
    flat = [piece for line in lines for piece in _pieces(line)]
    filled = {one.depth for one in flat if one.mark == "outer"}
    levels = [one.depth * 2 + (one.mark == "inner" and one.depth in filled) if one.listed else 0 for one in flat]
    return _nested(flat, levels)


@dataclass(slots=True)
class _Piece:
    line: Line
    text: str
    parts: tuple[str, ...]
    depth: int
    mark: str
    listed: bool


def _pieces(line: Line) -> Iterator[_Piece]:
    """Yield the pieces of a line that are bullets of their own, because of typed marks or of line breaks."""
    for piece in _broken(line):
        mark, text = _unmarked(plain("".join(piece)))
        said = [part for raw in piece if (part := plain(raw))]
        if said:
            said[0] = _unmarked(said[0])[1]
        if text:
            parts = tuple(part for part in said if part)
            yield _Piece(line, text, parts, line.depth, mark, listed=line.depth > 0 or mark != "")


def _broken(line: Line) -> Iterator[list[str]]:
    """Yield the parts of each piece: a line breaks before a typed mark, and outside of lists at a break before a capital."""
    text = line.text()
    marks = bool(_MARK.match(text)) and text[0] in _MARKS + "○◦▫□"
    piece: list[str] = []
    broken = False
    for part in line.parts:
        for at, rest in enumerate(part.split("\n")):
            own, broken = plain(rest), broken or at > 0
            if own and broken and (_MARK.match(own) or (line.depth == 0 and not own[:1].islower())):
                yield piece
                piece = []
            broken = broken and not own
            found = _TYPED.split(rest) if marks else [rest]
            piece.append(f" {found[0]}" if at else found[0])
            for typed in found[1:]:
                yield piece
                piece = [typed]
    yield piece


def _unmarked(text: str) -> tuple[str, str]:
    """Return which kind of mark a text starts with, if any, and the text without it."""
    found = _MARK.match(text)
    if not found:
        return "", text
    mark = "inner" if text[0] in _INNER_MARKS else "outer"
    return mark, text[found.end() :]


def _nested(flat: Sequence[_Piece], levels: Sequence[int]) -> tuple[Bullet, ...]:
    """Return the bullets of the highest level, with those that follow each on a lower one inside it."""
    open_: list[tuple[int, Bullet, list[Bullet]]] = [(-1, Bullet(line=0, text="", parts=(), listed=False), [])]
    for piece, level in zip(flat, levels, strict=True):
        _close(open_, level if piece.listed else 0)
        bullet = _bullet(piece)
        open_.append((level, bullet, []))
        if not piece.listed:
            _close(open_, 0)
    _close(open_, 0)
    return tuple(open_[0][2])


def _bullet(piece: _Piece) -> Bullet:
    return Bullet(line=piece.line.at, text=piece.text, parts=piece.parts, listed=piece.listed, number=piece.line.number)


def _close(open_: list[tuple[int, Bullet, list[Bullet]]], level: int) -> None:
    """Close every bullet that is on a level or below it, and put each into the one that it is nested in."""
    while open_[-1][0] >= level:
        _, bullet, inside = open_.pop()
        open_[-1][2].append(replace(bullet, inside=tuple(inside)))
