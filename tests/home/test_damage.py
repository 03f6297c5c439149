"""Files of ours that got damaged or lost cost what depends on them, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home.folder import load_folder
from tests.home.conftest import check

Capture = pytest.CaptureFixture[str]


def damage(file: Path, content: bytes | None) -> None:
    file.unlink()
    if content is not None:
        file.write_bytes(content)


@pytest.mark.parametrize("content", [None, b"def", b"\xff\xfe", b"import nothing_x"])
def test_checks_that_cannot_be_read(
    worksheet_folder: Path, capsys: Capture, content: bytes | None
) -> None:
    """One exercise's lost checks leave the others checked; the remedy is named."""
    damage(worksheet_folder / "test_scaling.py", content)

    assert check(worksheet_folder, "moving") == 0
    assert "5 of 5 points" in capsys.readouterr().out

    assert check(worksheet_folder, None, "scale") == 1
    report = " ".join(capsys.readouterr().out.split())
    assert "3 of 3 points" in report
    assert "scaling was not checked" in report
    assert "unpack this file again from the zip" in report

    with pytest.raises(CourseError, match="unpack this file again from the zip"):
        check(worksheet_folder, "scaling")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'{"mistakes": {"scaling::test_scales": [{"name": 1}]}}',
    ],
)
def test_lookalikes_that_cannot_be_read(
    worksheet_folder: Path, capsys: Capture, content: bytes
) -> None:
    """They cost the names of mistakes; a note says so, and points stay."""
    damage(worksheet_folder / "lookalikes.json", content)

    assert check(worksheet_folder, "scaling") == 0
    report = capsys.readouterr().out
    assert "5 of 5 points" in report
    assert "lookalikes.json is damaged" in report


def test_check_files_are_not_watched(worksheet_folder: Path) -> None:
    """What is watched are the files that a student edits."""
    home = load_folder(find_assignment(worksheet_folder))

    assert [file.name for file in home.sources] == [
        *("moving.py", "scaling.py", "worksheet.toml")
    ]
