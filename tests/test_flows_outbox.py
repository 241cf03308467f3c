"""The outbox at the command line: what is listed and shown, and what each word does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from ledger.ledger import open_ledger
from ledger.records import LetterState, Posted, Word
from tasks.settings import read_settings
from tasks.workplace import open_workplace
from tests.commands import Plankeeper, Said
from tests.flow_builders import choose, edited, mark_sent
from tests.outbox_builders import MAIL, NAMES, OFFICE, PLAN, fill, key, letter, states

AT = datetime(2026, 10, 22, 18, tzinfo=UTC)
BY = ("--by", "office of strategic planning")


@pytest.fixture
def filled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A letter in each state that somebody can decide on, at noon of the day."""
    monkeypatch.setenv("COLUMNS", "200")
    with open_ledger(read_settings().database) as ledger:
        fill(ledger, at=AT)
        ledger.post([letter("foreign", at=AT, plan="another", key="another/digest/2026-10-22/held")])
    assert home.is_dir()
    with time_machine.travel(AT, tick=False):
        yield


def posted(name: str) -> Posted:
    """Return a letter as the outbox has it now."""
    with open_ledger(read_settings().database) as ledger:
        return next(one for one in ledger.outbox(PLAN) if one.key == key(name))


def said(about: Any = None) -> list[Word]:
    """Return what was said about mail, first to last."""
    with open_ledger(read_settings().database) as ledger:
        return list(ledger.words(PLAN, about=about))


def in_one_line(said: Said) -> str:
    """Return what a command printed, without its line breaks."""
    return " ".join(said.out.split())


# --- list and show -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_the_list_names_each_letter_of_the_plan_newest_first(plankeeper: Plankeeper) -> None:
    listed = plankeeper("outbox", "list").out
    lines = [line.split()[0] for line in listed.splitlines() if "@example.org" in line]
    assert lines == [f"{name}@example.org" for name in reversed(NAMES)]
    assert listed.count("digest/2026-10-22/") == len(NAMES)
    assert "in doubt" in listed


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("options", "names"),
    [
        pytest.param(("--state", "in_doubt"), ["doubt"], id="state"),
        pytest.param(("--state", "failed"), ["refused", "failed"], id="state-of-two"),
        pytest.param(("--to", "HELD@example.org"), ["held"], id="address"),
        pytest.param(("--to", "d@", "--state", "held"), ["held"], id="both"),
        pytest.param(("--to", "nobody@"), [], id="nobody"),
    ],
)
def test_the_list_can_be_asked_for_a_state_and_an_address(
    options: tuple[str, ...], names: list[str], plankeeper: Plankeeper
) -> None:
    form = json.loads(plankeeper("outbox", "list", "--format", "json", *options).out)
    assert [one["key"] for one in form] == [key(name) for name in names]


@pytest.mark.usefixtures("filled")
def test_the_list_says_for_programs_when_a_letter_is_tried_again(plankeeper: Plankeeper) -> None:
    form = json.loads(plankeeper("outbox", "list", "--format", "json").out)
    again = {one["to"]: one["next_attempt_at"] for one in form if one["next_attempt_at"]}
    assert again == {"waiting@example.org": "2026-10-22T18:05:00+00:00", "later@example.org": "2026-10-22T17:00:06+00:00"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(key("held"), id="key"),
        pytest.param("digest/2026-10-22/held@example.org", id="as-listed"),
        pytest.param("2026-10-22/HELD", id="part"),
        pytest.param("<held@mail.example.org>", id="message-id"),
        pytest.param("held@mail.example.org", id="message-id-bare"),
    ],
)
def test_a_letter_is_named_by_its_key_a_part_of_it_or_its_message_id(name: str, plankeeper: Plankeeper) -> None:
    assert json.loads(plankeeper("outbox", "show", name, "--format", "json").out)["key"] == key("held")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("command", [("show",), ("retry", *BY), ("hold", *BY), ("arrived", *BY)])
def test_a_name_that_fits_several_letters_lists_them_and_does_nothing(command: tuple[str, ...], plankeeper: Plankeeper) -> None:
    answer = plankeeper("outbox", command[0], "2026-10-22/", *command[1:])
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.splitlines()[0] == '"2026-10-22/" fits 7 letters; say more of the name of one:'
    assert sorted(answer.err.splitlines()[1:]) == sorted(key(name) for name in NAMES)
    assert said("letter") == []


def test_of_very_many_letters_that_a_name_fits_some_are_listed(home: Path, plankeeper: Plankeeper) -> None:
    with open_ledger(read_settings().database) as ledger:
        ledger.post([letter(f"n{number:02}", at=AT) for number in range(12)])
    lines = plankeeper("outbox", "show", "digest").err.splitlines()
    assert (len(lines), lines[-1]) == (12, "and 2 more")


