"""What to mend first, where no solution can prove what a fault follows from.

Grading knows that a fault follows from another one where the solution, with the
student's other function in it, gives the same answers (following.py). At home there is
no solution, and there are students whose functions use each other where the solution's
do not. What can be seen is told: that both stop at the same line, or that the code uses
something whose own checks fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.sources.definitions import reached
from autograder.sources.imports import imports_in
from autograder.verdict import CheckResult, Outcome

_FAULTY = (Outcome.FAILED, Outcome.CRASHED, Outcome.OUT_OF_TIME, Outcome.OUT_OF_MEMORY)
Key = tuple[str, str]  # an exercise, and a function of it


def mended_first(
    results: Sequence[CheckResult], sources: Mapping[str, str]
) -> list[CheckResult]:
    """The results, with what to mend before each, where that can be seen.

    Args:
        results: of all checks that ran.
        sources: of the exercises' files, by name.
    """
    faulty: dict[Key, list[CheckResult]] = {}
    for check in results:
        if check.outcome in _FAULTY and check.exercise in sources:
            faulty.setdefault((check.exercise, check.function), []).append(check)
    if not faulty:
        return list(results)
    uses = {name: reached(text) for name, text in sources.items()}
    imports = {
        name: {module for one in imports_in(text) for module in one.names}
        for name, text in sources.items()
    }
    return [
        _beside(check, _before(check, faulty, uses[check.exercise], imports))
        if check in faulty.get((check.exercise, check.function), ())
        else check
        for check in results
    ]


def _before(
    check: CheckResult,
    faulty: Mapping[Key, list[CheckResult]],
    uses: Mapping[str, set[str]],
    imports: Mapping[str, set[str]],
) -> list[CheckResult]:
    """The failing checks of what a check's code uses, in the order of the handout."""
    own = uses.get(check.function, set())
    found: list[CheckResult] = []
    for (exercise, function), checks in faulty.items():
        if exercise == check.exercise:
            back = check.function in uses.get(function, set())
            used = function in own and function != check.function and not back
        else:
            used = exercise in imports[check.exercise]
            used = used and check.exercise not in imports[exercise]
        found += checks if used else []
    return found


def _beside(check: CheckResult, before: list[CheckResult]) -> CheckResult:
    right = (check.stand_in or "").split(", ")  # its fault does not come from there
    before = [
        other
        for other in before
        if other.function not in right and f"{other.exercise}.py" not in right
    ]
    if check.follows is not None or not before:
        return check
    for other in before if check.idea is None else ():
        if other.exercise == check.exercise and _stops_alike(check, other):
            return replace(check, follows=other.function)
    first = before[0]
    own = first.exercise == check.exercise
    return replace(check, mend_first=first.function if own else f"{first.exercise}.py")


def _stops_alike(check: CheckResult, other: CheckResult) -> bool:
    """Whether both stop at the same line, within the function of the other one."""
    if check.outcome is Outcome.OUT_OF_TIME:
        same = other.outcome is Outcome.OUT_OF_TIME and other.look_at == check.look_at
        return same and check.look_at is not None
    if check.raised is None or other.raised is None or not check.raised.frames:
        return False
    inside = any(frame.function == other.function for frame in check.raised.frames)
    same = check.raised.frames[-1:] == other.raised.frames[-1:]
    return inside and same and check.raised.type == other.raised.type
