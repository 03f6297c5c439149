"""Where in a student's source to look."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.sources.cells import cells_of, is_notebook
from autograder.verdict import CheckResult, Outcome


def placed(result: CheckResult, source: str | None) -> CheckResult:
    """The result with ``look_at``: the line that raised, or the function's first."""
    if result.outcome is Outcome.PASSED or result.look_at is not None:
        return result
    file = f"{result.exercise}.py"
    if result.mismatch is not None and result.mismatch.kind == "work":
        place = r" at (\w+\.py:\d+|cell \d+, line \d+)"
        waited = re.search(place, result.mismatch.got)
        if waited is not None:
            return replace(result, look_at=waited[1])
    if result.raised is not None and result.raised.frames:
        return replace(result, look_at=result.raised.frames[-1].place)
    if source is None:
        return result
    pattern = rf"^(?:async\s+def|def|class)\s+{re.escape(result.function)}\b"
    if is_notebook(source):
        return replace(result, look_at=_in_cells(source, pattern))
    found = re.search(pattern, source, re.MULTILINE)
    if found is None:
        return replace(result, look_at=file)
    line = source.count("\n", 0, found.start()) + 1
    return replace(result, look_at=f"{file}:{line}")


def _in_cells(notebook: str, pattern: str) -> str | None:
    """The cell that holds a pattern; of several the last, which counts."""
    for cell in reversed(cells_of(notebook) or []):
        found = re.search(pattern, cell.text, re.MULTILINE)
        if found is not None:
            line = cell.text.count("\n", 0, found.start()) + 1
            return f"cell {cell.number}, line {line}"
    return None
