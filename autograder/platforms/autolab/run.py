"""What the Makefile runs on Autolab: a report, and the scores as its last line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError
from autograder.grading.sealed import Sealed, seconds_within
from autograder.platforms.autolab.bundle import SEALED
from autograder.reports import terminal
from autograder.verdict import Verdict, totals
from autograder.wording import for_student, is_ours

if TYPE_CHECKING:
    from autograder.grading.sealed import Started


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
        submission, "submission", started=started, wall_seconds=seconds_within(minutes)
    )
    if any(map(is_ours, verdict.checks)):
        raise CourseError(
            "the grader failed, not your code, and gives no scores. Hand the same file "
            "in again, and tell your instructor if it happens twice."
        )
    return f"{terminal.render(for_student(verdict))}\n{scores_line(verdict)}\n"


def scores_line(verdict: Verdict) -> str:
    """What Autolab reads: the points of each exercise, hidden checks included."""
    scores = {name: totals(some)[0] for name, some in verdict.exercises().items()}
    return json.dumps({"scores": scores})
