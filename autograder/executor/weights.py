"""Weights that a check gives to a module of the student's, by name, for its calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from autograder.executor.arguments import same_bits
from autograder.executor.devices import Device, on_host

__tracebackhide__ = True  # for pytest: from the check to the student's line


class WeightsMisfit(Exception):
    """Weights that do not fit a module; ``facts`` are [expected, got]."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.facts = [expected, got]


class GivenWeights:
    """Some of a call's tensors, which are a module's parameters in that call.

    Args:
        numbers: for each parameter, by its name, the number of its tensor.
        tensors: those of the call.
    """

    def __init__(self, numbers: Mapping[str, int], tensors: list[torch.Tensor]) -> None:
        self._numbers = numbers
        self._tensors = tensors
        self.by_name = {name: tensors[number] for name, number in numbers.items()}

    def must_fit(self, held: nn.Module) -> None:
        """Refuse names or shapes that are not those of the module's parameters.

        Raises:
            WeightsMisfit: they are not.
        """
        own = {name: tuple(p.shape) for name, p in held.named_parameters()}
        given = {name: tuple(w.shape) for name, w in self.by_name.items()}
        if own != given:
            parts = sorted(set(own.items()) ^ set(given.items()))
            names = sorted({name for name, _ in parts})

            def listed(of: dict[str, tuple[int, ...]]) -> str:
                found = [f"{n} {list(of[n])}" if n in of else f"no {n}" for n in names]
                return ", ".join(found[:8]) + (", ..." if len(found) > 8 else "")

            raise WeightsMisfit(listed(given), listed(own))

    def are_held_by(self, held: nn.Module) -> bool:
        """Whether the module's parameters have the very values of these weights."""
        own = dict(held.named_parameters())
        return all(
            same_bits(on_host(own[name]), on_host(weight))
            for name, weight in self.by_name.items()
        )

    def run_through(
        self, held: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """What the module puts out with them, its own parameters left as they are.

        Plain tensors pass for ``nn.Parameter``, as ``Module.get_parameter`` asks.
        """
        weights = self.by_name.values()
        marked = {id(w): w for w in weights if not isinstance(w, nn.Parameter)}
        for weight in marked.values():
            weight._is_param = True
        try:
            return torch.func.functional_call(held, self.by_name, args, kwargs)
        finally:
            for weight in marked.values():
                del weight._is_param

    @contextmanager
    def taken_on(
        self,
        held: nn.Module,
        tracked: Sequence[int],
        leaves: list[torch.Tensor],
        device: Device,
    ) -> Iterator[None]:
        """The module's own parameters hold the weights, as after ``load_state_dict``.

        They stay the same objects, so code may have put them into a list of its own
        when it made them. Gradients are theirs: one that is frozen, or that is not in
        the answer, gets none. They take the places of the weights among the call's
        tensors, so that a change to them is seen.

        Args:
            held: the module.
            tracked: numbers of the tensors that require gradients ...
            leaves: ... and what these are the gradients of.
            device: where all of this is.
        """
        own = dict(held.named_parameters())
        device.fill([(own[name], weight) for name, weight in self.by_name.items()])
        places = {number: place for place, number in enumerate(tracked)}
        quiet = []
        for name, number in self._numbers.items():
            parameter = own[name]
            self._tensors[number] = parameter
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
