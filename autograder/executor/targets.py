"""What a request asks for: a function of the module, one of torch's, or an object."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import nn

from autograder.executor.devices import Device
from autograder.executor.graphs import Graphs
from autograder.executor.held import Held
from autograder.executor.precision import in_dtype
from autograder.executor.scripted import Scripted
from autograder.executor.weights import GivenWeights
from autograder.protocol.calls import Request
from autograder.protocol.dtypes import DTYPES
from autograder.protocol.exceptions import nearest_builtin
from autograder.protocol.public import resolve_public
from autograder.protocol.values import Raising, unpack

__tracebackhide__ = True  # for pytest: from the check to the student's line


class Interrupted(BaseException):
    """Raised into a call from outside, by a timer: it is no answer and goes on up."""


@dataclass
class Given:
    """What a call is given, on its device."""

    tensors: list[torch.Tensor]
    leaves: list[torch.Tensor]  # what its gradients are those of
    device: Device
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None


class Targets:
    """A student's module, and the objects that calls have made of it.

    Args:
        module: the student's.
        held: those objects.
        graphs: of earlier calls, whose gradients may still be asked for.
    """

    def __init__(self, module: ModuleType, held: Held, graphs: Graphs) -> None:
        self.module = module
        self._held = held
        self._graphs = graphs

    def is_missing(self, request: Request) -> bool:
        """Whether the module has no such function."""
        kind, *names = request.target
        return kind == "function" and not callable(getattr(self.module, names[0], None))

    def own_names(self) -> list[str]:
        """What the module itself defines, functions and classes."""
        own = self.module.__name__
        return sorted(
            name
            for name, value in vars(self.module).items()
            if callable(value) and getattr(value, "__module__", None) == own
        )[:50]

    def makes_an_object(self, request: Request) -> bool:
        """Whether a class is called, wherever it was defined, or torch's own."""
        kind, *names = request.target
        if kind in ("public", "scripted"):
            return request.keep
        return kind == "function" and isinstance(getattr(self.module, names[0]), type)

    def object(self, kind: str, number: int, device: Device) -> Any:
        """An object, or its parameters, moved to a device."""
        held = self._held[number]
        if isinstance(held, nn.Module):
            device.move(held)
        return held.parameters() if kind == "parameters" else held

    def run(self, request: Request, given: Given) -> Any:
        """Do what is asked.

        Raises:
            WeightsMisfit: the weights are not those of the object.
        """
        kind, *names = request.target
        args, kwargs = given.args, given.kwargs or {}
        if request.many:
            return _each(getattr(self.module, names[0]), request.args)
        if kind in ("function", "public", "scripted"):
            made = self._maker(kind, *names)(*args, **kwargs)
            if request.dtype is not None and self.makes_an_object(request):
                in_dtype(made, DTYPES[request.dtype])
            return made
        held = self.object("handle", names[0], given.device)
        weights = None
        if request.weights is not None:
            weights = GivenWeights(request.weights, given.tensors)
            weights.must_fit(held)
        if kind == "shapes":
            return {n: tuple(p.shape) for n, p in held.named_parameters()}
        if kind == "handle":
            return self._forward(held, weights, request, given)
        if weights is not None:
            held.load_state_dict(weights.by_name, strict=False)
        return getattr(held, names[1])(*args, **kwargs)

    def _maker(self, kind: str, name: str = "") -> Any:
        if kind == "scripted":
            return Scripted
        return resolve_public(name) if kind == "public" else getattr(self.module, name)

    def _forward(
        self, held: Any, weights: GivenWeights | None, request: Request, given: Given
    ) -> Any:
        """What a model puts out, with weights that were given for this call or not."""
        args, kwargs = given.args, given.kwargs or {}
        if weights is None:
            return held(*args, **kwargs)
        if self._graphs and not weights.are_held_by(held):
            # Their backward is still to come, through the values that were there.
            return weights.run_through(held, args, kwargs)
        with weights.taken_on(held, request.tracked, given.leaves, given.device):
            return held(*args, **kwargs)


def _each(function: Any, calls: list[Any]) -> list[Any]:
    """What each of many calls gives."""
    found = []
    for arguments in calls:
        try:
            found.append(function(*unpack(arguments, [])))
        except (KeyboardInterrupt, Interrupted):
            raise
        except BaseException as error:
            found.append(Raising(nearest_builtin(type(error))))
    return found
