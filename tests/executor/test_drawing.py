"""Random numbers of student code: the same in every check, whatever ran before."""

from __future__ import annotations

from typing import Any

SOURCE = """
import random, numpy, torch
def draw():
    return [random.random(), float(numpy.random.rand()), float(torch.rand(()))]
"""


def test_each_check_draws_from_the_start(open_student: Any) -> None:
    """Python's, NumPy's and torch's generators begin anew with a check."""
    student = open_student(SOURCE)
    student._caller.forget()
    first = student.draw()
    assert student.draw() != first

    student._caller.forget()
    assert student.draw() == first
