"""Evidence that is filed in folders or listed by address: what counts, and which sentence each thing gets that does not."""

import os
from datetime import UTC, date, datetime
from functools import partial
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from typing import Any

import pytest

from plan.facts import Evidence, Facts
from plan.filed import new_evidence
from plan.periods import Quarter, SchoolYear
from tasks.filed import filed_evidence
from tasks.listed import HEADER
from tasks.settings import Settings
from tasks.workplace import Workplace
from tests.flow_builders import workplace_of
from tests.plan_builders import Q1, shipped

DAY = date(2026, 10, 22)
HEAD = ",".join(HEADER) + "\n"
MINUTES = "https://example.org/minutes"
OFFICE = "Director of Assessment and Accountability"


@pytest.fixture(scope="module")
def workplace() -> Workplace:
    """The shipped plan."""
    return workplace_of(*shipped())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of evidence with nothing in it."""
    path = tmp_path / "evidence"
    path.mkdir()
    return path


def file(folder: Path, name: str, text: str = "minutes", *, at: datetime = datetime(2026, 10, 9, 18, tzinfo=UTC)) -> Path:
    """File a document that was last changed at an instant."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def looked_at(folder: Path, workplace: Workplace, *, as_of: date = DAY) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """Return what is filed, and the problems."""
    return filed_evidence(Settings(evidence=folder), workplace, as_of=as_of)


def problems(folder: Path, workplace: Workplace) -> list[str]:
    """Return the problems of a folder in which nothing counts, without its name."""
    evidence, found = looked_at(folder, workplace)
    assert evidence == ()
    return [problem.removeprefix("evidence/") for problem in found]


# --- files -------------------------------------------------------------------------------------------------------------


def test_a_file_is_evidence_for_the_item_and_period_of_its_folders(folder: Path, workplace: Workplace) -> None:
    file(folder, "1.1-pm1/2026-27-Q1/minutes.pdf")
    assert looked_at(folder, workplace) == (
        (
            Evidence(
                item="1.1-pm1",
                period=Q1,
                reference="1.1-pm1/2026-27-Q1/minutes.pdf",
                dated_on=date(2026, 10, 9),
                note="",
                by=OFFICE,
                known_on=DAY,
                sha256=sha256(b"minutes").hexdigest(),
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("name", "item", "period"),
    [
        pytest.param("1.1-pm1/2026-27 Q2/a.txt", "1.1-pm1", Quarter(SchoolYear(2026), 2), id="quarter-with-a-space"),
        pytest.param("1.1A/2026-27-Q1/a.txt", "1.1A", Q1, id="action"),
        pytest.param("4.3-capacity-plan/2024-25/a.txt", "4.3-capacity-plan", SchoolYear(2024), id="deliverable-by-year"),
        pytest.param("1.1A/2026-27-Q1/photos/Año 1/Bild.jpg", "1.1A", Q1, id="folders-below-the-period"),
    ],
)
def test_the_folders_say_what_a_file_is_for(name: str, item: str, period: Any, folder: Path, workplace: Workplace) -> None:
    file(folder, name)
    (found,), told = looked_at(folder, workplace)
    assert (found.item, found.period, found.reference, told) == (item, period, name, ())


def test_the_day_of_a_file_is_the_one_on_which_it_was_changed_where_the_plan_is_kept(
    folder: Path, workplace: Workplace
) -> None:
    file(folder, "1.1A/2026-27-Q1/late.txt", at=datetime(2026, 10, 10, 5, 30, tzinfo=UTC))
    (found,), _ = looked_at(folder, workplace)
    assert found.dated_on == date(2026, 10, 9)


def test_a_file_larger_than_what_is_read_at_once_is_known_by_all_of_it(folder: Path, workplace: Workplace) -> None:
    text = "0123456789" * 100_000
    file(folder, "1.1A/2026-27-Q1/large.bin", text)
    (found,), _ = looked_at(folder, workplace)
    assert found.sha256 == sha256(text.encode()).hexdigest()


def test_without_a_folder_there_is_no_evidence_and_no_problem(tmp_path: Path, workplace: Workplace) -> None:
    assert looked_at(tmp_path / "none", workplace) == ((), ())


@pytest.mark.parametrize("name", [".DS_Store", ".hidden/a.txt", "~$minutes.docx", "Thumbs.db", "desktop.ini"])
def test_what_systems_put_into_folders_is_passed_over(name: str, folder: Path, workplace: Workplace) -> None:
    file(folder, f"1.1A/2026-27-Q1/{name}")
    file(folder, name)
    assert looked_at(folder, workplace) == ((), ())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(
            "notes.pdf", ": it lies in no folder of an item and a period; move it into evidence/<item>/<period>", id="no-folder"
        ),
        pytest.param(
            "1.1A/notes.pdf",
            ": it lies in no folder of an item and a period; move it into evidence/<item>/<period>",
            id="no-period",
        ),
        pytest.param(
            "1.1a/2026-27-Q1/a.txt",
            ': "1.1a" is not an item of the plan; plankeeper status lists them; '
            "nothing in this folder counts until it is renamed",
            id="no-item",
        ),
        pytest.param(
            "1.1A/autumn/a.txt",
            ': "autumn" is neither a quarter nor a school year; write it as in 2026-27-Q1 or 2026-27; '
            "nothing in this folder counts until it is renamed",
            id="no-quarter",
        ),
        pytest.param(
            "4.3-capacity-plan/2026-27/a.txt",
            ": 4.3-capacity-plan owes nothing for 2026-27; choose of what it owes: 2024-25; "
            "nothing in this folder counts until it is renamed",
            id="nothing-owed",
        ),
        pytest.param(
            "1.1A/2026-27-Q1/a\x07b.txt", ": its name holds a character that cannot be shown; rename it", id="unprintable"
        ),
    ],
)
def test_what_is_filed_wrongly_is_told_with_its_place_and_remedy(
    name: str, said: str, folder: Path, workplace: Workplace
) -> None:
    file(folder, name)
    (problem,) = problems(folder, workplace)
    place, _, sentence = problem.partition(": ")
    assert f": {sentence}" == said
    assert name.replace("\x07", "?").startswith(place)


def test_a_wrong_folder_is_told_once_however_many_files_are_in_it(folder: Path, workplace: Workplace) -> None:
    for name in ("9.9/2026-27-Q1/a", "9.9/2026-27-Q1/b", "9.9/2026-27-Q2/c", "1.1A/Q1/a", "1.1A/Q1/b"):
        file(folder, name)
    assert [problem.partition(": ")[0] for problem in problems(folder, workplace)] == ["1.1A/Q1", "9.9"]


def test_a_name_in_another_encoding_is_told_in_letters_that_can_be_shown(folder: Path, workplace: Workplace) -> None:
    file(folder, os.fsdecode(b"1.1A/2026-27-Q1/A\xf1o.txt"))
    file(folder, os.fsdecode(b"1.1\xf1/2026-27-Q1/a.txt"))
    for problem in problems(folder, workplace):
        assert problem.encode().decode().isprintable()


def test_an_empty_file_shows_nothing(folder: Path, workplace: Workplace) -> None:
    file(folder, "1.1A/2026-27-Q1/a.txt", "")
    assert problems(folder, workplace) == ["1.1A/2026-27-Q1/a.txt: the file is empty, so it shows nothing; save it again"]


def test_a_file_changed_after_the_day_counts_from_its_own_day_on(folder: Path, workplace: Workplace) -> None:
    file(folder, "1.1A/2026-27-Q1/a.txt", at=datetime(2026, 10, 23, 18, tzinfo=UTC))
    assert problems(folder, workplace) == [
        "1.1A/2026-27-Q1/a.txt: the file was changed on 2026-10-23, after 2026-10-22; it counts from that day on"
    ]
    assert len(looked_at(folder, workplace, as_of=date(2026, 10, 23))[0]) == 1


def test_the_good_files_count_although_others_do_not(folder: Path, workplace: Workplace) -> None:
    for name in ("1.1A/2026-27-Q1/b.txt", "1.1A/2026-27-Q1/a.txt", "1.1A/2026-27-Q9/c.txt", "1.1B/2026-27-Q1/d.txt"):
        file(folder, name)
    evidence, told = looked_at(folder, workplace)
    assert [one.reference for one in evidence] == ["1.1A/2026-27-Q1/a.txt", "1.1A/2026-27-Q1/b.txt", "1.1B/2026-27-Q1/d.txt"]
    assert len(told) == 1


def test_a_file_that_is_renamed_is_no_new_fact_and_one_that_is_changed_is(folder: Path, workplace: Workplace) -> None:
    path = file(folder, "1.1A/2026-27-Q1/a.txt")
    known = Facts(looked_at(folder, workplace)[0])
    moved = path.rename(path.with_name("b.txt"))
    assert new_evidence(looked_at(folder, workplace)[0], known) == ()
    file(folder, "1.1A/2026-27-Q1/b.txt", "minutes, corrected")
    (found,) = new_evidence(looked_at(folder, workplace)[0], known)
    assert found.reference == f"1.1A/2026-27-Q1/{moved.name}"


# --- what is no plain file ---------------------------------------------------------------------------------------------


def test_a_link_counts_as_long_as_it_stays_inside(folder: Path, tmp_path: Path, workplace: Workplace) -> None:
    inside, outside = file(folder, "1.1A/2026-27-Q1/a.txt"), file(tmp_path, "elsewhere/secret.txt")
    there = folder / "1.1B" / "2026-27-Q1"
    there.mkdir(parents=True)
    (there / "a.txt").symlink_to(inside)
    (there / "out.txt").symlink_to(outside)
    (there / "out").symlink_to(outside.parent)
    (there / "round").symlink_to(folder)
    (there / "nowhere.txt").symlink_to(there / "gone.txt")
    evidence, told = looked_at(folder, workplace)
    assert [one.reference for one in evidence] == ["1.1A/2026-27-Q1/a.txt", "1.1B/2026-27-Q1/a.txt"]
    assert evidence[0].sha256 == evidence[1].sha256
    assert told == (
        "evidence/1.1B/2026-27-Q1/nowhere.txt: it is no file; take it away",
        "evidence/1.1B/2026-27-Q1/out: it leads out of the folder of evidence; put the file itself there",
        "evidence/1.1B/2026-27-Q1/out.txt: it leads out of the folder of evidence; put the file itself there",
        "evidence/1.1B/2026-27-Q1/round: it leads to another folder; put the files themselves here",
    )


def test_the_folder_of_evidence_may_itself_be_a_link(folder: Path, tmp_path: Path, workplace: Workplace) -> None:
    file(folder, "1.1A/2026-27-Q1/a.txt")
    (tmp_path / "share").symlink_to(folder)
    (folder / "1.1A" / "2026-27-Q1" / "b.txt").symlink_to("a.txt")
    evidence, told = looked_at(tmp_path / "share", workplace)
    assert ([one.reference for one in evidence], told) == (["1.1A/2026-27-Q1/a.txt", "1.1A/2026-27-Q1/b.txt"], ())


def test_what_never_ends_is_not_read(folder: Path, workplace: Workplace) -> None:
    there = folder / "1.1A" / "2026-27-Q1"
    there.mkdir(parents=True)
    os.mkfifo(there / "pipe")
    assert problems(folder, workplace) == ["1.1A/2026-27-Q1/pipe: it is no file; take it away"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path, workplace: Workplace) -> None:
    assert looked_at(file(tmp_path, "evidence"), workplace) == (
        (),
        ("evidence: it cannot be looked into (not a directory); make it a folder that plankeeper may read",),
    )


@pytest.mark.parametrize(
    ("meanwhile", "said"),
    [
        pytest.param(
            lambda path: file(path.parent, path.name, "minutes and more"),
            "the file was changed while it was read; it is read again the next time",
            id="written-to",
        ),
        pytest.param(
            lambda _path: (_ for _ in ()).throw(PermissionError(13, "Permission denied")),
            "the file cannot be read (permission denied); let plankeeper read it",
            id="locked",
        ),
    ],
)
def test_a_file_that_somebody_works_on_counts_the_next_time(
    meanwhile: Any, said: str, folder: Path, workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(folder, "1.1A/2026-27-Q1/a.txt")

    def disturbed(opened: BufferedReader, kind: str) -> Any:
        meanwhile(path)
        return file_digest(opened, kind)

    with monkeypatch.context() as disturbing:
        disturbing.setattr("tasks.filed.file_digest", disturbed)
        assert problems(folder, workplace) == [f"1.1A/2026-27-Q1/a.txt: {said}"]
    assert len(looked_at(folder, workplace)[0]) == 1


# --- addresses ---------------------------------------------------------------------------------------------------------


def listing(folder: Path, *rows: str, head: str = HEAD) -> None:
    """Write the list of addresses."""
    (folder / "addresses.csv").write_text(head + "".join(f"{row}\n" for row in rows))


def test_a_row_is_evidence_by_who_is_named_or_by_the_office_that_answers(folder: Path, workplace: Workplace) -> None:
    listing(
        folder,
        f"1.1-pm1,2026-27-Q1,{MINUTES},2026-10-09,,Signed.",
        f"4.3-capacity-plan,2024-25,{MINUTES}?id=4,2026-10-22,Office of the Superintendent,",
    )
    row = partial(Evidence, item="1.1-pm1", period=Q1, reference=MINUTES, by=OFFICE, known_on=DAY)
    assert looked_at(folder, workplace) == (
        (
            row(dated_on=date(2026, 10, 9), note="Signed."),
            row(
                item="4.3-capacity-plan",
                period=SchoolYear(2024),
                reference=f"{MINUTES}?id=4",
                dated_on=DAY,
                by="Office of the Superintendent",
                note="",
            ),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"9.9,2026-27-Q1,{MINUTES},2026-10-09,,", 'item: "9.9" is not an item of the plan; plankeeper status lists them'),
        (
            f"1.1A,soon,{MINUTES},2026-10-09,,",
            'period: "soon" is neither a quarter nor a school year; write it as in 2026-27-Q1 or 2026-27',
        ),
        (
            f"4.3-capacity-plan,2026-27,{MINUTES},2026-10-09,,",
            "period: 4.3-capacity-plan owes nothing for 2026-27; choose of what it owes: 2024-25",
        ),
        (
            f"1.1A,2026-27-Q1,{MINUTES},9.10.2026,,",
            'dated_on: "9.10.2026" is not a day; write year-month-day, as in 2026-01-15',
        ),
        (f"1.1A,2026-27-Q1,{MINUTES},2026-10-23,,", "dated_on: 2026-10-23 is not here yet; what is dated later is listed then"),
        (f"1.1A,2026-27-Q1,{MINUTES},2026-10-09,a\x07b,", "by: it holds a control character; write it as plain text"),
        (f"1.1A,2026-27-Q1,{MINUTES},2026-10-09,,a\x07b", "note: it holds a control character; write it as plain text"),
        (
            f"1.1A,2026-27-Q1,{MINUTES}",
            "3 columns stand here, and 6 are needed: item, period, address, dated_on, by, note",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_no_address_counts(
    row: str, said: str, folder: Path, workplace: Workplace
) -> None:
    listing(folder, f"1.1A,2026-27-Q1,{MINUTES},2026-10-09,,", row)
    assert problems(folder, workplace) == [f"addresses.csv:3: {said}"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "minutes.pdf",
        "example.org/minutes",
        "ftp://example.org/minutes",
        "javascript:alert(1)",
        "https://",
        "https:///minutes",
        "https://example.org:0/minutes",
        "https://example.org:port/minutes",
        "https://[1::2/minutes",
        "https://example.org/the minutes",
        "https://example.org/\x07",
    ],
)
def test_what_cannot_be_asked_is_no_address(address: str, folder: Path, workplace: Workplace) -> None:
    listing(folder, f"1.1A,2026-27-Q1,{address},2026-10-09,,")
    said = "address: it is not an address; write it in full, as in https://example.org/minutes.pdf"
    assert problems(folder, workplace) == [f"addresses.csv:2: {said}"]


@pytest.mark.parametrize("secret", ["chief:s3cret@", "s3cret@"])
def test_an_address_with_a_password_is_refused_and_not_repeated(secret: str, folder: Path, workplace: Workplace) -> None:
    listing(folder, f"1.1A,2026-27-Q1,https://{secret}example.org/minutes,2026-10-09,,")
    said = "address: it holds a user or a password; write the address without them"
    assert problems(folder, workplace) == [f"addresses.csv:2: {said}"]


def test_each_column_of_a_row_is_named(folder: Path, workplace: Workplace) -> None:
    listing(folder, "9.9,soon,there,then,,")
    assert [said.split(": ")[1] for said in problems(folder, workplace)] == ["item", "period", "address", "dated_on"]


def test_the_first_line_has_to_name_the_columns(folder: Path, workplace: Workplace) -> None:
    listing(folder, head="item,period,address\n")
    said = 'addresses.csv:1: the first line has to be "item,period,address,dated_on,by,note", with commas'
    assert problems(folder, workplace) == [said]


def test_files_count_although_the_list_cannot_be_used(folder: Path, workplace: Workplace) -> None:
    file(folder, "1.1A/2026-27-Q1/a.txt")
    listing(folder, "9.9,2026-27-Q1,https://example.org/a,2026-10-09,,")
    evidence, told = looked_at(folder, workplace)
    assert ([one.reference for one in evidence], len(told)) == (["1.1A/2026-27-Q1/a.txt"], 1)


def test_a_list_that_lies_elsewhere_is_not_read(folder: Path, tmp_path: Path, workplace: Workplace) -> None:
    listing(tmp_path, f"1.1A,2026-27-Q1,{MINUTES},2026-10-09,,")
    (folder / "addresses.csv").symlink_to(tmp_path / "addresses.csv")
    assert problems(folder, workplace) == ["addresses.csv: it leads out of the folder of evidence; put the file itself there"]
