"""What the Makefile runs on Autolab: a report, and the scores as its last line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError
from autograder.grading.sealed import Sealed
from autograder.platforms.autolab.bundle import SEALED
from autograder.reports import terminal
from autograder.verdict import Outcome, Verdict, totals
from autograder.wording import for_student

if TYPE_CHECKING:
    from autograder.grading.sealed import Started

# Of the time that Autolab gives: the rest is for starting, and for the report.
_SHARE = 0.75


def sealed_in(bundle: Path) -> Sealed:
    """The assignment of an unpacked autograde.tar."""
    # Without a sandbox code could read the hidden checks.
    return Sealed(bundle / SEALED, "strict")


def run(
    sealed: Sealed, submission: Path, minutes: float, started: Started | None = None
) -> str:
    """Grade what was handed in: the text to print.

    Raises:
        CourseError: grading failed, so that there are no scores.
    """
    verdict = sealed.grade(
        submission, "submission", started=started, wall_seconds=_SHARE * 60 * minutes
    )
    if any(check.outcome is Outcome.GRADER_FAULT for check in verdict.checks):
        raise CourseError(
            "the grader failed, not your code, and gives no scores. Hand the same file "
            "in again, and tell your instructor if it happens twice."
        )
    return f"{terminal.render(for_student(verdict))}\n{scores_line(verdict)}\n"


def scores_line(verdict: Verdict) -> str:
    """What Autolab reads: the points of each exercise, hidden checks included."""
    scores = {name: totals(some)[0] for name, some in verdict.exercises().items()}
    return json.dumps({"scores": scores})
