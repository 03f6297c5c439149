"""Where in a student's source to look."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.verdict import CheckResult, Outcome


def placed(result: CheckResult, source: str | None) -> CheckResult:
    """The result with ``look_at``: the line that raised, or the function's first."""
    if result.outcome is Outcome.PASSED or result.look_at is not None:
        return result
    file = f"{result.exercise}.py"
    if result.mismatch is not None and result.mismatch.kind == "work":
        waited = re.search(r" at (\w+\.py:\d+)", result.mismatch.got)
        if waited is not None:
            return replace(result, look_at=waited[1])
    if result.raised is not None and result.raised.frames:
        frame = result.raised.frames[-1]
        return replace(result, look_at=f"{frame.file}:{frame.line}")
    if source is None:
        return result
    pattern = rf"^(?:async\s+def|def|class)\s+{re.escape(result.function)}\b"
    found = re.search(pattern, source, re.MULTILINE)
    if found is None:
        return replace(result, look_at=file)
    line = source.count("\n", 0, found.start()) + 1
    return replace(result, look_at=f"{file}:{line}")
