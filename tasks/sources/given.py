"""Ask a source, of whatever kind, for its table."""

from collections.abc import Callable
from pathlib import Path

from plan.sources import Delimited, Document, Folder, Query, Source, Workbook
from plan.table import Table
from tasks.settings import Settings, source_secret
from tasks.sources.address import fetch
from tasks.sources.delimited import read_delimited
from tasks.sources.document import read_document
from tasks.sources.failures import SourceFailed
from tasks.sources.folder import newest_file, read_file
from tasks.sources.query import run_query
from tasks.sources.reach import Reach, read_address, shown
from tasks.sources.workbook import read_workbook

MOST_BYTES = 50_000_000
"""How much one source may give, unpacked."""
READERS: dict[str, Callable[..., Table]] = {"csv": read_delimited, "xlsx": read_workbook, "json": read_document}
"""How content is read, by its kind."""
ENDINGS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".json": "json"}
"""Of which kind the files of a folder are."""


def table_of(source: Source, settings: Settings) -> Table:
    """Return what a source gives now. Files and folders are looked for from the folder of the plan file.

    Raises:    SourceFailed: it does not give what it should
               SourceDidNotAnswer: it failed in a manner that may pass
               SettingsRefused: a setting that it names is not there
    """
    match source:
        case Query():
            return run_query(
                source_secret(source.database),
                source.select,
                source.parameters,
                found_at=f"the database {source.database}",
                patience_seconds=settings.source_seconds,
                most_bytes=MOST_BYTES,
            )
        case Folder():
            path = newest_file(_beside_the_plan(source.at, settings), source.matching)
            kind = ENDINGS.get(path.suffix.casefold())
            if kind is None:
                raise SourceFailed(f"{path.name} is of no kind that is read ({', '.join(ENDINGS)}); say more in matching")
            content, where = read_file(path, most_bytes=MOST_BYTES), f"{source.at}/{path.name}"
        case Delimited() | Workbook() | Document():
            kind, content, where = source.kind, _content(source, settings), _where(source)
    return READERS[kind](content, source, found_at=where)


def host_of(source: Source) -> str:
    """Return the server that a source asks over the network; empty if it asks none by an address."""
    if isinstance(source, Delimited | Workbook | Document) and source.is_address:
        return read_address(source.at).netloc.decode("ascii")
    return ""


def is_at_hand(source: Source) -> bool:
    """Return whether a source is read without asking anybody over the network."""
    return not isinstance(source, Query) and not host_of(source)


def _content(source: Delimited | Workbook | Document, settings: Settings) -> bytes:
    if not source.is_address:
        return read_file(_beside_the_plan(source.at, settings), most_bytes=MOST_BYTES)
    reach = Reach(
        hosts=frozenset(settings.source_hosts),
        networks=settings.source_networks,
        deadline_seconds=settings.source_seconds,
        most_bytes=MOST_BYTES,
    )
    headers = {name: source_secret(setting) for name, setting in source.headers.items()}
    return fetch(source.at, reach, headers=headers).content


def _where(source: Delimited | Workbook | Document) -> str:
    return shown(read_address(source.at)) if source.is_address else source.at


def _beside_the_plan(at: str, settings: Settings) -> Path:
    return settings.plan.parent / at
