"""A scanner of mails that opens every link and presses every button: nothing is changed by it, for nobody has answered."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html
from playwright.sync_api import Browser

from ledger.ledger import Ledger, open_ledger
from notifications.inbox import caught, inbox
from tasks.send import send_letters
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.answered_builders import ANSWERED, BEGUN, LEAD, OWNER, SLIPPED, WAITING, answered, asker, small, way_in
from tests.flow_builders import PLAN
from tests.test_notifications_faces import chromium as chromium  # noqa: PLC0414 - for pytest to find
from tests.web_builders import AT, DAY, rows, served
from web.post import body

BASE = "https://plan.example.org"
EVER = AT.replace(year=9999)
PREFETCH = {"Sec-Purpose": "prefetch", "Purpose": "prefetch", "X-Purpose": "preview"}
FROM_ITS_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1", "Origin": BASE}
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a home in whose inbox is a mail of every kind that has links."""
    of = small(tmp_path_factory.mktemp("scanned") / "home", base_url=BASE)
    answered(of)
    deliver(of)
    return of


def deliver(of: Settings) -> None:
    """Send what is queued, as the flow deliver does."""
    with open_ledger(of.database) as ledger:
        send_letters.fn(ledger, open_workplace(of), of, as_of=DAY, now=lambda: AT)


def mails(of: Settings) -> list[bytes]:
    """Return the mails of the inbox."""
    found = (caught(of.inbox, one.id) for one in inbox(of.inbox))
    return [mail for mail in found if mail]


def links(mail: bytes) -> set[str]:
    """Return every address of ours that a mail holds, in whichever part or header."""
    parts = [body(mail, "plain"), str(message_from_bytes(mail)["List-Unsubscribe"] or "")]
    files = (part.get_payload(decode=True) for part in message_from_bytes(mail).walk() if not part.is_multipart())
    said = "\n".join((*parts, *(content.decode(errors="replace") for content in files if isinstance(content, bytes))))
    in_html = html.fromstring(body(mail, "html")).xpath("//@href")
    found = {*re.findall(rf"{re.escape(BASE)}[^\s<>\"]*", said.replace("\r\n ", "")), *in_html}
    return {one.partition("#")[0] for one in found if one.startswith(BASE)}


class Scanner:
    """Follows and presses whatever it comes to, in one browser that keeps its cookies, and never has to wait."""

    def __init__(self, of: Settings, ledger: Ledger) -> None:
        self._of, self._ledger = of, ledger
        self._asking = asker(of, client="198.51.100.7")
        self.opened: dict[str, int] = {}
        self.pressed: dict[tuple[str, str], int] = {}

    def scan(self, addresses: set[str]) -> None:
        """Open addresses, first only to look ahead, and all that they lead to below /u/, and press every button there."""
        waiting = sorted(addresses)
        for at in waiting:
            self._ask("HEAD", at)
            self._ask("GET", at, headers=PREFETCH)
        while waiting:
            at = waiting.pop()
            if at not in self.opened:
                waiting += self._open(at)

    def _open(self, at: str) -> Iterator[str]:
        answer = self._ask("GET", at)
        self.opened[at] = answer.status_code
        if urlsplit(at).path.startswith("/u/") and answer.headers["content-type"].startswith("text/html"):
            page = html.fromstring(answer.text, base_url=at)
            for form in page.forms:
                self._press(page, form, at)
            yield from (
                urljoin(at, one).partition("#")[0] for one in page.xpath("//@href") if urljoin(at, one).startswith(BASE)
            )

    def _press(self, page: Any, form: Any, at: str) -> None:
        """Send a form as it stands: with the key Enter, and by each of its buttons."""
        buttons = form.xpath(".//button") + page.xpath("//button[@form=$id]", id=form.get("id", "-"))
        for button in (None, *buttons):
            name, value = (button.get("name", ""), button.get("value", "")) if button is not None else ("", "")
            to = urljoin(at, (button is not None and button.get("formaction")) or form.action).partition("#")[0]
            fields = dict(form.form_values()) | ({name: value} if name else {})
            sent = {"files": {"file": ("", b"")}} if form.get("enctype") else {}
            answer = self._ask(form.method, to, data=fields, headers=FROM_ITS_PAGE, **sent)
            self.pressed[urlsplit(to).path, value] = answer.status_code

    def _ask(self, method: str, at: str, **more: Any) -> Any:
        self._ledger.pages.forget_visits(before=EVER)
        return self._asking.request(method, at, **more)


