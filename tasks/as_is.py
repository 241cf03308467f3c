"""Hand a value to a task as it is."""

from typing import TypeVar, cast

from prefect.utilities.annotations import quote

Anything = TypeVar("Anything")


def as_is(value: Anything) -> Anything:
    """Return a value wrapped so that Prefect does not look through all of it for futures, which takes longer than the task."""
    return cast("Anything", quote(value))
