"""What a correct recurrent.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    equal,
    hidden,
    no_more_than,
    points,
    settings,
    types,
    unroll,
)


def char_weights(draw, vocabulary, hidden):
    """Weights of a CharModel."""
    return {
        "embed.weight": draw(vocabulary, hidden),
        "mix.weight": draw(hidden, 2 * hidden),
        "mix.bias": draw(hidden),
        "out.weight": draw(vocabulary, hidden),
        "out.bias": draw(vocabulary),
    }


def char_model(weights, tokens, state=None):
    """The same model, from its weights."""
    seen = F.embedding(tokens, weights["embed.weight"])
    old = torch.zeros_like(seen) if state is None else state
    both = torch.cat([seen, old], -1)
    new = torch.tanh(F.linear(both, weights["mix.weight"], weights["mix.bias"]))
    return F.linear(new, weights["out.weight"], weights["out.bias"]), new


@points(2)
@digits(1)
@device(1, "lstm_cell runs where its inputs are", times=3, synchronisations=0)
def test_lstm_cell_agrees_with_torch(student, draw):
    """lstm_cell does one step as torch does, gradients too"""
    x, state = draw(3, 2), (draw(3, 5), draw(3, 5))
    agrees(student.lstm_cell, torch.lstm_cell, x, state,
           draw(20, 2), draw(20, 5), draw(20), draw(20))  # fmt: skip


@points(2)
@after(test_lstm_cell_agrees_with_torch)
def test_lstm_cell_over_steps(student, draw):
    """lstm_cell goes on from its own state, and gradients flow back to the start"""
    w = draw.weights({"ih": (20, 2), "hh": (20, 5), "b_ih": (20,), "b_hh": (20,)})
    steps, truth = unroll(student.lstm_cell), unroll(torch.lstm_cell)
    agrees(steps, truth, draw(4, 3, 2), (draw(3, 5), draw(3, 5)), *w.values())


@points(1)
def test_char_model_parameters(student):
    """CharModel has the right parameters"""
    equal(
        student.CharModel(7, 3).parameter_shapes(),
        {
            "embed.weight": (7, 3),
            "mix.weight": (3, 6),
            "mix.bias": (3,),
            "out.weight": (7, 3),
            "out.bias": (7,),
        },
    )


@points(2)
@digits(1)
def test_char_model_begins(student, draw):
    """CharModel begins with a state of zeros"""
    model = student.CharModel(7, 3).with_weights(char_weights(draw, 7, 3))
    agrees(model, char_model, draw.integers(0, 7, 4))


@points(1)
@after(test_char_model_begins)
@settings("sim")
def test_char_model_on_the_device(student, draw):
    """CharModel makes its first state where its tokens are"""
    model = student.CharModel(7, 3).with_weights(char_weights(draw, 7, 3))
    agrees(model, char_model, draw.integers(0, 7, 4))
    no_more_than(synchronisations=0)


@points(2)
def test_char_model_goes_on(student, draw):
    """CharModel goes on from its state, and gradients flow back through two steps"""
    tokens = draw.integers(0, 7, 2, 4)
    weights = {n: w.requires_grad_() for n, w in char_weights(draw, 7, 3).items()}
    model = student.CharModel(7, 3).with_weights(weights)

    _, state = model(tokens[0])
    logits, _ = model(tokens[1], state)

    truth = {n: w.detach().double().requires_grad_() for n, w in weights.items()}
    expected, _ = char_model(truth, tokens[1], char_model(truth, tokens[0])[1])
    close(logits, expected.detach())
    cotangent = draw(4, 7)
    logits.backward(cotangent)
    expected.backward(cotangent.double())
    close(weights["embed.weight"].grad, truth["embed.weight"].grad)


@points(2)
@types(1)
@pytest.mark.parametrize(
    ("start", "expected"), [(2, [3, 0, 1, 2, 3]), (0, [1, 2, 3]), (3, [0, 1])]
)
def test_greedy_decode_follows_a_cycle(student, start, expected):
    """greedy_decode gives each token to the model to find the next"""
    model = student.build(nn.Embedding, 4, 4)
    model.load_state_dict({"weight": torch.eye(4).roll(1, dims=1)})
    equal(student.greedy_decode(model, start, len(expected)), expected)


@points(1)
@hidden
def test_greedy_decode_of_no_steps(student):
    """greedy_decode of no steps says nothing"""
    equal(student.greedy_decode(student.build(nn.Embedding, 4, 4), 2, 0), [])
