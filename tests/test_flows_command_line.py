"""Every command is found by its name, and the help lists all of them."""

import pytest

from flows.command_line import COMMANDS
from tests.commands import Plankeeper

SHOWN = [
    *("check", "up", "run", "status", "explain", "preview", "rehearse"),
    *("load", "import", "diff", "record", "held", "rollup", "publish", "outbox"),
]
RECORDED = ["check-in", "reading", "evidence", "acknowledge", "waive", "plan", "accept", "send-back", "override"]
OUTBOX = ["list", "show", "retry", "hold", "arrived", "pause", "resume", "refused", "lift", "held-back"]


def listed(help_text: str) -> list[str]:
    """Return the names of the commands that a help lists, in its order."""
    below = help_text.partition(" Commands ")[2]
    return [line.split()[1] for line in below.splitlines() if line.startswith("\u2502 ") and line[2] != " "]


@pytest.mark.parametrize(
    ("group", "commands"),
    [
        pytest.param((), SHOWN, id="all"),
        pytest.param(("record",), RECORDED, id="record"),
        pytest.param(("held",), ["list", "accept", "refuse"], id="held"),
        pytest.param(("rollup",), ["write", "verify", "release"], id="rollup"),
        pytest.param(("outbox",), OUTBOX, id="outbox"),
    ],
)
def test_the_help_lists_the_commands_in_their_order(
    group: tuple[str, ...], commands: list[str], plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert listed(plankeeper(*group, "--help").out) == commands


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_how_it_is_used(name: str, plankeeper: Plankeeper) -> None:
    said = plankeeper(name, "--help")
    assert said.code == 0
    assert f" {name} [OPTIONS]" in said.out


def test_a_name_that_is_nearly_a_commands_is_answered_with_that_command(plankeeper: Plankeeper) -> None:
    said = plankeeper("rehears")
    assert said.code == 2
    assert "No such command 'rehears'. Did you mean 'rehearse'?" in said.err


def test_a_fault_of_plankeepers_own_is_made_into_no_sentence(plankeeper: Plankeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "check", "shown.lost")
    with pytest.raises(AttributeError, match="lost"):
        plankeeper("check")
