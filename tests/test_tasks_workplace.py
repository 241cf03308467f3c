"""The workplace: what is read, what stops the work, and which days it covers."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from plan.periods import OutsideCalendar
from tasks.settings import CHECKOUT, Settings
from tasks.workplace import PlanHasProblems, open_workplace, read_files
from tests.flow_builders import DAY
from tests.plan_builders import ROOT

BAD = ROOT / "tests" / "data" / "bad"
GOOD = ROOT / "tests" / "data" / "good"


def small(**changed: Path) -> Settings:
    """Return settings that name the small good files, some replaced."""
    return Settings.model_validate({name: GOOD / f"{name}.yaml" for name in ("plan", "owners", "calendar")} | changed)


def test_the_shipped_files_make_a_workplace_without_problems(home: Path) -> None:
    workplace = open_workplace(Settings())
    assert len(workplace.plan.actions) == 42
    assert workplace.problems == ()


def test_files_that_are_not_there_are_all_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PlanHasProblems) as stopped:
        open_workplace(small(plan=tmp_path / "no" / "plan.yaml", owners=tmp_path))
    said = "correct PLANKEEPER_PLAN, PLANKEEPER_OWNERS or PLANKEEPER_CALENDAR, or put the file there"
    assert str(stopped.value).splitlines() == [
        f"no/plan.yaml:1:1: the file cannot be read (no such file or directory); {said}",
        f".:1:1: the file cannot be read (is a directory); {said}",
    ]


def test_a_file_elsewhere_is_named_in_full(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (problem,) = read_files(small(plan=Path("/nowhere/plan.yaml"))).problems
    assert str(problem.place) == "/nowhere/plan.yaml:1:1"


def test_problems_that_block_stop_the_work_with_each_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)
    with pytest.raises(PlanHasProblems) as stopped:
        open_workplace(small(plan=BAD / "plan_key-twice.yaml"))
    assert stopped.value.problems
    assert all(str(problem).startswith("tests/data/bad/plan_key-twice.yaml:") for problem in stopped.value.problems)
    assert str(stopped.value) == "\n".join(str(problem) for problem in stopped.value.problems)


def test_an_office_that_nobody_fills_is_a_problem_but_the_work_goes_on(home: Path) -> None:
    workplace = open_workplace(small(owners=BAD / "owners_office-unfilled.yaml"))
    assert workplace.problems
    assert not any(problem.blocks for problem in workplace.problems)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(datetime(2026, 10, 22, 5, 59, tzinfo=UTC), date(2026, 10, 21), id="before-midnight"),
        pytest.param(datetime(2026, 10, 22, 6, 30, tzinfo=UTC), date(2026, 10, 22), id="half-past-midnight"),
        pytest.param(datetime(2026, 3, 8, 7, 30, tzinfo=UTC), date(2026, 3, 8), id="clock-goes-forward-at-its-beginning"),
        pytest.param(datetime(2026, 3, 9, 5, 30, tzinfo=UTC), date(2026, 3, 8), id="clock-goes-forward-at-its-end"),
        pytest.param(datetime(2026, 11, 1, 6, 30, tzinfo=UTC), date(2026, 11, 1), id="clock-goes-back-at-its-beginning"),
        pytest.param(datetime(2026, 11, 2, 6, 30, tzinfo=UTC), date(2026, 11, 1), id="clock-goes-back-at-its-end"),
        pytest.param(datetime(2026, 11, 2, 7, 0, tzinfo=UTC), date(2026, 11, 2), id="after-the-long-day"),
    ],
)
def test_today_is_the_date_where_the_plan_is_kept(instant: datetime, day: date, home: Path) -> None:
    assert open_workplace(Settings()).today(instant) == day


def test_a_day_begins_at_midnight_where_the_plan_is_kept(home: Path) -> None:
    workplace, day = open_workplace(Settings()), date(2026, 11, 1)  # the clocks go back on it
    begins, ends = workplace.midnight(day), workplace.midnight(date(2026, 11, 2))
    assert (begins, ends) == (datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 11, 2, 7, tzinfo=UTC))
    assert [workplace.today(one) for one in (begins, ends - timedelta(microseconds=1))] == [day, day]


def test_days_near_the_plans_years_are_covered(home: Path) -> None:
    workplace = open_workplace(Settings())
    days = workplace.duties.days
    first, after = days.start.replace(year=days.start.year + 1), days.end.replace(year=days.end.year - 1)
    assert workplace.covers(DAY) == DAY
    assert workplace.covers(first) == first
    for day in (date.min, date.fromordinal(first.toordinal() - 1), after, date.max):
        with pytest.raises(OutsideCalendar, match=f"^{day} lies too far from the plan's years, 2023-24 to 2026-27$"):
            workplace.covers(day)


def test_every_day_that_is_covered_can_be_judged(home: Path) -> None:
    workplace = open_workplace(Settings())
    days = workplace.duties.days
    for day in (
        days.start.replace(year=days.start.year + 1),
        date.fromordinal(days.end.replace(year=days.end.year - 1).toordinal() - 1),
    ):
        situation = workplace.situation(None, as_of=workplace.covers(day))
        assert len([workplace.duties.current(item, as_of=day) for item in situation.plan.items.values()]) == 168
