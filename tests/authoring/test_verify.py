"""`autograder verify` finds what is wrong with a course, and names file and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.publishing import hidden_summary, public_lookalikes
from autograder.authoring.verify import verify
from autograder.checking.device_choice import Devices
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.generate import generate
from autograder.errors import CourseError
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
MARKED = CHECKS.replace("after, agrees,", "after, agrees, digits,").replace(
    "@points(2)\n", "@points(2)\n@digits(1)\n"
)
HEAD = '"""Wrong turns."""\nfrom autograder import mistake, reference\n'


def complaints(
    root: Path,
    solution: str = SOLUTION,
    checks: str = MARKED,
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


@pytest.mark.parametrize(
    ("error", "check"), [("1e-3", "test_shifts"), ("1e-7", "test_shifts_digits")]
)
def test_a_solution_that_fails_its_check(
    tmp_path: Path, error: str, check: str
) -> None:
    """The reference must earn every point in every setting."""
    wrong = SOLUTION.replace("x + offset\n", f"x + offset + {error}\n")

    found = complaints(tmp_path, solution=wrong)

    assert any(f"does not pass {check} under seed 5" in text for text in found)


def test_functions_without_a_check_of_digits(tmp_path: Path) -> None:
    """Each function with floating-point results is told, with file and remedy."""
    found = complaints(tmp_path, checks=CHECKS)

    assert len(found) == 2
    assert "test_scaling.py: scale has floating-point results" in found[0]
    assert "put @digits(points) above one of test_scales, test_scales_" in found[0]
    assert "test_scaling.py: shift has floating-point results" in found[1]


def test_a_mistake_in_form_alone_needs_no_name(tmp_path: Path) -> None:
    """An overwritten argument is told by the facts; that it is caught is enough."""
    overwrites = '''
@mistake(question="Whose numbers are these?")
def scale__overwrites_x(x, factor):
    """the right product, and x overwritten by it"""
    with torch.no_grad():
        result = x * factor
        x.add_(1.0)
    return reference.scale(x - 1.0, factor) if x.requires_grad else result
'''

    head = HEAD + "import torch\n"
    assert complaints(tmp_path, mistakes=head + ENOUGH + overwrites) == []


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

    assert any(
        "its stub must earn 0 points, and earns 2 in test_shifts" in text
        for text in found
    )


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
    assert "scale__is_right must fail a check, and passes all 3 that call" in found[0]
    assert "caught by no check; write one that fails it" in found[0]
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
        MARKED
        + '''

@points(1)
def test_scales_zeros(student, draw):
    """scale keeps zeros"""
    zeros = 0 * draw(2, 2)
    agrees(student.scale, lambda x, factor: factor * x, zeros, 0.0, gradient=False)
'''
    )

    found = complaints(tmp_path, checks=checks)

    assert any("test_scales_zeros must fail zeros" in text for text in found)
    assert not any("by NaN" in text for text in found)


def test_a_stale_student_folder(tmp_path: Path) -> None:
    """A student folder that is missing, or not current, is named, with the remedy."""
    course = write_small_course(tmp_path, checks=MARKED, mistakes=HEAD + ENOUGH)
    solution = Solution(load_course(course).assignment("small"))
    out = tmp_path / "assignments" / "small"
    missing = [s for s in verify(solution, [5], out) if s.complaints]
    assert [len(step.complaints) for step in missing] == [1]
    assert "is missing. Run `autograder assignments small`." in missing[0].complaints[0]
    lookalikes, hidden = public_lookalikes(solution), hidden_summary(solution)
    generate(solution.assignment, out, lookalikes, hidden)
    assert [s for s in verify(solution, [5], out) if s.complaints] == []

    (out / "HANDOUT.md").write_text("# Changed\n")

    wrong = [s for s in verify(solution, [5], out) if s.complaints]
    assert len(wrong) == 1
    assert "HANDOUT.md" in wrong[0].complaints[0]
    assert "Run `autograder assignments small`." in wrong[0].complaints[0]


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
        complaints(tmp_path, checks=MARKED.replace(*change))


def test_too_few_mistakes(tmp_path: Path) -> None:
    """A function that has checks has four mistakes at least, and is told how many."""
    three = ENOUGH.replace("shift__is_off_by_4", "scale__is_off_by_5", 1).replace(
        "reference.shift(x, factor) + 4", "reference.scale(x, factor) + 5"
    )

    (found,) = complaints(tmp_path, mistakes=HEAD + three)

    assert "the function shift must have at least 4 mistakes, and has 3" in found


def test_a_hidden_check_is_told_in_numbers(tmp_path: Path) -> None:
    """Its author reads what was expected and what came, hidden or not."""
    wrong = SOLUTION.replace("x + offset\n", "x + abs(offset)\n")

    found = complaints(tmp_path, solution=wrong)

    (text,) = (t for t in found if "does not pass test_shifts_back under seed 5" in t)
    assert "expected float64[3, 2], got float64[3, 2], off by 3" in text
    assert "is allowed" in text


def test_one_exercise_alone(tmp_path: Path) -> None:
    """With an exercise named nothing else is tried, and each step is announced."""
    course = write_small_course(tmp_path, checks=MARKED, mistakes=HEAD + ENOUGH)
    loaded = Solution(load_course(course).assignment("small"))
    said: list[str] = []

    steps = list(verify(loaded, [5], tmp_path / "none", ["scaling"], said.append))

    assert [step.name for step in steps] == [
        "scaling: the reference passes",
        "scaling: no kernel is named for scale, shift",
        "scaling: the stub earns nothing",
        "scaling: 8 mistakes are named as themselves",
        "scaling: zeros, the mean, NaN, a copy of the input pass no numeric check",
    ]
    assert "scaling: mistake 8 of 8, scaling::shift__is_off_by_4" in said


def test_a_torch_without_the_simulated_gpu_takes_its_figures_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch 2.6 cannot count what a reference takes: that is no complaint."""
    course = write_small_course(tmp_path, SOLUTION, MARKED, HEAD + ENOUGH)
    solution = Solution(load_course(course).assignment("small"))
    counted = {**public_lookalikes(solution), "work": {"small::test_shifts_device": {}}}
    generated = tmp_path / "generated"
    generate(solution.assignment, generated, counted, hidden_summary(solution))
    without = Devices(absent={"sim": "torch 2.6 has no interface for it"})
    monkeypatch.setattr("autograder.authoring.verify.DEVICES", without)

    last = list(verify(solution, [5], generated))[-1]

    assert (last.name, last.complaints) == ("the student folder is current", [])
    monkeypatch.undo()
    assert list(verify(solution, [5], generated))[-1].complaints
