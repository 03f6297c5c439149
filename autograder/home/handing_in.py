"""What is checked at home, read as grading does: files of the folder, or a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.assignment import ASSIGNMENT_FILE, Assignment
from autograder.errors import CourseError
from autograder.sources.decoding import SourceError, source_text, stray_bytes
from autograder.sources.scripts import runnable
from autograder.submissions.entries import Entry
from autograder.submissions.handed_in import Problem
from autograder.submissions.intake import read_submission
from autograder.verdict import Note

NOTEBOOK = ".ipynb"
INTAKE = "intake"  # the kind of notes on how files are read


@dataclass(frozen=True)
class Work:
    """Sources by module name, as they would be graded."""

    texts: dict[str, str] = field(default_factory=dict)
    problems: Mapping[str, Problem] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    worksheet: str | None = None  # of a notebook that writes it


@dataclass(frozen=True)
class HomeNotebook:
    """A notebook that is checked in place of the exercise files."""

    file: Path  # what is read
    folder: Path  # data files of the code lie here
    is_running: bool = False  # the file is made of the cells that ran in a kernel


def only_notebook(given: Sequence[str]) -> str | None:
    """The notebook among the arguments of ``check``, which is then the only one.

    Raises:
        CourseError: others stand beside it.
    """
    named = [text for text in given if text.lower().endswith(NOTEBOOK)]
    if named and len(given) > 1:
        raise CourseError(
            f"{named[0]} is checked in place of the exercise files, so it stands "
            "alone. Choose checks of it with --only."
        )
    return named[0] if named else None


def notebook_named(argument: str | None, folder: Path) -> Path | None:
    """The notebook that an argument of ``check`` names, or None where it names none.

    Raises:
        CourseError: there is no such notebook.
    """
    if argument is None or not argument.lower().endswith(NOTEBOOK):
        return None
    for path in (Path(argument), folder / argument):
        if path.is_file():
            return path.resolve()
    raise CourseError(f"{argument}: there is no such notebook. Mend its path.")


def folder_for(notebook: Path, folder: Path) -> Path:
    """Where the assignment of a notebook is looked for."""
    here = folder.resolve()
    if any((one / ASSIGNMENT_FILE).is_file() for one in (here, *here.parents)):
        return folder
    return notebook.parent


def read_notebook(notebook: HomeNotebook, assignment: Assignment) -> Work:
    """The exercises that a notebook holds, and why others could not be read."""
    entry = Entry("you", notebook.file)
    read = read_submission(entry, list(assignment.exercises), assignment.has_worksheet)
    unread = {
        name: problem
        for name, problem in read.problems.items()
        if problem.is_unread and name in assignment.exercises
    }
    notes = read.notes
    if notebook.is_running:  # there is no file to speak of
        notes = [
            note
            for note in notes
            if note.kind != INTAKE or notebook.file.name not in note.text
        ]
    return Work(read.files, unread, notes, read.worksheet)


def read_file(path: Path) -> Work:
    """One file of the folder; its text or problem stands under its name."""
    name = path.stem
    try:
        data = path.read_bytes()
        text = runnable(source_text(data, path.name))
    except SourceError as error:
        return Work(problems={name: Problem("encoding", str(error))})
    except OSError as error:
        said = f"{path.name} cannot be read ({error.strerror}). Make it readable."
        return Work(problems={name: Problem("unreadable", said)})
    notes = []
    if where := stray_bytes(data):
        said = (
            f"{path.name} is not UTF-8 text ({where}). As all of it stands in comments "
            "it is read all the same; save it as UTF-8."
        )
        notes.append(Note(INTAKE, said))
    return Work({name: text}, {}, notes)


def missing_text(file: str) -> str:
    """``shapes.py is not here``, and what to do about it."""
    return (
        f"{file} is not here. Move yours into this folder, or unpack {file} again from "
        "the zip"
    )
