"""Weights that a check gives to a model: its own parameters hold them."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from autograder.checking.case import CaseRun
from autograder.checking.comparing import agrees
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw

LISTED = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, frozen=False):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1, 2))
        self.bias = nn.Parameter(torch.zeros(1), requires_grad=not frozen)
        self.parts = [self.weight, self.bias]
        self.bend = lambda x: torch.relu(x @ self.parts[0].T + self.parts[1])
    def forward(self, x):
        return self.bend(x)
"""


@pytest.fixture
def draw(case: CaseRun) -> Draw:
    """Of the case, in float64."""
    return Draw(case)


def _listed(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    return torch.relu(x @ weights["weight"].T + weights["bias"])


def test_parameters_may_stand_in_a_list(open_student: Any, draw: Draw) -> None:
    """What a class keeps of its parameters when it is made has the weights as well."""
    model = open_student(LISTED).Net()
    weights = draw.weights({"weight": (1, 2), "bias": (1,)})

    agrees(model.with_weights(weights), _listed, draw(5, 2))
    changed = {name: weight + 1 for name, weight in weights.items()}
    agrees(model.with_weights(changed), _listed, draw(5, 2))


def test_a_frozen_parameter_gets_no_gradient(open_student: Any, draw: Draw) -> None:
    """A class that freezes its own parameter cannot learn it, and is told so."""
    model = open_student(LISTED).Net(True)
    weights = draw.weights({"weight": (1, 2), "bias": (1,)})

    with pytest.raises(Differs) as caught:
        agrees(model.with_weights(weights), _listed, draw(5, 2))
    found = caught.value.mismatch
    assert (found.kind, found.of) == ("no_gradient", "the gradient of bias")


def test_other_weights_leave_an_open_graph_alone(open_student: Any) -> None:
    """Each call's gradient is that at its own weights, whichever was the last."""
    model = open_student("").build(nn.Linear, 2, 1)
    x = torch.ones(1, 2, dtype=torch.float64, requires_grad=True)
    outs = []
    for size in (2.0, 3.0):
        weights = {"weight": torch.full((1, 2), size), "bias": torch.zeros(1)}
        weights = {name: weight.double() for name, weight in weights.items()}
        weights["weight"].requires_grad_()
        outs.append(model.with_weights(weights)(x))

    assert [out.tolist() for out in outs] == [[[4.0]], [[6.0]]]
    for out, size in zip(outs, (2.0, 3.0), strict=True):
        (found,) = torch.autograd.grad(out.sum(), x)
        assert found.tolist() == [[size, size]]
