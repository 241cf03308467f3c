"""`plankeeper publish`: the public pages as files, whole or not at all, the same for the same day and facts."""

import json
from collections.abc import Iterator
from os import environ
from pathlib import Path
from re import DOTALL, findall
from shutil import which
from urllib.parse import urldefrag

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from ledger.ledger import open_ledger
from notifications.publication import pages
from tasks.publication import NotPublished, publish_files
from tasks.settings import read_settings
from tests.commands import Plankeeper, ended, start
from tests.test_web_design import Outline, luminance
from tests.web_builders import AT, FACTS, PLAN

DAY = "2026-10-22"
OBJECTIVES = [f"objective-{priority}.html" for priority in findall(r"\S+", "1.1 1.2 1.3 2.1 2.2 2.3 3.1 3.2 3.3 4.1 4.2 4.3")]
NAMES = {"index.html", "plan.json", "plankeeper.css", "plankeeper.svg", *OBJECTIVES}


@pytest.fixture
def site(plankeeper: Plankeeper, tmp_path: Path) -> Path:
    """The shipped plan with a few facts, published as of 22 October 2026."""
    with open_ledger(read_settings().database) as ledger:
        ledger.add_facts(PLAN, FACTS, recorded_at=AT)
    assert plankeeper("publish", str(tmp_path / "site"), "--as-of", DAY).code == 0
    return tmp_path / "site"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_page_for_the_plan_and_each_objective_stands_there_with_all_that_they_need(site: Path) -> None:
    assert contents(site).keys() == NAMES
    assert [path.name for path in site.parent.iterdir() if path.name.startswith(".")] == []


def test_what_was_written_is_said_with_where_to_begin(plankeeper: Plankeeper, tmp_path: Path) -> None:
    said = plankeeper("publish", str(tmp_path / "a" / "b"), "--as-of", DAY)
    assert said.out == f"16 files in {tmp_path}/a/b, as of 2026-10-22; begin at {tmp_path}/a/b/index.html.\n"


def test_the_same_day_and_facts_give_the_same_bytes_in_another_process_zone_and_language(site: Path, home: Path) -> None:
    before = contents(site)
    zone = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    code = f"import os; os.environ.update({zone}); import time; time.tzset()\nfrom flows.command_line import app\n"
    again = ended(start(home, "-c", f"{code}app(['publish', {str(site)!r}, '--as-of', '{DAY}'])"))
    assert again.code == 0, again.err
    assert contents(site) == before


def test_another_day_takes_the_place_of_the_one_before(site: Path, plankeeper: Plankeeper) -> None:
    site.chmod(0o750)
    assert plankeeper("publish", str(site), "--as-of", "2026-10-23").code == 0
    assert json.loads((site / "plan.json").read_bytes())["as_of"] == "2026-10-23"
    assert "How the plan stands on 23 October 2026." in (site / "index.html").read_text()
    assert contents(site).keys() == NAMES
    assert site.stat().st_mode & 0o777 == 0o750


def test_an_objective_that_is_gone_takes_its_page_along(site: Path, plankeeper: Plankeeper) -> None:
    (site / "objective-9.9.html").write_text("gone")
    assert plankeeper("publish", str(site), "--as-of", DAY).code == 0
    assert contents(site).keys() == NAMES


@pytest.mark.parametrize("form", ["plan", "{}", "[]", '{"format": 1}'])
def test_a_folder_that_holds_something_else_is_left_alone(form: str, plankeeper: Plankeeper, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(form)
    said = plankeeper("publish", str(tmp_path), "--as-of", DAY)
    assert said.code == 1
    assert said.err == (f"{tmp_path} holds something else than a publication; name an empty folder, or one not there yet.\n")
    assert (tmp_path / "plan.json").read_text() == form


@pytest.mark.parametrize("name", ["notes.txt", ".git", "index.htm"])
def test_a_publication_with_something_added_is_left_alone(name: str, site: Path, plankeeper: Plankeeper) -> None:
    (site / name).write_text("mine")
    assert plankeeper("publish", str(site), "--as-of", DAY).code == 1
    assert contents(site).keys() == NAMES | {name}


def test_a_page_alone_is_no_publication(plankeeper: Plankeeper, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    assert plankeeper("publish", str(tmp_path), "--as-of", DAY).code == 1
    assert (tmp_path / "index.html").read_text() == "mine"


def test_an_empty_folder_and_a_link_to_one_are_taken(plankeeper: Plankeeper, tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "served")
    assert plankeeper("publish", str(tmp_path / "link"), "--as-of", DAY).code == 0
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path / "served").keys() == NAMES


def test_where_a_file_stands_in_the_way_nothing_is_written(plankeeper: Plankeeper, tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    assert plankeeper("publish", str(tmp_path / "site"), "--as-of", DAY).code == 1
    below = plankeeper("publish", str(tmp_path / "site" / "below"), "--as-of", DAY)
    assert below.code == 3
    assert below.err == (f"The pages cannot be written to {tmp_path}/site/below (file exists); name another folder.\n")
    assert (tmp_path / "site").read_text() == "a file"


def test_what_breaks_off_leaves_the_pages_before_as_they_were(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_files({"index.html": b"first", "plan.json": b'{"format": "plankeeper-public-plan-1"}'}, site)
    before = contents(site)
    with pytest.raises(NotPublished, match="no such file or directory"):
        publish_files({"index.html": b"second", "no/folder": b""}, site)
    assert contents(site) == before
    assert list(tmp_path.iterdir()) == [site]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("--as-of", "soon"), '"soon" is not a day', id="no-day"),
        pytest.param(("--as-of", "1999-01-01"), "lies too far from the plan's years", id="far-off"),
        pytest.param(("--language", "tlh"), "'tlh' is not one of", id="no-language"),
    ],
)
def test_a_wrong_word_is_answered_with_a_sentence(
    arguments: tuple[str, ...], says: str, plankeeper: Plankeeper, tmp_path: Path
) -> None:
    said = plankeeper("publish", str(tmp_path / "site"), *arguments)
    assert said.code == 2
    assert says in said.err
    assert not (tmp_path / "site").exists()


