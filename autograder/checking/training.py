"""The claim that code trains a model as it should: each loss, and all weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from autograder.checking.case import Compared, current
from autograder.checking.comparing import arguments_untouched, must, rules
from autograder.checking.difference import compare
from autograder.checking.functions import Function, Object
from autograder.checking.handles import (
    build_beside,
    method_of,
    parameter_names_of,
    weights_of,
    without_weights,
)
from autograder.checking.optimizing import Tensors, Update, update_of
from autograder.checking.rules import Rules
from autograder.checking.truth import Truth, tensors_in
from autograder.verdict import Mismatch

Oracle = Callable[[Tensors, torch.Tensor], torch.Tensor]


def trajectory(
    function: Any,
    model: Any,
    oracle: Oracle,
    loss_fn: Callable[..., torch.Tensor],
    x: torch.Tensor,
    y: torch.Tensor,
    *,
    steps: int = 3,
    optimizer: Any = torch.optim.SGD,
    loss: type = float,
    **settings: Any,
) -> None:
    """Training from given weights gives the right losses and ends at the right weights.

    ``function`` is a training step, ``step(model, loss_fn, optimizer, x, y)``, which is
    called ``steps`` times; or a method of the model, ``model.fit(x, y, steps, lr)``,
    which gives all losses in a list, by plain SGD. Each loss is before its update. The
    model lives where the student's code runs and begins at the weights of
    ``with_weights``; its optimizer is made there, too. ::

        weights = draw.weights({"weight": (2, 3), "bias": (2,)})
        model = student.build(nn.Linear, 3, 2).with_weights(weights)
        linear = lambda w, x: F.linear(x, w["weight"], w["bias"])
        x, y = draw(6, 3), draw(6, 2)
        trajectory(student.train_step, model, linear, F.mse_loss, x, y,
                   optimizer=torch.optim.SGD, lr=0.1, momentum=0.9)

    Put it under ``@settings("cpu float64")``: Adam divides by small numbers, in which
    float32 has few digits left.

    Args:
        function: the student's.
        model: the student's or torch's own, with weights.
        oracle: the same model, ``oracle(weights, x)``.
        loss_fn: of ``(output, y)``; a public function of torch, or a partial of one.
        x: what the model is given.
        y: what it is to give.
        steps: of training, two or more.
        optimizer: torch.optim.SGD or torch.optim.Adam.
        loss: what the contract says that a loss is: ``float`` or ``torch.Tensor``.
        settings: of the optimizer, such as lr and momentum; for a method, lr alone.

    Raises:
        Differs: a loss or a weight is another.
    """
    __tracebackhide__ = True
    start = weights_of(model)
    if not isinstance(model, Object) or start is None:
        raise TypeError(
            "trajectory needs a model with weights to begin at: "
            "student.CLASS(...).with_weights(draw.weights({...}))"
        )
    if isinstance(loss_fn, Function):
        raise TypeError(
            "trajectory computes the right losses itself: give a public function of "
            "torch for loss_fn, such as F.mse_loss, and no object of student.build"
        )
    if steps < 2:
        raise ValueError(
            f"trajectory: steps={steps}; what one step leaves behind shows in the "
            "second, so ask for two or more"
        )
    update = update_of(optimizer, settings)
    method = method_of(function, model)
    if method is not None and (
        optimizer is not torch.optim.SGD or set(settings) != {"lr"}
    ):
        raise TypeError(
            f"trajectory: {method}(x, y, steps, lr) is plain SGD; give lr= and no "
            "other setting or optimizer"
        )

    def train(weights: Tensors, x: torch.Tensor, y: torch.Tensor) -> dict[str, Any]:
        return _trained(weights, x, y, oracle, loss_fn, update(), steps, loss)

    truth = Truth(train, (start, x, y), {})
    _must_move(start, truth.value["weights"])

    case = current()
    plain = without_weights(model)
    if method is not None:
        losses = getattr(model, method)(x, y, steps, settings["lr"])
    else:
        # The step is there to change these two, whatever the student calls them.
        case.changes |= {*parameter_names_of(function)[0:3:2], "model", "optimizer"}
        model.load_state_dict(start)
        made = build_beside(plain, optimizer, plain.parameters(), **settings)
        losses = [function(plain, loss_fn, made, x, y) for _ in range(steps)]
    state = plain.state_dict()
    # Reports show the last call, and that is to be the one that trained.
    *_, trained, asked = case.events
    case.events[-2:] = [asked, trained]
    if isinstance(state, dict):  # buffers are not trained
        state = {name: value for name, value in state.items() if name in start}
    for claim in [_claim(losses, truth, "losses"), _claim(state, truth, "weights")]:
        must(case, *claim)
    arguments_untouched(case)


def _claim(got: Any, truth: Truth, part: str) -> tuple[Mismatch | None, Rules]:
    """What a part of the training is found to be, and by which rules."""

    def floats(other: Truth, *rest: Any) -> list[torch.Tensor]:
        return [t for t in tensors_in(other.value[part]) if t.is_floating_point()]

    case = current()
    how = rules(case, False)
    how.changes = lambda dtype, count: truth.changes(dtype, floats, count)
    of, expected = f"the {part}", truth.value[part]
    mismatch = compare(got, expected, of, how)
    case.compared.append(Compared(of, got, expected, mismatch is None))
    return mismatch, how


def _trained(
    weights: Tensors,
    x: torch.Tensor,
    y: torch.Tensor,
    oracle: Oracle,
    loss_fn: Callable[..., torch.Tensor],
    update: Update,
    steps: int,
    kind: type,
) -> dict[str, Any]:
    """The losses before each step, and the weights after the last."""
    weights = {name: weight.detach() for name, weight in weights.items()}
    losses: list[Any] = []
    for step in range(1, steps + 1):
        at = {name: weight.clone().requires_grad_() for name, weight in weights.items()}
        with torch.enable_grad():
            loss = loss_fn(oracle(at, x.detach()), y.detach())
        gradients = torch.autograd.grad(loss, list(at.values()), allow_unused=True)
        losses.append(loss.item() if kind is float else loss.detach())
        for (name, weight), gradient in zip(weights.items(), gradients):
            if gradient is not None:
                weights[name] = update(name, weight, gradient, step)
    return {"losses": losses, "weights": weights}


def _must_move(start: Tensors, end: Tensors) -> None:
    """A training that moves nothing would be right by doing nothing."""
    if all(torch.equal(start[name].to(end[name]), end[name]) for name in start):
        raise ValueError(
            "trajectory: no weight moves from its start; is lr 0, or does the oracle "
            "make no use of the weights?"
        )
