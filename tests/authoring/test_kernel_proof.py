"""A kernel that right code answers like is none to be told from."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.kernel_proof import kernel_steps
from autograder.authoring.sealing import public_files, sealed_files
from autograder.authoring.steps import Step
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.generate import student_files
from autograder.errors import CourseError
from tests.small_course import write_small_course


def steps(root: Path, kernels: str, tensors: int = 3) -> list[Step]:
    """What is said of the small course with these kernels."""
    course = write_small_course(root)
    checks = course / "small" / "test_scaling.py"
    text = checks.read_text(encoding="utf-8")
    once = "    agrees(student.scale, lambda x, factor: factor * x, draw(3, 2), 3.0)\n"
    assert once in text
    text = text.replace(once, once.replace("(3, 2), 3.0", "(6, 4), 0.7") * tensors)
    checks.write_text(text, encoding="utf-8")
    folder = course / "small" / "kernels"
    folder.mkdir()
    (folder / "scaling.py").write_text(f"import torch\n{kernels}\n", encoding="utf-8")
    solution = Solution(load_course(course).assignment("small"))
    found = list(kernel_steps(solution, "scaling", [5, 6], lambda text: None))
    assert found[-1].name.startswith("scaling: no kernel is named for ")
    return found[:-1]


def test_a_kernel_whose_bits_the_solution_has(tmp_path: Path) -> None:
    """It says where, and what to do."""
    (step,) = steps(tmp_path, 'KERNELS = {"scale": {"torch.mul": torch.mul}}')

    assert "scale is told from torch.mul" in step.name
    assert len(step.complaints) == 2
    assert "kernels/scaling.py: " in step.complaints[0]
    assert "the solution under seed 5 answers the same" in step.complaints[0]
    assert "in 3 of 3" in step.complaints[0]
    assert "give the reason in OFF" in step.complaints[0]


def test_too_little_to_compare(tmp_path: Path) -> None:
    """Three tensors at least."""
    kernels = 'KERNELS = {"scale": {"torch.mul": lambda x, factor: x / (1 / factor)}}'
    (step,) = steps(tmp_path / "two", kernels, tensors=2)
    (enough,) = steps(tmp_path / "three", kernels)

    assert all("is in 2 (the solution" in text for text in step.complaints)
    assert len(step.complaints) == 2
    assert enough.complaints == []


def test_a_kernel_that_may_be_called(tmp_path: Path) -> None:
    """Who calls what is allowed has nothing to explain."""
    kernels = 'KERNELS = {"scale": {"torch.div": lambda x, factor: x / (1 / factor)}}'
    (step,) = steps(tmp_path, kernels)

    assert any("torch.div is not forbidden to scale" in t for t in step.complaints)


def test_functions_without_a_kernel(tmp_path: Path) -> None:
    """The reason is told; that of a function which no check is about is a slip."""
    off, unknown, wrong = steps(
        tmp_path, 'OFF = {"scale": "it is one product", "shifft": "a slip"}'
    )[::-1]

    assert wrong.name.startswith("scaling: kernels are")
    assert "no check is about 'shifft'" in wrong.complaints[0]
    assert "shifft" in off.name
    assert unknown.name == (
        "scaling: scale is compared with no kernel: it is one product"
    )


@pytest.mark.parametrize(
    ("kernels", "told"),
    [
        ('KERNELS = {"scale": torch.mul}', "KERNELS is a dict such as"),
        ('KERNELS = {"scale": {"torch.mul": 3}}', "3 is no function"),
        ("import nothing_of_this_name", "cannot be imported"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, kernels: str, told: str) -> None:
    with pytest.raises(CourseError, match=told):
        steps(tmp_path, kernels)


def small(root: Path) -> Solution:
    """The small course with a kernel whose bits the solution has."""
    steps(root, 'KERNELS = {"scale": {"torch.mul": torch.mul}}')
    return Solution(load_course(root / "solutions").assignment("small"))


def test_no_note_where_the_solution_has_the_same_bits(tmp_path: Path) -> None:
    """On some processor it may: then nobody is told of anybody."""
    solution = small(tmp_path)

    assert not solution.tells("scaling", "scale", "torch.mul", 5)


def test_kernels_go_where_others_grade_and_not_to_students(tmp_path: Path) -> None:
    solution = small(tmp_path)

    sealed = sealed_files(solution, 5)
    public = public_files(solution)
    students = student_files(solution.assignment, None, {})

    assert "kernels/scaling.py" in sealed
    assert not [name for name in (*public, *students) if "kernel" in str(name)]
