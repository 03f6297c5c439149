"""A student's folder of one small exercise, generated as a real one is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.generate import generate
from autograder.grading.publishing import hidden_summary, public_lookalikes

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
def test_shifts_nothing(student, draw):
    """shift by zero changes nothing"""
    agrees(student.shift, lambda x, offset: x + offset, draw(3, 2), 0.0)
'''
MISTAKES = '''"""Wrong turns."""
from autograder import mistake


@mistake(question="What does a factor do?")
def scale__adds(x, factor):
    """a sum instead of a product"""
    return x + factor
'''


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    folder = root / "solutions" / "small"
    (folder / "mistakes").mkdir(parents=True)
    (root / "solutions" / "course.toml").write_text(
        'title = "Small"\npublic_seed = 5\nassignments = ["small"]\n'
    )
    (folder / "assignment.toml").write_text(
        'title = "Small"\nexercises = ["scaling"]\n'
        '[limits]\ncall_seconds = 0.5\n[forbidden]\nscaling = ["torch.mul"]\n'
    )
    (folder / "scaling.py").write_text(SOLUTION)
    (folder / "test_scaling.py").write_text(CHECKS)
    (folder / "mistakes" / "scaling.py").write_text(MISTAKES)
    (folder / "HANDOUT.md").write_text("# Small\n")
    solution = Solution(load_course(root / "solutions").assignment("small"))
    out = root / "assignments" / "small"
    generate(
        solution.assignment, out, public_lookalikes(solution), hidden_summary(solution)
    )
    return out


@pytest.fixture
def student_folder(generated: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a student's folder with this text as scaling.py."""

    def make(source: str) -> Path:
        folder = tmp_path / "small"
        shutil.copytree(generated, folder, dirs_exist_ok=True)
        (folder / "scaling.py").write_text(source)
        return folder

    return make
