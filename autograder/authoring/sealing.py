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
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from autograder.authoring.publishing import (
    answers_document,
    hidden_summary,
    public_lookalikes,
)
from autograder.checking.solution import Solution
from autograder.course.assignment import ASSIGNMENT_FILE, STAND_INS, WORKSHEET
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
    texts = {ASSIGNMENT_FILE: assignment_toml(assignment, {})}
    for exercise in assignment.exercises:
        module, checks = assignment.module(exercise), assignment.checks(exercise)
        texts[module.name] = make_stub(read_text(module), str(module))
        texts[checks.name] = read_text(checks)
    if assignment.has_worksheet:
        texts[WORKSHEET] = read_text(assignment.folder / WORKSHEET)
    stand_ins = StandIns.of(assignment)
    for exercise, source in stand_ins.sources.items():
        texts[f"{STAND_INS}/{exercise}.py"] = source
    checks_of_all = solution.every_check
    document = {
        "seed": seed,
        **answers_document(solution, checks_of_all, seed),
        **stand_ins.as_document(),
    }
    texts[ANSWERS] = _json(document)
    return {path: text.encode() for path, text in texts.items()}


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
    texts = {ASSIGNMENT_FILE: assignment_toml(assignment, hidden)}
    for exercise in assignment.exercises:
        module, checks = assignment.module(exercise), assignment.checks(exercise)
        texts[module.name] = make_stub(read_text(module), str(module))
        texts[checks.name] = visible_checks(read_text(checks), str(checks))
    document = {
        "seed": assignment.public_seed,
        **public_lookalikes(solution),
        **StandIns().as_document(),
    }
    texts[ANSWERS] = _json(document)
    return {path: text.encode() for path, text in texts.items()}


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
