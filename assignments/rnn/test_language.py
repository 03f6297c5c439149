"""What a correct language.py does."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    after,
    agrees,
    changes,
    device,
    digits,
    equal,
    hint,
    points,
    settings,
    types,
)

TOKENS = 7  # how many there are in the scripts of the decoders


@points(1)
@types(0.5)
@device(
    0.5,
    "one_hot runs where its indices are",
    hint="what do you compare the indices with, and where does it live?",
    cases=["all"],
)
@pytest.mark.parametrize(
    ("indices", "classes", "rows"),
    [
        ([2, 0, 1, 2], 3, [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ([1, 0], 4, [[0, 1, 0, 0], [1, 0, 0, 0]]),
        ([3], 5, [[0, 0, 0, 1, 0]]),
    ],
    ids=["all", "not all", "one"],
)
def test_one_hot_worked_examples(student, indices, classes, rows):
    """one_hot gets rows right that one can write down, and they are int64"""
    equal(student.one_hot(torch.tensor(indices), classes), torch.tensor(rows))


@points(0.5)
@hint("which axis is new? and what is the shape of a single index?")
@pytest.mark.parametrize(
    ("shape", "classes"),
    [((), 4), ((2, 3), 5), ((4, 1, 2, 3), 3), ((1, 6), 2), ((2, 1, 3), 1), ((3,), 1),
     ((), 1), ((1, 1), 1), ((0,), 3), ((2, 0), 1)],
)  # fmt: skip
def test_one_hot_of_any_shape(student, draw, shape, classes):
    """one_hot takes indices of any shape, from a single one to none"""
    indices = draw.integers(0, classes, *shape[::-1])
    indices = indices.permute(tuple(range(len(shape)))[::-1])

    equal(student.one_hot(indices, classes), F.one_hot(indices, classes))


def shapes(vocabulary: int, units: int) -> dict[str, tuple[int, ...]]:
    """The parameters of a CharRNN."""
    return {
        "embedding.weight": (vocabulary, units),
        "rnn.weight_ih_l0": (units, units),
        "rnn.weight_hh_l0": (units, units),
        "rnn.bias_ih_l0": (units,),
        "rnn.bias_hh_l0": (units,),
        "linear.weight": (vocabulary, units),
        "linear.bias": (vocabulary,),
    }


def char_rnn(
    weights: dict[str, Tensor], tokens: Tensor, h: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Logits and last state, by torch's own functions."""
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    recurrent = [weights[f"rnn.{name}"] for name in names]
    seen = F.embedding(tokens, weights["embedding.weight"])
    h = torch.zeros_like(seen[:1]) if h is None else h
    outputs, h = torch.rnn_tanh(seen, h, recurrent, True, 1, 0.0, False, False, False)
    return F.linear(outputs, weights["linear.weight"], weights["linear.bias"]), h


@points(1)
@hint("three layers, and the names of their parameters: read the docstring again")
@pytest.mark.parametrize(("vocabulary", "units"), [(7, 3), (1, 1), (1, 4), (6, 1)])
def test_char_rnn_parameters(student, vocabulary, units):
    """CharRNN has the parameters of its three layers, and no others"""
    model = student.CharRNN(vocabulary, units)

    equal(model.parameter_shapes(), shapes(vocabulary, units))


@points(1.5)
@digits(0.5)
@device(
    0.5,
    "CharRNN runs where its tokens are, and makes no detour over the CPU",
    hint="where does the first state live?",
    synchronisations=0,
)
def test_char_rnn_agrees_with_torch(student, draw):
    """CharRNN gives the right logits and last state from a state of zeros"""
    tokens = draw.integers(0, 7, 4, 2)
    model = student.CharRNN(7, 3).with_weights(draw.weights(shapes(7, 3)))

    agrees(model, char_rnn, tokens)


@points(0.5)
@settings("cpu float64")
@after(test_char_rnn_parameters)
@hint("what becomes of the h that forward is given?")
@pytest.mark.parametrize(("length", "texts"), [(3, 5), (1, 1)])
def test_char_rnn_goes_on_from_a_state(student, draw, length, texts):
    """CharRNN begins with the state that it is given, and gradients flow back to it"""
    tokens = draw.integers(0, 6, length, texts)
    model = student.CharRNN(6, 4).with_weights(draw.weights(shapes(6, 4)))

    agrees(model, char_rnn, tokens, draw(1, texts, 4))


def scripts(draw: Any, steps: int) -> Tensor:
    """What follows each of the tokens, by step; no two lead to the same one."""
    return torch.stack([draw.distinct(TOKENS).argsort() for _ in range(steps)])


def walked(script: Tensor) -> Tensor:
    """What comes of each of the tokens, step by step."""
    token, found = torch.arange(TOKENS), []
    for row in script:
        token = row[token]
        found.append(token)
    return torch.stack(found)


def at_step(step: int, texts: int = TOKENS) -> Tensor:
    """The state of a scripted model that has read so many tokens."""
    return torch.full((1, texts, 1), float(step))


@points(1)
@types(0.5)
@device(
    0.5,
    "greedy_sample makes its tokens where the first ones are",
    hint="torch.tensor(token) lives on the CPU",
    cases=[{"begun": 2}],
)
@changes("model")  # into its eval mode
@hint("the model reads the token that it found last, with the state that it gave back")
@pytest.mark.parametrize("begun", [0, 2])
def test_greedy_sample_follows_the_model(student, draw, begun):
    """greedy_sample feeds each new token, and the state, to find the next one"""
    script = scripts(draw, begun + 5)
    sure = draw.distinct(TOKENS, 1).argsort(0) + 1  # some texts more than others
    model = student.scripted(F.one_hot(script, TOKENS) * sure)

    found = student.greedy_sample(model, torch.arange(TOKENS), at_step(begun), 5)

    equal(found, walked(script[begun:]))


@points(0.5)
@after(test_greedy_sample_follows_the_model)
@hint("which of two equal numbers does argmax give?")
@changes("model")
@pytest.mark.parametrize("level", [800, -5])
def test_greedy_sample_breaks_ties(student, draw, level):
    """greedy_sample takes the smallest index of equal logits, large or negative"""
    script, other = scripts(draw, 4), scripts(draw, 4)
    table = (F.one_hot(script, TOKENS) + F.one_hot(other, TOKENS)).clamp(max=1) + level
    model = student.scripted(table)
    script = torch.minimum(script, other)

    found = student.greedy_sample(model, torch.arange(TOKENS), at_step(0), 4)

    equal(found, walked(script))
