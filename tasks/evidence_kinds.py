"""Which files may be evidence: judged by what is in them, never by what they are called."""

import re
from collections.abc import Iterable

from plan.phrase import phrase
from tasks.sources.archive import Archive, Made
from tasks.sources.cells import quoted
from tasks.sources.failures import SourceFailed

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "txt": "text/plain",
}
"""What a browser is told of each kind."""

_TEXTS = ("csv", "txt")
_STARTS = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
}
_ZIP = b"PK\x03\x04"
_OFFICE_FILE = Made(what="file", program="an office program", remedy="save a smaller part of it, or a PDF of it")
_TYPES = "[Content_Types].xml"
_MAIN_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
# A spreadsheet's older programs stand in sheets of their own.
_PROGRAMS = re.compile(r"(^|/)vbaproject\.bin$|(^|/)macrosheets/", re.IGNORECASE)
_LEADS_OUT = re.compile(r"^/|\\|:|(^|/)\.\.(/|$)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(<[a-z!?/]|#!)", re.IGNORECASE)
_KEPT = phrase("PDF, PNG, JPEG, XLSX, DOCX, CSV and TXT are kept")


class FileRefused(ValueError):
    """A file cannot be evidence; the sentence names it, and says why and what to do."""


def kind_of(name: str, content: bytes) -> str:
    """Return what a file holds, as a key of `MEDIA_TYPES`.

    Args:      name: as `file_name` gives it; its ending has to fit, and tells a table from other text
    Raises:    FileRefused: it is empty, of no kind that is kept, called something else, or not harmless
    Source:    web.md, uploads
    """
    if not content:
        raise FileRefused(phrase("{file} is empty, so it shows nothing; save it again.", file=quoted(name)))
    if content.startswith(_ZIP):
        return _called(name, _kind_of_office_file(name, content))
    kind = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    return _called(name, kind) if kind else _kind_of_text(name, content)


def _called(name: str, *kinds: str) -> str:
    """Return which of the kinds that a file may be its name tells."""
    ending = name.rpartition(".")[2].casefold()
    named = "jpeg" if ending == "jpg" else ending
    if named not in kinds:
        said = phrase(
            "What is in {file} does not fit the end of its name; it should end in {endings}.",
            file=quoted(name),
            endings=_either([f".{kind}" for kind in kinds]),
        )
        raise FileRefused(said)
    return named


def _either(endings: list[str]) -> str:
    """Return endings of which one fits; there are one or two."""
    return phrase("{first} or {second}", first=endings[0], second=endings[1]) if len(endings) > 1 else endings[0]


def _kind_of_text(name: str, content: bytes) -> str:
    text = _text(content)
    if text is None or _CONTROL.search(text):
        said = phrase(
            "{file} is of no kind that is kept as evidence; {kept}. Save it as one of them.", file=quoted(name), kept=_KEPT
        )
        raise FileRefused(said)
    if _MARKUP.match(text):
        said = phrase(
            "{file} holds a page, a drawing or a program, and {kept}; save a PDF of it.", file=quoted(name), kept=_KEPT
        )
        raise FileRefused(said)
    return _called(name, *_TEXTS)


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _kind_of_office_file(name: str, content: bytes) -> str:
    try:
        with Archive(content, _OFFICE_FILE) as archive:
            return _checked(archive)
    except SourceFailed as fault:
        raise FileRefused(phrase("{file} cannot be kept: {why}.", file=quoted(name), why=str(fault))) from None


def _checked(archive: Archive) -> str:
    """Return the kind of an office program's file.

    Raises:    SourceFailed: it is none that is kept, or not harmless
    """
    found = [kind for kind, part in _MAIN_PARTS.items() if part in archive]
    if len(found) != 1 or _TYPES not in archive:
        raise SourceFailed(f"it is a ZIP file and neither a workbook nor a document; {_KEPT}")
    _refuse_parts(archive.parts)
    for part in (_TYPES, _MAIN_PARTS[found[0]]):
        archive.read_elements(part, lambda *_: None)
    return found[0]


def _refuse_parts(parts: Iterable[str]) -> None:
    seen: set[str] = set()
    for part in parts:
        if _LEADS_OUT.search(part):
            raise SourceFailed(f"its part {quoted(part)} leads out of it; save it again")
        if _PROGRAMS.search(part):
            raise SourceFailed("there is a program (macro) in it; save it without macros")
        if part.casefold() in seen:
            raise SourceFailed(f"it has the part {quoted(part)} twice; save it again")
        seen.add(part.casefold())
