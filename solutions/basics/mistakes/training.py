"""The classic wrong turns in training.py."""

from __future__ import annotations

import itertools

import torch
import torch.nn.functional as F

from autograder import changed, mistake, reference


def _differences(f, x, right, left, width):
    """Quotients of differences, number by number, in float64."""
    x = x.detach().double()
    gradient = torch.zeros_like(x)
    with torch.no_grad():
        for place in itertools.product(*map(range, x.shape)):
            shift = torch.zeros_like(x)
            shift[place] = 1.0
            gradient[place] = (f(x + right * shift) - f(x + left * shift)) / width
    return gradient


@mistake(question="How does the error shrink when eps is halved, and how could it?")
def numerical_gradient__is_a_forward_difference(f, x, eps=1e-6):
    """the forward difference, (f(x + eps) - f(x)) / eps"""
    return _differences(f, x, eps, 0.0, eps)


@mistake(question="On which sides of x are the two points?")
def numerical_gradient__is_a_backward_difference(f, x, eps=1e-6):
    """the backward difference, (f(x) - f(x - eps)) / eps"""
    return _differences(f, x, 0.0, -eps, eps)


@mistake(question="How far apart are x - eps and x + eps?")
def numerical_gradient__divides_by_one_eps(f, x, eps=1e-6):
    """twice the central difference, divided by eps and not by 2 * eps"""
    return _differences(f, x, eps, -eps, eps)


@mistake(question="How far apart are the two points, if each is half an eps away?")
def numerical_gradient__shifts_by_half(f, x, eps=1e-6):
    """the central difference between points that are half an eps away"""
    return _differences(f, x, eps / 2, -eps / 2, eps)


@mistake(question="What has to be the same in both points but for one number?")
def numerical_gradient__shifts_all_at_once(f, x, eps=1e-6):
    """one difference for all numbers of x, which are shifted together"""
    x = x.detach().double()
    slope = (f(x + eps) - f(x - eps)) / (2 * eps)
    return slope.expand(x.shape).clone()


@mistake(question="Which numbers of x have their old value when the next is shifted?")
def numerical_gradient__leaves_the_shifts(f, x, eps=1e-6):
    """differences in which the numbers before stay shifted by eps"""
    x = x.detach().double().clone(memory_format=torch.contiguous_format)
    gradient = torch.zeros_like(x)
    for i in range(x.numel()):
        low, high = x.clone(), x.clone()
        low.view(-1)[i] -= eps
        high.view(-1)[i] += eps
        gradient.view(-1)[i] = (f(high) - f(low)) / (2 * eps)
        x = high
    return gradient


@mistake(question="Which point comes first in the difference?")
def numerical_gradient__has_the_other_sign(f, x, eps=1e-6):
    """minus the central difference"""
    return _differences(f, x, -eps, eps, 2 * eps)


@mistake(question="How many digits has float32, and how large is 1e-6 beside x?")
def numerical_gradient__works_in_the_dtype_of_x(f, x, eps=1e-6):
    """differences in float32 where x is float32, in which 1e-6 drowns"""
    gradient = torch.zeros_like(x, memory_format=torch.contiguous_format)
    for place in itertools.product(*map(range, x.shape)):
        low, high = x.clone(), x.clone()
        low[place] -= eps
        high[place] += eps
        gradient[place] = (f(high) - f(low)) / (2 * eps)
    return gradient


@mistake(question="Does a shift of a flattened copy reach the tensor that f is given?")
def numerical_gradient__shifts_a_copy(f, x, eps=1e-6):
    """zeros where x is not contiguous, since a copy was shifted and not x"""
    x = x.detach().double()
    flat = x.reshape(-1)
    gradient = torch.zeros(x.shape, dtype=torch.float64)
    for i in range(x.numel()):
        before = flat[i].item()
        flat[i] = before + eps
        high = f(x)
        flat[i] = before - eps
        low = f(x)
        flat[i] = before
        gradient.view(-1)[i] = (high - low) / (2 * eps)
    return gradient


# fmt: off
changed("numerical_gradient", name="ignores_eps", eps=1e-6,
        like="the difference with an eps of 1e-6, whatever eps is",
        ask="Which argument does not appear in your output?")
# fmt: on


@mistake(question="What does backward do with a gradient that is there already?")
def train_step__without_zero_grad(model, loss_fn, optimizer, x, y):
    """training steps that add each gradient to the ones before"""
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(question="Which gradients does step see, those of this loss or of the last?")
def train_step__steps_before_backward(model, loss_fn, optimizer, x, y):
    """training steps whose update comes before their backward"""
    loss = loss_fn(model(x), y)
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
    return loss.item()


@mistake(question="Which weights change, and who changes them?")
def train_step__changes_nothing(model, loss_fn, optimizer, x, y):
    """training steps after which the weights are as they were"""
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()


@mistake(question="When is the loss measured that you return?")
def train_step__returns_the_loss_after_the_update(model, loss_fn, optimizer, x, y):
    """right weights, with the loss after each update"""
    reference.train_step(model, loss_fn, optimizer, x, y)
    return loss_fn(model(x), y).item()


@mistake(question="What does loss_fn take first, the outputs or the targets?")
def train_step__swaps_outputs_and_targets(model, loss_fn, optimizer, x, y):
    """training steps that give the targets to the loss first, and the outputs second"""
    optimizer.zero_grad()
    loss = loss_fn(y, model(x))
    loss.backward()
    optimizer.step()
    return loss.item()


