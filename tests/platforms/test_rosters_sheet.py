"""Files that platforms and spreadsheets wrote, and such as are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.platforms.rosters.rosters import read_roster
from autograder.platforms.rosters.sheet import RosterError, read_sheet
from tests.platforms.roster_samples import CANVAS, GRADESCOPE, MOODLE, WORKSHEET

NAMES = "First Name;Last Name;Email\nX\u00e9;Y;x@school.example\n"


@pytest.mark.parametrize(
    "data",
    [
        NAMES.encode("utf-8"),
        NAMES.encode("utf-8-sig"),
        NAMES.encode("cp1252"),
        NAMES.encode("utf-16"),
        f"sep=;\r\n{NAMES}".encode(),
        NAMES.replace(";", "\t").encode("utf-8"),
        NAMES.replace(";", ",").replace("\n", "\r\n").encode("utf-8"),
    ],
)
def test_what_spreadsheets_make_of_it(tmp_path: Path, data: bytes) -> None:
    """Each encoding, separator and line end is read as the same students."""
    file = tmp_path / "roster.csv"
    file.write_bytes(data)

    (student,) = read_roster(file).students

    assert student.name == "X\u00e9 Y"
    assert student.emails == {"x@school.example"}


def test_rows_of_other_lengths(tmp_path: Path) -> None:
    """They are filled up or cut; rows of nothing are passed over, and counted."""
    file = tmp_path / "roster.csv"
    file.write_text("Name,Email\nA\n,,\nB,b@x,3,4\n")

    rows = read_sheet(file).rows

    assert [(row.line, row.cells) for row in rows] == [
        (2, ("A", "")),
        (4, ("B", "b@x")),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "its first row is empty"),
        (b"\n1,2\n", "its first row is empty"),
        (b"a,b\n" + b"x" * 200_000 + b"\n", "is no CSV (row 2"),
        (b"\x81\x8d", "is not UTF-8 text"),
        (b"a\n" * 50_100, "has over 50000 rows"),
        (b"a,b\n1,2\n", "Its columns are: a, b. Export the gradebook"),
        (GRADESCOPE.splitlines()[0].encode(), "has no student in it"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, data: bytes, told: str) -> None:
    """The file is named, with what is wrong and what to do."""
    file = tmp_path / "roster.csv"
    file.write_bytes(data)

    with pytest.raises(RosterError) as caught:
        read_roster(file)

    assert str(caught.value).startswith(f"{file}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "platform", "told"),
    [
        (CANVAS.replace(",ID,", ",Number,"), "canvas", "no column ID. Its columns are"),
        (GRADESCOPE, "canvas", "Export it in Canvas: Grades, Export"),
        (CANVAS, "moodle", "no column Email address or ID number or Username"),
        (WORKSHEET.replace(",Grade,", ",Nota,"), "moodle", "no column Grade."),
        (MOODLE, "gradescope", "no column Email or SID"),
    ],
)
def test_a_column_that_is_missing(
    tmp_path: Path, text: str, platform: str, told: str
) -> None:
    """It is named, with those that there are, and where to export the file."""
    file = tmp_path / "roster.csv"
    file.write_text(text)

    with pytest.raises(RosterError) as caught:
        read_roster(file, platform)

    assert told in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is named."""
    with pytest.raises(RosterError, match="cannot be read"):
        read_roster(tmp_path / "roster.csv")
