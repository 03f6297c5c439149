"""What a correct gru.py does."""

from __future__ import annotations

from math import log

import pytest
import torch
import torch.nn.functional as F
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
    unroll,
)

# Two units. The sigmoid of log 3 is 3/4, of 0 it is 1/2, of -log 3 it is 1/4; the tanh
# of log 2 is 3/5.
L2, L3 = log(2), log(3)
WEIGHT_IH = [[0], [-L3], [0], [0], [0], [-2 * L2]]
WEIGHT_HH = [[0, 0], [0, 0], [0, -L3 / 2], [0, 0], [0, -L2], [2 * L2, 0]]
STATE = [[2, -2]]
# r = (1/2, 1/4), z = (3/4, 1/2), W_hn h = (2 log 2, 4 log 2), n = (3/5, -3/5)
NEW_STATE = [[1.65, -1.3]]

BIASES = {"none": (0, 0), "ih": (1, 0), "hh": (0, 1), "both": (1, 1)}


def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    """One step by torch's own cells, with zeros for a bias that is not there.

    To reset before the product, the candidate is what a plain cell makes of r * h.
    """
    zeros = x.new_zeros(len(weight_hh))
    bias_ih = zeros if bias_ih is None else bias_ih
    bias_hh = zeros if bias_hh is None else bias_hh
    if reset_after:
        return torch.gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    sums = F.linear(x, weight_ih, bias_ih) + F.linear(h, weight_hh, bias_hh)
    r, z, _ = sums.sigmoid().unflatten(1, (3, -1)).unbind(1)
    candidate = [t.unflatten(0, (3, -1))[2] for t in (weight_ih, weight_hh)]
    candidate += [t.unflatten(0, (3, -1))[2] for t in (bias_ih, bias_hh)]
    return torch.lerp(torch.rnn_tanh_cell(x, r * h, *candidate), h, z)


def gru_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps by torch's own layer, which wants at least one."""
    if not len(x):
        return x.new_empty(0, *h0.shape), h0
    zeros = x.new_zeros(len(weight_hh))
    weights = [weight_ih, weight_hh]
    weights += [zeros if bias is None else bias for bias in (bias_ih, bias_hh)]
    outputs, h = torch.gru(x, h0[None], weights, True, 1, 0.0, False, False, False)
    return outputs, h[0]


def drawn(draw, inputs: int, units: int, biases: str = "both") -> list[Tensor | None]:
    """Weights and biases, small enough that no gate is wide open or shut."""
    shapes = {
        "weight_ih": (3 * units, inputs),
        "weight_hh": (3 * units, units),
        "bias_ih": (3 * units,),
        "bias_hh": (3 * units,),
    }
    weight_ih, weight_hh, *both = draw.weights(shapes).values()
    kept = zip(both, BIASES[biases], strict=True)
    return [weight_ih, weight_hh, *(bias if there else None for bias, there in kept)]


@points(1)
@hint("First r and z, then W_hn h, then n: three small sums, twice.")
def test_gru_cell_worked_example(student, draw):
    """gru_cell gets one step right whose gates are simple fractions"""
    x, h, weight_ih, weight_hh = (
        draw.values(v) for v in ([[1]], STATE, WEIGHT_IH, WEIGHT_HH)
    )

    got = student.gru_cell(x, h, weight_ih, weight_hh)

    close(got, torch.tensor(NEW_STATE, dtype=torch.float64))


@points(1.5)
@digits(0.5)
@device(
    0.5,
    "gru_cell runs where its inputs are, and makes no detour over the CPU",
    hint="which tensor is made without device=x.device?",
    synchronisations=0,
)
def test_gru_cell_agrees_with_torch(student, draw):
    """gru_cell and its gradients agree with torch for a batch, with both biases"""
    agrees(student.gru_cell, gru_cell, draw(5, 2), draw(5, 3), *drawn(draw, 2, 3))


@points(1)
@settings("cpu float64")
@hint("with reset_after=False, what does r multiply?")
@pytest.mark.parametrize(
    ("batch", "inputs", "units"), [(5, 2, 3), (1, 1, 4), (2, 3, 1)]
)
def test_gru_cell_resets_before(student, draw, batch, inputs, units):
    """gru_cell with reset_after=False resets the state before its product"""
    x, h = draw(batch, inputs), draw(batch, units)

    agrees(student.gru_cell, gru_cell, x, h, *drawn(draw, inputs, units),
           reset_after=False)  # fmt: skip


