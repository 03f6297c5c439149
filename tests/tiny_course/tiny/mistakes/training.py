"""The classic wrong turns in training.py."""

from __future__ import annotations

import itertools

import torch

from autograder import mistake, reference


@mistake(question="What is left of x where the inner layers give zero?")
class Block__without_the_sum(reference.Block):
    """a block that does not add its input"""

    def forward(self, x):
        return super().forward(x) - x


@mistake(question="What is added to what the layers make of x?")
class Block__adds_the_norm(reference.Block):
    """a block that adds the normalised input instead of the input"""

    def forward(self, x):
        return super().forward(x) - x + self.norm(x)


@mistake(question="What does backward do with a gradient that is there already?")
def train_step__without_zero_grad(model, loss_fn, optimizer, x, y):
    """training steps that add each gradient to the last one"""
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(question="Which gradient does step see?")
def train_step__steps_too_early(model, loss_fn, optimizer, x, y):
    """training steps that step before they compute the gradient"""
    loss = loss_fn(model(x), y)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@mistake(question="How does the error shrink when eps does?")
def numerical_gradient__forward_difference(f, x, eps=1e-5):
    """the difference to one side only"""
    gradient = torch.zeros_like(x)
    with torch.no_grad():
        for place in itertools.product(*map(range, x.shape)):
            step = torch.zeros_like(x)
            step[place] = eps
            gradient[place] = (f(x + step).sum() - f(x).sum()) / eps
    return gradient


@mistake(question="How far apart are the two points?")
def numerical_gradient__divides_by_eps(f, x, eps=1e-5):
    """twice the gradient: the difference divided by one eps"""
    return 2 * reference.numerical_gradient(f, x, eps)


@mistake(question="Is the loss told before the step or after it?")
class Line__tells_the_loss_after_the_step(reference.Line):
    """a line that tells the loss after each step"""

    def fit(self, x, y, steps, lr):
        return (super().fit(x, y, steps, lr) + super().fit(x, y, 1, 0.0))[1:]


@mistake(question="Which parameters does a line have?")
class Line__leaves_the_bias(reference.Line):
    """a line whose bias stays zero"""

    def fit(self, x, y, steps, lr):
        losses = []
        for _ in range(steps):
            losses += super().fit(x, y, 1, lr)
            self.bias = torch.zeros(())
        return losses


@mistake(question="What has to change in a step?")
def train_step__does_not_step(model, loss_fn, optimizer, x, y):
    """training steps that compute the gradient and leave it at that"""
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    return loss.item()


@mistake(question="When is the loss measured that you return?")
def train_step__returns_the_loss_after_the_step(model, loss_fn, optimizer, x, y):
    """the loss after each step"""
    reference.train_step(model, loss_fn, optimizer, x, y)
    return loss_fn(model(x), y).item()


@mistake(question="What does the gradient of a sum have that one of a mean lacks?")
def numerical_gradient__of_the_mean(f, x, eps=1e-5):
    """the gradient of the mean of f(x)"""
    return reference.numerical_gradient(f, x, eps) / f(x).numel()


@mistake(question="Who is to see that x is shifted?")
def numerical_gradient__leaves_x_shifted(f, x, eps=1e-5):
    """the right gradient, but x is shifted afterwards"""
    gradient = reference.numerical_gradient(f, x, eps)
    x += eps
    return gradient
