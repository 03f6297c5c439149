"""Other right ways to write a solution: ``styles/<style>/<exercise>.py``.

A check that knows the reference only may hold everybody to its way of computing. So an
exercise may have further solutions, in loops or by unfolding; each must earn every
point. They are the author's own, and run here without a sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.variants import caller_of
from autograder.checking.local import LocalCaller
from autograder.checking.solution import Solution
from autograder.course.assignment import STYLES
from autograder.course.source import read_text
from autograder.sources.forbidden import forbidden_uses
from autograder.sources.refusal import why_refused


@dataclass(frozen=True)
class Style:
    """One exercise in one style."""

    name: str  # "loops"
    exercise: str
    file: Path

    @contextmanager
    def caller(self, solution: Solution) -> Iterator[LocalCaller]:
        """Calls the style, which finds the solutions of the other exercises."""
        folder, names = self.file.parent, solution.assignment.exercises
        files = {name: folder / f"{name}.py" for name in names}
        own = {name: file for name, file in files.items() if file.is_file()}
        with caller_of(solution, self.exercise, own) as caller:
            yield caller


def styles_of(solution: Solution, exercise: str) -> list[Style]:
    """The styles in which an exercise is written beside the solution."""
    files = (solution.assignment.folder / STYLES).glob(f"*/{exercise}.py")
    return [Style(file.parent.name, exercise, file) for file in sorted(files)]


def broken_rules(solution: Solution, style: Style) -> Iterator[str]:
    """What a style uses although the exercise forbids it to students."""
    patterns = list(solution.assignment.forbidden.get(style.exercise, ()))
    found = forbidden_uses(
        {style.exercise: read_text(style.file)}, style.exercise, patterns
    )
    for function in dict.fromkeys(c.function for c in solution.checks[style.exercise]):
        reason = why_refused(found, function)
        if reason is not None:
            yield f"{function} must do without what students may not use, and {reason}."
