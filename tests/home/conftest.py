"""A student's folder of one small exercise, generated as a real one is."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.home.command import check_at_home
from tests.small_course import SOLUTION, give_out, write_small_course


def check(folder: Path, exercise: str | None = None, only: str = "") -> int:
    """Check a folder once; the exit code."""
    return check_at_home(folder, exercise, only, False, False)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    return give_out(write_small_course(root), root / "assignments" / "small")


WORKSHEET = """\
form_points = 1

[[question]]
id = "places"
prompt = "How many places?"
kind = "integer"
points = 2
answer = 4

[[question]]
id = "share"
prompt = "What share?"
kind = "number"
points = 0.5
answer = 2.5

[[question]]
id = "output"
prompt = "Which shape?"
kind = "shape"
points = 1
answer = [2, 3]

[[question]]
id = "why"
prompt = "Why?"
kind = "written"
points = 3
"""


@pytest.fixture(scope="session")
def generated_with_worksheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    course = write_small_course(root)
    (course / "small" / "worksheet.toml").write_text(WORKSHEET)
    file = course / "small" / "assignment.toml"
    file.write_text(file.read_text().replace('["scaling"]', '["scaling", "moving"]', 1))
    for name in ("{}.py", "test_{}.py"):
        text = (course / "small" / name.format("scaling")).read_text()
        (course / "small" / name.format("moving")).write_text(text)
    return give_out(course, root / "assignments" / "small")


@pytest.fixture
def worksheet_folder(generated_with_worksheet: Path, tmp_path: Path) -> Path:
    """A student's folder with two solved exercises and a blank worksheet."""
    folder = tmp_path / "small"
    shutil.copytree(generated_with_worksheet, folder)
    for name in ("scaling.py", "moving.py"):
        (folder / name).write_text(SOLUTION)
    return folder


@pytest.fixture
def student_folder(generated: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a student's folder with this text as scaling.py."""

    def make(source: str) -> Path:
        folder = tmp_path / "small"
        shutil.copytree(generated, folder, dirs_exist_ok=True)
        (folder / "scaling.py").write_text(source)
        return folder

    return make
