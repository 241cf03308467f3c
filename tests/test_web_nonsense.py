"""Whatever a form is sent, it is answered in a sentence, and nothing changes but by what was taken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from lxml import html

from ledger.ledger import open_ledger
from tasks.settings import Settings
from tests.answered_builders import ANSWERED, BEGUN, LEAD, OWNER, SLIPPED, WAITING, answered, asker, small, way_in
from tests.outbox_builders import PLAN
from tests.web_builders import AT, TestClient, rows

EXPECTED = {200, 303, 400, 403, 404, 409, 413, 422, 429}
EVER = AT.replace(year=9999)
GROWTH, SHOWN = "1.1-growth", "1.1-pm1"

PLAUSIBLE = (
    *("at_risk", "achieved", "cancelled", "Talks began on all campuses.", "86.5", "State report", "https://example.org/a"),
    *("2026-10-01", "2026-10-26", "2027-06-01", "1.1A", "yes", "2026-27-Q1", "2025-26", "planning", "academics", "trustees"),
    *("record", "save", "see", "promise", "refer", "accept", "back-1", "off", "on", "Office of Planning", "Board", "mail"),
    *("2026-27 Q1", "1.1D 3", "1", "7", "1.1C:0", "1.1-growth:0"),
)
NASTY = (
    *(b"", b"\0", b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"\xe2\x80\xae\xe2\x80\x8f1", b"\r\nSet-Cookie: a=b", b"\x1b[2J\x7f\x85"),
    *(b"9" * 40, b"-1", b"9" * 5000, b"1e999999999", b"-0", b"NaN", b"Infinity", b"0.1e-400", b"1,000,000", b"9" * 30 + b"." + b"9" * 30),
    *(b"0001-01-01", b"9999-12-31", b"2026-02-30", b"10000-01-01", b"2026-27-Q9", b"9998-99", b"0000-01", b"9999-00-Q4"),
    *("٣٤", "½", "１２", "𝟙", "\u2028", "\ufeff", "a" * 9_999, "é" * 10_001, "x" * 20_000, "1.1D ٣", "1.1D " + "9" * 5000),
    *("1.1C:" + "9" * 15, "1.1C:-1", "back-", "back-0", "back-" + "9" * 5000, "back-٣", "<script>alert(1)</script>", "'; DROP TABLE word"),
    *("{{ 7 * 7 }}", "%s%n", "javascript:alert(1)", "http://[", "https://a:b@c", "https://example.org:99999/", "=1+1", "../" * 40),
)


ONE_LINE, IN_PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=fence"


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: on which page it stands, where it is sent, what it takes, and what else it has a field for."""

    page: str
    to: str
    takes: dict[str, str]
    more: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    """Pages that show what was taken."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its fields."""
        return (*self.takes, *self.more)


CHECKED = {"status": "at_risk", "note": "Talks began.", "obstacles": "Rooms", "links": "https://example.org/a", "dated_on": "2026-10-01"}
READ = {"figure": "86.5", "source": "State report", "note": "Preliminary"}
SHOWS = {"links": "https://example.org/a", "dated_on": "2026-10-01", "note": "Page 2", "also": WAITING}
STEPPED = {"cause": "Pay", "step": "Raise it", "done_by": "2026-12-01", "effect": "90 by summer"}
TAKES = {WAITING: CHECKED, BEGUN: CHECKED | {"sure": "yes"}, GROWTH: READ, SHOWN: SHOWS, SLIPPED: READ | STEPPED}
PERIODS = {GROWTH: "2025-26", SLIPPED: "2025-26"}
MORE = ("file", "also", "period", "seen", "deed", "sure", "asked", "referral_note", "promised_on", "promise_note", "cause", "figure", "é/\0")
DECIDES = {"by": "Office of Planning", "note": "As agreed."}


