"""The same functions by other functions of torch."""

import torch
from torch.nn import functional


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


def cross_entropy(logits, targets, ignore_index=-100):
    """The mean of -log p[target] over the rows that count."""
    return functional.nll_loss(
        log_softmax(logits, dim=1), targets, ignore_index=ignore_index
    )


def embedding(indices, weight):
    """A row of weight for each index."""
    if ((indices < 0) | (indices >= weight.size(0))).any():
        raise IndexError("no such word")
    return weight[indices]


def embedding_backward(grad_output, indices, num_embeddings):
    """The gradient of the loss with respect to weight."""
    rows = grad_output.reshape(indices.numel(), grad_output.shape[-1])
    grad = grad_output.new_zeros((num_embeddings, rows.shape[1]))
    places = indices.reshape(-1, 1).expand_as(rows)
    return grad.scatter_add_(0, places, rows)


def cosine_similarity(x, y, eps=1e-8):
    """The cosine of the angle between two vectors, over the last axis."""
    x = functional.normalize(x, dim=-1, eps=eps)
    y = functional.normalize(y, dim=-1, eps=eps)
    return torch.mul(x, y).sum(dim=-1)