@mistake(question="Who takes the softmax, the network, the step or the loss?")
def train_step__takes_a_softmax(model, loss_fn, optimizer, x, y):
    """training steps that put a softmax between the model and the loss"""
    return reference.train_step(
        lambda x: model(x).softmax(-1), loss_fn, optimizer, x, y
    )


@mistake(question="Who clears the gradients that somebody else has left?")
def train_step__clears_afterwards(model, loss_fn, optimizer, x, y):
    """training steps that clear the gradients after the update, and not before"""
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


@mistake(question="How many updates are one step?")
def train_step__updates_twice(model, loss_fn, optimizer, x, y):
    """training steps that update twice with the same gradient"""
    loss = reference.train_step(model, loss_fn, optimizer, x, y)
    optimizer.step()
    return loss


@mistake(question="Is the loss a mean already, or does it want dividing?")
def train_step__divides_by_the_batch(model, loss_fn, optimizer, x, y):
    """training steps that divide the loss by the number of inputs once more"""
    return reference.train_step(
        model, lambda p, y: loss_fn(p, y) / len(x), optimizer, x, y
    )


class _Classifier(reference.LinearClassifier):
    """A classifier whose training has parts to exchange."""

    momentum = 0.0

    def loss(self, logits, y):
        return F.cross_entropy(logits, y)

    def fit(self, x, y, steps, lr):
        optimizer = torch.optim.SGD(self.parameters(), lr=lr, momentum=self.momentum)
        return [
            reference.train_step(self, self.loss, optimizer, x, y) for _ in range(steps)
        ]


@mistake(question="What does cross_entropy do first with what the network returns?")
class LinearClassifier__returns_probabilities(reference.LinearClassifier):
    """the softmax of the logits"""

    def forward(self, x):
        return super().forward(x).softmax(-1)


@mistake(question="What does cross_entropy do first with what the network returns?")
class LinearClassifier__returns_log_probabilities(reference.LinearClassifier):
    """the logarithms of the probabilities"""

    def forward(self, x):
        return super().forward(x).log_softmax(-1)


@mistake(question="What does a linear layer add, if nobody forbids it?")
class LinearClassifier__has_no_bias(reference.LinearClassifier):
    """a classifier without a bias"""

    def __init__(self, in_features, num_classes):
        super().__init__(in_features, num_classes)
        self.linear = torch.nn.Linear(in_features, num_classes, bias=False)


@mistake(question="What happens if the softmax of a softmax is taken?")
class LinearClassifier__trains_on_probabilities(_Classifier):
    """a classifier that takes a softmax before cross_entropy takes its own"""

    def loss(self, logits, y):
        return F.cross_entropy(logits.softmax(1), y)


@mistake(question="Does the step become longer if there are more inputs?")
class LinearClassifier__sums_the_loss(_Classifier):
    """training on the sum over the inputs, not on their mean"""

    def loss(self, logits, y):
        return F.cross_entropy(logits, y, reduction="sum")


@mistake(question="What does plain gradient descent remember of the step before?")
class LinearClassifier__has_momentum(_Classifier):
    """training with a momentum of 0.9"""

    momentum = 0.9


@mistake(question="What is w after a step of plain gradient descent?")
class LinearClassifier__trains_with_adam(reference.LinearClassifier):
    """training with Adam"""

    def fit(self, x, y, steps, lr):
        optimizer = torch.optim.Adam(self.parameters(), lr=lr)
        return [
            reference.train_step(self, F.cross_entropy, optimizer, x, y)
            for _ in range(steps)
        ]


@mistake(question="What does backward do with a gradient that is there already?")
class LinearClassifier__adds_up_gradients(reference.LinearClassifier):
    """training that never makes the gradients zero"""

    def fit(self, x, y, steps, lr):
        losses = []
        for _ in range(steps):
            loss = F.cross_entropy(self(x), y)
            loss.backward()
            with torch.no_grad():
                for parameter in self.parameters():
                    parameter -= lr * parameter.grad
            losses.append(loss.item())
        return losses


@mistake(question="When is each loss measured?")
class LinearClassifier__tells_the_loss_after_the_update(reference.LinearClassifier):
    """right weights, with each loss after its update"""

    def fit(self, x, y, steps, lr):
        losses = []
        for _ in range(steps):
            super().fit(x, y, 1, lr)
            losses.append(F.cross_entropy(self(x), y).item())
        return losses


@mistake(question="Where does fit begin, and what has the last fit left there?")
class LinearClassifier__begins_at_zero(reference.LinearClassifier):
    """training that begins with weights of zero"""

    def fit(self, x, y, steps, lr):
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.zero_()
        return super().fit(x, y, steps, lr)


@mistake(question="How many inputs does each step look at?")
class LinearClassifier__takes_one_input_a_step(reference.LinearClassifier):
    """training on one input a step, in turn"""

    def fit(self, x, y, steps, lr):
        losses = []
        for step in range(steps):
            one = slice(step % len(x), step % len(x) + 1)
            losses += super().fit(x[one], y[one], 1, lr)
        return losses


@mistake(question="Which parameters has the classifier to learn?")
class LinearClassifier__leaves_the_bias(reference.LinearClassifier):
    """training that leaves the bias as it is"""

    def fit(self, x, y, steps, lr):
        optimizer = torch.optim.SGD([self.linear.weight], lr=lr)
        losses = []
        for _ in range(steps):
            losses.append(reference.train_step(self, F.cross_entropy, optimizer, x, y))
        self.linear.bias.grad = None
        return losses
