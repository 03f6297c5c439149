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
from tests.small_course import write_small_course


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    course = write_small_course(root)
    solution = Solution(load_course(course).assignment("small"))
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
