"""Other styles of a solution must earn every point, by what students may use."""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.verify import verify
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.small_course import write_small_course

RIGHT = "def scale(x, factor):\n    return sum([x] * int(factor * 2)) / 2\n\n\n"
RIGHT += "def shift(x, offset):\n    return -(-x - offset)\n"


def complaints(root: Path, style: str) -> list[str]:
    """What is said of the small course with a style of it."""
    course = write_small_course(root)
    folder = course / "small" / "styles" / "sums"
    folder.mkdir(parents=True)
    (folder / "scaling.py").write_text(style)
    solution = Solution(load_course(course).assignment("small"))
    steps = {step.name: step for step in verify(solution, [5], None)}
    return steps["scaling: the style sums passes, too"].complaints


def test_a_right_style(tmp_path: Path) -> None:
    """Right code in another style gives no complaint."""
    assert complaints(tmp_path, RIGHT) == []


def test_a_style_that_loses_points(tmp_path: Path) -> None:
    """Points expected and earned are told, and the first check that is not passed."""
    (found,) = complaints(tmp_path, RIGHT.replace("-x - offset", "-x + offset"))

    assert (
        "styles/sums/scaling.py: must earn 9 points under seed 5, and earns 3" in found
    )
    assert "test_shifts, test_shifts_back" in found
    assert "expected" in found


def test_a_style_that_uses_what_is_forbidden(tmp_path: Path) -> None:
    """A style proves nothing by what students may not use."""
    style = "import torch\n\n\n" + RIGHT.replace(
        "sum([x] * int(factor * 2)) / 2", "torch.mul(x, factor)"
    )

    found = complaints(tmp_path, style)

    assert "scale must do without what students may not use" in found[0]
    assert "torch.mul" in found[0]
