"""A stand-in must be right itself, and fit to build on."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.verify import verify
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from tests.small_course import write_small_course

LAYER = '''"""Layers."""
import scaling


def layer(x, factor):
    """Scale, and add one."""
    # BEGIN SOLUTION
    return scaling.scale(x, factor) + scaling.ONE
    # END SOLUTION
'''
LAYER_CHECKS = '''"""What a correct layers.py does."""
from autograder import agrees, points


@points(2)
def test_layer(student, draw):
    """layer scales and adds one"""
    agrees(student.layer, lambda x, factor: factor * x + 1, draw(3, 2), 3.0)
'''
STAND_IN = """import torch
ONE = 1
def scale(x, factor): return torch.mul(x, factor)
def shift(x, offset): return torch.add(x, offset)
"""
STEP = "scaling: the stand-in earns every point, and so does what is built on it"


def complaints(
    root: Path,
    stand_in: str,
    order: str = '["scaling", "layers"]',
    style: str | None = None,
) -> list[str]:
    """What is said of a stand-in for scaling, on which layers is built."""
    course = write_small_course(root)
    folder = course / "small"
    (folder / "layers.py").write_text(LAYER)
    (folder / "test_layers.py").write_text(LAYER_CHECKS)
    (folder / "stand_ins").mkdir()
    (folder / "stand_ins" / "scaling.py").write_text(stand_in)
    if style is not None:
        (folder / "styles" / "other").mkdir(parents=True)
        (folder / "styles" / "other" / "scaling.py").write_text(style)
    scaling = folder / "scaling.py"
    scaling.write_text(
        scaling.read_text().replace("import torch\n", "import torch\nONE = 1\n")
    )
    settings = folder / "assignment.toml"
    settings.write_text(settings.read_text().replace('["scaling"]', order))
    solution = Solution(load_course(course).assignment("small"))
    steps = {step.name: step for step in verify(solution, [5], None)}
    return steps[STEP].complaints


def test_a_right_stand_in(tmp_path: Path) -> None:
    """It may use what students may not."""
    assert complaints(tmp_path, STAND_IN) == []


def test_a_wrong_stand_in(tmp_path: Path) -> None:
    """What it loses itself is told, and what is lost with it."""
    own, upper = complaints(tmp_path, STAND_IN.replace("mul", "add"))

    assert "stand_ins/scaling.py: must earn 9 points under seed 5, and earns 6" in own
    assert "layers on this stand-in must earn 2 points under seed 5" in upper


def test_a_stand_in_that_does_not_fit_its_own_file(tmp_path: Path) -> None:
    """Other functions of the file are proved on it, as some style writes them."""
    style = (
        "ONE = 1\ndef scale(x, factor): return factor * x\n"
        "def shift(x, offset): return scale(x, 1.0) + offset\n"
    )
    unfit = STAND_IN.replace(
        ": return", ":\n    if factor == 1: return 0 * x\n    return", 1
    )
    (found,) = complaints(tmp_path, unfit, style=style)

    assert "on its scale, shift of " in found
    assert "must earn 6 points under seed 5, and earns 0" in found


def test_a_stand_in_that_lacks_a_name(tmp_path: Path) -> None:
    """Its own checks do not call it, and what is built on it does."""
    (found,) = complaints(tmp_path, STAND_IN.replace("ONE = 1\n", ""))

    assert "layers on this stand-in must earn 2 points" in found
    assert "Give the stand-in all that the solution's module has." in found


def test_a_stand_in_on_other_exercises(tmp_path: Path) -> None:
    """A module of the assignment that it imports would be the student's."""
    lazy = STAND_IN.replace("def scale", "def other():\n    import layers\ndef scale")
    (found,) = complaints(tmp_path, lazy)

    assert "imports layers, which would be the student's own" in found


def test_an_order_in_which_no_fault_is_known(tmp_path: Path) -> None:
    """What is built on an exercise comes after it."""
    (found,) = complaints(tmp_path, STAND_IN, '["layers", "scaling"]')

    assert "layers imports scaling, and comes before it" in found


def test_a_stand_in_for_no_exercise(tmp_path: Path) -> None:
    """A name that is misspelt is refused, with the nearest."""
    course = write_small_course(tmp_path)
    (course / "small" / "stand_ins").mkdir()
    (course / "small" / "stand_ins" / "scalings.py").write_text(STAND_IN)
    solution = Solution(load_course(course).assignment("small"))

    with pytest.raises(CourseError, match="did you mean 'scaling'"):
        list(verify(solution, [5], None))
