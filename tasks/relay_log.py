"""Ask the log of the Postfix on this machine which letters in doubt it took."""

import logging
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from notifications.relay_log import accepted
from tasks.settings import Settings

_log = logging.getLogger(__name__)


def delivered_according_to_log(settings: Settings, message_ids: Collection[str]) -> dict[str, str]:
    """Return those of some Message-IDs that the relay's log shows as taken, each with the sentence that says so.

    Without PLANKEEPER_RELAY_LOG, or if the log cannot be read, nothing is known; the latter is logged as
    `relay_log_unreadable`.
    """
    if settings.relay_log is None or not message_ids:
        return {}
    try:
        return accepted(_lines(settings.relay_log), message_ids)
    except OSError as error:
        _log.warning(_unreadable(error), extra={"action": "relay_log_unreadable"})
        return {}


def _unreadable(error: OSError) -> str:
    return (
        f"The log that PLANKEEPER_RELAY_LOG names cannot be read: {error}. It resolves no doubt; let plankeeper's user read "
        "it, on Debian as a member of the group adm."
    )


def _lines(log: Path) -> Iterator[str]:
    """Yield the lines of the log, those of its predecessor before them if it was rotated; a packed one is left alone."""
    with suppress(FileNotFoundError):
        yield from _lines_of(log.with_name(f"{log.name}.1"))
    yield from _lines_of(log)


def _lines_of(path: Path) -> Iterator[str]:
    # A carriage return ends no line: it may have come with a mail.
    with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
        yield from file
