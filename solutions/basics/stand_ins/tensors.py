"""Functions on tensors as torch has them, for a training.py that imports tensors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

linear = F.linear
softmax = torch.softmax
log_softmax = torch.log_softmax
embedding = F.embedding


def cross_entropy(logits: Tensor, targets: Tensor, ignore_index: int = -100) -> Tensor:
    """The mean of -log p[target] over the rows that count."""
    return F.cross_entropy(logits, targets, ignore_index=ignore_index)


def embedding_backward(
    grad_output: Tensor, indices: Tensor, num_embeddings: int
) -> Tensor:
    """The gradient with respect to the table of an embedding."""
    with torch.enable_grad():
        weight = grad_output.new_zeros(num_embeddings, grad_output.shape[-1])
        weight.requires_grad_()
        found = F.embedding(indices, weight)
        (grad_weight,) = torch.autograd.grad(found, weight, grad_output)
    return grad_weight


def cosine_similarity(x: Tensor, y: Tensor, eps: float = 1e-8) -> Tensor:
    """The cosine over the last axis."""
    return F.cosine_similarity(x, y, dim=-1, eps=eps)
