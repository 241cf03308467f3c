"""The language of a page."""

import pytest
from starlette.requests import Request

from plan.phrase import Language
from web.answers import refusal
from web.language import language_of


def request(accepted: str | None, query: str = "") -> Request:
    headers = [] if accepted is None else [(b"accept-language", accepted.encode("latin-1"))]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("accepted", "query", "office", "expected"),
    [
        pytest.param(None, "", None, "en", id="nothing-is-known"),
        pytest.param(None, "", "es", "es", id="the-office's"),
        pytest.param("en", "", "es", "en", id="the-browser-before-the-office"),
        pytest.param("en", "lang=es", "en", "es", id="the-choice-before-all"),
        pytest.param("es", "lang=fr", "en", "es", id="a-choice-that-we-do-not-know"),
        pytest.param("es-MX,es;q=0.9,en;q=0.8", "", None, "es", id="a-region"),
        pytest.param("en;q=0.5, ES-us ; q=0.7", "", None, "es", id="by-weight"),
        pytest.param("fr, de;q=0.9", "", "es", "es", id="no-language-of-ours"),
        pytest.param("fr, es;q=0.1", "", "en", "es", id="the-one-of-ours-that-it-takes"),
        pytest.param("es;q=0, en;q=0.0", "", "es", "es", id="what-it-does-not-take"),
        pytest.param("en, es", "", None, "en", id="alike-the-first"),
        pytest.param("*", "", "es", "es", id="any"),
        pytest.param("es;q=nan,es;q=2,;;=,\xff", "", None, "en", id="nonsense"),
        pytest.param("x" * 1000 + ",es", "", None, "en", id="too-long"),
    ],
)
def test_the_language_is_chosen(accepted: str | None, query: str, office: Language | None, expected: Language) -> None:
    assert language_of(request(accepted, query), office) == expected


def test_a_page_in_a_chosen_language_says_so_and_that_others_would_get_another() -> None:
    spanish, english = refusal(404, "x", "y", language="es"), refusal(404, "x", "y", language="en")
    assert b'<html lang="es">' in spanish.body
    assert b'<html lang="en">' in english.body
    assert spanish.headers["vary"] == english.headers["vary"] == "Accept-Language"
