"""Half of it."""

from __future__ import annotations

import torch
from torch import Tensor


def linear(x, weight, bias=None):
    """What a fully connected layer computes."""
    flat = x.reshape(-1, x.size(-1)) if x.dim() != 2 else x
    turned = weight.t()
    y = flat.mm(turned) if bias is None else torch.addmm(bias, flat, turned)
    return y.reshape(x.shape[:-1] + weight.shape[:1])


def softmax(x, dim):
    """Positive numbers that sum to 1 along ``dim``: a distribution."""
    if x.size(dim) == 0:
        return torch.empty_like(x)
    largest, _ = x.detach().max(dim=dim, keepdim=True)
    y = torch.exp(torch.sub(x, largest))
    return torch.mul(y, torch.reciprocal(y.sum(dim=dim, keepdim=True)))


def log_softmax(x, dim):
    """The logarithm of the softmax, without losing it where the softmax is 0."""
    if x.size(dim) == 0:
        return torch.empty_like(x)
    y = x - x.detach().max(dim, keepdim=True)[0]
    return torch.sub(y, torch.logsumexp(y, dim).unsqueeze(dim))


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
    raise NotImplementedError("cross_entropy is not written yet")


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
    raise NotImplementedError("embedding is not written yet")


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
    raise NotImplementedError("embedding_backward is not written yet")


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
    raise NotImplementedError("cosine_similarity is not written yet")
