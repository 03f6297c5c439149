"""Names as platforms, systems and people make them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from autograder.sources.cells import notebook_text
from autograder.submissions.filenames import meant_among, meant_name
from autograder.submissions.intake import (
    Entry,
    Submission,
    SubmissionsError,
    find_entries,
    read_submission,
)
from autograder.submissions.students import owner_of
from autograder.verdict import Person

STUB = "def conv2d(x):\n    raise NotImplementedError\n"
WORK = "def conv2d(x):\n    return x\n"


def read(tmp_path: Path, files: dict[str, str]) -> Submission:
    """Read a folder of these files as student_01's."""
    folder = tmp_path / "student_01"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return read_submission(Entry("student_01", folder), ["convolution"])


@pytest.mark.parametrize(
    "name",
    [
        "Copy of convolution.py",
        "Copy of Copy of convolution.py",
        "Copy of convolution (1).py",
        "Copy_of_convolution.py",
        "Kopie von convolution.py",
        "convolution - Kopie.py",
        "convolution - Kopie (2).py",
        "convolution - Copy.py",
        "convolution copy.py",
        "convolution copy 2.py",
        "convolution_copy.py",
        "convolution (1).py",
        "convolution-1.py",
        "convolution_final.py",
        "convolution_final_v2.py",
        "convolution_v2.py",
        "Convolution-Final (3).py.txt",
        "convolution.py.py",
    ],
)
def test_a_wrapped_name(tmp_path: Path, name: str) -> None:
    """It is what stands within, whatever was put around it."""
    assert meant_name(name) == "convolution.py"
    assert read(tmp_path, {name: WORK}).files == {"convolution": WORK}


@pytest.mark.parametrize(
    "name",
    ["convolution2.py", "convolution_1.py", "convolution_old.py", "copy.py", "(1).py"],
)
def test_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    """What could be another file is not taken for one that is expected."""
    assert meant_name(name) == name
    files = {name: WORK, "helpers.py": "H = 1\n"}
    assert "convolution" not in read(tmp_path, files).files


def test_an_expected_name_is_never_shortened() -> None:
    """An exercise may be called as others call their second version."""
    known = {"lab.py", "lab-2.py", "rnn_final.py"}

    assert meant_among("lab-2.py", known) == "lab-2.py"
    assert meant_among("lab-2 (1).py", known) == "lab-2.py"
    assert meant_among("lab-3.py", known) == "lab.py"
    assert meant_among("rnn_final_v2.py", known) == "rnn_final.py"
    assert meant_among("rnn.py", known) is None


@pytest.mark.parametrize(
    "files",
    [
        {"Copy of convolution.py": WORK, "convolution (1).py": f"{WORK}A = 1\n"},
        {"a/convolution.py": WORK, "b/convolution.py": f"{WORK}A = 1\n"},
        {
            "convolution.py": f"A = 1\n{STUB}def f(): return 1\n",
            "convolution-1.py": WORK,
        },
        {
            "convolution.py": STUB,
            "convolution-1.py": WORK,
            "convolution-2.py": f"{WORK}A = 1\n",
        },
    ],
)
def test_nobody_chooses_between_two_versions(
    tmp_path: Path, files: dict[str, str]
) -> None:
    """All are named, and the student says which counts."""
    submission = read(tmp_path, files)

    problem = submission.problems["convolution"]
    assert problem.kind == "ambiguous"
    assert problem.is_unread
    assert all(name in problem.text for name in files)
    assert [note.kind for note in submission.notes] == ["ambiguous"]


def test_equal_copies_are_one(tmp_path: Path) -> None:
    """Blank lines at the ends make no other version."""
    files = {"Copy of convolution.py": WORK, "convolution - Kopie.py": f"\n{WORK}\n"}

    assert "convolution" in read(tmp_path, files).files


def test_the_plain_name_counts(tmp_path: Path) -> None:
    """It is the one that is imported and checked at home; the other is told of."""
    submission = read(
        tmp_path, {"convolution.py": WORK, "convolution - Copy.py": "A = 1\n"}
    )

    assert submission.files["convolution"] == WORK
    assert "convolution - Copy.py was left aside" in submission.notes[0].text


