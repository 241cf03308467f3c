"""Attacks by who holds a link of their own, or has seen somebody's form: none gets further than the link itself."""

import io
import re
import shutil
import threading
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import html
from sqlalchemy import text

from ledger.ledger import open_ledger
from notifications.inbox import caught, inbox
from plan.facts import CheckIn, Evidence
from tasks.frozen import frozen
from tasks.send import send_letters
from tasks.settings import Settings
from tasks.workplace import open_workplace
from tests.answered_builders import (
    ANSWERED,
    BEGUN,
    LEAD,
    NOTE,
    OWNER,
    PDF,
    Q1,
    REFERRED,
    SHOWN,
    UNREAD,
    WAITING,
    answered,
    asker,
    forget_visits,
    small,
    way_in,
)
from tests.flow_builders import PLAN
from tests.ledger_builders import direct
from tests.owner_builders import hidden, link_of, press, recorded
from tests.test_web_attacks import SCRIPTS, TRIGGERS
from tests.test_web_nonsense import forms
from tests.web_builders import AT, DAY, TestClient, rows
from web.post import body

CHECKED = {"status": "at_risk", "note": NOTE}
PROVED = CHECKED | {"dated_on": "2026-10-01"}
PROMISED = {"deed": "promise", "promised_on": "2026-10-26"}
FILE = {"file": ("Minutes.pdf", PDF, "application/pdf")}
PLANNING = "planning@example.org"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which something is answered, begun, asked and passed on, to be copied."""
    of = small(tmp_path_factory.mktemp("answered") / "home")
    answered(of)
    return of.home


@pytest.fixture
def of(once: Path, tmp_path: Path) -> Settings:
    """Settings of such a home."""
    return small(shutil.copytree(once, tmp_path / "home"))


@dataclass(frozen=True, kw_only=True)
class Press:
    """A form as its page gives it to a browser, filled in."""

    at: str
    fields: dict[str, Any]
    files: dict[str, Any] | None = None

    def by(self, asking: TestClient, **changed: Any) -> int:
        """Send it, and return the status of the answer."""
        headers = changed.pop("headers", None)
        status: int = asking.post(self.at, data=self.fields | changed, files=self.files, headers=headers).status_code
        return status


def press_of(name: str, of: Settings, asking: TestClient) -> Press:
    """Return a form below a link, filled in so that it would be taken."""
    own = way_in(of, OWNER)
    filled: dict[str, tuple[str, str, dict[str, Any], dict[str, Any] | None]] = {
        "check-in": (f"{own}/{WAITING}", "", PROVED, FILE),
        "figure": (f"{own}/{UNREAD}", "", {"figure": "86.5", "source": "State report"}, None),
        "draft": (f"{own}/{SHOWN}", "", {"deed": "save", "note": "Begun"}, None),
        "promise": (f"{own}/{SHOWN}", "", PROMISED, None),
        "referral": (f"{own}/{SHOWN}", "", {"deed": "refer", "asked": "planning"}, None),
        "undo": (f"{own}/{ANSWERED}", "/undo", {"sure": "yes"}, None),
        "list": (own, "", {f"{WAITING}/2026-27-Q1/{name}": said for name, said in CHECKED.items()}, None),
        "look": (f"{way_in(of, LEAD)}/look/{ANSWERED}", "", {"choice": "accept"}, None),
    }
    at, more, fields, files = filled[name]
    return Press(at=f"{at}{more}", fields=hidden(asking.get(at).text, f"{at}{more}") | fields, files=files)


FORMS = ("check-in", "figure", "draft", "promise", "referral", "undo", "list", "look")


# --- items of others -----------------------------------------------------------------------------------------------------


def test_an_item_that_is_somebody_else_s_is_as_if_it_were_not_there(of: Settings) -> None:
    asking, before = asker(of), rows(of)
    nowhere = asking.get(f"/u/{'a' * 11}.{'b' * 22}").text
    digest = next(one.name for one in (of.home / "evidence-store").rglob("*") if len(one.name) == 64)
    paths = [f"{way_in(of, PLANNING, 'view')}/look/{ANSWERED}"]
    for address, theirs in ((LEAD, (WAITING, BEGUN, UNREAD, SHOWN)), (OWNER, (REFERRED, "1.1", "none"))):
        paths += [f"{way_in(of, address)}/{code}" for code in theirs]
    paths += [f"{way_in(of, OWNER)}/look/{ANSWERED}", f"{way_in(of, OWNER)}/evidence/{'0' * 64}"]
    stolen = press_of("check-in", of, asking).fields
    for at in paths:
        assert (asking.get(at).status_code, asking.get(at).text) == (404, nowhere), at
        forget_visits(of)
        for to in (at, f"{at}/undo"):
            assert asking.post(to, data=stolen | {"sure": "yes", "number": "1", "choice": "accept"}).status_code in (
                404,
                405,
            ), to
    assert asking.get(f"{way_in(of, LEAD)}/evidence/{digest}").status_code == 200
    assert rows(of) == before


# --- sent again ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_sent_again_changes_nothing_more(name: str, of: Settings) -> None:
    asking = asker(of)
    form = press_of(name, of, asking)
    assert form.by(asking) == 303
    before = rows(of)
    # What was begun may be saved over and over; evidence that is looked at is asked about no more.
    assert form.by(asking) == {"draft": 303, "look": 422, "referral": 404}.get(name, 409)
    assert rows(of) == before


def test_of_two_presses_at_once_exactly_one_counts(database_url: str, tmp_path: Path) -> None:
    of = small(tmp_path / "home", database_url=database_url)
    answered(of)
    asking = asker(of)
    form = press_of("check-in", of, asking)
    statuses: list[int] = []
    ready = threading.Barrier(2)

    def send() -> None:
        mine = asker(of)
        mine.cookies.update(asking.cookies)
        ready.wait(30)
        statuses.append(form.by(mine))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(statuses) == [303, 409]
    assert [type(one.fact) for one in recorded(of, WAITING)] == [CheckIn, Evidence]
    with open_ledger(of.database) as ledger:
        told = [one.address for one in ledger.outbox(PLAN) if one.kind == "receipt" and WAITING in one.subject]
    assert sorted(told) == sorted({OWNER, LEAD})  # the receipt, and that evidence waits; neither twice


# --- not from its page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_was_not_sent_from_its_page_changes_nothing(name: str, of: Settings) -> None:
    asking = asker(of)
    every = {one: press_of(one, of, asking) for one in FORMS}
    form, before = every[name], rows(of)
    others = {one.fields["token"] for one in every.values()} - {form.fields["token"]}
    for site in ("cross-site", "same-site", "CROSS-SITE", ""):
        assert form.by(asking, headers={"Sec-Fetch-Site": site, "Origin": "https://evil.example.org"}) == 403
    statuses = {form.by(asking, token=one) for one in list(others)[:3]} | {form.by(asking, token="")}
    assert statuses == {403}
    missing = Press(at=form.at, fields={key: said for key, said in form.fields.items() if key != "token"}, files=form.files)
    assert missing.by(asking) == 403
    assert rows(of) == before


@pytest.mark.parametrize("name", FORMS)
def test_a_form_of_another_browser_or_of_an_older_grant_changes_nothing(name: str, of: Settings) -> None:
    asking, stranger = asker(of), asker(of)
    form = press_of(name, of, asking)
    stranger.get(form.at.removesuffix("/undo"))  # has a cookie, and another one
    before = rows(of)
    assert form.by(stranger) == 403
    assert form.by(asker(of)) == 403
    with direct(of.database) as engine, engine.begin() as connection:
        connection.execute(text('UPDATE "grant" SET version = version + 1'))
    assert form.by(asking) == 403
    assert {table: found for table, found in rows(of).items() if table != "grant"} == {
        table: found for table, found in before.items() if table != "grant"
    }


@pytest.mark.parametrize("name", FORMS)
def test_a_link_that_was_taken_back_while_its_form_was_open_changes_nothing(name: str, of: Settings) -> None:
    asking = asker(of)
    form = press_of(name, of, asking)
    with open_ledger(of.database) as ledger:
        for one in ledger.grants(PLAN):
            if one.scope == "update":
                assert ledger.revoke(one.id, by="planning", at=AT)
    before = rows(of)
    assert form.by(asking) == 404
    assert rows(of) == before


# --- SQL -----------------------------------------------------------------------------------------------------------------


def test_sql_in_every_field_of_every_form_is_refused_or_kept_as_it_was_written(database_url: str, tmp_path: Path) -> None:
    of = small(tmp_path / "home", database_url=database_url)
    answered(of)
    asking, before, words = asker(of), rows(of), "') UNION SELECT 1; DROP TABLE word; -- %s:plan $$"
    for form in forms(of):
        page = hidden(asking.get(form.page).text, form.to)
        every = dict.fromkeys((*form.takes, *form.more), words)
        for fields in (every, *({name: words} for name in form.takes)):
            forget_visits(of)
            assert asking.post(form.to, data=page | fields).status_code in (404, 409, 422), (form.to, fields)
    assert rows(of) == before
    forget_visits(of)
    said = {"status": "at_risk", "note": words, "obstacles": words}
    assert press(asking, f"{way_in(of, OWNER)}/{WAITING}", said).status_code == 303
    (kept,) = [one.fact for one in recorded(of, WAITING) if isinstance(one.fact, CheckIn)]
    assert (kept.note, kept.obstacles) == (words, words)


# --- scripts, formulas and names -----------------------------------------------------------------------------------------


def safe(page: str, at: str) -> None:
    """Expect that nothing on a page runs, loads or leads where it should not."""
    found = html.fromstring(page)
    assert not found.xpath("//script | //iframe[not(@sandbox)] | //base | //img[not(starts-with(@src, '/'))] "), at
    assert not found.xpath("//@*[starts-with(name(), 'on') or name() = 'srcdoc']"), at
    assert {one.partition(":")[0] for one in found.xpath("//@href | //@action | //@src") if ":" in one} <= {"https", "http"}, at


def test_a_script_in_whatever_an_owner_writes_is_text_wherever_it_is_shown(of: Settings) -> None:
    asking, own = asker(of), way_in(of, OWNER)
    said = " ".join(SCRIPTS)
    names = [f'"><img src=x onerror=alert({number})><script>.pdf' for number in range(3)]
    fields = PROVED | {"note": said, "obstacles": said, "links": 'https://example.org/"><script>alert(1)</script>'}
    sent = press(asking, f"{own}/{WAITING}", fields, files=[("file", (name, PDF, "text/html")) for name in names])
    assert sent.status_code == 303
    for code, deed in (
        (SHOWN, PROMISED | {"promise_note": said}),
        (BEGUN, {"deed": "refer", "asked": "planning", "referral_note": said}),
    ):
        assert press(asking, f"{own}/{code}", deed).status_code == 303
    assert press(asking, f"{own}/{UNREAD}", {"figure": "86", "source": said, "note": said}).status_code == 303
    with open_ledger(of.database) as ledger:
        send_letters.fn(ledger, open_workplace(of), of, as_of=DAY, now=lambda: AT)
    receipts = [mail for one in inbox(of.inbox)[:4] if (mail := caught(of.inbox, one.id))]
    pages = {
        at: asking.get(at).text for at in (own, *(f"{own}/{code}" for code in (WAITING, SHOWN, UNREAD)), "/audit", "/people")
    }
    pages |= {f"/items/{code}": asking.get(f"/items/{code}").text for code in (WAITING, SHOWN, UNREAD, BEGUN)}
    for at, page in pages.items():
        safe(page, at)
    for mail in receipts:
        assert "<script" not in body(mail, "html")
        assert "onerror=alert" not in re.sub(r"&[a-z]+;|&#\d+;", "", re.sub(r">[^<]*<", "><", body(mail, "html")))
    assert sum("<script>alert(1)</script>" in unescape(page) for page in pages.values()) >= 6
    assert any("<script>alert(1)</script>" in unescape(body(mail, "html")) for mail in receipts)
    public = asker(of, client="198.51.100.7")
    everything = public.get("/plan").text + public.get("/plan/P1").text
    assert "Growth" in everything
    assert not [one for one in (*SCRIPTS, "alert(", "Talks", "Tutors") if one in unescape(everything)]


@pytest.mark.parametrize(
    "link",
    [
        *(
            "javascript:alert(1)",
            "JavaScript://example.org/%0aalert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
        ),
        *("file:///etc/passwd", "//evil.example.org", "https:evil", "https://user:pass@example.org/", "ftp://example.org/a"),
        *("\x01javascript:alert(1)", "java\tscript:alert(1)", "https://", "https://[", "mailto:a@example.org"),
    ],
)
def test_what_is_no_address_of_a_page_is_no_evidence(link: str, of: Settings) -> None:
    asking, at, before = asker(of), f"{way_in(of, OWNER)}/{SHOWN}", rows(of)
    answer = press(asking, at, {"links": link, "dated_on": "2026-10-01"})
    assert answer.status_code == 422
    assert 'href="#links"' in answer.text
    assert rows(of) == before


def test_nothing_that_an_owner_writes_is_a_formula_in_the_rollup(tmp_path: Path) -> None:
    of = small(tmp_path / "home")
    of.plan.write_text(of.plan.read_text().replace("title: Tutor", 'title: "=HYPERLINK(0)"'))
    asking, own = asker(of), link_of(of, "tutors")
    for code, begins in zip((ANSWERED, BEGUN, WAITING, REFERRED), ("=", "+", "@", "\uff1d"), strict=True):
        said = f"{begins}HYPERLINK(1,2)"
        fields = CHECKED | {"note": said, "obstacles": said, "links": "https://example.org/=1", "dated_on": "2026-10-01"}
        assert press(asking, f"{own}/{code}", fields).status_code == 303
    with open_ledger(of.database) as ledger:
        frozen(Q1, open_workplace(of), ledger, at=AT)
        content = ledger.frozen_file(PLAN, str(Q1), "xlsx")
    assert content is not None
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert sum("HYPERLINK" in cell.value for cell in cells) >= 2
    assert not [cell.value for cell in cells if cell.value[:1] in set(TRIGGERS) or cell.data_type == "f" or cell.hyperlink]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("a\r\nSet-Cookie: b=c\r\n.pdf", "", id="lines"),
        pytest.param("a%0d%0aSet-Cookie: b=c.pdf", "", id="encoded-lines"),
        pytest.param("../../../etc/cron.d/x.pdf", "x.pdf", id="path"),
        pytest.param("C:\\\\Windows\\\\x.pdf", "x.pdf", id="windows-path"),
        pytest.param("/etc/x.pdf", "x.pdf", id="root"),
        pytest.param("....//....//x.pdf", "x.pdf", id="path-that-survives-a-removal"),
        pytest.param("a\u202efdp.exe.pdf", "", id="right-to-left"),
        pytest.param('a";filename=b.html;x=".pdf', "", id="quotes"),
        pytest.param(f"{'a' * 200}.pdf", "", id="long"),
    ],
)
def test_a_file_is_kept_and_given_back_whatever_it_is_called(name: str, kept: str, of: Settings) -> None:
    asking, own = asker(of), way_in(of, OWNER)
    sent = press(asking, f"{own}/{SHOWN}", {"dated_on": "2026-10-01"}, files={"file": (name, b"%PDF-1.7 other\n", "text/html")})
    assert sent.status_code == 303
    (evidence,) = [one.fact for one in recorded(of, SHOWN) if isinstance(one.fact, Evidence)]
    assert not re.search(r"[/\\\x00-\x1f\u202e]", evidence.reference)
    assert kept in evidence.reference
    answer = asking.get(f"{own}/evidence/{evidence.sha256}")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["x-content-type-options"]) == (
        200,
        "application/pdf",
        "nosniff",
    )
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "set-cookie" not in answer.headers
    stored = {one for one in of.home.rglob("*") if one.is_file() and one.read_bytes() == b"%PDF-1.7 other\n"}
    assert [one.relative_to(of.home).parts[0] for one in stored] == ["evidence-store"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("page.html", b"<!DOCTYPE html><script>alert(1)</script>", id="page"),
        pytest.param("page.html", PDF, id="pdf-called-a-page"),
        pytest.param("page.pdf", b"<html><script>alert(1)</script>", id="page-called-pdf"),
        pytest.param("page.txt", b"\n <script>alert(1)</script>", id="page-called-text"),
        pytest.param("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', id="drawing"),
        pytest.param("a.pdf\x00.html", PDF, id="name-with-a-nul"),
        pytest.param("run.sh", b"#!/bin/sh\nid\n", id="program"),
    ],
)
def test_a_page_or_a_program_is_no_evidence(name: str, content: bytes, of: Settings) -> None:
    asking, before = asker(of), rows(of)
    stored = sorted((of.home / "evidence-store").rglob("*"))
    answer = press(
        asking, f"{way_in(of, OWNER)}/{SHOWN}", {"dated_on": "2026-10-01"}, files={"file": (name, content, "application/pdf")}
    )
    assert answer.status_code == 422
    assert 'href="#file"' in answer.text
    safe(answer.text, name)
    assert rows(of) == before
    assert sorted((of.home / "evidence-store").rglob("*")) == stored
