"""Files in a student's folder that no check looks at, where that may be a surprise."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path

from autograder.course.assignment import ASSIGNMENT_FILE, Assignment, find_assignment
from autograder.errors import CourseError
from autograder.submissions.filenames import meant_among
from autograder.verdict import Note
from autograder.wording import joined

UNREAD = "unread"  # a note's kind
_NEAR = 0.8  # names that are as alike as `tensor` and `tensors`
_MOST = 3  # files that are named
_IMPORT = re.compile(r"^\s*(?:from|import)\b.*", re.MULTILINE)


def unread_notes(assignment: Assignment, sources: Mapping[str, str]) -> list[Note]:
    """What lies in the folder and looks like work, but is not read.

    Args:
        assignment: the student's folder.
        sources: the modules that are read, by name; what they name is no mistake.
    """
    names = {f"{exercise}.py": exercise for exercise in assignment.exercises}
    used = _imported(sources, assignment.exercises)
    strange = [
        path
        for path in sorted(assignment.folder.iterdir())
        if path.suffix.lower() in (".py", ".ipynb")
        and path.name not in names
        and not path.name.startswith(("test_", "."))
        and path.stem not in used
    ]
    meant = {path.name: near for path in strange if (near := _meant(path, names))}
    texts = [_told(*each) for each in list(meant.items())[:_MOST]]
    rest = {path.name: path.stem for path in strange if path.name not in meant}
    for other in _beside(assignment) if rest else ():
        files = [file for file, stem in rest.items() if stem in other.exercises]
        if files:
            verb, them = ("belongs", "it") if len(files) == 1 else ("belong", "them")
            texts.append(
                f"{joined(files)} {verb} to {other.name}. Move {them} there and run "
                f"`{_command(other)}`."
            )
    return [Note(UNREAD, text) for text in texts]


def _told(name: str, near: str) -> str:
    """What to do about a file that was perhaps meant to be an exercise's."""
    if name.lower().endswith(".ipynb"):
        command = f"autograder check {shlex.quote(name)}"
        return f"{name} is not checked here; `{command}` does that."
    return (
        f"{name} is not checked, only {near} is. If it is your work, give it that name."
    )


def belongs_elsewhere(assignment: Assignment, exercise: str) -> str:
    """To which assignment beside this one an exercise belongs; empty if to none."""
    for other in _beside(assignment):
        if exercise in other.exercises:
            return (
                f" It belongs to {other.name}: `{_command(other, exercise)}` checks it."
            )
    return ""


def _command(other: Assignment, exercise: str = "") -> str:
    named = f" {exercise}" if exercise else ""
    folder = other.folder
    with contextlib.suppress(ValueError):  # on another drive of Windows
        folder = Path(os.path.relpath(folder))
    return f"autograder check{named} --in {shlex.quote(str(folder))}"


def _beside(assignment: Assignment) -> list[Assignment]:
    """The assignments whose folders lie beside this one."""
    found = []
    for file in sorted(assignment.folder.resolve().parent.glob(f"*/{ASSIGNMENT_FILE}")):
        if file.parent != assignment.folder.resolve():
            try:
                found.append(find_assignment(file.parent))
            except CourseError:  # it is none of ours
                continue
    return found


def _meant(path: Path, names: Mapping[str, str]) -> str | None:
    """The exercise's file that this one was perhaps meant to be."""
    name = f"{path.stem}.py"
    found = meant_among(name, {one.lower() for one in names})
    close = get_close_matches(name.lower(), names, n=1, cutoff=_NEAR)
    return found or (close[0] if close else None)


def _imported(sources: Mapping[str, str], exercises: Collection[str]) -> set[str]:
    """The modules of the folder that exercises import, or that these import."""
    found: set[str] = set()
    waiting = [name for name in exercises if name in sources]
    while waiting:
        text = "\n".join(_IMPORT.findall(sources[waiting.pop()]))
        new = {name for name in sources if re.search(rf"\b{re.escape(name)}\b", text)}
        waiting += new - found
        found |= new
    return found
