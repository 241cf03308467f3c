"""What comes first where there is too much to show; the same for page, paper, workbook and charts."""

from notifications.rollup.gravest import cut_actions, cut_measures, cut_offices, keep_gravest, to_draw
from tests.rollup_builders import EXPECTED, READINGS, action, measure, office, unread, years

STATUSES = ("met", "no_data", "watch", "off_track", "on_track", "declined", "missed", "off_track")
GRAVEST_FIRST = ["missed", "declined", "off_track", "off_track", "watch", "no_data", "met", "on_track"]
MEASURES = [measure(f"m{place}", status=status) for place, status in enumerate(STATUSES)]


def test_of_too_many_measures_the_gravest_come_first_and_equal_ones_in_the_plans_order() -> None:
    found = cut_measures(MEASURES, len(MEASURES) - 1)
    assert [one.status for one in found.lines] == GRAVEST_FIRST[:-1]
    assert [one.id for one in found.lines if one.status == "off_track"] == ["m3", "m7"]
    assert found.more == 1


def test_what_is_not_too_much_stays_in_the_plans_order() -> None:
    assert list(cut_measures(MEASURES, len(MEASURES)).lines) == MEASURES
    assert cut_measures(MEASURES, len(MEASURES)).more == 0


def test_a_scorecard_keeps_the_gravest_in_the_plans_order() -> None:
    found = keep_gravest(MEASURES, 4)
    assert [one.id for one in found.lines] == ["m3", "m5", "m6", "m7"]
    assert found.more == 4


def test_charts_are_for_readings_that_may_be_shown_the_gravest_first() -> None:
    masked = measure("masked", status="missed", years=years(READINGS, EXPECTED, masked=READINGS))
    assert [one.status for one in to_draw([masked, unread(status="missed"), *MEASURES])] == GRAVEST_FIRST


def test_of_equally_grave_actions_the_one_whose_answer_is_overdue_comes_first() -> None:
    actions = [action("late", obligation="exhausted"), action("in-time"), action("failed", implementation="not_achieved")]
    assert [one.id for one in cut_actions([actions[1], actions[0], actions[2]], 2).lines] == ["failed", "late"]


def test_of_too_many_offices_those_from_which_most_has_not_come_are_first() -> None:
    one, quick, late = office(office="One"), office(office="Quick", missing=()), office(office="Late", missing=(), late=3)
    assert [line.office for line in cut_offices([quick, late, one], 2).lines] == ["One", "Late"]
