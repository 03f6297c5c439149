"""hints.toml: three steps a function, for functions that there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.assignment import load_course
from autograder.course.hints import load_hints
from autograder.errors import CourseError
from tests.small_course import write_small_course

GOOD = '[scaling]\nscale = ["What grows?", "Each number.", "Multiply."]\n'


def hints(folder: Path, text: str | None):
    """The hints of the small course, with this hints.toml."""
    course = write_small_course(folder)
    assignment = load_course(course).assignment("small")
    if text is not None:
        (assignment.folder / "hints.toml").write_text(text, encoding="utf-8")
    return load_hints(assignment)


def test_three_steps(tmp_path: Path) -> None:
    """They are read by exercise and by function."""
    found = hints(tmp_path, GOOD)

    assert found == {"scaling": {"scale": ("What grows?", "Each number.", "Multiply.")}}


def test_none_are_needed(tmp_path: Path) -> None:
    """An assignment may do without."""
    assert hints(tmp_path, None) == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[scalling]\nscale = ["a", "b", "c"]', "did you mean 'scaling'?"),
        ('[scaling]\nscal = ["a", "b", "c"]', "'scaling.scal' is not defined in"),
        ('[scaling]\nscale = ["a", "b"]', "must be 3 texts of at most 400 characters"),
        (f'[scaling]\nscale = ["a", "b", "{"c" * 401}"]', "lengths are 1, 1, 401"),
        ('[scaling]\nscale = ["a", "a", "b"]', "none twice"),
        ('scaling = ["a", "b", "c"]', "'scaling' must be a table"),
    ],
)
def test_slips_are_named(tmp_path: Path, text: str, told: str) -> None:
    """The file, the key, the rule and the value."""
    with pytest.raises(CourseError) as caught:
        hints(tmp_path, text)

    assert told in str(caught.value)
    assert "hints.toml" in str(caught.value)
