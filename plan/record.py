"""What people write: frozen records with a strict schema, and the kinds of text in them. An unknown key is refused."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

# What would end a line, or turn the reading direction of a mail's subject, has no place in a title.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069]")


def _printable(text: str) -> str:
    if UNPRINTABLE.search(text):
        raise PydanticCustomError(
            "unprintable", "the text holds a line break or a control character; write it as one plain line"
        )
    return text


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):  # a bare number would be taken for seconds since 1970
        raise PydanticCustomError("date_parsing", "not a day")
    return value


Day = Annotated[date, BeforeValidator(_written_day)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
Label = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_printable)]
Wording = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_printable)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9.\-]*$")]


class Record(BaseModel):
    """Something that people write: frozen once read, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, use_attribute_docstrings=True)