def test_whoever_opens_every_link_and_presses_every_button_changes_nothing(of: Settings) -> None:
    before = rows(of)
    with open_ledger(of.database) as ledger:
        scanner = Scanner(of, ledger)
        scanner.scan(set().union(*map(links, mails(of))))
    assert rows(of) == before
    ways = {address: way_in(of, address) for address in (OWNER, LEAD)}
    everywhere = {f"{ways[OWNER]}/{code}" for code in (ANSWERED, BEGUN, WAITING, SLIPPED)}
    assert everywhere | {way_in(of, LEAD, "view"), way_in(of, OWNER, "unsubscribe")} <= {
        urlsplit(at).path for at in scanner.opened
    }
    assert {at for at, status in scanner.opened.items() if status != 200} == {BASE}  # administrators' pages do not open
    undone, looked_at = f"{ways[OWNER]}/{ANSWERED}/undo", f"{ways[LEAD]}/look/{ANSWERED}"
    assert everywhere | {undone, looked_at, *ways.values()} <= {at for at, _ in scanner.pressed}
    assert {button for _, button in scanner.pressed} == {"", "record", "save", "see", "refer", "promise"}
    # What was begun and is saved again stays as it is; by no other press is anything taken.
    assert {press for press, status in scanner.pressed.items() if status != 422} == {(f"{ways[OWNER]}/{BEGUN}", "save")}


def test_a_mail_program_s_own_button_turns_the_overview_off_and_does_nothing_by_any_other_link(tmp_path: Path) -> None:
    of = small(tmp_path / "home", base_url=BASE)
    answered(of)
    deliver(of)
    own = {str(message_from_bytes(mail)["List-Unsubscribe"]).strip("<>") for mail in mails(of)} - {"None"}
    asking, before = asker(of, client="198.51.100.7"), rows(of)
    others = set().union(*map(links, mails(of))) - own
    with open_ledger(of.database) as ledger:

        def press(at: str) -> int:
            ledger.pages.forget_visits(before=EVER)
            status: int = asking.post(at, content=ONE_CLICK, headers={"content-type": FORM}).status_code
            return status

        assert {press(at) for at in others} == {403, 404}
        assert rows(of) == before
        assert {press(at) for at in own} == {200}
        assert set(ledger.holding(PLAN, "overview")) == {OWNER, LEAD, "planning@example.org", "superintendent@example.org"}
    after = rows(of)
    assert {table for table in after if after[table] != before[table]} == {"word", "audit"}


OPENED = "document.querySelectorAll('details').forEach(one => { one.open = true })"


def test_a_real_browser_that_presses_every_button_changes_nothing(of: Settings, chromium: Browser) -> None:
    before, page, own = rows(of), chromium.new_page(), way_in(of, OWNER)
    buttons: dict[str, int] = {}
    with served(of) as port, open_ledger(of.database) as ledger:
        for at in (own, f"{own}/{BEGUN}", f"{own}/{ANSWERED}"):
            page.goto(f"http://127.0.0.1:{port}{at}")
            buttons[at] = page.locator("button").count()
            for number in range(buttons[at]):
                ledger.pages.forget_visits(before=EVER)
                page.goto(f"http://127.0.0.1:{port}{at}")
                page.evaluate(OPENED)
                with page.expect_navigation():
                    page.locator("button").nth(number).click()
    assert rows(of) == before
    assert list(buttons.values()) == [1, 4, 1]
    page.close()
