"""Links to the owner's pages, and their forms as a browser would send them."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

from ledger.ledger import open_ledger
from ledger.records import Recorded, Scope
from notifications.grants import granted, link
from plan.owners import Person
from tasks.settings import Settings
from tests.web_builders import AT, PLAN, TestClient, letter

OFFICE = "chief-human-resources-officer"
LAST_DAY = date(2026, 12, 31)


def link_of(of: Settings, office: str = OFFICE, scope: Scope = "update", **changed: Any) -> str:
    """Send a letter with a link to an office, and return the path that it opens."""
    to = Person(office=office, title=office, address=f"{office}@example.org")
    grant = granted(scope, PLAN, to, key=of.key, made_at=AT, spans=(f"{scope} {office}", LAST_DAY))
    with open_ledger(of.database) as ledger:
        ledger.post([replace(letter(1), key=f"{scope} {office}", grants=(replace(grant, **changed),))])
    return link(grant, base_url="", key=of.key)


def hidden(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the first form of a page that is sent to a path."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}"[^>]*>(.*?)</form>', page, flags=re.DOTALL)
    assert form is not None, action
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', unescape(form[1])))


def press(looking: TestClient, at: str, fields: dict[str, Any] | None = None, **more: Any) -> Any:
    """Open a page, fill in its form, and send it."""
    form = hidden(looking.get(at).text, at.partition("?")[0])
    return looking.post(at.partition("?")[0], data=form | (fields or {}), **more)


def recorded(of: Settings, code: str) -> tuple[Recorded, ...]:
    """Return what was recorded of an item."""
    with open_ledger(of.database) as ledger:
        return ledger.pages.recorded(PLAN, code)
