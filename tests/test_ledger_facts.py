"""Facts: what is added comes back as it was."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import count
from threading import Barrier
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from ledger.columns import ExactDecimal, InexactFigure, Instant, NoticesJson, PeriodText, SaidWord, UnknownWord
from ledger.facts import ROWS
from ledger.ledger import Ledger, open_ledger
from plan.facts import CheckIn, Fact, Implementation, Progress, Reading, Said
from plan.periods import Period, Quarter, SchoolYear
from tests.ledger_builders import CHECK_IN, DAY, EVERY_KIND, EVIDENCE, FILED, NOW, PLAN, READING, YEAR, direct

_plans = count()


def test_facts_come_back_as_they_were_in_the_order_of_adding(ledger: Ledger) -> None:
    backwards = EVERY_KIND[::-1]
    ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
    ledger.add_facts(PLAN, backwards, recorded_at=NOW - timedelta(days=1))
    assert ledger.facts(PLAN, known_by=DAY).every == (*EVERY_KIND, *backwards)


def test_every_kind_of_fact_has_a_table() -> None:
    assert set(ROWS) == set(get_args(Fact)) == {type(fact) for fact in EVERY_KIND}


def test_evidence_keeps_the_digest_of_its_file_and_an_address_has_none(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, [FILED, EVIDENCE], recorded_at=NOW)
    found = ledger.facts(PLAN, known_by=DAY).evidence(EVIDENCE.item)
    assert [one.sha256 for one in found] == ["9f86d081" * 8, ""]


def test_a_fact_is_known_from_its_own_day_on(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
    assert ledger.facts(PLAN, known_by=date(2026, 10, 3)).every == EVERY_KIND[:3]


def test_what_was_recorded_before_an_instant_is_found_whatever_day_it_is_of(ledger: Ledger) -> None:
    later = replace(CHECK_IN, note="Written down on the next day.")
    ledger.add_facts(PLAN, [CHECK_IN], recorded_at=NOW)
    ledger.add_facts(PLAN, [later, *EVERY_KIND], recorded_at=NOW + timedelta(hours=1))
    assert ledger.facts(PLAN, known_by=DAY, recorded_before=NOW).every == ()
    assert ledger.facts(PLAN, known_by=DAY, recorded_before=NOW + timedelta(hours=1)).every == (CHECK_IN,)
    assert ledger.facts(PLAN, known_by=DAY, recorded_before=NOW + timedelta(days=1)).every == (CHECK_IN, later, *EVERY_KIND)


def test_each_plan_has_facts_of_its_own(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, [CHECK_IN], recorded_at=NOW)
    ledger.add_facts("another", [READING], recorded_at=NOW)
    assert ledger.facts("another", known_by=DAY).every == (READING,)


def test_no_facts_are_no_trouble(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, [], recorded_at=NOW)
    assert ledger.facts(PLAN, known_by=DAY).every == ()


def test_facts_are_added_all_or_none(ledger: Ledger) -> None:
    unclear = replace(READING, value=88.1)  # type: ignore[arg-type]
    with pytest.raises(InexactFigure, match=r"88\.1 is not a Decimal"):
        ledger.add_facts(PLAN, [CHECK_IN, READING, unclear], recorded_at=NOW)
    assert ledger.facts(PLAN, known_by=DAY).every == ()


def test_facts_that_two_add_at_once_stay_together(database_url: str) -> None:
    together = Barrier(2)

    def add(item: str) -> None:
        with open_ledger(database_url) as own:
            together.wait(timeout=30)
            for _ in range(20):
                own.add_facts(PLAN, [replace(fact, item=item) for fact in EVERY_KIND], recorded_at=NOW)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(add, ["one", "other"]))
    with open_ledger(database_url) as ledger:
        items = [fact.item for fact in ledger.facts(PLAN, known_by=DAY).every]
    size = len(EVERY_KIND)
    batches = [set(items[start : start + size]) for start in range(0, 40 * size, size)]
    assert len(items) == 40 * size
    assert all(len(batch) == 1 for batch in batches)


def test_when_a_fact_was_recorded_is_kept_in_utc(ledger: Ledger, database_url: str) -> None:
    in_el_paso = datetime(2026, 10, 22, 7, 30, tzinfo=timezone(timedelta(hours=-6)))
    ledger.add_facts(PLAN, [CHECK_IN], recorded_at=in_el_paso)
    with direct(database_url) as engine, engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'UTC'"))
        stored = connection.execute(text("SELECT recorded_at FROM check_in")).scalar_one()
    assert str(stored).startswith("2026-10-22 13:30:00")


@given(
    value=st.decimals(allow_nan=False, allow_infinity=False),
    year=st.integers(1900, 2199),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_reading_keeps_every_digit_and_letter(ledger: Ledger, value: Decimal, year: int, note: str) -> None:
    plan = f"plan-{next(_plans)}"
    reading = replace(READING, value=value, period=SchoolYear(year), note=note)
    ledger.add_facts(plan, [reading], recorded_at=NOW)
    (found,) = ledger.facts(plan, known_by=DAY).every
    assert found == reading
    assert isinstance(found, Reading)
    assert str(found.value) == str(value)


@pytest.mark.parametrize("said", [*Implementation, *Progress])
def test_what_is_said_in_a_check_in_comes_back_as_the_same_kind(ledger: Ledger, said: Said) -> None:
    ledger.add_facts(PLAN, [replace(CHECK_IN, status=said)], recorded_at=NOW)
    (found,) = ledger.facts(PLAN, known_by=DAY).every
    assert isinstance(found, CheckIn)
    assert found.status is said


def test_a_check_in_is_kept_in_words_that_a_person_can_read(ledger: Ledger, database_url: str) -> None:
    ledger.add_facts(PLAN, [replace(CHECK_IN, status=Progress.CONSIDERABLE_PROGRESS)], recorded_at=NOW)
    with direct(database_url) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT status FROM check_in")).scalar_one() == "considerable_progress"


def test_a_word_that_is_not_said_of_any_item_is_refused(ledger: Ledger) -> None:
    splendid = replace(CHECK_IN, status="splendid")  # type: ignore[arg-type]
    with pytest.raises(UnknownWord, match="'splendid' is not said of any item; say an Implementation or a Progress"):
        ledger.add_facts(PLAN, [splendid], recorded_at=NOW)
    assert ledger.facts(PLAN, known_by=DAY).every == ()


def test_no_word_stands_for_both_an_implementation_and_a_progress() -> None:
    assert {word.value for word in Implementation}.isdisjoint(word.value for word in Progress)


@given(
    instant=st.datetimes(
        datetime.combine(date(1900, 1, 1), time()), datetime.combine(date(2200, 1, 1), time()), timezones=st.timezones()
    )
)
def test_an_instant_stays_the_same_instant(instant: datetime) -> None:
    column, dialect = Instant(), sqlite.dialect()
    stored = column.process_bind_param(instant, dialect)
    assert stored is not None
    back = column.process_result_value(stored.replace(tzinfo=None), dialect)
    assert back is not None
    assert (back.astimezone(UTC), back.tzinfo) == (instant.astimezone(UTC), UTC)


@given(period=st.builds(SchoolYear, st.integers(1900, 2199)) | st.builds(Quarter, st.just(YEAR), st.integers(1, 4)))
def test_a_period_is_stored_by_its_name(period: Period) -> None:
    column, dialect = PeriodText(), sqlite.dialect()
    assert column.process_bind_param(period, dialect) == str(period)
    assert column.process_result_value(str(period), dialect) == period


@pytest.mark.parametrize(
    "column", [Instant(), ExactDecimal(), PeriodText(), SaidWord(), NoticesJson()], ids=lambda column: type(column).__name__
)
def test_nothing_is_stored_as_nothing(column: Instant | ExactDecimal | PeriodText | SaidWord | NoticesJson) -> None:
    assert column.process_bind_param(None, sqlite.dialect()) is None
    assert column.process_result_value(None, sqlite.dialect()) is None
