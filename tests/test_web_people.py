"""The pages of people: every office, who is asked in its place, and the two forms, which only a person can use."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ledger.ledger import Ledger, open_ledger
from ledger.records import SUPPRESSED, Grant, Word
from notifications.grants import granted, link
from plan.digests import due_notices
from plan.facts import CheckIn, Implementation, Referral
from plan.owners import Person
from tasks.letters import letters_of
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.ledger_builders import letter
from tests.web_builders import AT, DAY, PLAN, QUARTER, TestClient, browser, copied, seen, settings

OFFICE = "Office of Strategic Planning"
BUDGET = Person(office="budget", title="Budget Director", address="budget@example.org")
KEY = b"secret"


def referral(asked: str = "budget", on: date = date(2026, 10, 20), item: str = "1.1B") -> Referral:
    said = {"note": "They <i>run</i> it now.", "by": "Director of Student Services"}
    return Referral(item=item, period=QUARTER, asked=asked, known_on=on, **said)


def grant(scope: Any, *, until: date | None = None, to: Person = BUDGET) -> Grant:
    return granted(scope, PLAN, to, key=KEY, made_at=AT, spans=("2026-27 Q2", until) if until else None)


@pytest.fixture
def of(tmp_path: Path) -> Settings:
    """Settings of a ledger with a referral, and links of which two hold."""
    found = settings(tmp_path / "home")
    with open_ledger(found.database) as ledger:
        ledger.add_facts(PLAN, [referral()], recorded_at=AT)
        carried = (grant("unsubscribe"), grant("update", until=DAY), grant("view", until=DAY - timedelta(days=1)))
        ledger.post([letter("budget", plan=PLAN, grants=carried)])
    return found


def token(looking: TestClient, path: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{32})"', looking.get(path).text)
    assert found is not None
    return found[1]


def pressed(looking: TestClient, page: str, path: str, **fields: str) -> Any:
    """Open a page and send its form."""
    return looking.post(path, data={"token": token(looking, page), **fields})


def asked(ledger: Ledger) -> list[str]:
    """Return the offices that 1.1B was ever referred to."""
    return [one.asked for one in ledger.facts(PLAN, known_by=DAY).referrals]


# --- what is shown -----------------------------------------------------------------------------------------------------


def test_every_office_is_listed_with_its_address_and_what_is_open(of: Settings) -> None:
    text = seen(of, "/people")
    assert "19 offices, in the order of owners.yaml" in text
    assert (
        "Budget Director budget@example.org placeholder Chief Financial Officer Director of Maintenance and Energy 8 8 open"
        in text
    )


def test_an_address_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    of = copied(tmp_path)
    owners = of.owners.read_text().replace("budget@example.org", '""').replace("recruitment@example.org", "r@socorro.net")
    of.owners.write_text(owners)
    refused = {"about": "address", "subject": "superintendent@example.org", "word": SUPPRESSED, "by": "server", "note": "550"}
    with open_ledger(of.database) as ledger:
        ledger.say(PLAN, Word(**refused, said_at=AT))  # type: ignore[arg-type]
    page = browser(of).get("/people").text
    assert re.search(r'No address</span> <span class="badge late">nobody<', page)
    assert re.search(r'superintendent@example.org</span> <span class="badge late">refused<', page)
    assert re.search(r"r@socorro.net</span></td>", page)


def test_who_is_away_and_what_is_handed_over_is_told(tmp_path: Path) -> None:
    of = copied(tmp_path)
    changes = """
absences:
  - {office: budget, first_day: 2026-10-20, last_day: 2026-10-30}
  - {office: recruitment, first_day: 2026-09-01, last_day: 2026-09-30}
handovers:
  - {office: budget, to: recruitment, first_day: 2026-12-01}
  - {office: recruitment, to: budget, first_day: 2026-10-01}
