"""What a correct functions.py does."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from autograder import after, agrees, close, digits, hidden, hint, points, settings


def read(query, key, value, mask=None):
    """torch's own attention, and its weights: what it reads from an identity."""
    same = torch.eye(key.shape[-2], dtype=query.dtype)
    weights = F.scaled_dot_product_attention(
        query, key, same.expand(*key.shape[:-1], -1), mask
    )
    return weights @ value, weights


@points(1)
@pytest.mark.parametrize("ratio", [3, 4])
def test_softmax_by_hand(student, draw, ratio):
    """softmax of two numbers with a simple ratio comes out right"""
    logits = draw.values([[0.0, math.log(ratio)], [math.log(ratio), 0.0]])
    shares = torch.tensor([[1.0, ratio], [ratio, 1.0]]).double() / (1 + ratio)
    close(student.softmax(logits, 1), shares)


@points(2)
@digits(1)
@after(test_softmax_by_hand)
@hint("one number that you subtract changes nothing in the ratios")
@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("offset", [0.0, 2000.0])
def test_softmax_agrees_with_torch(student, draw, dim, offset):
    """softmax agrees with torch along every axis, for large numbers too"""
    agrees(student.softmax, torch.softmax, draw(2, 3, 4) + offset, dim=dim)


@points(1)
@hidden
@pytest.mark.parametrize("apart", [1000.0, 2000.0])
def test_softmax_of_unequal_rows(student, draw, apart):
    """softmax looks at each row alone"""
    rows = draw(3, 5) + draw.values([[-apart], [0.0], [apart]])
    agrees(student.softmax, torch.softmax, rows, -1)


@points(1)
@settings("cpu bfloat16", "cpu float16")
def test_softmax_in_short_numbers(student, draw):
    """softmax works in bfloat16, and in float16, which cannot hold exp(12)"""
    agrees(student.softmax, torch.softmax, draw(3, 7) + 15, -1)


def normed(x, weight, bias, eps):
    """torch's own layer norm."""
    return F.layer_norm(x, weight.shape, weight, bias, eps)


@points(2)
@digits(1)
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_layer_norm_agrees_with_torch(student, draw, eps):
    """layer_norm agrees with torch for every eps"""
    x = draw.transposed(2, 3, 5)
    agrees(student.layer_norm, normed, x, draw(5), draw(5), eps=eps)


@points(1)
@hidden
@hint("how many digits do two large numbers lose that are nearly the same?")
def test_layer_norm_far_from_zero(student, draw):
    """layer_norm finds the small differences of large numbers"""
    x = draw(6, 8) + 2e4
    agrees(student.layer_norm, normed, x, draw(8), draw(8), eps=1e-5)


@points(2)
@digits(1)
def test_attention_agrees_with_torch(student, draw):
    """attention agrees with torch where every query may read everything"""
    agrees(student.attention, read, draw(2, 5, 4), draw(2, 7, 4), draw(2, 7, 3))


@points(2)
@after(test_attention_agrees_with_torch)
def test_attention_with_a_mask(student, draw):
    """attention reads where the mask is True and nowhere else"""
    mask = draw.booleans(5, 7)
    mask[:, 2] = True
    agrees(student.attention, read, draw(2, 5, 4), draw(2, 7, 4), draw(2, 7, 3), mask)


@points(1)
@hidden
@after(test_attention_with_a_mask)
def test_attention_to_nothing(student, draw):
    """a query that may read nothing gets zeros, and its gradient is finite"""
    mask = draw.booleans(5, 7)
    mask[1] = False
    agrees(student.attention, read, draw(5, 4), draw(7, 4), draw(7, 3), mask)


@points(1)
@hidden
def test_attention_to_itself(student, draw):
    """attention works where query, key and value are one tensor"""
    x = draw(6, 4)
    agrees(student.attention, read, x, x, x)
