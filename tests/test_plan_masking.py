"""Counts of students that are too small are not shown, nor what would let one be worked out."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan.facts import Facts, Reading
from plan.masking import masked, masked_so_far
from plan.model import LongTermMeasure
from tests.judgement_builders import of_measures, read, year

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


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"all": 20, "a": 7, "b": 10}, {"a"}, id="it-is-3"),
        pytest.param({"all": 17, "a": 7, "b": 10}, {"a"}, id="it-is-none"),
        pytest.param({"all": 22, "a": 7, "b": 10}, set(), id="five-may-be-told"),
        pytest.param({"all": 17, "a": 4, "b": 10}, {"a"}, id="two-cannot-be-worked-out"),
        pytest.param({"all": 12, "a": 7, "b": 10}, set(), id="groups-that-overlap-are-no-sum"),
    ],
)
def test_a_small_component_that_nobody_gave_is_not_to_be_worked_out(values: dict[str, int], expected: set[str]) -> None:
    assert hidden(counting("a", "b", "c"), **values) == expected


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


def told_of(day: int, **values: int) -> list[Reading]:
    """Return what becomes known on a day of October 2025."""
    return [read(value, "2024-25", on=date(2025, 10, day), item=code) for code, value in values.items()]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param([{"all": 30, "a": 4, "b": 10, "c": 16}], {"a", "b"}, id="one-day-as-by-itself"),
        pytest.param(
            [{"all": 30, "a": 6, "b": 24}, {"all": 28, "a": 4}], {"a", "all"}, id="what-was-told-is-not-hidden-instead"
        ),
        pytest.param([{"all": 30, "a": 6, "b": 24}, {"b": 26, "a": 4}], {"a", "b"}, id="a-new-figure-was-not-told"),
        pytest.param([{"all": 30, "a": 4, "b": 10, "c": 16}, {"all": 36, "a": 10}], {"a", "b", "all"}, id="restated-in-a-sum"),
        pytest.param([{"a": 4}, {"a": 6}], set(), id="outside-a-sum-it-is-shown-once-it-is-large-enough"),
    ],
)
def test_a_page_that_is_looked_at_every_day_remembers_what_it_told(days: list[dict[str, int]], expected: set[str]) -> None:
    facts = Facts(tuple(fact for day, values in enumerate(days, 1) for fact in told_of(day, **values)))
    assert {code for code, _ in masked_so_far(counting(*sorted({*days[0]} - {"all"})), facts)} == expected


def test_what_a_page_told_is_left_as_it_was_by_what_becomes_known_of_other_measures() -> None:
    facts = Facts((*told_of(1, all=30, a=4, b=26), read(3, on=date(2025, 10, 2), item="other")))
    assert {code for code, _ in masked_so_far(counting("a", "b"), facts)} == {"a", "b"}


NESTED = of_measures(
    *(
        {"id": code, "unit": "students", "target": {"kind": "threshold", "at_least": 5}} | ({"part_of": of} if of else {})
        for code, of in (("all", ""), ("p", "all"), ("q", "all"), ("a", "p"), ("b", "p"), ("c", "p"))
    )
).long_term_measures


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 9)] * 4), min_size=1, max_size=4))
def test_whoever_looked_on_every_day_cannot_work_a_small_count_out(days: list[tuple[int, int, int, int]]) -> None:
    facts, seen = list[Reading](), Seen()
    for day, (a, b, c, q) in enumerate(days, 1):
        values = {"all": a + b + c + q, "p": a + b + c, "q": q, "a": a, "b": b, "c": c}
        known = {fact.item: fact.value for fact in facts}
        facts += told_of(day, **{code: value for code, value in values.items() if known.get(code) != value})
        hidden = {code for code, _ in masked_so_far(NESTED, Facts(tuple(facts)))}
        seen.look(values, hidden, {"p": "abc", "all": "pq"})
    small = {figure for figure, value in seen.figures.items() if value < 5}
    assert not small & (seen.shown | seen.worked_out())


class Seen:
    """What somebody knows who looked on every day: the figures that were shown, and that each whole is the sum of its parts.

    A figure is a measure's value until it changes, with the day of its beginning; that it stayed the same is known, too.
    """

    def __init__(self) -> None:
        self.figures: dict[tuple[str, int], int] = {}
        self._now: dict[str, tuple[str, int]] = {}
        self.shown: set[tuple[str, int]] = set()
        self._sums: list[dict[tuple[str, int], int]] = []

    def look(self, values: dict[str, int], hidden: set[str], sums: dict[str, str]) -> None:
        for code, value in values.items():
            if code not in self._now or self.figures[self._now[code]] != value:
                self._now[code] = code, len(self.figures)
                self.figures[self._now[code]] = value
        self.shown |= {figure for code, figure in self._now.items() if code not in hidden}
        self._sums += [{self._now[part]: 1 for part in parts} | {self._now[whole]: -1} for whole, parts in sums.items()]

    def worked_out(self) -> set[tuple[str, int]]:
        """Return which figures that were not shown have just one value, by Gauss."""
        unknown = [figure for figure in self.figures if figure not in self.shown]
        rows, solved = [[Fraction(one.get(figure, 0)) for figure in unknown] for one in self._sums], list[list[Fraction]]()
        for at in range(len(unknown)):
            lead = next((row for row in rows if row[at]), None)
            if lead is None:
                continue
            lead = [one / lead[at] for one in lead]
            rows, solved = ([without(row, lead, at) for row in some] for some in (rows, solved))
            solved.append(lead)
        return {unknown[row.index(Fraction(1))] for row in solved if sum(1 for one in row if one) == 1}


def without(row: list[Fraction], lead: list[Fraction], at: int) -> list[Fraction]:
    """Return an equation from which an unknown is eliminated by another equation that is led by it."""
    return [one - row[at] * by for one, by in zip(row, lead, strict=True)]
