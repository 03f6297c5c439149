"""What a correct sequence.py does."""

from __future__ import annotations

from math import exp

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    equal,
    hint,
    points,
    settings,
)

BIASES = {"none": (0, 0), "ih": (1, 0), "hh": (0, 1), "both": (1, 1)}

# Two steps of two units on one input, done by hand; the numbers are ours.
X = [[[1]], [[2]]]
H0 = [[1, 2]]
WEIGHT_IH = [[1], [-1]]
WEIGHT_HH = [[0, 1], [2, 0]]
OUTPUTS = [[[3, 1]], [[3, 4]]]

# The recitation's sizes: four units and two outputs.
STATES = [2, 1, 1, 0]
WEIGHT_YH = [[1, -1, -1, 5], [1, 0, -1, 2]]


def forward(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    nonlinearity: str = "tanh",
) -> tuple[Tensor, Tensor]:
    """All steps by torch.nn.RNN, which knows no sequence of no steps."""
    if len(x) == 0:
        return x.new_zeros((0, *h0.shape)), h0
    zeros = x.new_zeros(len(weight_hh))
    weights = {
        "weight_ih_l0": weight_ih,
        "weight_hh_l0": weight_hh,
        "bias_ih_l0": zeros if bias_ih is None else bias_ih,
        "bias_hh_l0": zeros if bias_hh is None else bias_hh,
    }
    units, inputs = weight_ih.shape
    model = nn.RNN(inputs, units, nonlinearity=nonlinearity, dtype=x.dtype)
    outputs, h_n = functional_call(model, weights, (x, h0[None]))
    return outputs, h_n[0]


def probabilities(h: Tensor, weight_yh: Tensor) -> Tensor:
    """The recitation's output layer."""
    return torch.sigmoid(torch.einsum("...h,oh->...o", h, weight_yh))


