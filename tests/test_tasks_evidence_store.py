"""The store of evidence: what may be kept, what it is called, and that a file is there whole or not at all."""

import io
import os
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.ledger import Ledger, open_ledger
from tasks.evidence_kinds import MEDIA_TYPES, kind_of
from tasks.evidence_store import MOST_BYTES, MOST_IN_NAME, FileRefused, file_name, keep, path_of
from tasks.settings import CHECKOUT, Settings
from tests.web_builders import settings

AT = datetime(2026, 10, 22, 13, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n"
TYPES, WORKBOOK, DOCUMENT = "[Content_Types].xml", "xl/workbook.xml", "word/document.xml"
BOMB = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


def packed(*parts: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, part in parts:
            archive.writestr(name, part)
    return made.getvalue()


def office_file(main: str, *more: tuple[str, bytes], types: bytes = b"<Types/>", part: bytes = b"<main/>") -> bytes:
    """Return an office program's file of which only what is looked at is there."""
    return packed((TYPES, types), (main, part), *more)


def saved_by_a_program() -> bytes:
    """Return a workbook as a program saves it."""
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return made.getvalue()


def locked(content: bytes) -> bytes:
    """Return a ZIP file that says of its parts that they are encrypted."""
    said = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := said.find(mark, at + 1)) >= 0:
            said[at + flags] |= 1
    return bytes(said)


def lying(content: bytes, size: int) -> bytes:
    """Return a ZIP file whose directory says of a part of so many bytes that it has 7."""
    return content.replace(size.to_bytes(4, "little"), (7).to_bytes(4, "little"))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        pytest.param("Minutes.PDF", PDF, "pdf", id="pdf"),
        pytest.param("hall.png", b"\x89PNG\r\n\x1a\n\0\0", "png", id="png"),
        pytest.param("hall.jpg", b"\xff\xd8\xff\xe0\0", "jpeg", id="jpg"),
        pytest.param("hall.jpeg", b"\xff\xd8\xff\xe1\0", "jpeg", id="jpeg"),
        pytest.param("scores.xlsx", saved_by_a_program(), "xlsx", id="a-workbook-as-a-program-saves-it"),
        pytest.param("letter.docx", office_file(DOCUMENT), "docx", id="docx"),
        pytest.param("scores.csv", b"\xef\xbb\xbfcampus,score\r\n1,2\r\n", "csv", id="csv-with-a-byte-order-mark"),
        pytest.param("notes.txt", "Señora Núñez said “yes”.".encode("cp1252"), "txt", id="txt-of-an-old-windows"),
        pytest.param("notes.txt", b"3 < 4, and <3 for all", "txt", id="a-sign-that-is-no-markup"),
    ],
)
def test_a_file_is_of_the_kind_of_its_content(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content) == kind
    assert kind in MEDIA_TYPES


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("a.pdf", b"", '"a.pdf" is empty', id="empty"),
        pytest.param("x.png", b"alert(1)", 'What is in "x.png" does not fit the end of its name', id="script-as-image"),
        pytest.param("x.png", b"<svg onload='alert(1)'/>", "holds a page, a drawing or a program", id="svg-as-image"),
        pytest.param("x.txt", b" \n<!DOCTYPE html><p>", "holds a page, a drawing or a program", id="page-as-text"),
        pytest.param("x.csv", b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "holds a page", id="svg-behind-a-byte-order-mark"),
        pytest.param("x.txt", b"#!/bin/sh\nrm -r /", "holds a page, a drawing or a program", id="shell-script"),
        pytest.param("x.html", b"Hello", "it should end in .csv or .txt", id="text-called-a-page"),
        pytest.param("x", b"Hello", "it should end in .csv or .txt", id="no-ending"),
        pytest.param("x.pdf", b"\x89PNG\r\n\x1a\n", "it should end in .png", id="image-called-pdf"),
        pytest.param("x.jpg", PDF, "it should end in .pdf", id="pdf-called-image"),
        pytest.param("x.txt", b"a\0b", "is of no kind that is kept", id="control-character"),
        pytest.param("x.txt", b"\x81\x8d", "is of no kind that is kept", id="no-text-in-any-encoding"),
        pytest.param("x.exe", b"MZ\x90\0\x03", "is of no kind that is kept", id="program"),
        pytest.param("x.xls", bytes.fromhex("D0CF11E0A1B11AE1"), "is of no kind that is kept", id="old-workbook"),
        pytest.param("x.docx", saved_by_a_program(), "it should end in .xlsx", id="workbook-called-document"),
        pytest.param("x.zip", packed(("a.txt", b"a")), "neither a workbook nor a document", id="zip"),
        pytest.param("x.xlsx", packed((WORKBOOK, b"<a/>")), "neither a workbook nor a document", id="no-content-types"),
        pytest.param("x.xlsx", office_file(WORKBOOK, (DOCUMENT, b"<a/>")), "neither a workbook nor", id="both-at-once"),
        pytest.param("x.xlsx", b"PK\x03\x04" + b"\0" * 40, "the file is damaged", id="damaged"),
        pytest.param(
            "x.xlsx", office_file(WORKBOOK, ("a", b"\0" * 1_000_000)), "more than 100 times as large", id="zip-bomb-of-ratio"
        ),
        pytest.param(
            "x.xlsx",
            office_file(WORKBOOK, *((f"{n}", b"") for n in range(199))),
            "has 201 parts, and 200 are the most",
            id="zip-bomb-of-parts",
        ),
        pytest.param("x.xlsx", office_file(WORKBOOK, part=BOMB), "declares a document type", id="entity-bomb"),
        pytest.param(
            "x.docx", office_file(DOCUMENT, types=BOMB), "declares a document type", id="entity-bomb-in-the-content-types"
        ),
        pytest.param(
            "x.docx",
            office_file(DOCUMENT, part=BOMB.decode().encode("utf-16")),
            "declares a document type",
            id="entity-bomb-in-another-encoding",
        ),
        pytest.param("x.docx", office_file(DOCUMENT, part=b"<a>"), "is damaged in", id="no-xml"),
        pytest.param(
            "x.xlsx",
            lying(office_file(WORKBOOK, part=b"<a>" + b" " * 5_000 + b"</a>"), 5_007),
            "is damaged in",
            id="a-part-that-lies-about-its-size",
        ),
        pytest.param("x.xlsx", locked(office_file(WORKBOOK)), "locked with a password", id="encrypted"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("xl/vbaProject.bin", b"a")), "a program (macro) in it", id="macro"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("XL/MacroSheets/a.xml", b"a")), "a program (macro)", id="old-macro"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("../../etc/passwd", b"a")), "leads out of it", id="part-above"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("/etc/passwd", b"a")), "leads out of it", id="part-at-the-root"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("..\\a", b"a")), "leads out of it", id="part-above-on-windows"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("C:a", b"a")), "leads out of it", id="part-on-a-drive"),
        pytest.param("x.xlsx", office_file(WORKBOOK, ("XL/workbook.xml", b"a")), "twice", id="a-part-twice"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_a_sentence(name: str, content: bytes, says: str) -> None:
    with pytest.raises(FileRefused) as refused:
        kind_of(name, content)
    assert says in str(refused.value)
    assert str(refused.value).endswith(".")


@given(st.binary(max_size=200), st.sampled_from(["a.pdf", "a.png", "a.xlsx", "a.txt", "a"]))
@example(b"PK\x03\x04", "a.docx")
def test_whatever_is_sent_has_a_kind_or_a_sentence(content: bytes, name: str) -> None:
    said = kind_or_sentence(name, content)
    assert said in MEDIA_TYPES or said.endswith(".")


def kind_or_sentence(name: str, content: bytes) -> str:
    """Return the kind of a file, or why it is refused."""
    try:
        return kind_of(name, content)
    except FileRefused as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        pytest.param("minutes.pdf", "minutes.pdf", id="as-it-is"),
        pytest.param("../../etc/passwd", "passwd", id="path"),
        pytest.param("C:\\Users\\a\\minutes.pdf", "minutes.pdf", id="path-on-windows"),
        pytest.param("1.1A/2026-27 Q1/minutes.pdf", "minutes.pdf", id="as-filed"),
        pytest.param("..", "file", id="only-a-way-up"),
        pytest.param("", "file", id="nothing"),
        pytest.param("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf", id="header-in-a-name"),
        pytest.param("gpj\u202efdp.exe", "gpjfdp.exe", id="turned-around"),
        pytest.param(".htaccess", "htaccess", id="hidden"),
        pytest.param("Año \ud800.pdf", "Año ?.pdf", id="half-a-character"),
        pytest.param("a" * 200 + ".pdf", "a" * 116 + ".pdf", id="too-long-keeps-its-ending"),
        pytest.param("a." + "b" * 200, "a." + "b" * 118, id="too-long-an-ending"),
    ],
)
def test_a_file_is_called_by_the_last_part_of_its_path(reference: str, name: str) -> None:
    assert file_name(reference) == name


