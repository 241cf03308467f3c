"""Whatever a form is sent, it is answered in a sentence, and nothing changes but by what is taken."""

import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from lxml import html

from ledger.ledger import open_ledger
from tasks.settings import Settings
from tests.answered_builders import (
    ANSWERED,
    BEGUN,
    LEAD,
    OWNER,
    SHOWN,
    SLIPPED,
    UNREAD,
    WAITING,
    answered,
    asker,
    forget_visits,
    small,
    way_in,
)
from tests.outbox_builders import PLAN
from tests.web_builders import rows

EXPECTED = {200, 303, 400, 403, 404, 409, 413, 422}
ONE_LINE, IN_PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=fence"
PART = b'--fence\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n'
MANY = "9" * 5000
"""More digits than Python makes a number of."""

ODD = (
    *("", "\0", "\u202e\u200f1", "\u2028", "\ufeff", "\r\nSet-Cookie: a=b", "\x1b[2J\x7f\x85", "a" * 9_999, "é" * 10_001),
    *("9" * 40, "-1", MANY, "1e999999999", "-0", "NaN", "Infinity", "0.1e-400", "1,000,000", f"{'9' * 30}.{'9' * 30}"),
    *(
        "\u0663\u0664",
        "\u00bd",
        "\uff11\uff12",
        "1.1D \u0663",
        f"1.1D {MANY}",
        "back-\u0663",
        f"back-{MANY}",
        "back-",
        "back-0",
    ),
    *("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "2026-27-Q9", "9998-99", "0000-01", "9999-00-Q4", "1e5-06"),
    *("<script>alert(1)</script>", "'; DROP TABLE word; --", "{{ 7 * 7 }}", "%s%n{0}", "=1+1", "../" * 40),
    *("javascript:alert(1)", "http://[", "https://a:b@c", "https://example.org:99999/", f"{WAITING}:{MANY}", f"{WAITING}:-1"),
)
BROKEN = (b"\xed\xa0\x80", b"\xff\xfe", b"\xc3", b"\xf4\x90\x80\x80", b"%", b"\r", b"\n")
"""Bytes that are no UTF-8, the first of them a lone surrogate; and what forms are written with."""
PLAUSIBLE = (
    *("at_risk", "achieved", "Talks began on all campuses.", "86.5", "https://example.org/a", "2026-10-01", "2026-10-26"),
    *("1.1A", "yes", "2026-27-Q1", "2026-27-Q2", "2025-26", "planning", "record", "save", "see", "promise", "refer", "0", "3"),
    *("accept", "back-1", "off", "on", "Office of Planning", "Board", "mail", "2026-27 Q1", f"{WAITING}:0"),
)
TEXTS = st.one_of(
    st.sampled_from([one.encode() for one in (*ODD, *PLAUSIBLE)]),
    st.sampled_from(BROKEN),
    st.text(max_size=20).map(lambda one: one.encode(errors="surrogatepass")),
    st.binary(max_size=20),
)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: on which page it stands, where it is sent, what it takes, and what else it has a field for."""

    page: str
    to: str
    takes: dict[str, str]
    more: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    """Pages that show what was taken."""
    has_files: bool = False


CHECKED = {"status": "at_risk", "note": "Talks began.", "links": "https://example.org/a", "dated_on": "2026-10-01"}
READ = {"figure": "86.5", "source": "State report", "note": "Preliminary"}
PROVED = {"links": "https://example.org/a", "dated_on": "2026-10-01", "note": "Page 2", "also": WAITING}
STEPPED = {"cause": "Pay", "step": "Raise it", "done_by": "2026-12-01", "effect": "90 by summer"}
PROMISED = {"deed": "promise", "promised_on": "2026-10-26", "promise_note": "Next week"}
REFERRED = {"deed": "refer", "asked": "planning", "referral_note": "It moved there"}
SAVED = {"deed": "save", "note": "Begun", "also": WAITING}
MORE = ("file", "also", "period", "seen", "deed", "obstacles", "sure", "asked", "promised_on", "cause", "figure", "é/\0")
DECIDES = {"by": "Office of Planning", "note": "As agreed."}
ANSWERS = (
    *((WAITING, CHECKED), (BEGUN, CHECKED | {"sure": "yes"}), (UNREAD, READ), (SHOWN, PROVED), (SLIPPED, READ | STEPPED)),
    *((SHOWN, PROMISED), (SHOWN, REFERRED), (SHOWN, SAVED)),
)


def forms(of: Settings) -> tuple[Form, ...]:
    """Return every form, those of items once for each thing that they take."""
    own, lead, off = way_in(of, OWNER), way_in(of, LEAD), way_in(of, OWNER, "unsubscribe")
    with open_ledger(of.database) as ledger:
        letter = f"/outbox/letters/{quote(next(one.key for one in ledger.outbox(PLAN)))}"
        link = next(one.id for one in ledger.grants(PLAN) if one.office == "superintendent")
    shows = (own, "/", "/owing", "/audit")
    answers = (
        Form(
            page=f"{own}/{code}{query}",
            to=f"{own}/{code}",
            takes=takes,
            more=MORE,
            shows=(*shows, f"/items/{code}"),
            has_files=True,
        )
        for code, takes in ANSWERS
        for query in ["?period=2025-26" if code == SLIPPED else ""]
    )
    item, rollup = f"/items/{ANSWERED}", "/rollups/2026-27-q1"
    lines = {f"{UNREAD}/2025-26/{name}": said for name, said in READ.items()}
    begun = tuple(f"{WAITING}/2026-27-Q1/{name}" for name in ("status", "note"))
    word = ("retry", "arrived", "hold", "lift", "pause", "resume")
    return (
        *answers,
        Form(page=own, to=own, takes=lines, more=("seen", *begun), shows=shows, has_files=True),
        Form(
            page=f"{own}/{ANSWERED}",
            to=f"{own}/{ANSWERED}/undo",
            takes={"sure": "yes"},
            more=("number", "seen"),
            has_files=True,
        ),
        Form(page=f"{lead}/look/{ANSWERED}", to=f"{lead}/look/{ANSWERED}", takes={"choice": "accept"}, more=("note", "seen")),
        Form(page=off, to=off, takes={"choice": "off"}, more=("List-Unsubscribe",)),
        Form(page="/outbox", to="/outbox/word", takes=DECIDES | {"pause": "mail"}, more=word, shows=("/audit",)),
        Form(page=letter, to=letter.replace("letters", "word"), takes=DECIDES | {"hold": "it"}, more=word, shows=("/outbox",)),
        Form(page=rollup, to=f"{rollup}/release", takes=DECIDES | {"period": "2026-27 Q1"}, shows=("/rollups", "/outbox")),
        Form(page="/people", to="/people/referrals", takes=DECIDES | {"back": "1.1D 3"}, shows=("/audit",)),
        Form(page="/people/superintendent", to="/people/superintendent/links", takes=DECIDES | {"link": link}),
        Form(page=item, to=f"{item}/evidence", takes=DECIDES | {"choice": "accept"}, more=("seen",), shows=("/audit",)),
    )


class Browser:
    """Sends forms from their pages, and sees to it that nothing changes but by what is taken; after that it begins anew."""

    def __init__(self, home: Path, folder: Path) -> None:
        """Take the home that each beginning has a copy of, and where the copies are kept."""
        self._home, self._folder, self._copies = home, folder, count()
        self._begin()

    def _begin(self) -> None:
        self._of = small(shutil.copytree(self._home, self._folder / str(next(self._copies))))
        self.forms, self._asking, self._before = forms(self._of), asker(self._of), rows(self._of)

    def send(self, form: Form, said: dict[str, bytes], kind: str) -> int:
        """Send a form with some of its fields filled in, and return the status of the answer."""
        content = written(self._hidden(form) | said, kind)
        forget_visits(self._of)
        answer = self._asking.post(form.to, content=content, headers={"content-type": kind})
        status: int = answer.status_code
        if status != 303:
            assert rows(self._of) == self._before, status
            return status
        shown = {at: self._asking.get(at).status_code for at in (answer.headers["location"], *form.shows)}
        assert set(shown.values()) == {200}, shown
        self._begin()
        return status

    def _hidden(self, form: Form) -> dict[str, bytes]:
        """Return the hidden fields of a form, as its page has them."""
        page = html.fromstring(self._asking.get(form.page).text)
        (first, *_) = (one for one in page.forms if one.action == form.to)
        return {one.name: one.value.encode() for one in first.xpath(".//input[@type='hidden']")}


def written(fields: dict[str, bytes], kind: str) -> bytes:
    """Return a form as a browser would send it, whatever its fields hold."""
    if kind == ONE_LINE:
        return "&".join(f"{quote(name)}={quote_from_bytes(said)}" for name, said in fields.items()).encode()
    parts = (PART % (name.encode(), b'; filename="a.txt"' if name == "file" else b"", said) for name, said in fields.items())
    return b"".join((*parts, b"--fence--\r\n"))


@pytest.fixture(scope="module")
def looking(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A browser before pages with every form."""
    of = small(tmp_path_factory.mktemp("nonsense") / "home")
    answered(of)
    return Browser(of.home, tmp_path_factory.mktemp("copies"))


def test_every_form_is_taken_as_it_is_meant(looking: Browser) -> None:
    statuses = []
    for number in range(len(looking.forms)):
        form = looking.forms[number]
        statuses.append(looking.send(form, {name: said.encode() for name, said in form.takes.items()}, ONE_LINE))
    assert set(statuses) == {303}


# Each example is several pages: a quarter of the examples that are tried elsewhere, in the thorough profile as well.
@trying(
    max_examples=trying().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=st.data())
def test_whatever_a_form_is_sent_it_is_answered_and_only_what_is_taken_changes_anything(
    chance: st.DataObject, looking: Browser
) -> None:
    form = looking.forms[chance.draw(st.integers(0, len(looking.forms) - 1), label="form")]
    filled = {name: said.encode() for name, said in form.takes.items()} if chance.draw(st.booleans()) else {}
    names = st.sampled_from((*form.takes, *form.more, "token"))
    wrong = chance.draw(st.dictionaries(names, TEXTS, max_size=3))
    kind = chance.draw(st.sampled_from((ONE_LINE, IN_PARTS))) if form.has_files else ONE_LINE
    assert looking.send(form, filled | wrong, kind) in EXPECTED