@pytest.mark.parametrize("name", [pytest.param("9999", id="unknown"), pytest.param("", id="empty")])
def test_a_name_that_fits_no_letter_is_refused(name: str, plankeeper: Plankeeper, home: Path) -> None:
    sentence = f'No letter is called "{name}"; plankeeper outbox list shows what each is called.\n'
    answer = plankeeper("outbox", "show", name)
    assert (answer.code, answer.out, answer.err) == (1, "", sentence)
    assert not home.exists()
    assert plankeeper("outbox", "retry", name, *BY).err == sentence


@pytest.mark.usefixtures("filled")
def test_another_plans_letters_are_neither_listed_nor_found(plankeeper: Plankeeper) -> None:
    assert "foreign" not in plankeeper("outbox", "list").out
    assert plankeeper("outbox", "show", "another/digest").code == 1


@pytest.mark.usefixtures("filled")
def test_a_letter_is_shown_with_all_that_is_known_of_it(plankeeper: Plankeeper) -> None:
    plankeeper("outbox", "arrived", "held@", *BY, "--note", "She read it.")
    shown = in_one_line(plankeeper("outbox", "show", "2026-10-22/held"))
    for part in (
        "What is asked of held",
        f"Key: {key('held')}",
        f"To: held@example.org, {OFFICE}",
        'About: what Chief "Academic" Officer, Ñ owes',
        "Kind: digest of 2026-10-22",
        f"State: sent: {OFFICE}: She read it.",
        "Next: Nothing more is to be done.",
        "Message-ID: <held@mail.example.org>",
        "Sent: 2026-10-22 17:30 UTC",
        "1 2026-10-22 17:30 UTC 2026-10-22 17:55 UTC held Whether the server accepted it never became known;",
        '1.1A overdue 2026-27 Q1 Chief "Academic" Officer, Ñ Was due 2026-10-14, 6 working days ago.',
        f"2026-10-22 18:00 UTC arrived {OFFICE} She read it.",
    ):
        assert part in shown


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("name", "follows", "open_to"),
    [
        pytest.param(
            "doubt",
            "In doubt since 2026-10-22 17:55 UTC. Unless it is found that the server took it, it is held after "
            "2026-10-22 18:17 UTC.",
            ["arrived"],
            id="in-doubt",
        ),
        pytest.param(
            "held",
            "Nothing happens to it by itself: send it again, or say that it has arrived.",
            ["retry", "arrived"],
            id="held",
        ),
        pytest.param("sent", "Nothing more is to be done.", [], id="sent"),
        pytest.param(
            "failed",
            "It is not tried again by itself. Its steps count as told, so the next ones come on their days.",
            ["retry"],
            id="failed",
        ),
        pytest.param(
            "waiting",
            "It is tried again with the first delivery from 2026-10-22 18:05 UTC on.",
            ["retry", "hold"],
            id="put-off",
        ),
        pytest.param("later", "It goes out with the next delivery.", ["retry", "hold"], id="queued"),
    ],
)
def test_what_becomes_of_a_letter_and_what_it_can_be_told_follows_from_its_state(
    name: str, follows: str, open_to: list[str], plankeeper: Plankeeper
) -> None:
    form = json.loads(plankeeper("outbox", "show", f"/{name}@", "--format", "json").out)
    assert (form["next"], form["may_be_told"]) == (follows, open_to)
    commands = [line for line in plankeeper("outbox", "show", f"/{name}@").out.splitlines() if line.startswith("plankeeper")]
    assert commands == [f'plankeeper outbox {word} "digest/2026-10-22/{name}@example.org" --by OFFICE' for word in open_to]


@pytest.mark.usefixtures("filled")
def test_a_rollup_in_doubt_is_sent_again(plankeeper: Plankeeper) -> None:
    with open_ledger(read_settings().database) as ledger:
        ledger.post([letter("board", at=AT - timedelta(hours=2), kind="rollup", key=key("board", "rollup"))])
        claim = ledger.claim("d", plan=PLAN, at=AT, on=AT.date())
        assert claim is not None
        ledger.fence(claim, at=AT)
        ledger.recover(at=AT, is_gone=lambda _: True)
    form = json.loads(plankeeper("outbox", "show", "rollup/", "--format", "json").out)
    assert form["next"].endswith("it is sent again as the same mail after 2026-10-22 18:22 UTC.")


