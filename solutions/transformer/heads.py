"""Heads: one attention for each kind of relation, side by side in one matrix."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

# BEGIN SOLUTION


def _attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention of all heads at once, and its weights."""
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is None:
        weights = scores.softmax(-1)
    else:
        # In a row without a key each score is the lowest number, so that no NaN arises.
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1).masked_fill(~mask, 0)
    return weights @ v, weights


# END SOLUTION


def split_heads(x: Tensor, num_heads: int) -> Tensor:
    """Cut the features of every position into heads.

    Head j gets the features ``j * d / h`` to ``(j + 1) * d / h - 1`` of each position,
    where d is the number of features and h that of heads: neighbours stay together. The
    positions stay in their order, and each head sees all of them.

    Args:
        x: ``(N, L, d)``: N sequences of L positions; N and L may be 0.
        num_heads: h, how many heads there are.

    Returns:
        ``(N, h, L, d / h)`` in the dtype and on the device of x.

    Raises:
        ValueError: h does not divide d.
    """
    # BEGIN SOLUTION
    if x.shape[-1] % num_heads:
        raise ValueError(f"{num_heads} heads cannot share {x.shape[-1]} features alike")
    return x.unflatten(-1, (num_heads, x.shape[-1] // num_heads)).transpose(1, 2)
    # END SOLUTION


def merge_heads(x: Tensor) -> Tensor:
    """Put the features of all heads side by side again.

    This undoes ``split_heads``: the features of head 0 come first, then those of
    head 1, and so on.

    Args:
        x: ``(N, h, L, d / h)``, in whatever order it lies in memory; N and L may be 0.

    Returns:
        ``(N, L, d)`` in the dtype and on the device of x.
    """
    # BEGIN SOLUTION
    return x.transpose(1, 2).flatten(2)
    # END SOLUTION


class MultiHeadAttention(nn.Module):
    """Scaled dot-product attention by several heads at the same time.

    1. ``q_proj``, ``k_proj`` and ``v_proj`` map query, key and value to as many
       features, and each result is split into h heads as by ``split_heads``.
    2. In every head ``weights = softmax(q k^T / sqrt(d_model / h))``, over the keys,
       and ``weights v`` is what the head has found.
    3. What the heads have found is merged as by ``merge_heads``, and ``out_proj`` maps
       it to the output.

    All four are ``torch.nn.Linear(d_model, d_model)``, with biases if ``bias`` is true.
    They have to bear these names, since checks set their weights by name; there is no
    other parameter, and no dropout.

    Forbidden here are torch's own versions: F.scaled_dot_product_attention,
    F.multi_head_attention_forward, nn.MultiheadAttention and nn.Transformer*. Do not
    loop over the batch or over the positions either: one check, worth a small share,
    counts the operators, which must not become more when N, L or S grows. A loop over
    the heads is fine.

    The formula is that of the recitation (2.1); ``out_proj``, which the recitation
    leaves out, is in the slides and in torch.

    Args:
        d_model: the features of query, key, value and output.
        num_heads: h, how many heads share them.
        bias: whether the four linear layers have biases.

    Raises:
        ValueError: h does not divide d_model.
    """

    def __init__(self, d_model: int, num_heads: int, bias: bool = True) -> None:
        super().__init__()
        # BEGIN SOLUTION
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {d_model} features alike")
        self.num_heads = num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias=bias)
        self.k_proj = nn.Linear(d_model, d_model, bias=bias)
        self.v_proj = nn.Linear(d_model, d_model, bias=bias)
        self.out_proj = nn.Linear(d_model, d_model, bias=bias)
        # END SOLUTION

    def forward(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """What each query finds in the values, and where it has looked.

        Args:
            query: ``(N, L, d_model)``; N and L may be 0.
            key: ``(N, S, d_model)``; S may be 0.
            value: ``(N, S, d_model)``, not always the same tensor as key.
            mask: booleans that broadcast to ``(N, h, L, S)``, such as ``(L, S)``,
                ``(N, 1, 1, S)`` or ``(h, 1, S)``. True: this query may attend to this
                key. None: all may attend to all. (In nn.MultiheadAttention True means
                the opposite.)

        Returns:
            ``(output, weights)``, ``(N, L, d_model)`` and ``(N, h, L, S)``. Keys that
            are masked have a weight of exactly zero, however large the scores are. A
            query with nothing to attend (all its keys are masked, or S = 0) has weights
            of zero, so that its output is ``out_proj``'s bias; gradients stay finite.
        """
        # BEGIN SOLUTION
        q = split_heads(self.q_proj(query), self.num_heads)
        k = split_heads(self.k_proj(key), self.num_heads)
        v = split_heads(self.v_proj(value), self.num_heads)
        found, weights = _attention(q, k, v, mask)
        return self.out_proj(merge_heads(found)), weights
        # END SOLUTION


def projection_shape(d_model: int, d_k: int) -> tuple[int, int]:
    """The shape of the matrix W_q that makes the queries of one head, without biases.

    The recitation (2.2) has vectors as rows: ``q = x W_q``, where x has ``d_model``
    features and q has ``d_k``. Give the shape in this convention. (The weight of
    torch.nn.Linear has the two numbers the other way round, because it computes
    ``x W^T``.) W_k and W_v have the same shape.

    Args:
        d_model: the features of a position.
        d_k: the features of a query.

    Returns:
        A tuple of two ints.
    """
    # BEGIN SOLUTION
    return d_model, d_k
    # END SOLUTION


def attention_parameters(
    d_model: int,
    num_heads: int,
    d_k: int | None = None,
    bias: bool = True,
    out_proj: bool = True,
) -> int:
    """The number of parameters of multi-head attention.

    Each of the h heads has three maps, for queries, keys and values, from ``d_model``
    to ``d_k`` features. The output map takes the features of all heads, ``h * d_k`` of
    them, to ``d_model`` features. With ``bias`` each map has one bias for each of
    its outputs.

    The recitation (2.2) counts the first three maps only, which is ``out_proj=False``.

    Args:
        d_model: the features of a position.
        num_heads: h, how many heads there are.
        d_k: the features of a query, a key and a value in each head; None means
            ``d_model / h``. It may be any other number: h need not divide d_model then.
        bias: whether biases are counted.
        out_proj: whether the output map is counted.

    Returns:
        An int.

    Raises:
        ValueError: d_k is None and h does not divide d_model.
    """
    # BEGIN SOLUTION
    if d_k is None:
        if d_model % num_heads:
            raise ValueError(f"{num_heads} heads cannot share {d_model} features alike")
        d_k = d_model // num_heads
    count = 3 * num_heads * d_k * (d_model + bias)
    if out_proj:
        count += d_model * (num_heads * d_k + bias)
    return count
    # END SOLUTION
