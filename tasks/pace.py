"""How often a server is asked: Prefect's own limits, one for each server, see to it across all runs."""

import re
from collections.abc import Iterable

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import rate_limit

PER_SECOND = 1.0
"""How often one server is asked, however much is to be had there."""


def limit_of(host: str) -> str:
    """Return the name of the limit on how often a server is asked; Prefect does not take every character in it."""
    return re.sub(r"[^\w.:-]", "-", f"source-{host}", flags=re.ASCII)


def limit_pace(hosts: Iterable[str]) -> None:
    """See to it that Prefect knows how often each server may be asked; an empty name stands for none."""
    with get_client(sync_client=True) as client:
        for host in sorted(set(hosts) - {""}):
            client.upsert_global_concurrency_limit_by_name(limit_of(host), limit=1, slot_decay_per_second=PER_SECOND)


def keep_pace(host: str) -> None:
    """Wait until a server may be asked; an empty name stands for none, and nothing is waited for."""
    if host:
        rate_limit(limit_of(host))
