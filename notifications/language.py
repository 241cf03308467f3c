"""In which language something is said: English as it is written here, another one by its catalogue.

A catalogue is a text file that people edit, `catalogues/es.po`; what it lacks is said in English.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from plan.phrase import Language, spoken

CATALOGUES = Path(__file__).parent / "catalogues"
"""A file for every language but English."""


@cache
def catalogue(language: Language) -> NullTranslations:
    """Return what is known in a language; read once, so that a corrected file needs a new start."""
    if language == "en":
        return NullTranslations()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(template: str, language: Language) -> str:
    """Return a template in a language, or the English one where its catalogue lacks it."""
    return catalogue(language).gettext(template) if template else ""


def said(text: object, language: Language) -> str:
    """Return a text in a language; what is no phrase, such as a name or somebody's own words, stays as it is."""
    return spoken(text, lambda template: translate(template, language))
