"""Evidence on pages: listed with what was decided, its files to be saved only, decided by another office than its own."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.ledger import open_ledger
from ledger.records import RECEIPT, Grant
from notifications.grants import granted, link
from plan.answering import looks_after
from plan.facts import Acceptance, Evidence, Fact, SentBack
from plan.owners import Person
from tasks.evidence_store import keep
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.owner_builders import press
from tests.web_builders import AT, DAY, HERE, PLAN, QUARTER, TestClient, browser, copied, letter
from web.app import create_app
from web.evidence import attachment, size_in_words

PDF = b"%PDF-1.7\n1 0 obj\n"
ITEM = "1.1A"
PAGE, DECIDE = f"/items/{ITEM}", f"/items/{ITEM}/evidence"
WHY = "The minutes end at item 3."
OWNER, LEAD = "Director of Assessment", "Superintendent"


def proof(reference: str, sha256: str = "", *, item: str = ITEM) -> Evidence:
    """Return evidence that is known today."""
    return Evidence(
        item=item,
        period=QUARTER,
        reference=reference,
        dated_on=date(2026, 10, 1),
        note="Page 2.",
        by=OWNER,
        known_on=DAY,
        sha256=sha256,
    )


@pytest.fixture
def of(tmp_path: Path) -> Settings:
    """Settings of a home in which 1.1A has a file, an address and something that was only named; the plan asks to accept."""
    made = copied(tmp_path / "home")
    text = made.plan.read_text(encoding="utf-8")
    made.plan.write_text(text.replace("settings:\n", "settings:\n  evidence_acceptance: true\n", 1), encoding="utf-8")
    with open_ledger(made.database) as ledger:
        kept = keep("minutes.pdf", io.BytesIO(PDF), made, ledger, at=AT)
        given = (proof("Año/minutes.pdf", kept.sha256), proof("https://example.org/a?b=<c>"), proof("Binder <3>"))
        ledger.add_facts(PLAN, given, recorded_at=AT)
    return made


def digest(of: Settings) -> str:
    """Return the digest of the file."""
    return next(path.name for path in (of.home / "evidence-store").rglob("*") if path.is_file())


def recorded(of: Settings) -> list[Fact]:
    """Return what was decided."""
    with open_ledger(of.database) as ledger:
        return [fact for fact in ledger.facts(PLAN, known_by=DAY).every if isinstance(fact, Acceptance | SentBack)]


def form(looking: TestClient, at: str = PAGE) -> dict[str, str]:
    """Return the form of a page as it would be sent with nothing filled in."""
    page = looking.get(at).text
    return dict(re.findall(r'<input type="hidden" name="(token|seen)" value="([0-9a-z]+)"', page))


def office_of(of: Settings) -> str:
    """Return the office that answers for the item."""
    page = browser(of).get(PAGE).text
    found = re.search(r'data-label="Office">([^<]+)', page)
    assert found is not None
    return found[1].split(",")[0]


# --- looking -----------------------------------------------------------------------------------------------------------


def test_an_item_shows_each_piece_of_its_evidence(of: Settings) -> None:
    page = browser(of).get(PAGE).text
    assert f'<a href="/evidence/{digest(of)}" download>Año/minutes.pdf</a> <span class="quietly">PDF, 1 KB</span>' in page
    assert '<a href="https://example.org/a?b=&lt;c&gt;" rel="noreferrer noopener">' in page
    assert "Binder &lt;3&gt;" in page
    assert page.count("waits to be accepted") == 3
    assert "1 October 2026" in page
    assert "valid until 1 October 2027" in page
    assert f"{OWNER}, 22 October 2026" in page


def test_a_file_is_given_back_to_be_saved_and_not_shown(of: Settings) -> None:
    answer = browser(of).get(f"/evidence/{digest(of)}")
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "attachment; filename=\"minutes.pdf\"; filename*=UTF-8''minutes.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize("asked", ["a" * 64, "A" * 64, "minutes.pdf", "..%2F..%2Fledger.sqlite", "%2e%2e"])
def test_what_is_not_in_the_store_is_not_found(asked: str, of: Settings) -> None:
    assert browser(of).get(f"/evidence/{asked}").status_code == 404


@pytest.mark.parametrize(
    ("name", "header"),
    [
        pytest.param("a.pdf", "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf", id="plain"),
        pytest.param("Año 1.pdf", "attachment; filename=\"Ano 1.pdf\"; filename*=UTF-8''A%C3%B1o%201.pdf", id="accents"),
        pytest.param('a";b.pdf', "attachment; filename=\"a__b.pdf\"; filename*=UTF-8''a%22%3Bb.pdf", id="quotes"),
        pytest.param("年", "attachment; filename=\"file\"; filename*=UTF-8''%E5%B9%B4", id="no-ascii-at-all"),
    ],
)
def test_a_file_is_saved_under_its_name(name: str, header: str) -> None:
    assert attachment(name) == header


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._ ()-]+\"; filename\*=UTF-8''[A-Za-z0-9._~%-]*", attachment(name))


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (1_499, "1 KB"), (998_900, "999 KB"), (999_500, "1.0 MB"), (1_240_000, "1.2 MB")]
)
def test_a_size_is_put_into_words(size: int, words: str) -> None:
    assert size_in_words(size) == words


# --- deciding ----------------------------------------------------------------------------------------------------------


def test_another_office_accepts_all_that_waits(of: Settings) -> None:
    looking = browser(of)
    answer = looking.post(DECIDE, data=form(looking) | {"by": LEAD, "choice": "accept"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}#evidence")
    (fact,) = recorded(of)
    assert fact == Acceptance(item=ITEM, period=QUARTER, note="", by=LEAD, known_on=DAY)
    assert looking.get(PAGE).text.count(f"{LEAD}, 22 October 2026") >= 3
    with open_ledger(of.database) as ledger:
        (entry,) = ledger.pages.audit(PLAN, most=5)
    assert (entry.who, entry.did, entry.came_from) == (LEAD, "acceptance", "pages, from 127.0.0.1")


def test_another_office_sends_one_piece_back_and_says_why(of: Settings) -> None:
    looking = browser(of)
    answer = looking.post(DECIDE, data=form(looking) | {"by": LEAD, "choice": "back-1", "note": WHY})
    assert answer.status_code == 303
    (fact,) = recorded(of)
    assert isinstance(fact, SentBack)
    assert (fact.reference, fact.sha256, fact.note, fact.by) == ("Año/minutes.pdf", digest(of), WHY, LEAD)
    page = looking.get(PAGE).text
    assert f"{LEAD}, 22 October 2026: {WHY}" in page
    assert 'value="back-1"' not in page


@pytest.mark.parametrize(
    ("filled", "says"),
    [
        pytest.param({}, "Choose the office that looked at it.", id="bare-press"),
        pytest.param({"choice": "accept"}, "Choose the office that looked at it.", id="no-office"),
        pytest.param({"by": LEAD}, "Choose whether to accept", id="nothing-chosen"),
        pytest.param({"by": "Nobody", "choice": "accept"}, "Choose the office that looked at it.", id="unknown-office"),
        pytest.param({"by": LEAD, "choice": "back-1"}, "Say in a note of 10 characters or more", id="without-a-note"),
        pytest.param({"by": LEAD, "choice": "back-9", "note": WHY}, "Choose whether to accept", id="no-such-piece"),
    ],
)
def test_what_is_not_whole_changes_nothing_and_what_was_written_stays(filled: dict[str, str], says: str, of: Settings) -> None:
    looking = browser(of)
    answer = looking.post(DECIDE, data=form(looking) | {"note": "Short"} | filled)
    assert answer.status_code == 422
    assert f"Nothing was changed. {says}" in answer.text
    assert f'maxlength="500">{filled.get("note", "Short")}</textarea>' in answer.text
    assert recorded(of) == []


def test_the_items_own_office_is_not_offered_and_refused(of: Settings) -> None:
    looking, own = browser(of), office_of(of)
    assert f"<option>{own}</option>" not in looking.get(PAGE).text
    answer = looking.post(DECIDE, data=form(looking) | {"by": own, "choice": "accept"})
    assert answer.status_code == 422
    assert "its evidence is looked at by another office" in answer.text
    assert recorded(of) == []


def test_a_second_press_or_evidence_that_came_meanwhile_changes_nothing(of: Settings) -> None:
    looking = browser(of)
    filled = form(looking) | {"by": LEAD, "choice": "accept"}
    assert looking.post(DECIDE, data=filled).status_code == 303
    assert looking.post(DECIDE, data=filled).status_code in (409, 422)
    before = form(looking) | {"by": LEAD, "choice": "back-1", "note": WHY}
    with open_ledger(of.database) as ledger:
        ledger.add_facts(PLAN, [proof("b.pdf")], recorded_at=AT)
    for seen in (before, before | {"seen": "x"}, before | {"seen": "9" * 50}):
        assert looking.post(DECIDE, data=seen).status_code == 409
    assert len(recorded(of)) == 1


def test_a_form_from_elsewhere_is_refused(of: Settings) -> None:
    looking = browser(of)
    filled = form(looking) | {"by": LEAD, "choice": "accept"}
    assert browser(of).post(DECIDE, data=filled).status_code == 403
    assert looking.post(DECIDE, data=filled, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert looking.post("/items/1.1B/evidence", data=filled).status_code == 403
    assert recorded(of) == []


def test_strangers_see_no_file_and_decide_nothing(of: Settings) -> None:
    elsewhere = browser(of, client="192.0.2.7")
    assert elsewhere.get(f"/evidence/{digest(of)}").status_code == 403
    assert elsewhere.post(DECIDE, data={}).status_code == 403


def test_of_another_day_the_evidence_is_shown_without_the_form(of: Settings) -> None:
    page = browser(of).get(f"{PAGE}?as_of={DAY + timedelta(days=1)}").text
    assert "Binder &lt;3&gt;" in page
    assert DECIDE not in page


def letters(of: Settings) -> list[tuple[str, str]]:
    """Return to whom letters wait to go out that tell what was recorded, and what they are about."""
    with open_ledger(of.database) as ledger:
        return [(one.address, one.subject.rpartition(": ")[2]) for one in ledger.outbox(PLAN) if one.kind == RECEIPT]


def test_who_gave_what_is_sent_back_is_told_with_the_decision(of: Settings) -> None:
    looking = browser(of)
    filled = form(looking) | {"by": LEAD, "choice": "back-1", "note": WHY}
    assert looking.post(DECIDE, data=filled).status_code == 303
    assert letters(of) == [(address_of_the_owner(of), f"evidence sent back for {ITEM}")]
    assert looking.post(DECIDE, data=filled).status_code == 422  # a second press
    looking.post(DECIDE, data=form(looking) | {"by": LEAD, "choice": "accept"})
    assert len(letters(of)) == 1  # of an action, acceptance settles nothing


# --- by link -----------------------------------------------------------------------------------------------------------


def way_in(of: Settings, address: str, **changed: Any) -> str:
    """Return the path of a link that an address was sent."""
    person = Person(office=address.partition("@")[0], title="Reader", address=address)
    spans = ("2026-27 Q1", date(2026, 12, 31))
    grant: Grant = replace(granted("update", PLAN, person, key=of.key, made_at=AT, spans=spans), **changed)
    with open_ledger(of.database) as ledger:
        ledger.post([replace(letter(1), key=f"letter {address} {grant.scope}", grants=(grant,))])
    return link(grant, base_url="", key=of.key)


@pytest.fixture
def lead(of: Settings) -> str:
    """The link of who looks the evidence of 1.1A through."""
    return way_in(of, address_of_the_lead(of))


def address_of_the_lead(of: Settings) -> str:
    """Return the address of who looks the evidence of 1.1A through."""
    person = looks_after(ITEM, open_workplace(of).roster, as_of=DAY)
    assert person is not None
    return person.address


def address_of_the_owner(of: Settings) -> str:
    """Return the address of who is asked for 1.1A."""
    person = open_workplace(of).roster.owner(ITEM, as_of=DAY)
    assert person is not None
    return person.address


def test_the_lead_finds_what_waits_and_accepts_it(of: Settings, lead: str) -> None:
    looking = browser(of, client="192.0.2.7")
    page = looking.get(lead).text
    assert "Evidence to look at" in page
    assert f'href="{lead}/look/{ITEM}"' in page
    assert "3 pieces wait" in page
    assert f'href="{lead}/evidence/{digest(of)}"' in looking.get(f"{lead}/look/{ITEM}").text
    assert looking.get(f"{lead}/evidence/{digest(of)}").content == PDF
    answer = looking.post(f"{lead}/look/{ITEM}", data=form(looking, f"{lead}/look/{ITEM}") | {"choice": "accept"})
    assert answer.status_code == 303
    (fact,) = recorded(of)
    assert isinstance(fact, Acceptance)
    assert "Evidence to look at" not in looking.get(lead).text


@pytest.mark.parametrize(
    ("filled", "status"),
    [
        pytest.param({}, 422, id="bare-press"),
        pytest.param({"choice": "back-1", "note": "No"}, 422, id="without-saying-why"),
        pytest.param({"choice": "accept", "token": "0" * 32}, 403, id="another-token"),
        pytest.param({"choice": "accept", "seen": "0"}, 409, id="something-came-meanwhile"),
    ],
)
def test_by_link_too_nothing_is_decided_that_is_not_whole(filled: dict[str, str], status: int, of: Settings, lead: str) -> None:
    looking, page = browser(of), f"{lead}/look/{ITEM}"
    assert looking.post(page, data=form(looking, page) | filled).status_code == status
    assert recorded(of) == []


def test_evidence_that_an_owner_gives_is_told_to_the_lead_by_a_letter_that_leads_to_it(of: Settings) -> None:
    looking, page = browser(of), f"{way_in(of, address_of_the_owner(of))}/{ITEM}"
    more = {
        "status": "on_track",
        "note": "Runs on every campus.",
        "links": "https://example.org/minutes",
        "dated_on": "2026-10-01",
    }
    assert press(looking, page, more).status_code == 303
    to, about = address_of_the_lead(of), f"evidence to look at for {ITEM}"
    assert (to, about) in letters(of)
    with open_ledger(of.database) as ledger:
        (key,) = [one.key for one in ledger.outbox(PLAN) if one.address == to]
        letter = ledger.letter(PLAN, key)
    assert letter is not None
    (path,) = set(re.findall(rf"{HERE}(/u/[\w.-]+/look/{ITEM})", letter[1].decode()))
    shown = looking.get(path)
    assert shown.status_code == 200
    assert "https://example.org/minutes" in shown.text


def test_what_is_decided_is_told_of_so_that_it_is_judged_soon(of: Settings, lead: str) -> None:
    heard: list[str] = []
    app = create_app(of, today=lambda: DAY, now=lambda: AT, answered=heard.append)
    looking, page = TestClient(app, base_url=HERE, client=("127.0.0.1", 50000), follow_redirects=False), f"{lead}/look/{ITEM}"
    looking.post(page, data=form(looking, page))
    looking.post(DECIDE, data=form(looking) | {"by": LEAD})
    assert heard == []
    looking.post(page, data=form(looking, page) | {"choice": "back-1", "note": WHY})
    looking.post(DECIDE, data=form(looking) | {"by": LEAD, "choice": "accept"})
    assert heard == [PLAN] * 2


def test_the_owner_sees_the_own_file_and_decides_nothing(of: Settings) -> None:
    path, looking = way_in(of, address_of_the_owner(of)), browser(of)
    assert looking.get(f"{path}/evidence/{digest(of)}").content == PDF
    assert looking.get(f"{path}/look/{ITEM}").status_code == 404
    assert looking.post(f"{path}/look/{ITEM}", data={"choice": "accept"}).status_code == 404
    assert recorded(of) == []


def test_others_links_open_neither_the_file_nor_the_page(of: Settings, lead: str) -> None:
    looking = browser(of)
    stranger = way_in(of, "budget@example.org")
    tampered = lead[:-1] + ("A" if lead[-1] != "A" else "B")
    for path in (stranger, tampered, f"{lead}x", lead[:20], "/u/none"):
        assert looking.get(f"{path}/evidence/{digest(of)}").status_code == 404
        assert looking.get(f"{path}/look/{ITEM}").status_code == 404
    for asked in ("a" * 64, "minutes.pdf", "..%2f..%2fledger.sqlite"):
        assert looking.get(f"{lead}/evidence/{asked}").status_code == 404
    for code in ("1.1B", "none", "1.1A%2f"):
        assert looking.get(f"{lead}/look/{code}").status_code == 404


def test_a_link_that_only_looks_decides_nothing(of: Settings) -> None:
    path, looking = way_in(of, address_of_the_lead(of), scope="view"), browser(of)
    assert looking.get(f"{path}/look/{ITEM}").status_code == 404
    assert HERE not in path
