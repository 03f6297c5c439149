"""Optimizers written out, one update at a time, as trajectories are judged by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Tensors = dict[str, torch.Tensor]
Update = Callable[[str, torch.Tensor, torch.Tensor, int], torch.Tensor]

SETTINGS: dict[str, dict[str, Any]] = {
    "SGD": {"lr": 1e-3, "momentum": 0.0, "weight_decay": 0.0, "nesterov": False},
    "Adam": {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0},
}


def update_of(optimizer: Any, settings: dict[str, Any]) -> Callable[[], Update]:
    """What makes the updates of one training, for an optimizer and its settings.

    An update gives the new weight from its name, itself, its gradient and the number of
    the step, from 1 on; it keeps what the optimizer remembers by name.

    Raises:
        TypeError: an optimizer or a setting that is not written out here.
    """
    name = {torch.optim.SGD: "SGD", torch.optim.Adam: "Adam"}.get(optimizer)
    if name is None:
        raise TypeError(
            f"trajectory knows torch.optim.SGD and torch.optim.Adam, and not "
            f"{getattr(optimizer, '__name__', optimizer)!r}"
        )
    unknown = sorted(set(settings) - set(SETTINGS[name]))
    if unknown:
        raise TypeError(
            f"trajectory knows no setting {unknown[0]!r} of {name}; there are "
            f"{', '.join(SETTINGS[name])}"
        )
    chosen = SETTINGS[name] | settings
    make = _sgd if name == "SGD" else _adam
    return lambda: make(**chosen)


def _sgd(lr: float, momentum: float, weight_decay: float, nesterov: bool) -> Update:
    speed: Tensors = {}

    def update(
        name: str, weight: torch.Tensor, gradient: torch.Tensor, step: int
    ) -> torch.Tensor:
        gradient = gradient + weight_decay * weight
        known = speed.get(name)
        speed[name] = gradient if known is None else momentum * known + gradient
        ahead = gradient + momentum * speed[name] if nesterov else speed[name]
        return weight - lr * ahead

    return update


def _adam(
    lr: float, betas: tuple[float, float], eps: float, weight_decay: float
) -> Update:
    means: Tensors = {}
    squares: Tensors = {}

    def update(
        name: str, weight: torch.Tensor, gradient: torch.Tensor, step: int
    ) -> torch.Tensor:
        gradient = gradient + weight_decay * weight
        zero = torch.zeros_like(gradient)
        first, second = betas
        means[name] = first * means.get(name, zero) + (1 - first) * gradient
        square = gradient * gradient
        squares[name] = second * squares.get(name, zero) + (1 - second) * square
        mean = means[name] / (1 - first**step)
        spread = (squares[name] / (1 - second**step)).sqrt()
        return weight - lr * mean / (spread + eps)

    return update
