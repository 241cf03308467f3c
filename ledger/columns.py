"""How values are stored so that both databases give back exactly what was put in."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, DateTime, Dialect, String, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin

from plan.facts import Implementation, Progress, Said
from plan.ladder import Notice
from plan.periods import Period, read_period

_NOTICES = TypeAdapter(tuple[Notice, ...])
_SAID: dict[str, Said] = {word.value: word for kind in (Implementation, Progress) for word in kind}


class NaiveInstant(DontWrapMixin, ValueError):
    """The instant has no time zone, so nobody can tell when it was; pass an aware datetime, such as one in UTC."""


class InexactFigure(DontWrapMixin, TypeError):
    """The figure is not a Decimal, so it may not be what somebody wrote; make it with Decimal("…")."""


class UnknownWord(DontWrapMixin, ValueError):
    """The word is not said of any item, so it could not be read again; say an Implementation or a Progress."""


class Instant(TypeDecorator[datetime]):
    """An instant: aware on its way in, stored in UTC, aware on its way out."""

    # SQLite drops an offset silently: 12:00-05:00 would come back as 12:00, so everything is turned to UTC before.
    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the instant in UTC.

        Raises:    NaiveInstant: it has no time zone
        """
        if value is None:
            return None
        if value.utcoffset() is None:
            raise NaiveInstant(f"{value.isoformat()} has no time zone, so nobody can tell when it was; pass an aware datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, whatever zone the database session speaks in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A figure as it was written: "88.0" stays "88.0"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> str | None:
        """Return the figure's own digits.

        Raises:    InexactFigure: it is a float, or no figure at all
        """
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise InexactFigure(f"{value!r} is not a Decimal, so it may not be what somebody wrote; make it with Decimal")
        return str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Decimal | None:
        """Return the figure."""
        return None if value is None else Decimal(value)


class PeriodText(TypeDecorator[Period]):
    """A period as people write it: "2026-27 Q2", or "2026-27" for a school year."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Period | None, _dialect: Dialect) -> str | None:
        """Return the period's name."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Period | None:
        """Return the quarter or school year that has the name."""
        return None if value is None else _period(value)


class SaidWord(TypeDecorator[Said]):
    """What was said of an item, by its word; no word stands for both an implementation and a progress."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Said | None, _dialect: Dialect) -> str | None:
        """Return the word.

        Raises:    UnknownWord: it is no implementation and no progress
        """
        if value is None:
            return None
        if value not in _SAID:
            raise UnknownWord(f"{value!r} is not said of any item; say an Implementation or a Progress")
        return _SAID[value].value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Said | None:
        """Return the implementation or progress that has the word."""
        return None if value is None else _SAID[value]


class NoticesJson(TypeDecorator[tuple[Notice, ...]]):
    """The notices of a letter, as a JSON list in their order; dates in ISO 8601."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[Notice, ...] | None, _dialect: Dialect) -> Any:
        """Return the notices as plain lists, mappings and texts."""
        return None if value is None else _NOTICES.dump_python(value, mode="json")

    def process_result_value(self, value: Any, _dialect: Dialect) -> tuple[Notice, ...] | None:
        """Return the notices as they were."""
        return None if value is None else _NOTICES.validate_python(value)


_period = cache(read_period)
