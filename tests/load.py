"""The load test: owners check in at once on the pages, and each presses twice. `make load`.

The pages are served for real, by a process of their own; each owner has a link and an address of their own.
"""

import argparse
import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import yaml
from lxml.html import document_fromstring
from rich.console import Console
from rich.table import Table

from ledger.ledger import open_ledger
from ledger.records import Grant, Letter
from notifications.grants import granted, link
from plan.facts import CheckIn
from plan.owners import Person
from tasks.settings import Settings
from tests.chaos import database
from tests.flow_builders import at
from tests.web_builders import settings
from web.__main__ import listen, server

PLAN, DAY = "load", date(2026, 10, 5)
"""A plan of which each owner has one action, and a day on which the check-ins of its first quarter are open."""
LAST_DAY = date(2026, 12, 31)
"""On which the links still hold."""
PATIENCE_SECONDS = 300

_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Somebody who answers for one action, and comes from an address of their own."""

    number: int

    @property
    def code(self) -> str:
        """Their action."""
        return f"1.1-{self.number:03}"

    @property
    def person(self) -> Person:
        """They themselves."""
        name = f"office{self.number:03}"
        return Person(office=name, title=f"Office {self.number}", address=f"{name}@example.org")

    @property
    def client(self) -> str:
        """Whom the proxy names as the one who asks."""
        return f"10.0.{self.number // 250}.{self.number % 250 + 1}"

    def grant(self, of: Settings) -> Grant:
        """Return what their link gives leave to do."""
        return granted("update", PLAN, self.person, key=of.key, made_at=at(DAY), spans=("2026-27 Q2", LAST_DAY))

    def page(self, of: Settings) -> str:
        """Return the path of their check-in."""
        return f"{link(self.grant(of), base_url='', key=of.key)}/{self.code}"


def district(folder: Path, url: str, owners: Sequence[Owner]) -> Settings:
    """Write plan, owners and calendar, and send each owner their link."""
    calendar = {"country": "US", "subdivision": "TX", "holidays": ["Labor Day"], "breaks": []}
    paths = {}
    for name, content in (("plan", _plan(owners)), ("owners", _offices(owners)), ("calendar", calendar)):
        paths[name] = folder / f"{name}.yaml"
        paths[name].write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    of = settings(folder, **paths, database_url=url, secret_key="key of the load test", proxies="127.0.0.1/32")
    with open_ledger(url) as ledger:
        ledger.post([_letter(one, of) for one in owners])
    return of


def _plan(owners: Sequence[Owner]) -> dict[str, Any]:
    actions = [{"id": one.code, "title": f"Action {one.number}"} for one in owners]
    objective = {"id": "1.1", "title": "Growth", "actions": actions}
    return {
        "id": PLAN,
        "title": "Plan",
        "organisation": "District",
        "first_year": "2026-27",
        "last_year": "2026-27",
        "settings": {"begins_on": date(2026, 7, 1), "time_zone": "America/Denver"},
        "priorities": [{"id": "P1", "title": "Students", "objectives": [objective]}],
    }


def _offices(owners: Sequence[Owner]) -> dict[str, Any]:
    people = ((one.code, one.person) for one in owners)
    offices = {to.office: {"title": to.title, "email": to.address, "reports_to": "planning", "owns": [c]} for c, to in people}
    planning = {"title": "Planning", "email": "planning@example.org", "owns": ["P1"]}
    return {"plan_administrator": "planning", "cabinet_lead": "planning", "offices": {"planning": planning, **offices}}


def _letter(owner: Owner, of: Settings) -> Letter:
    return Letter(
        key=f"link/{owner.number}",
        plan=PLAN,
        kind="digest",
        address=owner.person.address,
        office=owner.person.office,
        day=DAY,
        subject="",
        message_id=f"<{owner.number}@example.org>",
        content=b"",
        made_at=at(DAY),
        notices=(),
        tellings=(),
        grants=(owner.grant(of),),
    )


# --- the pages ----------------------------------------------------------------------------------------------------------


def serve(of: Settings, listening: socket.socket) -> None:
    """Serve the pages until the process is ended; on all days it is the same one."""
    server(of, now=lambda: at(DAY)).run(sockets=[listening])


@contextmanager
def pages(of: Settings) -> Iterator[str]:
    """Serve the pages by a process of their own, and yield their address."""
    with listen("127.0.0.1", 0) as listening:
        process = _processes.Process(target=serve, args=(of, listening), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()


# --- the owners ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the pages said to a request, and after how long."""

    status: int
    seconds: float
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """How an owner fared: what the pages said when they looked and when they pressed twice, and what the ledger has of it."""

    owner: Owner
    look: Said
    presses: tuple[Said, ...]
    kept: int = 0
    receipts: int = 0

    def faults(self) -> Iterator[str]:
        """Yield everything that may not be, as sentences."""
        if self.look.status != httpx.codes.OK:
            yield f"The page of {self.owner.code} answered {self.look.status}."
        statuses = sorted(one.status for one in self.presses)
        if statuses != [httpx.codes.SEE_OTHER, httpx.codes.CONFLICT]:
            yield f"To two presses for {self.owner.code} the pages answered {statuses}."
        if (self.kept, self.receipts) != (1, 1):
            yield f"{self.owner.code} has {self.kept} check-ins and {self.receipts} receipts."