def forms(of: Settings) -> dict[str, Form]:
    """Return every form by its name."""
    own, lead, off = way_in(of, OWNER), way_in(of, LEAD), way_in(of, OWNER, "unsubscribe")
    with open_ledger(of.database) as ledger:
        letter = f"/outbox/letters/{quote(next(one.key for one in ledger.outbox(PLAN)))}"
        (link, *_) = (one.id for one in ledger.grants(PLAN) if one.address == "superintendent@example.org")
    item, line = f"/items/{ANSWERED}", {f"{GROWTH}/2025-26/{name}": said for name, said in READ.items()}
    checks = {
        code: Form(
            page=f"{own}/{code}?period={PERIODS.get(code, '2026-27-Q1')}",
            to=f"{own}/{code}",
            takes=takes,
            more=MORE,
            shows=(own, f"/items/{code}", "/", "/owing"),
        )
        for code, takes in TAKES.items()
    }
    return checks | {
        "put off": Form(page=f"{own}/{SHOWN}", to=f"{own}/{SHOWN}", takes={"deed": "promise", "promised_on": "2026-10-26"}, more=MORE),
        "list": Form(page=own, to=own, takes=line, more=("seen", f"{WAITING}/2026-27-Q1/status", f"{WAITING}/2026-27-Q1/note")),
        "undo": Form(page=f"{own}/{ANSWERED}", to=f"{own}/{ANSWERED}/undo", takes={"sure": "yes"}, more=("number", "seen")),
        "look": Form(page=f"{lead}/look/{ANSWERED}", to=f"{lead}/look/{ANSWERED}", takes={"choice": "accept"}, more=("note", "seen")),
        "unsubscribe": Form(page=off, to=off, takes={"choice": "off"}, more=("List-Unsubscribe",)),
        "outbox": Form(page="/outbox", to="/outbox/word", takes=DECIDES | {"pause": "mail"}, more=("retry", "lift", "resume")),
        "letter": Form(page=letter, to=letter.replace("letters", "word"), takes=DECIDES | {"retry": "it"}, more=("arrived", "hold", "lift")),
        "release": Form(page=ROLLUP, to=f"{ROLLUP}/release", takes=DECIDES | {"period": "2026-27 Q1"}),
        "referrals": Form(page="/people", to="/people/referrals", takes=DECIDES | {"back": "1.1D 3"}),
        "links": Form(page="/people/superintendent", to="/people/superintendent/links", takes=DECIDES | {"link": link}),
        "evidence": Form(page=item, to=f"{item}/evidence", takes=DECIDES | {"choice": "accept"}, more=("seen",)),
    }


ROLLUP = "/rollups/2026-27-q1"


class Browser:
    """Sends forms from their pages, and sees to it that nothing changes but by what was taken."""

    def __init__(self, of: Settings) -> None:
        self.forms = forms(of)
        self._of, self._asking, self._before = of, asker(of), rows(of)

    def send(self, form: Form, said: dict[str, bytes], kind: str) -> int:
        """Send a form with some of its fields filled in, and return the status of the answer."""
        hidden = self._hidden(form)
        with open_ledger(self._of.database) as ledger:
            ledger.pages.forget_visits(before=EVER)
        answer = self._asking.post(form.to, content=written(hidden | said, kind), headers={"content-type": kind})
        after = rows(self._of)
        assert (after == self._before) or answer.status_code == 303
        self._before = after
        if answer.status_code == 303:
            assert {self._asking.get(at).status_code for at in (answer.headers["location"], *form.shows)} == {200}
        return answer.status_code

    def _hidden(self, form: Form) -> dict[str, bytes]:
        """Return the hidden fields of a form, as its page has them; none where the page does not show it any more."""
        page = html.fromstring(self._asking.get(form.page).text)
        found = [one.xpath(".//input[@type='hidden']") for one in page.forms if one.action == form.to]
        return {one.name: one.value.encode() for one in found[0]} if found else {}


def written(fields: dict[str, bytes], kind: str) -> bytes:
    """Return a form as a browser would send it, whatever its fields hold."""
    if kind == ONE_LINE:
        return "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in fields.items()).encode()
    parts = (PART % (name.encode(), b'; filename="a.txt"' if name == "file" else b"", value) for name, value in fields.items())
    return b"".join((*parts, b"--fence--\r\n"))


PART = b'--fence\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A browser before pages with every form."""
    of = small(tmp_path_factory.mktemp("nonsense") / "home")
    answered(of)
    return Browser(of)


TEXTS = st.one_of(
    st.sampled_from(PLAUSIBLE).map(str.encode),
    st.sampled_from([one if isinstance(one, bytes) else one.encode() for one in NASTY]),
    st.text(st.characters(), max_size=30).map(lambda one: one.encode(errors="surrogatepass")),
    st.binary(max_size=20),
)

import collections
SEEN = collections.Counter()

@trying(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(chance=st.data())
def test_whatever_a_form_is_sent_it_is_answered_and_only_what_is_taken_changes_anything(chance: st.DataObject, looking: Browser) -> None:
    name = chance.draw(st.sampled_from(sorted(looking.forms)))
    form = looking.forms[name]
    whole = {key: said.encode() for key, said in form.takes.items()} if chance.draw(st.booleans()) else {}
    wrong = chance.draw(st.dictionaries(st.sampled_from((*form.names, "token")), TEXTS, max_size=3))
    kind = chance.draw(st.sampled_from((ONE_LINE, IN_PARTS))) if form.shows else ONE_LINE
    status = looking.send(form, whole | wrong, kind)
    assert status in EXPECTED
    SEEN[name, status] += 1

def test_seen():
    print(sorted(SEEN.items()))
