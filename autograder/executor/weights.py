"""Weights that a check gives to a module of the student's, by name, for its calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from autograder.executor.arguments import same_bits
from autograder.executor.devices import Device, on_host


class WeightsMisfit(Exception):
    """Weights that do not fit a module; ``facts`` are [expected, got]."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.facts = [expected, got]


def check_weights(held: Any, weights: dict[str, torch.Tensor]) -> None:
    """Refuse weights whose names or shapes are not those of the module's parameters.

    Raises:
        WeightsMisfit: they are not.
    """
    own = {name: tuple(p.shape) for name, p in held.named_parameters()}
    given = {name: tuple(weight.shape) for name, weight in weights.items()}
    if own != given:
        parts = sorted(set(own.items()) ^ set(given.items()))
        names = sorted({name for name, _ in parts})

        def listed(of: dict[str, tuple[int, ...]]) -> str:
            found = [f"{n} {list(of[n])}" if n in of else f"no {n}" for n in names]
            return ", ".join(found[:8]) + (", ..." if len(found) > 8 else "")

        raise WeightsMisfit(listed(given), listed(own))


@contextmanager
def taken_for_parameters(weights: Iterable[torch.Tensor]) -> Iterator[None]:
    """Plain tensors pass for ``nn.Parameter``, as ``Module.get_parameter`` asks."""
    marked = {id(w): w for w in weights if not isinstance(w, nn.Parameter)}
    for weight in marked.values():
        weight._is_param = True
    try:
        yield
    finally:
        for weight in marked.values():
            del weight._is_param


@contextmanager
def taken_on(
    held: nn.Module,
    weights: dict[str, int],
    tensors: list[torch.Tensor],
    tracked: Sequence[int],
    leaves: list[torch.Tensor],
    device: Device,
) -> Iterator[None]:
    """The module's own parameters hold the weights, as after ``load_state_dict``.

    They stay the same objects, so code may have put them into a list of its own when
    it made them. Gradients are theirs: one that is frozen, or that is not in the
    answer, gets none.

    Args:
        held: the module.
        weights: for each of its parameters the number of the tensor to hold.
        tensors: those of the call; the parameters take the places of the weights, so
            that a change to them is seen.
        tracked: numbers of the tensors that require gradients ...
        leaves: ... and what these are the gradients of.
        device: where all of this is.
    """
    own = dict(held.named_parameters())
    device.fill([(own[name], tensors[n]) for name, n in weights.items()])
    places = {number: place for place, number in enumerate(tracked)}
    quiet = []
    for name, number in weights.items():
        parameter = own[name]
        tensors[number] = parameter
        if not parameter.requires_grad:
            continue
        if number in places:
            leaves[places[number]] = parameter
        else:
            parameter.requires_grad_(False)
            quiet.append(parameter)
    try:
        yield
    finally:
        for parameter in quiet:
            parameter.requires_grad_()


def hold_already(
    held: nn.Module, weights: dict[str, int], tensors: list[torch.Tensor]
) -> bool:
    """Whether the module's parameters have the very values of these weights."""
    own = dict(held.named_parameters())
    return all(
        same_bits(on_host(own[name]), on_host(tensors[number]))
        for name, number in weights.items()
    )
