"""Cases as a check leaves them behind, made of a wrong function and its oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from autograder.checking.case import CPU_FLOAT64, CaseRun, Compared, Event, Setting
from autograder.checking.relations import relations_of
from autograder.checking.tolerance import FLOAT64_RELATIVE
from autograder.protocol.calls import Answer
from autograder.protocol.values import Packer
from autograder.verdict import Relation

Asking = Sequence[Any]  # positional arguments; a dict at the end is keyword arguments


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    """Normal numbers in float64."""
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def runs_of(
    wrong: Callable[..., Any],
    oracle: Callable[..., Any],
    askings: Sequence[Asking],
    names: Sequence[str] = (),
    *,
    gradients: Sequence[str] = (),
    knows_oracle: bool = True,
    setting: Setting = CPU_FLOAT64,
) -> list[CaseRun]:
    """One case for each asking.

    Args:
        wrong: the student's function.
        oracle: the right one.
        askings: the arguments of each case.
        names: the parameters of the student's function.
        gradients: arguments whose gradients are compared where the output is right.
        knows_oracle: the check was made by ``agrees``; otherwise by ``close``.
        setting: of all cases.
    """
    runs = []
    for asking in askings:
        args, kwargs = tuple(asking), {}
        if args and isinstance(args[-1], dict):
            args, kwargs = args[:-1], args[-1]
        run = CaseRun(setting, 1)
        got, expected = wrong(*args, **kwargs), oracle(*args, **kwargs)
        packer = Packer()
        given = [packer.pack(args), packer.pack(kwargs)]
        answer = Packer()
        value = answer.pack(got)

        def write(
            tensors: list[torch.Tensor] = packer.tensors,
            args: tuple[Any, ...] = args,
            kwargs: dict[str, Any] = kwargs,
        ) -> tuple[str, list[str]]:
            labels = {id(a): name for a, name in zip(args, names)}
            labels |= {id(value): name for name, value in kwargs.items()}
            return "f()", [labels.get(id(tensor), "") for tensor in tensors]

        event = Event(
            "f",
            given,
            packer.tensors,
            Answer(value, answer.tensors),
            write,
            lambda: list(names),
        )
        run.events.append(event)
        right = is_right(got, expected)
        by = (oracle, args, kwargs) if knows_oracle else ()
        run.compared.append(Compared("the output", got, expected, right, *by))
        if right:
            _compare_gradients(run, wrong, oracle, args, kwargs, names, gradients)
        runs.append(run)
    return runs


def found(
    wrong: Callable[..., Any],
    oracle: Callable[..., Any],
    askings: Sequence[Asking],
    names: Sequence[str] = (),
    **how: Any,
) -> list[Relation]:
    """What is said of them."""
    return relations_of(runs_of(wrong, oracle, askings, names, **how))


def kinds(relations: list[Relation]) -> list[str]:
    """Their kinds."""
    return [relation.kind for relation in relations]


def one_off(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    """The same function, its largest number off by a millionth."""

    def off(*args: Any, **kwargs: Any) -> torch.Tensor:
        made = function(*args, **kwargs).clone()
        flat = made.reshape(-1)
        flat[flat.abs().argmax()] *= 1 + 1e-6
        return flat.reshape(made.shape)

    return off


def is_right(got: Any, expected: Any) -> bool:
    """Whether the product would let it pass."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(got, torch.Tensor) or got.shape != expected.shape:
            return False
        if not expected.numel():
            return True
        if not expected.is_floating_point():
            return torch.equal(got, expected)
        scale = float(expected.abs().max())
        near = (got - expected).abs() <= FLOAT64_RELATIVE * scale
        return bool((near | (got == expected)).all())
    if isinstance(expected, (tuple, list)):
        return len(got) == len(expected) and all(map(is_right, got, expected))
    return bool(type(got) is type(expected) and got == expected)


def _compare_gradients(
    run: CaseRun,
    wrong: Callable[..., Any],
    oracle: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    names: Sequence[str],
    gradients: Sequence[str],
) -> None:
    if not gradients:
        return
    sides = []
    for function in (wrong, oracle):
        leaves = [
            a.clone().requires_grad_() if isinstance(a, torch.Tensor) else a
            for a in args
        ]
        chosen = [leaves[list(names).index(name)] for name in gradients]
        output = function(*leaves, **kwargs)
        start = drawn(*output.shape, seed=5)
        sides.append(torch.autograd.grad((output * start).sum(), chosen))
    for name, got, expected in zip(gradients, *sides):
        right = is_right(got, expected)
        run.compared.append(Compared(f"the gradient of {name}", got, expected, right))
        if not right:
            return
