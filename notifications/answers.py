"""Answers by mail: addresses that open a new mail with a short form to fill in."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from plan.facts import CORRECTIVE_PLAN, DutyKind, Progress, words_for
from plan.ladder import Notice
from plan.model import Item
from plan.wording import listed

QUESTIONS: dict[DutyKind, tuple[str, ...]] = {
    "check-in": (
        "What happened in this period?",
        "Evidence (attach the files, or give their addresses):",
        "What stands in the way?",
    ),
    "reading": ("The figure:", "Its source (which report, of which day):"),
    "corrective plan": (
        "The cause (what pushed it off track):",
        "The step (what is to be done about it, and by whom):",
        "The day by which that step is done:",
        "The effect expected (on which figure, and by when):",
    ),
    "evidence": ("The evidence (attach the file, or give its address):", "The date on it:", "What it shows:"),
}
"""What an answer says, by what is owed; a check-in also says where it stands, in the words for its item."""

MOST_CODES = 5
"""How many codes a subject names before it counts the others."""


def invitation(kind: DutyKind) -> str:
    """Return what the link to an answer says; a code follows."""
    return "Give the plan for" if kind == CORRECTIVE_PLAN else "Answer for"


def answer(notice: Notice, item: Item, *, reply_to: str) -> str:
    """Return the address of a mail that answers a notice: its subject says for what, its body holds the questions.

    Args:      item: what the notice is about
    """
    what = f"{notice.item} {notice.title}\n{notice.kind.capitalize()} for {notice.period}\n"
    form = "".join(f"\n{question}\n\n" for question in questions_about(notice.kind, item))
    # A measure may owe an answer and a corrective plan for one period.
    apart = f" {notice.kind}" if notice.kind == CORRECTIVE_PLAN else ""
    return _mailto(reply_to, subject=f"{notice.item} {notice.period}{apart}", body=what + form)


def questions_about(kind: DutyKind, item: Item) -> tuple[str, ...]:
    """Return what an answer for an item says."""
    if kind != "check-in":
        return QUESTIONS[kind]
    words = words_for(item)
    asked = "How far has it come" if words is Progress else "Where does it stand"
    return (f"{asked}? Keep one: {' / '.join(word.replace('_', ' ') for word in words)}", *QUESTIONS[kind])


def named(kind: DutyKind, item: Item) -> str:
    """Return what an answer for an item is called, where several kinds stand side by side."""
    return "check-in on a measure" if kind == "check-in" and words_for(item) is Progress else kind


def word_to_the_owner(notices: Sequence[Notice]) -> str:
    """Return the address of a mail to the owner of some notices; its subject says which."""
    codes = list(dict.fromkeys(notice.item for notice in notices))
    periods = list(dict.fromkeys(notice.period for notice in notices))
    return _mailto(notices[0].owner.address, subject=f"{listed(codes, most=MOST_CODES)}, {listed(periods)}")


def _mailto(address: str, **fields: str) -> str:
    """Return a mailto address; lines of the body end as RFC 6068 wants them."""
    lines = {name: text.replace("\n", "\r\n") for name, text in fields.items()}
    return f"mailto:{quote(address, safe='@')}?{urlencode(lines, quote_via=quote, safe='', errors='replace')}"
