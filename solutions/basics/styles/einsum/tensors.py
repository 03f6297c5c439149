"""The same functions with one-hot vectors and sums of products."""

import torch
import torch.nn.functional as F


def linear(x, weight, bias=None):
    """What a fully connected layer computes."""
    y = torch.einsum("...i,oi->...o", x, weight)
    if bias is None:
        return y
    ones = x.new_ones(x.shape[:-1])
    return y + torch.einsum("...,o->...o", ones, bias)


def log_softmax(x, dim):
    """The logarithm of the softmax, without losing it where the softmax is 0."""
    return x - torch.logsumexp(x, dim, keepdim=True)


def softmax(x, dim):
    """Positive numbers that sum to 1 along ``dim``: a distribution."""
    return log_softmax(x, dim).exp()


def cross_entropy(logits, targets, ignore_index=-100):
    """The mean of -log p[target] over the rows that count."""
    kept = (targets != ignore_index).to(logits.dtype)
    chosen = targets.masked_fill(targets == ignore_index, 0)
    chosen = F.one_hot(chosen, logits.shape[1]).to(logits.dtype)
    losses = torch.einsum("nc,nc,n->", log_softmax(logits, -1), chosen, kept)
    return -losses / kept.sum()


def embedding(indices, weight):
    """A row of weight for each index."""
    if indices.numel() == 0:
        return weight.new_zeros(indices.shape + weight.shape[1:])
    one_hot = F.one_hot(indices, weight.shape[0]).to(weight.dtype)
    return torch.einsum("...v,vd->...d", one_hot, weight)


def embedding_backward(grad_output, indices, num_embeddings):
    """The gradient of the loss with respect to weight."""
    words = torch.arange(num_embeddings, device=indices.device)
    is_there = (indices.flatten()[:, None] == words).to(grad_output.dtype)
    grad = grad_output.reshape(len(is_there), grad_output.shape[-1])
    return torch.einsum("nv,nd->vd", is_there, grad)


def cosine_similarity(x, y, eps=1e-8):
    """The cosine of the angle between two vectors, over the last axis."""
    lengths = [torch.einsum("...d,...d->...", v, v).sqrt() for v in (x, y)]
    dot = torch.einsum("...d,...d->...", x, y)
    for length in lengths:
        dot = dot / torch.where(length > eps, length, eps)
    return dot
