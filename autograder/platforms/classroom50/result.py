"""A verdict as Classroom 50's result.json, whose scores are whole numbers.

Points are multiplied by the smallest number that makes the worth of every check whole:
by 2 where some are worth half a point. It is the same for all students.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from fractions import Fraction
from math import lcm
from typing import Any

from autograder.errors import CourseError
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording import one_line, title_of

SCHEMA = "classroom50/result/v1"
_FINEST = 1000  # of a point; no check is worth less
# By the field of the result, which of the runner's variables it is.
_TOLD = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
}
_REVIEW = "REVIEW_URL"


def scale_of(points: Iterable[float]) -> int:
    """What points are multiplied by, so that all of them become whole."""
    parts = (Fraction(one).limit_denominator(_FINEST) for one in points)
    return lcm(*(part.denominator for part in parts))


def result(
    verdict: Verdict, environment: Mapping[str, str], now: datetime | None = None
) -> dict[str, Any]:
    """What result.json holds.

    Args:
        verdict: of the visible checks, as students may see it.
        environment: the runner's variables.
        now: when it was graded.

    Raises:
        CourseError: the runner has not said whose work it is.
    """
    missing = [name for name in _TOLD.values() if not environment.get(name)]
    if missing:
        raise CourseError(
            f"{', '.join(missing)}: not set, so this is no runner of Classroom 50. "
            "Students check their work with `autograder check`."
        )
    told = {field: environment[name] for field, name in _TOLD.items()}
    now = now or datetime.now(timezone.utc)
    scale = scale_of(check.max_points for check in verdict.checks)
    tests = [_test(check, scale) for check in verdict.checks]
    return {
        "schema": SCHEMA,
        **told,
        "review": environment.get(_REVIEW) or told["commit"],
        "datetime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def _test(check: CheckResult, scale: int) -> dict[str, Any]:
    return {
        "test-name": check.id.replace("::test_", "::"),
        "passed": check.outcome is Outcome.PASSED,
        "score": round(check.points * scale),
        "max-score": round(check.max_points * scale),
        "promise": one_line(title_of(check, 200)),  # kept as it is, and shown nowhere
    }
