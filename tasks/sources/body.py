"""The body of an answer, taken in no further than the most that is allowed, however large it is or would become."""

import re
import zlib
from collections.abc import Iterable, Iterator

import httpx

from tasks.sources.failures import SourceDidNotAnswer, SourceFailed

_AS_IT_IS = ("", "identity")
_PACKED = ("gzip", "x-gzip", "deflate")
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_STEP = 65_536
"""Bytes that are unpacked at once: a kilobyte can hold a megabyte of zeros."""


def read_body(parts: Iterable[bytes], headers: httpx.Headers, *, where: str, most_bytes: int) -> bytes:
    """Return what an answer holds, unpacked.

    Args:      parts: the body as it comes
               where: the address as it may be shown
               most_bytes: of the body as it comes, and of what it is unpacked to
    Raises:    SourceFailed: it is too large, empty, damaged, or packed in an unknown way
               SourceDidNotAnswer: it ends before it is complete
    """
    packing = headers.get("content-encoding", "").strip().lower()
    if packing not in _AS_IT_IS + _PACKED:
        raise SourceFailed(f'{where} is packed as "{packing[:40]}", which cannot be unpacked; ask its keeper for gzip')
    much = f"{where} holds more than {most_bytes:,} bytes, the most that is taken; name an address that gives less"
    said = headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,20}", said) and int(said) > most_bytes:
        raise SourceFailed(much)
    within = _limited(parts, most_bytes, much)
    content = b"".join(_limited(_unpacked(within, where), most_bytes, much) if packing in _PACKED else within)
    if not content:
        raise SourceFailed(f"{where} is empty; check the address, or ask its keeper")
    return content


def _limited(parts: Iterable[bytes], most_bytes: int, much: str) -> Iterator[bytes]:
    taken = 0
    for part in parts:
        taken += len(part)
        if taken > most_bytes:
            raise SourceFailed(much)
        yield part


def _unpacked(parts: Iterable[bytes], where: str) -> Iterator[bytes]:
    """Yield what is packed, a step at a time; several packets may follow one another, as gzip allows."""
    packet = None
    try:
        for part in parts:
            rest = part
            while rest:
                if packet is None or packet.eof:
                    packet = zlib.decompressobj(_GZIP_OR_ZLIB)
                yield packet.decompress(rest, _STEP)
                rest = packet.unused_data if packet.eof else packet.unconsumed_tail
    except zlib.error:
        raise SourceFailed(f"{where} is packed, and what is packed is damaged; ask its keeper") from None
    if packet is not None and not packet.eof:
        raise SourceDidNotAnswer(f"{where} broke off before its answer was complete; ask again later")
