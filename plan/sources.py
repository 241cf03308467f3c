"""Where a measure's figures come from, as the plan file declares it: the source, and how its figures are found there."""

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from plan.periods import SchoolYear
from plan.record import Code, Line, Record

Text = Annotated[str, Field(max_length=200)]
Statement = Annotated[str, Field(min_length=1, max_length=10_000)]

OUR_OWN = frozenset({"HOSTS", "NETWORKS", "SECONDS", "RETRY_SECONDS"})
"""What no source may name: these settings say how sources are asked."""


def _setting_name(text: str) -> str:
    if text in OUR_OWN or text.endswith("_FILE"):
        sentence = "PLANKEEPER_SOURCE_{given} is a setting of plankeeper's own; choose another name"
        raise PydanticCustomError("setting_name", sentence, {"given": text})
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,39}", text):
        # What was given is not repeated: it may be the secret itself.
        sentence = "this is not the name of a setting; write capitals, digits and underscores, as in STUDENTS"
        raise PydanticCustomError("setting_name", sentence)
    return text


def _pointer(text: str) -> str:
    if text and not text.startswith("/"):
        raise PydanticCustomError(
            "pointer", "{given} does not begin with a slash; write it as in /data/rows", {"given": f'"{text}"'}
        )
    return text


SettingName = Annotated[str, AfterValidator(_setting_name)]
"""What follows PLANKEEPER_SOURCE_ in the name of a setting; secrets stand there, never in the plan file."""


class Columns(Record):
    """The columns in which a figure and what belongs to it stand, by their headings."""

    measure: Line | None = None
    """What the source calls the measure; none: every row that is looked at is of the measure."""
    school_year: Line | None = None
    value: Line | None = None
    known_on: Line | None = None
    """The day on which the figure became known; none: the day on which it is collected."""
    source: Line | None = None
    """Where the figure is written; none: the source's own title."""
    note: Line | None = None


class Taking(Record):
    """How figures are taken from what a source gives. A measure may say otherwise than its source, in any part."""

    columns: Columns = Columns()
    rows: dict[Line, Text] = Field(default_factory=dict)
    """Only rows that have these texts in these columns are looked at; 071909 and 71909 are the same."""
    school_year: SchoolYear | None = None
    """The school year of every row, where no column tells it."""
    years_are: Literal["names", "first", "last"] = "names"
    """How a year is written: as in 2024-25, or as the calendar year in which the school year begins or ends."""
    decimal: Literal[".", ","] = "."
    """The sign before the decimal places; the other one may divide thousands."""
    times: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    """What figures are multiplied by, as in 100 where a source has 0.86 for 86 percent."""
    masked: tuple[Text, ...] = ()
    """Marks that stand for a masked or missing figure in this source, such as -1, beside the usual ones."""

    def under(self, of_measure: "Taking") -> "Taking":
        """Return what holds for a measure: what it says itself, and this for all else."""
        if not of_measure.model_fields_set & Taking.model_fields.keys():
            return self
        said = {name: getattr(of_measure, name) for name in of_measure.model_fields_set & Taking.model_fields.keys()}
        of_columns = {name: getattr(of_measure.columns, name) for name in of_measure.columns.model_fields_set}
        said["columns"] = self.columns.model_copy(update=of_columns)
        return Taking.model_construct(**{name: getattr(self, name) for name in Taking.model_fields} | said)


class MeasureSource(Taking):
    """That a measure has its figures from a source, and what is special to it there."""

    source: Code
    called: Line | None = None
    """What the source calls the measure; none: its code."""


def _by_name(value: object) -> object:
    return {"source": value} if isinstance(value, str) else value


FromSource = Annotated[MeasureSource, BeforeValidator(_by_name)]
"""A measure's source, with what is special to it, or the source's code alone."""


# --- the sources -------------------------------------------------------------------------------------------------------


class _Source(Taking):
    id: Code
    title: Line | None = None
    """How the source is named where its figures are shown; none: where it was read."""


class _Place(_Source):
    at: Line
    """A file, from the folder of the plan file, or an address that begins with https:// (or http://)."""
    headers: dict[Line, SettingName] = Field(default_factory=dict)
    """Headers to ask an address with; the setting PLANKEEPER_SOURCE_<NAME> holds the text of each."""

    @property
    def is_address(self) -> bool:
        """Return whether it is asked for over the network."""
        return self.at.casefold().startswith(("https://", "http://"))

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.headers and not self.is_address:
            raise PydanticCustomError("headers", "a file is read without headers; take them out, or give an address")
        return self


class _Headed(Record):
    header_line: Annotated[int, Field(ge=1, le=100)] = 1
    """The line with the headings, counted from 1; lines above it are passed over."""


class AsText(_Headed):
    """How a table is written as text."""

    separator: Literal[",", ";", "tab"] = ","
    encoding: Literal["utf-8", "windows-1252", "latin-1"] = "utf-8"
    """How the text is encoded; what begins with a byte order mark is read by it."""


class AsSheet(_Headed):
    """Where a table stands in a workbook."""

    sheet: Line | None = None
    """The sheet's name; none: the first one."""


class AsJson(Record):
    """Where rows stand in a JSON document."""

    pointer: Annotated[Text, AfterValidator(_pointer)] = ""
    """Where the list of objects stands, as a JSON Pointer (RFC 6901); empty: the document itself."""


class Delimited(_Place, AsText):
    """A table as text, such as CSV, or a shared spreadsheet by the address of its CSV export."""

    kind: Literal["csv"]


class Workbook(_Place, AsSheet):
    """A sheet of a workbook in Excel's format."""

    kind: Literal["xlsx"]


class Document(_Place, AsJson):
    """A JSON document whose rows are objects in a list."""

    kind: Literal["json"]


class Query(_Source):
    """The rows of one SELECT."""

    kind: Literal["sql"]
    database: SettingName
    """The setting PLANKEEPER_SOURCE_<NAME> holds the database's address."""
    select: Statement
    """One SELECT; its parameters are written :name."""
    parameters: dict[Code, Text] = Field(default_factory=dict)


class Folder(_Source, AsText, AsSheet, AsJson):
    """The newest file of a folder whose name matches, read by its ending: .csv, .txt, .tsv, .xlsx or .json."""

    kind: Literal["folder"]
    at: Line
    """The folder, from the folder of the plan file."""
    matching: Line = "*"
    """What the file's name looks like, as in accountability-*.csv."""


Source = Annotated[Delimited | Workbook | Document | Query | Folder, Field(discriminator="kind")]
