"""How often agrees asks: twice, and in a further dtype of the CPU once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.case import CaseRun
from autograder.checking.comparing import agrees
from autograder.checking.device_choice import Devices
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.checking.finding import Finding
from autograder.checking.loading import load_checks
from autograder.checking.running import run_checks
from autograder.verdict import Outcome

CHECK = """
import torch
from autograder import agrees, device, points

def squared(x, y=None): return x * x

@points(1)
@device(1)
def test_f(student, draw):
    '''f squares'''
    agrees(student.f, squared, draw(2, 3){})
"""
CODE = """
import torch
asked = []
def f(x):
    asked.append(f"{x.device.type} {x.dtype}".replace("torch.", ""))
    return x * x
def overwrites(x):
    result = (x + 0) ** 2
    x[0] = 0
    return result
def overwrites_a_count(x, n):
    n += 1
    return x * x
def square(x): return x * x
def forward_only(x): return (x * x).detach()
def half_gradient(x): return x * x.detach()
def cube(x): return x ** 3
def changes_its_mind(x, calls=[]):
    calls.append(x)
    return x * x + len(calls) - 1
def minds_gradients(x):
    if x.requires_grad:
        raise RuntimeError("no gradients, please")
    return x * x
"""


def squared(x: Any, *rest: Any) -> Any:
    """The truth."""
    return x * x


@pytest.mark.parametrize("gradient", [True, False])
def test_how_often_it_asks(
    open_local: Callable[[str], Any], tmp_path: Path, gradient: bool
) -> None:
    """Twice in float64, once in float32; the plain call where a device counts it."""
    path = tmp_path / "test_sample.py"
    path.write_text(CHECK.format("" if gradient else ", gradient=False"))
    caller = open_local(CODE)
    findings: list[Finding] = list(
        run_checks(load_checks(path, "sample"), caller, 1, devices=Devices(("sim",)))
    )

    assert [found.result.outcome for found in findings] == [Outcome.PASSED] * 2
    on_the_device = ["sim float32"] * (2 if gradient else 1)
    asked = caller.module.asked
    assert asked == ["cpu float64"] * 2 + ["cpu float32"] + on_the_device


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("square", None),
        ("cube", "value: the output"),
        ("forward_only", "no_gradient: the output"),
        ("half_gradient", "value: the gradient of x"),
        ("overwrites", "changed_input: x"),
        ("changes_its_mind", None),
    ],
)
def test_one_call_tells_as_much(
    open_student: Any, case: CaseRun, name: str, found: str | None
) -> None:
    """Value, inputs and gradient; only whether answers repeat was seen before."""
    case.asked_twice = True
    function = getattr(open_student(CODE), name)

    told = None
    try:
        agrees(function, squared, Draw(case)(3, 4))
    except Differs as differs:
        told = f"{differs.mismatch.kind}: {differs.mismatch.of}"

    assert told == found
    assert len(case.events) == 1


def test_integers_beside_are_looked_at(open_student: Any, case: CaseRun) -> None:
    """An input that no gradient is followed to must stay as it was, too."""
    case.asked_twice = True
    draw = Draw(case)

    with pytest.raises(Differs) as differs:
        agrees(
            open_student(CODE).overwrites_a_count,
            squared,
            draw(3, 4),
            draw.integers(0, 9, 2),
        )

    assert differs.value.mismatch.of == "n"


def test_what_one_call_raises(open_student: Any, case: CaseRun) -> None:
    """An exception comes out as it does of a plain call."""
    case.asked_twice = True

    with pytest.raises(RuntimeError, match="no gradients, please"):
        agrees(open_student(CODE).minds_gradients, squared, Draw(case)(3, 4))
