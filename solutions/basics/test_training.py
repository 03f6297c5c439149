"""What a correct training.py does."""

from __future__ import annotations

import functools

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import (
    after,
    agrees,
    changes,
    close,
    device,
    digits,
    equal,
    hidden,
    hint,
    no_more_than,
    points,
    settings,
    trajectory,
)

once = settings("cpu float64")
SHAPES = {"linear.weight": (4, 3), "linear.bias": (4,)}


def squares(target):
    """The sum of the squared distances to a target, as a function of x alone."""
    return functools.partial(F.mse_loss, target=target, reduction="sum")


def central(f, x, eps=1e-6):
    """Central differences, in float64."""
    x = x.detach().double()
    shifts = eps * torch.eye(x.numel(), dtype=x.dtype).view(x.numel(), *x.shape)
    found = [(f(x + shift) - f(x - shift)) / (2 * eps) for shift in shifts]
    return torch.stack(found).view(x.shape) if found else x.clone()


def exact(f, x, eps=1e-6):
    """The gradient itself."""
    with torch.enable_grad():
        x = x.detach().double().requires_grad_()
        (gradient,) = torch.autograd.grad(f(x), x)
    return gradient


def layer(weights, x):
    """What a linear layer computes, from its weights."""
    return F.linear(x, weights["weight"], weights["bias"])


def classifier(weights, x):
    """What a LinearClassifier computes, from its weights."""
    return F.linear(x, weights["linear.weight"], weights["linear.bias"])


def two_layers(weights, x):
    """What two linear layers compute, from their weights."""
    inside = F.linear(x, weights["0.weight"], weights["0.bias"])
    return F.linear(inside, weights["1.weight"], weights["1.bias"])


def descended(net, weights, loss_fn, batches, lr, frozen=()):
    """Losses, and weights after plain SGD, a step for each batch."""
    weights = {n: w.double() for n, w in weights.items()}
    losses = []
    for x, y in batches:
        at = {n: w.clone().requires_grad_() for n, w in weights.items()}
        with torch.enable_grad():
            loss = loss_fn(net(at, x.double()), y)
        gradients = torch.autograd.grad(loss, list(at.values()))
        losses.append(loss.item())
        for (n, w), gradient in zip(weights.items(), gradients):
            weights[n] = w if n in frozen else w - lr * gradient
    return losses, weights


@points(1)
@once
@hint("half a step to the left, half a step to the right: how far apart are they?")
@pytest.mark.parametrize(
    ("x", "eps", "gradient"),
    [
        ([1, -2, 3], 0.5, [2, -4, 6]),
        ([[4, 0], [-1, 5]], 0.25, [[8, 0], [-2, 10]]),
        ([0.5, 7], 1.0, [1, 14]),
    ],
)
def test_gradient_of_the_sum_of_squares(student, draw, x, eps, gradient):
    """numerical_gradient of x * x, summed, is 2 * x, however large eps is"""
    x, zeros = draw.values(x), torch.zeros_like(draw.values(x))

    close(student.numerical_gradient(squares(zeros), x, eps), draw.values(gradient))


@points(2.5)
@digits(
    0.5,
    "numerical_gradient answers in float64, with all its digits, and leaves its "
    "arguments alone",
    # Alone: with an eps of its own it comes near the gradient, and no nearer.
    cases=[{"f": torch.var, "eps": 0.125}, {"f": torch.prod, "eps": 0.5}],
)
@device(0.5)
@once
@hint("for each number of x alone: (f(x + eps) - f(x - eps)) / (2 * eps)")
@pytest.mark.parametrize(
    ("f", "eps"), [(torch.var, 0.5), (torch.var, 0.125), (torch.prod, 0.5)]
)
def test_numerical_gradient_is_central(student, draw, f, eps):
    """numerical_gradient is exact for parabolas and products, however large eps is"""
    given = f, draw(2, 3), eps

    asked = student.numerical_gradient
    agrees(asked, exact, *given, gradient=False, dtype=torch.float64)


@points(1)
@once
@after(test_numerical_gradient_is_central)
def test_numerical_gradient_is_near_autograd(student, draw):
    """numerical_gradient with its own eps is the gradient to many digits"""
    f = functools.partial(torch.logsumexp, dim=(0, 1))

    agrees(student.numerical_gradient, exact, f, draw(3, 4), gradient=False)
    agrees(student.numerical_gradient, exact, torch.var, draw(5), gradient=False)


