"""What went out, as administrators read it in the Prefect UI; what people wrote shows as it was written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.records import LetterState, Posted
from plan.digests import HeldBack
from tasks.publish import MOST_LINES, what_went_out
from tests.builders import notice
from tests.flow_builders import DAY

POSTED = Posted(
    key="riverside-2023-2027/digest/2026-10-22/curriculum@example.org",
    kind="digest",
    address="curriculum@example.org",
    office="curriculum",
    day=DAY,
    subject="What is asked of you",
    message_id="<1@example.org>",
    state=LetterState.IN_DOUBT,
    attempts=1,
    made_at=datetime(2026, 10, 22, 12, tzinfo=UTC),
    sent_at=None,
    reason="The line broke.",
    notices=(notice(reason="It has not come."),),
)


def test_every_mail_stands_with_its_state_and_each_step_with_its_reason() -> None:
    assert what_went_out([POSTED], [], as_of=DAY).splitlines() == [
        "# What went out today, 2026-10-22",
        "",
        "1 in doubt; 0 notices held back.",
        "",
        "## curriculum@example.org: in doubt",
        "",
        "The line broke.",
        "",
        "| item | step | due | why |",
        "|---|---|---|---|",
        "| 1.1A | overdue | 2026-10-14 | It has not come. |",
    ]


def test_a_day_without_mail_says_so() -> None:
    assert "No mail; 0 notices held back." in what_went_out([], [], as_of=DAY)


def test_what_is_held_back_stands_with_its_reason() -> None:
    held = HeldBack(notice=notice(), reason="Director of Curriculum has had today's digest; it goes on the next working day.")
    lines = what_went_out([], [held], as_of=DAY).splitlines()
    assert lines[-5:] == [
        "## Held back",
        "",
        "| to | item | why |",
        "|---|---|---|",
        "| curriculum@example.org | 1.1A | Director of Curriculum has had today's digest; it goes on the next working day. |",
    ]


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        "[press](https://elsewhere.example)",
        "![](https://elsewhere.example/seen.png)",
        "one | two",
        "`code` **bold** ~~gone~~ # head",
        "&lt;b&gt;",
        "back\\slash",
        "a line\n\n## and another",
    ],
)
def test_what_people_wrote_makes_no_link_no_markup_and_no_column(written: str) -> None:
    plain = what_went_out([replace(POSTED, reason=written)], [], as_of=DAY).splitlines()[6]
    bare = plain.replace("\\\\", "")
    for mark in "`*_{}[]<>()#+!|~&":
        assert bare.count(mark) == bare.count(f"\\{mark}")
    assert "".join(plain.split("\\")) == "".join(" ".join(written.split()).split("\\"))


def test_very_many_mails_are_counted_and_not_all_listed() -> None:
    said = what_went_out([POSTED] * (MOST_LINES + 3), [], as_of=DAY)
    assert said.count("## curriculum@example.org") == MOST_LINES
    assert "And 3 mails more; `plankeeper outbox list` shows them all." in said
    assert "503 in doubt" in said