@dataclass(frozen=True, slots=True)
class Rush:
    """All owners together."""

    came: Sequence[Came]

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what happened, figure by figure."""
        looks, presses = [one.look for one in self.came], [press for one in self.came for press in one.presses]
        yield "owners, each pressing twice", str(len(self.came))
        yield "check-ins kept once", str(sum(one.kept == 1 for one in self.came))
        yield "lost", str(sum(one.kept == 0 for one in self.came))
        yield "doubled", str(sum(one.kept > 1 for one in self.came))
        yield "receipts", str(sum(one.receipts for one in self.came))
        counts = Counter(one.status for one in (*looks, *presses))
        yield "answers of the pages", ", ".join(f"{number} x {status}" for status, number in sorted(counts.items()))
        yield "seconds to see a page: median, 95 of 100, longest", _spread(looks)
        yield "seconds to answer a press: median, 95 of 100, longest", _spread(presses)

    def faults(self) -> list[str]:
        """Return everything that may not be, as sentences."""
        return [fault for one in self.came for fault in one.faults()]


def rush(url: str, *, owners: int) -> Rush:
    """Have owners open their pages at once, and then, once all have theirs before them, press twice at once."""
    crowd = [Owner(number=number) for number in range(owners)]
    with tempfile.TemporaryDirectory(prefix="plankeeper-load-") as folder:
        of = district(Path(folder), url, crowd)
        with pages(of) as address:
            came = asyncio.run(_all(address, of, crowd))
    with open_ledger(url) as ledger:
        kept = Counter(fact.item for fact in ledger.facts(PLAN, known_by=DAY).every if isinstance(fact, CheckIn))
        receipts = Counter(letter.address for letter in ledger.outbox(PLAN) if letter.kind == "receipt")
    return Rush([replace(one, kept=kept[one.owner.code], receipts=receipts[one.owner.person.address]) for one in came])


async def _all(address: str, of: Settings, crowd: Sequence[Owner]) -> list[Came]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)  # somebody who reads lets a connection go
    everybody = asyncio.Barrier(len(crowd))
    async with httpx.AsyncHTTPTransport(limits=limits) as transport:
        await _browser(transport, "10.0.255.255").get(f"{address}/static/plankeeper.css")  # waits until they are there
        return await asyncio.gather(
            *(_one(one, f"{address}{one.page(of)}", transport, everybody) for one in crowd),
        )


async def _one(owner: Owner, page: str, transport: httpx.AsyncHTTPTransport, everybody: asyncio.Barrier) -> Came:
    browser = _browser(transport, owner.client)
    look = await _timed(browser.get(page))
    form = _filled(look.html)
    await everybody.wait()
    presses = await asyncio.gather(*(_timed(browser.post(page, data=form)) for _ in range(2)))
    return Came(owner=owner, look=look, presses=tuple(presses))


def _browser(transport: httpx.AsyncHTTPTransport, client: str) -> httpx.AsyncClient:
    """Return a browser with its own cookies, of whose requests the proxy says that they come from a client."""
    return httpx.AsyncClient(transport=transport, timeout=PATIENCE_SECONDS, headers={"X-Forwarded-For": client})


async def _timed(asked: Awaitable[httpx.Response]) -> Said:
    began = perf_counter()
    answer = await asked
    return Said(status=answer.status_code, seconds=perf_counter() - began, html=answer.text)


def _filled(page: str) -> dict[str, str]:
    """Return the form of a check-in as it is sent once a status is chosen and a note is written."""
    for form in document_fromstring(page or "<p>").forms:
        if "status" in form.fields:
            hidden = {one.name: one.value for one in form.inputs if one.get("type") == "hidden"}
            status = form.xpath(".//input[@name='status']/@value")[0]
            return {**hidden, "status": status, "note": "It runs on every campus.", "deed": "record"}
    return {}


def _spread(said: Sequence[Said]) -> str:
    seconds = sorted(one.seconds for one in said)
    return ", ".join(f"{seconds[int(share * (len(seconds) - 1))]:.2f}" for share in (0.5, 0.95, 1))


def main() -> None:
    """Run the load test, print what happened, and fail if a check-in was lost or doubled or an answer was none."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--owners", type=int, default=200)
    asked.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    said = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("It was broken off."))  # so that nothing is left behind then either
    kinds = ("sqlite", "postgresql") if said.database == "both" else (said.database,)
    rushes = {}
    for kind in kinds:
        with database(kind) as url:
            rushes[kind] = rush(url, owners=said.owners)
    table = Table("", *kinds, title=f"{os.cpu_count()} cores", title_justify="left")
    for row in zip(*(one.rows() for one in rushes.values()), strict=True):
        table.add_row(row[0][0], *(figure for _, figure in row))
    Console(width=140).print(table)
    sys.exit("\n".join(f"{kind}: {fault}" for kind, one in rushes.items() for fault in one.faults()) or None)


if __name__ == "__main__":
    main()
