"""What holds on every page: links that lead somewhere, one heading, no script, colours that can be read."""

from collections import Counter
from html.parser import HTMLParser
from re import DOTALL, findall, search
from urllib.parse import unquote, urldefrag

import pytest

from ledger.ledger import open_ledger
from tests.outbox_builders import fill
from tests.web_builders import AT, browser, catch, mail, record, settings
from web.answers import FOLDER

STYLE = (FOLDER / "static" / "plankeeper.css").read_text()
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
VOID = {"meta", "link", "br", "input", "rect", "line", "polyline", "circle"}


class Outline(HTMLParser):
    """What a page is made of; fails where elements do not close in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(page)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements["svg title" if tag == "title" and "svg" in self._open else tag] += 1
        self.attributes += attrs
        if search(r"^h[1-6]$", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def values(self, name: str) -> list[str]:
        return [value or "" for found, value in self.attributes if found == name]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outline]:
    """Every page that links lead to from the first one, and some that refuse, by path."""
    of = settings(tmp_path_factory.mktemp("home"))
    record(of)
    with open_ledger(of.database) as ledger:
        fill(ledger, at=AT)
    catch(of, mail("Read <this>"), mail("Second"))
    found: dict[str, Outline] = {}
    looking, waiting = browser(of), ["/", "/?as_of=2027-07-01", "/items/1.1A?as_of=2026-10-05", "/inbox?to=nobody@"]
    while waiting:
        path = waiting.pop()
        answer = looking.get(path)
        assert answer.status_code == 200, path
        if answer.headers["content-type"] != "text/html; charset=utf-8" or path.endswith("/html") or "/looks/" in path:
            continue
        found[path] = Outline(answer.text)
        linked = (urldefrag(link).url for link in (*found[path].values("href"), *found[path].values("src")))
        waiting += {link for link in linked if link and link not in found and link not in waiting and looked_at(link)}
    for path in ("/nothing", "/?as_of=x"):
        found[path] = Outline(looking.get(path).text)
    return found


def looked_at(link: str) -> bool:
    """Return whether a link is followed: of the items those of one objective, which has every kind; of people and mails one."""
    if link.startswith(("/people/", "/preview/")):
        return "curriculum" in link
    return "as_of" not in link and (not link.startswith("/items/") or link.startswith("/items/1.2"))


def test_every_link_leads_to_a_page_and_every_anchor_to_a_place_on_it(pages: dict[str, Outline]) -> None:
    assert len(pages) > 50
    for path, page in pages.items():
        for link in page.values("href"):
            address, anchor = urldefrag(link)
            assert not address or address.startswith("/")
            target = pages.get(address or path) or pages["/" if address.startswith("/?") else path]
            assert not anchor or unquote(anchor) in target.values("id"), (path, link)


def test_every_page_has_one_first_heading_its_landmarks_and_a_way_past_the_head(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        assert (page.elements["h1"], page.elements["main"], page.elements["header"], page.elements["title"]) == (1, 1, 1, 1), (
            path
        )
        assert page.values("href")[2] == "#main"
        assert page.headings[0] == 1
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(below - above <= 1 for above, below in steps), path


def test_no_name_is_given_twice_on_a_page(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        assert [name for name, count in Counter(page.values("id")).items() if count > 1] == [], path


def test_no_page_holds_script_or_style_of_its_own(pages: dict[str, Outline]) -> None:
    for path, page in pages.items():
        assert not {"script", "style", "object", "embed"} & set(page.elements), path
        assert not [name for name, _ in page.attributes if name == "style" or name.startswith("on")], path


def test_every_table_has_a_caption(pages: dict[str, Outline]) -> None:
    assert any(page.elements["table"] for page in pages.values())
    for page in pages.values():
        assert page.elements["table"] == page.elements["caption"]


def test_nothing_is_asked_for_elsewhere() -> None:
    for file in (*TEMPLATES, FOLDER / "static" / "plankeeper.css"):
        assert not search(r"https?://|@import|url\(", file.read_text()), file.name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("text", "muted", "heading", "accent") for ground in ("ground", "sheet", "inset")),
        *((tone, ground) for tone in ("late", "soon", "open", "done", "quiet") for ground in ("ground", "sheet")),
        *((tone, f"{tone}-ground") for tone in ("late", "soon", "open", "done", "quiet")),
        *((text, f"{tone}-ground") for tone in ("late", "soon", "open", "done", "quiet") for text in ("text", "muted")),
        ("on-accent", "accent"),
    ],
)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    blocks = findall(r":root \{(.*?)\}", STYLE, flags=DOTALL)
    colours = dict(findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[scheme == "dark"]))
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_class_that_pages_use_has_a_style(pages: dict[str, Outline]) -> None:
    used = {name for page in pages.values() for names in page.values("class") for name in names.split()}
    styled = set(findall(r"\.([a-z]+)", STYLE))
    assert used <= styled
