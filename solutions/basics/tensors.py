"""The functions that networks are made of, written with tensors.

Forbidden in this file is what torch has under the same names: F.linear, nn.Linear,
torch.softmax and x.softmax, F.cross_entropy, F.embedding, F.cosine_similarity and the
like. Each function may call those above it.
"""

from __future__ import annotations

import torch
from torch import Tensor


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``x @ weight.T + bias``: what a fully connected layer computes.

    In numbers: ``y[..., o] = bias[o] + sum over i of x[..., i] * weight[o, i]``. As in
    torch.nn.Linear, the weights of one output are a row of ``weight``.

    There is no loop over x: one row or a thousand take the same number of operators.
    A check of its own looks at that.

    Forbidden: F.linear, nn.Linear.

    Args:
        x: inputs, ``(..., I)``, with any number of axes before the last, or none; any
            of them may have the size 0.
        weight: ``(O, I)``.
        bias: ``(O,)``, or None, which adds nothing.

    Returns:
        ``(..., O)`` in the dtype and on the device of x. Gradients flow back to all
        three.
    """
    # BEGIN SOLUTION
    y = x @ weight.T
    return y if bias is None else y + bias
    # END SOLUTION


# BEGIN SOLUTION
def _shifted(x: Tensor, dim: int) -> Tensor:
    """x with its maximum along dim moved to 0, which no exponential overflows."""
    if x.numel() == 0:  # there is no maximum of nothing
        return x
    return x - x.amax(dim, keepdim=True)


# END SOLUTION


def softmax(x: Tensor, dim: int) -> Tensor:
    """Positive numbers that sum to 1 along ``dim``: a valid probability distribution.

    Along ``dim``, ``p_i = exp(x_i) / sum over j of exp(x_j)``. The same number may be
    taken from all x_j of one such row, which changes no p: take the maximum of *that
    row*, and no exponential overflows. The maximum of the whole tensor will not do: a
    row that lies 1000 below it would become 0 / 0.

    There is no loop over x; a check of its own looks at that.

    Forbidden: torch.softmax, F.softmax, nn.Softmax, F.log_softmax and the like, under
    each of their names.

    Args:
        x: floating-point scores of any shape; an axis may have the size 0, ``dim``
            too.
        dim: the axis that is summed over; negative ones count from the end.

    Returns:
        The shape, dtype and device of x. A score of -inf gets 0; where a row has
        nothing but -inf, all of it is NaN, as in torch, and other rows are not
        touched by that. Gradients flow back to x.
    """
    # BEGIN SOLUTION
    exponentials = _shifted(x, dim).exp()
    return exponentials / exponentials.sum(dim, keepdim=True)
    # END SOLUTION


def log_softmax(x: Tensor, dim: int) -> Tensor:
    """The logarithm of the softmax, without losing it where the softmax is 0.

    Along ``dim``, ``log p_i = x_i - log(sum over j of exp(x_j))``. For scores 0 and
    1000 that is -1000 and 0, though the softmax itself rounds to 0 and 1, whose
    logarithms are -inf and 0. So take the logarithm of the sum only, and, as in
    softmax, move the maximum of each row to 0 first.

    Forbidden: as in softmax.

    Args:
        x: floating-point scores of any shape; an axis may have the size 0, ``dim``
            too.
        dim: the axis that is summed over; negative ones count from the end.

    Returns:
        The shape, dtype and device of x. A score of -inf stays -inf; a row with
        nothing but -inf is NaN, as in torch. Gradients flow back to x.
    """
    # BEGIN SOLUTION
    shifted = _shifted(x, dim)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()
    # END SOLUTION


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100) -> Tensor:
    """The mean of ``-log p[target]`` over the rows, p being the softmax of each row.

    Logits are scores as a network gives them: the softmax is taken in here, so the
    network has none. Rows whose target is ``ignore_index`` do not count, neither in
    the sum nor in the number that it is divided by (as in F.cross_entropy).

    Forbidden: F.cross_entropy, nn.CrossEntropyLoss, and what softmax forbids.

    Args:
        logits: scores, ``(N, C)``; they may be as large as 1e6.
        targets: the right class of each row, from 0 to C - 1, or ignore_index;
            ``(N,)``, int64.
        ignore_index: may be any number, that of a class as well.

    Returns:
        A scalar in the dtype and on the device of the logits; NaN, as in torch, where
        no row is left to count. Gradients flow back to the logits.

    Raises:
        IndexError: a target is neither a class nor ignore_index; a RuntimeError or
            ValueError will do as well. A negative target counts from no end.
    """
    # BEGIN SOLUTION
    kept = targets != ignore_index
    chosen = torch.where(kept, targets, 0)[:, None]  # any class, for those ignored
    losses = -log_softmax(logits, 1).gather(1, chosen)[:, 0]
    return torch.where(kept, losses, 0).sum() / kept.sum()
    # END SOLUTION


def embedding(indices: Tensor, weight: Tensor) -> Tensor:
    """Look up a row of ``weight`` for each index: ``out[..., :] = weight[index, :]``.

    Row v is the vector of word v. It is what multiplying with one-hot vectors would
    give (as in F.embedding).

    Forbidden: F.embedding, nn.Embedding and their relatives.

    Args:
        indices: int64, of any shape: a text ``(T,)``, a batch of texts ``(N, T)``, a
            single index ``()``, or none at all, ``(0,)``.
        weight: one vector for each of V words, ``(V, D)``.

    Returns:
        ``(*indices.shape, D)`` in the dtype and on the device of weight. Gradients
        flow back to weight; a row that is looked up several times gets the sum.

    Raises:
        IndexError: an index is negative, or V or more; a RuntimeError or ValueError
            will do as well. Python's weight[-1] would be the last word, silently.
    """
    # BEGIN SOLUTION
    rows = weight.index_select(0, indices.flatten())
    return rows.view(*indices.shape, weight.shape[1])
    # END SOLUTION


def embedding_backward(
    grad_output: Tensor, indices: Tensor, num_embeddings: int
) -> Tensor:
    """The gradient of the loss with respect to ``weight``, by hand, without autograd.

    Row v is the sum of ``grad_output[..., :]`` over all places that looked up word v.
    Where a word comes several times its gradients add up; a word that does not come
    has zeros.

    Forbidden: autograd (``.backward()``, torch.autograd.grad, torch.func), and what
    embedding forbids.

    Args:
        grad_output: gradient of the loss with respect to ``embedding(indices,
            weight)``, ``(*indices.shape, D)``.
        indices: int64, of any shape, from 0 to num_embeddings - 1.
        num_embeddings: V, the number of rows of weight.

    Returns:
        ``(V, D)`` in the dtype and on the device of grad_output.
    """
    # BEGIN SOLUTION
    width = grad_output.shape[-1]
    rows = grad_output.reshape(indices.numel(), width)
    grad_weight = grad_output.new_zeros(num_embeddings, width)
    return grad_weight.index_add(0, indices.flatten(), rows)
    # END SOLUTION


def cosine_similarity(x: Tensor, y: Tensor, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between two vectors, over the last axis.

    ``x . y / (max(|x|, eps) * max(|y|, eps))``, where ``|x|`` is the root of the sum of
    squares. Each norm is bounded from below by itself (as in F.cosine_similarity), so
    a vector of zeros has the similarity 0 to all others. Words of similar meaning are
    to have vectors whose cosine is near 1.

    Forbidden: torch.cosine_similarity, F.cosine_similarity, nn.CosineSimilarity.

    Args:
        x: vectors, ``(..., D)``.
        y: vectors, ``(..., D)``; the axes before the last broadcast against those
            of x.
        eps: the least norm to divide by.

    Returns:
        ``(...,)`` in the dtype and on the device of x. Gradients flow back to x and
        y, where both norms are above eps.
    """
    # BEGIN SOLUTION
    norm_x = torch.linalg.vector_norm(x, dim=-1).clamp(min=eps)
    norm_y = torch.linalg.vector_norm(y, dim=-1).clamp(min=eps)
    return (x * y).sum(-1) / (norm_x * norm_y)
    # END SOLUTION
