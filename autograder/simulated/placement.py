"""Which operators take tensors from two devices, and what CUDA says where they do not.

CUDA's rules, operator by operator: indices of a device tensor may be on the CPU; copies
go everywhere; pointwise operators take CPU tensors without dimensions, as numbers, but
write into none; a packed sequence has its lengths on the CPU. All else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from autograder.simulated.generators import of_the_device
from autograder.simulated.operators import Operator

__tracebackhide__ = True  # pytest ends at the student's line; its debugger, below

# fill_ copies one number.
_COPIES = {"_to_copy", "copy_", "_copy_from", "fill_", "lift_fresh"}
_INDEXING = {"index", "_unsafe_index"}
_WRITING_BY_INDEX = {
    "index_put",
    "index_put_",
    "_index_put_impl_",
    "_unsafe_index_put",
}
_MASKED_FILL = {"masked_fill", "masked_fill_"}
_CONVOLUTIONS = {"convolution", "_convolution", "convolution_overrideable"}
# Beside those that torch marks as pointwise.
_TAKE_NUMBERS = {
    "bernoulli_",
    "dist",
    "fill",
    "huber_loss",
    "huber_loss_backward",
    "mse_loss",
    "mse_loss_backward",
    "smooth_l1_loss",
    "smooth_l1_loss_backward",
}


def check_placement(
    operator: Operator, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Refuse tensors of two devices where CUDA does.

    Raises:
        RuntimeError: in CUDA's words.
    """
    __tracebackhide__ = True
    name = operator.name
    if name in _COPIES or _creates(name):
        return
    tensors = list(_tensors(operator, args, kwargs))
    if name in _INDEXING or name in _WRITING_BY_INDEX:
        _check_indexing(operator, tensors)
    elif name in _MASKED_FILL:
        _check_masked_fill(operator, tensors)
    elif name in _CONVOLUTIONS:
        _check_convolution(tensors)
    elif name == "_pack_padded_sequence":
        _check_packing(tensors)
    elif operator.pointwise or name in _TAKE_NUMBERS or name.startswith("_foreach_"):
        written = {argument for _, argument in operator.written}
        for argument, tensor in tensors:
            if _on_host(tensor) and (tensor.dim() > 0 or argument in written):
                raise RuntimeError(_TWO)
    else:
        # CUDA compares with the first tensor; either way the message names both.
        first = tensors[0][1].device
        for argument, tensor in tensors:
            if tensor.device != first:
                raise RuntimeError(_two(argument, operator))


_TWO = (
    "Expected all tensors to be on the same device, but found at least two devices, "
    "sim:0 and cpu!"
)


def _two(argument: str, operator: Operator) -> str:
    return (
        f"{_TWO} (when checking argument for argument {argument} in method "
        f"{operator.name})"
    )


def _creates(name: str) -> bool:
    """``new_zeros`` and ``empty_like`` read a tensor's shape, and no value."""
    return name.startswith("new_") or name.endswith("_like")


def _check_indexing(
    operator: Operator, tensors: list[tuple[str, torch.Tensor]]
) -> None:
    __tracebackhide__ = True
    (_, indexed), *others = tensors
    for argument, tensor in others:
        if argument == "indices":
            if _on_host(indexed) and not _on_host(tensor):
                raise RuntimeError(
                    "indices should be either on cpu or on the same device as the "
                    "indexed tensor (cpu)"
                )
        elif tensor.device != indexed.device and not (
            _on_host(tensor) and tensor.dim() == 0
        ):
            raise RuntimeError(_two(argument, operator))


def _check_masked_fill(
    operator: Operator, tensors: list[tuple[str, torch.Tensor]]
) -> None:
    __tracebackhide__ = True
    (_, filled), (_, mask), *values = tensors
    if mask.device != filled.device:
        raise RuntimeError(
            "expected self and mask to be on the same device, but got mask on "
            f"{mask.device} and self on {filled.device}"
        )
    for argument, value in values:
        if _on_host(filled) or value.dim() > 0:
            raise RuntimeError(_two(argument, operator))


def _check_convolution(tensors: list[tuple[str, torch.Tensor]]) -> None:
    __tracebackhide__ = True
    (_, image), *others = tensors
    for argument, tensor in others:
        if tensor.device != image.device:
            raise RuntimeError(
                f"Input type ({image.type()}) and {argument} type ({tensor.type()}) "
                "should be the same"
            )


def _check_packing(tensors: list[tuple[str, torch.Tensor]]) -> None:
    __tracebackhide__ = True
    for argument, tensor in tensors:
        if argument == "lengths" and not _on_host(tensor):
            kind = tensor.type().rpartition(".")[2].removesuffix("Tensor")
            raise RuntimeError(
                f"'lengths' argument should be a 1D CPU int64 tensor, but got "
                f"{tensor.dim()}D {tensor.device} {kind} tensor"
            )


def _on_host(tensor: torch.Tensor) -> bool:
    return tensor.device.type == "cpu"


def _tensors(
    operator: Operator, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[tuple[str, torch.Tensor]]:
    """All tensors of a call, with the names of their arguments."""
    for name, value in (*zip(operator.arguments, args), *kwargs.items()):
        if isinstance(value, torch.Tensor):
            yield name, value
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, torch.Tensor):
                    yield name, item


def check_dtype(kernel: str, tensor: torch.Tensor) -> None:
    """Refuse products of integers, for which CUDA has no kernel."""
    if tensor.is_floating_point() or tensor.is_complex() or tensor.numel() == 0:
        return
    kind = tensor.type().rpartition(".")[2].removesuffix("Tensor")
    raise RuntimeError(f"\"{kernel}\" not implemented for '{kind}'")


def check_generator(generators: list[torch.Generator]) -> None:
    """Refuse a generator of the CPU for numbers of the device."""
    __tracebackhide__ = True
    for generator in generators:
        if not of_the_device(generator):
            raise RuntimeError(
                "Expected a 'sim' device type for generator but found 'cpu'"
            )


def check_ordinal(device: torch.device) -> None:
    """Refuse a device that is not there: there is one only."""
    __tracebackhide__ = True
    if device.type == "sim" and device.index not in (None, 0):
        raise RuntimeError(
            f"sim error: invalid device ordinal: there is sim:0 only, got {device}"
        )


def not_numpy(device: torch.device) -> str:
    """Why a tensor of the device is no array."""
    return (
        f"can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy "
        "the tensor to host memory first."
    )
