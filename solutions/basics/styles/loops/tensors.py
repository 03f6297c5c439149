"""The same functions with loops: over outputs, scores, rows and words."""

import torch


def linear(x, weight, bias=None):
    """What a fully connected layer computes."""
    outputs = []
    for o, row in enumerate(weight):
        output = (x * row).sum(dim=-1)
        if bias is not None:
            output = output + bias[o]
        outputs.append(output)
    return torch.stack(outputs, dim=-1)


def _largest(scores):
    largest = scores[0]
    for score in scores[1:]:
        largest = torch.maximum(largest, score)
    return largest


def softmax(x, dim):
    """Positive numbers that sum to 1 along ``dim``: a distribution."""
    if x.shape[dim] == 0:
        return x.clone()
    scores = x.unbind(dim)
    largest = _largest(scores)
    powers = [torch.exp(score - largest) for score in scores]
    total = 0
    for power in powers:
        total = total + power
    return torch.stack([power / total for power in powers], dim=dim)


def log_softmax(x, dim):
    """The logarithm of the softmax, without losing it where the softmax is 0."""
    if x.shape[dim] == 0:
        return x.clone()
    scores = x.unbind(dim)
    largest = _largest(scores)
    total = sum(torch.exp(score - largest) for score in scores)
    return torch.stack([s - largest - total.log() for s in scores], dim=dim)


def cross_entropy(logits, targets, ignore_index=-100):
    """The mean of -log p[target] over the rows that count."""
    total, count = logits.new_zeros(()), 0
    for row, target in zip(logits, targets.tolist()):
        if target == ignore_index:
            continue
        if not 0 <= target < len(row):
            raise IndexError(f"there is no class {target}")
        total = total - log_softmax(row, 0)[target]
        count += 1
    return total / count if count else total * float("nan")


def embedding(indices, weight):
    """A row of weight for each index."""
    if indices.dim() == 0:
        index = indices.item()
        if not 0 <= index < len(weight):
            raise IndexError(f"there is no word {index}")
        return weight[index]
    if len(indices) == 0:
        return weight.new_empty(*indices.shape, weight.shape[1])
    return torch.stack([embedding(index, weight) for index in indices])


def embedding_backward(grad_output, indices, num_embeddings):
    """The gradient of the loss with respect to weight."""
    width = grad_output.shape[-1]
    grad = torch.zeros(
        num_embeddings, width, dtype=grad_output.dtype, device=grad_output.device
    )
    words = indices.flatten().tolist()
    for word, row in zip(words, grad_output.reshape(len(words), width)):
        grad[word] += row
    return grad


def cosine_similarity(x, y, eps=1e-8):
    """The cosine of the angle between two vectors, over the last axis."""
    dot, squares_x, squares_y = 0, 0, 0
    for i in range(x.shape[-1]):
        dot = dot + x[..., i] * y[..., i]
        squares_x = squares_x + x[..., i] ** 2
        squares_y = squares_y + y[..., i] ** 2
    norm_x = squares_x.clamp(min=eps**2) ** 0.5
    norm_y = squares_y.clamp(min=eps**2) ** 0.5
    return dot / norm_x / norm_y
