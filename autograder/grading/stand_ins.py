"""Right modules in place of a student's faulty ones, so that a fault is paid once.

Where ``layers`` imports ``heads``, and the student's ``heads`` fails checks of its own,
the checks of ``layers`` that fail are run again with a stand-in for ``heads``, and that
result counts. A stand-in is made of public names of torch, so it is no secret in the
sandbox: ``solutions/NAME/stand_ins/heads.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from autograder.course.assignment import Assignment
from autograder.course.errors import CourseError
from autograder.course.tables import listed, nearest
from autograder.sources.cells import parts

FOLDER = "stand_ins"


def stand_ins_of(assignment: Assignment) -> dict[str, str]:
    """The sources of an assignment's stand-ins, by exercise.

    Raises:
        CourseError: one is named as no exercise is.
    """
    files = sorted((assignment.folder / FOLDER).glob("*.py"))
    for file in files:
        if file.stem not in assignment.exercises:
            raise CourseError(
                f"{file}: stands in for {file.stem!r}, and there is no such exercise"
                f"{nearest(file.stem, assignment.exercises)} Exercises: "
                f"{listed(assignment.exercises)}."
            )
    return {file.stem: file.read_text(encoding="utf-8") for file in files}


def replacements(
    exercise: str,
    files: Mapping[str, str],
    faulty: Collection[str],
    stand_ins: Mapping[str, str],
) -> dict[str, str]:
    """What to put in place of the faulty modules that an exercise file imports.

    Usage::

        replacements("layers", files, {"heads"}, {"heads": "..."})  # {"heads": "..."}

    Args:
        exercise: the exercise, by the name of its module.
        files: the submission's modules, by name.
        faulty: exercises whose own checks do not all pass.
        stand_ins: those that there are.
    """
    found: dict[str, str] = {}
    known = files.keys() | stand_ins.keys()  # a file that is not there is replaced, too
    seen = {exercise}
    waiting = [exercise]
    while waiting:
        for name in imported(files.get(waiting.pop(), "")) & known - seen:
            seen.add(name)
            if name in faulty and name in stand_ins:
                found[name] = stand_ins[name]
            else:
                waiting.append(name)
    return dict(sorted(found.items()))


def imported(source: str) -> set[str]:
    """The names of the modules that a source imports anywhere; nothing is run."""
    trees = [part.tree for part in parts(source, "<source>") if part.tree is not None]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found