@given(st.text(max_size=200))
def test_no_name_leads_anywhere_or_breaks_a_line(reference: str) -> None:
    name = file_name(reference)
    assert 0 < len(name) <= MOST_IN_NAME
    assert not {"/", "\\", "\r", "\n", "\0"} & set(name)
    assert not name.startswith(".")
    assert file_name(name) == name


# --- keeping -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def of(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    return settings(tmp_path / "home")


@pytest.fixture
def book(migrated_file: Path, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger; which database it lies in makes no difference to files."""
    path = tmp_path / "ledger.db"
    path.write_bytes(migrated_file.read_bytes())
    with open_ledger(f"sqlite:///{path}") as opened:
        yield opened


def stored(of: Settings) -> dict[str, bytes]:
    """Return all files of the store by their paths."""
    store = of.home / "evidence-store"
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def test_a_file_is_kept_under_its_digest_for_its_owner_alone(of: Settings, book: Ledger) -> None:
    kept = keep("../minutes.pdf", io.BytesIO(PDF), of, book, at=AT)
    digest = sha256(PDF).hexdigest()
    assert (kept.sha256, kept.kind, kept.size, kept.stored_at) == (digest, "pdf", len(PDF), AT)
    assert stored(of) == {f"{digest[:2]}/{digest}": PDF}
    path = path_of(digest, of)
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert book.pages.file(digest) == kept


def test_the_same_content_again_changes_nothing(of: Settings, book: Ledger) -> None:
    first = keep("a.pdf", io.BytesIO(PDF), of, book, at=AT)
    path = path_of(first.sha256, of)
    assert path is not None
    before = path.stat()
    assert keep("b.pdf", io.BytesIO(PDF), of, book, at=AT.replace(day=23)) == first
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert len(stored(of)) == 1


def test_of_a_file_that_is_refused_nothing_is_kept(of: Settings, book: Ledger) -> None:
    with pytest.raises(FileRefused, match="is empty"):
        keep("a.pdf", io.BytesIO(b""), of, book, at=AT)
    with pytest.raises(FileRefused, match="has more than 25 MB"):
        keep("a.pdf", io.BytesIO(PDF + b"\0" * MOST_BYTES), of, book, at=AT)
    assert stored(of) == {}


@pytest.mark.parametrize(
    "asked", ["", "../../ledger.db", "A" * 64, "a" * 63, "a" * 64, "a" * 64 + "\n", "/" * 64], ids=lambda one: repr(one[:16])
)
def test_only_digests_of_files_in_the_store_lead_to_a_file(of: Settings, book: Ledger, asked: str) -> None:
    keep("a.pdf", io.BytesIO(PDF), of, book, at=AT)
    assert path_of(asked, of) is None


KEPT_AND_KILLED = """
import io, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ledger.ledger import open_ledger
from tasks.evidence_store import keep
from tests.web_builders import settings

Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with open_ledger(sys.argv[2]) as book:
    keep("a.pdf", io.BytesIO(sys.stdin.buffer.read()), settings(Path(sys.argv[1])), book, at=datetime.now(UTC))
"""


def test_who_is_killed_before_a_file_has_its_place_leaves_nothing_that_counts(
    of: Settings, book: Ledger, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KEPT_AND_KILLED, str(of.home), f"sqlite:///{tmp_path / 'ledger.db'}"]
    killed = subprocess.run(command, input=PDF, cwd=CHECKOUT, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert stored(of) == {"unfinished": PDF}
    digest = sha256(PDF).hexdigest()
    assert path_of(digest, of) is None
    assert book.pages.file(digest) is None
    keep("a.pdf", io.BytesIO(PDF), of, book, at=AT)
    assert stored(of) == {f"{digest[:2]}/{digest}": PDF}


def test_a_disk_that_fails_leaves_nothing_half_written(of: Settings, book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", full)
        with pytest.raises(FileRefused, match="the store of evidence is full or closed"):
            keep("a.pdf", io.BytesIO(PDF), of, book, at=AT)
    assert stored(of) == {}
    assert keep("a.pdf", io.BytesIO(PDF), of, book, at=AT).size == len(PDF)
