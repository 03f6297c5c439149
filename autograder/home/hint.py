"""``autograder hint``: one step of three at a time, and which comes next."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from autograder.course.assignment import Assignment, find_assignment
from autograder.course.hints import Hints, load_hints
from autograder.errors import CourseError
from autograder.home import memory
from autograder.home.selection import exercise_names, passed_by_function
from autograder.tables import listed, nearest

_WIDTH = 78


def next_hint(folder: Path, name: str, *, again: bool = False) -> str:
    """The next hint for a function, or for one of an exercise that has one left.

    Of an exercise the functions come first that did not pass when they last ran; those
    that passed have no more hints to give.

    Args:
        folder: the assignment's, or one in it.
        name: an exercise, its file, or a function.
        again: forget which hints were given, and begin with the first.

    Raises:
        CourseError: nothing of that name has hints.
    """
    assignment = find_assignment(folder)
    hints = load_hints(assignment)
    exercise, functions = _meant(hints, name, assignment)
    steps = hints[exercise]
    given = _given(assignment.folder)
    if again:
        given = {each: n for each, n in given.items() if each not in functions}
    if len(functions) > 1 and not again:
        passed = passed_by_function(assignment.folder, exercise)
        functions = [each for each in functions if not passed.get(each, False)]
        functions.sort(key=lambda each: each not in passed)
        if not functions:
            return (
                f"Every check of {name} passed when it last ran, so nothing is wrong. "
                f"`autograder hint {name} --again` gives\nits hints all the same.\n"
            )
    left = [each for each in functions if given.get(each, 0) < len(steps[each])]
    if not left:
        every = "All hints" if len(functions) == 1 else "The hints for all functions"
        return (
            f"{every} of {name} were given. `autograder hint {name} --again` begins "
            f"anew; `autograder check {exercise}` says what is still wrong.\n"
        )
    function = left[0]
    number = given.get(function, 0) + 1
    memory.keep(assignment.folder, memory.HINTS, {**given, function: number})
    text = steps[function][number - 1]
    lines = [
        f"{function}, hint {number} of {len(steps[function])}",
        "",
        textwrap.indent(textwrap.fill(" ".join(text.split()), _WIDTH - 2), "  "),
        "",
        *_what_next(steps, function, number, exercise),
    ]
    return "\n".join(lines) + "\n"


def _what_next(
    steps: Mapping[str, tuple[str, ...]], function: str, number: int, exercise: str
) -> list[str]:
    more = number < len(steps[function])
    lines = [f"Try it first: autograder check {exercise}"]
    if more:
        lines.append(f"The next hint: autograder hint {function}")
    others = [each for each in steps if each != function]
    if others:
        told = f"Hints for others: autograder hint {' | '.join(others)}"
        lines += textwrap.wrap(told, _WIDTH, subsequent_indent="  ")
    return lines


def _meant(hints: Hints, name: str, assignment: Assignment) -> tuple[str, list[str]]:
    """The exercise that is meant by name or by function, and which functions."""
    if not hints:
        raise CourseError(
            f"{assignment.folder}: there are no hints in this assignment. The handout "
            "and the docstrings say what is asked for."
        )
    (given,) = exercise_names(name) or ("",)
    for exercise, functions in hints.items():
        if given == exercise:
            return exercise, list(functions)
        if given in functions:
            return exercise, [given]
    known = [*hints, *(each for functions in hints.values() for each in functions)]
    raise CourseError(
        f"there are no hints for {name!r}{nearest(given, known)} There are some for "
        f"{listed(known)}."
    )


def _given(folder: Path) -> dict[str, int]:
    found = memory.recalled(folder, memory.HINTS)
    return {name: count for name, count in found.items() if type(count) is int}
