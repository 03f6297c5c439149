"""Which marks a check file lacks: digits and types must count in one check each.

All checks but those that ``@digits`` and ``@types`` make accept float32's digits, a
list for a tuple and 9.0 for 9. Where a function has no such check, they cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from autograder.checking.finding import Finding

STRICT = {"digits", "types"}  # marks that make checks in which types count


def missing_marks(findings: Iterable[Finding]) -> list[str]:
    """What to mark, for each function whose results need it.

    Args:
        findings: what all checks of one exercise find in its solution.
    """
    complaints = []
    functions: dict[str, list[Finding]] = {}
    for finding in findings:
        functions.setdefault(finding.check.function, []).append(finding)
    for function, some in functions.items():
        kinds = {one.check.derived for one in some}
        names = ", ".join(o.check.name for o in some if o.check.derived is None)
        if any(one.numeric for one in some):
            if "digits" not in kinds:
                complaints.append(
                    f"{function} has floating-point results, and no check in which "
                    f"their digits count; put @digits(points) above one of {names}"
                )
        elif any(one.typed for one in some) and not kinds & STRICT:
            complaints.append(
                f"{function} has results whose type matters, and no check in which it "
                f"counts; put @types(points) above one of {names}"
            )
    return complaints
