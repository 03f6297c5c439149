"""Bounds on work that would bound nothing are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.comparing import agrees
from autograder.checking.counting import as_many_kernels, no_more_than
from autograder.checking.loading import load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.student import Student
from autograder.course.errors import CourseError

CHECK = """
from autograder import as_many_kernels, no_more_than, points, settings

@points(1){above}
def test_it(student, draw):
    '''it is fast'''
    student.f(draw(3))
    {bound}
"""


@pytest.mark.parametrize("bound", ["no_more_than(waits=0)", "as_many_kernels()"])
def test_a_bound_where_nothing_is_counted(tmp_path: Path, bound: str) -> None:
    """On the CPU it would claim nothing; the error says where to put it."""
    path = tmp_path / "test_sample.py"
    path.write_text(CHECK.format(above="", bound=bound))
    with pytest.raises(CourseError, match=r"no work is counted; mark it @settings"):
        load_checks(path, "sample")

    path.write_text(CHECK.format(above='\n@settings("sim")', bound=bound))
    assert load_checks(path, "sample")


def test_a_bound_without_a_number() -> None:
    """It would hold for everything."""
    with pytest.raises(TypeError, match="bounds kernels= or waits=, or both; name one"):
        no_more_than()


def test_a_comparison_with_nothing(
    open_local: Callable[[str], LocalCaller],
) -> None:
    """One call cannot launch more than the first."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    student.f(torch.ones(1))
    with pytest.raises(TypeError, match="there is no later call"):
        as_many_kernels()

    student.f(torch.ones(4))
    as_many_kernels()


def test_agrees_alone_is_nothing_to_compare(
    open_local: Callable[[str], LocalCaller],
) -> None:
    """Its two calls are of different kinds: the second follows gradients."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    agrees(student.f, lambda x: x * 2, torch.ones(1))
    with pytest.raises(TypeError, match="there is no later call"):
        as_many_kernels()

    agrees(student.f, lambda x: x * 2, torch.ones(4))
    as_many_kernels()
