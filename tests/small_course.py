"""A course of one small exercise, for tests that need a whole one."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.publishing import hidden_summary, public_lookalikes
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.generate import generate

SOLUTION = '''"""Scaling."""
import torch


def scale(x: torch.Tensor, factor: float) -> torch.Tensor:
    """Return ``factor * x``."""
    # BEGIN SOLUTION
    return factor * x
    # END SOLUTION


def shift(x: torch.Tensor, offset: float) -> torch.Tensor:
    """Return ``x + offset``."""
    # BEGIN SOLUTION
    return x + offset
    # END SOLUTION
'''
CHECKS = '''"""What a correct scaling.py does."""
import torch

from autograder import after, agrees, hidden, points


@points(2)
def test_scales(student, draw):
    """scale multiplies"""
    agrees(student.scale, lambda x, factor: factor * x, draw(3, 2), 3.0)


@points(1)
@after(test_scales)
def test_scales_twice(student, draw):
    """scale multiplies again"""
    agrees(student.scale, lambda x, factor: factor * x, draw(2), 0.5)


@points(2)
def test_shifts(student, draw):
    """shift adds"""
    agrees(student.shift, lambda x, offset: x + offset, draw(3, 2), 3.0)


@points(4)
@hidden
def test_shifts_back(student, draw):
    """shift by a negative offset subtracts"""
    agrees(student.shift, lambda x, offset: x + offset, draw(3, 2), -1.5)
'''
MISTAKES = '''"""Wrong turns."""
from autograder import mistake


@mistake(question="What does a factor do?")
def scale__adds(x, factor):
    """a sum instead of a product"""
    return x + factor
'''


def points_of(course: Path, assignment: str, exercise: str) -> float:
    """What the checks of one exercise are worth together."""
    solution = Solution(load_course(course).assignment(assignment))
    return sum(check.points for check in solution.checks[exercise])


def give_out(course: Path, out: Path) -> Path:
    """Generate the student's folder of its assignment there, as a real one is."""
    solution = Solution(load_course(course).assignment("small"))
    generate(
        solution.assignment, out, public_lookalikes(solution), hidden_summary(solution)
    )
    return out


def write_small_course(
    root: Path,
    solution: str = SOLUTION,
    checks: str = CHECKS,
    mistakes: str = MISTAKES,
) -> Path:
    """Write it into ``root`` and return the folder with course.toml."""
    folder = root / "solutions" / "small"
    (folder / "mistakes").mkdir(parents=True)
    (root / "solutions" / "course.toml").write_text(
        'title = "Small"\npublic_seed = 5\nassignments = ["small"]\n'
    )
    (folder / "assignment.toml").write_text(
        'title = "Small"\nexercises = ["scaling"]\n'
        '[limits]\ncall_seconds = 0.5\n[forbidden]\nscaling = ["torch.mul"]\n'
    )
    (folder / "scaling.py").write_text(solution)
    (folder / "test_scaling.py").write_text(checks)
    (folder / "mistakes" / "scaling.py").write_text(mistakes)
    (folder / "HANDOUT.md").write_text("# Small\n")
    return root / "solutions"
