"""What notebooks of several platforms are made of: cells, files beside them, seals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.elsewhere import drawn
from autograder.verdict import points_text

if TYPE_CHECKING:
    from autograder.course.assignment import Assignment
    from autograder.course.student_folder import Files
    from autograder.platforms.notebooks.cells import Cell


@dataclass(frozen=True)
class PreparedNotebook:
    """An assignment, ready to become a notebook of some platform.

    Attributes:
        cells: of the notebook, with solutions.
        beside: what students get beside it, by path: the visible checks, figures.
        sealed: what grading needs, by path.
        points: that checks earn.
        written: points that a person gives.
    """

    assignment: Assignment
    cells: list[Cell]
    beside: Files
    sealed: Files
    points: float
    written: float

    @property
    def worth(self) -> str:
        """``96.5 points graded by itself, and 3.5 by a person``."""
        by_itself = f"{points_text(self.points)} points graded by itself"
        if not self.written:
            return by_itself
        return f"{by_itself}, and {points_text(self.written)} by a person"


def prepared_notebook(assignment: Assignment, seed: int | None) -> PreparedNotebook:
    """Cut an assignment into cells, and seal it under a seed."""
    from autograder.authoring.publishing import (
        checks_before,
        hidden_summary,
        part_of_page,
        public_lookalikes,
    )
    from autograder.authoring.sealing import sealed_files
    from autograder.checking.solution import Solution
    from autograder.course.assignment import HANDOUT, WORKSHEET
    from autograder.course.generate import README, student_files
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.platforms.notebooks import notebook_cells

    tune_for_small_tensors()
    solution = Solution(assignment)
    page = part_of_page(solution)
    given = student_files(
        assignment, public_lookalikes(solution), hidden_summary(solution)
    )
    left_out = {f"{exercise}.py" for exercise in assignment.exercises}
    left_out |= {README, HANDOUT, WORKSHEET}  # the notebook has what they say
    return PreparedNotebook(
        assignment,
        notebook_cells(assignment, checks_before(solution)),
        {path: content for path, content in given.items() if path not in left_out},
        sealed_files(solution, drawn(seed)),
        page.points,
        page.written,
    )


def wheel_beside(prepared: list[PreparedNotebook], wheel: Path, out: Path) -> Path:
    """Autograder's wheel with what students get of each assignment in it."""
    from autograder.course.release import wheel_with

    given = {
        one.assignment.name: {
            path: content
            for path, content in one.beside.items()
            if not path.startswith("figures/")
        }
        for one in prepared
    }
    return wheel_with(wheel, given, out)


def refuse_leaks_in(prepared: PreparedNotebook, wheel: Path, out: Path) -> None:
    """Stop where what students get of a notebook holds a line that must stay here.

    The wheel brings along what they get of other assignments, too, which may well have
    a line in common with this one's solution. Each of these is looked through itself.

    Args:
        prepared: the notebook.
        wheel: of autograder, without assignments.
        out: an empty folder for what is looked through.

    Raises:
        CourseError: it does.
    """
    from autograder.cli.publish import refuse_leaks
    from autograder.course.leaks import secret_lines
    from autograder.course.student_folder import write_files
    from autograder.platforms.notebooks import Code, Stub, Text

    texts = [
        cell.stub if isinstance(cell, Stub) else cell.source
        for cell in prepared.cells
        if isinstance(cell, Stub | Code | Text)
    ]
    name = prepared.assignment.name
    cells = {f"cells of {name}.ipynb": "\n\n".join(texts).encode()}
    files = {**prepared.beside, **cells, wheel.name: wheel.read_bytes()}
    write_files(out, files)
    refuse_leaks(out, secret_lines(prepared.assignment))