def test_a_file_as_it_was_handed_out_does_not_count(tmp_path: Path) -> None:
    """Where another version has all of it written, that one is the work."""
    submission = read(
        tmp_path, {"convolution.py": STUB, "Copy of convolution.py": WORK}
    )

    assert submission.files["convolution"] == WORK
    assert "has functions that are not written there" in submission.notes[0].text


@pytest.mark.parametrize(
    ("own", "cell", "expected"),
    [
        (STUB, WORK, "notebook"),
        (STUB, "def other(x): return x", STUB),
        (WORK, STUB, WORK),
        (WORK, WORK, WORK),
        (f"{STUB}def pad(x): return x\n", f"{WORK}def pad(x): return x\n", "notebook"),
        (f"{STUB}def pad(x): return x\n", f"{WORK}def pad(x): return 3\n", None),
        (f"{STUB}def pad(x): return x\n", WORK, None),
    ],
)
def test_a_file_of_its_own_beside_a_notebook(
    tmp_path: Path, own: str, cell: str, expected: str | None
) -> None:
    """The file counts, unless it is as it was handed out; else the student says."""
    notebook = json.dumps({"cells": [{"cell_type": "code", "source": cell}]})

    submission = read(tmp_path, {"convolution.py": own, "work.ipynb": notebook})

    found = submission.files.get("convolution")
    if expected == "notebook":
        assert found == notebook_text([cell.rstrip()])
    else:
        assert found == expected
    assert (expected is None) == ("convolution" in submission.problems)


@pytest.mark.parametrize(
    ("name", "student", "number", "file"),
    [
        ("Anna Lind_482913_assignsubmission_file_", "Anna Lind", "482913", ""),
        ("Anna Lind_482913_assignsubmission_file", "Anna Lind", "482913", ""),
        ("A_B_4_assignsubmission_file_cnn.zip", "A_B", "4", "cnn.zip"),
        ("lindanna_10234_99887_cnn-2.zip", "lindanna", "10234", "cnn-2.zip"),
        ("lindanna_LATE_10234_99887_cnn.py", "lindanna", "10234", "cnn.py"),
        ("lindanna_10234_99887_my_cnn_1.py", "lindanna", "10234", "my_cnn_1.py"),
    ],
)
def test_names_of_platforms(name: str, student: str, number: str, file: str) -> None:
    """Whose it is, by which number, and what the student called it."""
    owner = owner_of(name)

    assert owner is not None
    assert (owner.student, owner.id, owner.file) == (student, number, file)
    assert name.startswith(owner.origin)
    assert owner.origin.rstrip("_") != student


@pytest.mark.parametrize("name", ["student_01", "anna_2024", "submission_221345678"])
def test_names_of_nobodys_making(name: str) -> None:
    """A folder that somebody named is left as it is."""
    assert owner_of(name) is None


def test_a_flat_download_is_one_student_each(tmp_path: Path) -> None:
    """Many files of a student are one entry, under the names that they had."""
    for name in ("convolution.py", "pooling-1.py", "worksheet.toml", "notes.pdf"):
        (tmp_path / f"lindanna_LATE_10234_99{len(name)}_{name}").write_text(name)
    (tmp_path / "bergolaf_10299_99111_convolution.py").write_text("B = 1\n")

    first, second = find_entries(tmp_path, ["convolution", "pooling"])
    submission = read_submission(second, ["convolution", "pooling"], True)

    assert (first.student, second.student) == ("bergolaf", "lindanna")
    assert second.origin.startswith("lindanna_LATE_10234")
    assert submission.files == {
        "convolution": "convolution.py",
        "pooling": "pooling-1.py",
    }
    assert submission.worksheet == "worksheet.toml"


def test_two_students_of_one_name(tmp_path: Path) -> None:
    """The platform's numbers tell them apart."""
    for number in ("482913", "482914"):
        (tmp_path / f"Anna Lind_{number}_assignsubmission_file_").mkdir()

    names = [entry.student for entry in find_entries(tmp_path)]

    assert names == ["Anna Lind_482913", "Anna Lind_482914"]


