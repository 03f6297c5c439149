"""Training, judged by each loss and by all weights at its end."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking.case import SETTINGS, CaseRun, begin, current
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.checking.training import trajectory
from autograder.verdict import Mismatch

SOURCE = """
import torch
import torch.nn.functional as F
from torch import nn
def step(model, loss_fn, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()
def as_tensor(model, loss_fn, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.detach()
def adds_up(net, loss_fn, optim, x, y):
    loss = loss_fn(net(x), y)
    loss.backward()
    optim.step()
    return loss.item()
def does_nothing(model, loss_fn, optimizer, x, y): return loss_fn(model(x), y).item()
def told_later(model, loss_fn, optimizer, x, y):
    step(model, loss_fn, optimizer, x, y)
    return loss_fn(model(x), y).item()
def zero(model, loss_fn, optimizer, x, y):
    step(model, loss_fn, optimizer, x, y)
    return 0.0
def nan(model, loss_fn, optimizer, x, y):
    step(model, loss_fn, optimizer, x, y)
    return float("nan")
def the_input(model, loss_fn, optimizer, x, y):
    step(model, loss_fn, optimizer, x, y)
    return x.mean().item()
def overwrites(model, loss_fn, optimizer, x, y):
    loss = step(model, loss_fn, optimizer, x, y)
    x.zero_()
    return loss
class Classifier(nn.Module):
    rate = 1.0
    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)
        self.register_buffer("seen", torch.zeros(1))
    def forward(self, x):
        return self.linear(x)
    def fit(self, x, y, steps, lr):
        losses = []
        for _ in range(steps):
            loss = F.cross_entropy(self(x), y)
            self.zero_grad()
            loss.backward()
            with torch.no_grad():
                for p in self.parameters():
                    p -= self.rate * lr * p.grad
            self.seen += 1
            losses.append(loss.item())
        return losses
class Slow(Classifier):
    rate = 0.5
class Lazy(Classifier):
    def fit(self, x, y, steps, lr): return [0.0] * steps
class Other(Classifier):
    def __init__(self, features, classes):
        super().__init__(features, classes)
        self.extra = nn.Linear(1, 1)
"""

SGD, MOMENTUM = {"lr": 0.1}, {"lr": 0.1, "momentum": 0.9}
KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "SGD": (torch.optim.SGD, SGD),
    "momentum": (torch.optim.SGD, MOMENTUM),
    "nesterov": (torch.optim.SGD, MOMENTUM | {"nesterov": True, "weight_decay": 0.1}),
    "Adam": (torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.9), "weight_decay": 0.1}),
    "Adam by default": (torch.optim.Adam, {}),
}


def linear(weights: Any, x: torch.Tensor) -> torch.Tensor:
    """A linear layer, from its weights."""
    return F.linear(x, weights["weight"], weights["bias"])


def told(student: Any, name: str, setting: str = "cpu float64", **more: Any) -> Any:
    """What trajectory finds of a training step."""
    draw = Draw(current())
    weights = draw.weights({"weight": (2, 3), "bias": (2,)})
    model = student.build(nn.Linear, 3, 2).with_weights(weights)
    given = {"optimizer": torch.optim.SGD, **MOMENTUM, **more}
    x, y = draw(6, 3), draw(6, 2)
    return found(getattr(student, name), model, linear, F.mse_loss, x, y, **given)


def found(*args: Any, **kwargs: Any) -> Mismatch | None:
    """What trajectory finds."""
    try:
        trajectory(*args, **kwargs)
    except Differs as differs:
        return differs.mismatch
    return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("steps", [2, 7])
def test_each_optimizer(
    open_student: Any, case: CaseRun, kind: str, steps: int
) -> None:
    """torch's own optimizers do what is written out here, to the last digits."""
    student = open_student(SOURCE)
    draw = Draw(case)
    weights = draw.weights({"weight": (2, 3), "bias": (2,)})
    model = student.build(nn.Linear, 3, 2).with_weights(weights)
    optimizer, settings = KINDS[kind]

    trajectory(student.step, model, linear, F.mse_loss, draw(6, 3), draw(6, 2),
               steps=steps, optimizer=optimizer, **settings)  # fmt: skip
    assert case.numeric
    assert [compared.right for compared in case.compared] == [True, True]


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("adds_up", "the losses[2]"),
        ("does_nothing", "the losses[1]"),
        ("told_later", "the losses[0]"),
        ("zero", "the losses[0]"),
        ("nan", "the losses[0]"),
        ("the_input", "the losses[0]"),
        ("as_tensor", "the losses[0]"),
    ],
)
def test_what_does_not_train(
    open_student: Any, case: CaseRun, name: str, of: str
) -> None:
    """A wrong loss is found, and answers that know nothing, Python floats too."""
    mismatch = told(open_student(SOURCE), name)

    assert mismatch is not None
    assert mismatch.of == of


