"""Look at the addresses of evidence, each in a task run of its own, and publish which of them do not answer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run
from prefect.states import Completed

from plan.filed import Link
from plan.owners import Roster
from tasks.pace import keep_pace
from tasks.settings import Settings
from tasks.sources.address import Reach, check_link
from tasks.sources.reach import server_of, shown

LINKS = "links"
"""Key of the artifact; each run adds a version."""
DEADLINE_SECONDS = 20
"""How long an address may take to answer, those that it leads on to included."""
SINGLY = 50
"""Up to how many addresses each one has a task run of its own, and how many task runs there are at most."""

Answers = Mapping[str, str]
"""For each address why it does not answer, and the remedy; empty if it does."""


class NotAnswered(Exception):
    """An address did not answer; it is asked once more before that is told, because a server may just have been starting."""


def reach_of(settings: Settings) -> Reach:
    """Return what may be asked: every public server by https, and what the settings allow of the organisation's own."""
    hosts, networks = frozenset(settings.source_hosts), settings.source_networks
    return Reach(hosts=hosts, networks=networks, deadline_seconds=DEADLINE_SECONDS, any_public_host=True)


def link_shares(links: Sequence[Link]) -> list[tuple[Link, ...]]:
    """Return the addresses as the task runs take them: one each, or so many together that the server keeps up."""
    size = -(-len(links) // SINGLY)
    return [tuple(links[start : start + size]) for start in range(0, len(links), size or 1)]


def named_links(links: Sequence[Link]) -> str:
    """Return the name of a task run: the address, or the first of several and how many more."""
    first = shown(links[0].address)
    return first if len(links) == 1 else f"{first} and {len(links) - 1} more"


@task(task_run_name="{name}", retries=1, retry_delay_seconds=10, cache_policy=NO_CACHE)
def look_at(name: str, links: Sequence[Link], reach: Reach) -> Any:  # noqa: ARG001 - names the run
    """Ask addresses, without reading what they give; the state's message says which do not answer.

    Raises:    NotAnswered: one of them did not, the first time
    """
    answers = {link.address: _answer_in_turn(link.address, reach) for link in links}
    said = "\n".join(filter(None, answers.values()))
    if said and task_run.run_count == 1:
        raise NotAnswered(said)
    return Completed(message=said or "It answers.", data=answers)


def _answer_in_turn(address: str, reach: Reach) -> str:
    keep_pace(server_of(address))
    return check_link(address, reach)


@task(task_run_name="publish links", cache_policy=NO_CACHE)
def publish_links(links: Sequence[Link], answers: Answers, roster: Roster, *, as_of: date) -> None:
    """Publish the table of all that was looked at, what does not answer first."""
    in_order = sorted(links, key=lambda link: not answers[link.address])
    broken = sum(1 for said in answers.values() if said)
    create_table_artifact(
        key=LINKS,
        table=[row for link in in_order for row in link_rows(link, answers[link.address], roster, as_of=as_of)],
        description=f"Addresses of evidence looked at on {as_of}: {len(links)}; without an answer: {broken}.",
    )


def link_rows(link: Link, said: str, roster: Roster, *, as_of: date) -> Iterator[dict[str, str]]:
    """Yield a row for each item and period that an address was given for, with the office that can put it right."""
    for item, period in dict.fromkeys((one.item, str(one.period)) for one in link.given):
        yield {
            "address": shown(link.address),
            "item": item,
            "period": period,
            "office": roster.office_title(item, as_of=as_of),
            "answers": "no" if said else "yes",
            "why": said,
        }
