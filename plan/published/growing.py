"""How a plan's tree grows while a document is read from top to bottom: what comes belongs to what came last above it."""

import re
from collections.abc import Iterable

from plan.published.lines import Bullet
from plan.published.outline import Branch, Entry, Outline, Part
from plan.published.roles import Label

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CONTINUED = re.compile(r"\s*\((?:continued|cont\.?|cont'd)\)\s*$", re.IGNORECASE)
_WORD_BEFORE_NUMBER = re.compile(r"[A-Za-z]")


class Growing:
    """An outline that grows, and where in it the reader is."""

    def __init__(self) -> None:
        self.outline = Outline()
        self.priority: Branch | None = None
        self.objective: Part | None = None
        self.part: Part | None = None
        """The objective or strand to which measures belong now."""
        self._published: dict[str, Branch | Part] = {}

    # --- priorities, objectives, strands -------------------------------------------------------------------------------

    def start_priority(self, label: Label | None, text: str, line: int) -> None:
        """Begin a priority, or go on with the one of that code."""
        code = _priority_code(label) or f"P{len(self.outline.priorities) + 1}"
        known = self._published.get(code)
        if isinstance(known, Branch) and _same(known.text, text):
            self.priority = known
            return
        self.priority = Branch(code=self.outline.code(code, line), text=text or code, line=line)
        self._published[code] = self.priority
        self.outline.priorities.append(self.priority)
        self.objective = self.part = None

    def start_objective(self, label: Label | None, text: str, line: int) -> None:
        """Begin an objective, or go on with the one of that code."""
        if self.priority is None:
            self.start_priority(None, "Priority", line)
            self.outline.doubt(line, "an objective stands under no priority; one was made for it")
        assert self.priority is not None  # begun just above
        number = re.sub(r"\D", "", self.priority.code) or str(len(self.outline.priorities))
        code = label.number if label and label.number and "." in label.number else None
        code = code or f"{number}.{label.number if label and label.number else len(self.priority.objectives) + 1}"
        known = self._published.get(code)
        if isinstance(known, Part) and _same(known.text, text):
            self.objective = self.part = known
            return
        self.objective = self.part = Part(code=self.outline.code(code, line), text=text or code, line=line)
        self._published[code] = self.objective
        self.priority.objectives.append(self.objective)

    def start_strand(self, code: str, text: str, line: int) -> None:
        """Begin a strand of the objective, or go on with the one of that code."""
        objective = self._objective(line)
        known = next((strand for strand in objective.strands if strand.code == code), None)
        if known is None:
            if not text:
                self.outline.doubt(line, f'the strand "{code}" has no name; its code is its title')
            known = Part(code=self.outline.code(code, line), text=text or code, line=line)
            objective.strands.append(known)
        elif text and not _same(known.text, text):
            self.outline.beside.append((line, text))
        self.part = known

    def _objective(self, line: int) -> Part:
        if self.objective is None:
            branch = self.priority
            self.start_objective(None, branch.text if branch else "Objective", line)
            self.outline.doubt(line, "no objective stands above it; one was made, with the words of its priority")
        assert self.objective is not None  # begun just above
        return self.objective

    def open_part(self, line: int) -> Part:
        """Return the objective or strand that things belong to now; one is made where there is none."""
        return self.part or self._objective(line)

    # --- what stands in them -------------------------------------------------------------------------------------------

    def add_action(self, code: str | None, text: str, line: int, *, letter: str = "") -> None:
        """Add an action; without a code of its own it gets the next letter, or the one that its number gives."""
        part = self.open_part(line)
        wanted = code or f"{part.code}{letter or _next_letter(part)}"
        part.actions.append(Entry(code=self.outline.code(wanted, line), text=text or wanted, line=line))

    def go_on(self, text: str) -> bool:
        """Add text to the last action, if there is one; return whether there was."""
        part = self.part
        if part is None or not part.actions:
            return False
        part.actions[-1].text = f"{part.actions[-1].text} {text}"
        return True

    def beside(self, bullets: Iterable[Bullet]) -> None:
        """Keep what is no part of the tree."""
        self.outline.beside += [(bullet.line, bullet.whole()) for bullet in bullets]


def without_continued(text: str) -> str:
    """Return a text without "(continued)" at its end."""
    return _CONTINUED.sub("", text)


def _same(known: str, text: str) -> bool:
    """Return whether a text says again what is known, as at the top of a page."""
    return not text or without_continued(text).casefold() == known.casefold()


def _priority_code(label: Label | None) -> str | None:
    if label is None or not label.number:
        return None
    initial = "P" if not label.word else label.word.split()[-1][0].upper()
    return label.number if _WORD_BEFORE_NUMBER.match(label.number) else f"{initial}{label.number}"


def _next_letter(part: Part) -> str:
    at = len(part.actions)
    return _LETTERS[at] if at < len(_LETTERS) else f"-a{at + 1}"
