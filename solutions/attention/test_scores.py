"""What a correct scores.py does."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    after,
    agrees,
    as_many_operators,
    close,
    device,
    digits,
    equal,
    hidden,
    hint,
    points,
    settings,
)

once = settings("cpu float64")  # dtypes have checks of their own
# Given and usual at once, for 4 features: who forgets 1 / sqrt(d), or does not read
# scale, has a check that says so, and pays for it there.
SCALE = {"scale": 0.5}


def mixed(weights: Tensor, x: Tensor) -> Tensor:
    """The sum of the recitation, written as such."""
    return torch.einsum("...ls,...sd->...ld", weights, x)


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Tensor]:
    """torch's own attention, and its weights: what it reads from an identity."""
    if mask is not None:
        mask = mask.broadcast_to(*query.shape[:-1], key.shape[-2])
    same = torch.eye(key.shape[-2], dtype=key.dtype).expand(*key.shape[:-1], -1)
    weights = F.scaled_dot_product_attention(query, key, same, mask, scale=scale)
    return weights @ value, weights


@points(2)
@hint("each output is a sum over all words; which row of weights belongs to it?")
@pytest.mark.parametrize(
    ("weights", "x", "expected"),
    [
        (
            [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]],
            [[4, 0, 8, 2], [0, 4, 4, 2], [8, 8, 0, 6]],
            [[4, 3, 5, 3], [8, 8, 0, 6]],
        ),
        (
            [[0.5, 0.5, 0.0], [0.25, 0.25, 0.5], [0.0, 0.75, 0.25]],
            [[2, 4], [6, 0], [4, 8]],
            [[4, 2], [4, 5], [5.5, 2]],
        ),
    ],
    ids=["two from three", "three words"],
)
def test_contextualize_by_hand(student, draw, weights, x, expected):
    """contextualize mixes three words as one does by hand"""
    got = student.contextualize(draw.values(weights), draw.values(x))

    close(got, draw.values(expected))


@points(2)
@digits(0.5)
@device(0.5, synchronisations=0, cases=[{"batch": 2, "queries": 5, "keys": 7}])
@after(test_contextualize_by_hand)
@pytest.mark.parametrize(("batch", "queries", "keys"), [(2, 5, 7), (3, 6, 6)])
def test_contextualize_agrees_with_torch(student, draw, batch, queries, keys):
    """contextualize is the sum of the recitation, for a batch, with its gradients"""
    weights, x = draw(batch, queries, keys), draw(batch, keys, 4)

    agrees(student.contextualize, mixed, weights, x)


@points(1.5)
@hidden
@once
@after(test_contextualize_by_hand)
@pytest.mark.parametrize(
    ("leading", "queries", "keys"),
    [
        ((), 4, 3),
        ((), 1, 5),
        ((3,), 1, 5),
        ((3,), 4, 1),
        ((), 4, 1),
        ((2, 2), 1, 1),
        ((2, 1, 3), 5, 4),
        ((0,), 3, 2),
    ],
)
def test_contextualize_any_leading_axes(student, draw, leading, queries, keys):
    """contextualize takes any leading axes, and none, and one word or many"""
    weights = draw.transposed(*leading, queries, keys)

    agrees(student.contextualize, mixed, weights, draw.sliced(*leading, keys, 6))


@points(2)
@hint("work it out on paper: the scores, the factor, the softmax, the mean")
@pytest.mark.parametrize(
    ("query", "weights", "output"),
    [
        (
            [[2, 0, 0, 0], [0, -2, 0, 0]],
            [[0.25, 0.75], [0.5, 0.5]],
            [[7, 3, 2], [6, 2, 4]],
        ),
        (
            [[2, 0, 2, 0], [-2, 0, 0, 0], [0, 0, 0, 0]],
            [[0.1, 0.9], [0.75, 0.25], [0.5, 0.5]],
            [[7.6, 3.6, 0.8], [5, 1, 6], [6, 2, 4]],
        ),
    ],
    ids=["two queries", "three queries"],
)
def test_attention_by_hand(student, draw, query, weights, output):
    """attention over two keys of four features comes out as by hand"""
    key = draw.values([[[0, 1, 0, 2], [math.log(3), 1, math.log(3), -4]]])
    value = draw.values([[[4, 0, 8], [8, 4, 0]]])

    got = student.attention(draw.values([query]), key, value)

    close(got, (draw.values([output]), draw.values([weights])))


