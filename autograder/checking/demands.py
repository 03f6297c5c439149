"""Which marks a check file lacks: digits and types must count in one check each.

All checks but those that ``@digits`` and ``@types`` make accept float32's digits, a
list for a tuple and 9.0 for 9. Where a function has no such check, they cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.checking.finding import Finding
from autograder.checking.loading import Check

STRICT = {"digits", "types"}  # marks that make checks in which types count


def missing_marks(pairs: Iterable[tuple[Check, Finding]]) -> list[str]:
    """What to mark, for each function whose results need it.

    Args:
        pairs: of each check and its finding for the solution, all of one exercise.
    """
    complaints = []
    functions: dict[str, list[tuple[Check, Finding]]] = {}
    for check, finding in pairs:
        functions.setdefault(check.function, []).append((check, finding))
    for function, some in functions.items():
        kinds = {check.derived for check, _ in some}
        names = ", ".join(check.name for check, _ in some if check.derived is None)
        if any(finding.numeric for _, finding in some):
            if "digits" not in kinds:
                complaints.append(
                    f"{function} has floating-point results, and no check in which "
                    f"their digits count; put @digits(points) above one of {names}"
                )
        elif any(finding.typed for _, finding in some) and not kinds & STRICT:
            complaints.append(
                f"{function} has results whose type matters, and no check in which it "
                f"counts; put @types(points) above one of {names}"
            )
    return complaints
