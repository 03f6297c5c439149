"""Several assignments verified at a time: what is told, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.verify import verify
from autograder.authoring.verify_run import verify_all
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from tests.conftest import forked_children
from tests.small_course import MISTAKES, SOLUTION, give_out, write_small_course

# Python 3.12 warns of every fork of a process that has threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def small(root: Path, solution: str = SOLUTION, mistakes: str = MISTAKES) -> Solution:
    course = write_small_course(root, solution, mistakes=mistakes)
    return Solution(load_course(course).assignment("small"))


def told(
    solutions: list[Solution], jobs: int, generated: Path, exercises: tuple[str, ...]
) -> list[tuple[str, list[str]]]:
    """The steps by the folder of their assignment."""
    steps = verify_all(solutions, 1, generated, exercises, jobs, lambda text: None)
    return [(f"{a.folder}: {step.name}", step.complaints) for a, step in steps]


@pytest.mark.parametrize("exercises", [(), ("scaling",)])
def test_jobs_change_nothing(tmp_path: Path, exercises: tuple[str, ...]) -> None:
    """With three at a time the same is told, in the same order, as with one."""
    wrong = SOLUTION.replace("x + offset\n", "x + offset + 1e-3\n")
    paths = [tmp_path / "first", tmp_path / "second", tmp_path / "third"]
    solutions = [small(paths[0]), small(paths[1], wrong), small(paths[2])]

    together = told(solutions, 3, tmp_path / "none", exercises)

    assert together == told(solutions, 1, tmp_path / "none", exercises)
    assert any("does not pass test_shifts" in str(texts) for _, texts in together)
    ends = [
        name for name, _ in together if name.endswith("the student folder is current")
    ]
    assert len(ends) == (0 if exercises else 3)
    assert forked_children() == []


def test_what_mistakes_answer_is_put_together(tmp_path: Path) -> None:
    """A folder that is current is so with any number of jobs."""
    solutions = [small(tmp_path / "first"), small(tmp_path / "second")]
    give_out(tmp_path / "first" / "solutions", tmp_path / "assignments" / "small")

    steps = told(solutions, 2, tmp_path / "assignments", ())

    assert [texts for name, texts in steps if "is current" in name] == [[], []]


def test_an_assignment_that_cannot_be_used(tmp_path: Path) -> None:
    """It is told in the words that one process has for it."""
    broken = "import nothing_of_that_name\n"
    solutions = [small(tmp_path / "first"), small(tmp_path / "second", mistakes=broken)]

    with pytest.raises(CourseError) as alone:
        list(verify(solutions[1], [5], None))
    with pytest.raises(CourseError) as together:
        told(solutions, 2, tmp_path, ())

    assert str(together.value) == str(alone.value)
    assert "nothing_of_that_name" in str(alone.value)
    assert forked_children() == []


def test_a_process_that_ends_is_told(tmp_path: Path) -> None:
    """A solution that ends its process is named by its checks' file, with a remedy."""
    deadly = SOLUTION.replace("return x + offset", "import os; os._exit(3)")
    solutions = [small(tmp_path / "first"), small(tmp_path / "second", deadly)]

    with pytest.raises(
        CourseError, match=r"second.*test_scaling\.py: .*code 3; .*jobs 1"
    ):
        told(solutions, 2, tmp_path, ())
