"""Which assignment a notebook belongs to: the folder beside it, or one in the package.

A wheel that is handed out may hold students' folders, one for each assignment, in
``autograder/handed_out/``. Then a notebook needs nothing but the wheel.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import autograder
from autograder.course.assignment import (
    ASSIGNMENT_FILE,
    Assignment,
    find_assignment,
    load_student_assignment,
)
from autograder.errors import CourseError
from autograder.tables import listed, nearest

HANDED_OUT = Path(autograder.__file__ or "").parent / "handed_out"

Has = Callable[[Assignment], bool]


def assignment_for(folder: str | None, here: Path, has: Has | None) -> Assignment:
    """The assignment that is meant.

    Args:
        folder: a path, or the name of an assignment in the package; None: look for it.
        here: where the notebook lies; ``folder`` may be relative to it.
        has: whether an assignment has what is asked for; None: everything is.

    Raises:
        CourseError: there is none, or more than one.
    """
    inside = assignments_in_package()
    if folder is not None:
        place = here / Path(folder).expanduser()
        if place.exists():
            return _at(place)
        if folder in inside:
            return load_student_assignment(inside[folder])
        known = f" The package has {listed(inside)}." if inside else ""
        raise CourseError(
            f"folder={folder!r}: there is no such folder{nearest(folder, inside)}"
            f"{known} Name the folder that holds {ASSIGNMENT_FILE}."
        )
    if any((one / ASSIGNMENT_FILE).is_file() for one in (here, *here.parents)):
        return find_assignment(here)
    found = [load_student_assignment(place) for place in inside.values()]
    if len(found) > 1 and has is not None:
        found = [one for one in found if has(one)] or found
    if len(found) == 1:
        return found[0]
    if not found:
        raise CourseError(
            f"{here}: there is no assignment in this folder or in one above it. Put "
            "the notebook into the assignment's folder, or name that folder with "
            "folder=. Where only a .whl file came with the notebook, run %pip install "
            "with its name in a cell, and restart the kernel."
        )
    first = found[0].name
    raise CourseError(
        f"there is more than one assignment here: {listed(a.name for a in found)}. "
        f'Say which one is meant: check(folder="{first}").'
    )


def is_in_package(assignment: Assignment) -> bool:
    """Whether its folder is a part of what is installed, and so not the student's."""
    return assignment.folder.parent == HANDED_OUT


def assignments_in_package() -> dict[str, Path]:
    """The folders of the assignments that were installed with the package, by name."""
    if not HANDED_OUT.is_dir():
        return {}
    folders = sorted(HANDED_OUT.iterdir())
    return {one.name: one for one in folders if (one / ASSIGNMENT_FILE).is_file()}


def _at(place: Path) -> Assignment:
    try:
        return find_assignment(place if place.is_dir() else place.parent)
    except CourseError as error:
        raise CourseError(str(error).replace("with --in", "with folder=...")) from None
