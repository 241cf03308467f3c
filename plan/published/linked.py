"""Where the links of a document lead: the words of a plan are kept without them, so they are kept beside it."""

import re
from collections.abc import Iterator

from plan.record import UNPRINTABLE

_MARKDOWN = re.compile(r"!?\[(?P<words>[^\[\]\n]{0,500})\]\((?P<address>[^()\s<>]{1,500})\)")
_HTML = re.compile(
    r"""<(?:a|img)\b[^<>]{0,500}?\b(?:href|src)\s*=\s*["'](?P<address>[^"'<>]{1,500})["'][^<>]{0,500}>(?P<words>[^<>]{0,500})""",
    re.IGNORECASE,
)
_NOWHERE = ("#", "data:", "javascript:")
"""What leads to no other document."""


def links_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each address that a document leads to, once, with its line and the words that lead there."""
    seen = set[str]()
    line, before = 1, 0
    found = sorted((*_MARKDOWN.finditer(text), *_HTML.finditer(text)), key=lambda one: one.start())
    for one in found:
        line, before = line + text.count("\n", before, one.start()), one.start()
        address, words = _plain(one["address"]), _plain(one["words"])
        if address and address not in seen and not address.casefold().startswith(_NOWHERE):
            seen.add(address)
            yield line, f"{words}: {address}" if words else address


def _plain(text: str) -> str:
    return " ".join(UNPRINTABLE.sub(" ", text).split())