def test_a_file_and_a_text_typed_in(tmp_path: Path) -> None:
    """Moodle gives two folders for one student then."""
    for kind in ("file", "onlinetext"):
        (tmp_path / f"Anna Lind_4_assignsubmission_{kind}_").mkdir()
    folder = tmp_path / "Anna Lind_4_assignsubmission_file_"
    (folder / "convolution.py").write_text(WORK)

    (entry,) = find_entries(tmp_path)

    assert read_submission(entry, ["convolution"]).files == {"convolution": WORK}


def test_two_entries_that_nobody_numbered(tmp_path: Path) -> None:
    """A folder and a zip of one name are refused, as ever."""
    (tmp_path / "anna").mkdir()
    (tmp_path / "anna.zip").write_text("")

    with pytest.raises(SubmissionsError, match="both from anna"):
        find_entries(tmp_path)


def flat(tmp_path: Path, *names: str) -> None:
    """Files of student_01 as Canvas names them, one upload after the other."""
    for number, name in enumerate(names):
        path = tmp_path / f"student01_10234_{99000 + number}_{name}"
        path.write_text(f"N = {number}\n")


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["convolution.py", "convolution-1.py", "convolution-2.py"], 2),
        (["convolution-2.py", "convolution-1.py"], 0),
        (["convolution.py", "convolution.py"], 1),
    ],
)
def test_the_latest_version_of_a_file(tmp_path: Path, names, taken) -> None:
    """Canvas numbers what is handed in again; the last counts, and is named."""
    flat(tmp_path, *names)

    (entry,) = find_entries(tmp_path, ["convolution"])
    submission = read_submission(entry, ["convolution"])

    assert submission.files == {"convolution": f"N = {taken}\n"}
    told = f"{names[taken]} is the latest of {len(names)} versions"
    assert told in submission.notes[0].text


@pytest.mark.parametrize(
    "names",
    [
        ["lab-1.py", "lab-2.py"],
        ["data.csv", "data-1.csv"],
        ["part-1.zip", "part-2.zip"],
        ["notes-1.py", "notes-2.py"],
    ],
)
def test_names_that_end_in_a_number(tmp_path: Path, names: list[str]) -> None:
    """They are no versions of each other where nothing says so."""
    flat(tmp_path, *names)

    (entry,) = find_entries(tmp_path, ["lab-1", "lab-2"])

    assert [name for name, _ in entry.files] == names
    assert entry.notes == ()


def test_two_zips_of_one_assignment(tmp_path: Path) -> None:
    """The later one is opened; that it is late is said."""
    for number, name in enumerate(("cnn-1.zip", "cnn-2.zip")):
        mark = "_LATE" if number else ""
        file = tmp_path / f"student01{mark}_10234_9900{number}_{name}"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("convolution.py", f"N = {number}\n")

    (entry,) = find_entries(tmp_path, ["convolution"], "cnn")

    submission = read_submission(entry, ["convolution"])
    assert submission.files == {"convolution": "N = 1\n"}
    assert entry.notes[1] == "Canvas marks this submission as late."
    assert entry.people == (Person("student01", "canvas", "10234"),)


def test_clones_of_repositories(tmp_path: Path) -> None:
    """The assignment's name before a student's is no part of it; .git is not read."""
    for name in ("cnn-student_01", "CNN-student_02", "student_03", "cnn-"):
        (tmp_path / name / ".git").mkdir(parents=True)
        (tmp_path / name / ".git" / "convolution.py").write_text("A = 1\n")
        (tmp_path / name / "convolution.py").write_text(WORK)
    (tmp_path / "cnn-student_04").mkdir()

    entries = find_entries(tmp_path, ["convolution"], "cnn")

    names = ["cnn-", "cnn-student_04", "student_01", "student_02", "student_03"]
    assert [entry.student for entry in entries] == names
    assert entries[2].origin == "cnn-student_01"
    for entry in entries[2:]:
        assert read_submission(entry, ["convolution"]).files == {"convolution": WORK}
