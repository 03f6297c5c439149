"""What of a loaded solution goes to students: numbers, and what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograder.checking import lookalikes, work
from autograder.checking.finding import blank_result
from autograder.checking.loading import Check
from autograder.checking.solution import Solution
from autograder.course.assignment import WORKSHEET, HiddenSummary
from autograder.course.page import PagePart
from autograder.verdict import CheckResult, Outcome
from autograder.worksheet import load
from autograder.worksheet.check_results import worksheet_results


def public_lookalikes(
    solution: Solution, exercises: Sequence[str] = ()
) -> dict[str, Any]:
    """What lookalikes.json holds: of the visible checks, under the public seed.

    Args:
        solution: the assignment.
        exercises: whose part is wanted; none for the whole.
    """
    some = exercises or solution.assignment.exercises
    checks = [check for exercise in some for check in solution.checks[exercise]]
    visible = [check for check in checks if not check.hidden]
    return answers_document(solution, visible, solution.assignment.public_seed)


def joined_lookalikes(parts: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The whole of what ``public_lookalikes`` has given for each exercise."""
    whole: dict[str, Any] = {}
    for part in parts:
        for kind, entries in part.items():
            whole.setdefault(kind, {}).update(entries)
    return whole


def answers_document(
    solution: Solution, checks: list[Check], seed: int
) -> dict[str, Any]:
    """What is known without a solution: of some checks, under a seed.

    The mistakes' signatures, and what the reference took on the simulated GPU.
    """
    reference = solution.reference_work(seed)
    by_function: dict[str, list[Check]] = {}
    for check in checks:
        by_function.setdefault(lookalikes.function_id(check), []).append(check)
    mistakes = {
        function: solution.mistaken(some[0].exercise, some[0].function, seed)
        for function, some in by_function.items()
    }
    return {
        "mistakes": lookalikes.as_document(mistakes, by_function),
        "work": work.as_document({c.id: reference.of(c) for c in checks}),
    }


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
        graded = load(assignment.folder / WORKSHEET).graded
        if graded:
            worth = sum(q.points for q in graded)
            found["worksheet"] = HiddenSummary(len(graded), worth)
    return found


def part_of_page(solution: Solution) -> PagePart:
    """What the page of the course says of an assignment."""
    assignment = solution.assignment
    points = sum(check.points for check in solution.every_check)
    hidden = sum(summary.points for summary in hidden_summary(solution).values())
    written = 0.0
    if assignment.has_worksheet:
        worksheet = load(assignment.folder / WORKSHEET)
        graded = sum(question.points for question in worksheet.graded)
        points += worksheet.form_points + graded
        written = worksheet.written_points
    return PagePart(assignment, points, hidden, written)


def checks_before(solution: Solution) -> list[CheckResult]:
    """All checks, the worksheet's among them, as they stand before anything ran."""
    found = [
        blank_result(check, Outcome.NOT_ATTEMPTED) for check in solution.every_check
    ]
    assignment = solution.assignment
    if assignment.has_worksheet:
        results, _ = worksheet_results(load(assignment.folder / WORKSHEET), None)
        found += results
    return found