@points(0.5)
@settings("cpu float64")
@hint("is None the same as a bias of zeros?")
@pytest.mark.parametrize(
    ("biases", "batch", "inputs", "units", "reset_after"),
    [("none", 4, 1, 2, True), ("none", 1, 3, 1, True), ("none", 3, 2, 4, False),
     ("ih", 2, 3, 1, False), ("hh", 3, 1, 2, False),
     ("ih", 1, 1, 2, True), ("ih", 4, 3, 1, True), ("hh", 3, 4, 2, True)],
)  # fmt: skip
def test_gru_cell_without_biases(
    student, draw, biases, batch, inputs, units, reset_after
):
    """gru_cell does without either bias, or without both"""
    x, h = draw(batch, inputs), draw(batch, units)
    if not reset_after:  # with h = 0 nobody sees when it is reset, a check of its own
        h = torch.zeros_like(h)

    agrees(student.gru_cell, gru_cell, x, h, *drawn(draw, inputs, units, biases),
           reset_after, gradient=reset_after or ["x"])  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_gru_cell_worked_example)
def test_gru_cell_over_steps(student, draw):
    """gru_cell goes on from its own state, and gradients flow back to the start"""
    steps, oracle = unroll(student.gru_cell), unroll(gru_cell)

    agrees(steps, oracle, draw(4, 2, 5), draw(2, 3), *drawn(draw, 5, 3))


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    ("batch", "inputs", "units"), [(1, 1, 5), (1, 4, 1), (6, 1, 1), (3, 7, 7)]
)
def test_gru_cell_of_any_size(student, draw, batch, inputs, units):
    """gru_cell agrees with torch for any sizes and layouts, down to one of all"""
    weight_ih, weight_hh, *both = drawn(draw, inputs, units)
    x, h = draw(inputs, batch).T, draw(units, batch).T
    x[3:] *= 30  # with gates that are wide open, or shut

    agrees(student.gru_cell, gru_cell, x, h, weight_ih.T.contiguous().T,
           weight_hh.T.contiguous().T, *both)  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@hint("what is -1 in a view of no numbers?")
@pytest.mark.parametrize(
    ("batch", "inputs", "units", "reset_after"),
    [(0, 2, 3, True), (0, 1, 1, False), (2, 3, 4, True)],
)
def test_gru_cell_of_no_sequences(student, draw, batch, inputs, units, reset_after):
    """gru_cell takes a batch of no sequences"""
    x, h = draw(batch, inputs), draw(batch, units)

    agrees(student.gru_cell, gru_cell, x, h, *drawn(draw, inputs, units), reset_after)


@points(1)
@digits(0.5)
@device(
    0.5,
    "gru_forward runs where its inputs are, and makes no detour over the CPU",
    hint="is a buffer made without device=x.device?",
    synchronisations=0,
)
def test_gru_forward_agrees_with_torch(student, draw):
    """gru_forward agrees with torch over five steps, and so do all gradients"""
    x, h0 = draw(5, 3, 2), draw(3, 4)

    agrees(student.gru_forward, gru_forward, x, h0, *drawn(draw, 2, 4))


@points(0.5)
@settings("cpu float64")
@pytest.mark.parametrize(
    ("biases", "steps", "batch", "inputs", "units"),
    [("none", 1, 3, 1, 2), ("none", 3, 1, 4, 1), ("ih", 1, 1, 4, 2), ("ih", 3, 2, 1, 1),
     ("hh", 2, 3, 2, 3)],
)  # fmt: skip
def test_gru_forward_without_biases(student, draw, biases, steps, batch, inputs, units):
    """gru_forward does without either bias, or without both"""
    x, h0 = draw(steps, batch, inputs), draw(batch, units)

    agrees(student.gru_forward, gru_forward, x, h0,
           *drawn(draw, inputs, units, biases))  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_gru_forward_agrees_with_torch)
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "units"),
    [(1, 4, 1, 3), (1, 1, 2, 1), (6, 1, 1, 2), (3, 2, 1, 1)],
)
def test_gru_forward_of_any_size(student, draw, steps, batch, inputs, units):
    """gru_forward agrees with torch for any sizes and layouts, down to one step"""
    x = draw.transposed(batch, steps, inputs).transpose(0, 1)

    agrees(student.gru_forward, gru_forward, x, draw.sliced(batch, units),
           *drawn(draw, inputs, units))  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@hint("can torch.stack take an empty list?")
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "units"),
    [
        (0, 2, 4, 3),
        (0, 1, 1, 1),
        (0, 0, 1, 3),
        (1, 0, 2, 3),
        (2, 0, 1, 1),
        (2, 1, 3, 4),
    ],
)
def test_gru_forward_of_nothing(student, draw, steps, batch, inputs, units):
    """gru_forward takes no steps, which leave the state as it is, and no sequences"""
    x, h0 = draw(steps, batch, inputs), draw(batch, units)

    agrees(student.gru_forward, gru_forward, x, h0, *drawn(draw, inputs, units))
