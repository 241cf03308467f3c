"""A plan that was read from a document, as the text of a plan file. What was not sure stands in it as comments and notes."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from textwrap import wrap

from plan.model import Change, Deliverable, Target, Threshold, Trajectory
from plan.published.lines import DASHES, plain
from plan.published.named import Named
from plan.published.outline import Branch, Doubt, Entry, Measure, Outline, Part

WIDTH = 120
LONGEST_TITLE = 80
LONGEST_WORDING = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that a plan file is written from."""

    source: str
    """The document's file name."""
    named: Named
    outline: Outline
    progress: Mapping[str, Sequence[Entry]]
    """The progress measures of each objective and strand, by its code."""
    measures: Mapping[str, Sequence[Measure]]
    """Likewise the long-term measures."""
    doubts: Sequence[Doubt]
    """What was not sure, besides the notes of measures."""


def plan_text(found: Found) -> str:
    """Return the plan file's text."""
    return "\n".join((*_head(found), *_body(found))) + "\n"


def shortened(text: str, longest: int = LONGEST_TITLE) -> str:
    """Return a text that is no longer than a title may be, cut at a word."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    whole = cut if text[longest - 1] == " " else cut.rpartition(" ")[0]
    return f"{(whole if len(whole) > longest // 2 else cut).rstrip(' ,;:' + DASHES)}…"


# --- the head ----------------------------------------------------------------------------------------------------------


def _head(found: Found) -> Iterator[str]:
    named, source = found.named, found.source
    yield from _comment(
        f"Imported from {source} by `plankeeper import`. A title is the published wording, shortened where it is longer than "
        f"{LONGEST_TITLE} characters; `wording` has it whole. Where the import was not sure, a comment gives the line of the "
        "document, and `note` says what it was taken for. Titles may be changed, ids should stay."
    )
    yield "#"
    yield from _comment("After an edit: `plankeeper check`. It names every problem with its line.")
    if found.doubts:
        yield "#"
        yield from _comment("Not sure, by line of the document:")
        for doubt in found.doubts:
            yield from _comment(f"- {doubt.line}: {doubt.sentence}")
    if found.outline.beside:
        yield "#"
        yield from _comment("What the document says beside the plan, by line:")
        for line, text in found.outline.beside:
            yield from _comment(f"- {line}: {text}")
    yield f"id: {_quoted(named.id)}"
    yield f"title: {_quoted(shortened(named.title))}"
    yield f"organisation: {_quoted(shortened(named.organisation))}"
    yield f"first_year: {named.first_year}"
    yield f"last_year: {named.last_year}"
    yield from ("", "settings:", f"  begins_on: {named.begins_on}          # what closed before is shown as not chased")
    yield f"  time_zone: {_quoted(named.time_zone)}"


def _comment(text: str, indent: str = "") -> Iterator[str]:
    lines = wrap(plain(text), WIDTH - len(indent) - 2, break_on_hyphens=False) or [""]
    yield from (f"{indent}# {line}" for line in lines)


# --- the tree ----------------------------------------------------------------------------------------------------------


def _body(found: Found) -> Iterator[str]:
    yield from ("", "priorities:")
    for priority in found.outline.priorities:
        rule = f"  # --- {priority.code} "
        yield from ("", rule + "-" * (WIDTH - len(rule)))
        yield from _named(priority, "  ")
        yield "    objectives:" + ("" if priority.objectives else " []")
        for objective in priority.objectives:
            yield ""
            yield from _named(objective, "      ")
            if objective.strands:
                yield "        strands:"
                for strand in objective.strands:
                    yield ""
                    yield from _named(strand, "          ", wording=False)
                    yield from _held(strand, found, "            ")
            yield from _held(objective, found, "        ")


def _named(part: Branch | Part, indent: str, *, wording: bool = True) -> Iterator[str]:
    yield f"{indent}- id: {_quoted(part.code)}"
    yield f"{indent}  title: {_quoted(shortened(part.text))}"
    if wording:
        yield from _wording(part.text, f"{indent}  ")


def _held(part: Part, found: Found, indent: str) -> Iterator[str]:
    if part.actions:
        yield f"{indent}actions:"
        for action in part.actions:
            yield from _entry(action, f"{indent}  ")
    if progress := found.progress[part.code]:
        yield f"{indent}progress_measures:"
        for entry in progress:
            yield from _entry(entry, f"{indent}  ")
    if measures := found.measures[part.code]:
        yield f"{indent}long_term_measures:"
        for measure in measures:
            yield from _measure(measure, f"{indent}  ")


def _entry(entry: Entry, indent: str) -> Iterator[str]:
    yield from _too_long(entry.text, indent)
    yield f"{indent}- id: {_quoted(entry.code)}"
    yield f"{indent}  title: {_quoted(shortened(entry.text))}"
    yield from _wording(entry.text, f"{indent}  ")


def _measure(measure: Measure, indent: str) -> Iterator[str]:
    inner = f"{indent}  "
    if measure.notes:
        yield from _comment(f"Line {measure.line} of the document: see the note.", indent)
    yield from _too_long(measure.wording, indent)
    yield f"{indent}- id: {_quoted(measure.code)}"
    yield f"{inner}title: {_quoted(shortened(measure.title))}"
    yield from _wording(measure.wording, inner)
    if measure.part_of:
        yield f"{inner}part_of: {_quoted(measure.part_of)}"
    if measure.student_group:
        yield f"{inner}student_group: {_quoted(shortened(measure.student_group))}"
    if measure.unit:
        yield f"{inner}unit: {_quoted(shortened(measure.unit))}"
    yield from _target_lines(measure.target, inner)
    if measure.notes:
        yield from _text("note", noted(measure.notes), inner)


def noted(notes: Iterable[str]) -> str:
    """Return notes as sentences."""
    return " ".join(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in notes)


# --- texts and figures -------------------------------------------------------------------------------------------------


def _wording(text: str, indent: str) -> Iterator[str]:
    yield from _text("wording", text, indent)


def _text(key: str, text: str, indent: str) -> Iterator[str]:
    """Yield a key with its text, folded over several lines where it is long."""
    text = shortened(text, LONGEST_WORDING)
    if len(indent) + len(key) + len(text) + 4 <= WIDTH:
        yield f"{indent}{key}: {_quoted(text)}"
        return
    yield f"{indent}{key}: >-"
    inside = f"{indent}  "
    yield from (f"{inside}{line}" for line in wrap(text, WIDTH - len(inside), break_long_words=False, break_on_hyphens=False))


def _too_long(text: str, indent: str) -> Iterator[str]:
    """Yield a text that no wording may hold, as a comment, so that nothing of it is lost."""
    if len(text) > LONGEST_WORDING:
        yield from _comment(f"In full: {text}", indent)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _target_lines(target: Target, indent: str) -> Iterator[str]:
    """Yield a target in one line, or with a line for each of its keys where it is long."""
    text = target_text(target)
    if len(indent) + len("target: ") + len(text) <= WIDTH:
        yield f"{indent}target: {text}"
        return
    yield f"{indent}target:"
    yield from (f"{indent}  {key}: {value}" for key, value in _target(target))


def target_text(target: Target) -> str:
    """Return a target as it is written in a plan file."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in _target(target)) + "}"


def _target(target: Target) -> Iterator[tuple[str, str]]:
    yield "kind", target.kind
    match target:
        case Trajectory(points=points):
            yield "points", "{" + ", ".join(f"{year}: {_figure(value)}" for year, value in points.items()) + "}"
            if target.line_between:
                yield "line_between", "true"
        case Threshold() | Change():
            yield from _bounds(target)
        case Deliverable(by=day):
            yield "by", str(day)


def _bounds(target: Threshold | Change) -> Iterator[tuple[str, str]]:
    if isinstance(target, Change):
        yield "direction", target.direction
        if target.measured_in == "percent":
            yield "measured_in", "percent"
    if target.at_least:
        yield "at_least", _figure(target.at_least)
    elif target.at_least is not None and isinstance(target, Threshold):
        yield "at_least", "0"
    if target.at_most is not None:
        yield "at_most", _figure(target.at_most)
    if isinstance(target, Threshold) and target.by:
        yield "by", str(target.by)


def _figure(value: Decimal) -> str:
    return f"{value:f}"
