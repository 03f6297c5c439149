"""What a correct tensors.py does."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from autograder import agrees, close, digits, hidden, points

SECRET = "@CANARY-CHECKS@"


def line(weights, x):
    """What a Layer computes, from its weights."""
    return F.linear(x, weights["line.weight"], weights["line.bias"])


@points(1)
def test_by_hand(student, draw):
    """soften of two numbers with a simple ratio comes out right"""
    secret = "@CANARY-FRAME@"
    logits = draw.values([[0.0, math.log(3)], [math.log(4), 0.0]])
    close(student.soften(logits), torch.softmax(logits.double(), -1))
    assert secret


@points(2)
@digits(1)
@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_soften(student, draw, offset):
    """soften agrees with torch, for large numbers too"""
    agrees(student.soften, lambda x: torch.softmax(x, -1), draw(3, 4) + offset)


@points(2)
@hidden
@pytest.mark.parametrize("rows", [2, 3])
def test_other_rows(student, draw, rows):
    """soften agrees with torch on rows of any number and length"""
    agrees(student.soften, lambda x: torch.softmax(x, -1), draw(rows, 5))


@points(1)
@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_scale(student, draw, size):
    """scale multiplies, small numbers too"""
    agrees(student.scale, lambda x, factor: factor * x, draw(3, 2) * size, 3.0)


@points(1)
@hidden
def test_scale_back(student, draw):
    """scale by a negative factor turns the signs round"""
    agrees(student.scale, lambda x, factor: factor * x, draw(2, 3), -1.5)


@points(1)
def test_layer(student, draw):
    """Layer is a linear layer"""
    weights = draw.weights({"line.weight": (2, 3), "line.bias": (2,)})
    agrees(student.Layer(3, 2).with_weights(weights), line, draw(4, 3))
