"""``autograder assignments`` and ``autograder release``: what students get."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.long_runs import PassingLine
from autograder.course.assignment import load_course
from autograder.course.leaks import scan, secret_lines
from autograder.course.page import PAGE, course_page, write_page
from autograder.errors import CourseError
from autograder.tables import counted

if TYPE_CHECKING:
    from autograder.checking.solution import Solution


def assignments_command(course: Path, names: list[str], out: Path) -> None:
    """Generate the student folders of these names, or all; then the course's page.

    The page tells of all assignments. The other folders stay as they are.

    Raises:
        CourseError: the course has no assignment of a name, or what is written for
            one breaks a rule.
    """
    from autograder.authoring.publishing import part_of_page
    from autograder.checking.solution import Solution

    found = load_course(course)
    chosen = [found.assignment(name) for name in dict.fromkeys(names)]
    solutions = {}
    line = PassingLine()
    for assignment in chosen or found.assignments:
        solution = solutions[assignment.name] = Solution(assignment)
        folder = out / assignment.name
        line.say(f"{folder}: what its mistakes put out")
        changed = _generate(solution, folder)
        line.clear()
        state = f"{counted(len(changed), 'file')} changed" if changed else "current"
        print(f"{folder}: {state}", flush=True)
    parts = [
        part_of_page(solutions.get(one.name) or Solution(one))
        for one in found.assignments
    ]
    changed_page = write_page(out, course_page(found, parts))
    print(f"{out / PAGE}: {'changed' if changed_page else 'current'}")


def release_command(course: Path, name: str, out: Path, torch_index: str) -> None:
    """Make the folder and the zip of one assignment, with the wheel in them."""
    from autograder.checking.solution import Solution
    from autograder.course.release import build_wheel, release

    assignment = load_course(course).assignment(name)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        _generate(Solution(assignment), folder)
        wheel = build_wheel(repository_of(course), Path(scratch))
        archive = release(folder, out, wheel, torch_index)
    refuse_leaks(archive, secret_lines(assignment))
    print(f"{archive} and {archive.with_suffix('')} hold what students get.")


def _generate(solution: Solution, folder: Path) -> list[Path]:
    """Write the student folder and scan it for solutions; what has changed in it."""
    from autograder.authoring.publishing import hidden_summary, public_lookalikes
    from autograder.course.generate import generate
    from autograder.executor.tuning import tune_for_small_tensors

    tune_for_small_tensors()
    assignment = solution.assignment
    changed = generate(
        assignment, folder, public_lookalikes(solution), hidden_summary(solution)
    )
    refuse_leaks(folder, secret_lines(assignment))
    return changed


def refuse_leaks(
    path: Path,
    secrets: set[str],
    remedy: str = "Do not hand it out; write that line differently where students see "
    "it.",
) -> None:
    """Stop where a file that is given away holds a line that must stay here.

    Raises:
        CourseError: it does.
    """
    leaks = scan(path, secrets)
    if leaks:
        first = leaks[0]
        raise CourseError(
            f"{first.file}:{first.line} holds a line of a solution, a hidden check or "
            f"a mistake: {first.text!r} ({len(leaks)} in all). {remedy}"
        )


def repository_of(course: Path) -> Path:
    """The clone that the course stands in, or else the one that runs."""
    above = course.resolve().parents
    clones = [one for one in above if (one / "autograder" / "__init__.py").is_file()]
    running = Path(__file__).resolve().parents[2]
    if not clones and (running / "pyproject.toml").is_file():
        return running
    return clones[0] if clones else above[0]