@points(1)
@once
@after(test_numerical_gradient_is_central)
@hint("does a shift of x.reshape(-1)[i] or x.flatten()[i] reach x?")
@pytest.mark.parametrize(
    ("layout", "eps"),
    [
        ("transposed", 1e-6),
        ("transposed", 0.5),
        ("sliced", 0.5),
        ("expanded", 0.5),
        ("expanded", 0.25),
    ],
)
def test_numerical_gradient_of_any_layout(student, draw, layout, eps):
    """numerical_gradient works where x is not contiguous"""
    x = getattr(draw, layout)(3, 2)

    f, oracle = student.numerical_gradient, exact
    agrees(f, oracle, squares(draw(3, 2)), x, eps, gradient=False)


@points(0.5)
@hidden
@once
@after(test_numerical_gradient_is_central)
@pytest.mark.parametrize("eps", [(0.25,), ()])
def test_numerical_gradient_of_what_curves(student, draw, eps):
    """numerical_gradient is the very quotient of the docstring"""
    f, size = torch.norm, 1 if eps else 1e-6  # another eps shows there

    agrees(
        student.numerical_gradient, central, f, draw(2, 3) * size, *eps, gradient=False
    )


@points(0.5)
@hidden
@settings("cpu float32")
@after(test_numerical_gradient_is_central)
@pytest.mark.parametrize("layout", ["contiguous", "transposed"])
def test_numerical_gradient_of_float32(student, draw, layout):
    """numerical_gradient works in float64 where x is float32"""
    f = functools.partial(torch.logsumexp, dim=(0, 1))
    x = draw(3, 4) if layout == "contiguous" else draw.transposed(3, 4)

    asked = student.numerical_gradient
    agrees(asked, exact, f, x, gradient=False, dtype=torch.float64)


@points(0.5)
@hidden
@once
@after(test_numerical_gradient_is_central)
@pytest.mark.parametrize("eps", [1e-6, 0.5])
def test_numerical_gradient_of_integers(student, draw, eps):
    """numerical_gradient takes integers"""
    f = functools.partial(torch.logsumexp, dim=(0, 1))
    x = draw.integers(-2, 3, 2, 3)
    # torch's own logsumexp takes them as well; so the oracle gets what they stand for.
    got = student.numerical_gradient(f, x, eps)

    close(got, central(f, x, eps))


@points(1)
@hidden
@once
@after(test_numerical_gradient_is_central)
@pytest.mark.parametrize("shape", [(), (0,), (2, 1, 3), (4,)])
def test_numerical_gradient_of_any_shape(student, draw, shape):
    """numerical_gradient takes one number, none, and tensors of any shape"""
    given = squares(draw(*shape)), draw(*shape)

    agrees(student.numerical_gradient, central, *given, 0.5, gradient=False)


@points(1)
@once
@changes("model", "optimizer")
@hint("the loss is told before the update, and one step is lr times the gradient")
@pytest.mark.parametrize(("lr", "weight", "bias"), [(0.1, 2.2, 0.6), (0.5, 7.0, 3.0)])
def test_train_step_worked_example(student, draw, lr, weight, bias):
    """train_step from 1 * 2 towards 5: the loss is 9, and the weights move as told"""
    model = student.build(nn.Linear, 1, 1)
    model.load_state_dict({"weight": draw.values([[1]]), "bias": draw.values([0])})
    optimizer = student.build(torch.optim.SGD, model.parameters(), lr=lr)
    x, y = draw.values([[2]]), draw.values([[5]])

    loss = student.train_step(model, F.mse_loss, optimizer, x, y)

    close(loss, 9.0)
    moved = {"weight": draw.values([[weight]]), "bias": draw.values([bias])}
    close(model.state_dict(), moved)


