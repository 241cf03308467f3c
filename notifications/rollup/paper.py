"""The rollup on paper: a tagged PDF (PDF/UA-1) in US letter; the same rollup gives the same bytes anywhere and on any day."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import typst

from notifications.rollup.paper_words import told
from notifications.rollup.wording import FONTS
from plan.rollup import Rollup

_TEMPLATE = Path(__file__).parent / "templates" / "rollup.typ"


class PaperNotMade(Exception):
    """The rollup could not be set as a PDF; mend what the sentence names in the template, the typefaces or the chart."""


def paper(rollup: Rollup, charts: Mapping[str, bytes], *, seal: str) -> bytes:
    """Return a rollup as a PDF.

    Args:
        rollup: what is told
        charts: an SVG by measure; a measure without one is told in words
        seal: SHA-256 of the frozen rollup in hexadecimal digits, of which the first are printed on every page

    Raises:    PaperNotMade: the typesetter refused or warned
    """
    pictures = {measure: f"chart-{number}.svg" for number, measure in enumerate(charts)}
    files = {"main.typ": _TEMPLATE.read_bytes(), "data.json": _written(told(rollup, pictures, seal=seal))}
    files |= {name: charts[measure] for measure, name in pictures.items()}
    return _set(files, at=datetime.combine(rollup.frozen_on, time(), tzinfo=UTC))


def _written(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _set(files: Any, *, at: datetime) -> bytes:
    """Return the PDF that typst makes of some files; a warning, as of a typeface that is not found, is an error."""
    try:
        made, warnings = typst.compile_with_warnings(
            files,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=at,
        )
    except (typst.TypstError, RuntimeError) as refusal:
        raise PaperNotMade(f"The PDF was not made: {refusal}") from refusal
    if warnings:
        raise PaperNotMade(f"The PDF was not made as it should be: {'; '.join(warning.message for warning in warnings)}")
    return made
