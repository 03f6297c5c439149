"""Training with shifts in a buffer, recursion, and helpers."""

import torch
from torch import nn
from torch.nn import functional


def numerical_gradient(f, x, eps=1e-6):
    """The gradient of f."""
    x = x.detach().double().requires_grad_()
    f(x).backward()
    return x.grad


def train_step(model, loss_fn, optimizer, x, y):
    """One step of training."""
    loss = loss_fn(model(x), y)
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.tolist()


class LinearClassifier(nn.Module):
    """One linear layer, and its training."""

    def __init__(self, in_features, num_classes):
        super().__init__()
        self.add_module("linear", nn.Linear(in_features, num_classes, bias=True))

    def forward(self, x):
        """Logits."""
        return self.get_submodule("linear")(x)

    def fit(self, x, y, steps, lr):
        """Gradient descent, one step and then the rest."""
        if steps == 0:
            return []
        self.zero_grad()
        loss = functional.nll_loss(functional.log_softmax(self(x), dim=-1), y)
        loss.backward()
        with torch.no_grad():
            for weight in self.parameters():
                weight.sub_(weight.grad, alpha=lr)
        return [loss.item(), *self.fit(x, y, steps - 1, lr)]
