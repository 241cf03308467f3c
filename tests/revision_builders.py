"""Ledgers as earlier versions made them."""

from functools import partial

import pytest
from alembic.command import upgrade
from alembic.config import Config
from sqlalchemy import Connection

from ledger.ledger import open_ledger
from ledger.revisions import MIGRATIONS


def make_as_of(revision: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger as the version made it that knew no later revision."""
    with monkeypatch.context() as earlier:
        earlier.setattr("ledger.revisions._upgrade", partial(_upgrade_to, revision))
        earlier.setattr("ledger.revisions._is_newest", lambda _database, found: found == revision)
        open_ledger(url).close()


def _upgrade_to(revision: str, connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    upgrade(config, revision)
