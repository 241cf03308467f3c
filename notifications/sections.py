"""The parts of a digest as its templates see them: sections, groups of which the same is said, and the items in them."""

from dataclasses import dataclass

from notifications.bars import Bar
from notifications.wording import Heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as the mail shows it."""

    code: str
    title: str
    reason: str
    """The arithmetic of a measure that slipped or came back; else empty."""
    bars: tuple[Bar, ...]
    """How far the measure has come, or the gravest ones of the action's objective."""
    asked: str
    """What is asked and by when; empty where nothing is any more."""
    invitation: str
    """What the link to the answer says; empty where the reader is told, not asked."""
    page: str
    """The address of the item's page: there the reader answers, or looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries of which the same is to be said."""

    introduction: str
    """What holds for this group and those after it; empty where it has just been said."""
    heading: str
    """Who is asked; empty where all of a section is the reader's own."""
    note: str
    owner: str
    write_to_owner: str
    """The address that writes to the owner; empty where the reader may answer."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is overdue, off track, due, coming up or back on track."""

    name: Heading
    title: str
    compact: bool
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The codes of one due date that are not shown in full."""

    due: str
    codes: str
