"""What a correct counting.py does."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from autograder import after, agrees, digits, equal, hidden, points, types

FULL = torch.ones(4, 4, dtype=torch.bool)
CAUSAL = {
    "all of the past": FULL.tril(),
    "without the present": FULL.tril(-1),
    "the last two": FULL.tril().triu(-1),
    "not the first": FULL.tril() & (torch.arange(4) > 0),
    "nothing": torch.zeros(4, 4, dtype=torch.bool),
}
NOT_CAUSAL = {"the future": FULL.triu(), "everything": FULL}


@points(1)
@types(1)
@pytest.mark.parametrize(
    ("size", "window", "stride", "expected"),
    [(7, 3, 1, 5), (8, 3, 2, 3), (9, 3, 4, 2), (10, 3, 4, 2), (11, 2, 5, 2)],
)
def test_window_count_by_hand(student, size, window, stride, expected):
    """window_count is right where one can count by hand"""
    equal(student.window_count(size, window, stride), expected)


@points(2)
@after(test_window_count_by_hand)
@given(window=st.integers(1, 9), stride=st.integers(1, 5), room=st.integers(0, 20))
def test_window_count_by_walking(student, window, stride, room):
    """window_count counts what one meets when one walks"""
    walked = len(range(0, room + 1, stride))
    equal(student.window_count(window + room, window, stride), walked)


@points(1)
@hidden
@pytest.mark.parametrize(("size", "window"), [(3, 4), (2, 4), (1, 7)])
def test_window_that_does_not_fit(student, size, window):
    """a window larger than the size raises ValueError"""
    with pytest.raises(ValueError):  # noqa: PT011
        student.window_count(size, window)


@points(1)
@types(1)
@pytest.mark.parametrize("sees", [*CAUSAL, *NOT_CAUSAL])
def test_is_causal(student, sees):
    """is_causal tells masks that see the future from others"""
    mask = (CAUSAL | NOT_CAUSAL)[sees]
    equal(student.is_causal(mask), sees in CAUSAL)


@points(1)
@hidden
def test_is_causal_of_the_past(student):
    """a mask that hides some of the past is causal too"""
    equal(student.is_causal(torch.eye(4, dtype=torch.bool)), True)


@points(1)
@pytest.mark.parametrize(
    "name", ["input", "forget", "candidate", "output"], ids=["0", "1", "2", "3"]
)
def test_gate_name(student, name):
    """gate_name knows all four gates"""
    names = ["input", "forget", "candidate", "output"]
    equal(student.gate_name(names.index(name)), name)


@points(2)
@digits(1, "summary returns the types of its description, with all digits")
@pytest.mark.parametrize(("row", "column"), [(1, 3), (2, 0), (0, 2)])
def test_summary(student, draw, row, column):
    """summary tells distances, shape and where the largest value is"""

    def truth(x):
        row, column = divmod(int(x.argmax()), x.shape[1])
        shape = tuple(x.shape)
        return {"centred": x - x.mean(), "shape": shape, "largest": (row, column)}

    x = draw.distinct(3, 4)
    x[row, column] = 5.0
    agrees(student.summary, truth, x)


@points(1)
@types(1)
@pytest.mark.parametrize(
    ("width", "inside", "out", "expected"),
    [(3, 4, 2, 26), (1, 2, 3, 13), (5, 2, 1, 15)],
)
def test_count_parameters(student, width, inside, out, expected):
    """count_parameters counts weights and biases"""
    layers = [student.build(nn.Linear, width, inside), student.build(nn.ReLU)]
    model = student.build(nn.Sequential, *layers, student.build(nn.Linear, inside, out))
    equal(student.count_parameters(model), expected)


@points(1)
@hidden
@pytest.mark.parametrize(("width", "out"), [(3, 2), (2, 4), (4, 1)])
def test_count_shared_parameters(student, width, out):
    """a parameter that is there twice counts once, and a frozen one not at all"""
    shared = student.build(nn.Linear, width, width)
    frozen = student.build(nn.Linear, width, out)
    frozen.requires_grad_(False)
    model = student.build(nn.Sequential, shared, shared, frozen)
    equal(student.count_parameters(model), width * width + width)
