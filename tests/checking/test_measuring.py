"""How near the comparisons of a check come to what is allowed."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.measuring import Worst, digits_count, measure_check
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from tests.small_course import write_small_course

CHECKS = '''"""Checks of doubling."""
import pytest
import torch

from autograder import agrees, close, equal, points, settings


@points(1)
@settings("cpu float64")
def test_by_hand(student, draw):
    """three numbers"""
    close(student.double(draw.values([1.0, 2.0, 4.0])), draw.values([2.0, 4.0, 8.0]))


@points(1)
@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_agrees(student, draw, factor):
    """any numbers"""
    x = draw(3, low=1, high=2) * factor
    agrees(student.double, lambda x: 2 * x, x, gradient=False)


@points(1)
def test_counts(student):
    """an integer"""
    equal(student.count(), 2)
'''
FINE = "def double(x): return 2 * x\ndef count(): return 2\n"


@pytest.fixture
def measured(
    tmp_path: Path, open_local: Callable[[str], LocalCaller]
) -> Callable[..., dict[str, Worst]]:
    """Measure one of the checks on a source."""
    path = tmp_path / "test_doubling.py"
    path.write_text(CHECKS)
    checks: dict[str, Check] = {c.name: c for c in load_checks(path, "doubling")}

    def measure(
        name: str, source: str, worst: dict[str, Worst] | None = None, seed: int = 1
    ) -> dict[str, Worst]:
        return measure_check(checks[name], open_local(source), seed, worst=worst)

    return measure


def test_a_known_error_gives_the_known_ratio(measured) -> None:
    """Half of what is allowed, three times it, and nothing at all."""
    off = "def double(x):\n    y = 2 * x\n    y[0] += {}\n    return y\n"

    assert measured("test_by_hand", FINE)["cpu float64"] == Worst(0.0, 1)
    for part in (0.5, 3.0):
        found = measured("test_by_hand", off.format(part * 8e-9))["cpu float64"]
        assert found.ratio == pytest.approx(part, rel=1e-6)
        assert (found.seed, found.why) == (1, "")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("def double(x): return 2 * x * float('nan')", ""),
        ("def double(x): return 2 * x / 0", ""),
        ("def double(x): return x[:2]", "shape of the output"),
        ("def double(x): raise OSError('no')", "OSError: no"),
        ("def other(x): return x", "double is not defined"),
    ],
)
def test_what_fails_otherwise_is_infinite(measured, source: str, why: str) -> None:
    """NaN and infinity by themselves, and all that is no number with its reason."""
    found = measured("test_by_hand", source)["cpu float64"]

    assert found.ratio == math.inf
    assert found.why == why


def test_every_case_and_setting_is_measured(measured) -> None:
    """A case that fails hides no other."""
    source = """
import torch
def double(x):
    half = x.dtype == torch.float32 or x.max() > 4
    return 2 * x * (1 + (1e-6 if half else 1e-12))
"""
    found = measured("test_agrees", source)

    assert list(found) == ["cpu float64", "cpu float32"]
    assert found["cpu float64"].ratio == pytest.approx(1000, rel=0.01)
    assert 0.05 < found["cpu float32"].ratio < 1


def test_integers_have_no_ratio(measured) -> None:
    """What compares no floats says nothing, unless it fails."""
    assert measured("test_counts", FINE)["cpu float64"].ratio is None
    wrong = measured("test_counts", "def count(): return 3")["cpu float64"]
    assert (wrong.ratio, wrong.why) == (math.inf, "value of the output")


def test_the_worst_of_several_seeds(measured) -> None:
    """It is kept with its seed, and is that of the seed measured alone."""
    source = "def double(x): return 2 * x + (x.float().sin() - x.sin()).double() * 1e-2"
    alone = {s: measured("test_agrees", source, seed=s) for s in range(5)}
    worst: dict[str, Worst] = {}
    for seed in range(5):
        measured("test_agrees", source, worst, seed)

    largest = max(range(5), key=lambda s: alone[s]["cpu float64"].ratio)
    assert worst["cpu float64"] == alone[largest]["cpu float64"]
    assert worst["cpu float64"].seed == largest


MISTAKES = '''"""Wrong turns."""
from autograder import mistake


@mistake(question="What does a factor do?", rounding="{}")
def scale__adds(x, factor):
    """a sum instead of a product"""
    return x + factor
'''


@pytest.mark.parametrize("name", ["test_scale", "test_shifts", ""])
def test_a_mistake_names_a_check_of_its_function(tmp_path: Path, name: str) -> None:
    """Any other name is an error that lists those that there are."""
    course = write_small_course(tmp_path, mistakes=MISTAKES.format(name))
    solution = Solution(load_course(course).assignment("small"))

    with pytest.raises(CourseError) as caught:
        solution.mistakes("scaling")
    text = str(caught.value)
    assert str(course / "small" / "mistakes" / "scaling.py") in text
    assert f"scale__adds: rounding={name!r} is no check of 'scale'" in text
    assert text.endswith("name one of test_scales, test_scales_twice")


def test_a_mistake_keeps_the_check_that_it_names(tmp_path: Path) -> None:
    """And one that names none has none."""
    course = write_small_course(tmp_path, mistakes=MISTAKES.format("test_scales"))
    loaded = Solution(load_course(course).assignment("small"))
    (mistake,) = loaded.mistakes("scaling")
    assert mistake.rounding == "test_scales"

    course = write_small_course(tmp_path / "other")
    (mistake,) = Solution(load_course(course).assignment("small")).mistakes("scaling")
    assert mistake.rounding is None


OWN_CASES = """\"\"\"Checks of halving.\"\"\"
import pytest

from autograder import agrees, digits, points


@points(1)
@digits(0.5, "all digits", CASES)
@pytest.mark.parametrize("size", [3])
def test_agrees(student, draw, size):
    \"\"\"any numbers\"\"\"
    agrees(student.halve, lambda x: x / 2, draw(size), gradient=False)
"""


@pytest.mark.parametrize(
    ("cases", "counts"), [("", True), ("cases=[{'size': 2}]", False)]
)
def test_whose_digits_count(tmp_path: Path, cases: str, counts: bool) -> None:
    """Not those of checks whose author says which cases can have all digits."""
    path = tmp_path / "test_halving.py"
    path.write_text(OWN_CASES.replace(", CASES", f", {cases}" if cases else ""))

    checks = load_checks(path, "halving")

    told = {check.name: digits_count(check, checks) for check in checks}
    assert told == {"test_agrees": counts, "test_agrees_digits": True}


def test_digits_that_do_not_count(
    tmp_path: Path, open_local: Callable[[str], LocalCaller]
) -> None:
    """What float32 could do as well is then far from what is allowed."""
    path = tmp_path / "test_doubling.py"
    path.write_text(CHECKS)
    (check,) = (c for c in load_checks(path, "doubling") if c.name == "test_agrees")
    rounded = open_local("def double(x): return 2 * x + 1e-8")

    strictly = measure_check(check, rounded, 1)["cpu float64"]
    loosely = measure_check(check, rounded, 1, digits=False)["cpu float64"]

    assert strictly.ratio is not None
    assert strictly.ratio > 1
    assert loosely.ratio is not None
    assert loosely.ratio < 0.1