def test_weights_at_the_end(open_student: Any, case: CaseRun) -> None:
    """Two steps show the losses before each update; the last one shows in the weights.

    Gradients that add up make no difference to the first two losses.
    """
    mismatch = told(open_student(SOURCE), "adds_up", steps=2)

    assert mismatch is not None
    assert mismatch.of.startswith("the weights[")
    assert case.events[-1].function == "adds_up", "the call that reports show"


def test_a_loss_that_is_a_tensor(open_student: Any, case: CaseRun) -> None:
    """Where the contract says so."""
    student = open_student(SOURCE)
    assert told(student, "as_tensor", loss=torch.Tensor) is None
    mismatch = told(student, "step", loss=torch.Tensor)
    assert mismatch is not None
    assert mismatch.kind == "type"


def test_float32(open_student: Any) -> None:
    """It may be asked in float32, too."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = open_student(SOURCE)

    assert told(student, "step") is None
    assert told(student, "does_nothing") is not None


def test_model_and_optimizer_may_change_and_nothing_else(
    open_student: Any, case: CaseRun
) -> None:
    """The data must be as they were, whatever the arguments are called."""
    student = open_student(SOURCE)
    assert told(student, "step") is None
    mismatch = told(student, "overwrites")
    assert mismatch is not None
    assert (mismatch.kind, mismatch.of) == ("changed_input", "x")
    found_twice = told(student, "adds_up")
    assert found_twice is not None
    assert found_twice.kind == "value"


def classify(weights: Any, x: torch.Tensor) -> torch.Tensor:
    """A linear classifier, from its weights."""
    return F.linear(x, weights["linear.weight"], weights["linear.bias"])


def fitted(student: Any, name: str, **more: Any) -> Mismatch | None:
    """What trajectory finds of a class with ``fit``."""
    draw = Draw(current())
    weights = draw.weights({"linear.weight": (4, 3), "linear.bias": (4,)})
    model = getattr(student, name)(3, 4).with_weights(weights)
    x, y = draw(8, 3), draw.integers(0, 4, 8)
    more = {"lr": 0.3, "steps": 4, **more}
    return found(model.fit, model, classify, F.cross_entropy, x, y, **more)


def test_a_class_that_fits(open_student: Any, case: CaseRun) -> None:
    """fit(x, y, steps, lr) gives all losses; buffers are not looked at."""
    student = open_student(SOURCE)

    assert fitted(student, "Classifier") is None
    slow, lazy = fitted(student, "Slow"), fitted(student, "Lazy")
    assert slow is not None
    assert lazy is not None
    assert (slow.of, lazy.of) == ("the losses[1]", "the losses[0]")
    with pytest.raises(Exception, match="parameters of Other"):
        fitted(student, "Other")


def test_the_authors_faults(open_student: Any, case: CaseRun) -> None:
    """Each error says what to give instead."""
    student = open_student(SOURCE)
    for more, error, message in (
        ({"steps": 1}, ValueError, "steps=1; what one step leaves behind"),
        ({"lr": 0.0}, ValueError, "no weight moves from its start"),
        ({"optimizer": torch.optim.AdamW}, TypeError, "SGD and torch.optim.Adam, and"),
        ({"betas": (0, 0)}, TypeError, "knows no setting 'betas' of SGD; there are lr"),
    ):
        with pytest.raises(error, match=message):
            told(student, "step", **more)
    with pytest.raises(TypeError, match=r"fit\(x, y, steps, lr\) is plain SGD"):
        fitted(student, "Classifier", momentum=0.9)
    bare, x = student.build(nn.Linear, 1, 1), torch.ones(2, 1, dtype=torch.float64)
    with pytest.raises(TypeError, match="needs a model with weights to begin at"):
        trajectory(student.step, bare, linear, F.mse_loss, x, x, lr=0.1)
    model = bare.with_weights({"weight": x[:1], "bias": x[0]})
    with pytest.raises(TypeError, match="give a public function of torch for loss_fn"):
        trajectory(student.step, model, linear, student.build(nn.MSELoss), x, x, lr=0.1)
