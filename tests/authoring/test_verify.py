"""`autograder verify` finds what is wrong with a course, and names file and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.verify import verify
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.errors import CourseError
from autograder.course.generate import generate
from autograder.grading.publishing import hidden_summary, public_lookalikes
from tests.small_course import CHECKS, SOLUTION, write_small_course

ENOUGH = "".join(
    f'''
@mistake(question="What does it do?")
def {function}__is_off_by_{number}(x, factor):
    """a result that is {number} too large"""
    return reference.{function}(x, factor) + {number}
'''
    for function in ("scale", "shift")
    for number in (1, 2, 3, 4)
)
HEAD = '"""Wrong turns."""\nfrom autograder import mistake, reference\n'


def complaints(
    root: Path,
    solution: str = SOLUTION,
    checks: str = CHECKS,
    mistakes: str = HEAD + ENOUGH,
    generated: Path | None = None,
) -> list[str]:
    """All complaints about a small course made of these texts."""
    course = write_small_course(root, solution, checks, mistakes)
    loaded = Solution(load_course(course).assignment("small"))
    steps = verify(loaded, [5, 1005], generated)
    return [complaint for step in steps for complaint in step.complaints]


def test_a_right_course_has_no_complaints(tmp_path: Path) -> None:
    """A course in which all holds is proved."""
    assert complaints(tmp_path) == []


def test_a_solution_that_fails_its_check(tmp_path: Path) -> None:
    """The reference must earn every point in every setting."""
    wrong = SOLUTION.replace("x + offset\n", "x + offset + 1e-7\n")

    found = complaints(tmp_path, solution=wrong)

    assert any("does not pass test_shifts under seed 5" in text for text in found)


def test_a_stub_that_earns_points(tmp_path: Path) -> None:
    """A solution outside its marks earns points as a stub."""
    lines = "    # BEGIN SOLUTION\n    return x + offset\n    # END SOLUTION\n"
    open_solution = SOLUTION.replace(
        lines,
        "    y = x + offset\n    if 0:\n"
        + lines.replace("    ", "        ")
        + "    return y\n",
    )

    found = complaints(tmp_path, solution=open_solution)

    assert any("its stub must earn 0 points, and earns 2 in test_shifts" in text for text in found)


def test_a_mistake_that_no_check_catches(tmp_path: Path) -> None:
    """A mistake equal to the solution is caught by nothing."""
    harmless = '''
@mistake(question="Why?")
def scale__is_right(x, factor):
    """the right answer"""
    return x * factor
'''

    found = complaints(tmp_path, mistakes=HEAD + ENOUGH + harmless)

    assert len(found) == 1
    assert "scale__is_right is caught by no check; write one that fails it" in found[0]
    assert "mistakes/scaling.py" in found[0]


def test_two_mistakes_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Twins are never named, and the complaint says of whom they are twins."""
    twin = '''
@mistake(question="Why?")
def scale__adds_one(x, factor):
    """one more"""
    return x * factor + 1
'''

    found = complaints(tmp_path, mistakes=HEAD + ENOUGH + twin)

    assert any(
        "scale__adds_one is caught, but never named (it looks like is_off_by_1)" in text
        for text in found
    )


def test_a_check_that_zeros_pass(tmp_path: Path) -> None:
    """A numeric check whose right answer is zero everywhere proves nothing."""
    checks = (
        CHECKS
        + '''

@points(1)
def test_scales_zeros(student, draw):
    """scale keeps zeros"""
    zeros = 0 * draw(2, 2)
    agrees(student.scale, lambda x, factor: factor * x, zeros, 0.0, gradient=False)
'''
    )

    found = complaints(tmp_path, checks=checks)

    assert any("test_scales_zeros is passed by zeros" in text for text in found)
    assert not any("by NaN" in text for text in found)


def test_a_stale_student_folder(tmp_path: Path) -> None:
    """A student folder that is not current is named, with the remedy."""
    course = write_small_course(tmp_path, mistakes=HEAD + ENOUGH)
    solution = Solution(load_course(course).assignment("small"))
    out = tmp_path / "assignments" / "small"
    lookalikes, hidden = public_lookalikes(solution), hidden_summary(solution)
    generate(solution.assignment, out, lookalikes, hidden)
    assert [s for s in verify(solution, [5], out) if s.complaints] == []

    (out / "HANDOUT.md").write_text("# Changed\n")

    wrong = [s for s in verify(solution, [5], out) if s.complaints]
    assert len(wrong) == 1
    assert "HANDOUT.md" in wrong[0].complaints[0]
    assert "autograder assignments" in wrong[0].complaints[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("@points(1)\n@after", "@after"), "test_scales_twice has no points"),
        (('    """shift adds"""\n', ""), "test_shifts has no docstring"),
        (("@after(test_scales)", "@after(print)"), "waits for 'print'"),
    ],
)
def test_a_broken_check_file(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """A check without points or promise stops everything with file and remedy."""
    with pytest.raises(CourseError, match=message):
        complaints(tmp_path, checks=CHECKS.replace(*change))
