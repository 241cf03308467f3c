"""The commands `outbox`: what was sent and why, what is in doubt, and the word that decides. They import no Prefect."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from flows.came_from import command_line
from flows.days import day_asked_now, now
from flows.exits import NotOneLetter
from flows.forms import held_back_form, posted_form
from flows.letter_forms import instant, print_whole, short, whole, whole_form
from flows.looking import As, AsOf, Format, at_work, console, print_json, table, words
from flows.recording import office_named
from ledger.ledger import Ledger, open_ledger
from ledger.records import ALERT, ARRIVED, HOLD, RETRY, LetterState, Posted, Word
from plan.digests import due_notices
from plan.wording import counted
from tasks.said import lift, pause, pause_mail, refusals, resume_mail
from tasks.settings import read_settings
from tasks.workplace import Workplace, open_workplace

app = typer.Typer(no_args_is_help=True, help="See what was sent, to whom and why; decide on what is held or in doubt.")

Key = Annotated[str, typer.Argument(help='The letter\'s name, or a part of it that no other has, as in "2026-10-22/chief".')]
By = Annotated[str, typer.Option(help="Which office says so.")]
Note = Annotated[str, typer.Option(help="What there is to say about it.")]

MOST_NAMED = 10
"""How many letters are listed when a part of a name fits several."""


@app.command("list")
def list_letters(
    state: Annotated[LetterState | None, typer.Option(help="Only letters in this state.")] = None,
    to: Annotated[str, typer.Option(help="Only letters to this address, or to addresses with this in them.")] = "",
    format: As = Format.TABLE,
) -> None:
    """List what was sent, to whom and in which state it is, newest first.

    Example: plankeeper outbox list --state in_doubt
    """
    with at_work() as (_, workplace, ledger):
        every = ledger.outbox(workplace.plan.id) if ledger else ()
        paused = pause(ledger, workplace.plan.id) if ledger else None
    letters = [one for one in every if state in (None, one.state) and to.casefold() in one.address.casefold()]
    if format is Format.JSON:
        print_json([posted_form(letter) for letter in letters])
        return
    listed = table("The outbox", "letter", "state", "attempts", "sent at", "why")
    for one in letters:
        sent_at = instant(one.sent_at) if one.sent_at else ""
        listed.add_row(_name(one, workplace), words(one.state), str(one.attempts), sent_at, one.reason)
    out = console()
    out.print(listed)
    if paused:
        out.print(_paused(paused))


@app.command("show")
def show(
    key: Key,
    format: As = Format.TABLE,
    source: Annotated[bool, typer.Option("--source", help="Print the mail itself, and nothing else.")] = False,
) -> None:
    """Show a letter whole: its attempts, what was said, what it tells, and what becomes of it next.

    Example: plankeeper outbox show 2026-10-22/superintendent
    """
    with at_work() as (_, workplace, ledger):
        if ledger is None:
            raise _not_one(key, ())
        found = whole(_named(key, workplace, ledger), workplace, ledger, at=now())
    if source:
        typer.echo(found.content, nl=False)
    elif format is Format.JSON:
        print_json(whole_form(found))
    else:
        print_whole(found, console(), plan=workplace.plan.id)


@app.command("retry")
def retry(key: Key, by: By, note: Note = "") -> None:
    """Send a letter with the next delivery, as the same mail: one that waits, is held or in doubt, or failed and is no digest.

    Example: plankeeper outbox retry 2026-10-22/superintendent --by "Office of Strategic Planning" --note "Not in the log."
    """
    _tell(key, RETRY, by, note)


@app.command("hold")
def hold(key: Key, by: By, note: Note = "") -> None:
    """Keep a letter back that waits or is in doubt, until somebody says more.

    Example: plankeeper outbox hold 2026-10-22/superintendent --by "Office of Strategic Planning"
    """
    _tell(key, HOLD, by, note)


@app.command("arrived")
def arrived(key: Key, by: By, note: Note = "") -> None:
    """Say that a letter in doubt, or held since, is known to have arrived.

    Example: plankeeper outbox arrived 2026-10-22/superintendent --by "Office of Strategic Planning" --note "She read it."
    """
    _tell(key, ARRIVED, by, note)


@app.command("pause")
def pause_all(by: By, note: Note = "") -> None:
    """Keep all mail back from now on; letters are still written, and wait.

    Example: plankeeper outbox pause --by "Office of Strategic Planning" --note "Wrong due dates."
    """
    with _writing() as (workplace, ledger, at):
        pause_mail(ledger, workplace.plan.id, by=office_named(by, workplace), note=note.strip(), at=at)
        word = pause(ledger, workplace.plan.id)
    assert word is not None  # said a moment ago
    typer.echo(_paused(word))


@app.command("resume")
def resume(by: By, note: Note = "") -> None:
    """Let mail go out again.

    Example: plankeeper outbox resume --by "Office of Strategic Planning"
    """
    with _writing() as (workplace, ledger, at):
        resume_mail(ledger, workplace.plan.id, by=office_named(by, workplace), note=note.strip(), at=at)
        waiting = sum(1 for one in ledger.outbox(workplace.plan.id) if one.state is LetterState.QUEUED)
    typer.echo(f"Mail goes out again; {counted(waiting, 'letter')} in the queue.")


@app.command("refused")
def refused(format: As = Format.TABLE) -> None:
    """List the addresses that nothing is written to, since a mail server refused them.

    Example: plankeeper outbox refused
    """
    with at_work() as (_, workplace, ledger):
        found = refusals(ledger, workplace.plan.id, workplace.owners) if ledger else ()
    if format is Format.JSON:
        forms = [(one.address, list(one.offices), one.since.isoformat(), one.said) for one in found]
        print_json([dict(zip(("address", "offices", "since", "said"), form, strict=True)) for form in forms])
        return
    if not found:
        typer.echo("No address is refused.")
        return
    listed = table("Refused addresses", "address", "office", "since", "what the server said")
    for one in found:
        listed.add_row(one.address, ", ".join(one.offices) or "none any more", instant(one.since), one.said)
    out = console()
    out.print(listed)
    out.print("Correct the address in owners.yaml; if it is right after all: plankeeper outbox lift ADDRESS --by OFFICE")


@app.command("lift")
def lift_refusal(
    address: Annotated[str, typer.Argument(help="An address that plankeeper outbox refused lists.")], by: By, note: Note = ""
) -> None:
    """Write to a refused address again.

    Example: plankeeper outbox lift owner@example.org --by "Office of Strategic Planning" --note "The mailbox is back."
    """
    with _writing() as (workplace, ledger, at):
        lifted = lift(ledger, workplace.plan.id, address, by=office_named(by, workplace), note=note.strip(), at=at)
    typer.echo(f"{lifted} is written to again. What is still wanted there is told anew with the next working day's mail.")


@app.command("held-back")
def held_back(as_of: AsOf = "today", format: As = Format.TABLE) -> None:
    """List who is not told on a day what they would have been told, and which limit holds it back.

    Example: plankeeper outbox held-back
    """
    with at_work() as (_, workplace, ledger):
        day = day_asked_now(as_of, workplace)
        found = due_notices(workplace.situation(ledger, as_of=day, judging=True), as_of=day).held_back
    if format is Format.JSON:
        print_json(held_back_form(found))
        return
    listed = table(f"Held back on {day}", "to", "item", "step", "why")
    for one in found:
        listed.add_row(one.notice.to.address, one.notice.item, one.notice.step, one.reason)
    console().print(listed)


def _tell(key: str, word: str, by: str, note: str) -> None:
    with _writing() as (workplace, ledger, at):
        letter = _named(key, workplace, ledger)
        said = Word(
            about="letter", subject=letter.key, word=word, by=office_named(by, workplace), note=note.strip(), said_at=at
        )
        ledger.tell_letter(workplace.plan.id, said)
        found = whole(letter, workplace, ledger, at=at)
    typer.echo(f"{short(letter.key, workplace.plan.id)} is {words(found.letter.state)} now. {found.follows}")


@contextmanager
def _writing() -> Iterator[tuple[Workplace, Ledger, datetime]]:
    """Yield what a word is said about, and when."""
    settings = read_settings()
    workplace = open_workplace(settings)
    with open_ledger(settings.database, came_from=command_line()) as ledger:
        yield workplace, ledger, now()


def _named(part: str, workplace: Workplace, ledger: Ledger) -> Posted:
    """Return the letter of a key, of a Message-ID, or of a part of a key that no other has.

    Raises:    NotOneLetter: there is none, or there are several
    """
    letters = ledger.outbox(workplace.plan.id)
    meant = part.strip().strip("<>").casefold()
    exact = [one for one in letters if meant in _names(one, workplace)]
    parts = [one for one in letters if meant and meant in one.key.casefold()]
    # The name of an alert may hold that of the letter which it is about.
    found = exact or [one for one in parts if one.kind != ALERT] or parts
    if len(found) != 1:
        raise _not_one(part, found)
    return found[0]


def _names(letter: Posted, workplace: Workplace) -> set[str]:
    """Return what a letter is called in full: by its key, with the plan and without, and by its Message-ID."""
    names = (letter.key, short(letter.key, workplace.plan.id), letter.message_id.strip("<>"))
    return {name.casefold() for name in names}


def _not_one(part: str, found: Sequence[Posted]) -> NotOneLetter:
    if not found:
        return NotOneLetter(f'No letter is called "{part}"; plankeeper outbox list shows what each is called.')
    more = f"\nand {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    names = "\n".join(one.key for one in found[:MOST_NAMED])
    return NotOneLetter(f'"{part}" fits {len(found)} letters; say more of the name of one:\n{names}{more}')


def _name(letter: Posted, workplace: Workplace) -> Text:
    """Return what a letter is called, in lines that end where its name may be cut: by kind and day, and to whom."""
    kind, *more = short(letter.key, workplace.plan.id).split("/")
    return Text("/\n".join(["/".join((kind, *more[:1])), *more[1:]]))


def _paused(word: Word) -> str:
    why = f": {word.note.removesuffix('.')}" if word.note else ""
    return f"Mail is paused by {word.by} since {instant(word.said_at)}{why}. plankeeper outbox resume lets it go on."
