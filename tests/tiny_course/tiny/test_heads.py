"""What a correct heads.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from autograder import (
    after,
    agrees,
    causal,
    device,
    digits,
    equal,
    hidden,
    points,
)


def shapes(width, bias=True):
    """The shapes of the four layers."""
    layers = ("q_proj", "k_proj", "v_proj", "out_proj")
    found = {f"{layer}.weight": (width, width) for layer in layers}
    return found | ({f"{layer}.bias": (width,) for layer in layers} if bias else {})


def attention(heads):
    """torch's own attention of so many heads, from its weights."""

    def oracle(w, query, key, value, mask=None):
        inputs = zip(("q_proj", "k_proj", "v_proj"), (query, key, value))
        q, k, v = (
            F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))
            .unflatten(-1, (heads, -1))
            .transpose(1, 2)
            for name, x in inputs
        )
        same = torch.eye(k.shape[-2], dtype=k.dtype).expand(*k.shape[:-1], -1)
        seen = F.scaled_dot_product_attention(q, k, same, mask)
        both = (seen @ v).transpose(1, 2).flatten(2)
        return F.linear(both, w["out_proj.weight"], w.get("out_proj.bias")), seen

    return oracle


@points(1)
@pytest.mark.parametrize("bias", [True, False])
def test_parameters(student, bias):
    """MultiHeadAttention has four linear layers, with biases or without"""
    equal(student.MultiHeadAttention(6, 2, bias).parameter_shapes(), shapes(6, bias))


@points(3)
@digits(1)
@device(1, times=3, synchronisations=0)
@pytest.mark.parametrize(("heads", "bias"), [(1, True), (2, True), (3, False)])
def test_agrees_with_torch(student, draw, heads, bias):
    """MultiHeadAttention agrees with torch, and so do all gradients"""
    model = student.MultiHeadAttention(6, heads, bias)
    model = model.with_weights(draw.weights(shapes(6, bias)))
    agrees(model, attention(heads), draw(2, 4, 6), draw(2, 5, 6), draw(2, 5, 6))


@points(2)
@after(test_agrees_with_torch)
@pytest.mark.parametrize("rows", [0, 1])
def test_with_a_mask(student, draw, rows):
    """MultiHeadAttention attends where the mask is True, and may attend to nothing"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))
    mask = draw.mask(4, 5, empty_rows=rows, batch=2, heads=1)
    agrees(model, attention(2), draw(2, 4, 6), draw(2, 5, 6), draw(2, 5, 6), mask)


@points(1)
@hidden
@after(test_with_a_mask)
def test_of_the_past(student, draw):
    """under a mask of the past, what comes later changes nothing before it"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))
    past = torch.ones(5, 5, dtype=torch.bool).tril()
    causal(lambda x: model(x, x, x, past), draw(2, 5, 6), at=3)
