"""What pages and mails say is said in their language, and stays text."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.language import said, translate
from notifications.render import environment, templates
from plan.phrase import Phrase, phrase
from plan.wording import capitalised, in_words, joined, with_days_in_words

DAY = in_words(date(2026, 10, 22))


def shown(folder: Path, name: str, source: str, **context: object) -> str:
    (folder / name).write_text(source)
    return environment(folder, "es").get_template(name).render(context)


def test_a_day_is_said_in_the_language() -> None:
    assert DAY == "22 October 2026"
    assert said(DAY, "es") == "22 de octubre de 2026"
    assert said(DAY, "en") == DAY


def test_parts_are_said_too_and_names_stay() -> None:
    both = phrase("{first} and {last}", first=joined(["May", phrase("May")], ": "), last=DAY)
    assert said(both, "es") == "May: mayo y 22 de octubre de 2026"
    assert said(capitalised(phrase("May")), "es") == "Mayo"
    assert said("22 October 2026", "es") == "22 October 2026"
    assert (
        said(with_days_in_words(phrase("{first} and {last}", first=date(2026, 5, 1), last="x")), "es")
        == "1 de mayo de 2026 y x"
    )


def test_nothing_is_nothing_in_every_language() -> None:
    assert translate("", "es") == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("{{ day }}", "22 de octubre de 2026", id="printed"),
        pytest.param("{{ 'a' ~ (' ' ~ day) ~ '.' }}", "a 22 de octubre de 2026.", id="put-together"),
        pytest.param("{{ day | upper }}", "22 DE OCTUBRE DE 2026", id="upper"),
        pytest.param("{{ day | wordwrap(12) | replace('\n', '/') }}", "22 de/octubre de/2026", id="wrapped"),
        pytest.param("{{ day | length }}", "21", id="counted"),
        pytest.param("{{ [day, 1] | join('; ') }}", "22 de octubre de 2026; 1", id="joined"),
        pytest.param("{{ [day] | map('upper') | join }}", "22 DE OCTUBRE DE 2026", id="mapped"),
        pytest.param("{{ _('May') }} {% trans %}May{% endtrans %}", "mayo mayo", id="of-the-template"),
        pytest.param("{{ _('x %(day)s', day=day) }}", "x 22 de octubre de 2026", id="in-a-sentence"),
        pytest.param("{% trans when=day %}x {{ when }}{% endtrans %}", "x 22 de octubre de 2026", id="in-a-block"),
        pytest.param("{{ language }}", "es", id="language"),
    ],
)
@pytest.mark.parametrize("name", ["a.html", "a.txt"])
def test_templates_say_phrases(tmp_path: Path, name: str, source: str, expected: str) -> None:
    assert shown(tmp_path, name, source, day=DAY) == expected


HOSTILE = phrase("{first} and {last}", first="<b>", last=phrase("{day} {month}", day="&", month="'"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ it }}",
        "{{ it | trim }}",
        "{{ '' ~ it }}",
        "{{ [it] | join }}",
        "{{ _('%(it)s', it=it) }}",
        "{% trans it=it %}{{ it }}{% endtrans %}",
        "{% macro say(it) %}{{ it }}{% endmacro %}{{ say(it) }}",
    ],
)
def test_a_phrase_is_text_and_never_markup(tmp_path: Path, source: str) -> None:
    assert shown(tmp_path, "a.html", source, it=HOSTILE) == "&lt;b&gt; y &amp; de &#39;"
    assert shown(tmp_path, "a.txt", source, it=HOSTILE) == "<b> y & de '"


@given(st.text(), st.text())
def test_whatever_stands_in_a_phrase_is_escaped_as_it_would_be_by_itself(first: str, last: str) -> None:
    made = environment(Path(), "es")
    page = made.from_string("{% autoescape true %}{{ it }}{% endautoescape %}")
    assert page.render(it=phrase("{first} and {last}", first=first, last=last)) == page.render(it=f"{first} y {last}")


def test_a_folder_has_one_environment_for_each_language(tmp_path: Path) -> None:
    assert templates(tmp_path, "es") is templates(tmp_path, "es")
    assert templates(tmp_path, "es") is not templates(tmp_path, "en")


def test_a_phrase_is_its_english_text() -> None:
    assert isinstance(DAY, Phrase)
    assert f"{DAY}" == "22 October 2026"
    assert hash(DAY) == hash("22 October 2026")