@points(4)
@digits(
    0.5,
    "attention answers in the dtype of its query, with all its digits, and leaves its "
    "arguments alone, the mask too",
    cases=[{"keys": 7, "masked": False}, {"keys": 4, "masked": True}],
)
@after(test_attention_by_hand)
@pytest.mark.parametrize(("keys", "masked"), [(7, False), (5, False)])
def test_attention_agrees_with_torch(student, draw, keys, masked):
    """attention without a mask agrees with torch, for a batch, with its gradients"""
    query, key, value = draw(2, 5, 6), draw(2, keys, 6), draw(2, keys, 3)
    mask = torch.ones(5, keys, dtype=torch.bool) if masked else None

    agrees(student.attention, attend, query, key, value, mask)


@points(3)
@device(0.5, synchronisations=0, cases=[{"batch": 2}, {"batch": 0}])
@pytest.mark.parametrize("batch", [None, 2])
def test_attention_with_a_mask(student, draw, batch):
    """attention gives no weight where the mask is False, and shares it out elsewhere"""
    n = batch or 5  # a mask (L, S) is none of (N, S), even where L is N
    if batch == 0:  # no mask and no scale: with one feature any formula says 1
        agrees(student.attention, attend, draw(n, 5, 1), draw(n, 7, 1), draw(n, 7, 1))
        return
    query, key, value = draw(n, 5, 4), draw(n, 7, 4), draw(n, 7, 3)
    mask = draw.mask(5, 7, batch=batch)

    agrees(student.attention, attend, query, key, value, mask, **SCALE)


@points(1)
@hint("None is the only value of scale that stands for 1 / sqrt(d)")
@pytest.mark.parametrize("scale", [0.3, -1.0])
def test_attention_with_a_scale(student, draw, scale):
    """attention multiplies its scores by the scale that is given"""
    query, key, value = draw(2, 5, 6), draw(2, 7, 6), draw(2, 7, 3)

    agrees(student.attention, attend, query, key, value, scale=scale)


@points(2)
@once
@after(test_attention_with_a_mask)
@hint("what is exp(1000)? and which number is so low that no score lies below it?")
@pytest.mark.parametrize(
    ("size", "masked"),
    [(2e3, False), (-3e3, False), (3e5, True)]
    + [(-size, True) for size in (1, 3e5, 3e10, 3e30)],
)
def test_attention_with_large_scores(student, draw, size, masked):
    """attention is right, and keeps out what is masked, however large the scores are"""
    # Below zero on both sides of whatever might stand for minus infinity.
    query = draw(2, 5, 4, low=0.5, high=1.5) * size
    key, value = draw(2, 7, 4, low=0.5, high=1.5), draw(2, 7, 3)
    mask = draw.mask(5, 7) if masked else None

    agrees(student.attention, attend, query, key, value, mask, **SCALE)
    if size == -1:
        _, weights = student.attention(query, key, value, mask, **SCALE)
        equal(weights != 0, mask.expand(2, 5, 7))


@points(1.5)
@once
@after(test_attention_with_a_mask)
@hint("what does a softmax make of a row in which everything is masked?")
@pytest.mark.parametrize(("batch", "keys"), [(None, 5), (2, 7)])
def test_attention_to_nothing(student, draw, batch, keys):
    """a query with nothing to attend to gets zeros, and all gradients are finite"""
    query, key, value = draw(2, 5, 4), draw(2, keys, 4), draw(2, keys, 3)
    mask = draw.mask(5, keys, empty_rows=2, batch=batch)

    agrees(student.attention, attend, query, key, value, mask, **SCALE)


