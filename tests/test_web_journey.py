"""The whole way of an answer: from the digest in the inbox, by its link, to a check-in with a file, its status and receipt."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from ledger.ledger import open_ledger
from tasks.send import send_letters
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.flow_builders import choose
from tests.test_notifications_faces import chromium as chromium  # noqa: PLC0414 - for pytest to find
from tests.web_builders import AT, DAY, settings
from web.__main__ import listen, server

OWNER, ITEM = "chief-human-resources-officer@example.org", "2.3A"
NOTE = "Talks began on all campuses."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MINUTES: FilePayload = {"name": "Minutes.pdf", "mimeType": "application/pdf", "buffer": PDF}
STROKE_SECONDS, THOUGHT_SECONDS, MINUTE_SECONDS = 0.28, 1.35, 60
"""What a key takes whoever does not type for a living, and what it takes to make up one's mind.

Source: Card, Moran and Newell, The keystroke-level model, 1980
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Settings]:
    """Settings whose pages are served under the address that their mails name, with the digests of the day in the inbox."""
    with listen("127.0.0.1", 0) as listening:
        of = settings(tmp_path / "home", base_url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        with open_ledger(of.database) as ledger:
            choose(of, open_workplace(of), ledger, DAY)
        deliver(of)
        serving = server(of, now=lambda: AT)
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield of
        finally:
            serving.should_exit = True
            thread.join(30)


def deliver(of: Settings) -> None:
    """Send what is queued, as the flow deliver does."""
    with open_ledger(of.database) as ledger:
        send_letters.fn(ledger, open_workplace(of), of, as_of=DAY, now=lambda: AT)


@dataclass
class Hands:
    """Somebody with a keyboard and nothing else, whose strokes and decisions are counted."""

    page: Page
    strokes: int = 0
    decisions: int = 0

    def go_to(self, wanted: Locator) -> None:
        """Press the tabulator until something has the focus."""
        self.decisions += 1
        for _ in range(60):
            self.press("Tab")
            if wanted.and_(self.page.locator(":focus")).count():
                return
        pytest.fail(f"{wanted} cannot be reached by keyboard")

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.strokes += 1

    def write(self, text: str) -> None:
        """Type a text."""
        self.page.keyboard.type(text)
        self.strokes += len(text)

    @property
    def seconds(self) -> float:
        """How long all of it takes somebody."""
        return self.strokes * STROKE_SECONDS + self.decisions * THOUGHT_SECONDS


def open_newest(page: Page, hands: Hands, subject: str) -> None:
    """Open the newest mail of the inbox with a subject like this."""
    hands.go_to(page.get_by_role("link", name=subject).first)
    hands.press("Enter")
    page.get_by_role("heading", level=1, name=subject).wait_for()


@pytest.mark.parametrize("width", [360, 1200])
def test_from_the_digest_to_a_check_in_with_a_file_takes_a_minute_by_keyboard_without_javascript(
    width: int, served: Settings, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    hands = Hands(page)
    page.on("filechooser", lambda asking: asking.set_files(MINUTES))  # heard from the start, since it cannot be waited for

    page.goto(f"{served.base_url}/inbox?to={OWNER}")
    open_newest(page, hands, "2026-27 Q1")
    link = page.frame_locator("iframe.mail").locator(f'a[href$="/{ITEM}"]').first.get_attribute("href")
    assert link is not None
    assert link.startswith(f"{served.base_url}/u/")

    page.goto(link)  # as a mail program does, for a mail that is shown here leads nowhere
    hands.go_to(page.get_by_role("radio", name="Not started"))
    hands.press("ArrowDown")
    hands.press("ArrowDown")
    hands.go_to(page.get_by_label("What happened in this time?"))
    hands.write(NOTE)
    hands.go_to(page.get_by_label("Files"))
    hands.press("Enter")
    expect(page.get_by_label("Files")).to_have_value(re.compile(r"Minutes\.pdf$"))
    hands.go_to(page.get_by_label("The day that stands on it"))
    hands.write("10012026")
    hands.go_to(page.get_by_role("button", name="Record it"))
    hands.press("Enter")
    page.get_by_role("heading", name="Recorded on 22 October 2026, 07:30.").wait_for()
    assert hands.seconds < MINUTE_SECONDS

    page.goto(f"{served.base_url}/items/{ITEM}")
    stands = page.get_by_role("region", name="Where it stands").inner_text()
    for said in ("submitted late", f"at risk on 2026-10-22, for 2026-27 Q1. {NOTE}", '"Minutes.pdf" of 2026-10-01 is valid'):
        assert said in stands
    deliver(served)
    page.goto(f"{served.base_url}/inbox?to={OWNER}")
    open_newest(page, hands, f"recorded for {ITEM}")
    receipt = page.frame_locator("iframe.mail")
    receipt.get_by_text(NOTE).first.wait_for()
    receipt.get_by_text("Minutes.pdf").first.wait_for()
    context.close()