def test_it_loads_no_prefect_and_makes_no_ledger(home: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from flows.command_line import app\n"
        f"app(['publish', {str(tmp_path / 'site')!r}, '--as-of', '{DAY}'], standalone_mode=False)\n"
        "print('imported', sorted(m for m in sys.modules if m in ('prefect', 'alembic', 'fastapi', 'sqlalchemy')))\n"
    )
    said = ended(start(home, "-c", code))
    assert said.out.splitlines()[-1:] == ["imported []"], said.err
    assert not list(home.glob("ledger*"))


# --- the pages themselves -----------------------------------------------------------------------------------------------


def outlines(site: Path) -> dict[str, Outline]:
    return {path.name: Outline(path.read_text()) for path in sorted(site.glob("*.html"))}


def test_every_link_leads_to_a_file_beside_it_and_every_anchor_to_a_place(site: Path) -> None:
    found = outlines(site)
    for name, page in found.items():
        for link in page.values("href"):
            address, anchor = urldefrag(link)
            assert not address or address in NAMES, (name, link)
            assert not anchor or anchor in found[address or name].values("id"), (name, link)


def test_every_page_is_built_for_everybody(site: Path) -> None:
    for name, page in outlines(site).items():
        assert (page.elements["h1"], page.elements["main"], page.elements["header"], page.elements["title"]) == (1, 1, 1, 1)
        steps = zip(page.headings, page.headings[1:], strict=False)
        assert all(below - above <= 1 for above, below in steps), (name, page.headings)
        assert page.elements["table"] == page.elements["caption"]
        assert not {"script", "style", "iframe", "object", "form", "img"} & set(page.elements)
        assert not [one for one, _ in page.attributes if one == "style" or one.startswith("on")]
        assert len(page.values("id")) == len(set(page.values("id")))
        assert "en" in page.values("lang")


def test_every_class_of_the_pages_has_a_style(site: Path) -> None:
    used = {name for page in outlines(site).values() for names in page.values("class") for name in names.split()}
    styled = set(findall(r"\.([a-z]+)", (site / "plankeeper.css").read_text()))
    assert used <= styled


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("text", "muted", "heading", "accent") for ground in ("ground", "sheet")),
        *((tone, ground) for tone in ("late", "soon", "done", "quiet") for ground in ("sheet", f"{tone}-ground")),
        ("on-accent", "accent"),
    ],
)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    style = (Path(pages.__file__).parent / "static" / "plankeeper.css").read_text()
    blocks = findall(r":root \{(.*?)\}", style, flags=DOTALL)
    colours = dict(findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[scheme == "dark"]))
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test is skipped, except where all tests have to run."""
    path = which("chromium") or which("chromium-browser")
    if path is None:
        if environ.get("CI"):
            pytest.fail("Chromium is not installed, and CI must not skip what needs it", pytrace=False)
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "colours"), [(360, "dark"), (1200, "light")])
def test_nobody_is_kept_from_reading_a_page_on_a_telephone_or_a_large_screen(
    width: int, colours: str, chromium: Browser, site: Path
) -> None:
    dark = colours == "dark"
    context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light")
    looking = context.new_page()
    for name in ("index.html", "objective-1.1.html", "objective-1.2.html"):
        looking.goto((site / name).as_uri())
        assert looking.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(looking)
        assert found.violations_count == 0, found.generate_report()
    context.close()


def test_the_json_says_the_same_as_the_pages(site: Path) -> None:
    form = json.loads((site / "plan.json").read_bytes())
    assert list(form) == [
        *("format", "id", "title", "organisation", "as_of", "updated_on", "outcome", "implementation", "priorities"),
    ]
    objective = form["priorities"][0]["objectives"][1]
    ready = objective["parts"][0]["measures"][0]
    assert (ready["id"], ready["status"]) == ("1.2.1-ccmr", "watch")
    assert ready["years"][4] == {
        "school_year": "2025-26",
        "expected": [84],
        "reading": 81.5,
        "known_on": "2026-08-29",
        "source": "reported by the district",
        "is_left_out": False,
    }
    assert ready["reason"] in (site / "objective-1.2.html").read_text()
