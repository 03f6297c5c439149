"""``autograder assignments`` and ``autograder release``: what students get."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.assignment import Assignment, load_course
from autograder.course.leaks import scan, secret_lines
from autograder.course.page import PAGE, course_page, write_page
from autograder.errors import CourseError
from autograder.wording import counted

if TYPE_CHECKING:
    from autograder.checking.solution import Solution


def assignments_command(course: Path, out: Path) -> None:
    """Generate every student folder and scan it for solutions; then their page."""
    from autograder.authoring.publishing import part_of_page

    found = load_course(course)
    parts = []
    for assignment in found.assignments:
        folder = out / assignment.name
        changed, solution = _generate(assignment, folder)
        parts.append(part_of_page(solution))
        print(
            f"{folder}: {counted(len(changed), 'file')} changed"
            if changed
            else f"{folder}: current"
        )
    changed_page = write_page(out, course_page(found, parts))
    print(f"{out / PAGE}: {'changed' if changed_page else 'current'}")


def release_command(course: Path, name: str, out: Path) -> None:
    """Make the folder and the zip of one assignment, with the wheel in them."""
    from autograder.course.release import build_wheel, release

    assignment = load_course(course).assignment(name)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        _generate(assignment, folder)
        wheel = build_wheel(_repository(course), Path(scratch))
        archive = release(folder, out, wheel)
    refuse_leaks(archive, secret_lines(assignment))
    print(f"{archive} and {archive.with_suffix('')} hold what students get.")


def _generate(assignment: Assignment, folder: Path) -> tuple[list[Path], Solution]:
    from autograder.authoring.publishing import hidden_summary, public_lookalikes
    from autograder.checking.solution import Solution
    from autograder.course.generate import generate
    from autograder.executor.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    solution = Solution(assignment)
    changed = generate(
        assignment, folder, public_lookalikes(solution), hidden_summary(solution)
    )
    refuse_leaks(folder, secret_lines(assignment))
    return changed, solution


def refuse_leaks(path: Path, secrets: set[str]) -> None:
    """Stop where a file that students get holds a line that they must not see.

    Raises:
        CourseError: it does.
    """
    leaks = scan(path, secrets)
    if leaks:
        first = leaks[0]
        raise CourseError(
            f"{first.file}:{first.line} holds a line of a solution, a hidden check or "
            f"a mistake: {first.text!r} ({len(leaks)} in all). Do not hand it out; "
            "write that line differently where students see it."
        )


def _repository(course: Path) -> Path:
    """The clone that the course stands in."""
    return course.resolve().parent
