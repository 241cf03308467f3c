"""Sentences that remember what they were made of: the English text as ever, and another language when somebody asks."""

import pickle
from collections.abc import Callable
from copy import deepcopy
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.periods import MonthDay
from plan.phrase import Phrase, finished, phrase, spoken, with_parts
from plan.wording import capitalised, counted, in_words, joined, listed, with_days_in_words

SPANISH = {
    "Was due {due}, {late} ago.": "Venció el {due}, hace {late}.",
    "{day} {month} {year}": "{day} de {month} de {year}",
    "{day} {month}": "{day} de {month}",
    "{count} working days": "{count} días hábiles",
    "{count} more": "{count} más",
    "{first} and {last}": "{first} y {last}",
    "October": "octubre",
    "the action": "la acción",
    "The note says {note}.": "La nota dice {note}.",
}


def in_spanish(template: str) -> str:
    """Return a template in Spanish, or as it is where there is none."""
    return SPANISH.get(template, template)


def unchanged(template: str) -> str:
    """Return a template as it is."""
    return template


DUE = in_words(date(2026, 10, 14))
SENTENCE = phrase("Was due {due}, {late} ago.", due=DUE, late=counted(9, "working day"))


# --- what a phrase is ----------------------------------------------------------------------------------------------------


def test_a_phrase_is_its_english_text() -> None:
    assert SENTENCE == "Was due 14 October 2026, 9 working days ago."
    assert isinstance(SENTENCE, str)
    assert hash(SENTENCE) == hash("Was due 14 October 2026, 9 working days ago.")


def test_it_is_said_in_another_language_with_its_parts_in_the_order_of_that_language() -> None:
    assert spoken(SENTENCE, in_spanish) == "Venció el 14 de octubre de 2026, hace 9 días hábiles."


@pytest.mark.parametrize("said", ["Own words, {due}", 7, date(2026, 10, 14), None])
def test_what_is_no_phrase_stays_as_it_is(said: object) -> None:
    assert spoken(said, lambda template: f"¡{template}!") == str(said)


def test_somebodys_own_words_are_parts_and_never_templates() -> None:
    own = phrase("The note says {note}.", note="{__class__} {due} 100 %")
    assert own == "The note says {__class__} {due} 100 %."
    assert spoken(own, in_spanish) == "La nota dice {__class__} {due} 100 %."


def test_a_brace_of_the_templates_own_is_written_twice() -> None:
    assert phrase("{{a}}") == "{a}"
    assert phrase("{{a}} {b}", b=1) == "{a} 1"


@pytest.mark.parametrize("copy", [lambda text: pickle.loads(pickle.dumps(text)), deepcopy], ids=["pickled", "copied"])
def test_a_copy_remembers_as_much(copy: Callable[[str], object]) -> None:
    again = copy(capitalised(listed([SENTENCE, "b"])))
    assert isinstance(again, Phrase)
    assert again == f"{SENTENCE} and b"
    assert spoken(again, in_spanish) == "Venció el 14 de octubre de 2026, hace 9 días hábiles. y b"


def test_what_is_done_to_a_text_is_done_in_every_language() -> None:
    shouted = finished(str.upper, "Was due {due}, {late} ago.", due=DUE, late="9")
    assert shouted == "WAS DUE 14 OCTOBER 2026, 9 AGO."
    assert spoken(shouted, in_spanish) == "VENCIÓ EL 14 DE OCTUBRE DE 2026, HACE 9."


def test_parts_that_are_no_phrases_can_be_changed_however_deep_they_stand() -> None:
    deep = phrase("{a} of {b}", a=phrase("{count} more", count=3), b="x")
    changed = with_parts(deep, lambda part: f"<{part}>")
    assert changed == "<3> more of <x>"
    assert spoken(changed, in_spanish) == "<3> más of <x>"
    assert with_parts("own words", lambda part: f"<{part}>") == "own words"


# --- words for days, counts and lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "english", "spanish"),
    [
        pytest.param(DUE, "14 October 2026", "14 de octubre de 2026", id="day"),
        pytest.param(in_words(MonthDay(month=10, day=14)), "14 October", "14 de octubre", id="day-of-every-year"),
        pytest.param(counted(1, "working day"), "1 working day", "1 working day", id="one"),
        pytest.param(counted(9, "working day"), "9 working days", "9 días hábiles", id="several"),
        pytest.param(listed(["a", "b"]), "a and b", "a y b", id="two"),
        pytest.param(
            listed([DUE, "b", DUE]),
            "14 October 2026, b and 14 October 2026",
            "14 de octubre de 2026, b y 14 de octubre de 2026",
            id="three",
        ),
        pytest.param(listed(["a", "b", "c", "d"], most=2), "a, b and 2 more", "a, b y 2 más", id="too-many"),
        pytest.param(listed(["a"]), "a", "a", id="list-of-one"),
        pytest.param(listed([]), "", "", id="list-of-none"),
        pytest.param(capitalised(phrase("the action")), "The action", "La acción", id="large-letter"),
        pytest.param(capitalised("own words"), "Own words", "Own words", id="large-letter-of-own-words"),
        pytest.param(joined(["", DUE, "", "b"]), "14 October 2026 b", "14 de octubre de 2026 b", id="joined"),
        pytest.param(
            joined([DUE, DUE], " {} "),
            "14 October 2026 {} 14 October 2026",
            "14 de octubre de 2026 {} 14 de octubre de 2026",
            id="joined-by-braces",
        ),
        pytest.param(
            with_days_in_words(phrase("on {day}", day=date(2026, 10, 14))),
            "on 14 October 2026",
            "on 14 de octubre de 2026",
            id="days-in-words",
        ),
    ],
)
def test_words_are_said_in_english_and_in_spanish(said: str, english: str, spanish: str) -> None:
    assert said == english
    assert spoken(said, in_spanish) == spanish


def test_days_are_put_into_words_once_and_names_that_hold_one_stay() -> None:
    sentence = phrase("{file} came on {day}", file="minutes-2026-10-14", day=date(2026, 10, 14))
    assert with_days_in_words(sentence) == "minutes-2026-10-14 came on 14 October 2026"
    assert with_days_in_words(with_days_in_words(sentence)) == with_days_in_words(sentence)


def test_what_holds_no_phrase_is_joined_to_none() -> None:
    assert type(joined(["a", "b"])) is str


TEXTS = st.text(max_size=8)
PHRASES = st.recursive(
    st.one_of(
        st.builds(in_words, st.dates()),
        st.builds(counted, st.integers(0, 9), st.sampled_from(["reading", "check-in"])),
        st.builds(lambda note: phrase("said {note}", note=note), TEXTS),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda parts, most: listed(parts, most=most), st.lists(st.one_of(inner, TEXTS), max_size=4), st.integers(1, 3)
        ),
        st.builds(joined, st.lists(st.one_of(inner, TEXTS), max_size=4), st.sampled_from([" ", ", ", "; {", "}}"])),
        st.builds(capitalised, inner),
        st.builds(lambda a, b: phrase("{a} of {{{b}}}", a=a, b=b), inner, st.one_of(inner, TEXTS)),
    ),
    max_leaves=6,
)


@given(PHRASES)
def test_said_in_its_own_language_a_phrase_is_its_text(said: str) -> None:
    assert spoken(said, unchanged) == said
    assert pickle.loads(pickle.dumps(said)) == said
    assert with_parts(said, lambda part: part) == said
