"""The mails of the next working day, before they go out: the same as the command tells, and nothing is sent or kept."""

from datetime import date, timedelta
from html import unescape
from pathlib import Path
from re import findall
from urllib.parse import unquote

import pytest

from ledger.ledger import open_ledger, read_ledger
from plan.digests import due_notices
from tasks.letters import letters_of
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.flow_builders import choose, mark_sent
from tests.web_builders import AT, DAY, browser, copied, record, seen, settings

FRIDAY = date(2026, 10, 23)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with facts, and the letters of the day before."""
    of = settings(tmp_path_factory.mktemp("preview"))
    record(of)
    return of


def subjects(of: Settings, path: str = "/preview") -> list[tuple[str, str]]:
    """Return where each mail goes and its subject, as the page lists them."""
    found = findall(r'href="/preview/\d{4}-\d\d-\d\d/([^"]+)">\s*(.*?)</a>', browser(of).get(path).text.replace("\n", ""))
    return [(unquote(address), unescape("".join(findall(r"(?:^|>)([^<]*)", said)))) for address, said in found]


def test_the_page_lists_exactly_the_mails_that_the_next_working_day_writes(recorded: Settings) -> None:
    files = open_workplace(recorded)
    with read_ledger(recorded.database) or pytest.fail("no ledger") as ledger:
        situation = files.situation(ledger, as_of=FRIDAY, judging=True)
        letters = list(letters_of(due_notices(situation, as_of=FRIDAY), situation, recorded, made_at=AT))
    assert subjects(recorded) == [(one.address, one.subject) for one in letters]
    assert len(letters) > 5
    text = seen(recorded, "/preview")
    assert "Mails of 23 October 2026" in text
    assert "What the next working day would send" in text


def test_a_mail_is_shown_with_why_and_its_looks_are_locked_in(recorded: Settings) -> None:
    address = subjects(recorded)[0][0]
    page = browser(recorded).get(f"/preview/2026-10-23/{address}").text
    assert "has not come" in page or "is due on" in page
    assert f'src="/preview/looks/2026-10-23/{address.replace("@", "%40")}" sandbox' in page
    answer = browser(recorded).get(f"/preview/looks/2026-10-23/{address}")
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "<html" in answer.text


def test_no_mail_that_is_looked_at_carries_a_link_that_opens_something(recorded: Settings) -> None:
    for address, _ in subjects(recorded):
        for path in (f"/preview/2026-10-23/{address}", f"/preview/looks/2026-10-23/{address}"):
            links = set(findall(r"/u/[\w.-]+", browser(recorded).get(path).text))
            assert links
            assert {browser(recorded).get(link).status_code for link in links} == {404}


def test_looking_keeps_nothing(recorded: Settings, tmp_path: Path) -> None:
    file = Path(recorded.database.removeprefix("sqlite:///"))
    before = file.read_bytes()
    browser(recorded).get("/preview")
    browser(recorded).get("/preview?day=2026-11-02")
    assert file.read_bytes() == before
    fresh = settings(tmp_path / "home")
    assert len(subjects(fresh)) > 5
    assert not (tmp_path / "home").exists()


def test_another_day_can_be_asked_for(recorded: Settings) -> None:
    assert "Mails of 2 November 2026" in seen(recorded, "/preview?day=2026-11-02")
    assert "No mail: 24 October 2026 is not a working day." in seen(recorded, "/preview?day=2026-10-24")
    assert "20 October 2026 is over: these are the mails that it would still send now." in seen(
        recorded, "/preview?day=2026-10-20"
    )


def test_who_is_held_back_is_named_with_the_limit(tmp_path: Path) -> None:
    of = copied(tmp_path)
    of.plan.write_text(of.plan.read_text().replace("# digests_per_week: 3", "digests_per_week: 1"))
    with open_ledger(of.database) as ledger:
        choose(of, open_workplace(of), ledger, DAY - timedelta(days=3))
        mark_sent(open_workplace(of), ledger, DAY - timedelta(days=3))
    text = seen(of, "/preview")
    assert "Held back" in text
    assert "has had 1 digest this week, and the limit is 1; it goes next week." in text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/preview?day=tomorrow", 400),
        ("/preview?day=1999-01-01", 400),
        ("/preview/2026-10-23/nobody@example.org", 404),
        ("/preview/looks/2026-10-23/nobody@example.org", 404),
        ("/preview/2026-10-24/budget@example.org", 404),
    ],
)
def test_what_would_not_go_out_is_not_shown(path: str, status: int, recorded: Settings) -> None:
    assert browser(recorded).get(path).status_code == status