"""
    kept = re.sub(r"(?m)^(absences|handovers):.*\n(  .*\n)*", "", of.owners.read_text())
    of.owners.write_text(kept + changes)
    for path in ("/people", "/people/budget"):
        text = seen(of, path)
        assert "Budget Director 20 October 2026 to 30 October 2026 now Director of Maintenance and Energy" in text
        assert re.search(r"From 1 December 2026 on Director of Recruitment answers for the \d+ items of Budget Director", text)
        assert "September" not in text
        assert "1 October 2026 on" not in text


def test_a_page_of_an_office_names_what_it_owns_and_no_token(of: Settings) -> None:
    page = browser(of).get("/people/budget").text
    assert '<a class="code" href="/items/1.1B">1.1B</a>' in page
    assert page.count('name="link"') == 2
    assert "answer for what is owed" in page
    assert "look at what is owed" not in page  # it is over
    for one in (grant("unsubscribe"), grant("update", until=DAY)):
        assert link(one, base_url="http://x", key=of.key).rpartition(".")[2] not in page
        assert "/u/" not in page


def test_an_office_that_is_none_is_not_found(of: Settings) -> None:
    assert browser(of).get("/people/nobody").status_code == 404
    assert pressed(browser(of), "/people/budget", "/people/nobody/links", by=OFFICE, link="x").status_code == 403


# --- asking the owner of the owners file again -------------------------------------------------------------------------


def test_the_owner_of_the_file_is_asked_again_once_an_office_says_so(of: Settings) -> None:
    looking = browser(of)
    assert (
        "1.1B is asked of Budget Director since 20 October 2026, said by Director of Student Services: They <i>run</i> it now."
        in seen(of, "/people")
    )
    answer = pressed(looking, "/people", "/people/referrals", by=OFFICE, note="They do not.", back=value(looking))
    assert (answer.status_code, answer.headers["location"]) == (303, "/people")
    with open_ledger(of.database) as ledger:
        assert asked(ledger) == ["budget", "curriculum-instruction"]
        (entry,) = ledger.pages.audit(PLAN, most=10)
        assert (entry.who, entry.did, entry.subject) == (OFFICE, "referral", "1.1B, 2026-27 Q2")
        assert entry.came_from == "pages, from 127.0.0.1"
    assert "Asked of another office" not in seen(of, "/people")
    assert "1.1B" in seen(of, "/people/curriculum-instruction")


def value(looking: TestClient) -> str:
    """Return what the button of 1.1B carries."""
    found = re.search(r'name="back" value="([^"]+)"', looking.get("/people").text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="bare-press"),
        pytest.param({"by": OFFICE}, id="no-item"),
        pytest.param({"by": OFFICE, "back": "1.1B"}, id="no-number"),
        pytest.param({"by": OFFICE, "back": "1.1B " + "9" * 5000}, id="number-of-no-fact"),
        pytest.param({"back": "1.1B 1"}, id="no-office"),
        pytest.param({"by": "Board of Trustees", "back": "1.1B 1"}, id="board"),
    ],
)
def test_a_press_that_says_too_little_changes_nothing(fields: dict[str, str], of: Settings) -> None:
    answer = pressed(browser(of), "/people", "/people/referrals", **fields)
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.text
    with open_ledger(of.database) as ledger:
        assert asked(ledger) == ["budget"]


@pytest.mark.parametrize("back", ["1.1A 0", "9.9 0", "<b> 1"])
def test_what_is_not_referred_cannot_be_asked_back(back: str, of: Settings) -> None:
    assert pressed(browser(of), "/people", "/people/referrals", by=OFFICE, back=back).status_code == 409


def test_what_was_said_meanwhile_stands(of: Settings) -> None:
    looking = browser(of)
    before = value(looking)
    with open_ledger(of.database) as ledger:
        said = CheckIn(item="1.1B", period=QUARTER, status=Implementation.ON_TRACK, note="", by="budget", known_on=DAY)
        ledger.add_facts(PLAN, [said], recorded_at=AT)
    assert pressed(looking, "/people", "/people/referrals", by=OFFICE, back=before).status_code == 409
    assert pressed(looking, "/people", "/people/referrals", by=OFFICE, back=value(looking)).status_code == 303
    with open_ledger(of.database) as ledger:
        assert asked(ledger) == ["budget", "curriculum-instruction"]


def test_a_form_from_elsewhere_changes_nothing(of: Settings) -> None:
    looking = browser(of)
    own = {"token": token(looking, "/people"), "by": OFFICE, "back": value(looking)}
    assert looking.post("/people/referrals", data=own, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert looking.post("/people/budget/links", data=own).status_code == 403
    assert browser(of).post("/people/referrals", data=own).status_code == 403
    assert looking.get("/people/referrals").status_code == 404
    with open_ledger(of.database) as ledger:
        assert asked(ledger) == ["budget"]


# --- taking a link back ------------------------------------------------------------------------------------------------


def test_a_link_is_taken_back_once_and_by_an_office(of: Settings) -> None:
    looking, one = browser(of), grant("update", until=DAY)
    answer = pressed(looking, "/people/budget", "/people/budget/links", by=OFFICE, link=one.id)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people/budget")
    assert one.id not in looking.get("/people/budget").text
    assert pressed(looking, "/people/budget", "/people/budget/links", by=OFFICE, link=one.id).status_code == 409
    with open_ledger(of.database) as ledger:
        kept = ledger.grant(one.id)
        assert kept is not None
        assert kept.revoked_at == AT
        (entry,) = ledger.pages.audit(PLAN, most=10)
        assert (entry.who, entry.did, entry.subject) == (OFFICE, "link taken back", "update budget@example.org")


def test_the_mails_after_a_link_was_taken_back_carry_another_that_opens(tmp_path: Path) -> None:
    of = settings(tmp_path / "home", secret_key="secret")
    files, looking = open_workplace(of), browser(of)

    def links_of(day: date) -> list[Grant]:
        with open_ledger(of.database) as ledger:
            ledger.supersede(PLAN, before=day)
            situation = files.situation(ledger, as_of=day)
            letters = list(letters_of(due_notices(situation, as_of=day), situation, of, made_at=AT))
            ledger.post(letters)
        return [one for mail in letters for one in mail.grants if one.scope == "update" and one.office == "budget"]

    (first,) = links_of(DAY)
    pressed(looking, "/people/budget", "/people/budget/links", by=OFFICE, link=first.id)
    (second,) = links_of(DAY + timedelta(days=1))
    assert (first.version, second.version) == (1, 2)
    opened = [looking.get(link(one, base_url="", key=of.key)).status_code for one in (first, second)]
    assert opened == [404, 200]


@pytest.mark.parametrize("fields", [{}, {"by": OFFICE}, {"link": "x"}, {"by": "nobody", "link": "x"}])
def test_a_link_holds_while_nobody_says_who_takes_it_back(fields: dict[str, str], of: Settings) -> None:
    said = fields | ({"link": grant("unsubscribe").id} if "link" in fields else {})
    answer = pressed(browser(of), "/people/budget", "/people/budget/links", **said)
    assert answer.status_code == 422
    with open_ledger(of.database) as ledger:
        assert all(one.revoked_at is None for one in ledger.grants(PLAN))


def test_a_link_of_another_plan_is_left_alone(of: Settings) -> None:
    other = granted("update", "another", BUDGET, key=KEY, made_at=AT)
    with open_ledger(of.database) as ledger:
        ledger.post([letter("other", plan="another", key="another/1", grants=(other,))])
    assert pressed(browser(of), "/people/budget", "/people/budget/links", by=OFFICE, link=other.id).status_code == 409
    with open_ledger(of.database) as ledger:
        kept = ledger.grant(other.id)
    assert kept is not None
    assert kept.revoked_at is None
