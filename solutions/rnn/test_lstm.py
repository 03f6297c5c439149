"""What a correct lstm.py does."""

from __future__ import annotations

from math import log, tanh

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
    unroll,
)

# Two units. The sigmoid of log 3 is 3/4, of 0 it is 1/2, of -log 3 it is 1/4; the tanh
# of log 2 is 3/5. The input makes what is written, the state h what is kept and shown.
L2, L3 = log(2), log(3)
WEIGHT_IH = [[L3], [0], [0], [0], [L2], [-L2], [0], [0]]
WEIGHT_HH = [[0, 0], [0, 0], [0, 0], [L3, 0], [0, 0], [0, 0], [0, L3], [0, 0]]
STATE = [[1, -1]], [[1.1, 2]]
# i = (3/4, 1/2), f = (1/2, 3/4), g = (3/5, -3/5), o = (1/4, 1/2)
NEW_STATE = [[tanh(1.0) / 4, tanh(1.2) / 2]], [[1.0, 1.2]]

BIASES = {"none": (0, 0), "ih": (1, 0), "hh": (0, 1), "both": (1, 1)}


def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """One step by torch's own cell, with zeros for a bias that is not there."""
    zeros = x.new_zeros(len(weight_hh))
    bias_ih = zeros if bias_ih is None else bias_ih
    bias_hh = zeros if bias_hh is None else bias_hh
    return torch.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)


def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps by torch's own layer, which wants at least one."""
    if not len(x):
        return x.new_empty(0, *state[0].shape), tuple(state)
    zeros = x.new_zeros(len(weight_hh))
    weights = [weight_ih, weight_hh]
    weights += [zeros if bias is None else bias for bias in (bias_ih, bias_hh)]
    before = [part[None] for part in state]
    outputs, h, c = torch.lstm(x, before, weights, True, 1, 0.0, False, False, False)
    return outputs, (h[0], c[0])


def drawn(draw, inputs: int, units: int, biases: str = "both") -> list[Tensor | None]:
    """Weights and biases, small enough that no gate is wide open or shut."""
    shapes = {
        "weight_ih": (4 * units, inputs),
        "weight_hh": (4 * units, units),
        "bias_ih": (4 * units,),
        "bias_hh": (4 * units,),
    }
    weight_ih, weight_hh, *both = draw.weights(shapes).values()
    kept = zip(both, BIASES[biases], strict=True)
    return [weight_ih, weight_hh, *(bias if there else None for bias, there in kept)]


@points(1)
@hint("Write down z by hand, eight numbers, and cut it into four gates of two.")
def test_lstm_cell_worked_example(student, draw):
    """lstm_cell gets one step right whose gates are simple fractions"""
    state = tuple(draw.values(part) for part in STATE)

    got = student.lstm_cell(
        draw.values([[1]]), state, draw.values(WEIGHT_IH), draw.values(WEIGHT_HH)
    )

    close(got, tuple(torch.tensor(part, dtype=torch.float64) for part in NEW_STATE))


@points(1.5)
@digits(0.5)
@device(
    0.5,
    "lstm_cell runs where its inputs are, and makes no detour over the CPU",
    hint="which tensor is made without device=x.device?",
    synchronisations=0,
)
def test_lstm_cell_agrees_with_torch(student, draw):
    """lstm_cell and its gradients agree with torch for a batch, with both biases"""
    x, state = draw(5, 2), (draw(5, 3), draw(5, 3))

    agrees(student.lstm_cell, lstm_cell, x, state, *drawn(draw, 2, 3))


@points(0.5)
@settings("cpu float64")
@hint("is None the same as a bias of zeros?")
@pytest.mark.parametrize(
    ("biases", "batch", "inputs", "units"),
    [("none", 4, 1, 2), ("none", 1, 3, 1), ("ih", 1, 1, 2), ("ih", 4, 3, 1),
     ("hh", 3, 4, 2)],
)  # fmt: skip
def test_lstm_cell_without_biases(student, draw, biases, batch, inputs, units):
    """lstm_cell does without either bias, or without both"""
    x, state = draw(batch, inputs), (draw(batch, units), draw(batch, units))

    agrees(student.lstm_cell, lstm_cell, x, state, *drawn(draw, inputs, units, biases))


