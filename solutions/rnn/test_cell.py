"""What a correct cell.py does."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    hidden,
    hint,
    points,
    settings,
)

# The sizes are the recitation's, 3 inputs and 4 units; the numbers are ours.
X = [[1, 0, 2]]
STATE = [[1, -1, 0, 2]]
WEIGHT_IH = [[1, 0, 1], [0, 2, -1], [-1, 1, 0], [0, 1, -1]]
WEIGHT_HH = [[0, 1, 0, 0], [1, 0, 0, 1], [0, 0, 1, 1], [1, 1, 0, 0]]
Z = [[2, 1, 1, -2]]

# What torch calls them; they want both biases, or none.
CELLS = {"tanh": torch.rnn_tanh_cell, "relu": torch.rnn_relu_cell}
BIASES = {"none": (0, 0), "ih": (1, 0), "hh": (0, 1), "both": (1, 1)}


def cell(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: str = "tanh",
) -> Tensor:
    """One step by torch's own cells, with zeros for a bias that is not there."""
    zeros = x.new_zeros(len(weight_hh))
    bias_ih = zeros if bias_ih is None else bias_ih
    bias_hh = zeros if bias_hh is None else bias_hh
    return CELLS[nonlinearity](x, h, weight_ih, weight_hh, bias_ih, bias_hh)


def drawn(draw, inputs, units):
    """Weights and biases of a cell, small enough that no unit is saturated."""
    shapes = {
        "weight_ih": (units, inputs),
        "weight_hh": (units, units),
        "bias_ih": (units,),
        "bias_hh": (units,),
    }
    return list(draw.weights(shapes).values())


@points(2)
@hint("Write down z by hand: four sums of seven products each.")
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_cell_worked_example(student, draw, nonlinearity):
    """rnn_cell gets one step with the recitation's sizes right, with biases of zero"""
    x, h, weight_ih, weight_hh, bias_ih, bias_hh, z = (
        draw.values(v) for v in (X, STATE, WEIGHT_IH, WEIGHT_HH, [0] * 4, [0] * 4, Z)
    )

    got = student.rnn_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity=nonlinearity
    )

    close(got, getattr(torch, nonlinearity)(z.double()))


@points(2)
@digits(0.5)
@device(
    0.5,
    "rnn_cell runs where its inputs are, and makes no detour over the CPU",
    hint="which tensor is made without device=x.device?",
    synchronisations=0,
)
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_cell_agrees_with_torch(student, draw, nonlinearity):
    """rnn_cell and its gradients agree with torch for a batch, with both biases"""
    x, h, weights = draw(5, 2), draw(5, 3), drawn(draw, 2, 3)
    named = [] if nonlinearity == "tanh" else [nonlinearity]  # tanh goes without saying

    agrees(student.rnn_cell, cell, x, h, *weights, *named)


@points(1)
@settings("cpu float64")
@after(test_cell_worked_example)
@hint("is None the same as a bias of zeros?")
@pytest.mark.parametrize(
    ("biases", "batch", "inputs", "units", "nonlinearity"),
    [
        ("none", 4, 3, 2, "tanh"),
        ("ih", 4, 3, 2, "tanh"),
        ("hh", 4, 3, 2, "tanh"),
        ("none", 1, 1, 1, "relu"),
        ("ih", 1, 1, 1, "relu"),
        ("hh", 1, 1, 1, "relu"),
        ("none", 0, 3, 2, "tanh"),
        ("ih", 0, 3, 2, "tanh"),
        ("hh", 0, 3, 2, "tanh"),
    ],
)
def test_cell_without_biases(student, draw, biases, batch, inputs, units, nonlinearity):
    """rnn_cell does without either bias, or without both"""
    x, h = draw(batch, inputs), draw(batch, units)
    weight_ih, weight_hh, *both = drawn(draw, inputs, units)
    both = [b if there else None for b, there in zip(both, BIASES[biases], strict=True)]

    agrees(student.rnn_cell, cell, x, h, weight_ih, weight_hh, *both, nonlinearity)


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    ("nonlinearity", "batch", "inputs", "units", "biases"),
    [
        ("relu", 9, 3, 5, "both"),
        ("sigmoid", 4, 3, 1, "both"),
        ("Tanh", 1, 1, 2, "hh"),
        ("relu6", 4, 3, 2, "ih"),
        ("", 0, 3, 2, "none"),
    ],
)
def test_cell_refuses_other_nonlinearities(
    student, draw, nonlinearity, batch, inputs, units, biases
):
    """rnn_cell refuses a nonlinearity that it does not know"""
    weight_ih, weight_hh, *both = drawn(draw, inputs, units)
    both = [b if there else None for b, there in zip(both, BIASES[biases], strict=True)]
    step = draw(batch, inputs), draw(batch, units), weight_ih, weight_hh, *both

    if nonlinearity in CELLS:
        close(student.rnn_cell(*step, nonlinearity), cell(*step, nonlinearity))
    else:
        with pytest.raises(ValueError):
            student.rnn_cell(*step, nonlinearity)


@points(1.5)
@hidden
@settings("cpu float64")
@after(test_cell_agrees_with_torch)
@pytest.mark.parametrize(
    ("batch", "inputs", "units", "nonlinearity"),
    [
        (0, 3, 2, "relu"),
        (0, 1, 1, "tanh"),
        (1, 7, 7, "relu"),
        (1, 1, 2, "tanh"),
        (3, 4, 1, "tanh"),
        (6, 1, 3, "relu"),
        (4, 3, 1, "relu"),
    ],
)
def test_cell_of_any_size(student, draw, batch, inputs, units, nonlinearity):
    """rnn_cell agrees with torch for any sizes and layouts, down to an empty batch"""
    weight_ih, weight_hh, *biases = drawn(draw, inputs, units)
    x, h = draw(inputs, batch).T, draw(units, batch).T
    if nonlinearity == "relu":
        x = 30 * x  # tanh has limits, relu has none
    elif batch == 3:
        x[0] *= 30  # at its limit; gradients of zero alone would have no scale

    agrees(student.rnn_cell, cell, x, h, weight_ih.T.contiguous().T, weight_hh.T,
           *biases, nonlinearity)  # fmt: skip