@pytest.mark.usefixtures("filled")
def test_the_id_under_which_the_server_queued_a_letter_is_named(plankeeper: Plankeeper) -> None:
    form = json.loads(plankeeper("outbox", "show", "/sent@", "--format", "json").out)
    assert [one["queue_id"] for one in form["attempts_made"]] == ["4F1C2"]
    assert "queue id 4F1C2" in plankeeper("outbox", "show", "/sent@").out


@pytest.mark.usefixtures("filled")
def test_the_source_is_the_mail_itself(plankeeper: Plankeeper) -> None:
    assert plankeeper("outbox", "show", "2026-10-22/held", "--source").out.encode() == MAIL


# --- retry, hold, arrived ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("command", "name", "state", "sentence"),
    [
        pytest.param(
            "retry",
            "held",
            LetterState.QUEUED,
            "is queued now. It is tried again with the first delivery from 2026-10-22 18:00 UTC on.",
            id="retry-held",
        ),
        pytest.param(
            "retry",
            "failed",
            LetterState.QUEUED,
            "is queued now. It is tried again with the first delivery from 2026-10-22 18:00 UTC on.",
            id="retry-failed",
        ),
        pytest.param(
            "retry",
            "refused",
            LetterState.QUEUED,
            "is queued now. It will be cancelled, since its address was refused; lift that first if it is right after all.",
            id="retry-refused",
        ),
        pytest.param(
            "hold",
            "later",
            LetterState.HELD,
            "is held now. Nothing happens to it by itself: send it again, or say that it has arrived.",
            id="hold",
        ),
        pytest.param("arrived", "held", LetterState.SENT, "is sent now. Nothing more is to be done.", id="arrived-held"),
        pytest.param("arrived", "doubt", LetterState.SENT, "is sent now. Nothing more is to be done.", id="arrived-doubt"),
    ],
)
def test_a_word_about_a_letter_is_done_and_kept(
    command: str, name: str, state: LetterState, sentence: str, plankeeper: Plankeeper
) -> None:
    answer = plankeeper("outbox", command, f"/{name}@", *BY, "--note", " It is so. ")
    assert (answer.code, answer.out) == (0, f"digest/2026-10-22/{name}@example.org {sentence}\n")
    assert (posted(name).state, posted(name).reason) == (state, f"{OFFICE}: It is so.")
    assert said("letter") == [
        Word(about="letter", subject=key(name), word=command, by=OFFICE, note="It is so.", said_at=AT),
    ]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(
            ("retry", "/sent@", *BY),
            "The letter is sent, so it cannot be sent again; that is for letters that are: queued, held, in doubt, failed.\n",
            id="sent",
        ),
        pytest.param(
            ("retry", "/doubt@", *BY),
            "The mail server may still answer, until 2026-10-22 18:17 UTC; decide after that.\n",
            id="still-in-doubt",
        ),
        pytest.param(
            ("arrived", "/later@", *BY),
            "The letter is queued, so it cannot be marked as arrived; that is for letters that are: held, in doubt.\n",
            id="never-tried",
        ),
        pytest.param(
            ("hold", "/later@", "--by", "Nobody"),
            '"Nobody" is no office of the owners file; write the title of one, as in "Superintendent".\n',
            id="no-office",
        ),
    ],
)
def test_a_word_that_cannot_be_is_refused_in_a_sentence(
    arguments: tuple[str, ...], sentence: str, plankeeper: Plankeeper
) -> None:
    with open_ledger(read_settings().database) as ledger:
        before = states(ledger)
    answer = plankeeper("outbox", *arguments)
    assert (answer.code, answer.out, answer.err) == (1, "", sentence)
    with open_ledger(read_settings().database) as ledger:
        assert states(ledger) == before
    assert said("letter") == []


@pytest.mark.usefixtures("filled")
def test_a_letter_held_before_it_was_tried_cannot_have_arrived(plankeeper: Plankeeper) -> None:
    plankeeper("outbox", "hold", "/later@", *BY)
    assert json.loads(plankeeper("outbox", "show", "/later@", "--format", "json").out)["may_be_told"] == ["retry"]
    answer = plankeeper("outbox", "arrived", "/later@", *BY)
    assert (answer.code, answer.err) == (1, "The letter was never handed over, so it cannot have arrived.\n")


@pytest.mark.parametrize("command", ["retry", "hold", "arrived", "lift"])
def test_a_word_needs_an_office(command: str, plankeeper: Plankeeper) -> None:
    assert plankeeper("outbox", command, "/held@").code == 2


