"""Words that attack, wherever people write some: they arrive as the words that they are, and change nothing else in a mail.

Each mail is composed, handed over and taken apart as in earnest, and compared with the same mail with harmless words.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from ledger.records import DAILY, ROLLUP
from notifications.digest import compose
from notifications.mailer import Mailer
from notifications.message import Sender, build
from notifications.render import MAILS as TEMPLATES
from notifications.rollup import letter as rollup_letter
from plan.digests import tellings_of
from plan.ladder import Notice
from plan.owners import Owners
from plan.told import Told
from tests.builders import MADE_AT, digest, notice, owners, person, plan, situation, slip
from tests.mail_servers import Answers, answering
from tests.rollup_builders import rollup, saying

DAY, AT_THE_CLOSE = date(2026, 10, 27), date(2026, 12, 31)
HARMLESS = "Perfectly harmless words"
SECRET = "what only stands in a file"
SHOWN = 300
"""Characters of what somebody wrote that are shown whole everywhere."""
CLEANED = re.compile(r"[\x00-\x1f\x7f\u2028-\u202e\u2066-\u2069]")

Write = Callable[[str], tuple[str, bytes]]
"""Writes a mail in which everything that people write says the same; returns its kind, and it as the outbox would keep it."""


def composed(words: str, *notices: Notice, day: date = DAY, told_on: date | None = None) -> tuple[str, bytes]:
    """Return a day's mail to the reader of some notices.

    Nothing here is checked as a plan file is, as if the words had come in on another way.
    """
    to = replace(notices[0].to, title=words)
    read = digest(*(replace(one, title=words, reason=words, to=to) for one in notices), day=day)
    told = Told()
    for telling in tellings_of(replace(read, day=told_on), delivered_on=told_on) if told_on else ():
        told.add(telling)
    letter = compose(
        read,
        situation=situation(
            plan().model_copy(update={"title": words, "organisation": words}), filled(to.office, words), told=told
        ),
        base_url="https://plan.example.org",
        sender=sender(words),
        made_at=MADE_AT,
    )
    return letter.kind, letter.content


def filled(code: str, words: str) -> Owners:
    """Return the offices, one of them with words for its title and its person."""
    made = owners()
    office = made.offices[code].model_copy(update={"title": words, "person": words})
    return made.model_copy(update={"offices": {**made.offices, code: office}})


def sender(words: str) -> Sender:
    return Sender(address="plan@example.org", name=words, reply_to="planning@example.org", key=b"secret")


def first_mail(words: str) -> tuple[str, bytes]:
    return composed(words, notice("1.1A"), slip())


def owners_mail(words: str) -> tuple[str, bytes]:
    return composed(words, notice("1.1A"), slip(), told_on=date(2026, 10, 22))


def supervisors_mail(words: str) -> tuple[str, bytes]:
    above = notice("1.1A", step="supervisor", height=4, to=person("academics"))
    return composed(words, above, told_on=date(2026, 10, 22))


def cabinet_leads_mail(words: str) -> tuple[str, bytes]:
    last = notice("1.1A", step="cabinet", height=5, to=person("superintendent"))
    return composed(words, last, day=date(2026, 10, 30), told_on=date(2026, 10, 22))


def mail_about_what_is_still_off(words: str) -> tuple[str, bytes]:
    return composed(words, slip("still-off", to=person("superintendent")), day=AT_THE_CLOSE)


def mail_about_a_recovery(words: str) -> tuple[str, bytes]:
    return composed(words, slip("recovered"), day=AT_THE_CLOSE, told_on=DAY)


def rollups_mail(words: str) -> tuple[str, bytes]:
    said = rollup_letter.write(saying(words, rollup()), base_url="https://plan.example.org")
    content = build(
        sender=sender(words),
        to_address="curriculum@example.org",
        to_name=words,
        letter_key="riverside/rollup",
        thread="riverside/rollups",
        subject=said.subject,
        text=said.text,
        html=said.html,
        made_at=MADE_AT,
    )
    return ROLLUP, content


MAILS: tuple[Write, ...] = (
    first_mail,
    owners_mail,
    supervisors_mail,
    cabinet_leads_mail,
    mail_about_what_is_still_off,
    mail_about_a_recovery,
    rollups_mail,
)

ATTACKS = [
    pytest.param("Due\r\nBcc: everyone@example.org\r\n\r\nBody", id="line-breaks"),
    pytest.param("Due\u2028Bcc: everyone@example.org\x85X-Mine: 1\x0b\x0c", id="other-line-breaks"),
    pytest.param("Due =?utf-8?q?=0D=0ABcc:_everyone=40example.org?= now", id="encoded-word"),
    pytest.param("Due \u202egnp.exe\u2069 \u2066now\u202c", id="turned-direction"),
    pytest.param("<script>alert(1)</script><img src=x onerror=alert(1)>", id="script"),
    pytest.param("</title></style></td></table><h1>Due</h1><a href='https://example.org'>", id="ends-of-elements"),
    pytest.param('" onmouseover="alert(1)" \' onclick=\'alert(1)', id="quotes"),
    pytest.param("{{ 7*7 }} {{ mail.situation }}", id="template-expression"),
    pytest.param("{% include 'digest/body.txt' %}{% raw %}", id="template-include"),
    pytest.param("/etc/passwd", id="path"),
    pytest.param("{folder}/secret.env", id="path-of-a-file"),
    pytest.param("half \ud800 of it \udfff", id="half-characters"),
    pytest.param("a\x00b\x07c\x1b[31m\x7fd", id="control-characters"),
    pytest.param('Ruiz, "Ana" <everyone@example.org>; (x), \\', id="address-list"),
    pytest.param("&bcc=everyone@example.org&body=Due?subject=#%0d%0a", id="link-parameters"),
    pytest.param("".join(f"{n:04} " for n in range(2000)), id="ten-thousand-characters"),
    pytest.param("".join(f"{n:05}" for n in range(2000)), id="ten-thousand-characters-without-a-blank"),
]


@pytest.fixture(scope="module")
def post() -> Iterator[Callable[[bytes], bytes]]:
    """Hand a mail over to a real server and return it as it arrived."""
    answers = Answers()
    with answering(answers) as address, Mailer(f"smtp://{address}", "plan@example.org") as mailer:

        def posted(content: bytes) -> bytes:
            mailer.hand_over("curriculum@example.org", content, lambda: True)
            arrived = answers.got.pop().content
            assert isinstance(arrived, bytes)
            return arrived

        yield posted


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("mail", MAILS)
def test_words_that_attack_arrive_as_words_and_change_nothing_else(
    attack: str, mail: Write, post: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    (tmp_path / "secret.env").write_text(SECRET)
    attack = attack.replace("{folder}", str(tmp_path))
    content = post(mail(attack)[1])
    check_the_wire(content)
    words = as_long_as(attack)
    arrived, plain = Arrived(content), harmless(mail, words)
    assert arrived.names == plain.names
    assert arrived.addresses == plain.addresses
    assert arrived.parts == plain.parts
    assert arrived.elements == plain.elements
    assert arrived.due_days == plain.due_days
    assert not CLEANED.search("".join(arrived.headers.values()))
    assert not any(found in arrived.everything for found in (SECRET, "root:"))
    assert arrived.mentions(attack) == plain.mentions(words)


def test_every_kind_of_daily_mail_and_the_rollups_are_among_the_attacked() -> None:
    kinds = {folder.name for folder in TEMPLATES.iterdir()} & (DAILY | {ROLLUP})
    assert {mail(HARMLESS)[0] for mail in MAILS} == kinds


@cache
def harmless(mail: Write, words: str) -> "Arrived":
    return Arrived(mail(words)[1])


def as_long_as(attack: str) -> str:
    """Return harmless words that take no less room; where there is too little, a digest tells less of each item."""
    between = " " if " " in attack else "-"  # a blank takes three characters in a link
    return (HARMLESS + "".join(f"{between}{n:04}" for n in range(len(attack) // 5)))[: max(len(attack), len(HARMLESS))]


def check_the_wire(content: bytes) -> None:
    """Compare the bytes with what every mail server takes."""
    assert content.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert len(re.findall(rb"(?mi)^subject:", content.partition(b"\r\n\r\n")[0])) == 1


class Arrived:
    """A mail as its reader's program takes it apart."""

    def __init__(self, content: bytes) -> None:
        mail: EmailMessage = message_from_bytes(content, policy=policy.default)
        assert not any(part.defects for part in mail.walk())
        self.names = mail.keys()
        headers = dict(mail.items())
        people = {name: headers[name].addresses for name in ("From", "To", "Reply-To")}
        self.headers = {name: str(value) for name, value in headers.items()}
        self.addresses = {name: [one.addr_spec for one in them] for name, them in people.items()}
        self.people = {name: " ".join(one.display_name for one in them) for name, them in people.items()}
        self.parts = [(part.get_content_type(), part.get_filename()) for part in mail.walk()]
        self.due_days = [name for part in mail.walk() for name in properties(part)]
        text, page = (str(body.get_content()) for kind in ("plain", "html") if (body := mail.get_body((kind,))))
        document = html.document_fromstring(page)
        self.elements = Counter((one.tag, *sorted(one.attrib), *target(one.get("href", ""))) for one in document.iter())
        self.shown = {**self.headers, **self.people, "text": text, "page": document.text_content()}
        self.everything = "\n".join([*self.headers.values(), text, page])

    def mentions(self, words: str) -> dict[str, int]:
        """Return how often words stand in each part, letter by letter but for blanks, line ends and capitals."""
        wanted = squeezed(re.sub(r"[\ud800-\udfff]", "?", CLEANED.sub("", words)))[:SHOWN]
        return {name: squeezed(said).count(wanted) for name, said in self.shown.items()}


def properties(part: EmailMessage) -> list[str]:
    """Return the names of what a calendar file says, line by line; nothing of any other part."""
    if part.get_content_type() != "text/calendar":
        return []
    unfolded = re.sub(r"\r?\n[ \t]", "", str(part.get_content()))
    return [re.split("[:;]", line)[0] for line in unfolded.split("\n")]


def target(link: str) -> tuple[str, ...]:
    """Return where a link leads, and the names of what it carries along."""
    parts = urlsplit(link)
    return parts.scheme, parts.netloc, parts.path, *sorted(parse_qs(parts.query))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text).casefold()
