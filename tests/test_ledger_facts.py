"""Facts and judgements: what is added comes back as it was, and a status is recorded where it moves."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import count
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from ledger.columns import ExactDecimal, InexactFigure, Instant, NoticesJson, PeriodText
from ledger.ledger import Ledger, open_ledger
from ledger.records import Judgement, Movement
from plan.facts import Reading
from plan.periods import Period, Quarter, SchoolYear
from tests.ledger_builders import CHECK_IN, DAY, EVERY_KIND, NOW, PLAN, READING, YEAR, direct

_plans = count()


def test_facts_come_back_as_they_were_in_the_order_of_adding(ledger: Ledger) -> None:
    backwards = EVERY_KIND[::-1]
    ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
    ledger.add_facts(PLAN, backwards, recorded_at=NOW - timedelta(days=1))
    assert ledger.facts(PLAN, known_by=DAY).every == (*EVERY_KIND, *backwards)


def test_a_fact_is_known_from_its_own_day_on(ledger: Ledger) -> None:
    ledger.add_facts(PLAN, EVERY_KIND, recorded_at=NOW)
    assert ledger.facts(PLAN, known_by=date(2026, 10, 3)).every == EVERY_KIND[:3]


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
    batches = [set(items[start : start + 5]) for start in range(0, 200, 5)]
    assert len(items) == 200
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
    "column", [Instant(), ExactDecimal(), PeriodText(), NoticesJson()], ids=lambda column: type(column).__name__
)
def test_nothing_is_stored_as_nothing(column: Instant | ExactDecimal | PeriodText | NoticesJson) -> None:
    assert column.process_bind_param(None, sqlite.dialect()) is None
    assert column.process_result_value(None, sqlite.dialect()) is None


# --- judgements --------------------------------------------------------------------------------------------------------


def judgement(status: str, *, aspect: str = "obligation", item: str = "1.1A") -> Judgement:
    """Return a judgement whose reason says its status."""
    return Judgement(item=item, aspect=aspect, status=status, reason=f"It is {status}.")


def movement(was: str | None, status: str, *, day: date, item: str = "1.1A") -> Movement:
    """Return the movement to the judgement of this status."""
    return Movement(item=item, aspect="obligation", was=was, status=status, reason=f"It is {status}.", day=day)


MONDAY, TUESDAY, WEDNESDAY = date(2026, 10, 19), date(2026, 10, 20), date(2026, 10, 21)


def test_a_status_is_recorded_when_it_moves(ledger: Ledger) -> None:
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == (movement(None, "open", day=MONDAY),)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=TUESDAY) == ()
    assert ledger.record_judgements(PLAN, [judgement("due")], on=WEDNESDAY) == (movement("open", "due", day=WEDNESDAY),)
    assert ledger.movements(PLAN, on=WEDNESDAY) == (movement("open", "due", day=WEDNESDAY),)
    assert ledger.movements(PLAN, on=TUESDAY) == ()


def test_a_second_run_of_the_day_finds_what_the_first_one_recorded(ledger: Ledger) -> None:
    first = ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == first
    assert ledger.record_judgements(PLAN, [judgement("submitted")], on=MONDAY) == first


def test_what_moves_after_the_days_run_is_seen_the_next_day(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY)
    ledger.record_judgements(PLAN, [judgement("submitted")], on=MONDAY)
    assert ledger.record_judgements(PLAN, [judgement("submitted")], on=TUESDAY) == (movement("open", "submitted", day=TUESDAY),)


def test_a_run_for_a_day_in_the_past_records_nothing(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [judgement("due")], on=TUESDAY)
    assert ledger.record_judgements(PLAN, [judgement("open")], on=MONDAY) == ()
    assert ledger.record_judgements(PLAN, [judgement("due")], on=WEDNESDAY) == ()


def test_movements_keep_the_order_of_judging_and_the_plans_apart(ledger: Ledger) -> None:
    both = [judgement("open", item="2.1"), judgement("open", item="1.1A")]
    expected = (movement(None, "open", day=MONDAY, item="2.1"), movement(None, "open", day=MONDAY))
    assert ledger.record_judgements(PLAN, both, on=MONDAY) == expected
    assert ledger.record_judgements("another", [], on=MONDAY) == ()


def test_each_aspect_moves_on_its_own(ledger: Ledger) -> None:
    ledger.record_judgements(PLAN, [judgement("open"), judgement("open", aspect="evidence")], on=MONDAY)
    moved = ledger.record_judgements(PLAN, [judgement("due"), judgement("open", aspect="evidence")], on=TUESDAY)
    assert [(one.aspect, one.status) for one in moved] == [("obligation", "due")]