# --- pause and resume --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_mail_is_paused_and_let_go_on_by_an_office(plankeeper: Plankeeper) -> None:
    paused = f"Mail is paused by {OFFICE} since 2026-10-22 18:00 UTC: Wrong dates. plankeeper outbox resume lets it go on."
    assert plankeeper("outbox", "pause", *BY, "--note", "Wrong dates.").out == f"{paused}\n"
    assert plankeeper("outbox", "list").out.splitlines()[-1] == paused
    follows = json.loads(plankeeper("outbox", "show", "/later@", "--format", "json").out)["next"]
    assert follows == "All mail is paused; it goes out once somebody lets mail go on."
    assert plankeeper("outbox", "resume", *BY).out == "Mail goes out again; 2 letters in the queue.\n"
    assert [(one.word, one.by, one.note) for one in said("mail")] == [
        ("paused", OFFICE, "Wrong dates."),
        ("resumed", OFFICE, ""),
    ]


@pytest.mark.usefixtures("filled")
def test_a_second_pause_and_a_second_resume_change_nothing(plankeeper: Plankeeper) -> None:
    assert plankeeper("outbox", "resume", *BY).err == "Mail is not paused; nothing was changed.\n"
    plankeeper("outbox", "pause", *BY)
    again = plankeeper("outbox", "pause", "--by", "Superintendent")
    assert (again.code, again.err) == (
        1,
        f"Mail was paused before, by {OFFICE} on 2026-10-22 at 18:00 UTC; that stands.\n",
    )
    assert len(said("mail")) == 1


# --- refused addresses -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("filled")
def test_refused_addresses_are_listed_with_what_the_server_said(plankeeper: Plankeeper) -> None:
    listed = in_one_line(plankeeper("outbox", "refused"))
    assert "refused@example.org none any more 2026-10-22 17:59 UTC 550 No such mailbox" in listed
    assert json.loads(plankeeper("outbox", "refused", "--format", "json").out) == [
        {
            "address": "refused@example.org",
            "offices": [],
            "since": "2026-10-22T17:59:00+00:00",
            "said": "550 No such mailbox",
        }
    ]


@pytest.mark.usefixtures("filled")
def test_a_refused_address_names_the_offices_that_have_it(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    owners = read_settings().home / "owners.yaml"
    text = read_settings().owners.read_text(encoding="utf-8")
    owners.write_text(text.replace("superintendent@example.org", "Refused@example.org"), encoding="utf-8")
    monkeypatch.setenv("PLANKEEPER_OWNERS", str(owners))
    (one,) = json.loads(plankeeper("outbox", "refused", "--format", "json").out)
    assert one["offices"] == ["Superintendent"]


@pytest.mark.usefixtures("filled")
def test_a_refused_address_is_written_to_again_once_it_is_lifted(plankeeper: Plankeeper) -> None:
    answer = plankeeper("outbox", "lift", "REFUSED@example.org", *BY, "--note", "It is back.")
    assert answer.out.startswith("refused@example.org is written to again.")
    assert plankeeper("outbox", "refused").out == "No address is refused.\n"
    lifted = Word(about="address", subject="refused@example.org", word="lifted", by=OFFICE, note="It is back.", said_at=AT)
    assert said("address")[-1] == lifted
    again = plankeeper("outbox", "lift", "refused@example.org", *BY)
    assert (again.code, again.err) == (1, 'No mail server has refused "refused@example.org"; nothing was changed.\n')


# --- held back ---------------------------------------------------------------------------------------------------------


def test_what_the_weekly_limit_holds_back_is_listed(
    plankeeper: Plankeeper, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    edited(home, monkeypatch, plan=("# digests_per_week: 3", "digests_per_week: 1"))
    settings, before = read_settings(), AT.date() - timedelta(days=3)
    workplace = open_workplace(settings)
    with open_ledger(settings.database) as ledger:
        choose(settings, workplace, ledger, before)
        mark_sent(workplace, ledger, before)
    form = json.loads(plankeeper("outbox", "held-back", "--as-of", "2026-10-22", "--format", "json").out)
    assert form
    assert all(one["reason"].endswith("and the limit is 1; it goes next week.") for one in form)
    listed = in_one_line(plankeeper("outbox", "held-back", "--as-of", "2026-10-22"))
    assert "Held back on 2026-10-22" in listed
    assert form[0]["to"] in listed


def test_where_nothing_was_recorded_nothing_is_listed_and_nothing_is_made(home: Path, plankeeper: Plankeeper) -> None:
    for command in (("list",), ("refused",), ("held-back", "--as-of", "2026-10-22")):
        answer = plankeeper("outbox", *command, "--format", "json")
        assert (answer.code, json.loads(answer.out)) == (0, [])
    assert not home.exists()
