"""Files that no check looks at: told where they look like work, in one line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home.folder import load_folder
from autograder.home.unread import unread_notes
from tests.small_course import SOLUTION

Make = Callable[[str], Path]


def texts(folder: Path) -> list[str]:
    """The notes on a folder, whose modules are all that lie in it."""
    sources = {path.stem: path.read_text() for path in folder.glob("*.py")}
    return [note.text for note in unread_notes(find_assignment(folder), sources)]


@pytest.mark.parametrize("name", ["scalling.py", "scaling (1).py"])
def test_a_misspelt_exercise_is_told(student_folder: Make, name: str) -> None:
    """With what was perhaps meant, and what to do."""
    folder = student_folder(SOLUTION)
    (folder / name).write_text("x = 1\n")

    assert texts(folder) == [
        f"{name} is not checked, only scaling.py is. If it is your work, give it that "
        "name."
    ]


def test_a_notebook_of_an_exercise_is_told(student_folder: Make) -> None:
    """It is checked by its name."""
    folder = student_folder(SOLUTION)
    (folder / "Scaling 2.ipynb").write_text("x = 1\n")

    assert texts(folder) == [
        "Scaling 2.ipynb is not checked here; `autograder check 'Scaling 2.ipynb'` "
        "does that."
    ]


@pytest.mark.parametrize("name", ["helpers.py", "scaler_notes.txt", "test_scalin.py"])
def test_what_is_nothing_like_an_exercise_is_not_told(
    student_folder: Make, name: str
) -> None:
    """Helpers and notes may lie there."""
    folder = student_folder(SOLUTION)
    (folder / name).write_text("x = 1\n")

    assert texts(folder) == []


def test_what_an_exercise_imports_is_read(student_folder: Make) -> None:
    """Its name may be like that of the exercise, and its importer a helper."""
    folder = student_folder(f"import helpers\n{SOLUTION}")
    (folder / "helpers.py").write_text("from scalings import x\n")
    (folder / "scalings.py").write_text("x = 1\n")

    assert texts(folder) == []


def beside(folder: Path) -> None:
    """Another assignment, whose one exercise is called norms."""
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    file = other / "assignment.toml"
    file.write_text(file.read_text().replace("scaling", "norms"))
    (other / "scaling.py").rename(other / "norms.py")
    (other / "test_scaling.py").rename(other / "test_norms.py")


def test_work_of_another_assignment_is_told(student_folder: Make) -> None:
    """With the command that checks it; by name, too."""
    folder = student_folder(SOLUTION)
    beside(folder)
    (folder / "norms.py").write_text("x = 1\n")

    (text,) = texts(folder)
    assert text.startswith("norms.py belongs to ")
    assert "`autograder check --in " in text
    with pytest.raises(CourseError, match="has no exercise 'norms'. It belongs to "):
        load_folder(find_assignment(folder), ["norms"])
