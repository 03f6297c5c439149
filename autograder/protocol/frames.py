"""Frames on a stream socket: two lengths, a JSON header, a safetensors body.

Lengths are checked before anything is read, and every tensor before it is used: the
other side may be hostile. Strides survive on the way to the worker only; what comes
back is always contiguous.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

LENGTHS = struct.Struct("<IQ")
MAX_HEADER = 4 << 20
MAX_BODY = 64 << 20

Read = Callable[[int], bytes]


class BadFrame(Exception):
    """The other side broke the protocol."""


class TooLarge(Exception):
    """A message that would pass the cap on a frame."""


def encode(header: dict[str, Any], tensors: list[torch.Tensor]) -> bytes:
    """The bytes of one message.

    Raises:
        TooLarge: header or tensors pass the cap.
    """
    plain = [tensor.detach() for tensor in tensors]
    total = sum(t.numel() * t.element_size() for t in plain)
    if total > MAX_BODY - (1 << 16):
        raise TooLarge(
            f"{total / 2**20:.0f} MiB of tensors; at most 64 MiB cross at once"
        )
    layouts: list[Any] = []
    stored: dict[str, torch.Tensor] = {}
    for index, tensor in enumerate(plain):
        content, layout = _store(tensor)
        layouts.append(layout)
        stored[str(index)] = content
    text = json.dumps({"layouts": layouts, **header}).encode()
    if len(text) > MAX_HEADER:
        raise TooLarge(f"{len(text)} bytes of text; at most {MAX_HEADER} cross at once")
    body = save(stored) if stored else b""
    return b"".join((LENGTHS.pack(len(text), len(body)), text, body))


def decode(read: Read, strides: bool) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """Read one message by ``read(count) -> bytes``; ``strides`` allows layouts.

    Raises:
        BadFrame: it is malformed or passes a cap.
    """
    header_size, body_size = LENGTHS.unpack(read(LENGTHS.size))
    if header_size > MAX_HEADER or body_size > MAX_BODY:
        raise BadFrame("a frame larger than allowed")
    try:
        header = json.loads(read(header_size))
        stored = load(read(body_size)) if body_size else {}
        layouts = header.pop("layouts")
        if len(layouts) != len(stored):
            raise BadFrame("tensors and their layouts differ in number")
        tensors = [
            _restore(stored[str(index)], layout, strides)
            for index, layout in enumerate(layouts)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadFrame("a malformed frame") from error
    except SafetensorError as error:
        raise BadFrame("malformed tensors") from error
    return header, tensors


def private_copy(tensor: torch.Tensor) -> torch.Tensor:
    """A copy with the same strides in storage of its own, as a frame would carry it."""
    return _restore(*_store(tensor.detach()), strides=True)


def _store(tensor: torch.Tensor) -> tuple[torch.Tensor, Any]:
    """What to send for a tensor: its values, or its stretch of storage and strides."""
    if tensor.is_contiguous():
        # Storage shared with another tensor, or larger than this view, must not go.
        return tensor.clone(), None
    reach = 1 + sum((n - 1) * s for n, s in zip(tensor.shape, tensor.stride()))
    if tensor.numel() == 0 or reach > 4 * tensor.numel() + 64:
        return tensor.contiguous(), None
    flat = tensor.as_strided((reach,), (1,), tensor.storage_offset()).clone()
    return flat, [list(tensor.shape), list(tensor.stride())]


def _restore(stored: torch.Tensor, layout: Any, strides: bool) -> torch.Tensor:
    if layout is None:
        return stored
    if not strides:
        raise BadFrame("strides in an answer")
    shape, stride = layout
    return stored.as_strided(shape, stride)