@points(1)
@settings("sim")
@hint("a product of matrices takes all queries, all keys and the whole batch at once")
def test_attention_loops_over_nothing(student, draw):
    """attention takes as many operators for a large batch of long texts as for two"""
    for n, queries, keys in ((2, 3, 2), (6, 9, 8)):
        mask = draw.mask(queries, keys)
        q, k, v = draw(n, queries, 5), draw(n, keys, 5), draw(n, keys, 3)
        student.attention(q, k, v, mask)
    as_many_operators()


@points(1)
@hidden
@once
def test_attention_to_itself(student, draw):
    """attention works where query, key and value are the same vectors"""
    x = draw(2, 6, 4)

    agrees(student.attention, attend, x, x, x, **SCALE)


@points(2)
@hidden
@after(test_attention_with_a_mask)
@pytest.mark.parametrize(
    ("shape", "expanded"),
    [
        ((7,), False),
        ((1, 1, 5, 7), False),
        ((1, 1, 5, 7), True),
        ((2, 1, 1, 7), False),
        ((5, 7), True),
        ((3, 5, 1), False),
    ],
)
def test_attention_masks_of_any_shape(student, draw, shape, expanded):
    """attention takes every mask that broadcasts to its weights"""
    query, key, value = draw(2, 3, 5, 4), draw(2, 3, 7, 4), draw(2, 3, 7, 4)
    mask = draw.booleans(*shape)
    mask[..., :1] = True  # rows with nothing to attend to have a check of their own
    mask = mask.expand(2, 3, 5, 7) if expanded else mask

    agrees(student.attention, attend, query, key, value, mask, **SCALE)


@points(2)
@hidden
@once
@after(test_attention_agrees_with_torch)
@pytest.mark.parametrize(
    ("leading", "queries", "keys", "masked", "scale"),
    [
        ((), 5, 7, False, None),
        ((), 1, 6, False, 0.4),
        ((2,), 4, 1, True, None),
        ((), 4, 1, True, 0.0),
        ((3,), 1, 1, False, 0.4),
        ((3,), 4, 1, False, 0.0),
        ((3,), 1, 6, False, 0.0),
        ((2, 3), 1, 6, True, None),
        ((2, 3), 4, 1, True, 0.4),
        ((2, 3), 5, 7, False, 0.0),
        ((2, 1, 3), 4, 6, True, 0.0),
        ((0,), 4, 6, True, None),
    ],
)
def test_attention_everything_together(
    student, draw, leading, queries, keys, masked, scale
):
    """attention is right for all leading axes, lengths, masks and scales together"""
    query = draw.transposed(*leading, queries, 5)
    key, value = draw.sliced(*leading, keys, 5), draw.transposed(*leading, keys, 3)
    mask = draw.booleans(queries, keys) if masked else None
    if mask is not None:
        mask[:, -1] = True

    agrees(student.attention, attend, query, key, value, mask, scale)


@points(1)
@hidden
@once
@pytest.mark.parametrize(
    ("leading", "queries", "keys", "masked", "scale"),
    [
        ((), 4, 3, True, 0.5),
        ((), 4, 0, False, None),
        ((2,), 1, 0, True, 0.4),
        ((2, 3), 4, 0, True, 0.0),
        ((), 0, 3, False, 0.4),
        ((2,), 0, 1, True, 0.0),
        ((2, 3), 0, 0, True, None),
    ],
)
def test_attention_without_keys(student, draw, leading, queries, keys, masked, scale):
    """without a key there are zeros, and without a query there is nothing"""
    query, key, value = (
        draw(*leading, length, width)
        for length, width in ((queries, 4), (keys, 4), (keys, 6))
    )
    mask = torch.ones(queries, keys, dtype=torch.bool) if masked else None

    agrees(student.attention, attend, query, key, value, mask, scale)