@points(3)
@digits(
    0.5,
    "train_step returns a float of Python's, with all its digits, and leaves x and y "
    "alone",
)
@once
@hint("which gradients does the update see, and which loss do you return?")
@pytest.mark.parametrize(
    ("optimizer", "chosen"),
    [
        (torch.optim.SGD, {"lr": 0.5}),
        (torch.optim.SGD, {"lr": 0.2, "momentum": 0.9}),
        (torch.optim.SGD, {"lr": 0.2, "weight_decay": 0.5}),
        (torch.optim.Adam, {"lr": 0.1}),
    ],
    ids=["SGD", "momentum", "weight decay", "Adam"],
)
def test_train_step_again_and_again(student, draw, optimizer, chosen):
    """training steps give the losses and weights of SGD and of Adam"""
    model = student.build(nn.Linear, 3, 2)
    model = model.with_weights(draw.weights({"weight": (2, 3), "bias": (2,)}))
    x, y = draw(6, 3), draw(6, 2)

    step = student.train_step
    trajectory(step, model, layer, F.mse_loss, x, y, optimizer=optimizer, **chosen)


@points(0.5)
@settings("sim")
@after(test_train_step_again_and_again)
@changes("model", "optimizer")
@hint("only the loss has to leave the device, once it is a number")
def test_train_step_on_the_device(student, draw):
    """train_step trains where its model is, and waits once, for the loss"""
    x, y = draw(6, 3), draw(6, 2)
    start = draw.weights({"weight": (2, 3), "bias": (2,)})
    model = student.build(nn.Linear, 3, 2)
    model.load_state_dict(start)
    optimizer = student.build(torch.optim.SGD, model.parameters(), lr=0.1)

    losses = [student.train_step(model, F.mse_loss, optimizer, x, y) for _ in range(2)]

    no_more_than(synchronisations=1)
    expected, weights = descended(layer, start, F.mse_loss, [(x, y.double())] * 2, 0.1)
    close(losses, expected)
    close(model.state_dict(), weights)


@points(1.5)
@hidden
@once
@after(test_train_step_again_and_again)
@pytest.mark.parametrize(
    ("loss_fn", "lr", "outputs"),
    [
        (F.binary_cross_entropy_with_logits, 0.5, 4),
        (F.smooth_l1_loss, 2.0, 1),
        (F.cross_entropy, 0.5, 4),
    ],
    ids=["binary", "smooth", "classes"],
)
def test_train_step_of_any_loss(student, draw, loss_fn, lr, outputs):
    """train_step takes any loss, and gives it the outputs first"""
    model = student.build(nn.Linear, 3, outputs)
    start = draw.weights({"weight": (outputs, 3), "bias": (outputs,)})
    model = model.with_weights(start)
    y = draw(5, outputs, low=0, high=1)
    y = draw.integers(0, 4, 5) if loss_fn is F.cross_entropy else y

    trajectory(student.train_step, model, layer, loss_fn, draw(5, 3), y, lr=lr)


@points(1.5)
@hidden
@once
@after(test_train_step_again_and_again)
@changes("model", "optimizer")
@pytest.mark.parametrize("lr", [0.5, 0.25])
def test_train_step_starts_afresh(student, draw, lr):
    """gradients that others have left behind do not count in train_step"""
    shapes = {"0.weight": (4, 3), "0.bias": (4,), "1.weight": (2, 4), "1.bias": (2,)}
    start = draw.weights(shapes)
    inner, outer = student.build(nn.Linear, 3, 4), student.build(nn.Linear, 4, 2)
    model = student.build(nn.Sequential, inner, outer)
    model.load_state_dict(start)
    # The first step leaves gradients at the inner layer, which is not its optimizer's.
    first = student.build(torch.optim.SGD, outer.parameters(), lr=lr)
    second = student.build(torch.optim.SGD, model.parameters(), lr=lr)
    batches = [(draw(6, 3), draw(6, 2)), (draw(5, 3), draw(5, 2))]

    losses = [
        student.train_step(model, F.mse_loss, optimizer, *batch)
        for optimizer, batch in zip((first, second), batches)
    ]

    frozen = ["0.weight", "0.bias"]
    before, weights = descended(two_layers, start, F.mse_loss, batches[:1], lr, frozen)
    behind, weights = descended(two_layers, weights, F.mse_loss, batches[1:], lr)
    close(losses, before + behind)
    close(model.state_dict(), weights)


@points(1)
@pytest.mark.parametrize(("features", "classes"), [(3, 4), (6, 2), (1, 5), (1, 2)])
def test_classifier_parameters(student, features, classes):
    """LinearClassifier has one layer, linear, with weights and biases"""
    shapes = {"linear.weight": (classes, features), "linear.bias": (classes,)}

    equal(student.LinearClassifier(features, classes).parameter_shapes(), shapes)


