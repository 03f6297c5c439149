"""Arguments that cannot cross are the author's fault, and the error says so."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checking.loading import checks_of
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_check
from autograder.verdict import Outcome
from tests.conftest import module_of

SOURCE = """
calls = []
def apply(f, x): calls.append(1); return x
def count(): return len(calls)
class Net:
    def run(self, f): return f
"""


class Own:
    """A class of the check's own."""


REFUSED: dict[str, tuple[Any, str]] = {
    "lambda": (lambda x: x, "a function of the check's own"),
    "class": (Own, "a class of the check's own"),
    "object": (Own(), "Own"),
    "generator": ((i for i in range(3)), "generator"),
    "set": ({1, 2}, "set"),
    "bytes": (b"abc", "bytes"),
    "array": (np.ones(2), "numpy.ndarray"),
    "module": (torch.nn.Linear(1, 1), "Linear"),
    "complex": (torch.ones(2, dtype=torch.complex64), "a complex64 tensor"),
    "sparse": (torch.ones(2, 2).to_sparse(), "a sparse tensor"),
    "inside": ([1, {"deep": (2, lambda: 3)}], "a function of the check's own"),
    "partial": (functools.partial(lambda x: x, 1), "a function of the check's own"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_cross(open_student: Any, name: str) -> None:
    """The error has the argument's name, its type and the remedy; no call is made."""
    value, what = REFUSED[name]
    student = open_student(SOURCE)

    with pytest.raises(TypeError) as caught:
        student.apply(value, 2)
    said = str(caught.value)
    assert said.startswith("apply: the argument 'f' is or holds ")
    assert what in said.partition(", which cannot cross")[0]
    assert "student.build(...)" in said
    assert "student.scripted(...)" in said
    assert student.count() == 0


def test_an_open_file(open_student: Any) -> None:
    """As any other object."""
    with tempfile.TemporaryFile() as file, pytest.raises(TypeError, match="'x' is or"):
        open_student(SOURCE).apply(1, x=file)


def test_arguments_of_methods_and_constructors(open_student: Any) -> None:
    """They are looked at like those of functions."""
    student = open_student(SOURCE)
    with pytest.raises(TypeError, match="is or holds a function"):
        student.Net().run(lambda: 1)
    with pytest.raises(TypeError, match="Linear: the argument '1' is or holds"):
        student.build(torch.nn.Linear, lambda: 1, 2)


def test_a_weight_that_is_no_tensor(open_student: Any) -> None:
    """with_weights names it."""
    model = open_student(SOURCE).build(torch.nn.Linear, 1, 1, bias=False)
    with pytest.raises(TypeError, match=r"'weight' is list; give a plain tensor"):
        model.with_weights({"weight": [[1.0]]})(torch.ones(1, 1))


def test_it_is_nobody_elses_fault(tmp_path: Path) -> None:
    """A check that gives such an argument is a fault of the grader's side."""
    path = tmp_path / "test_sample.py"
    path.write_text(
        "from autograder import points\n"
        "@points(1)\n"
        "def test_it(student):\n"
        "    '''it runs'''\n"
        "    student.apply(lambda x: x, 2)\n"
    )
    module = ModuleType("checks")
    exec(path.read_text(), module.__dict__)
    (check,) = checks_of(module, path, "sample")

    result = run_check(check, LocalCaller(module_of(SOURCE), {}), 1).result
    assert result.outcome is Outcome.GRADER_FAULT
    assert "the argument 'f' is or holds" in str(result.detail)
