"""A statement of a plan file: one SELECT, and nothing that changes a database. The database is held to that as well."""

import re
from collections.abc import Iterable

from plan.wording import listed
from tasks.sources.cells import quoted
from tasks.sources.failures import SourceFailed

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$"""
_APART = re.compile(rf"(?P<quoted>{_QUOTED})|{_COMMENT.pattern}", re.DOTALL)
_WORD = re.compile(r"\w+")
_CHANGING = ("INSERT", "UPDATE", "DELETE", "MERGE", "INTO")
"""Words that a SELECT has no use for, outside of quotation marks."""


def refuse_other_statements(statement: str) -> None:
    """Check that a statement is one SELECT, with or without WITH before it.

    Raises:    SourceFailed: it is another one, more than one, or one that changes something
    """
    bare = _bare(statement).strip().rstrip("; \t\r\n")
    words = [word.upper() for word in _WORD.findall(bare)]
    if not words or words[0] not in ("SELECT", "WITH"):
        begins = f"begins with {quoted(words[0])}" if words else "is empty"
        raise SourceFailed(f"the statement {begins}, and only a SELECT is run; write one SELECT")
    if ";" in bare:
        raise SourceFailed("a second statement stands behind a semicolon, and only one is run; write one SELECT")
    changing = [word for word in _CHANGING if word in words]
    if changing:
        said = f"a statement that only reads has no use for {listed(changing)}"
        raise SourceFailed(f"{said}; take it out, or put it in quotation marks if a column is called so")


def refuse_other_parameters(needed: Iterable[str], given: Iterable[str]) -> None:
    """Check that a statement has the parameters that it names.

    Raises:    SourceFailed: all that are missing, or that it does not name
    """
    needed, given = set(needed), set(given)
    if missing := sorted(needed - given):
        raise SourceFailed(f"the statement needs {listed(_named(missing))}; give a value under parameters")
    if spare := sorted(given - needed):
        raise SourceFailed(f"the statement does not name {listed(_named(spare))}; take it out of parameters")


def _bare(statement: str) -> str:
    """Return a statement without its comments and without what stands in quotation marks."""
    return _APART.sub(lambda found: "''" if found["quoted"] else " ", statement)


def _named(names: list[str]) -> list[str]:
    return [f":{name}" for name in names]
