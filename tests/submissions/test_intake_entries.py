"""Which students are in a SUBMISSIONS folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.submissions.intake import (
    Entry,
    SubmissionsError,
    find_entries,
    read_submission,
)


def test_one_entry_per_student_in_order_of_names(tmp_path: Path) -> None:
    """A folder, a zip, a .py and a .ipynb are entries, named without their suffix."""
    (tmp_path / "student_02").mkdir()
    for name in ("student_03.zip", "Student_01.py", "student_04.ipynb"):
        (tmp_path / name).write_text("")

    found = find_entries(tmp_path)

    names = ["Student_01", "student_02", "student_03", "student_04"]
    assert [entry.student for entry in found] == names
    assert found[1] == Entry("student_02", tmp_path / "student_02", "student_02")
    assert found[2].origin == "student_03.zip"


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "student_01.expected.json",
        ".DS_Store",
        ".hidden.py",
        "._student_01.py",
        "Thumbs.db",
        "desktop.ini",
        "grades.csv",
    ],
)
def test_other_files_are_ignored(tmp_path: Path, name: str) -> None:
    """What is no submission is passed over without an error."""
    (tmp_path / name).write_text("")
    (tmp_path / "student_01.py").write_text("")

    assert [entry.student for entry in find_entries(tmp_path)] == ["student_01"]


@pytest.mark.parametrize("name", ["__MACOSX", ".git", "__pycache__"])
def test_folders_of_programs_are_ignored(tmp_path: Path, name: str) -> None:
    """A folder that a program made for itself is no student."""
    (tmp_path / name).mkdir()
    (tmp_path / "student_01").mkdir()

    assert [entry.student for entry in find_entries(tmp_path)] == ["student_01"]


def test_suffixes_in_capitals_and_py_txt_count(tmp_path: Path) -> None:
    """student_01.PY and student_02.py.txt are submissions."""
    (tmp_path / "student_01.PY").write_text("")
    (tmp_path / "student_02.py.txt").write_text("")

    found = [entry.student for entry in find_entries(tmp_path)]

    assert found == ["student_01", "student_02"]


def test_no_such_folder(tmp_path: Path) -> None:
    """The message names the folder and says what belongs there."""
    with pytest.raises(
        SubmissionsError, match=r"nowhere: there is no such folder\. It"
    ):
        find_entries(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A file in place of the folder has its own message."""
    file = tmp_path / "student_01.zip"
    file.write_text("")

    with pytest.raises(SubmissionsError, match="Name the folder"):
        find_entries(file)


def test_nothing_to_grade(tmp_path: Path) -> None:
    """A folder with no submission in it is an error."""
    (tmp_path / "README.md").write_text("")

    with pytest.raises(SubmissionsError, match="nothing to grade"):
        find_entries(tmp_path)


def test_two_entries_of_one_student(tmp_path: Path) -> None:
    """Both are named, and case makes no difference between students."""
    (tmp_path / "Student_01.zip").write_text("")
    (tmp_path / "student_01").mkdir()

    with pytest.raises(SubmissionsError, match=r"Student_01\.zip and student_01 are"):
        find_entries(tmp_path)


def test_an_accent_written_in_two_ways_is_one_student(tmp_path: Path) -> None:
    """Composed and decomposed letters, as macOS writes them, are the same name."""
    (tmp_path / "student_\u00e9.py").write_text("")
    (tmp_path / "student_e\u0301.zip").write_text("")

    with pytest.raises(SubmissionsError, match="both from"):
        find_entries(tmp_path)


@pytest.mark.parametrize("target", ["../outside", "../nothing"])
def test_a_link_out_of_the_folder(tmp_path: Path, target: str) -> None:
    """A link to elsewhere or to nothing is refused."""
    (tmp_path / "outside").mkdir()
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "student_01").symlink_to(target)

    with pytest.raises(SubmissionsError, match="student_01: is a link to"):
        find_entries(folder)


def test_a_pipe_is_ignored(tmp_path: Path) -> None:
    """A pipe named like a submission is none, and is not opened."""
    os.mkfifo(tmp_path / "student_01.py")
    (tmp_path / "student_02.py").write_text("")

    assert [entry.student for entry in find_entries(tmp_path)] == ["student_02"]


def test_a_name_that_no_report_can_hold(tmp_path: Path) -> None:
    """A name with a line break is refused, since reports are named after students."""
    (tmp_path / "student\n01.py").write_text("")

    with pytest.raises(SubmissionsError, match="Rename it"):
        find_entries(tmp_path)


def test_the_folder_of_one_student(tmp_path: Path) -> None:
    """With the exercises known, a student's own folder is told from a class's."""
    (tmp_path / "convolution.py").write_text("")

    assert find_entries(tmp_path)
    with pytest.raises(SubmissionsError, match="Name the folder above it"):
        find_entries(tmp_path, ["convolution"])


def test_the_folder_above_the_class(tmp_path: Path) -> None:
    """A class that would be graded as one student is refused, with its name."""
    for number in (1, 2, 3):
        student = tmp_path / "cnn" / f"student_0{number}"
        student.mkdir(parents=True)
        (student / "convolution.py").write_text(f"C = {number}\n")
    exercises = ["convolution", "pooling"]

    assert len(find_entries(tmp_path / "cnn", exercises)) == 3
    with pytest.raises(SubmissionsError, match=r"Name the folder below: .*cnn\."):
        find_entries(tmp_path, exercises)


def test_one_students_folders_are_no_class(tmp_path: Path) -> None:
    """An exercise in each folder, or copies of one, are a student's own order."""
    for folder, name in (("a", "convolution"), ("b", "convolution"), ("c", "pooling")):
        (tmp_path / "student_01" / folder).mkdir(parents=True)
        (tmp_path / "student_01" / folder / f"{name}.py").write_text("X = 1\n")

    assert len(find_entries(tmp_path, ["convolution", "pooling"])) == 1


def test_one_unclear_student_does_not_stop_a_class(tmp_path: Path) -> None:
    """It gets a verdict that says so, as the others get theirs."""
    for folder in ("old", "new"):
        (tmp_path / "student_01" / folder).mkdir(parents=True)
        (tmp_path / "student_01" / folder / "convolution.py").write_text(folder)
    (tmp_path / "student_02").mkdir()

    first, _ = find_entries(tmp_path, ["convolution"])

    (note,) = read_submission(first, ["convolution"]).notes
    assert note.kind == "ambiguous"
    assert "handed in 2 times" in note.text


@pytest.mark.parametrize("name", ["student_01.rar", "student_01.tar.xz"])
def test_a_foreign_archive_is_an_entry_with_a_problem(
    tmp_path: Path, name: str
) -> None:
    """Work in an archive that cannot be read is not passed over in silence."""
    (tmp_path / name).write_bytes(b"Rar!")

    (entry,) = find_entries(tmp_path)
    submission = read_submission(entry, ["convolution"])

    assert entry.student == "student_01"
    assert submission.refused is not None
    assert "Hand in a .zip" in submission.problems["convolution"].text
    assert [note.kind for note in submission.notes] == ["not_read"]
