"""Training: a gradient to compare with, one step, and a whole classifier."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def numerical_gradient(
    f: Callable[[Tensor], Tensor], x: Tensor, eps: float = 1e-6
) -> Tensor:
    """The gradient of f at x by central differences, without autograd.

    For each number of x: ``(f(x + eps) - f(x - eps)) / (2 * eps)``, where this one
    number alone is shifted. It is slow, knows nothing of f but its values, and so is a
    good judge of gradients that were made by hand.

    All of it is done in float64, whatever the dtype of x is, and f is given float64
    tensors: in float32 a shift of 1e-6 would drown in rounding, and an integer cannot
    be shifted at all.

    Forbidden: autograd (``.backward()``, torch.autograd.grad, torch.func).

    Args:
        f: gives a scalar tensor for a tensor of the shape of x.
        x: of any shape, of one number, ``()``, or of none, too; it may lie in memory
            in any way, and may hold integers. It is the same after the call.
        eps: how far to shift, on each side.

    Returns:
        The shape of x, float64, on the device of x.
    """
    # BEGIN SOLUTION
    start = x.detach().double()
    gradient = torch.empty(x.numel(), dtype=torch.float64, device=x.device)
    with torch.no_grad():
        for i in range(x.numel()):
            shift = torch.zeros_like(gradient)
            shift[i] = eps
            shift = shift.view(x.shape)
            gradient[i] = (f(start + shift) - f(start - shift)) / (2 * eps)
    return gradient.view(x.shape)
    # END SOLUTION


def train_step(
    model: nn.Module,
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    x: Tensor,
    y: Tensor,
) -> float:
    """One step of training: loss, gradient, update.

    The loss is ``loss_fn(model(x), y)``, in this order. Its gradient, and nothing that
    an earlier ``backward`` has left behind, decides the update: backward adds to
    gradients that are there already, so make them zero first. Then the optimizer does
    its step, whichever optimizer it is.

    Args:
        model: gives the outputs for x. Whether it is in train or eval mode is up to
            the caller; no check looks at that.
        loss_fn: of outputs and targets, such as F.mse_loss or an nn.CrossEntropyLoss().
        optimizer: of the model's parameters, or of some of them.
        x: inputs of the model.
        y: targets.

    Returns:
        The loss before the update, a float of Python's and no tensor.
    """
    # BEGIN SOLUTION
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
    # END SOLUTION


class LinearClassifier(nn.Module):
    """One linear layer, ``linear``, from features to logits, and its training.

    Args:
        in_features: numbers of an input.
        num_classes: logits for each input.
    """

    def __init__(self, in_features: int, num_classes: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.linear = nn.Linear(in_features, num_classes)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Logits, ``(N, num_classes)``, of inputs, ``(N, in_features)``.

        They are what ``linear``, which has a bias, gives: no softmax.
        """
        # BEGIN SOLUTION
        logits: Tensor = self.linear(x)
        return logits
        # END SOLUTION

    def fit(self, x: Tensor, y: Tensor, steps: int, lr: float) -> list[float]:
        """Plain gradient descent on the mean cross-entropy over all of x, y.

        Each step takes all inputs at once, the gradient of the mean of
        ``-log softmax(logits)[y]``, and ``w = w - lr * gradient`` for weight and bias:
        no momentum, no decay, no shuffling. It begins at the present weights, so two
        times three steps are six.

        Args:
            x: inputs, ``(N, in_features)``.
            y: their classes, ``(N,)``, int64.
            steps: how many updates; 0 changes nothing.
            lr: the learning rate.

        Returns:
            The losses, floats of Python's, each before its update: ``steps`` of them.
        """
        # BEGIN SOLUTION
        optimizer = torch.optim.SGD(self.parameters(), lr=lr)
        losses = []
        for _ in range(steps):
            losses.append(train_step(self, F.cross_entropy, optimizer, x, y))
        return losses
        # END SOLUTION
