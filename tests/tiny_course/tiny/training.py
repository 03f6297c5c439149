"""What makes a network learn."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import torch
from torch import Tensor, nn


class Block(nn.Module):
    """``x`` plus what ``outer(relu(inner(norm(x))))`` makes of it.

    ``norm`` is a LayerNorm, ``inner`` doubles the width and ``outer`` halves it again.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 2 * width)
        self.outer = nn.Linear(2 * width, width)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """The block's output, of the shape of ``x``."""
        # BEGIN SOLUTION
        change: Tensor = self.outer(self.inner(self.norm(x)).relu())
        return x + change
        # END SOLUTION


def train_step(
    model: nn.Module,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
) -> float:
    """One step of training; the loss before the step, as a number."""
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


def numerical_gradient(
    f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-5
) -> Tensor:
    """The gradient of the sum of ``f(x)``, by central differences."""
    # BEGIN SOLUTION
    gradient = torch.zeros_like(x)
    with torch.no_grad():
        for place in itertools.product(*map(range, x.shape)):
            step = torch.zeros_like(x)
            step[place] = eps
            gradient[place] = (f(x + step).sum() - f(x - step).sum()) / (2 * eps)
    return gradient
    # END SOLUTION


class Line:
    """A weight for each feature and a bias, all zero at first."""

    def __init__(self, features: int) -> None:
        # BEGIN SOLUTION
        self.weight = torch.zeros(features)
        self.bias = torch.zeros(())
        # END SOLUTION

    def predict(self, x: Tensor) -> Tensor:
        """One number for each row of ``x``."""
        # BEGIN SOLUTION
        return x @ self.weight.to(x) + self.bias.to(x)
        # END SOLUTION

    def fit(self, x: Tensor, y: Tensor, steps: int, lr: float) -> list[float]:
        """Gradient descent on the mean squared error; the loss before each step."""
        # BEGIN SOLUTION
        losses: list[float] = []
        for _ in range(steps):
            error = self.predict(x) - y
            losses.append(error.square().mean().item())
            self.weight = self.weight.to(x) - lr * 2 * (x.T @ error) / len(x)
            self.bias = self.bias.to(x) - lr * 2 * error.mean()
        return losses
        # END SOLUTION
