"""The page above the student folders: the way through, with points and hours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.assignment import Course, load_course
from autograder.course.page import PagePart, course_page, is_current, write_page
from autograder.errors import CourseError
from tests.small_course import write_small_course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of one assignment that says what it is about and how long it takes."""
    root = write_small_course(tmp_path)
    settings = root / "small" / "assignment.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'about = "All of it."\nhours = 2.5\n{text}', encoding="utf-8")
    return load_course(root)


def page_of(course: Course) -> str:
    """The page with the small assignment twice, once with a handout and a worksheet."""
    (assignment,) = course.assignments
    (assignment.folder / "HANDOUT.md").write_text("# Small\n", encoding="utf-8")
    elsewhere = assignment.folder / "elsewhere"
    bare = replace(assignment, name="bare", folder=elsewhere, hours=None)
    whole = replace(assignment, has_worksheet=True)
    return course_page(course, [PagePart(whole, 9, 4, 2), PagePart(bare, 5, 0)])


def test_a_row_an_assignment(course: Course) -> None:
    """Where to begin, what there is to do, and what it is worth."""
    lines = page_of(course).splitlines()

    title = course.assignments[0].title
    names = ", ".join(f"`{name}`" for name in course.assignments[0].exercises)
    assert (
        f"| 1 | [{title}](small/HANDOUT.md) | {names}, worksheet | 11 | 2.5 |" in lines
    )
    assert f"| 2 | [{title}](bare/README.md) | {names} | 5 |  |" in lines
    assert (
        f"1. **{title}**. All of it. 5 points show at home, 4 when you hand in, 2 are "
        "given by a person."
    ) in lines


def test_it_is_written_once(course: Course, tmp_path: Path) -> None:
    """A page that is current stays untouched."""
    page = page_of(course)

    assert not is_current(tmp_path, page)
    assert write_page(tmp_path, page)
    assert is_current(tmp_path, page)
    assert not write_page(tmp_path, page)


def test_another_readme_is_left_alone(course: Course, tmp_path: Path) -> None:
    """What somebody wrote by hand is not overwritten."""
    (tmp_path / "README.md").write_text("# Mine\n", encoding="utf-8")

    with pytest.raises(CourseError, match="was not generated"):
        write_page(tmp_path, page_of(course))
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "# Mine\n"
