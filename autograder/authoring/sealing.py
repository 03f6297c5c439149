"""An assignment sealed: all that grading elsewhere needs, and no solution's code.

A platform's machine gets stubs for their signatures, all checks, the worksheet, the
stand-ins (made of public names of torch), and ``answers.json``: what each mistake
answers in each check under one seed, and what the solution takes there::

    files = sealed_files(Solution(cnn), seed=20260312418)
    write_files(Path("sealed/cnn"), files)  # grading.sealed reads it

Where everybody may read it, there are ``public_files`` alone: what students have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from autograder.authoring.publishing import (
    answers_document,
    hidden_summary,
    public_lookalikes,
)
from autograder.checking.solution import Solution
from autograder.course.assignment import (
    ASSIGNMENT_FILE,
    KERNELS,
    STAND_INS,
    WORKSHEET,
    Assignment,
    HiddenSummary,
)
from autograder.course.checks import visible_checks
from autograder.course.generate import assignment_toml
from autograder.course.source import read_text
from autograder.course.stubs import make_stub
from autograder.grading.sealed import ANSWERS
from autograder.grading.stand_ins import StandIns


def sealed_files(solution: Solution, seed: int) -> dict[str, bytes]:
    """The files of a sealed assignment, by their paths in its folder.

    Args:
        solution: of the assignment.
        seed: of the inputs of every submission that is graded with it.

    Raises:
        CourseError: a file of the assignment breaks a rule.
    """
    assignment = solution.assignment
    answers = answers_document(solution, solution.every_check, seed)
    stand_ins = StandIns.of(assignment)
    texts = _texts(assignment, {}, lambda source, file: source)
    if assignment.has_worksheet:
        texts[WORKSHEET] = read_text(assignment.folder / WORKSHEET)
    for exercise, source in stand_ins.sources.items():
        texts[f"{STAND_INS}/{exercise}.py"] = source
    for file in sorted((assignment.folder / KERNELS).glob("*.py")):
        texts[f"{KERNELS}/{file.name}"] = read_text(file)
    return _files(texts, seed, answers, stand_ins)


def public_files(solution: Solution) -> dict[str, bytes]:
    """The files of a sealed assignment that may lie where everybody can read it.

    It has the visible checks, under the public seed, and of mistakes what students'
    own folders have: numbers. Hidden checks are counted; the worksheet is not there,
    since its answers are secret.

    Raises:
        CourseError: a file of the assignment breaks a rule.
    """
    assignment = replace(solution.assignment, has_worksheet=False)
    hidden = {
        name: summary
        for name, summary in hidden_summary(solution).items()
        if name in assignment.exercises
    }
    texts = _texts(assignment, hidden, visible_checks)
    answers = public_lookalikes(solution)
    return _files(texts, assignment.public_seed, answers, StandIns())


def _texts(
    assignment: Assignment,
    hidden: Mapping[str, HiddenSummary],
    shown: Callable[[str, str], str],
) -> dict[str, str]:
    """Settings, stubs and checks; ``shown`` takes a check file's source and name."""
    texts = {ASSIGNMENT_FILE: assignment_toml(assignment, hidden)}
    for exercise in assignment.exercises:
        module, checks = assignment.module(exercise), assignment.checks(exercise)
        texts[module.name] = make_stub(read_text(module), str(module))
        texts[checks.name] = shown(read_text(checks), str(checks))
    return texts


def _files(
    texts: Mapping[str, str], seed: int, answers: Mapping[str, Any], stand_ins: StandIns
) -> dict[str, bytes]:
    """The files of these texts, and of what is known of answers under a seed."""
    document = {"seed": seed, **answers, **stand_ins.as_document()}
    known = json.dumps(document, separators=(",", ":"), allow_nan=False)
    return {path: text.encode() for path, text in {**texts, ANSWERS: known}.items()}
