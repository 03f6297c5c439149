"""Training with all shifts made at once, and with gradients that are asked for."""

import torch
import torch.nn.functional as F
from torch import nn


def numerical_gradient(f, x, eps=1e-6):
    """The gradient of f at x by central differences."""
    flat = x.detach().reshape(-1).to(torch.float64)
    shifts = eps * torch.eye(len(flat), dtype=torch.float64, device=x.device)
    points = torch.cat([flat + shifts, flat - shifts])
    values = [f(point.reshape(x.shape)) for point in points]
    if not values:
        return torch.zeros(x.shape, dtype=torch.float64, device=x.device)
    right, left = torch.stack(values).chunk(2)
    return ((right - left) / (2 * eps)).reshape(x.shape)


def train_step(model, loss_fn, optimizer, x, y):
    """One step of training."""

    def closure():
        optimizer.zero_grad(set_to_none=True)
        model.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        return loss

    return optimizer.step(closure).item()


class LinearClassifier(nn.Module):
    """One linear layer, and its training."""

    def __init__(self, in_features, num_classes):
        super().__init__()
        self.linear = nn.Linear(in_features, num_classes)

    def forward(self, x):
        """Logits."""
        return F.linear(x, self.linear.weight, self.linear.bias)

    def fit(self, x, y, steps, lr):
        """Gradient descent by gradients that are asked for."""
        weights = [self.linear.weight, self.linear.bias]
        losses = []
        for _ in range(steps):
            loss = nn.CrossEntropyLoss()(self(x), y)
            for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
                weight.data = weight.data - lr * gradient
            losses.append(loss.item())
        return losses
