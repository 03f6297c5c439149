"""hints.toml: three steps towards each function, given one at a time.

::

    [convolution]
    conv2d = ["What does one number of the output need?", "Cut it out: ...", "..."]
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

from autograder.course.assignment import Assignment
from autograder.course.source import read_text
from autograder.sources.syntax import definitions
from autograder.tables import Table, listed, nearest, read_table

HINTS = "hints.toml"
STEPS = 3
_LONGEST = 400  # characters of one step: five lines of a terminal

Hints = Mapping[str, Mapping[str, tuple[str, ...]]]  # by exercise, by function


def load_hints(assignment: Assignment) -> Hints:
    """The hints of an assignment, in its order; none where there is no hints.toml.

    Raises:
        CourseError: the file breaks a rule.
    """
    path = assignment.folder / HINTS
    if not path.is_file():
        return {}
    table = read_table(path)
    table.allow(*assignment.exercises)
    return {
        exercise: _of_exercise(table, assignment, exercise)
        for exercise in assignment.exercises
        if exercise in table.values
    }


def _of_exercise(
    table: Table, assignment: Assignment, exercise: str
) -> dict[str, tuple[str, ...]]:
    inner = table.table(exercise)
    module = assignment.module(exercise)
    # A student's module may lack a function, or be unreadable, and has its hints.
    known = list(inner.values) if assignment.is_student_copy else _defined(module)
    found = {}
    for function in inner.values:
        if function not in known:
            rule = f"is not defined in {module.name}{nearest(function, known)}"
            raise inner.fail(function, rule, f"It defines {listed(known)}.")
        steps = inner.texts(function)
        if len(steps) != STEPS or max(map(len, steps)) > _LONGEST:
            rule = f"must be {STEPS} texts of at most {_LONGEST} characters"
            lengths = ", ".join(str(len(step)) for step in steps)
            raise inner.fail(function, rule, f"Their lengths are {lengths}.")
        found[function] = steps
    return found


def _defined(module: Path) -> list[str]:
    body = ast.parse(read_text(module), str(module)).body
    return [node.name for node in definitions(body)]
