"""Counts of students that are too small are not shown, nor what would let one be worked out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.masking import masked
from plan.model import LongTermMeasure
from tests.judgement_builders import of_measures, year

OF = year("2024-25")


def counting(*parts: str, unit: str = "students") -> tuple[LongTermMeasure, ...]:
    """Return a measure "all" that counts, with components."""
    target = {"kind": "threshold", "at_least": 5}
    of_all = [{"id": part, "unit": unit, "target": target, "part_of": "all"} for part in parts]
    return of_measures({"id": "all", "unit": unit, "target": target}, *of_all).long_term_measures


def hidden(measures: tuple[LongTermMeasure, ...], **values: int) -> set[str]:
    """Return the codes whose readings are masked."""
    return {code for code, _ in masked(measures, {(code, OF): Decimal(value) for code, value in values.items()})}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"all": 30, "a": 5, "b": 25}, set(), id="five-is-shown"),
        pytest.param({"all": 30, "a": 4, "b": 10, "c": 16}, {"a", "b"}, id="the-next-smallest-goes-with-a-single-one"),
        pytest.param({"all": 30, "a": 4, "b": 3, "c": 23}, {"a", "b"}, id="two-cannot-be-worked-out"),
        pytest.param({"all": 30, "a": 0, "b": 30}, {"a", "b"}, id="none-is-too-few-to-be-shown"),
        pytest.param({"a": 4, "b": 10, "c": 16}, {"a"}, id="without-a-total-nothing-follows"),
        pytest.param({"all": 4, "a": 1, "b": 3}, {"all", "a", "b"}, id="everything-is-small"),
    ],
)
def test_small_counts_are_masked(values: dict[str, int], expected: set[str]) -> None:
    assert hidden(counting(*sorted({*values} - {"all"})), **values) == expected


def test_with_a_component_unknown_nothing_follows() -> None:
    assert hidden(counting("a", "b", "c"), all=30, a=4, b=10) == {"a"}


def test_what_counts_no_students_is_shown_however_small() -> None:
    assert hidden(counting("a", "b", unit="percent"), all=30, a=1, b=2) == set()


def test_what_a_sum_of_sums_would_tell_is_masked_too() -> None:
    target = {"kind": "threshold", "at_least": 5}
    of = {"unit": "students", "target": target}
    measures = of_measures(
        {"id": "all", **of},
        {"id": "p1", "part_of": "all", **of},
        {"id": "p2", "part_of": "all", **of},
        {"id": "c1", "part_of": "p1", **of},
        {"id": "c2", "part_of": "p1", **of},
    ).long_term_measures
    assert hidden(measures, all=20, p1=17, p2=3, c1=8, c2=9) == {"p1", "p2", "c1"}


def test_what_was_told_before_is_not_hidden_instead_of_something_that_was_not() -> None:
    values = {(code, OF): Decimal(value) for code, value in {"all": 19, "a": 3, "b": 6, "c": 10}.items()}
    told = frozenset({("b", OF)})
    assert {code for code, _ in masked(counting("a", "b", "c"), values, shown_before=told)} == {"a", "c"}
    told = frozenset({("b", OF), ("c", OF)})
    assert {code for code, _ in masked(counting("a", "b", "c"), values, shown_before=told)} == {"a", "all"}


@pytest.mark.parametrize("unit", ["Students", "STUDENTS"])
def test_the_unit_counts_however_it_is_written(unit: str) -> None:
    assert hidden(counting("a", unit=unit), a=3) == {"a"}


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6))
def test_no_small_count_can_be_worked_out_from_the_total(counts: list[int]) -> None:
    names = [f"p{at}" for at in range(len(counts))]
    values = dict(zip(names, counts, strict=True)) | {"all": sum(counts)}
    found = hidden(counting(*names), **values)
    assert {name for name, value in values.items() if value < 5} <= found
    assert len(found) != 1