@points(0.5)
@settings("cpu float64")
@after(test_lstm_cell_worked_example)
@hint("does the second step begin with both parts that the first has left?")
def test_lstm_cell_over_steps(student, draw):
    """lstm_cell goes on from its own state, and gradients flow back to the start"""
    steps, oracle = unroll(student.lstm_cell), unroll(lstm_cell)

    state = draw(2, 3), draw(2, 3)
    agrees(steps, oracle, draw(4, 2, 5), state, *drawn(draw, 5, 3))


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    ("batch", "inputs", "units"), [(1, 1, 5), (1, 4, 1), (6, 1, 1), (3, 7, 7)]
)
def test_lstm_cell_of_any_size(student, draw, batch, inputs, units):
    """lstm_cell agrees with torch for any sizes and layouts, down to one of all"""
    weight_ih, weight_hh, *both = drawn(draw, inputs, units)
    c = 9 * draw.transposed(batch, units)  # c has no limits, as h has
    x, state = draw(inputs, batch).T, (draw(units, batch).T, c)

    agrees(student.lstm_cell, lstm_cell, x, state, weight_ih.T.contiguous().T,
           weight_hh.T.contiguous().T, *both)  # fmt: skip


@points(0.5)
@hidden
@settings("cpu float64")
@hint("what is -1 in a view of no numbers?")
@pytest.mark.parametrize(
    ("batch", "inputs", "units"), [(0, 2, 3), (0, 1, 1), (2, 3, 4)]
)
def test_lstm_cell_of_no_sequences(student, draw, batch, inputs, units):
    """lstm_cell takes a batch of no sequences"""
    x, state = draw(batch, inputs), (draw(batch, units), draw(batch, units))

    agrees(student.lstm_cell, lstm_cell, x, state, *drawn(draw, inputs, units))


@points(1)
@digits(0.5)
@device(
    0.5,
    "lstm_forward runs where its inputs are, and makes no detour over the CPU",
    hint="is a buffer made without device=x.device?",
    synchronisations=0,
)
def test_lstm_forward_agrees_with_torch(student, draw):
    """lstm_forward agrees with torch over five steps, and so do all gradients"""
    state = draw(3, 4), draw(3, 4)

    agrees(student.lstm_forward, lstm_forward, draw(5, 3, 2), state, *drawn(draw, 2, 4))


@points(0.5)
@settings("cpu float64")
@pytest.mark.parametrize(
    ("biases", "steps", "batch", "inputs", "units"),
    [("none", 1, 3, 1, 2), ("none", 3, 1, 4, 1), ("ih", 1, 1, 4, 2), ("ih", 3, 2, 1, 1),
     ("hh", 2, 3, 2, 3)],
)  # fmt: skip
def test_lstm_forward_without_biases(
    student, draw, biases, steps, batch, inputs, units
):
    """lstm_forward does without either bias, or without both"""
    x, state = draw(steps, batch, inputs), (draw(batch, units), draw(batch, units))

    agrees(student.lstm_forward, lstm_forward, x, state,
           *drawn(draw, inputs, units, biases))  # fmt: skip


@points(1)
@hidden
@settings("cpu float64")
@after(test_lstm_forward_agrees_with_torch)
@pytest.mark.parametrize(
    ("steps", "batch", "inputs", "units"),
    [(1, 4, 1, 3), (1, 1, 2, 1), (6, 1, 1, 2), (3, 2, 1, 1)],
)
def test_lstm_forward_of_any_size(student, draw, steps, batch, inputs, units):
    """lstm_forward agrees with torch for any sizes and layouts, down to one step"""
    x = draw.transposed(batch, steps, inputs).transpose(0, 1)
    state = draw(batch, units), draw.sliced(batch, units)

    agrees(student.lstm_forward, lstm_forward, x, state, *drawn(draw, inputs, units))


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
def test_lstm_forward_of_nothing(student, draw, steps, batch, inputs, units):
    """lstm_forward takes no steps, which leave the state as it is, and no sequences"""
    x, state = draw(steps, batch, inputs), (draw(batch, units), draw(batch, units))

    agrees(student.lstm_forward, lstm_forward, x, state, *drawn(draw, inputs, units))
