"""Which hidden checks a fix would probably open, told from what a student sees.

A hidden check shows its exercise and its promise, and most promises name the function
that they are about. Nothing else of it is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.numbers import is_open


def unearned_hidden(verdict: Verdict) -> list[CheckResult]:
    """Hidden checks whose points the student has lost, where all is decided."""
    return [
        check
        for check in verdict.checks
        if check.hidden and not is_open(check) and check.outcome is not Outcome.PASSED
    ]


def told_of(
    function: str, checks: Iterable[CheckResult], verdict: Verdict
) -> list[CheckResult]:
    """Those of some hidden checks of one exercise that are about a function.

    That is the function which their promise names first; where the visible checks of
    the exercise are about one function only, all are about it.
    """
    found = []
    for check in checks:
        names = {
            other.function
            for other in verdict.checks
            if other.exercise == check.exercise and not other.hidden and other.function
        }
        if names == {function} or _first_named(check.promise, names) == function:
            found.append(check)
    return found


def _first_named(promise: str, names: set[str]) -> str | None:
    if not names:
        return None
    either = "|".join(map(re.escape, sorted(names)))
    found = re.search(rf"(?<![\w.])(?:{either})(?!\w)", promise)
    return found[0] if found else None
