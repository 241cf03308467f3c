"""An address by itself says whether there can be a ledger, exactly as the ledger finds when it is opened."""

from pathlib import Path

import pytest

from ledger.address import is_missing
from ledger.ledger import DatabaseUnreachable, open_ledger, read_ledger


@pytest.mark.parametrize("name", ["ledger.db", "a b@c:d/ledger.db", "50%25.db", "nowhere"], ids=str)
def test_a_file_that_is_not_there_is_missing_until_a_ledger_is_made(name: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/{name}"
    assert is_missing(url)
    assert read_ledger(url) is None
    open_ledger(url).close()
    assert not is_missing(url)
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("url", ["", "ledger.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://host/plan"])
def test_an_address_that_cannot_be_read_is_left_for_the_ledger_to_refuse(url: str) -> None:
    assert not is_missing(url)
    with pytest.raises(DatabaseUnreachable, match="cannot be read"):
        read_ledger(url)


@pytest.mark.parametrize("url", ["postgresql://keeper@127.0.0.1:1/plan", "sqlite:///nowhere.db?mode=ro"])
def test_what_is_no_plain_file_is_left_for_the_ledger_to_find(url: str) -> None:
    assert not is_missing(url)
