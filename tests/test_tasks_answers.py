"""Answers for a rehearsal, written down beforehand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from plan.duties import Duties
from plan.facts import Acknowledgement, CheckIn, Evidence, Implementation, Reading
from plan.periods import Quarter, SchoolYear
from tasks.answers import AnswersRefused, figure, read_answers
from tests.flow_builders import enlarged

Q1 = Quarter.parse("2026-27 Q1")


@pytest.fixture(scope="module")
def duties() -> Duties:
    """What the shipped plan owes."""
    return enlarged(1).duties


def written(folder: Path, text: str) -> Path:
    """Write a file of answers."""
    path = folder / "answers.csv"
    path.write_bytes(text.encode())
    return path


def test_each_row_settles_what_its_item_owes_on_its_day(tmp_path: Path, duties: Duties) -> None:
    path = written(
        tmp_path,
        "\ufeffday, item ,done\r\n2026-10-22,1.1A,on_track\n\n2026-10-22, 1.1-pm1 ,evidence\n"
        "2026-10-22,1.1-rating,88.5\n2026-10-22,1.1B,until 2026-10-30\n2026-12-31,1.1,at_risk\n",
    )
    day = date(2026, 10, 22)
    assert read_answers(path, duties) == (
        CheckIn(item="1.1A", period=Q1, status=Implementation.ON_TRACK, note="", by="rehearsal", known_on=day),
        Evidence(item="1.1-pm1", period=Q1, reference="rehearsal", dated_on=day, note="", by="rehearsal", known_on=day),
        Reading(
            item="1.1-rating",
            period=SchoolYear(2025),
            value=Decimal("88.5"),
            source="rehearsal",
            note="",
            by="rehearsal",
            known_on=day,
        ),
        Acknowledgement(item="1.1B", period=Q1, promised_on=date(2026, 10, 30), note="", by="rehearsal", known_on=day),
        CheckIn(
            item="1.1",
            period=Quarter.parse("2026-27 Q2"),
            status=Implementation.AT_RISK,
            note="",
            by="rehearsal",
            known_on=date(2026, 12, 31),
        ),
    )


def test_every_bad_row_is_refused_with_its_line(tmp_path: Path, duties: Duties) -> None:
    path = written(
        tmp_path,
        "day,item,done\n2026-10-22,1.1A,on_track\n22.10.2026,1.1A,on_track\n2026-10-22,9.9Z,on_track\n2026-10-22,1.1A\n"
        "2026-10-22,1.1A,fine\n2026-10-22,1.1-rating,much\n2026-10-22,1.1-pm1,on_track\n2026-10-22,1.1B,until then\n",
    )
    with pytest.raises(AnswersRefused) as refused:
        read_answers(path, duties)
    assert [line.removeprefix(f"{path}:") for line in str(refused.value).splitlines()] == [
        '3: "22.10.2026" is not a day; write year-month-day, as in 2026-10-22',
        '4: "9.9Z" is not an item of the plan',
        "5: 2 columns stand here, and 3 are needed: day, item, done",
        '6: "fine" is not a status; write one of: not_started, on_track, at_risk, off_track, achieved, not_achieved, cancelled',
        '7: "much" is not a number; write digits only, as in 86 or 8.8',
        '8: 1.1-pm1 owes evidence; write "evidence" instead of "on_track"',
        '9: "then" is not a day; write year-month-day, as in 2026-10-22',
    ]


@pytest.mark.parametrize("text", ["", "day,item\n", "2026-10-22,1.1A,on_track\n"], ids=["empty", "other-columns", "no-header"])
def test_the_first_line_has_to_name_the_columns(text: str, tmp_path: Path, duties: Duties) -> None:
    path = written(tmp_path, text)
    with pytest.raises(AnswersRefused, match=r'answers\.csv:1: the first line has to be "day,item,done"$'):
        read_answers(path, duties)


@pytest.mark.parametrize("path", ["missing.csv", "."], ids=["missing", "folder"])
def test_a_file_that_cannot_be_read_is_refused(path: str, tmp_path: Path, duties: Duties) -> None:
    with pytest.raises(AnswersRefused, match="cannot be read as UTF-8 text"):
        read_answers(tmp_path / path, duties)


@pytest.mark.parametrize(("text", "value"), [("86", "86"), ("8.80", "8.80"), ("-3", "-3"), (" 4 ", "4")])
def test_a_figure_is_read_as_it_is_written(text: str, value: str) -> None:
    assert str(figure(text)) == value


@pytest.mark.parametrize("text", ["", "much", "8,8", "86 %", "NaN", "Infinity", "-inf"])
def test_what_is_not_a_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number; write digits only, as in 86 or 8\.8$"):
        figure(text)
