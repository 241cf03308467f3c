"""What came instead of what was asked for, told by its first bytes: most often a page that asks to sign in."""

import codecs
import html
import json
import re
from collections.abc import Mapping
from typing import Literal

from tasks.sources.cells import quoted
from tasks.sources.failures import SourceFailed

Other = Literal["page", "xml", "json", "workbook", "zip", "old workbook", "locked workbook", "pdf", "gzip"]

BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_CALLED: dict[Other, str] = {
    "page": "an HTML page",
    "xml": "an XML document",
    "json": "a JSON document",
    "workbook": "a workbook",
    "zip": "a ZIP file",
    "old workbook": "a workbook in Excel's old format (.xls)",
    "locked workbook": "a workbook with a password",
    "pdf": "a PDF",
    "gzip": "a gzip file",
}
_PAGE = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,1000})</title", re.IGNORECASE)
_GZIP = bytes.fromhex("1F8B08")
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def refuse_other(content: bytes, *, wanted: str, remedies: Mapping[Other, str]) -> None:
    """Check that content is not of a kind that a remedy is known for.

    Args:      wanted: what was asked for, as in "a table"
    Raises:    SourceFailed: it is, with its title if it is a page that has one; or there is nothing at all
    """
    if not content:
        raise SourceFailed(f"it is empty, and {wanted} has to be in it; look at the source")
    head = _head(content)
    kind = _kind(content, head)
    if kind is not None and kind in remedies and (kind != "json" or _is_json(content)):
        title = _TITLE.search(head) if kind == "page" else None
        said = f" ({quoted(html.unescape(title[1]))})" if title and title[1].strip() else ""
        raise SourceFailed(f"{_CALLED[kind]} came instead of {wanted}{said}; {remedies[kind]}")


def _head(content: bytes) -> str:
    """Return the beginning of content as text, however it is encoded."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    return content[:100_000].decode(encoding, "replace").removeprefix("\ufeff")


def _kind(content: bytes, head: str) -> Other | None:
    if content.startswith(b"PK\x03\x04"):
        return "workbook" if b"xl/workbook." in content else "zip"  # names stand there as they are
    if content.startswith(_OLE):
        return "locked workbook" if "EncryptedPackage".encode("utf-16-le") in content else "old workbook"
    if head.startswith("%PDF-"):
        return "pdf"
    if content.startswith(_GZIP):
        return "gzip"
    if _PAGE.match(head):
        return "page"
    if head.lstrip().startswith("<?xml"):
        return "xml"
    return "json" if head.lstrip()[:1] in {"{", "["} else None


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
