"""What the log of a real Postfix shows as taken, and what nobody can make it seem to show.

The logs in tests/data/relay are Postfix's own, with short queue ids and with long ones; it was sent the mails named below.
"""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.relay_log import accepted

LOGS = Path(__file__).parent / "data" / "relay"
OURS, THEIRS = "<5eaf@example.org>", "<a@example.org>"
STAMP = re.compile(r"(?m)^Nov (\d\d) (\S+)")
SIZE = "size=9, nrcpt=1 (queue active)"


def says(service: str, words: str, *, queue_id: str = "4F1C2") -> str:
    """Return a line of the log, about our queue id unless another is named."""
    return f"Nov 28 03:34:41 relay postfix/{service}[12]: {queue_id}: {words}\n"


NAMED, ACTIVE = says("cleanup", f"message-id={OURS}"), says("qmgr", f"from=<plan@example.org>, {SIZE}")
QUOTED, QUOTED_ACTIVE = NAMED.strip(), ACTIVE.strip()
SENTENCE = "Postfix took it as 4F1C2 on Nov 28 03:34:41 (message id and queue id active in its log)."

TAKEN = ("taken", "taken-in-doubt", "warned-of", "owners", "folded")
NOT_TAKEN = (
    "cut-off",
    "refused-by-milter",
    "put-off-by-milter",
    "thrown-away-by-milter",
    "refused-by-header",
    "thrown-away-by-header",
    "refused-at-the-end",
    "held",
    "second",
    "after-a-return",
    "resent",
    "never-seen",
)


def log(name: str, *, rsyslog: bool = False) -> str:
    """Return a log of Postfix, or the same as rsyslog writes it on Debian 12: with the date and time of RFC 3339."""
    text = (LOGS / f"{name}.log").read_text()
    return STAMP.sub(r"2026-11-\1T\2.123456+00:00", text) if rsyslog else text


def ids(*names: str) -> set[str]:
    return {f"<{name}@example.org>" for name in names}


@pytest.mark.parametrize("rsyslog", [False, True], ids=["traditional", "rfc-3339"])
@pytest.mark.parametrize("name", ["short_ids", "long_ids"])
def test_a_real_log_shows_exactly_the_mails_that_postfix_took(name: str, rsyslog: bool) -> None:
    lines = log(name, rsyslog=rsyslog).splitlines(keepends=True)
    assert accepted(lines, ids(*TAKEN, *NOT_TAKEN)).keys() == ids(*TAKEN)


@pytest.mark.parametrize(
    ("name", "rsyslog", "words"),
    [
        pytest.param("short_ids", False, r"[\dA-F]{11} on Nov 28 \d\d:\d\d:\d\d", id="short"),
        pytest.param("long_ids", False, r"4\w{14} on Nov 28 \d\d:\d\d:\d\d", id="long"),
        pytest.param("short_ids", True, r"[\dA-F]{11} on 2026-11-28T\d\d:\d\d:\d\d\.123456\+00:00", id="rfc-3339"),
    ],
)
def test_the_sentence_has_the_queue_id_and_the_time_as_the_log_writes_them(name: str, rsyslog: bool, words: str) -> None:
    (sentence,) = accepted(log(name, rsyslog=rsyslog).splitlines(keepends=True), ids("taken-in-doubt")).values()
    assert re.fullmatch(rf"Postfix took it as {words} \(message id and queue id active in its log\)\.", sentence)
    assert f"{sentence.split()[4]}: message-id=<taken-in-doubt@example.org>" in log(name)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([NAMED, ACTIVE], id="plain"),
        pytest.param([QUOTED, QUOTED_ACTIVE], id="without-line-ends"),
        pytest.param([NAMED, ACTIVE, ACTIVE], id="tried-again-later"),
        pytest.param([NAMED, ACTIVE, NAMED.replace("4F1C2", "5A5A5"), ACTIVE.replace("4F1C2", "5A5A5")], id="taken-twice"),
        pytest.param([says("cleanup", f"message-id={THEIRS}"), ACTIVE, NAMED, ACTIVE], id="queue-id-had-been-anothers"),
        pytest.param([NAMED, ACTIVE, says("cleanup", f"message-id={THEIRS}"), ACTIVE], id="queue-id-became-anothers"),
        pytest.param([NAMED, says("cleanup", "hold: header Subject: s from a[192.0.2.1]"), ACTIVE], id="held-and-let-go"),
        pytest.param([NAMED.replace("postfix", "postfix-out/submission"), ACTIVE], id="named-instance"),
        pytest.param([NAMED.replace("relay", "a.b-c.example.org"), ACTIVE], id="host-with-its-domain"),
    ],
)
def test_a_message_id_and_then_its_queue_id_active_is_evidence(lines: list[str]) -> None:
    assert accepted(lines, {OURS}) == {OURS: SENTENCE}


