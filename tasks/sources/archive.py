"""Files of office programs, which are ZIP files: weighed before anything in them is opened, and read within bounds.

A reader believes what such a file says of itself, and one of a few kilobytes can so fill any memory, or end the process.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from xml.parsers import expat

from tasks.sources.cells import quoted
from tasks.sources.failures import SourceFailed

MOST_BYTES = 20_000_000
"""Of one part, unpacked."""
MOST_PARTS = 200
MOST_RATIO = 100
"""How many times as large as packed a part may be."""

_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError, OverflowError)

Attributes = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How a kind of file is spoken of."""

    what: str
    """As in "workbook"."""
    program: str
    """Which program makes it."""
    remedy: str
    """What to do about one that is larger or odder than an honest one."""


class Archive:
    """The parts of an office program's file."""

    def __init__(self, content: bytes, made: Made) -> None:
        """Open a file.

        Raises:    SourceFailed: it is damaged, or larger than an honest one
        """
        self._made = made
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as error:
            raise SourceFailed(f"the {made.what} is damaged ({_said(error)}); fetch or save it again") from None
        self.parts = tuple(info.filename for info in self._archive.infolist())
        self._infos = {info.filename.casefold(): info for info in self._archive.infolist()}
        self._weigh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._infos

    def part(self, name: str) -> bytes:
        """Return a part, unpacked.

        Raises:    SourceFailed: it is not there or damaged
        """
        info, what = self._infos.get(name.casefold()), self._made.what
        if info is None:
            raise SourceFailed(f"the {what} lacks its part {quoted(name)}; save it again")
        try:
            # In small portions: of one that lies about its size no more than a portion is ever unpacked too much.
            with self._archive.open(info) as opened:
                return b"".join(iter(lambda: opened.read(100_000), b""))
        except _BROKEN as error:
            raise SourceFailed(f"the {what} is damaged in {quoted(name)} ({_said(error)}); save it again") from None

    def read_elements(self, name: str, start: Callable[[str, Attributes], None]) -> None:
        """Call for each element of a part, in their order, with its name and attributes.

        Raises:    SourceFailed: the part is not there, no XML, or declares a document type
        """
        read_elements(self.part(name), start, part=name, made=self._made)

    def _weigh(self) -> None:
        infos, what, remedy = self._archive.infolist(), self._made.what, self._made.remedy
        if len(infos) > MOST_PARTS:
            raise SourceFailed(f"the {what} has {len(infos):,} parts, and {MOST_PARTS} are the most; {remedy}")
        for info in infos:
            if info.flag_bits & 1:
                raise SourceFailed(f"the {what} is locked with a password; save it without one")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                program = self._made.program
                raise SourceFailed(f"the {what} is packed in a way that {program} does not know; save it again with {program}")
            if info.file_size > MOST_BYTES:
                unpacked = f"has more than {MOST_BYTES // 1_000_000} MB unpacked"
                raise SourceFailed(f"the {what}'s part {quoted(info.filename)} {unpacked}; {remedy}")
            if info.file_size > MOST_RATIO * max(info.compress_size, 1):
                grows = f"is more than {MOST_RATIO} times as large unpacked, as in a file that is made to fill memory"
                raise SourceFailed(f"the {what}'s part {quoted(info.filename)} {grows}; {remedy}")


def read_elements(
    content: bytes,
    start: Callable[[str, Attributes], None],
    *,
    part: str,
    made: Made,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call for each element of a part, in their order, with its name and attributes.

    Args:      text: called with each text, if anything is
    Raises:    SourceFailed: the part is no XML, or declares a document type
    """

    def refuse_doctype(*_: object) -> None:
        raise SourceFailed(f"the {made.what} declares a document type, which {made.program} never does; {made.remedy}")

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, of: start(name.rpartition(":")[2] if ":" in name else name, of)
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SourceFailed(f"the {made.what} is damaged in {quoted(part)} ({error}); save it again") from None


def _said(error: BaseException) -> str:
    return str(error)[:1].lower() + str(error)[1:100]
