"""What of a loaded solution goes to students: numbers, and what is hidden."""

from __future__ import annotations

import json
from typing import Any

from autograder.checking.lookalikes import to_json
from autograder.checking.solution import Solution
from autograder.course.assignment import HiddenSummary
from autograder.course.worksheet import load


def public_lookalikes(solution: Solution) -> dict[str, Any]:
    """The mistakes' signatures on the visible checks, under the public seed."""
    known = solution.lookalikes(solution.assignment.public_seed)
    visible = [
        check
        for checks in solution.checks.values()
        for check in checks
        if not check.hidden
    ]
    found: dict[str, Any] = json.loads(
        to_json({check.id: known.of(check) for check in visible})
    )
    return found


def hidden_summary(solution: Solution) -> dict[str, HiddenSummary]:
    """Number and worth of the checks that students do not see, by exercise."""
    found = {}
    for exercise, checks in solution.checks.items():
        hidden = [check for check in checks if check.hidden]
        if hidden:
            points = sum(check.points for check in hidden)
            found[exercise] = HiddenSummary(len(hidden), points)
    assignment = solution.assignment
    if assignment.has_worksheet:
        questions = load(assignment.folder / "worksheet.toml").questions
        graded = [q for q in questions if q.answer is not None]
        if graded:
            worth = sum(q.points for q in graded)
            found["worksheet"] = HiddenSummary(len(graded), worth)
    return found
