"""The one way that every operator on the simulated device takes."""

from __future__ import annotations

from typing import Any, Literal

import torch

from autograder.simulated.counting import COUNTS, Memory
from autograder.simulated.operators import Operator, known
from autograder.simulated.placement import (
    check_dtype,
    check_generator,
    check_ordinal,
    check_placement,
)
from autograder.simulated.recurrent import FUSED
from autograder.simulated.tensor import SimTensor, mark, refit

__tracebackhide__ = True  # pytest ends at the student's line; its debugger, below


def dispatch(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run an operator on the values, and give its outputs the right device."""
    __tracebackhide__ = True
    if _MODES():
        # In a backward; what is asked of tensors here is no concern of the mode's.
        with torch._C.DisableTorchFunction():
            return _run(func, args, kwargs)
    return _run(func, args, kwargs)


_MODES: Any = torch._C._len_torch_function_stack


def _run(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    __tracebackhide__ = True
    operator = known(func)
    seen = _Seen()
    plain = [seen.strip(value) for value in args]
    words = {name: seen.strip(value) for name, value in kwargs.items()}
    target = kwargs.get("device")
    if target is not None:
        target = torch.device(target)
        check_ordinal(target)
        words["device"] = _HOST
        words.pop("pin_memory", None)
        words.pop("non_blocking", None)
    packs = operator.name == "_pack_padded_sequence"
    if seen.devices and (packs or (seen.hosts and not COUNTS.is_host)):
        check_placement(operator, args, kwargs)
    if seen.generators:
        check_generator(seen.generators)
    if operator.no_integers:
        check_dtype(operator.no_integers, plain[0])
    _count(operator, args, target)
    found = _INSTEAD.get(operator.name, func)(*plain, **words)
    return _outputs(operator, found, args, kwargs, target)


_HOST = torch.device("cpu")
# A tensor of zeros that has no memory is one more thing that torch has in C++ only.
_INSTEAD: dict[str, Any] = {**FUSED, "_efficientzerotensor": torch.zeros}


class _Seen:
    """What stood among the arguments."""

    __slots__ = ("devices", "generators", "hosts")

    def __init__(self) -> None:
        self.devices = False
        self.hosts = False
        self.generators: list[torch.Generator] = []

    def strip(self, value: Any) -> Any:
        """The argument with the values in the place of device tensors."""
        if isinstance(value, torch.Tensor):
            if isinstance(value, SimTensor):
                self.devices = True
                return value.sim_values
            self.hosts = True
            return value
        kind = type(value)
        if kind is list or kind is tuple:
            return kind([self.strip(item) for item in value])
        if isinstance(value, torch.Generator):
            self.generators.append(value)
        return value


def _count(operator: Operator, args: tuple[Any, ...], target: Any) -> None:
    if operator.counts_alone and target is None:
        COUNTS.kernels += operator.launches
        return
    name = operator.name
    if name == "copy_":
        if not isinstance(args[0], SimTensor):
            COUNTS.wait("a copy to the host")
        elif isinstance(args[1], SimTensor):
            COUNTS.kernels += 1
        return
    if name == "fill_" and not isinstance(args[0], SimTensor):
        COUNTS.wait(".item()")
        return
    if target is not None and target.type == "cpu":
        if name == "_to_copy":
            COUNTS.wait(".cpu()")
        return
    if operator.wait is not None:
        COUNTS.wait(operator.wait)
    elif name.startswith(("index", "_index_put")) and _waits_for_a_mask(args):
        COUNTS.wait("an index that is a mask")
    elif name.startswith("masked_fill") and isinstance(args[2], SimTensor):
        COUNTS.wait("masked_fill with a tensor as its value")
    if operator.launches:
        COUNTS.kernels += 1


def _waits_for_a_mask(args: tuple[Any, ...]) -> bool:
    """Whether the host must count a mask's positions before it can go on.

    One number that is written under masks alone is filled in, without a count.
    """
    indices = args[1] if len(args) > 1 else None
    if not isinstance(indices, (list, tuple)):
        return False
    tensors = [index for index in indices if isinstance(index, torch.Tensor)]
    masks = [index for index in tensors if index.dtype in (torch.bool, torch.uint8)]
    value = args[2] if len(args) > 2 else None
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return bool(masks) and len(masks) < len(tensors)
    return any(isinstance(mask, SimTensor) for mask in masks)


def _outputs(
    operator: Operator,
    found: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    target: Any,
) -> Any:
    memory: Memory | Literal["new"] | None
    memory = "new" if operator.allocates else _shared(args)
    if operator.written:
        if operator.reshapes:
            for number, name in operator.written:
                _refit(_argument(args, kwargs, number, name))
        returned = operator.returned
        if len(returned) == 1 and returned[0] is not None:
            return _argument(args, kwargs, *returned[0])
        if any(place is not None for place in returned):
            return tuple(
                _wrapped(one, memory)
                if place is None
                else _argument(args, kwargs, *place)
                for one, place in zip(found, returned)
            )
    if target is not None and target.type == "cpu":
        return found
    if operator.name == "_pack_padded_sequence":
        return _wrapped(found[0], memory), found[1]  # the sizes stay with the host
    if memory != "new" and torch.is_inference_mode_enabled():
        # A view of a tensor that is none of inference's is none either.
        with torch.inference_mode(_is_of_inference(args)):
            return _wrapped(found, memory)
    return _wrapped(found, memory)


def _is_of_inference(args: tuple[Any, ...]) -> bool:
    return not args or not isinstance(args[0], torch.Tensor) or args[0].is_inference()


def _argument(
    args: tuple[Any, ...], kwargs: dict[str, Any], number: int, name: str
) -> Any:
    return args[number] if number < len(args) else kwargs[name]


def _refit(value: Any) -> None:
    if isinstance(value, SimTensor):
        refit(value)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refit(item)


def _shared(args: tuple[Any, ...]) -> Memory | None:
    """The memory that a view of the first argument lies in."""
    first = args[0] if args else None
    return first.sim_memory if isinstance(first, SimTensor) else None


def _bytes(value: torch.Tensor) -> int:
    try:
        return value.untyped_storage().nbytes()
    except NotImplementedError:
        raise RuntimeError(
            f"the simulated GPU has no tensors of layout {value.layout}: use "
            "dense ones (an nn.Embedding without sparse=True, say)"
        ) from None


def _wrapped(value: Any, memory: Memory | Literal["new"] | None) -> Any:
    """Values as tensors of the device, in memory of their own or in a shared one."""
    if isinstance(value, torch.Tensor):
        made = SimTensor(value)
        if memory == "new":
            memory = Memory(_bytes(value))
        else:
            mark(made)
        made.sim_memory = memory
        return made
    if isinstance(value, (list, tuple)):
        return type(value)([_wrapped(item, memory) for item in value])
    return value