# Its digits are for fit's check of them to ask, which it decides as well.
@points(1.5)
@hint("cross_entropy takes the softmax itself; in eval() as well as in training")
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_classifier_returns_logits(student, draw, mode):
    """LinearClassifier returns logits, as F.linear does, and their gradients"""
    model = getattr(student.LinearClassifier(3, 4), mode)()

    agrees(model.with_weights(draw.weights(SHAPES)), classifier, draw(5, 3))


@points(1)
@once
@hint("with weights of 0 all classes are as likely, and the loss is log(2)")
@changes("model")
@pytest.mark.parametrize(
    ("steps", "lr", "weight"),
    [(1, 1.0, [[-0.5, 1.0], [0.5, -1.0]]), (1, 2.0, [[-1.0, 2.0], [1.0, -2.0]])],
)
def test_fit_worked_example(student, draw, steps, lr, weight):
    """a step of fit from zero weights goes by lr times the gradient, and says log 2"""
    zero = {"linear.weight": draw(2, 2) * 0, "linear.bias": draw(2) * 0}
    model = student.LinearClassifier(2, 2)
    model.load_state_dict(zero)
    x, y = draw.values([[1, -2], [-1, 2]]), torch.tensor([1, 0])

    losses = model.fit(x, y, steps, lr)

    close(losses, [0.6931471805599453])
    moved = {"linear.weight": draw.values(weight), "linear.bias": draw.values([0, 0])}
    close(model.state_dict(), moved)


@points(3)
@digits(
    0.5,
    "LinearClassifier keeps all digits; fit returns a list of Python's floats with all "
    "of theirs, and leaves its arguments alone",
)
@once
@hint("plain SGD on the mean over all inputs; each loss is told before its update")
@pytest.mark.parametrize(
    ("rows", "steps", "lr"), [(7, 3, 0.5), (5, 4, 2.0), (1, 2, 0.1)]
)
def test_fit_descends(student, draw, rows, steps, lr):
    """fit gives the losses and the weights of plain gradient descent"""
    start, x, y = draw.weights(SHAPES), 2 * draw(rows, 3), draw.integers(0, 4, rows)
    if rows == 1:  # of a small loss float32 has few digits
        y = classifier(start, x).argmin(1)
    model = student.LinearClassifier(3, 4).with_weights(start)

    trajectory(model.fit, model, classifier, F.cross_entropy, x, y, steps=steps, lr=lr)


# One check for both methods: fit cannot train where forward does not answer.
@points(0.5)
@settings("sim")
@after(test_fit_descends)
@changes("model")
def test_classifier_on_the_device(student, draw):
    """LinearClassifier answers and trains on the device, and answers without waiting"""
    start, x, y = draw.weights(SHAPES), draw(6, 3), draw.integers(0, 4, 6)
    model = student.LinearClassifier(3, 4)
    model.load_state_dict(start)

    logits = model(x)
    no_more_than(synchronisations=0)
    losses = model.fit(x, y, 3, 0.5)

    close(logits, classifier({n: w.double() for n, w in start.items()}, x.double()))
    expected, weights = descended(classifier, start, F.cross_entropy, [(x, y)] * 3, 0.5)
    close(losses, expected)
    close(model.state_dict(), weights)


@points(2)
@hidden
@once
@after(test_fit_descends)
@changes("model")
@pytest.mark.parametrize(
    "parts", [(2, 3), (1, 1, 1), (0, 2), (3, 0)], ids=lambda parts: f"{parts}"
)
def test_fit_goes_on(student, draw, parts):
    """fit goes on where the last fit has ended, and no steps change nothing"""
    # Each input with two classes: a step as large as the second rate's goes too far.
    start, x, y = draw.weights(SHAPES), draw(3, 3).repeat(2, 1), torch.arange(6) % 4
    model = student.LinearClassifier(3, 4)
    model.load_state_dict(start)

    rates = [0.5, 16.0, 1.0][: len(parts)]  # that of the call counts, not the first
    losses = [model.fit(x, y, steps, lr) for steps, lr in zip(parts, rates)]

    weights, expected = start, []
    for steps, lr in zip(parts, rates):
        batches = [(x, y)] * steps
        some, weights = descended(classifier, weights, F.cross_entropy, batches, lr)
        expected += some
    close([loss for some in losses for loss in some], expected)
    equal([len(some) for some in losses], list(parts))
    close(model.state_dict(), weights)
