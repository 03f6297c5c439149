"""Proof of stand-ins: right themselves, and fit to build on.

A fault in a module that others import is paid once, by a right module in its place:
``stand_ins/heads.py``. One that is wrong would take points from right code that is
built on it, and nobody would notice before grading.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.styles import styles_of
from autograder.authoring.variants import caller_of, missed_points
from autograder.checking.solution import Solution
from autograder.course.assignment import STAND_INS
from autograder.course.source import read_text
from autograder.grading.stand_ins import (
    StandIns,
    names_of,
)
from autograder.sources.definitions import imported_modules, reached


def stand_in_complaints(
    solution: Solution, exercise: str, seeds: list[int], stand_ins: StandIns
) -> Iterator[str]:
    """What is wrong with the stand-in for an exercise, or with those built on it."""
    assignment = solution.assignment
    file = assignment.folder / STAND_INS / f"{exercise}.py"
    source = stand_ins.sources[exercise]
    own = names_of(source)
    yield from _dependent(solution, source, file)
    with caller_of(solution, exercise, {exercise: file}) as caller:
        for text in missed_points(solution, exercise, caller, seeds, own):
            yield f"{file}: {text} Mend the stand-in."
        right = vars(caller.module)
    written = [assignment.module(exercise)]
    written += [style.file for style in styles_of(solution, exercise)]
    for upper in written:
        for function, lower in sorted(reached(read_text(upper)).items()):
            for name in sorted(lower & own & stand_ins.uses[exercise][function]):
                with caller_of(solution, exercise, {exercise: upper}) as caller:
                    setattr(caller.module, name, right[name])
                    for text in missed_points(
                        solution, exercise, caller, seeds, [function]
                    ):
                        yield (
                            f"{file}: on its {name}, {function} of {upper} {text} "
                            f"Let {name} do all that {function} needs."
                        )
    for other in assignment.exercises:
        if exercise not in stand_ins.imports[other]:
            continue
        order = assignment.exercises
        if order.index(other) < order.index(exercise):
            yield (
                f"{assignment.folder}: {other} imports {exercise}, and comes before it "
                "among the exercises, where no fault of it is known yet; name "
                f"{exercise} first"
            )
        with caller_of(solution, other, {exercise: file}) as caller:
            for text in missed_points(solution, other, caller, seeds):
                yield (
                    f"{file}: {other} on this stand-in {text} Give the stand-in all "
                    "that the solution's module has."
                )


def _dependent(solution: Solution, source: str, file: Path) -> Iterator[str]:
    """A stand-in that imports what may be the student's own faulty module."""
    others = {*solution.assignment.exercises} & imported_modules(source)
    for other in sorted(others):
        yield (
            f"{file}: imports {other}, which would be the student's own; write it with "
            "public names of torch alone"
        )
