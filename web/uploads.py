"""Forms with files: counted while they arrive, within bounds, and gone from this machine once they have been answered."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from plan.phrase import phrase
from tasks.evidence_store import file_name
from web.asked import FormTooLong

MOST_BYTES = 25_000_000
"""How long a form with its files may be."""
MOST_FIELDS, MOST_FILES = 300, 10
MOST_LETTERS = 10_000
"""How long one field may be, in characters."""


class LengthMissing(ValueError):
    """The form does not say how long it is, so it is not taken; send it from its page."""


class FormBroken(ValueError):
    """The form did not arrive as a browser sends it; open its page again and send it from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a form."""

    field: str
    name: str
    """Without any path, and as it can be shown."""
    content: BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent by a form; used in a `with`, at whose end its files are gone."""

    fields: dict[str, list[str]]
    files: tuple[Upload, ...]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None) -> None:
        for upload in self.files:
            upload.content.close()


async def read_form(request: Request) -> Sent:
    """Return what was sent by a form, with files or without; a field for a file that was left empty is no file.

    Raises:    LengthMissing: it does not say how long it is
               FormTooLong: it, or one of its fields, is longer than any form of ours
               FormBroken: it is cut off, no form at all, or has more fields or files than any form of ours
    Source:    web.md, uploads
    """
    length = _length(request)
    form = await _parsed(request, _counted(request, length))
    try:
        fields = _fields(form)
    except FormTooLong:
        await form.close()
        raise
    return Sent(fields=fields, files=await _files(form))


def _length(request: Request) -> int:
    said = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers or not (said.isascii() and said.isdigit()):
        raise LengthMissing(phrase("The form does not say how long it is, so it is not taken; send it from its page."))
    if len(said) > len(str(MOST_BYTES)) or int(said) > MOST_BYTES:
        raise _too_long()
    return int(said)


def _too_long() -> FormTooLong:
    return FormTooLong(
        phrase("More than {most} MB were sent; send smaller files, or a link to them.", most=MOST_BYTES // 1_000_000)
    )


async def _counted(request: Request, length: int) -> AsyncGenerator[bytes, None]:
    """Yield what arrives, as long as it is no more than was said and no more than is taken."""
    count = 0
    async for part in request.stream():
        count += len(part)
        if count > MOST_BYTES:
            raise _too_long()
        yield part
    if count != length:
        raise FormBroken(
            phrase(
                "The form should have {length} bytes, and {count} arrived; send it again from its page.",
                length=f"{length:,}",
                count=f"{count:,}",
            )
        )


async def _parsed(request: Request, arriving: AsyncGenerator[bytes, None]) -> FormData:
    try:
        return await _parser(request.headers, arriving).parse()
    except MultiPartException as error:
        raise _broken(error.message) from None
    except FormParserError as error:
        raise _broken(str(error)) from None
    except ClientDisconnect:
        raise _broken("It was cut off.") from None
    finally:
        await arriving.aclose()


def _broken(said: str) -> FormBroken:
    return FormBroken(
        phrase("The form did not arrive as a browser sends it ({why}); send it again from its page.", why=said.rstrip("."))
    )


def _parser(headers: Headers, arriving: AsyncGenerator[bytes, None]) -> "_Whole | FormParser":
    kind, said = parse_options_header(headers.get("content-type", ""))
    if kind == b"application/x-www-form-urlencoded":
        return FormParser(headers, arriving, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES)
    if kind != b"multipart/form-data" or said.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise _broken("It is no form")
    return _Whole(headers, arriving, max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES)


class _Whole(MultiPartParser):
    """Takes only a form that came to its end."""

    _has_ended = False

    def on_end(self) -> None:
        self._has_ended = True

    async def parse(self) -> FormData:
        form = await super().parse()
        if not self._has_ended:
            await form.close()
            raise MultiPartException("it has no end")
        return form


def _fields(form: FormData) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
            if len(value) > MOST_LETTERS:
                raise FormTooLong(
                    phrase(
                        "A field has {count} characters, and {most} are the most; say it shorter.",
                        count=f"{len(value):,}",
                        most=f"{MOST_LETTERS:,}",
                    )
                )
    return fields


async def _files(form: FormData) -> tuple[Upload, ...]:
    files: list[Upload] = []
    for field, value in form.multi_items():
        if isinstance(value, UploadFile) and (value.filename or value.size):
            files.append(Upload(field=field, name=file_name(value.filename or ""), content=value.file))
        elif isinstance(value, UploadFile):
            await value.close()
    return tuple(files)