def test_a_day_of_one_digit_is_read_too() -> None:
    lines = [line.replace("Nov 28", "Nov  8") for line in (NAMED, ACTIVE)]
    assert accepted(lines, {OURS}) == {OURS: SENTENCE.replace("Nov 28", "Nov  8")}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="nothing"),
        pytest.param([NAMED], id="never-active"),
        pytest.param([ACTIVE], id="never-named"),
        pytest.param([ACTIVE, NAMED], id="active-before-it-was-named"),
        pytest.param([NAMED, ACTIVE.replace("4F1C2", "4F1C3")], id="another-one-active"),
        pytest.param([NAMED.replace("4F1C2", "4jbx8Yq"), ACTIVE.replace("4F1C2", "4jbx8YQ")], id="another-one-but-for-case"),
        pytest.param([NAMED, says("smtpd", "client=a[192.0.2.1]"), ACTIVE], id="reused-by-a-client"),
        pytest.param([NAMED, says("pickup", "uid=0 from=<root>"), ACTIVE], id="reused-on-this-machine"),
        pytest.param([NAMED, says("cleanup", f"message-id={THEIRS}"), ACTIVE], id="reused-for-another-mail"),
        pytest.param([NAMED, says("cleanup", "message-id=<>"), ACTIVE], id="reused-for-a-mail-without-an-id"),
        pytest.param([NAMED, says("postsuper", "removed"), ACTIVE], id="removed-before-it-was-active"),
        pytest.param(
            [NAMED, says("cleanup", "milter-reject: END-OF-MESSAGE from a: 5.7.1 No"), ACTIVE], id="refused-by-milter"
        ),
        pytest.param([NAMED, says("cleanup", "milter-discard: END-OF-MESSAGE from a: no"), ACTIVE], id="thrown-away-by-milter"),
        pytest.param([NAMED, says("smtpd", "reject: END-OF-MESSAGE from a: 554 5.7.1 No"), ACTIVE], id="refused"),
        pytest.param([NAMED, says("cleanup", "discard: header Subject: s from a"), ACTIVE], id="thrown-away"),
        pytest.param([says("cleanup", f"message-id={OURS} {THEIRS}"), ACTIVE], id="first-of-two"),
        pytest.param([says("cleanup", f"message-id={THEIRS} {OURS}"), ACTIVE], id="second-of-two"),
        pytest.param([says("cleanup", f"message-id= {OURS}"), ACTIVE], id="blank-before"),
        pytest.param([says("cleanup", f"message-id={OURS} "), ACTIVE], id="blank-behind"),
        pytest.param([says("cleanup", f"message-id={OURS}\r"), ACTIVE], id="return-behind"),
        pytest.param([says("cleanup", f"message-id={OURS.upper()}"), ACTIVE], id="same-but-for-case"),
        pytest.param([says("cleanup", f"resent-message-id={OURS}"), ACTIVE], id="resent"),
        pytest.param([says("cleanup", f"warning: header Subject: {QUOTED} from a"), ACTIVE], id="quoted-in-a-subject"),
        pytest.param([NAMED, says("cleanup", f"warning: header Subject: {QUOTED_ACTIVE}")], id="activity-in-a-subject"),
        pytest.param([NAMED, says("qmgr", f"from=<a@example.org>, {SIZE}>, status=expired")], id="activity-in-an-address"),
        pytest.param([NAMED.replace("4F1C2", "NOQUEUE"), ACTIVE.replace("4F1C2", "NOQUEUE")], id="no-queue-id"),
        pytest.param([f" {NAMED}", f" {ACTIVE}"], id="indented"),
        pytest.param([f"> {NAMED}", f"> {ACTIVE}"], id="quoted"),
        pytest.param([NAMED.replace("postfix", "opendkim"), ACTIVE], id="not-said-by-postfix"),
        pytest.param([says("smtp", f"message-id={OURS}"), ACTIVE], id="named-by-another-part"),
        pytest.param([NAMED, says("smtp", f"from=<a@example.org>, {SIZE}")], id="active-says-another-part"),
        pytest.param([NAMED.replace("relay", "re lay"), ACTIVE], id="host-with-a-blank"),
    ],
)
def test_anything_less_is_no_evidence(lines: list[str]) -> None:
    assert accepted(lines, {OURS}) == {}


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(exclude_characters="\n")) | st.sampled_from([OURS, QUOTED, QUOTED_ACTIVE]), max_size=5))
def test_whatever_strangers_write_into_their_mails_neither_makes_evidence_nor_takes_it_away(words: list[str]) -> None:
    theirs = [line for word in words for line in their_mail(word)]
    assert accepted([NAMED, *theirs], {OURS}) == {}
    assert accepted([NAMED, *theirs, ACTIVE, *theirs], {OURS}) == {OURS: SENTENCE}


def their_mail(word: str) -> tuple[str, ...]:
    """Return what is logged of a stranger's mail that has a word wherever a sender can put one."""
    return (
        says("cleanup", f"message-id={THEIRS} {word}", queue_id="5A5A5"),
        says("cleanup", f"warning: header Subject: {word} from a[192.0.2.1]", queue_id="5A5A5"),
        says("smtpd", f"reject: RCPT from a[192.0.2.1]: 554 5.7.1 No; helo=<{word}>", queue_id="NOQUEUE"),
        says("qmgr", f"from=<{word}>, {SIZE}", queue_id="5A5A5"),
    )


def test_only_what_is_asked_for_is_told() -> None:
    assert accepted([NAMED, ACTIVE], {THEIRS}) == {}
