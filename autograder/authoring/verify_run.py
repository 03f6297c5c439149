"""Assignments verified on several cores, an exercise at a time; told in their order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from autograder.authoring.publishing import joined_lookalikes, public_lookalikes
from autograder.authoring.steps import Say, Step
from autograder.authoring.verify import exercise_steps, folder_steps, verify
from autograder.checking.solution import Solution
from autograder.course.assignment import Assignment
from autograder.errors import CourseError
from autograder.grading.jobs import shared

Told = tuple[Assignment, Step]


@dataclass(frozen=True)
class _Piece:
    """One exercise of an assignment, by their places."""

    solution: int
    exercise: str


@dataclass(frozen=True)
class _Proof:
    """What came of a piece."""

    steps: list[Step]
    lookalikes: dict[str, Any]
    error: str | None = None  # of whoever wrote the assignment

    def told(self) -> list[Step]:
        """The steps; raises what made them impossible."""
        if self.error is not None:
            raise CourseError(self.error)
        return self.steps


def verify_all(
    solutions: list[Solution],
    seeds: int,
    generated: Path,
    exercises: Sequence[str],
    jobs: int,
    say: Say,
) -> Iterator[Told]:
    """The steps of ``verify`` for some assignments, in their order.

    Args:
        solutions: the assignments.
        seeds: how many are tried, from each assignment's public one on.
        generated: the folder that holds the student folders, which must be current.
        exercises: those to try; none for all, worksheet and student folder included.
        jobs: how many exercises are tried at a time. With one, all is done in this
            process, and each step is told when it is done.
        say: is told what is being tried.

    Raises:
        CourseError: what instructors have written cannot be used as it is.
    """
    pieces = [
        _Piece(index, exercise)
        for index, solution in enumerate(solutions)
        for exercise in exercises or solution.assignment.exercises
    ]
    if min(jobs, len(pieces)) == 1 or not hasattr(os, "fork"):
        for solution in solutions:
            folder = generated / solution.assignment.name
            under = _seeds(solution, seeds)
            for step in verify(solution, under, folder, exercises, say):
                yield solution.assignment, step
        return
    proofs: dict[_Piece, _Proof] = {}
    waiting = deque(pieces)
    do = partial(_prove, solutions=solutions, seeds=seeds, whole=not exercises)

    def doing(piece: _Piece) -> str:
        checks = solutions[piece.solution].assignment.checks(piece.exercise)
        return f"{checks}: proving it"

    for done, proof in shared(pieces, jobs, do, doing):
        proofs[done] = proof
        say(f"{len(proofs)} of {len(pieces)} exercises are done")
        while waiting and waiting[0] in proofs:
            piece = waiting.popleft()
            solution = solutions[piece.solution]
            for step in proofs[piece].told():
                yield solution.assignment, step
            last = not waiting or waiting[0].solution != piece.solution
            if last and not exercises:
                own = [
                    proofs[each] for each in proofs if each.solution == piece.solution
                ]
                lookalikes = joined_lookalikes(proof.lookalikes for proof in own)
                folder = generated / solution.assignment.name
                for step in folder_steps(solution, folder, lookalikes, say):
                    yield solution.assignment, step


def _seeds(solution: Solution, count: int) -> list[int]:
    return [solution.assignment.public_seed + 1000 * index for index in range(count)]


def _prove(piece: _Piece, solutions: list[Solution], seeds: int, whole: bool) -> _Proof:
    solution = solutions[piece.solution]
    under = _seeds(solution, seeds)
    try:
        steps = list(exercise_steps(solution, piece.exercise, under, lambda text: None))
        known = public_lookalikes(solution, [piece.exercise]) if whole else {}
    except CourseError as error:
        return _Proof([], {}, str(error))
    return _Proof(steps, known)