def network(layers: int = 1, bidirectional: bool = False):
    """What torch.nn.RNN gives with these weights, as an oracle."""

    def oracle(
        weights: dict[str, Tensor], x: Tensor, h0: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        units, inputs = weights["weight_ih_l0"].shape
        model = nn.RNN(
            inputs, units, layers, bidirectional=bidirectional, dtype=x.dtype
        )
        return functional_call(model, weights, (x, h0))

    return oracle


def shapes_of(inputs: int, units: int, layers: int = 1, bidirectional: bool = False):
    """The parameters of an RNN."""
    shapes: dict[str, tuple[int, ...]] = {}
    endings = ["", "_reverse"] if bidirectional else [""]
    for layer in range(layers):
        for ending in endings:
            seen = len(endings) * units if layer else inputs
            shapes[f"weight_ih_l{layer}{ending}"] = (units, seen)
            shapes[f"weight_hh_l{layer}{ending}"] = (units, units)
            shapes[f"bias_ih_l{layer}{ending}"] = (units,)
            shapes[f"bias_hh_l{layer}{ending}"] = (units,)
    return shapes


def drawn(draw, inputs, units):
    """Weights and biases of one layer, small enough that no unit is saturated."""
    shapes = {
        "weight_ih": (units, inputs),
        "weight_hh": (units, units),
        "bias_ih": (units,),
        "bias_hh": (units,),
    }
    return list(draw.weights(shapes).values())


def some(both, biases):
    """Those of both biases that ``biases`` names, and None for the others."""
    return [b if there else None for b, there in zip(both, BIASES[biases], strict=True)]


@points(1)
@hint("h_1 = relu(W_ih x_1 + W_hh h_0), and h_2 the same with x_2 and h_1")
@pytest.mark.parametrize("steps", [1, 2])
def test_forward_worked_example(student, draw, steps):
    """rnn_forward gets one step and two right that are done by hand, with relu"""
    x, h0, weight_ih, weight_hh, bias_ih, bias_hh, outputs = (
        draw.values(v) for v in (X, H0, WEIGHT_IH, WEIGHT_HH, [0, 0], [0, 0], OUTPUTS)
    )

    got = student.rnn_forward(
        x[:steps], h0, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity="relu"
    )

    close(got, (outputs[:steps], outputs[steps - 1]))


@points(2)
@digits(0.5)
@device(
    0.5,
    "rnn_forward runs where its inputs are, and makes no detour over the CPU",
    hint="which tensor is made without device=x.device?",
    synchronisations=0,
)
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_forward_agrees_with_torch(student, draw, nonlinearity):
    """rnn_forward and its gradients agree with torch over four steps"""
    x, h0, weights = draw(4, 3, 2), draw(3, 5), drawn(draw, 2, 5)
    named = [] if nonlinearity == "tanh" else [nonlinearity]  # tanh goes without saying

    agrees(student.rnn_forward, forward, x, h0, *weights, *named)


@points(0.5)
@settings("cpu float64")
@pytest.mark.parametrize(
    ("biases", "steps", "batch", "units", "nonlinearity"),
    [
        ("none", 3, 4, 5, "tanh"),
        ("ih", 3, 4, 5, "tanh"),
        ("hh", 3, 4, 5, "tanh"),
        ("none", 1, 1, 1, "relu"),
        ("ih", 1, 1, 1, "relu"),
        ("hh", 1, 1, 1, "relu"),
        ("none", 3, 0, 2, "tanh"),
        ("ih", 3, 0, 2, "tanh"),
        ("hh", 3, 0, 2, "tanh"),
    ],
)
def test_forward_without_biases(
    student, draw, biases, steps, batch, units, nonlinearity
):
    """rnn_forward does without either bias, or without both"""
    x, h0 = draw(steps, batch, 2), draw(batch, units)
    weight_ih, weight_hh, *both = drawn(draw, 2, units)

    agrees(student.rnn_forward, forward, x, h0, weight_ih, weight_hh,
           *some(both, biases), nonlinearity)  # fmt: skip


@points(1)
@settings("cpu float64")
@after(test_forward_agrees_with_torch)
@hint("what is stacked if there is nothing? and which state is the last one?")
@pytest.mark.parametrize(
    ("steps", "batch", "units", "nonlinearity"),
    [
        (0, 4, 5, "tanh"),
        (0, 3, 5, "relu"),
        (0, 1, 1, "tanh"),
        (0, 0, 3, "tanh"),
        (3, 4, 5, "tanh"),
    ],
)
def test_forward_of_no_steps(student, draw, steps, batch, units, nonlinearity):
    """rnn_forward of no steps gives an empty tensor, and back the state it got"""
    x, h0 = draw(steps, batch, 2), draw(batch, units)

    agrees(student.rnn_forward, forward, x, h0, *drawn(draw, 2, units), nonlinearity)


@points(1)
@hint("o = W_yh h has two numbers here; what is sigmoid(0)?")
def test_probabilities_worked_example(student, draw):
    """output_probabilities gets one step with the recitation's sizes right"""
    got = student.output_probabilities(draw.values(STATES), draw.values(WEIGHT_YH))

    close(got, draw.values([0.5, 1 / (1 + exp(-1))]))


@points(1)
@digits(0.5)
@device(
    0.5,
    "output_probabilities runs where its states are, without a detour over the CPU",
    synchronisations=0,
)
@pytest.mark.parametrize(
    ("shape", "size"),
    [((5, 3, 4), 2), ((3, 4), 2), ((30, 4), 21)],
    ids=["all steps", "one step", "nearly sure"],
)
def test_probabilities_agree_with_torch(student, draw, shape, size):
    """output_probabilities and its gradients agree with torch, for one step or all"""
    h, weight_yh = draw(*shape, low=-size, high=size), draw(2, 4, low=-1, high=1)

    agrees(student.output_probabilities, probabilities, h, weight_yh)


@points(1.5)
@hint(
    "print the shapes of torch.nn.RNN(3, 4, 2, bidirectional=True).named_parameters()"
)
@pytest.mark.parametrize(
    ("layers", "bidirectional"),
    [(1, False), (3, False), (1, True), (2, True), (3, True), (4, True)],
)
def test_rnn_parameters(student, layers, bidirectional):
    """RNN has torch's parameters, by name and shape"""
    model = student.RNN(3, 4, layers, bidirectional)

    equal(model.parameter_shapes(), shapes_of(3, 4, layers, bidirectional))


@points(1.5)
@digits(0.5)
@device(
    0.5,
    "RNN runs where its inputs are, and makes its first state there",
    hint="what is made in forward without device=x.device?",
    synchronisations=0,
)
@pytest.mark.parametrize("start", ["zeros", "given"])
def test_rnn_of_one_layer(student, draw, start):
    """RNN of one layer agrees with torch, from zeros or from a state that is given"""
    weights, x = draw.weights(shapes_of(3, 4)), draw(5, 2, 3)
    states = [draw(1, 2, 4)] if start == "given" else []

    agrees(student.RNN(3, 4).with_weights(weights), network(), x, *states)


@points(1.5)
@hint("what does the second layer read? and with which state does it begin?")
@pytest.mark.parametrize("layers", [2, 3])
def test_rnn_of_layers(student, draw, layers):
    """RNN of two layers and of three agrees with torch, last states included"""
    weights = draw.weights(shapes_of(3, 4, layers))
    x, h0 = draw(5, 2, 3), draw(layers, 2, 4)

    model = student.RNN(3, 4, num_layers=layers)
    agrees(model.with_weights(weights), network(layers), x, h0)


@points(2)
@hint("at step t, what has the reverse network read? which of its states is the last?")
@pytest.mark.parametrize("start", ["zeros", "given"])
def test_rnn_in_both_directions(student, draw, start):
    """RNN in both directions agrees with torch, last states included"""
    weights, x = draw.weights(shapes_of(3, 4, 1, True)), draw(5, 2, 3)
    states = [draw(2, 2, 4)] if start == "given" else []

    model = student.RNN(3, 4, bidirectional=True)
    agrees(model.with_weights(weights), network(1, True), x, *states)
