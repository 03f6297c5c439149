"""The truth of one call: an oracle in float64 on the grader's own inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from autograder.checking.rounding import Nudge, Rounding
from autograder.checking.tolerance import nudged, scale_of
from autograder.executor.gradients import gradients_under
from autograder.protocol.frames import private_copy

Within = AbstractContextManager[Any]  # the surroundings of what is nudged


class Truth:
    """Value and gradients of an oracle, in float64.

    Args:
        oracle: a function of the arguments, of ``(weights, *arguments)`` for an object
            with weights.
        args: its positional arguments, tensors also inside lists, tuples and dicts.
        kwargs: its keyword arguments.
        keep: remember its gradients, for who asks for them once more.
    """

    def __init__(
        self,
        oracle: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        keep: bool = False,
    ) -> None:
        self._oracle = oracle
        self._given = (args, kwargs)
        self._kept: dict[Hashable, tuple[torch.Tensor | None, ...]] | None
        self._kept = {} if keep else None
        self._scales: dict[int, float] = {}  # of the gradients that are kept
        self.leaves: dict[int, torch.Tensor] = {}  # by id of the check's own tensor

        def lift(tensor: torch.Tensor) -> torch.Tensor:
            if not tensor.is_floating_point():
                return tensor.clone()
            if id(tensor) not in self.leaves:
                # The oracle must see the same layout as the student does.
                leaf = tensor.detach().to(torch.float64)
                # Where that was no conversion it is the check's own storage still.
                leaf = private_copy(leaf) if tensor.dtype == leaf.dtype else leaf
                self.leaves[id(tensor)] = leaf.requires_grad_()
            return self.leaves[id(tensor)]

        lifted_args, lifted_kwargs = replace_tensors(self._given, lift)
        self.value = oracle(*lifted_args, **lifted_kwargs)

    def gradients(
        self, outputs: list[torch.Tensor], cotangents: list[torch.Tensor]
    ) -> dict[int, torch.Tensor | None]:
        """Gradient for each floating-point input, by id of the check's own tensor."""
        leaves = list(self.leaves.values())
        key = tuple(map(id, outputs)), tuple(c.numpy().tobytes() for c in cotangents)
        found = None if self._kept is None else self._kept.get(key)
        if found is None:
            found = gradients_under(outputs, leaves, cotangents, retain_graph=True)
            if self._kept is not None:
                self._kept[key] = found
        return dict(zip(self.leaves, found))

    def scale_of(self, gradient: torch.Tensor) -> float:
        """The scale of one of the gradients."""
        if self._kept is None:
            return scale_of(gradient)
        if id(gradient) not in self._scales:
            self._scales[id(gradient)] = scale_of(gradient)
        return self._scales[id(gradient)]

    def again(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Truth:
        """The same truth, for other tensors that hold the same."""
        ids: dict[int, None] = {}

        def note(tensor: torch.Tensor) -> None:
            if tensor.is_floating_point():
                ids[id(tensor)] = None

        replace_tensors((args, kwargs), note)
        same = copy.copy(self)
        same._given = (args, kwargs)
        same.leaves = dict(zip(ids, self.leaves.values()))
        return same

    def changes(
        self,
        dtype: torch.dtype,
        measure: Measure,
        perturbations: int,
    ) -> list[float]:
        """How much each tensor of ``measure`` changes, at most, where all is nudged.

        All is the inputs, and the result of every operator that the oracle runs, in
        backwards too. ``measure`` is given a truth, what to do to any inputs of its
        own, such as the cotangents that gradients start from, and what to compute
        within. More perturbations are those of fewer, and others.
        """
        base = measure(self, lambda tensor: tensor, nullcontext())
        largest = [0.0] * len(base)
        generator = torch.Generator().manual_seed(20_011)
        for _ in range(perturbations):

            def nudge(tensor: torch.Tensor) -> torch.Tensor:
                if not tensor.is_floating_point():
                    return tensor
                return nudged(tensor.detach().to(torch.float64), dtype, generator)

            rounding = Rounding(nudge)

            def rounded(*args: Any, rounding: Rounding = rounding, **named: Any) -> Any:
                with rounding:
                    return self._oracle(*args, **named)

            # ids differ for nudged tensors, so the order of the leaves stands for them
            args, kwargs = replace_tensors(self._given, remembered(nudge))
            other = Truth(rounded, args, kwargs)
            moved = measure(other, nudge, rounding)
            for index, (old, new) in enumerate(zip(base, moved)):
                difference = (old - new).detach().abs()
                finite = difference[difference.isfinite()]
                if finite.numel():
                    largest[index] = max(largest[index], float(finite.max()))
        return largest


Measure = Callable[[Truth, Nudge, Within], list[torch.Tensor]]


def remembered(
    change: Callable[[torch.Tensor], torch.Tensor],
) -> Callable[[torch.Tensor], torch.Tensor]:
    """``change``, giving the same result each time it meets the same tensor."""
    known: dict[int, torch.Tensor] = {}

    def once(tensor: torch.Tensor) -> torch.Tensor:
        if id(tensor) not in known:
            known[id(tensor)] = change(tensor)
        return known[id(tensor)]

    return once


def replace_tensors(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """The same nested value with ``change`` applied to each tensor in it."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(replace_tensors(item, change) for item in value)
    if isinstance(value, tuple):  # a namedtuple, such as torch.max gives
        return tuple(replace_tensors(item, change) for item in value)
    if isinstance(value, dict):
        return {key: replace_tensors(item, change) for key, item in value.items()}
    return value


def tensors_in(value: Any) -> list[torch.Tensor]:
    """All tensors of a nested value, repeated ones too; a dict's by its keys."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, dict):
        ordered = sorted(value.items(), key=lambda item: repr(item[0]))
        return [tensor for _, item in ordered for tensor in tensors_in(item)]
    return []
