"""Scores: who looks at whom, how much, and what comes of it?"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def contextualize(weights: Tensor, x: Tensor) -> Tensor:
    """Mix the vectors of x with weights that are given.

    ``x'_i = sum_j weights[i, j] * x_j``: row i of the weights says how much each vector
    of x counts in output i (the recitation's contextualized word). The sum goes over
    all j, i itself among them. The weights are used as they are; their rows need not
    sum to 1.

    Args:
        weights: ``(..., L, S)``, one row for each output.
        x: ``(..., S, D)``. Its leading axes are those of the weights, any number.

    Returns:
        ``(..., L, D)`` in the dtype and on the device of x. Gradients flow back to
        both.
    """
    # BEGIN SOLUTION
    return weights @ x
    # END SOLUTION


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    scale: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention: ``softmax(scale * query @ key^T) @ value``.

    The score of query i and key j is their dot product times ``scale``. Over the keys
    of each query a softmax makes weights of the scores, and the output is the mean of
    the values with these weights (recitation 2.1, question 3; Vaswani and others, 2017,
    equation 1).

    A key that a query may not attend to gets the weight 0, exactly, however large its
    score is and however low the others are. A query that may attend to no key at all
    has weights and an output of zeros, not NaN, and the gradients are finite; so it is
    for all queries where there are no keys (S = 0).

    Forbidden here are torch's own attention (F.scaled_dot_product_attention,
    nn.MultiheadAttention, nn.Transformer*) and a loop over the batch, the queries or
    the keys: how many operators a call takes must not depend on their number.

    Args:
        query: ``(..., L, d)``, with any number of leading axes, the same in query, key
            and value.
        key: ``(..., S, d)``.
        value: ``(..., S, d_v)``.
        mask: booleans, True where a query may attend to a key, of any shape that
            broadcasts to ``(..., L, S)``, such as ``(S,)``, ``(L, S)`` or
            ``(N, 1, 1, S)``. None: every query may attend to every key.
        scale: the factor of the scores, any number, 0 among them. None means
            ``1 / sqrt(d)``.

    Returns:
        ``(output, weights)``, ``(..., L, d_v)`` and ``(..., L, S)``, in the dtype and
        on the device of the query. Gradients flow back to query, key and value.
    """
    # BEGIN SOLUTION
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1])
    scores = query @ key.transpose(-2, -1) * scale
    if mask is None:
        weights = scores.softmax(-1)
    else:
        # The lowest number and not -inf: a row of -inf has a softmax of NaN.
        lowest = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, lowest).softmax(-1)
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights
    # END SOLUTION
